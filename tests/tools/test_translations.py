"""A missing and a left-over translation are each found."""

import json

import pytest
import translations

from flowdesk.resource import resource_path


def texts() -> dict[str, str]:
    found: dict[str, str] = json.loads(resource_path("locale", "zh_CN.json").read_text(encoding="utf-8"))
    return found


def test_no_translation_is_left_of_a_text_that_is_gone() -> None:
    assert translations.left_over(texts()) == []
    assert translations.main([]) == 0


def test_a_text_without_a_translation_is_a_warning_and_counts_only_in_a_release(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = translations.wanted() | {"Not translated yet"}
    monkeypatch.setattr(translations, "wanted", lambda: wanted)
    assert "Not translated yet" in translations.missing(texts())
    assert translations.main([]) == 0
    assert "warning: no translation of: 'Not translated yet'" in capsys.readouterr().out
    assert translations.main(["--release"]) == 1


def test_a_translation_that_nothing_uses_is_found() -> None:
    assert translations.left_over({**texts(), "Gone": "没了"}) == ["Gone"]
