"""What a selection of X11 holds, as bytes in the formats that its owner offers (ICCCM 2.6.2)."""

import contextlib
from dataclasses import dataclass, field

TEXT_TARGETS = ("UTF8_STRING", "text/plain;charset=utf-8", "text/plain;charset=UTF-8", "text/plain", "STRING", "TEXT")
"""Formats in which text is served and asked for, best first."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a selection holds: format name to bytes. Empty: nothing."""

    formats: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def of_text(cls, text: str) -> "Content":
        """Make the content that a text is."""
        raw = text.encode("utf-8")
        formats = dict.fromkeys(TEXT_TARGETS[:4], raw)
        with contextlib.suppress(UnicodeEncodeError):
            formats["STRING"] = text.encode("latin-1")
        return cls(formats)

    @property
    def text(self) -> str:
        """The text of it, ``""`` when it holds none."""
        for name in TEXT_TARGETS:
            if name in self.formats:
                return self.formats[name].decode("latin-1" if name == "STRING" else "utf-8", "replace")
        return ""
