"""What waits to be sent to one client: bounded, whatever the client does (contract §5)."""

import asyncio
from collections import deque
from typing import Any

from flowdesk.model.sentence import say
from flowdesk.session.journal import envelope

LIMIT = 1024
"""Messages that wait in order; beyond them states are merged and log lines dropped."""
HARD_LIMIT = 16 * LIMIT
"""Messages that must not be dropped; a client with more waiting is."""


class Outbox:
    """A queue for one client.

    While the client keeps up, every message goes out in order. When ``LIMIT`` wait, it is *behind*: of each node only
    the latest state is kept and of each workflow the latest progress, and log lines are counted instead of kept. When it
    has caught up, it gets those and one ``execution.log`` with ``gap`` ``{"from", "to", "count"}`` for what it missed.
    Everything else (ends of runs, replies, changes of documents) is always delivered, after the states before it.
    """

    def __init__(self) -> None:
        """Begin empty."""
        self._ready: deque[dict[str, Any]] = deque()
        self._merged: dict[tuple[str, str], dict[str, Any]] = {}
        self._gaps: dict[str, list[int]] = {}
        self._is_behind = False
        self._filled = asyncio.Event()

    def __len__(self) -> int:
        """How many messages wait."""
        return len(self._ready) + len(self._merged)

    @property
    def is_overfull(self) -> bool:
        """Whether more waits than may be kept for one client."""
        return len(self._ready) > HARD_LIMIT

    def put(self, message: dict[str, Any]) -> None:
        """Add a message. Never blocks."""
        if not self._is_behind and len(self._ready) < LIMIT:
            self._ready.append(message)
        else:
            self._is_behind = True
            self._merge(message)
        self._filled.set()

    async def get(self) -> dict[str, Any]:
        """Wait for the next message to send."""
        while True:
            if self._ready:
                return self._ready.popleft()
            if self._is_behind:
                self._catch_up()
                self._is_behind = False
                continue
            self._filled.clear()
            await self._filled.wait()

    def get_ready(self, most: int) -> list[dict[str, Any]]:
        """Return further messages that wait now, at most ``most``."""
        return [self._ready.popleft() for _ in range(min(most, len(self._ready)))]

    def _merge(self, message: dict[str, Any]) -> None:
        kind, workflow_id = message["type"], message["workflow_id"]
        if kind.startswith("node.") and "reply_to" not in message:
            self._keep_latest((workflow_id, message["payload"]["node_id"]), message)
        elif kind == "execution.progress":
            self._keep_latest((workflow_id, ""), message)
        elif kind == "execution.log":
            self._miss(message)
        else:
            self._catch_up()
            self._ready.append(message)

    def _keep_latest(self, key: tuple[str, str], message: dict[str, Any]) -> None:
        older = self._merged.pop(key, None)
        if older is not None:
            self._miss(older)
        self._merged[key] = message

    def _miss(self, message: dict[str, Any]) -> None:
        seq = message.get("seq", 0)
        gap = self._gaps.setdefault(message["workflow_id"], [seq, seq, 0])
        gap[0], gap[1], gap[2] = min(gap[0], seq), max(gap[1], seq), gap[2] + 1

    def _catch_up(self) -> None:
        for workflow_id, (first, last, count) in self._gaps.items():
            text = say("{count} messages were left out because this client did not keep up.", count=count)
            payload = {
                "level": "warn", "message": text, "node_id": None, "gap": {"from": first, "to": last, "count": count},
            }  # fmt: skip
            self._ready.append(envelope("execution.log", workflow_id, payload))
        self._gaps.clear()
        self._ready.extend(sorted(self._merged.values(), key=lambda message: message.get("seq", 0)))
        self._merged.clear()
