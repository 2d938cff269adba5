"""The document: a flow with revisions and an undo for each editor."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flowdesk.model.changes import AnyChange, Draft
from flowdesk.model.errors import ChangeRefused
from flowdesk.model.flow import Flow
from flowdesk.model.sentence import say


@dataclass(frozen=True, slots=True)
class Applied:
    """A group of changes that was applied as one."""

    revision: int
    changes: tuple[AnyChange, ...]
    origin: str
    """Id of the peer that made it; a peer skips its own echo."""
    label: str = ""


@dataclass(slots=True)
class _Step:
    inverse: tuple[AnyChange, ...]
    label: str
    gesture: str


@dataclass(slots=True)
class _History:
    undo: list[_Step] = field(default_factory=list)
    redo: list[_Step] = field(default_factory=list)


class Document:
    """The one writable copy of a flow. All edits, from every editor, go through ``edit``, ``undo`` and ``redo``.

    Undo is per peer: it takes back that peer's last step against the document as it stands now. Where another
    editor's later change makes that impossible it is refused with a reason and the step stays.
    """

    HISTORY_LIMIT = 1000
    """Steps kept for each peer."""

    def __init__(self, flow: Flow) -> None:
        """Open a flow at revision 0."""
        self._draft = Draft(flow)
        self._flow: Flow | None = flow
        self._histories: dict[str, _History] = {}
        self.revision = 0

    @property
    def flow(self) -> Flow:
        """The flow as it stands now, frozen."""
        if self._flow is None:
            self._flow = self._draft.flow()
        return self._flow

    @property
    def draft(self) -> Draft:
        """The nodes and edges by id, for reading only."""
        return self._draft

    def edit(self, changes: Sequence[AnyChange], origin: str, label: str = "", gesture: str = "") -> Applied:
        """Apply changes as one step: all or none.

        Args:
            changes: The changes, applied in order.
            origin: Id of the peer.
            label: What the step is called in a menu, such as ``Move``.
            gesture: Steps of one peer with the same non-empty gesture, one after another, are undone as one.

        Raises:
            ChangeRefused: If one does not fit; the document is then as before.
        """
        inverse = self._apply(changes)
        history = self._histories.setdefault(origin, _History())
        history.redo.clear()
        if gesture and history.undo and history.undo[-1].gesture == gesture:
            history.undo[-1].inverse = inverse + history.undo[-1].inverse
        else:
            history.undo.append(_Step(inverse, label, gesture))
            del history.undo[: -self.HISTORY_LIMIT]
        return self._applied(tuple(changes), origin, label)

    def undo(self, origin: str) -> Applied:
        """Take back the peer's last step.

        Raises:
            ChangeRefused: If there is none, or another editor's change stands in the way.
        """
        history = self._histories.setdefault(origin, _History())
        return self._walk(history.undo, history.redo, origin, say("There is nothing to undo."))

    def redo(self, origin: str) -> Applied:
        """Do the peer's last undone step again.

        Raises:
            ChangeRefused: If there is none, or another editor's change stands in the way.
        """
        history = self._histories.setdefault(origin, _History())
        return self._walk(history.redo, history.undo, origin, say("There is nothing to redo."))

    def labels(self, origin: str) -> tuple[str | None, str | None]:
        """Return what ``undo`` and ``redo`` would take: their labels, or ``None``."""
        history = self._histories.get(origin, _History())
        return (
            history.undo[-1].label if history.undo else None,
            history.redo[-1].label if history.redo else None,
        )

    def forget(self, origin: str) -> None:
        """Drop the history of a peer that left for good."""
        self._histories.pop(origin, None)

    def _walk(self, source: list[_Step], target: list[_Step], origin: str, nothing: str) -> Applied:
        if not source:
            raise ChangeRefused(nothing)
        step = source[-1]
        inverse = self._apply(step.inverse)
        source.pop()
        target.append(_Step(inverse, step.label, ""))
        return self._applied(step.inverse, origin, step.label)

    def _apply(self, changes: Sequence[AnyChange]) -> tuple[AnyChange, ...]:
        inverses: list[AnyChange] = []
        try:
            for change in changes:
                inverses.append(change.apply(self._draft))  # noqa: PERF401 - the finished part is needed on failure
        except ChangeRefused:
            for inverse in reversed(inverses):
                inverse.apply(self._draft)
            raise
        return tuple(reversed(inverses))

    def _applied(self, changes: tuple[AnyChange, ...], origin: str, label: str) -> Applied:
        self._flow = None
        self.revision += 1
        return Applied(self.revision, changes, origin, label)
