"""The clipboard on X11: this process owns the selection and serves it, from a thread with its own connection.

On X11 the clipboard is not a place but a promise of the program that last copied: what is set here is served for as
long as flowdesk runs (ICCCM 2). What a person had copied, pictures too, is kept before a paste and put back after it.
"""

import queue
import select
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from flowdesk.drivers.x11 import connection as x11
from flowdesk.drivers.x11.content import TEXT_TARGETS, Content
from flowdesk.drivers.x11.keeping import start_keeper
from flowdesk.model.errors import DesktopUnavailable, InputFailed
from flowdesk.model.sentence import say

T = TypeVar("T")
CLERICAL = frozenset({"TARGETS", "MULTIPLE", "TIMESTAMP", "SAVE_TARGETS", "DELETE", "INSERT_SELECTION",
                      "INSERT_PROPERTY", "COMPOUND_TEXT"})  # fmt: skip
"""Targets that are questions, not contents."""
PIECE = 200_000
"""Bytes of one property; larger contents go piece by piece (INCR, ICCCM 2.7.2)."""
PATIENCE = 2.0
"""Seconds that another program may take to hand over one format or piece."""
KEEP_LIMIT = 64 * 1024 * 1024
"""Bytes of one selection that are kept over a paste."""


@dataclass
class _Transfer:
    """A large content on its way, piece by piece."""

    requestor: Any
    kind: int
    rest: bytes
    is_ended: bool = False


@dataclass
class Asked:
    """Who asked for what since the last offer: how many fetches the wanted client has finished."""

    count: int = 0
    last: float = 0.0
    """When the client last asked for anything, what formats there are, too, or finished a fetch (monotonic seconds)."""
    client: int = 0
    handed: float = 0.0
    """When the client was last handed the content, read or not; 0 for never. Tk never tells that it read it."""
    is_refused: bool = False
    """Whether the text was asked for in Latin-1 only, which lacks its letters: the program knows no others."""
    slowest: float = 0.0
    """The longest time between two of its questions."""

    def note(self) -> None:
        """Note that it has asked, or read, something now."""
        now = time.monotonic()
        self.slowest = max(self.slowest, now - self.last) if self.last else 0.0
        self.last = now


