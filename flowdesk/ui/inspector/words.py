"""Values of choices as the forms show them."""

from typing import Any

from flowdesk.i18n import tr
from flowdesk.nodes.words import choice_word as word_of


def choice_word(choice: Any) -> str:
    """Return what people read for a value, in the language in force."""
    word = word_of(str(choice), tr)
    return word[:1].upper() + word[1:]
