"""A missing and a left-over translation are each found."""

import json

import translations

from flowdesk.resource import resource_path


def texts() -> dict[str, str]:
    found: dict[str, str] = json.loads(resource_path("locale", "zh_CN.json").read_text(encoding="utf-8"))
    return found


def test_every_text_has_a_translation() -> None:
    assert list(translations.faults(texts())) == []


def test_a_text_without_a_translation_is_found() -> None:
    incomplete = texts()
    del incomplete["The run was stopped: {reason}"]
    assert list(translations.faults(incomplete)) == ["no translation of: 'The run was stopped: {reason}'"]


def test_a_translation_that_nothing_uses_is_found() -> None:
    assert list(translations.faults({**texts(), "Gone": "没了"})) == ["nothing says any more: 'Gone'"]