class X11Clipboard:
    """Serves and reads selections. All methods may be called from any thread and block shortly."""

    def __init__(self) -> None:
        """Connect and start the thread.

        Raises:
            DesktopUnavailable: If there is no X server.
        """
        self._display: Any = x11.connect()
        self._window = x11.root_of(self._display).create_window(0, 0, 1, 1, 0, 0)
        from Xlib import X

        self._window.change_attributes(event_mask=X.PropertyChangeMask)
        self._owned: dict[str, Content] = {}
        self._transfers: dict[tuple[int, int], _Transfer] = {}
        self._fetches = Asked()
        self._offered = frozenset[str]()
        self._barred = 0, 0.0  # a window whose client gets nothing, and until when
        self._lost = threading.Event()
        self._fetched = threading.Lock()
        self._jobs: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = queue.SimpleQueue()
        self._bell_out, self._bell_in = _bell()
        self._thread = threading.Thread(target=self._serve, name="flowdesk-clipboard", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread and the connection. What was served is gone then, as with every program that ends."""
        if self._thread.is_alive():
            self._jobs.put(None)
            self._bell_in.send(b"x")
            self._thread.join(5)
        self._bell_in.close()
        self._bell_out.close()

    def hand_over(self) -> None:
        """Leave the clipboard's content behind when flowdesk ends: to a clipboard manager, else to a small process.

        Nothing happens when someone else owns the clipboard. Call before ``close``.
        """
        if not self._thread.is_alive():  # the display is gone, and its clipboard with it
            return
        content = self._on_thread(lambda: self._owned.get("CLIPBOARD"))
        if content is not None and content.formats and not self._on_thread(self._save_with_manager):
            start_keeper(content, self.is_lost)

    @property
    def is_lost(self) -> threading.Event:
        """Set when someone else took the clipboard, or the connection ended."""
        return self._lost

    def text(self) -> str:
        """Return the clipboard's text, ``""`` when it holds none."""
        return self._on_thread(lambda: self._read_text("CLIPBOARD"))

    def set_text(self, text: str) -> None:
        """Put text on the clipboard.

        Raises:
            InputFailed: If the text holds a lone surrogate.
        """
        try:
            content = Content.of_text(text)
        except UnicodeEncodeError as broken:
            what = say("The text contains an incomplete character at position {position}.", position=broken.start + 1)
            raise InputFailed(what, say("Check where the text comes from.")) from broken
        self._on_thread(lambda: self._own("CLIPBOARD", content))

    def keep(self, selection: str) -> Content:
        """Read all that a selection holds, to be put back later. Of several picture formats the best is kept."""
        return self._on_thread(lambda: self._read_all(selection))

    def put(self, selection: str, content: Content) -> None:
        """Serve a content; an empty one gives the selection up."""
        self._on_thread(lambda: self._own(selection, content) if content.formats else self._disown(selection))

    def offer(self, selections: tuple[str, ...], content: Content, client: int) -> None:
        """Serve a content and start counting how often the client that owns window ``client`` fetches it."""

        def start() -> None:
            self._barred, self._offered = (0, 0.0), frozenset(selections)
            for selection in selections:
                self._own(selection, content)
            with self._fetched:
                self._fetches = Asked(client=client)

        self._on_thread(start)

    def asked(self) -> Asked:
        """Return what the client has asked for since ``offer``."""
        with self._fetched:
            return replace(self._fetches)

    def withdraw(self) -> bool:
        """Take an offer back, so that nothing can be fetched any more; return whether the client was handed nothing of it."""

        def stop() -> bool:
            for selection in self._offered & self._owned.keys():
                self._owned[selection] = Content()
            return not self.asked().handed

        return self._on_thread(stop)

    def bar(self, client: int, seconds: float) -> None:
        """Give the client that owns a window nothing for a while, or until the next offer."""
        self._on_thread(lambda: setattr(self, "_barred", (client, time.monotonic() + seconds)))

    # -- the thread

    def _on_thread(self, job: Callable[[], T]) -> T:
        future: Future[T] = Future()
        if not self._thread.is_alive():
            raise DesktopUnavailable(say("The clipboard is closed."), say("Restart flowdesk."))
        self._jobs.put((job, future))
        self._bell_in.send(b"x")
        with x11.telling_loss():
            return future.result(PATIENCE * 30)

    def _serve(self) -> None:
        with x11.surviving_loss():
            self._serve_while_there()
        while not self._jobs.empty():
            if (entry := self._jobs.get()) is not None:  # nobody may wait for it
                entry[1].set_exception(x11.display_gone())

    def _serve_while_there(self) -> None:
        try:
            while True:
                self._answer_waiting()
                ready, _, _ = select.select([self._display.fileno(), self._bell_out], [], [])
                if self._bell_out in ready:
                    self._bell_out.recv(1)
                    entry = self._jobs.get()
                    if entry is None:
                        return
                    _carry_out(*entry)
        finally:
            self._lost.set()
            self._display.close()

    def _answer_waiting(self) -> None:
        while self._display.pending_events():
            self._handle(self._display.next_event())

    def _handle(self, event: Any) -> None:
        from Xlib import X

        if event.type == X.SelectionRequest:
            # The one who asked may be gone by now.
            with x11.forgiving():
                self._answer(event)
        elif event.type == X.SelectionClear:
            name = self._display.get_atom_name(event.selection if hasattr(event, "selection") else event.atom)
            self._owned.pop(name, None)
            if name == "CLIPBOARD":
                self._lost.set()
        elif event.type == X.PropertyNotify and event.state == X.PropertyDelete:
            self._go_on(int(event.window.id), int(event.atom))

    # -- serving

    def _own(self, selection: str, content: Content) -> None:
        atom = self._display.intern_atom(selection)
        self._window.set_selection_owner(atom, self._timestamp())
        if self._display.get_selection_owner(atom) != self._window:
            raise InputFailed(
                say("Another program keeps the clipboard locked."), say("Close clipboard tools, then try again.")
            )
        self._owned[selection] = content
        if selection == "CLIPBOARD":
            self._lost.clear()

    def _disown(self, selection: str) -> None:
        from Xlib import X

        if self._owned.pop(selection, None) is not None:
            atom = self._display.intern_atom(selection)
            if self._display.get_selection_owner(atom) == self._window:
                x11.window(self._display, 0).set_selection_owner(atom, X.CurrentTime)
            self._display.sync()

    def _save_with_manager(self) -> bool:
        """Ask the session's clipboard manager to take the content (freedesktop.org clipboard manager specification)."""
        manager = self._display.intern_atom("CLIPBOARD_MANAGER")
        if not self._display.get_selection_owner(manager):
            return False
        return self._convert("CLIPBOARD_MANAGER", "SAVE_TARGETS") is not None

    def _timestamp(self) -> int:
        """Return the server's time: owning a selection at time 0 is forbidden to well-behaved programs (ICCCM 2.1)."""
        from Xlib import X, Xatom

        atom = self._display.intern_atom("FLOWDESK_TIME")
        self._window.change_property(atom, Xatom.INTEGER, 32, [0])
        self._display.flush()
        while True:
            event = self._next_event(time.monotonic() + PATIENCE)
            if event is None:
                return 0
            if event.type == X.PropertyNotify and event.atom == atom:
                return int(event.time)
            self._handle(event)

    def _answer(self, request: Any) -> None:
        from Xlib import X, Xatom
        from Xlib.protocol import event

        is_barred = self._is_barred(int(request.requestor.id))
        content = None if is_barred else self._owned.get(self._display.get_atom_name(request.selection))
        target = self._display.get_atom_name(request.target)
        place = request.property or request.target
        given = place
        if content is None:
            given = X.NONE
        elif target == "TARGETS":
            names = ["TARGETS", "TIMESTAMP", *content.formats]
            atoms = [self._display.intern_atom(name) for name in names]
            request.requestor.change_property(place, Xatom.ATOM, 32, atoms)
        elif target == "TIMESTAMP":
            request.requestor.change_property(place, Xatom.INTEGER, 32, [request.time])
        elif target in content.formats or (target == "TEXT" and "UTF8_STRING" in content.formats):
            self._hand_over(request, place, content.formats[target if target in content.formats else "UTF8_STRING"])
        else:
            given, self._fetches.is_refused = X.NONE, self._fetches.is_refused or target == "STRING"
        notice = event.SelectionNotify(
            time=request.time,
            requestor=request.requestor,
            selection=request.selection,
            target=request.target,
            property=given,
        )
        request.requestor.send_event(notice)
        self._display.flush()
        with self._fetched:
            if self._is_same_client(int(request.requestor.id), self._fetches.client):
                self._fetches.note()

    def _is_barred(self, window: int) -> bool:
        client, until = self._barred
        return client != 0 and time.monotonic() < until and self._is_same_client(window, client)

    def _hand_over(self, request: Any, place: int, raw: bytes) -> None:
        from Xlib import X

        kind = request.target
        if self._display.get_atom_name(kind) == "TEXT":
            kind = self._display.intern_atom("UTF8_STRING")
        key = int(request.requestor.id), int(place)
        if request.requestor != self._window:
            request.requestor.change_attributes(event_mask=X.PropertyChangeMask)
        if len(raw) <= PIECE:
            # Counted as fetched when the client deletes the property, which it does once it has read it.
            self._transfers[key] = _Transfer(request.requestor, kind, b"", is_ended=True)
            request.requestor.change_property(place, kind, 8, raw)
            with self._fetched:
                if self._is_same_client(key[0], self._fetches.client):
                    self._fetches.handed = time.monotonic()
            return
        self._transfers[key] = _Transfer(request.requestor, kind, raw)
        request.requestor.change_property(place, self._display.intern_atom("INCR"), 32, [len(raw)])

    def _go_on(self, window: int, place: int) -> None:
        """Send the next piece after the client took the one before, or note that it has all."""
        transfer = self._transfers.get((window, place))
        if transfer is None:
            return
        if transfer.is_ended:
            del self._transfers[window, place]
            with self._fetched:
                if self._is_same_client(window, self._fetches.client):
                    self._fetches.count += 1
                    self._fetches.note()
            return
        piece, transfer.rest = transfer.rest[:PIECE], transfer.rest[PIECE:]
        transfer.is_ended = not piece
        with x11.forgiving():
            transfer.requestor.change_property(place, transfer.kind, 8, piece)
            self._display.flush()

    def _is_same_client(self, window: int, other: int) -> bool:
        """Whether one program made both windows: their ids share the upper bits, or it has several connections."""
        mask = int(self._display.display.info.resource_id_mask)
        if window & ~mask == other & ~mask:
            return True
        process = x11.process_of(self._display, other)
        return process != 0 and process == x11.process_of(self._display, window)

    # -- reading

    def _read_text(self, selection: str) -> str:
        if selection in self._owned:
            return self._owned[selection].text
        for target in TEXT_TARGETS[:2] + TEXT_TARGETS[3:5]:
            raw = self._convert(selection, target)
            if raw is not None:
                return Content({target: raw}).text
        return ""

    def _read_all(self, selection: str) -> Content:
        if selection in self._owned:
            return self._owned[selection]
        if not self._display.get_selection_owner(self._display.intern_atom(selection)):
            return Content()
        raw = self._convert(selection, "TARGETS")
        names = [self._atom_name(number) for number in memoryview(raw).cast("I")] if raw and not len(raw) % 4 else []
        pictures = [name for name in names if name.startswith("image/")]
        best = "image/png" if "image/png" in pictures else next(iter(pictures), "")
        found: dict[str, bytes] = {}
        for name in names or list(TEXT_TARGETS[:1]):
            if name in CLERICAL or not name or (name in pictures and name != best):
                continue
            content = self._convert(selection, name)
            if content is not None and sum(map(len, found.values())) + len(content) <= KEEP_LIMIT:
                found[name] = content
        return Content(found)

    def _atom_name(self, number: int) -> str:
        from Xlib import error

        try:
            return str(self._display.get_atom_name(number))
        except error.BadAtom:
            return ""

    def _convert(self, selection: str, target: str) -> bytes | None:
        """Ask the owner for one format; ``None`` when it has none or does not answer."""
        from Xlib import X

        atom, kind = self._display.intern_atom(selection), self._display.intern_atom(target)
        if not self._display.get_selection_owner(atom):
            return None
        place = self._display.intern_atom("FLOWDESK_SELECTION")
        self._window.delete_property(place)
        self._window.convert_selection(atom, kind, place, X.CurrentTime)
        self._display.flush()
        deadline = time.monotonic() + PATIENCE
        while (event := self._next_event(deadline)) is not None:
            if event.type == X.SelectionNotify and event.target == kind:
                return self._take(place) if event.property else None
            self._handle(event)
        return None

    def _take(self, place: int) -> bytes | None:
        """Read the property that the owner filled, piece by piece if it says so."""
        from Xlib import X

        found = self._window.get_full_property(place, X.AnyPropertyType)
        if found is None:
            return None
        if found.property_type != self._display.intern_atom("INCR"):
            self._window.delete_property(place)
            return _raw(found)
        pieces: list[bytes] = []
        self._drop_notices(place)
        self._window.delete_property(place)
        self._display.flush()
        while (event := self._next_event(time.monotonic() + PATIENCE)) is not None:
            if event.type == X.PropertyNotify and event.atom == place and event.state == X.PropertyNewValue:
                found = self._window.get_full_property(place, X.AnyPropertyType)
                self._window.delete_property(place)
                self._display.flush()
                piece = _raw(found) if found is not None else b""
                if not piece:
                    return b"".join(pieces)
                pieces.append(piece)
                if sum(map(len, pieces)) > KEEP_LIMIT:
                    return None
            elif event.type != X.PropertyNotify:
                self._handle(event)
        return None

    def _drop_notices(self, place: int) -> None:
        """Forget the notices of the property's earlier values, which would be taken for pieces."""
        from Xlib import X

        while self._display.pending_events():
            event = self._display.next_event()
            if not (event.type == X.PropertyNotify and event.atom == place):
                self._handle(event)

    def _next_event(self, deadline: float) -> Any:
        while not self._display.pending_events():
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            select.select([self._display.fileno()], [], [], left)
        return self._display.next_event()


def _raw(found: Any) -> bytes:
    value = found.value
    if found.format == 32:
        return b"".join(int(number).to_bytes(4, sys.byteorder) for number in value)
    return value.encode() if isinstance(value, str) else bytes(value)


def _carry_out(job: Callable[[], Any], future: "Future[Any]") -> None:
    try:
        future.set_result(job())
    except Exception as failure:  # noqa: BLE001 - handed to the caller as it is
        future.set_exception(failure)


def _bell() -> tuple[Any, Any]:
    """Return the two ends of a socket that wakes the thread."""
    import socket

    return socket.socketpair()
