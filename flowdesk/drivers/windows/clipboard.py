"""The clipboard of Windows: read, written, kept with all its formats over a paste, and offered so that it is known who took it.

What is pasted is only promised (delayed rendering): Windows asks for it when somebody wants it, and tells which window that is.
"""

import contextlib
import ctypes
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

from flowdesk.drivers.windows import api, looks
from flowdesk.drivers.windows.hidden import HiddenWindow
from flowdesk.model.errors import InputFailed
from flowdesk.model.sentence import say

TEXT = 13
"""``CF_UNICODETEXT``."""
DRAWN = 14
"""``CF_ENHMETAFILE``: the one format that is a drawing and no piece of memory, and is kept."""
DERIVED = frozenset({1, 2, 3, 7, 9, 16})
"""Formats that Windows makes of others: texts of old kinds, bitmaps, palettes, the language of a text."""
OWNERS = range(0x80, 0x400)
"""Formats that mean something to their program only, or are shown by it."""
UNWATCHED = (
    "ExcludeClipboardContentFromMonitorProcessing",
    "CanIncludeInClipboardHistory",
    "CanUploadToCloudClipboard",
    "Clipboard Viewer Ignore",
)
"""Formats that ask programs that collect clipboards, Windows' own too, to leave this alone."""
KEEP_LIMIT = 256 * 1024 * 1024
"""Bytes that are kept over a paste."""
OPEN_SECONDS = 2.0
"""How long another program may have the clipboard open."""
POLL = 0.01
_MOVABLE = 0x2
_RENDER, _RENDER_ALL = 0x305, 0x306


@dataclass(frozen=True, slots=True)
class Kept:
    """What the clipboard held: format to bytes, or to a copied drawing."""

    formats: tuple[tuple[int, bytes | int], ...] = ()
    is_whole: bool = True
    """Whether there was nothing that could not be kept."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """Who took what was offered: its process (0: unknown), and when."""

    pid: int
    at: float


class DesktopClipboard:
    """The clipboard. All methods may be called from any thread."""

    def __init__(self) -> None:
        """Make the window that owns what is put there."""
        self._promised: str | None = None
        self._fetches: list[Fetch] = []
        self._lock = threading.Lock()
        self._window = HiddenWindow("flowdesk-clipboard", self._hear)

    def text(self) -> str:
        """Return the clipboard's text, ``""`` when it holds none."""
        with self._opened():
            raw = _bytes_of(TEXT)
        return _text_in(raw) if raw is not None else ""

    def set_text(self, text: str) -> None:
        """Put a text on the clipboard."""

        def job() -> None:
            with self._opened(self._window.number):
                self._promised = None
                api.user().EmptyClipboard()
                _put(TEXT, _raw(text))

        self._window.do(job)

    def keep(self) -> Kept:
        """Return all that the clipboard holds."""
        found: list[tuple[int, bytes | int]] = []
        is_whole, size = True, 0
        with self._opened():
            available = list(_formats())
            for number in available:
                if number in DERIVED and set(available) - DERIVED:
                    continue
                content = _copy_of(number)
                if content is None or (isinstance(content, bytes) and size + len(content) > KEEP_LIMIT):
                    is_whole = False
                    continue
                size += len(content) if isinstance(content, bytes) else 0
                found.append((number, content))
        return Kept(tuple(found), is_whole)

    def put(self, kept: Kept) -> None:
        """Put back what was kept, unless somebody has copied something meanwhile."""

        def job() -> None:
            if int(api.user().GetClipboardOwner() or 0) != self._window.number:
                _forget(kept)
                return
            with self._opened(self._window.number):
                self._promised = None
                api.user().EmptyClipboard()
                for number, content in kept.formats:
                    if isinstance(content, bytes):
                        _put(number, content)
                    elif not api.user().SetClipboardData(number, ctypes.c_void_p(content)):
                        api.drawing().DeleteEnhMetaFile(ctypes.c_void_p(content))

        self._window.do(job)

    def offer(self, text: str) -> None:
        """Promise a text, and begin to note who takes it."""

        def job() -> None:
            with self._opened(self._window.number):
                api.user().EmptyClipboard()
                with self._lock:
                    self._promised, self._fetches = text, []
                for name in UNWATCHED:
                    _put(api.user().RegisterClipboardFormatW(name), bytes(4))
                api.user().SetClipboardData(TEXT, None)

        self._window.do(job)

    def fetches(self) -> tuple[Fetch, ...]:
        """Return who has taken what was offered. Only the first is known for sure: Windows then has the text itself."""
        with self._lock:
            return tuple(self._fetches)

    def hand_over(self) -> None:
        """Nothing to do: Windows keeps what is on the clipboard."""

    def close(self) -> None:
        """End the thread. Idempotent."""
        self._window.close()

    @contextlib.contextmanager
    def _opened(self, window: int | None = None) -> Iterator[None]:
        """Have the clipboard open.

        Raises:
            InputFailed: If another program does not close it.
        """
        user, until = api.user(), time.monotonic() + OPEN_SECONDS
        while not user.OpenClipboard(window):
            if time.monotonic() > until:
                holder = looks.program_of(looks.process_of(int(user.GetOpenClipboardWindow() or 0)))
                raise InputFailed(
                    say("The clipboard is in use by {holder}.", holder=holder or "?"),
                    say("Close the program that uses the clipboard, then run the flow again."),
                )
            threading.Event().wait(POLL)
        try:
            yield
        finally:
            user.CloseClipboard()

    def _hear(self, message: int, wparam: int, lparam: int) -> int | None:
        if message == _RENDER and wparam == TEXT and self._promised is not None:
            taker = int(api.user().GetOpenClipboardWindow() or 0)
            with self._lock:
                self._fetches.append(Fetch(looks.process_of(taker) if taker else 0, time.monotonic()))
            _put(TEXT, _raw(self._promised))
            return 0
        if message == _RENDER_ALL and self._promised is not None:
            with contextlib.suppress(InputFailed), self._opened(self._window.number):
                if int(api.user().GetClipboardOwner() or 0) == self._window.number:
                    _put(TEXT, _raw(self._promised))
            return 0
        return None


