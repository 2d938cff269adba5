"""What comes of two changes of one flow: node by node, setting by setting, output by output. Pure.

What only one side changed is taken. What both changed otherwise is a conflict, and so is what would not hold together: an
edge of one side to a node that the other removed, or a problem that neither side has by itself. Places on the canvas
never are: the first side's are kept.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flowdesk.model.difference import LAYOUT, is_equal
from flowdesk.model.differences import names_of
from flowdesk.model.flow import Flow
from flowdesk.model.groups import GROUPS, NOTES
from flowdesk.model.naming import with_references
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.ownids import with_own_ids
from flowdesk.model.sentence import Sentence, say
from flowdesk.model.validation import validate
from flowdesk.model.wording import Wording

_Json = dict[str, Any]
_GONE: Any = object()
"""Stands for a value that a side does not have."""
_PLACES = LAYOUT | {"id"}
"""Keys of parts in which both sides may differ without a conflict; ids of nodes and frames are their keys and the same."""


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged flow. Without conflicts both sides of it are the same."""

    ours: _Json
    """As JSON values; where both sides changed the same, as the first side has it."""
    theirs: _Json
    """The same, as the second side has it."""
    conflicts: tuple[Sentence, ...]


def merge(base: Flow, ours: Flow, theirs: Flow, catalogue: Catalogue) -> Merge:
    """Return what comes of two changes of a flow."""
    base, ours, theirs = (with_own_ids(flow)[0] for flow in (base, ours, theirs))
    theirs = _with_free_ids(base, ours, theirs, catalogue)
    names = {id_: name for flow in (base, theirs, ours) for id_, name in names_of(flow, catalogue).items()}
    types = {node.id: node.type for flow in (base, theirs, ours) for node in flow.nodes}
    wordings = {id_: Wording(catalogue.get(kind), {}) for id_, kind in types.items()}
    merging = _Merging(base.to_json(), ours.to_json(), theirs.to_json(), _Words(names, wordings))
    first, second = merging.flows()
    conflicts = list(dict.fromkeys(merging.conflicts))
    if not conflicts:
        conflicts = [
            say("Together they do not hold: {problem}", problem=text) for text in _new(first, ours, theirs, catalogue)
        ]
        if conflicts:
            first, second = ours.to_json(), theirs.to_json()
    return Merge(first, second, tuple(conflicts))


def _with_free_ids(base: Flow, ours: Flow, theirs: Flow, catalogue: Catalogue) -> Flow:
    """Give nodes that both sides added under one id, and that are not the same, another id on the second side."""
    known, own = {node.id for node in base.nodes}, {node.id: node for node in ours.nodes}
    taken = known | own.keys() | {node.id for node in theirs.nodes}
    renamed: dict[str, str] = {}
    for node in theirs.nodes:
        if node.id not in known and node.id in own and own[node.id] != node:
            stem, number = node.id.rstrip("0123456789"), 2
            while f"{stem}{number}" in taken:
                number += 1
            renamed[node.id] = f"{stem}{number}"
            taken.add(renamed[node.id])
    if not renamed:
        return theirs

    def name(node_id: str) -> str:
        return renamed.get(node_id, node_id)

    nodes = tuple(
        with_references(node, renamed, catalogue.literal_keys).model_copy(update={"id": name(node.id)})
        for node in theirs.nodes
    )
    edges = tuple(
        edge.model_copy(update={"source": name(edge.source), "target": name(edge.target)}) for edge in theirs.edges
    )
    written = theirs.model_copy(update={"nodes": nodes, "edges": edges}).to_json()
    for group in _mapping(written.get(GROUPS)).values():
        if isinstance(group, dict) and isinstance(group.get("nodes"), list):
            group["nodes"] = [name(str(member)) for member in group["nodes"]]
    return Flow.model_validate(written)


def _new(merged: _Json, ours: Flow, theirs: Flow, catalogue: Catalogue) -> list[str]:
    """Return the problems that neither side has by itself."""

    def of(flow: Flow) -> dict[tuple[str, ...], str]:
        return {
            (one.code, one.node_id or "", one.edge_id or "", one.field or ""): str(one.message)
            for one in validate(flow, catalogue)
        }

    known = of(ours).keys() | of(theirs).keys()  # not by their words, in which the labels of either side stand
    return [message for key, message in of(Flow.model_validate(merged)).items() if key not in known]


def _mapping(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}


