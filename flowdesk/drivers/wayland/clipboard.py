"""The clipboard by wlr-data-control: read, written, kept with all its formats over a paste, and offered so that fetching it is seen.

What is on the clipboard belongs to a program, which hands it over when somebody asks. What is set here is handed over for as long as
flowdesk runs; then a small process takes it over.
"""

import contextlib
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flowdesk.drivers.wayland import connection
from flowdesk.drivers.wayland.unix import unblock
from flowdesk.model.errors import FlowdeskError

TEXTS = ("text/plain;charset=utf-8", "text/plain", "UTF8_STRING", "STRING", "TEXT")
"""Formats in which text is served and asked for, best first."""
UNWATCHED = "x-kde-passwordManagerHint"
"""Asks programs that collect clipboards to leave a content alone (Klipper, cliphist and others)."""
KEEP_LIMIT = 256 * 1024 * 1024
"""Bytes that are kept over a paste."""
PATIENCE = 2.0
"""Seconds that another program may take to hand over one format."""


@dataclass(frozen=True, slots=True)
class Content:
    """What the clipboard holds: format to bytes. Empty: nothing."""

    formats: dict[str, bytes] = field(default_factory=dict)
    is_whole: bool = True
    """Whether there was nothing that could not be kept."""

    @classmethod
    def of_text(cls, text: str) -> "Content":
        """Make the content that a text is."""
        return cls(dict.fromkeys(TEXTS, text.encode("utf-8", "replace")))

    @property
    def text(self) -> str:
        """The text of it, ``""`` when it holds none."""
        found = next((self.formats[name] for name in TEXTS if name in self.formats), b"")
        return found.decode("utf-8", "replace")


class _Offer:
    """What another program, or this one, offers now."""

    def __init__(self, proxy: Any) -> None:
        self.proxy = proxy
        self.names: list[str] = []
        proxy.dispatcher["offer"] = lambda _, name: self.names.append(name)


