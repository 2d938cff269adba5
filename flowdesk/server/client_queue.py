"""What waits to be sent to one client: bounded, in order, with states coalesced and lost log lines marked.

Nothing here knows sockets or clocks. Messages leave in the order in which they came. Under pressure the older of two
states of the same node is left out, and over the limit the oldest log lines; where messages of a workflow are left
out, a marker with their ``seq`` range goes out in their place. Replies, ends of runs and changes of documents are
never left out.
"""

from collections import deque
from dataclasses import dataclass
from typing import Any

from flowdesk.model.sentence import say
from flowdesk.protocol.codec import encode
from flowdesk.session.journal import envelope
from flowdesk.session.peer import Message, text_of

MAX_BYTES = 4 * 1024 * 1024
MAX_MESSAGES = 1024
PRESSURE = 256
"""Waiting messages from which on states are coalesced."""
FINAL_BYTES = 32 * 1024 * 1024
"""Bytes beyond which a client is dropped at once."""

_TEXT = 0x81
_COALESCED = ("node.", "execution.progress", "presence", "system.status")


def frame_of(message: Message) -> bytes:
    """Return a message as an unmasked WebSocket text frame (RFC 6455 §5.2), made once for all clients."""
    try:
        return message.frame
    except AttributeError:
        message.frame = _frame(text_of(message).encode())
        return message.frame


def _frame(text: bytes) -> bytes:
    size = len(text)
    if size < 126:
        return bytes((_TEXT, size)) + text
    if size < 65536:
        return bytes((_TEXT, 126)) + size.to_bytes(2, "big") + text
    return bytes((_TEXT, 127)) + size.to_bytes(8, "big") + text


@dataclass(slots=True)
class _Entry:
    frame: bytes | None
    """``None``: left out."""
    workflow_id: str
    first: int
    last: int
    key: tuple[str, str] | None
    """States with the same key replace each other."""


class ClientQueue:
    """A bounded queue of frames."""

    def __init__(self, max_bytes: int = MAX_BYTES, max_messages: int = MAX_MESSAGES) -> None:
        """Begin empty."""
        self.bytes = 0
        """Bytes that wait."""
        self.left_out = 0
        """Messages that were left out so far."""
        self._max_bytes = max_bytes
        self._max_messages = max_messages
        self._entries: deque[_Entry] = deque()
        self._live = 0
        self._latest: dict[tuple[str, str], _Entry] = {}
        self._logs: deque[_Entry] = deque()
        self._gaps: dict[str, tuple[int, int]] = {}
        self._ready: deque[bytes] = deque()

    def __len__(self) -> int:
        return self._live + len(self._ready)

    @property
    def is_over(self) -> bool:
        """Whether more waits than may, though everything that can be left out was."""
        return self.bytes > self._max_bytes or self._live > self._max_messages

    @property
    def is_hopeless(self) -> bool:
        """Whether so much waits that the client has to go at once."""
        return self.bytes > FINAL_BYTES

    def put(self, message: Message) -> None:
        """Append a message."""
        frame = frame_of(message)
        seq = message.get("seq", 0)
        entry = _Entry(frame, message["workflow_id"], seq, seq, _state_key(message))
        self._entries.append(entry)
        self._live += 1
        self.bytes += len(frame)
        if entry.key is not None:
            older = self._latest.get(entry.key)
            self._latest[entry.key] = entry
            if older is not None and self._live > PRESSURE:
                self._leave_out(older)
        elif message["type"] == "execution.log":
            self._logs.append(entry)
        while self.is_over and self._logs:
            self._leave_out(self._logs.popleft())
        if len(self._entries) > 2 * (self._live + self._max_messages):
            self._merge()

    def pop(self) -> bytes | None:
        """Take the next frame, or ``None`` if nothing waits."""
        while not self._ready:
            if not self._entries:
                self._flush_gaps()
                return self._ready.popleft() if self._ready else None
            entry = self._entries.popleft()
            if entry.frame is None:
                if entry.first:
                    first = self._gaps.get(entry.workflow_id, (entry.first, 0))[0]
                    self._gaps[entry.workflow_id] = (first, entry.last)
                continue
            if self._gaps:
                self._flush_gaps()
            self._forget(entry)
            self._live -= 1
            self.bytes -= len(entry.frame)
            self._ready.append(entry.frame)
        return self._ready.popleft()

    def _forget(self, entry: _Entry) -> None:
        if entry.key is not None and self._latest.get(entry.key) is entry:
            del self._latest[entry.key]
        elif self._logs and self._logs[0] is entry:
            self._logs.popleft()

    def _leave_out(self, entry: _Entry) -> None:
        if entry.frame is None:
            return
        self.bytes -= len(entry.frame)
        self._live -= 1
        self.left_out += 1
        entry.frame = None

    def _flush_gaps(self) -> None:
        for workflow_id, (first, last) in self._gaps.items():
            self._ready.append(_frame(encode(gap(workflow_id, first, last)).encode()))
        self._gaps.clear()

    def _merge(self) -> None:
        """Melt neighbouring entries that were left out into one, so that they do not pile up."""
        entries: deque[_Entry] = deque()
        for entry in self._entries:
            before = entries[-1] if entries else None
            if entry.frame is None and before is not None and before.frame is None:
                if not entry.first:
                    continue
                if before.workflow_id == entry.workflow_id and before.first:
                    before.last = entry.last
                    continue
            entries.append(entry)
        self._entries = entries


def gap(workflow_id: str, first: int, last: int) -> Message:
    """Return the marker that stands for left out messages ``first`` to ``last`` of a workflow."""
    count = last - first + 1
    text = say("{count} messages were skipped: this client reads too slowly.", count=count)
    return envelope(
        "execution.log",
        workflow_id,
        {"level": "warn", "message": str(text), "gap": {"from": first, "to": last, "count": count}},
    )


def _state_key(message: Message) -> tuple[str, str] | None:
    wire: str = message["type"]
    if not wire.startswith(_COALESCED) or "reply_to" in message:
        return None
    payload: dict[str, Any] = message["payload"]
    if wire == "system.status":
        return None if "closing" in payload or "run_id" in payload else ("", wire)
    if wire.startswith("node."):
        return message["workflow_id"], f"node {payload.get('node_id')}"
    return message["workflow_id"], wire