@dataclass(frozen=True, slots=True)
class _Words:
    """What people call the parts of the flows."""

    names: Mapping[str, str]
    wordings: Mapping[str, Wording]

    def name(self, node_id: str) -> str:
        return self.names.get(node_id, node_id)

    def conflict(self, path: tuple[str, ...], part: Any) -> Sentence:
        """Say what both sides changed, as people read it on the canvas."""
        match path:
            case ("nodes", node_id):
                return say("Both changed {part}.", part=self.name(node_id))
            case ("nodes", node_id, "data", "config", key, *rest):
                title = self.wordings[node_id].title(key) if node_id in self.wordings else key
                where = say("{title} › {place}", title=title, place=" › ".join(rest)) if rest else title
                return say("{node}: both changed {field}.", node=self.name(node_id), field=where)
            case ("nodes", node_id, *rest):
                field = " › ".join(each for each in rest if each != "data")
                return say("{node}: both changed {field}.", node=self.name(node_id), field=field)
            case ("variables", name, *_):
                return say("Both changed the variable {name}.", name=name)
            case ("edges", source, target, *_):
                ends = say("{source} → {target}", source=self.name(source), target=self.name(target))
                return say("Both changed {part}.", part=ends)
            case (key, name, *rest) if key in {GROUPS, NOTES}:
                text = part.get("title" if key == GROUPS else "text") if isinstance(part, Mapping) else ""
                called = str(text or name).partition("\n")[0][:60]
                return say("Both changed {part}.", part=" › ".join([called, *rest]))
        return say("Both changed {part}.", part=" › ".join(path) or say("the flow"))


class _Merging:
    """Three flows as JSON values, and the conflicts that were met."""

    def __init__(self, base: _Json, ours: _Json, theirs: _Json, words: _Words) -> None:
        self._base, self._ours, self._theirs = base, ours, theirs
        self._words = words
        self.conflicts: list[Sentence] = []
        self._part_paths: set[tuple[str, ...]] = {()}

    def _part(self, base: Any, ours: Any, theirs: Any, path: tuple[str, ...]) -> tuple[Any, Any]:
        """Merge a node, an edge or a group, whose own keys may say where it lies."""
        self._part_paths.add(path)
        return self._three(base, ours, theirs, path)

    def flows(self) -> tuple[_Json, _Json]:
        """Return the merged flow, as each side has it where both changed the same."""
        nodes = self._parts("nodes", lambda each: str(each["id"]))
        ports = self._edges()
        first, second = self._fields({"nodes", "edges", GROUPS, "id"})
        groups = self._groups()
        for side, place in ((first, 0), (second, 1)):
            side["nodes"] = [pair[place] for pair in nodes if pair[place] is not _GONE]
            side["edges"] = _with_ids([pair[place] for pair in ports if pair[place] is not _GONE])
            known = {node["id"] for node in side["nodes"]}
            self._check_ends(side["edges"], known)
            if groups is not None:
                side[GROUPS] = {
                    name: {**group, "nodes": [each for each in group.get("nodes", []) if each in known]}
                    for name, pair in groups.items()
                    if isinstance(group := pair[place], dict)
                }
        return first, second

    def _fields(self, special: set[str]) -> tuple[_Json, _Json]:
        base, ours, theirs = (
            {key: value for key, value in side.items() if key not in special}
            for side in (self._base, self._ours, self._theirs)
        )
        one, other = self._three(base, ours, theirs, ())
        named = {"id": self._ours["id"]} if "id" in self._ours else {}
        return {**one, **named}, {**other, **named}

    def _sides(self, key: str) -> tuple[Any, Any, Any]:
        return self._base.get(key), self._ours.get(key), self._theirs.get(key)

    def _parts(self, key: str, name: Callable[[_Json], str]) -> list[tuple[Any, Any]]:
        """Merge the parts of a list by their names: in the first side's order, what the second added behind."""
        sides = [{name(each): each for each in side or []} for side in self._sides(key)]
        base, ours, theirs = sides
        return [
            self._part(base.get(each, _GONE), ours.get(each, _GONE), theirs.get(each, _GONE), (key, each))
            for each in dict.fromkeys([*ours, *theirs, *base])
        ]

    def _groups(self) -> dict[str, tuple[Any, Any]] | None:
        """Merge groups; of members, each that one side added or took away."""
        sides = [_mapping(side) for side in self._sides(GROUPS)]
        if not any(GROUPS in flow for flow in (self._ours, self._theirs)):
            return None
        members = [{name: list(_mapping(group).get("nodes") or []) for name, group in side.items()} for side in sides]
        plain = [
            {
                name: {key: value for key, value in _mapping(group).items() if key != "nodes"}
                for name, group in side.items()
            }
            for side in sides
        ]
        result = {}
        for name in dict.fromkeys([*sides[1], *sides[2], *sides[0]]):
            before_, one_, other_ = (side.get(name, _GONE) for side in plain)
            pair = self._part(before_, one_, other_, (GROUPS, name))
            before, one, other = (set(side.get(name, [])) for side in members)
            kept = [
                each
                for each in dict.fromkeys([*members[1].get(name, []), *members[2].get(name, [])])
                if each in (one & other) or each in (one | other) - before
            ]
            result[name] = tuple({**group, "nodes": kept} if group is not _GONE else group for group in pair)
        return result  # type: ignore[return-value]

    def _named(self, path: tuple[str, ...]) -> Any:
        """Return the group or note that a path leads into."""
        sides = [_mapping(side.get(path[0])) for side in (self._ours, self._theirs)] if len(path) > 1 else []
        return next((side[path[1]] for side in sides if path[1] in side), None)

    # -- edges

    def _edges(self) -> list[tuple[Any, Any]]:
        """Merge the edges, output by output: who leads on from an output leads it whole."""
        base, ours, theirs = (_by_port(side or []) for side in self._sides("edges"))
        found: list[tuple[Any, Any]] = []
        for port in dict.fromkeys([*ours, *theirs, *base]):
            before, one, other = (side.get(port, {}) for side in (base, ours, theirs))
            if list(one) == list(other) or list(before) == list(other):
                first = second = list(one)
            elif list(before) == list(one):
                first = second = list(other)
            else:
                first, second = list(one), list(other)
                self.conflicts.append(say("Both changed where {node} leads to.", node=self._words.name(port[0])))
            for target in dict.fromkeys([*first, *second]):
                sides = [side.get(target, _GONE) for side in (before, one, other)]
                given = [side for side in sides[1:] if side is not _GONE]
                pair = self._part(sides[0], given[0], given[-1], ("edges", port[0], target[0]))
                found.append((pair[0] if target in first else _GONE, pair[1] if target in second else _GONE))
        return found

    def _check_ends(self, edges: Iterable[_Json], known: set[str]) -> None:
        for edge in edges:
            for end in ("source", "target"):
                was = any(edge[end] in {node["id"] for node in side["nodes"]} for side in (self._ours, self._theirs))
                if edge[end] not in known and was:
                    self.conflicts.append(
                        say("One side removed {node}, the other connected it.", node=self._words.name(edge[end]))
                    )

    # -- values

    def _three(self, base: Any, ours: Any, theirs: Any, path: tuple[str, ...]) -> tuple[Any, Any]:
        """Merge a value; where both changed it otherwise, return what each has."""
        if _same(ours, theirs) or _same(base, theirs):
            return ours, ours
        if _same(base, ours):
            return theirs, theirs
        is_part = path in self._part_paths or (len(path) == 2 and path[0] == NOTES)
        if isinstance(ours, dict) and isinstance(theirs, dict):
            former = base if isinstance(base, dict) else {}
            one: _Json = {}
            other: _Json = {}
            for key in dict.fromkeys([*ours, *theirs]):
                sides = (former.get(key, _GONE), ours.get(key, _GONE), theirs.get(key, _GONE))
                if is_part and key in _PLACES and not _same(sides[1], sides[2]) and _GONE not in sides[1:]:
                    value = sides[2] if _same(sides[0], sides[1]) else sides[1]
                    pair = (value, value)
                else:
                    pair = self._three(*sides, (*path, key))
                for side, kept in zip((one, other), pair, strict=True):
                    if kept is not _GONE:
                        side[key] = kept
            return one, other
        for side, gone in ((ours, theirs), (theirs, ours)):
            if (
                is_part
                and gone is _GONE
                and isinstance(base, dict)
                and isinstance(side, dict)
                and _same(_solid(base), _solid(side))
            ):
                return _GONE, _GONE  # one side took it away, the other only moved it
        self.conflicts.append(self._words.conflict(path, self._named(path)))
        return ours, theirs


