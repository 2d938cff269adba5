"""Texts are found in the language in force, and every translation keeps its values."""

import json
import string
from collections.abc import Iterator

import pytest

from flowdesk import i18n
from flowdesk.model.sentence import say
from flowdesk.resource import resource_path


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    yield
    i18n.set_language("en")


def placeholders(text: str) -> set[str]:
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}
    except ValueError:
        return set()


def test_a_sentence_is_translated_by_its_template_and_filled_with_its_values() -> None:
    i18n.set_language("zh_CN")
    assert i18n.tr(say("Saved {path}", path="/a")) == "已保存 /a"


def test_a_sentence_inside_a_sentence_is_translated_too() -> None:
    inner = str(say("Choose left, middle, or right."))
    i18n.set_language("zh_CN")
    assert i18n.tr(say("The run was stopped: {reason}", reason=inner)) == "运行已停止：请选择左键、中键或右键。"


def test_a_text_without_a_translation_stays_english() -> None:
    i18n.set_language("zh_CN")
    assert i18n.tr("no such text") == "no such text"


def test_listeners_hear_of_each_switch_until_they_leave() -> None:
    heard: list[str] = []
    leave = i18n.on_language_changed(lambda: heard.append(i18n.language()))
    i18n.set_language("zh_CN")
    i18n.set_language("zh_CN")
    leave()
    i18n.set_language("en")
    assert heard == ["zh_CN"]


def test_an_unknown_language_is_english() -> None:
    i18n.set_language("xx")
    assert i18n.language() == "en"


def test_every_translation_has_the_placeholders_of_its_key() -> None:
    texts = json.loads(resource_path("locale", "zh_CN.json").read_text(encoding="utf-8"))
    wrong = [key for key, value in texts.items() if placeholders(key) != placeholders(value) or not value]
    assert wrong == []
