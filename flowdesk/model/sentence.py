"""Sentences for people: plain English that remembers how to be translated."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # what declares it is heavy, and a sentence is all that `--help` needs
    from flowdesk.model.told import Phrase


class Sentence(str):
    """An English sentence that keeps the template and the values it was made from.

    It is a ``str`` everywhere (logs, JSON, tests). At the edge, where the reader's language is known, the
    template is looked up in the catalogue and filled with the same values.
    """

    __slots__ = ("template", "values")

    template: str
    values: dict[str, Any]

    def __new__(cls, template: str, **values: Any) -> "Sentence":
        """Fill ``template`` (``str.format`` syntax, names only) with ``values``."""
        sentence = super().__new__(cls, template.format(**values) if values else template)
        sentence.template = template
        sentence.values = values
        return sentence

    def __str__(self) -> "Sentence":
        """Stay a sentence: ``str`` of it can still be translated."""
        return self


def say(template: str, **values: Any) -> Sentence:
    """Make a sentence. The template is the key of the translation: keep it whole, never glue pieces."""
    return Sentence(template, **values)


def listed(parts: Sequence[str]) -> str:
    """Return parts as a list in a sentence. Each that is a sentence can still be translated."""
    told: str = parts[0] if parts else ""
    for part in parts[1:]:
        told = say("{first}; {second}", first=told, second=part)
    return told


def said_as(key: str, english: str) -> Sentence:
    """Make a sentence that reads ``english`` in English, and in other languages what ``key`` is translated to."""
    sentence = str.__new__(Sentence, english)
    sentence.template = key
    sentence.values = {}
    return sentence


def midway(title: str) -> Sentence:
    """Return a title as it stands in the middle of a sentence: ``Similarity`` as ``similarity``, ``OCR`` as it is."""
    is_word = title[1:2].islower() or (title[1:2] == " ")
    return said_as(title, title[:1].lower() + title[1:] if is_word else title)


def phrase(text: Any) -> "str | Phrase":
    """Return a sentence as JSON values that a client can put into the reader's language: ``text``, ``key`` and ``values``."""
    if not isinstance(text, Sentence):
        return str(text)
    values = {name: phrase(value) if isinstance(value, Sentence) else str(value) for name, value in text.values.items()}
    return {"text": str.__str__(text), "key": text.template, "values": values}


def packed(value: Any) -> Any:
    """Return JSON values in which sentences stay sentences for another flowdesk, which reads them by ``unpacked``."""
    if isinstance(value, Sentence):
        return {
            _PACKED: [str.__str__(value), value.template, {name: packed(each) for name, each in value.values.items()}]
        }
    if isinstance(value, dict):
        return {name: packed(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [packed(each) for each in value]
    return value


def unpacked(value: Any) -> Any:
    """Return what ``packed`` was given."""
    if isinstance(value, dict):
        if value.keys() == {_PACKED}:
            text, template, values = value[_PACKED]
            sentence = said_as(template, text)
            sentence.values = {name: unpacked(each) for name, each in values.items()}
            return sentence
        return {name: unpacked(each) for name, each in value.items()}
    if isinstance(value, list):
        return [unpacked(each) for each in value]
    return value


_PACKED = "\u0000sentence"
"""No value of a flow has this key alone: a message that held a zero character would have been refused."""
