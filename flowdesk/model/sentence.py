"""Sentences for people: plain English that remembers how to be translated."""

from typing import Any


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
