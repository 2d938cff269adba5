"""The journal of one workflow: every event in order, numbered without gaps; what a late joiner needs (contract §5)."""

import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from flowdesk.model.events import NodeChanged, RunChanged, RunEvent, RunFinished, RunLog, RunProgress
from flowdesk.model.run import NodeState
from flowdesk.protocol.events import RunSnapshot
from flowdesk.session.peer import Message, Peer

RING = 4096
"""Events kept for replay."""
RING_CHARS = 8 * 1024 * 1024
"""Characters of them: results may be long."""
LOG_LINES = 500
"""Lines of the log in a snapshot."""

EPOCH = uuid.uuid4().hex
"""New for each process: a ``seq`` of another epoch means nothing."""


class Journal:
    """Numbers the events of one workflow, keeps the last ones, and hands them to whoever subscribed."""

    def __init__(self, workflow_id: str, seq: int = 0) -> None:
        """Go on after ``seq``."""
        self.workflow_id = workflow_id
        self.seq = seq
        self.peers: dict[str, Peer] = {}
        self.listeners: list[Callable[[Message], None]] = []
        self._ring: deque[tuple[Message, int]] = deque()
        self._chars = 0
        self._reset("")

    def subscribe(self, peer: Peer) -> None:
        """Hand every further event to ``peer``, once."""
        self.peers[peer.id] = peer

    def unsubscribe(self, peer: Peer) -> None:
        """Stop handing events to ``peer``."""
        self.peers.pop(peer.id, None)

    def add_event(self, event: RunEvent) -> None:
        """Append an event of a run."""
        self._remember(event)
        self.add(event.wire, event.payload())

    def add(self, wire: str, payload: Mapping[str, Any]) -> None:
        """Append a message of any type and hand it out. Never waits for anyone."""
        self.seq += 1
        message = envelope(wire, self.workflow_id, payload)
        message["seq"] = self.seq
        for listener in self.listeners:
            listener(message)
        if self.peers:
            for peer in tuple(self.peers.values()):
                peer.deliver(message)
        self._keep(message)

    def _keep(self, message: Message) -> None:
        size = len(message.encoded) if message.encoded is not None else 0
        ring = self._ring
        ring.append((message, size))
        self._chars += size
        while len(ring) > RING or (self._chars > RING_CHARS and len(ring) > 1):
            self._chars -= ring.popleft()[1]

    def shorten(self, count: int) -> None:
        """Keep only the last events for replay."""
        while len(self._ring) > count:
            self._chars -= self._ring.popleft()[1]

    def replay(self, peer: Peer, since: int, epoch: str | None) -> bool:
        """Hand ``peer`` what came after ``since``. Returns ``False`` if that is gone: a snapshot is needed."""
        if epoch not in (None, EPOCH) or since > self.seq:
            return False
        oldest = self._ring[0][0]["seq"] if self._ring else self.seq + 1
        if since + 1 < oldest:
            return False
        for message, _ in tuple(self._ring):
            if message["seq"] > since:
                peer.deliver(message)
        return True

    def snapshot(self) -> RunSnapshot:
        """Return the whole state as JSON values: the last run, each node's last event, progress and the log's end."""
        return {
            "epoch": EPOCH,
            "seq": self.seq,
            "run_id": self._run_id,
            "status": self._status,
            "rehearsal": self._is_rehearsal,
            "nodes": {node_id: event.payload() for node_id, event in self._nodes.items()},
            "ways": dict(self._ways),
            "visits": dict(self._visits),
            "progress": self._progress.payload() if self._progress else None,
            "logs": [event.payload() for event in self._logs],
            "end": self._end.payload() if self._end else None,
        }

    def _reset(self, run_id: str) -> None:
        self._run_id = run_id
        self._status = "idle"
        self._is_rehearsal = False
        self._nodes: dict[str, NodeChanged] = {}
        self._ways: dict[str, int] = {}
        self._visits: dict[str, int] = {}
        self._progress: RunProgress | None = None
        self._logs: deque[RunLog] = deque(maxlen=LOG_LINES)
        self._end: RunFinished | None = None

    def _remember(self, event: RunEvent) -> None:
        if event.run_id != self._run_id:
            self._reset(event.run_id)
        match event:
            case NodeChanged():
                self._nodes[event.node_id] = event
                if event.state is NodeState.RUNNING:
                    self._visits[event.node_id] = self._visits.get(event.node_id, 0) + 1
                if event.ways:
                    self._ways.update(event.ways)
            case RunProgress():
                self._progress = event
            case RunLog():
                self._logs.append(event)
            case RunChanged():
                self._status, self._is_rehearsal = event.state.value, event.is_rehearsal
            case RunFinished():
                self._status, self._end = event.state.value, event
            case _:
                pass


_PREFIX = uuid.uuid4().hex[:12]
_counter = 0


def envelope(wire: str, workflow_id: str, payload: Mapping[str, Any]) -> Message:
    """Put a payload into the envelope: ``id``, ``type``, ``timestamp`` (seconds), ``workflow_id``, ``payload``."""
    global _counter
    _counter += 1
    message = Message(
        id=f"{_PREFIX}-{_counter}", type=wire, timestamp=time.time(), workflow_id=workflow_id, payload=payload
    )
    message.encoded = None
    return message
