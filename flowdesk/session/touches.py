"""Who set which field last: an edit that has not seen another person's value of the same field is refused."""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flowdesk.model.changes import (
    AddEdge,
    AddNode,
    AnyChange,
    Draft,
    MoveNode,
    RemoveEdge,
    RemoveNode,
    RenameNode,
    SetEdge,
    SetFlow,
    SetNode,
    Setting,
)
from flowdesk.model.flow import edge_json, node_json

REMEMBERED = 5000
"""Fields of a document of which it is known who set them last."""

RENAMES_REMEMBERED = 200
"""Renamed nodes of which it is known what they were called."""

Place = tuple[str, str, tuple[str, ...]]
"""The kind of change, the id of the node or edge, and the path in it."""


@dataclass(frozen=True, slots=True)
class _Touch:
    revision: int
    person: str
    name: str


def place_of(change: AnyChange) -> Place | None:
    """Return which field a change sets, ``None`` for one that sets none."""
    match change:
        case SetNode() | SetEdge():
            return change.op, change.id, change.path
        case SetFlow():
            return change.op, "", change.path
        case _:
            return None


def places_of(change: AnyChange) -> tuple[Place, ...]:
    """Return the fields whose values are gone after a change: the one that it sets, or all of what it removes."""
    match change:
        case RemoveNode():
            return (("setNode", change.id, ()),)
        case RemoveEdge():
            return (("setEdge", change.id, ()),)
        case RenameNode():
            return (("setNode", change.id, _ID),)
    place = place_of(change)
    return () if place is None else (place,)


_ID = ("id",)
_MADE = "made"
"""Stands for the kind of change where a node came to be under an id."""


def _place_of_node(change: AnyChange) -> Place | None:
    match change:
        case AddNode():
            return _MADE, change.node.id, ()
        case RenameNode():
            return _MADE, change.to, ()
    return None


def nodes_of(change: AnyChange) -> tuple[str, ...]:
    """Return the ids of the nodes that a change takes for granted."""
    match change:
        case SetNode() | MoveNode() | RemoveNode() | RenameNode():
            return (change.id,)
        case AddEdge():
            return change.edge.source, change.edge.target
    return ()


class Touches:
    """The last touches of one document's fields; at most ``REMEMBERED``."""

    def __init__(self) -> None:
        """Nobody touched anything."""
        self._known: OrderedDict[tuple[str, str], dict[tuple[str, ...], _Touch]] = OrderedDict()
        self._count = 0
        self._renamed: list[tuple[int, str, str]] = []
        self._parted: list[tuple[int, str, str, str]] = []

    def note(self, changes: Iterable[AnyChange], revision: int, person: str, name: str) -> None:
        """Keep what an edit set."""
        for change in changes:
            if isinstance(change, RenameNode):
                self._renamed = [*self._renamed[-RENAMES_REMEMBERED:], (revision, change.id, change.to)]
                self._lead(change)
                self._touch(("setNode", change.to, _ID), _Touch(revision, person, name))
            place = _place_of_node(change) or place_of(change)
            if place is not None:
                self._touch(place, _Touch(revision, person, name))
        while self._count > REMEMBERED and len(self._known) > 1:
            self._count -= len(self._known.popitem(last=False)[1])

    def _touch(self, place: Place, touch: _Touch) -> None:
        touched = self._known.setdefault(place[:2], {})
        self._known.move_to_end(place[:2])
        self._count += place[2] not in touched
        touched[place[2]] = touch

    def _lead(self, change: RenameNode) -> None:
        """What was set in a node was set in it under its new id, too."""
        before = self._known.pop(("setNode", change.id), {})
        self._count -= len(before)
        for path, touch in before.items():
            self._touch(("setNode", change.to, path), touch)

    def renames(self, base: int) -> dict[str, str]:
        """Return which nodes were given another id after a revision: the old ids and what they are now."""
        found: dict[str, str] = {}
        for revision, old, new in self._renamed:
            if revision > base:
                found = {before: new if after == old else after for before, after in found.items()}
                found[old] = new
        return found

    def part(self, client: str, revision: int, ids: Mapping[str, str]) -> None:
        """Keep that a client's new nodes came to be under other ids than it gave them."""
        for old, new in ids.items():
            self._parted = [*self._parted[-RENAMES_REMEMBERED:], (revision, client, old, new)]

    def parted(self, base: int, client: str) -> dict[str, str]:
        """Return which ids mean other nodes to a client that has not seen what came of them."""
        return {old: new for revision, whose, old, new in self._parted if revision > base and whose == client}

    def made_since(self, changes: Sequence[AnyChange], base: int) -> set[str]:
        """Return the ids of new nodes of an edit that another edit used for a node after a revision."""
        added = {change.node.id for change in changes if isinstance(change, AddNode)}
        return {node_id for node_id in added if self._missed((_MADE, node_id, ()), base, "") is not None}

    def conflicts(self, changes: Sequence[AnyChange], base: int, person: str, draft: Draft) -> list[dict[str, Any]]:
        """Return the fields that somebody else set after a revision and that the changes set too.

        Each as JSON values: ``op``, ``id``, ``path``, ``label``, ``yours``, ``theirs``, and ``by`` whom.
        """
        found = []
        for change in changes:
            for place in places_of(change):
                touched = self._missed_at(place, base, person)
                if touched is None:
                    continue
                path, touch = touched
                place = place if place[2] else (*place[:2], path)  # what is removed whole: the field that was set in it
                found.append({
                    "op": place[0], "id": place[1], "path": list(place[2]), "label": _label(draft, place),
                    "yours": _value_of(change), "theirs": value_at(draft, place), "by": touch.name,
                })  # fmt: skip
        return found

    def strangers(
        self, changes: Sequence[AnyChange], base: int, person: str, known: Collection[str] = ()
    ) -> list[tuple[str, str]]:
        """Return the nodes that changes mean although somebody else made them, by the same id, after a revision; and who.

        Nodes that are ``known`` by their ids are none.
        """
        own = {*known, *(change.node.id for change in changes if isinstance(change, AddNode))}
        meant = {node_id for change in changes for node_id in nodes_of(change)} - own
        made = ((node_id, self._missed((_MADE, node_id, ()), base, person)) for node_id in sorted(meant))
        return [(node_id, touch.name) for node_id, touch in made if touch is not None]

    def _missed(self, place: Place, base: int, person: str) -> _Touch | None:
        touched = self._missed_at(place, base, person)
        return None if touched is None else touched[1]

    def _missed_at(self, place: Place, base: int, person: str) -> tuple[tuple[str, ...], _Touch] | None:
        """Return the last touch of a field, or of what holds it or lies in it, by somebody else after a revision; and where."""
        missed = [
            (path, touch)
            for path, touch in self._known.get(place[:2], {}).items()
            if touch.revision > base and touch.person != person and _within(path, place[2])
        ]
        return max(missed, key=lambda touched: touched[1].revision, default=None)


def value_at(draft: Draft, place: Place) -> Any:
    """Return the value of a field now, ``None`` where there is none."""
    op, part, path = place
    node, edge = draft.nodes.get(part), draft.edges.get(part)
    if op == "setNode":
        value: Any = {} if node is None else node_json(node)
    elif op == "setEdge":
        value = {} if edge is None else edge_json(edge)
    else:
        value = draft.fields
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _within(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _value_of(change: AnyChange) -> Any:
    if isinstance(change, RenameNode):
        return change.to
    return change.value if isinstance(change, Setting) and not change.remove else None


def _label(draft: Draft, place: Place) -> str:
    node = draft.nodes.get(place[1])
    return node.label if node is not None else place[1]
