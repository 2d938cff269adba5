"""The document: a flow with revisions and an undo for each editor."""

import operator
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from flowdesk.model.changes import AnyChange, Draft, RemoveEdge, RemoveNode, RenameNode
from flowdesk.model.errors import ChangeRefused
from flowdesk.model.flow import Flow
from flowdesk.model.naming import Literals, Meaning, Spot, no_literals, spot_of, strays, taken_along
from flowdesk.model.sentence import say


@dataclass(frozen=True, slots=True)
class Applied:
    """A group of changes that was applied as one."""

    revision: int
    changes: tuple[AnyChange, ...]
    origin: str
    """Who made it."""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """Changes that were applied to a copy: the document can take it as it is."""

    changes: tuple[AnyChange, ...]
    revision: int
    """Of the document that was copied."""
    draft: Draft
    applied: tuple[AnyChange, ...]
    """The changes as they were applied: those of a step that is taken back may need more."""
    inverse: tuple[AnyChange, ...]


@dataclass(slots=True)
class Step:
    """One step of a person's history."""

    inverse: tuple[AnyChange, ...]
    """What takes it back."""
    label: str
    gesture: str
    revision: int
    """The revision that it made."""
    strays: frozenset[Spot] = frozenset()
    """Settings that named a node's new id before it was renamed to that."""
    led: frozenset[str] = frozenset()
    """Ids that others gave since to nodes that the step means."""


@dataclass(slots=True)
class _History:
    undo: list[Step] = field(default_factory=list)
    redo: list[Step] = field(default_factory=list)


def are_same(some: Sequence[object], others: Sequence[object]) -> bool:
    """Whether two sequences hold the same objects."""
    return len(some) == len(others) and all(map(operator.is_, some, others))