def _same(one: Any, other: Any) -> bool:
    return one is other if one is _GONE or other is _GONE else is_equal(one, other)


def _solid(part: _Json) -> _Json:
    return {key: value for key, value in part.items() if key not in LAYOUT}


_Port = tuple[str, str]


def _by_port(edges: Iterable[_Json]) -> dict[_Port, dict[tuple[str, str, int], _Json]]:
    """Return the edges of each output in their order, by what they lead to; two that lead to the same are counted."""
    found: dict[_Port, dict[tuple[str, str, int], _Json]] = {}
    for edge in edges:
        inside = found.setdefault((edge["source"], edge.get("sourceHandle") or ""), {})
        target, number = (edge["target"], edge.get("targetHandle") or ""), 0
        while (*target, number) in inside:
            number += 1
        inside[(*target, number)] = edge
    return found


def _with_ids(edges: list[_Json]) -> list[_Json]:
    """Give edges that have one id, one from each side, ids of their own."""
    taken = {str(edge["id"]) for edge in edges}
    seen: set[str] = set()
    result = []
    for edge in edges:
        name = str(edge["id"])
        if name in seen:
            number = 2
            while f"{name}-{number}" in taken:
                number += 1
            name = f"{name}-{number}"
            taken.add(name)
        seen.add(name)
        result.append({**edge, "id": name})
    return result
