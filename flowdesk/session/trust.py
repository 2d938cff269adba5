"""Which flows may use programs, files and the network without being asked about (decisions 0010 and 0030).

What is trusted is not a file but what its nodes do: their settings are known by a digest, so a flow that is changed
by someone else is asked about again, and one that moves or gets other clicks is not.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from flowdesk.engine.context import Permit, Question
from flowdesk.engine.ports import Answer
from flowdesk.model.errors import NodeError
from flowdesk.model.flow import Flow
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.sentence import say
from flowdesk.protocol.request import Role
from flowdesk.session.doings import MOST_TOLD, Doing, digest_of, doings, part_digests
from flowdesk.session.ledger import Ledger

if TYPE_CHECKING:
    from flowdesk.session.peer import Peer


MOST_LOOKED = 8


def is_own(peer: "Peer") -> bool:
    """Whether what a peer makes counts as the owner's: the window, and who came with the owner's secret and may run."""
    return peer.is_local or (peer.role >= Role.RUN and peer.is_owner)


def hand_of(peer: "Peer") -> str | None:
    """Return whose hand a peer's edits bear, ``None`` for the owner's own."""
    return None if is_own(peer) else peer.hand or peer.name


class Trust:
    """Remembers, in a file of flowdesk's own, what was allowed and what came from somebody else."""

    def __init__(self, file: Path, catalogue: Catalogue) -> None:
        """Keep what is known in ``file``. One that cannot be read counts as empty: people are asked again."""
        self._ledger = Ledger(file)
        self._catalogue = catalogue
        self._looked: OrderedDict[int, tuple[Flow, str | None, frozenset[str]]] = OrderedDict()
        """What the flows that were asked about last are known by."""

    def doings(self, flow: Flow) -> list[Doing]:
        """Return what a flow would do beyond the screen."""
        return doings(flow, self._catalogue)

    def look(self, flow: Flow) -> tuple[str | None, frozenset[str]]:
        """Return what a flow's doings are known by, whole and part by part. May be called in a thread, ahead of the question."""
        known = self._looked.get(id(flow))
        if known is None or known[0] is not flow:
            parts = frozenset(part_digests(flow, self._catalogue))
            known = self._looked[id(flow)] = flow, digest_of(flow, self._catalogue), parts
            while len(self._looked) > MOST_LOOKED:
                self._looked.popitem(last=False)
        return known[1], known[2]

    def knows(self, flow: Flow) -> bool:
        """Whether a flow may do what it does: it was allowed to, or it does nothing risky."""
        digest, _ = self.look(flow)
        return digest is None or self._ledger.has("allowed", digest)

    def add(self, flow: Flow) -> None:
        """Allow a flow what it does now."""
        digest, _ = self.look(flow)
        if digest is not None:
            self._ledger.add("allowed", digest)

    def add_own(self, flow: Flow, peer: "Peer") -> bool:
        """Allow a flow what it does if its maker is the owner; return whether that is so."""
        if is_own(peer):
            self.add(flow)
        return is_own(peer)

    def parts(self, flow: Flow) -> frozenset[str]:
        """Return what the risky nodes of a flow are known by."""
        return self.look(flow)[1]

    def mark(self, flow: Flow, hand: str = "", *, but: frozenset[str] = frozenset()) -> None:
        """Remember that a flow's risky parts, ``but`` some, came from somebody else, in whatever file they turn up."""
        digest, _ = self.look(flow)
        if digest is not None and not self._ledger.has("allowed", digest):
            self._ledger.add("strange", digest, *sorted(self.parts(flow) - but), by=hand)

    def is_strange(self, flow: Flow) -> bool:
        """Whether a part of a flow is known to have come from somebody else, and nobody here allowed what it does."""
        digest, _ = self.look(flow)
        if digest is None or self._ledger.has("allowed", digest):
            return False
        return self._ledger.is_full or any(self._ledger.has("strange", part) for part in (digest, *self.parts(flow)))

    def may_start(self, hand: str, digest: str) -> bool:
        """Whether the owner allowed somebody to run exactly what a digest stands for."""
        return self._ledger.has("may-start", f"{hand}:{digest}")

    def allow_start(self, hand: str, digest: str, flows: Iterable[Flow]) -> None:
        """Allow somebody to run exactly that, and its flows to do what they do."""
        self._ledger.add("may-start", f"{hand}:{digest}")
        for flow in flows:
            self.add(flow)

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
        is_foreign = is_foreign or self.is_strange(flow)

        async def permit(what: str, detail: str, *, is_unseen: bool) -> None:
            if ask is None or not (is_foreign or is_unseen) or self.knows(flow):
                return
            sentence = say(
                "\"{flow}\" comes from another computer and uses {what}: {detail}. Allow it to run programs and use files and the network?",
                flow=flow.name or flow.id, what=what, detail=detail[:300],
            )  # fmt: skip
            would = [doing.payload() for doing in self.doings(flow)[:MOST_TOLD]]
            answer = await ask(Question("permission", sentence, flow.name, details={"uses": what, "doings": would}))
            if answer.get("action") == "answer" and answer.get("value") is True:
                self.add(flow)
                return
            raise NodeError(
                say("It is not allowed to use {what}.", what=what),
                say("Check what the flow does, then run it again and allow it, or use flowdesk run --allow."),
            )

        return permit


def told(doings: list[Doing]) -> Iterator[str]:
    """Yield a line for each thing that a flow would do."""
    words = {"programs": say("starts a program"), "files": say("uses files"), "network": say("uses the network")}
    for doing in doings[:MOST_TOLD]:
        yield say("{node}: {what}: {detail}", node=doing.label, what=words[doing.uses], detail=doing.detail)
    if len(doings) > MOST_TOLD:
        yield say("and {count} more", count=len(doings) - MOST_TOLD)
