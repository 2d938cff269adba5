"""What people read for the values of choices, where the value itself is no word."""

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
