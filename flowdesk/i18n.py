"""The interface in another language: English sentences are the keys, a JSON file for each language the values.

``tr`` looks a text up in the language in force; listeners hear of a change and set their texts again.
"""

import json
import locale
import logging
import os
from collections.abc import Callable, Mapping
from functools import cache

from flowdesk.model.sentence import Sentence
from flowdesk.resource import resource_path

logger = logging.getLogger(__name__)

LANGUAGES = {"en": "English", "zh_CN": "简体中文"}
"""The languages there are, each by its own name."""

_language = "en"
_added: dict[str, dict[str, str]] = {}
"""Translations of installed packages; as many as are installed."""
_listeners: list[Callable[[], None]] = []


def tr(text: str) -> str:
    """Return a text in the language in force; one that has no translation stays English.

    A ``Sentence`` is looked up by its template and filled with its own values, sentences among them too.
    """
    if isinstance(text, Sentence):
        template = _catalogue(_language).get(text.template)
        if template is None:
            return str(text)
        return (
            template.format(**{name: _inner(value) for name, value in text.values.items()}) if text.values else template
        )
    return _catalogue(_language).get(text, text)


def _inner(value: object) -> object:
    """Return a value of a sentence; one that is a sentence itself in the language in force."""
    return tr(value) if isinstance(value, Sentence) else value


def language() -> str:
    """Return the language in force."""
    return _language


def system_language() -> str:
    """Return the language of the desktop as far as there is one here, else English."""
    name = next((os.environ[key] for key in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(key)), "")
    name = name or (locale.getlocale()[0] or "")
    return "zh_CN" if name.lower().startswith(("zh", "chinese")) else "en"


def set_language(name: str) -> None:
    """Switch to ``en``, ``zh_CN`` or ``system`` and tell the listeners."""
    global _language
    chosen = system_language() if name == "system" else name
    if chosen not in LANGUAGES:
        chosen = "en"
    if chosen == _language:
        return
    _language = chosen
    for listener in tuple(_listeners):
        listener()


def on_language_changed(listener: Callable[[], None]) -> Callable[[], None]:
    """Call ``listener`` after each switch. Returns what takes it off again."""
    _listeners.append(listener)

    def remove() -> None:
        if listener in _listeners:
            _listeners.remove(listener)

    return remove


def add_texts(name: str, texts: Mapping[str, str]) -> None:
    """Add the translations of an installed package. flowdesk's own, and those that came earlier, stay."""
    known = _added.setdefault(name, {})
    if texts.keys() - known.keys():
        _added[name] = {**texts, **known}
        _catalogue.cache_clear()


def texts_of(name: str) -> Mapping[str, str]:
    """Return all translations into a language, those of installed packages among them."""
    return _catalogue(name)


@cache
def _catalogue(name: str) -> dict[str, str]:
    path = resource_path("locale", f"{name}.json")
    if name == "en" or not path.is_file():
        return {}
    try:
        texts: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        logger.exception("the translations %s cannot be read", path)
        return {}
    return {**_added.get(name, {}), **texts}


def tr_all(*texts: str) -> str:
    """Return sentences in the language in force, one after the other; Chinese puts no space between them."""
    return ("" if _language == "zh_CN" else " ").join(tr(text) for text in texts if text)
