"""What people read for the values of choices, where the value itself is no word."""

from collections.abc import Callable

from flowdesk.engine.values import OPERATORS
from flowdesk.nodes.condition import SCREEN_OPERATORS

WORDS: dict[str, str] = {
    **OPERATORS,
    **SCREEN_OPERATORS,
    "forEach": "for each item",
    "top-left": "top left",
    "top-right": "top right",
    "bottom-left": "bottom left",
    "bottom-right": "bottom right",
    "ocr": "OCR",
    "auto": "automatic",
    "info": "information",
    "warn": "warning",
}
"""English; other languages translate the value itself."""


def choice_word(value: str, translate: Callable[[str], str] = str) -> str:
    """Return what people read for a value within a sentence; ``translate`` puts it into their language."""
    translated = translate(value)
    return translated if translated != value else WORDS.get(value, value)