def _formats() -> Iterator[int]:
    number = 0
    while number := int(api.user().EnumClipboardFormats(number)):
        yield number


def _copy_of(number: int) -> bytes | int | None:
    """Return what the open clipboard holds in a format; ``None`` where that cannot be kept."""
    if number == DRAWN:
        drawing = api.user().GetClipboardData(number)
        return int(api.drawing().CopyEnhMetaFileW(drawing, None) or 0) or None if drawing else None
    return None if number in DERIVED - {1, 7, 16} or number in OWNERS else _bytes_of(number)


def _bytes_of(number: int) -> bytes | None:
    handle = api.user().GetClipboardData(number)
    if not handle:
        return None
    kernel = api.kernel()
    size, place = kernel.GlobalSize(handle), kernel.GlobalLock(handle)
    if not place:
        return None
    try:
        return ctypes.string_at(place, size)
    finally:
        kernel.GlobalUnlock(handle)


def _put(number: int, raw: bytes) -> None:
    """Give the open clipboard a content."""
    kernel = api.kernel()
    handle = kernel.GlobalAlloc(_MOVABLE, max(1, len(raw)))
    place = kernel.GlobalLock(handle) if handle else None
    if place:
        ctypes.memmove(place, raw, len(raw))
        kernel.GlobalUnlock(handle)
    if not place or not api.user().SetClipboardData(number, handle):
        if handle:
            kernel.GlobalFree(handle)
        raise InputFailed(
            say("The clipboard cannot be written: {reason}", reason=api.reason()), say("Run the flow again.")
        )


def _forget(kept: Kept) -> None:
    for _, content in kept.formats:
        if not isinstance(content, bytes):
            api.drawing().DeleteEnhMetaFile(ctypes.c_void_p(content))


def _raw(text: str) -> bytes:
    r"""Return a text as Windows has it: UTF-16, lines ended by ``\r\n``, a zero at its end."""
    return (text.replace("\r\n", "\n").replace("\n", "\r\n") + "\0").encode("utf-16-le", "surrogatepass")


def _text_in(raw: bytes) -> str:
    text = raw[: len(raw) // 2 * 2].decode("utf-16-le", "replace")
    return text.partition("\0")[0].replace("\r\n", "\n")
