"""What two flows differ in, in words: the one source of `flowdesk diff` and of *Compare* in both editors. Pure.

The layout (places and sizes on the canvas, what is selected) is one difference of the kind ``moved``, which says how many
parts of the flow lie elsewhere. The flow's own id, the ids of connections and the order of keys mean nothing and are no
difference.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from flowdesk.model.counterparts import counterparts
from flowdesk.model.difference import LAYOUT, Difference, is_equal
from flowdesk.model.flow import Edge, Flow, Node, node_json
from flowdesk.model.frames import frame_differences, frames_of
from flowdesk.model.groups import GROUPS, NOTES
from flowdesk.model.naming import with_references
from flowdesk.model.nodetype import DEFAULT_OUTPUT, Catalogue
from flowdesk.model.ownids import with_own_ids
from flowdesk.model.sentence import Sentence, midway, say
from flowdesk.model.wiring import wiring
from flowdesk.model.wording import Wording

_PLAIN = Wording(None, {})
_FLOW_TITLES = {"name": say("Name"), "description": say("Description")}
_TOLD_ELSEWHERE = frozenset({"nodes", "edges", "id", "flowdesk", GROUPS, NOTES})


def differences(
    before: Flow, after: Flow, catalogue: Catalogue, words: Mapping[str, str] | None = None
) -> list[Difference]:
    """Return what another flow has otherwise; nothing where they do the same and look the same.

    Args:
        before: The former flow.
        after: The later flow.
        catalogue: The node types, whose fields have titles and units.
        words: What people read for values of choices that are no words.
    """
    comparison = _Comparison(before, after, catalogue, words or {})
    found = [*comparison.fields(), *comparison.nodes(), *comparison.edges(), *comparison.frames()]
    moved = comparison.moved()
    if moved:
        found.append(Difference("moved", "layout", say("Moved on the canvas: {count}", count=moved), after=moved))
    return found


def names_of(flow: Flow, catalogue: Catalogue) -> dict[str, str]:
    """Return what each node is called: by its label, else its type; with its id where another is called the same."""
    plain = {node.id: node.data.label or _title(node, catalogue) for node in flow.nodes}
    count = Counter(str(name) for name in plain.values())
    return {
        node_id: name if count[str(name)] == 1 else say("{name} ({id})", name=name, id=node_id)
        for node_id, name in plain.items()
    }


def _title(node: Node, catalogue: Catalogue) -> str:
    node_type = catalogue.get(node.type)
    return say(node_type.title) if node_type is not None else node.type


def _rest(node: Node) -> dict[str, Any]:
    """Return what a node holds beside its id, type, label, settings and layout."""
    extras = {**(node.model_extra or {}), **(node.data.model_extra or {})}
    return {key: value for key, value in extras.items() if key not in LAYOUT}


def _extras(edge: Edge) -> dict[str, Any]:
    return {key: value for key, value in (edge.model_extra or {}).items() if key not in LAYOUT}


class _Comparison:
    """Two flows side by side. ``ids`` leads from the nodes of the former to those of the later."""

    def __init__(self, before: Flow, after: Flow, catalogue: Catalogue, words: Mapping[str, str]) -> None:
        # Parts with one id are told apart as an editor does, or one would hide the other.
        before, after = with_own_ids(before)[0], with_own_ids(after)[0]
        self.before, self.after = before, after
        self.ids = counterparts(before, after)
        self._catalogue, self._words = catalogue, words
        self._known = {node.id: node for node in before.nodes}
        self._origins = {new: old for old, new in self.ids.items()}
        self._renamed = {old: new for old, new in self.ids.items() if old != new}
        self._former_names, self._names = (names_of(flow, catalogue) for flow in (before, after))
        self._wires = wiring(before, after, self.ids, catalogue)

    # -- the flow itself

    def fields(self) -> Iterator[Difference]:
        """Yield what differs beside nodes and connections."""
        one, other = self.before.to_json(), self.after.to_json()
        yield from self._variables(one.pop("variables"), other.pop("variables"))
        for key in dict.fromkeys([*one, *other]):
            if key in _TOLD_ELSEWHERE | LAYOUT or is_equal(one.get(key), other.get(key)):
                continue
            was, now = _PLAIN.values("", one.get(key), other.get(key))
            title = midway(_FLOW_TITLES[key]) if key in _FLOW_TITLES else key
            if one.get(key) in (None, ""):
                sentence = say("The flow: {field} {value}", field=title, value=now)
            else:
                sentence = say("The flow: {field} {before} → {after}", field=title, before=was, after=now)
            yield Difference("changed", "flow", sentence, "", key, one.get(key), other.get(key))

    def _variables(self, one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Difference]:
        for name in dict.fromkeys([*one, *other]):
            if name not in other:
                yield Difference("removed", "variable", say("Variable {name} removed", name=name), name, "", one[name])
            elif name not in one:
                sentence = say("Variable {name} added: {value}", name=name, value=_PLAIN.value("", other[name]))
                yield Difference("added", "variable", sentence, name, "", None, other[name])
            elif not is_equal(one[name], other[name]):
                was, now = _PLAIN.values("", one[name], other[name])
                sentence = say("Variable {name}: {before} → {after}", name=name, before=was, after=now)
                yield Difference("changed", "variable", sentence, name, "", one[name], other[name])

    # -- nodes

    def nodes(self) -> Iterator[Difference]:
        """Yield the nodes that were removed, then in the later flow's order what is added and changed."""
        for node in self.before.nodes:
            if node.id not in self.ids:
                yield Difference("removed", "node", say("{node} removed", node=self._former_names[node.id]), node.id)
        for node in self.after.nodes:
            old = self._origins.get(node.id)
            if old is None:
                yield self._added(node)
            else:
                yield from self._node(self._known[old], node)

    def _added(self, node: Node) -> Difference:
        name, (other, output) = self._names[node.id], self._wires.after.get(node.id, ("", ""))
        if not other:
            sentence = say("{node} added", node=name)
        elif output:
            sentence = say("{node} added after {other} ({output})", node=name, other=self._name(other), output=output)
        else:
            sentence = say("{node} added after {other}", node=name, other=self._name(other))
        wording = Wording(self._catalogue.get(node.type), self._words)
        details = tuple(
            say("{field}: {value}", field=wording.title(key), value=wording.value(key, value))
            for key, value in (*node.config.items(), *_rest(node).items())
            if not is_equal(value, wording.default(key))
        )
        return Difference("added", "node", sentence, node.id, details=details)

    def _node(self, before: Node, after: Node) -> Iterator[Difference]:
        name = self._names[after.id]
        if before.data.label != after.data.label:
            sentence = say("{before} was renamed to {after}", before=self._former_names[before.id], after=name)
            yield Difference("renamed", "node", sentence, after.id, "label", before.data.label, after.data.label)
        if before.id != after.id:
            sentence = say("{node}: id {before} → {after}", node=name, before=before.id, after=after.id)
            yield Difference("renamed", "node", sentence, after.id, "id", before.id, after.id)
        if before.type != after.type:
            was, now = (_title(node, self._catalogue) for node in (before, after))
            sentence = say("{node}: type {before} → {after}", node=name, before=was, after=now)
            yield Difference("changed", "node", sentence, after.id, "type", before.type, after.type)
        former = with_references(before, self._renamed, self._catalogue.literal_keys) if self._renamed else before
        yield from self._settings(name, after, former.config, after.config)
        yield from self._settings(name, after, _rest(former), _rest(after))

    def _settings(
        self, name: str, node: Node, one: Mapping[str, Any], other: Mapping[str, Any]
    ) -> Iterator[Difference]:
        wording = Wording(self._catalogue.get(node.type), self._words)
        for key in dict.fromkeys([*one, *other]):
            if key in one and key in other and is_equal(one[key], other[key]):
                continue
            was, now = (side[key] if key in side else wording.default(key) for side in (one, other))
            title = wording.title(key)
            if not is_equal(was, now):
                first, second = wording.values(key, was, now)
                sentence = say("{node}: {field} {before} → {after}", node=name, field=title, before=first, after=second)
            elif key in other:
                value = wording.value(key, now)
                sentence = say(
                    "{node}: {field} is now written as {value} (the default)", node=name, field=title, value=value
                )
            else:
                value = wording.value(key, was)
                sentence = say(
                    "{node}: {field} is no longer written; the default {value} applies",
                    node=name,
                    field=title,
                    value=value,
                )
            yield Difference("changed", "node", sentence, node.id, key, one.get(key), other.get(key))

    # -- connections

    def edges(self) -> Iterator[Difference]:
        """Yield the connections that came, went, or have something else written to them."""
        for edge in self._wires.removed:
            ends = self._ends(edge, self._former_names)
            yield Difference("removed", "edge", say("Edge {ends} removed", ends=ends), edge.id)
        for edge in self._wires.added:
            ends = self._ends(edge, self._names)
            yield Difference("added", "edge", say("Edge {ends} added", ends=ends), edge.id)
        for one, other in self._wires.kept:
            was, now = (_extras(edge) for edge in (one, other))
            for key in dict.fromkeys([*was, *now]):
                if not is_equal(was.get(key), now.get(key)):
                    first, second = _PLAIN.values("", was.get(key), now.get(key))
                    ends = self._ends(other, self._names)
                    sentence = say(
                        "Edge {ends}: {field} {before} → {after}",
                        ends=ends,
                        field=key,
                        before=first,
                        after=second,
                    )
                    yield Difference("changed", "edge", sentence, other.id, key, was.get(key), now.get(key))
        for node_id in self._wires.reordered:
            sentence = say("The order of the branches after {node} changed", node=self._name(node_id))
            yield Difference("changed", "edge", sentence, node_id, "order")

    def _ends(self, edge: Edge, names: Mapping[str, str]) -> Sentence:
        source, target = (names.get(end, end) for end in (edge.source, edge.target))
        handle = edge.source_handle
        if handle and handle != DEFAULT_OUTPUT:
            return say("{source} ({output}) → {target}", source=source, output=handle, target=target)
        return say("{source} → {target}", source=source, target=target)

    def _name(self, node_id: str) -> str:
        return self._names.get(node_id, node_id)

    # -- the layout

    def moved(self) -> int:
        """How many nodes, connections, groups and notes only lie or look otherwise on the canvas."""
        pairs: list[tuple[Mapping[str, Any], Mapping[str, Any]]] = [
            (node_json(self._known[old]), node_json(node))
            for node in self.after.nodes
            if (old := self._origins.get(node.id)) is not None
        ]
        pairs += [(one.model_extra or {}, other.model_extra or {}) for one, other in self._wires.kept]
        for key in (GROUPS, NOTES):
            ones, others = (frames_of(flow, key) for flow in (self.before, self.after))
            pairs += [(ones[name], others[name]) for name in ones.keys() & others.keys()]
        pairs.append((self.before.model_extra or {}, self.after.model_extra or {}))
        return sum(any(not is_equal(one.get(key), other.get(key)) for key in LAYOUT) for one, other in pairs)

    # -- groups and notes

    def frames(self) -> Iterator[Difference]:
        """Yield the groups and notes that came, went, or say something else."""
        return frame_differences(self.before, self.after, self.ids, self._names)
