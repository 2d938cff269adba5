"""Values of choices as the forms show them."""

from typing import Any

from flowdesk.i18n import tr
from flowdesk.nodes.words import WORDS


def choice_word(choice: Any) -> str:
    """Return what people read for a value, in the language in force."""
    value = str(choice)
    translated = tr(value)
    if translated != value:
        return translated
    word = WORDS.get(value, value)
    return word[:1].upper() + word[1:]
