"""JSON values that carry their text: what is sent to many, or is large, is written once and not on the event loop."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

_encoder = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def wire_text(value: Any) -> str:
    """Return JSON values as a message carries them: ASCII without spaces.

    Raises:
        ValueError: If a number is not finite.
    """
    return _encoder.encode(value)


class WrittenObject(dict[str, Any]):
    """An object. Whoever has one leaves its values as they are: the text would not follow."""

    __slots__ = ("text",)

    def __init__(self, values: Mapping[str, Any], text: str) -> None:
        """Carry ``text`` along with ``values``."""
        super().__init__(values)
        self.text = text


class WrittenList(list[Any]):
    """A list. Whoever has one leaves its values as they are: the text would not follow."""

    __slots__ = ("text",)

    def __init__(self, values: Iterable[Any], text: str) -> None:
        """Carry ``text`` along with ``values``."""
        super().__init__(values)
        self.text = text
