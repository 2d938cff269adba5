"""Which flows may use programs, files and the network without being asked about (decision 0010).

What is trusted is not a file but what its nodes do: their settings are known by a digest, so a flow that is changed
by someone else is asked about again, and one that moves or gets other clicks is not.
"""

import contextlib
import hashlib
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

from flowdesk.engine.context import Permit, Question
from flowdesk.engine.ports import Answer
from flowdesk.model.errors import NodeError
from flowdesk.model.flow import Flow
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.sentence import say
from flowdesk.protocol.messages import Role
from flowdesk.session.peer import Peer
from flowdesk.session.storage import write_atomically

RISKY = frozenset({"programs", "files", "network"})
REMEMBERED = 5000
"""Digests kept; the oldest go."""


def is_own(peer: Peer) -> bool:
    """Whether what a peer makes counts as made here: it may run it anyway."""
    return bool(getattr(peer, "is_local", False)) or peer.role >= Role.RUN


class Trust:
    """Remembers, in a file of flowdesk's own, what was allowed."""

    def __init__(self, file: Path, catalogue: Catalogue) -> None:
        """Read what is known. A file that cannot be read counts as empty: people are asked again."""
        self._file = file
        self._catalogue = catalogue
        self._known: dict[str, None] = {}
        with contextlib.suppress(OSError, ValueError):
            found = json.loads(file.read_text("utf-8"))
            self._known = dict.fromkeys(str(each) for each in found) if isinstance(found, list) else {}

    def knows(self, flow: Flow) -> bool:
        """Whether a flow may do what it does: it was allowed to, or it does nothing risky."""
        digest = self._digest(flow)
        return digest is None or digest in self._known

    def add(self, flow: Flow) -> None:
        """Allow a flow what it does now."""
        digest = self._digest(flow)
        if digest is None or digest in self._known:
            return
        self._known[digest] = None
        while len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self._file, json.dumps([*self._known], indent=1).encode())

    def add_own(self, flow: Flow, peer: Peer) -> bool:
        """Allow a flow what it does if its maker may run it; return whether that is so."""
        if is_own(peer):
            self.add(flow)
        return is_own(peer)

    def permission(
        self, flow: Flow, ask: Callable[[Question], Awaitable[Answer]] | None, *, is_foreign: bool
    ) -> Permit:
        """Return what asks a person, once, before a flow that was not made here does something risky.

        Args:
            flow: The flow that is run.
            ask: Asks a person; without it nothing is asked.
            is_foreign: Whether someone else is known to have had a hand in the flow; if not, only what is unseen asks.

        The returned function raises ``NodeError`` where it is not allowed, or nobody is there to ask.
        """

        async def permit(what: str, detail: str, *, is_unseen: bool) -> None:
            if ask is None or not (is_foreign or is_unseen) or self.knows(flow):
                return
            sentence = say(
                '"{flow}" was not made here and wants to use {what}: {detail}. May it use programs, files and the network?',
                flow=flow.name or flow.id, what=what, detail=detail[:300],
            )  # fmt: skip
            answer = await ask(Question("permission", sentence, flow.name, details={"uses": what}))
            if answer.get("action") == "answer" and answer.get("value") is True:
                self.add(flow)
                return
            raise NodeError(
                say("It was not allowed to use {what}.", what=what),
                say("Look at what the flow does; run it again and allow it, or start it with `flowdesk run`."),
            )

        return permit

    def _digest(self, flow: Flow) -> str | None:
        risky_types = {node_type.id for node_type in self._catalogue if node_type.uses & RISKY}
        risky = [
            [node.type, node.config]
            for node in flow.nodes
            if node.type in risky_types and (node.type != "start" or node.config.get("appName"))
        ]
        if not risky:
            return None
        text = json.dumps(risky, sort_keys=True, ensure_ascii=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()
