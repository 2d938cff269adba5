"""What people read for the values of choices, where the value itself is no word."""

from typing import Any

from flowdesk.engine.values import OPERATORS
from flowdesk.i18n import tr
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


def choice_word(choice: Any) -> str:
    """Return what people read for a value, in the language in force."""
    value = str(choice)
    translated = tr(value)
    if translated != value:
        return translated
    word = WORDS.get(value, value)
    return word[:1].upper() + word[1:]
