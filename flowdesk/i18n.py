"""The interface in another language: English sentences are the keys, a JSON file for each language the values.

``tr`` looks a text up in the language in force; listeners hear of a change and set their texts again.
"""

import json
import locale
import logging
import os
import re
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
    return translated(text, _language)


def translated(text: str, name: str) -> str:
    """Return a text in the language ``name``, whichever is in force."""
    if not isinstance(text, Sentence):
        return _catalogue(name).get(text, text)
    template = _catalogue(name).get(text.template)
    if template is None:
        return str(text)
    inner = {
        key: translated(value, name) if isinstance(value, Sentence) else value for key, value in text.values.items()
    }
    return template.format(**inner) if text.values else template


def retold(text: str, name: str) -> str:
    """Return an English text that was filled already, such as a record holds, in the language ``name``."""
    catalogue = _catalogue(name)
    if not catalogue or not text:
        return text
    whole = catalogue.get(text)
    if whole is not None:
        return whole
    for start, pattern, template in _filled_forms(name):
        match = pattern.fullmatch(text) if text.startswith(start) else None
        if match is not None:
            return template.format(**{key: retold(value, name) for key, value in match.groupdict().items()})
    return text


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


@cache
def _filled_forms(name: str) -> tuple[tuple[str, re.Pattern[str], str], ...]:
    """Return how each template with values looks when it is filled: its beginning, a pattern, its translation; the longest first."""
    forms = []
    for key in sorted(_catalogue(name), key=len, reverse=True):
        parts = re.split(r"\{(\w+)\}", key)
        if len(parts) > 1 and len("".join(parts[::2]).strip()) >= 3 and len(set(parts[1::2])) == len(parts[1::2]):
            pieces = (f"(?P<{part}>.*?)" if place % 2 else re.escape(part) for place, part in enumerate(parts))
            forms.append((parts[0], re.compile("".join(pieces), re.DOTALL), _catalogue(name)[key]))
    return tuple(forms)


def tr_all(*texts: str) -> str:
    """Return sentences in the language in force, one after the other; Chinese puts no space between them."""
    return ("" if _language == "zh_CN" else " ").join(tr(text) for text in texts if text)