class Clipboard:
    """The clipboard. All methods may be called from any thread and block shortly."""

    def __init__(self) -> None:
        """Connect.

        Raises:
            DesktopUnavailable: If the compositor does not offer it.
        """
        from flowdesk.drivers.wayland import protocol

        self._line = connection.shared()
        self._own: Content | None = None
        self._source: Any = None
        self._fetches: list[float] = []
        self._offers: dict[Any, _Offer] = {}
        self._current: _Offer | None = None
        self.is_lost = threading.Event()
        """Set once what was put here last is somebody else's."""
        with self._line.lock:
            self._maker = self._line.get(protocol.DEVICES)
            self._device: Any = self._maker.ask("get_data_device", self._line.get(protocol.CORE.WlSeat))
            self._device.dispatcher["data_offer"] = self._meet
            self._device.dispatcher["selection"] = self._select
        self._line.roundtrip()

    def close(self) -> None:
        """Let go of it. What was served is gone then, as with every program that ends. Idempotent."""
        with self._line.lock:
            if not self._line.lost.is_set() and not self._device.destroyed:
                self._device.ask("destroy")
                with contextlib.suppress(FlowdeskError):
                    self._line.flush()

    def hand_over(self) -> None:
        """Leave what was set here to a small process, which serves it until somebody copies something else."""
        own = self._own
        if own is None or not own.formats or self._line.lost.is_set() or getattr(sys, "frozen", False):
            return
        from flowdesk.drivers.wayland.clipboard_keeper import packed

        with contextlib.suppress(OSError):
            child = subprocess.Popen(
                [sys.executable, "-m", "flowdesk.drivers.wayland.clipboard_keeper"],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
            assert child.stdin is not None
            with child.stdin as pipe:
                pipe.write(packed(own))
            self.is_lost.wait(PATIENCE)
            child.returncode = 0  # it outlives this process on purpose; telling so keeps Python from complaining

    def text(self) -> str:
        """Return the clipboard's text, ``""`` when it holds none."""
        return self._read(TEXTS, only_first=True).text

    def set_text(self, text: str) -> None:
        """Put a text on the clipboard."""
        self.put(Content.of_text(text))

    def keep(self) -> Content:
        """Return all that the clipboard holds."""
        return self._read(None)

    def put(self, content: Content) -> None:
        """Put a content on the clipboard, or nothing."""
        self._give(content if content.formats else None)

    def offer(self, text: str) -> None:
        """Offer a text, and begin to note who fetches it."""
        content = Content.of_text(text)
        self._give(Content({**content.formats, UNWATCHED: b"secret"}))

    def fetches(self) -> Sequence[float]:
        """Return when what was offered was fetched and read (monotonic seconds)."""
        with self._line.lock:
            return tuple(self._fetches)

    # -- giving

    def _give(self, content: Content | None) -> None:
        with self._line.lock:
            self._fetches, self._own, old = [], content, self._source
            self._source = None
            self.is_lost.clear()
            if content is not None:
                self._source = self._maker.ask("create_data_source")
                self._source.dispatcher["send"] = self._send
                self._source.dispatcher["cancelled"] = self._cancel
                for name in content.formats:
                    self._source.ask("offer", name)
            self._device.ask("set_selection", self._source)
            self._line.flush()
            if old is not None and not old.destroyed:
                old.ask("destroy")
        self._line.roundtrip()

    def _send(self, source: Any, name: str, number: int) -> None:
        content = self._own
        if source is not self._source or content is None or name not in content.formats:
            os.close(number)
            return
        is_text = name != UNWATCHED
        threading.Thread(
            target=self._write, args=(number, content.formats[name], is_text), name="flowdesk-clipboard", daemon=True
        ).start()

    def _write(self, number: int, raw: bytes, is_counted: bool) -> None:
        """Write what somebody fetches, at their pace, as long as they go on reading."""
        left = memoryview(raw)
        unblock(number)
        try:
            while left:
                if not select.select([], [number], [], PATIENCE)[1]:
                    return
                left = left[os.write(number, left[: 1 << 16]) :]
        except OSError:
            return  # the other one has closed it
        finally:
            os.close(number)
        if is_counted:
            with self._line.lock:
                self._fetches.append(time.monotonic())

    def _cancel(self, source: Any) -> None:
        if source is self._source:
            self._source, self._own = None, None
            self.is_lost.set()
        source.ask("destroy")

    # -- reading

    def _meet(self, _device: Any, proxy: Any) -> None:
        self._offers[proxy] = _Offer(proxy)

    def _select(self, _device: Any, proxy: Any) -> None:
        before, self._current = self._current, self._offers.pop(proxy, None) if proxy is not None else None
        for each in (before, *self._offers.values()):
            if each is not None and each is not self._current and not each.proxy.destroyed:
                each.proxy.ask("destroy")
        self._offers.clear()

    def _read(self, wanted: Sequence[str] | None, *, only_first: bool = False) -> Content:
        self._line.roundtrip()
        with self._line.lock:
            if self._own is not None:
                return Content({name: raw for name, raw in self._own.formats.items() if name != UNWATCHED})
            current = self._current
            names = [] if current is None else list(dict.fromkeys(current.names))
        if wanted is not None:
            names = [name for name in wanted if name in names][: 1 if only_first else None]
        found: dict[str, bytes] = {}
        is_whole, left = True, KEEP_LIMIT
        for name in names:
            raw = self._fetch(current, name, left)
            if raw is None:
                is_whole = False
                continue
            left -= len(raw)
            found[name] = raw
        return Content(found, is_whole)

    def _fetch(self, offer: _Offer | None, name: str, most: int) -> bytes | None:
        """Read one format; ``None`` where its program does not hand it over, or it is too large."""
        read, write = os.pipe()
        try:
            with self._line.lock:
                if offer is None or offer.proxy.destroyed:
                    return None
                offer.proxy.ask("receive", name, write)
                self._line.flush()
        finally:
            os.close(write)  # before reading: the end is told only when the last copy is closed
        got = bytearray()
        with open(read, "rb", buffering=0) as pipe:
            while select.select([pipe], [], [], PATIENCE)[0]:
                piece = pipe.read(1 << 16)
                if not piece:
                    return bytes(got)
                got += piece
                if len(got) > most:
                    return None
        return None
