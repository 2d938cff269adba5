"""Fields of the old kind (``Edit``, ``RichEdit``), which tell their text to anybody without UI Automation."""

import ctypes
from ctypes import wintypes as w
from dataclasses import dataclass

from flowdesk.drivers.windows import api, looks

_GET_TEXT, _LENGTH, _SELECTION, _PASSWORD_SIGN = 0xD, 0xE, 0xB0, 0xD2
_STYLE = -16
_MULTILINE, _READ_ONLY = 0x4, 0x800
_NO_HANGS, _SECONDS = 0x2, 1.0
LONGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Field:
    """A field that has the keyboard, as it was when it was read."""

    number: int
    text: str
    selected: int
    is_multiline: bool
    is_read_only: bool

    @property
    def role(self) -> str:
        """Its role in the words of the accessibility tree."""
        return "text_area" if self.is_multiline else "text_field"


def is_field(kind: str) -> bool:
    """Whether windows of a class are fields of this kind; frameworks derive classes such as ``WindowsForms10.EDIT…`` and ``TEdit``."""
    plain = kind.lower()
    return plain in {"edit", "tedit", "tmemo", "thundertextbox", "thunderrt6textbox"} or (
        "richedit" in plain or ".edit." in plain
    )


def focused() -> Field | None:
    """Return the field that has the keyboard; ``None`` where none has, or it keeps its text secret."""
    number = looks.focused()
    return read(number) if number and is_field(looks.class_of(number)) else None


def read(number: int) -> Field | None:
    """Read a field; ``None`` when it is gone, does not answer, or hides what is typed."""
    if ask(number, _PASSWORD_SIGN) != 0:
        return None
    text = text_of(number)
    if text is None:
        return None
    selection = ask(number, _SELECTION) or 0
    style = api.user().GetWindowLongW(number, _STYLE)
    start, end = selection & 0xFFFF, selection >> 16 & 0xFFFF
    raw = text[start:end] if end >= start else ""
    return Field(
        number,
        plain(text),
        len(plain(raw)),
        is_multiline=bool(style & _MULTILINE),
        is_read_only=bool(style & _READ_ONLY),
    )


def text_of(number: int) -> str | None:
    """Return a control's text as it is; ``None`` where it does not answer."""
    length = ask(number, _LENGTH)
    if length is None or length > LONGEST:
        return None
    text = ctypes.create_unicode_buffer(length + 2)
    if ask(number, _GET_TEXT, length + 1, ctypes.addressof(text)) is None:
        return None
    return text.value


def plain(text: str) -> str:
    r"""Return a text with ``\n`` for line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def ask(number: int, message: int, wparam: int = 0, lparam: int = 0) -> int | None:
    """Send a message and return the answer; ``None`` when the program hangs or the control is gone."""
    answer = ctypes.c_size_t()
    done = api.user().SendMessageTimeoutW(
        number, message, w.WPARAM(wparam), w.LPARAM(lparam), _NO_HANGS, int(_SECONDS * 1000), ctypes.byref(answer)
    )
    return answer.value if done else None
