"""The journals of all workflows, and who follows which: a client may follow so many, and what nobody uses is let go."""

from collections import OrderedDict
from collections.abc import Callable, Iterator

from flowdesk.model.errors import LimitReached
from flowdesk.model.sentence import say
from flowdesk.session.journal import Journal
from flowdesk.session.peer import Peer

MOST_FOLLOWED = 256
"""Workflows that one client follows."""
MOST_IDLE = 8
"""Journals that are kept although nobody follows them and nothing of them is open or runs."""
IDLE_RING = 256
"""Events that such a journal keeps for replay."""
MOST_NUMBERS = 20_000
"""Workflows whose last ``seq`` is remembered after their journal went, so that it has no gap and is never used twice."""
LONGEST_ID = 200
"""Characters of a workflow's id."""


class Journals:
    """Journals by workflow id."""

    def __init__(self, is_used: Callable[[str], bool]) -> None:
        """``is_used(workflow_id)`` says whether a document of it is open or a run of it is under way."""
        self._is_used = is_used
        self._known: OrderedDict[str, Journal] = OrderedDict()
        self._numbers: OrderedDict[str, int] = OrderedDict()
        self._everything: dict[str, Peer] = {}
        self._followed: dict[str, set[str]] = {}

    def __iter__(self) -> Iterator[Journal]:
        """All that are kept."""
        return iter(tuple(self._known.values()))

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._known)

    def get(self, workflow_id: str) -> Journal:
        """Return the journal of a workflow, made at its first use."""
        journal = self._known.get(workflow_id)
        if journal is None:
            journal = self._known[workflow_id] = Journal(workflow_id, self._numbers.pop(workflow_id, 0))
            for peer in self._everything.values():
                journal.subscribe(peer)
            self._let_go()
        self._known.move_to_end(workflow_id)
        return journal

    def peek(self, workflow_id: str) -> Journal:
        """Return the journal of a workflow for a look at its state; one that is not there is not kept for it."""
        known = self._known.get(workflow_id)
        return known if known is not None else Journal(workflow_id, self._numbers.get(workflow_id, 0))

    def follow(self, peer: Peer, workflow_id: str) -> Journal:
        """Let a client follow a workflow.

        Raises:
            LimitReached: If it follows too many, or the id is too long.
        """
        followed = self._followed.setdefault(peer.id, set())
        if (len(followed) >= MOST_FOLLOWED and workflow_id not in followed) or len(workflow_id) > LONGEST_ID:
            raise LimitReached(
                say("A client can subscribe to at most {count} flows.", count=MOST_FOLLOWED),
                say('Unsubscribe from some, or subscribe to "*".'),
            )
        followed.add(workflow_id)
        journal = self.get(workflow_id)
        journal.subscribe(peer)
        return journal

    def follow_all(self, peer: Peer) -> None:
        """Let a client follow every workflow, those too that come."""
        self._everything[peer.id] = peer
        for journal in self:
            journal.subscribe(peer)

    def unfollow(self, peer: Peer, workflow_id: str | None = None) -> None:
        """Let a client follow a workflow, or all, no more."""
        self._everything.pop(peer.id, None)
        if workflow_id is None:
            self._followed.pop(peer.id, None)
            for journal in self:
                journal.unsubscribe(peer)
        else:
            self._followed.get(peer.id, set()).discard(workflow_id)
            if workflow_id in self._known:
                self._known[workflow_id].unsubscribe(peer)
        self._let_go()

    def _let_go(self) -> None:
        """Let the journals go that were used longest ago, of those that nobody needs."""
        if len(self._known) <= MOST_IDLE:
            return
        everything = self._everything.keys()
        idle = [
            key for key, journal in self._known.items() if journal.peers.keys() <= everything and not self._is_used(key)
        ]
        for key in idle[: max(0, len(idle) - MOST_IDLE)]:
            self._numbers[key] = self._known.pop(key).seq
        for key in idle[-MOST_IDLE:]:
            self._known[key].shorten(IDLE_RING)
        while len(self._numbers) > MOST_NUMBERS:
            self._numbers.popitem(last=False)