class Document:
    """The one writable copy of a flow. All edits, from every editor, go through ``edit``, ``undo`` and ``redo``.

    Undo is per person: it takes back that person's last step against the document as it stands now. Where another
    editor's later change makes that impossible it is refused with a reason and the step stays.
    """

    HISTORY_LIMIT = 1000
    """Steps kept for each person."""
    PEOPLE_LIMIT = 64
    """People whose steps are kept; whoever was away longest goes."""

    def __init__(self, flow: Flow) -> None:
        """Open a flow at revision 0."""
        self._draft = Draft(flow)
        self._flow: Flow | None = None if self._draft.given else flow
        self.given = self._draft.given
        """Which parts were given an id because the file had another part of the same one."""
        self._histories: OrderedDict[str, _History] = OrderedDict()
        self.revision = 0
        self.literals: Literals = no_literals
        """Which settings hold no references: a step back that renames a node takes all others along."""

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

    def tried(self, changes: Sequence[AnyChange], *, takes_edges: bool = False) -> Tried:
        """Apply changes to a copy. May be called in a thread while nobody edits.

        Args:
            changes: The changes, applied in order.
            takes_edges: Whether they are a step that is taken back: edges that others led to a node go with it.

        Raises:
            ChangeRefused: If one does not fit.
        """
        draft = self._draft.copy()
        return Tried(tuple(changes), self.revision, draft, *_played(draft, changes, takes_edges=takes_edges))

    def edit(
        self,
        changes: Sequence[AnyChange],
        origin: str,
        label: str = "",
        gesture: str = "",
        tried: Tried | None = None,
    ) -> Applied:
        """Apply changes as one step: all or none.

        Args:
            changes: The changes, applied in order.
            origin: Whose step it is.
            label: What the step is called in a menu, such as ``Move``.
            gesture: Steps of one peer with the same non-empty gesture, one after another, are undone as one.
            tried: What ``tried`` returned for these changes.

        Raises:
            ChangeRefused: If one does not fit; the document is then as before.
        """
        named = strays(changes, self._draft, self.literals)
        _, inverse = self._apply(changes, tried)
        history = self._history(origin)
        self._lead_others(changes, origin)
        history.redo.clear()
        if gesture and history.undo and history.undo[-1].gesture == gesture:
            history.undo[-1].inverse = inverse + history.undo[-1].inverse
            history.undo[-1].revision = self.revision + 1
            history.undo[-1].strays |= named
        else:
            history.undo.append(Step(inverse, label, gesture, self.revision + 1, named))
            del history.undo[: -self.HISTORY_LIMIT]
        return self._applied(tuple(changes), origin, label)

    def undo(self, origin: str, tried: Tried | None = None) -> Applied:
        """Take back the peer's last step.

        Raises:
            ChangeRefused: If there is none, or another editor's change stands in the way.
        """
        history = self._history(origin)
        return self._walk(history.undo, history.redo, origin, say("There is nothing to undo."), tried)

    def redo(self, origin: str, tried: Tried | None = None) -> Applied:
        """Do the peer's last undone step again.

        Raises:
            ChangeRefused: If there is none, or another editor's change stands in the way.
        """
        history = self._history(origin)
        return self._walk(history.redo, history.undo, origin, say("There is nothing to redo."), tried)

    def labels(self, origin: str) -> tuple[str | None, str | None]:
        """Return what ``undo`` and ``redo`` would take: their labels, or ``None``."""
        history = self._histories.get(origin, _History())
        return (
            history.undo[-1].label if history.undo else None,
            history.redo[-1].label if history.redo else None,
        )

    def next_undo(self, origin: str) -> Step | None:
        """Return the step that ``undo`` would take back, ``None`` if there is none."""
        history = self._histories.get(origin)
        return history.undo[-1] if history and history.undo else None

    def next_redo(self, origin: str) -> Step | None:
        """Return the step that ``redo`` would do again, ``None`` if there is none."""
        history = self._histories.get(origin)
        return history.redo[-1] if history and history.redo else None

    def forget(self, origin: str) -> None:
        """Drop the history of somebody who left for good."""
        self._histories.pop(origin, None)

    def _history(self, origin: str) -> _History:
        history = self._histories.setdefault(origin, _History())
        self._histories.move_to_end(origin)
        while len(self._histories) > self.PEOPLE_LIMIT:
            self._histories.popitem(last=False)
        return history

    def _walk(self, source: list[Step], target: list[Step], origin: str, nothing: str, tried: Tried | None) -> Applied:
        if not source:
            raise ChangeRefused(nothing, say("Only your own steps of this session are undone and redone."))
        step = source[-1]
        changes, inverse = self._apply(step.inverse, tried, takes_edges=True)
        along = taken_along(changes, self._draft, self.literals)
        along = [change for change in along if spot_of(change) not in step.strays]
        inverse = self._apply(along)[1] + inverse
        self._lead_others((*changes, *along), origin)
        source.pop()
        target.append(Step(inverse, step.label, "", self.revision + 1, step.strays))
        return self._applied((*changes, *along), origin, step.label)

    def _lead_others(self, changes: Sequence[AnyChange], origin: str) -> None:
        """Let the steps of other people mean nodes by the ids that they have since these changes."""
        for change in changes:
            if not isinstance(change, RenameNode):
                continue
            meaning = Meaning({change.id: change.to}, self._draft, self.literals)
            others = [history for person, history in self._histories.items() if person != origin]
            for steps in [steps for history in others for steps in (history.undo, history.redo)]:
                for step in reversed(steps):
                    is_renaming = any(isinstance(one, RenameNode) and one.id == change.id for one in step.inverse)
                    before, step.inverse = step.inverse, tuple(meaning.of(step.inverse))
                    step.led |= {change.to} if step.inverse != before else frozenset()
                    if is_renaming:  # the steps before it know the node by another id
                        break

    def _apply(
        self, changes: Sequence[AnyChange], tried: Tried | None = None, *, takes_edges: bool = False
    ) -> tuple[tuple[AnyChange, ...], tuple[AnyChange, ...]]:
        """Return the changes as they were applied, and what takes them back."""
        if tried is not None and tried.revision == self.revision and are_same(tried.changes, changes):
            self._draft = tried.draft
            return tried.applied, tried.inverse
        return _played(self._draft, changes, takes_edges=takes_edges)

    def _applied(self, changes: tuple[AnyChange, ...], origin: str, label: str) -> Applied:
        self._flow = None
        self.revision += 1
        return Applied(self.revision, changes, origin, label)


def _played(
    draft: Draft, changes: Sequence[AnyChange], *, takes_edges: bool
) -> tuple[tuple[AnyChange, ...], tuple[AnyChange, ...]]:
    """Apply changes to a draft, all or none; return them as they were applied, and what takes them back."""
    applied: list[AnyChange] = []
    inverses: list[AnyChange] = []
    try:
        for change in changes:
            try:
                inverses.append(change.apply(draft))
                applied.append(change)
            except ChangeRefused:
                edges = _edges_at(draft, change) if takes_edges else []
                if not edges:
                    raise
                for one in (*edges, change):
                    inverses.append(one.apply(draft))
                    applied.append(one)
    except ChangeRefused:
        for inverse in reversed(inverses):
            inverse.apply(draft)
        raise
    return tuple(applied), tuple(reversed(inverses))


def _edges_at(draft: Draft, change: AnyChange) -> list[AnyChange]:
    """Return the changes that remove the edges of a node that is to go."""
    if not isinstance(change, RemoveNode):
        return []
    return [RemoveEdge(id=edge.id) for edge in draft.edges.values() if change.id in (edge.source, edge.target)]
