"""Which connections two flows differ in, without those that follow from added and removed nodes. Pure.

Where a step is put between two others, two connections come and one goes; where one is taken out, the gap is closed. Both
are one change for people: the node's.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from flowdesk.model.flow import Edge, Flow
from flowdesk.model.nodetype import DEFAULT_OUTPUT, Catalogue

MOST_LOOKS = 4_000_000
"""Looks at connections that finding out what follows from what may cost; beyond, every connection is told."""

Key = tuple[str, str, str, str]
"""Source, output (empty: the plain one), target, input; nodes by their ids in the later flow."""
_Keyed = list[tuple[Key, Edge]]


@dataclass(slots=True)
class Wiring:
    """What two flows differ in as to connections."""

    after: dict[str, tuple[str, str]] = field(default_factory=dict)
    """For each added node that hangs on another one: that one, and the output if it is not the plain one."""
    added: list[Edge] = field(default_factory=list)
    removed: list[Edge] = field(default_factory=list)
    kept: list[tuple[Edge, Edge]] = field(default_factory=list)
    """The connections that are in both, as each flow has them."""
    reordered: list[str] = field(default_factory=list)
    """Nodes of the later flow whose connections leave in another order, which is the order of branches."""


def wiring(before: Flow, after: Flow, ids: Mapping[str, str], catalogue: Catalogue) -> Wiring:
    """Compare the connections of two flows, given the ids in the later one of the nodes of the former."""
    lost = {node.id: f"\0{node.id}" for node in before.nodes if node.id not in ids}
    ones, others = _keyed(before, {**ids, **lost}, catalogue), _keyed(after, {}, catalogue)
    found = Wiring()
    gone, come = _sorted_out(ones, others, found)
    new = {node.id for node in after.nodes} - set(ids.values())
    losses = set(lost.values())
    implied = _places(come, new, found)
    if (len(gone) + len(come)) * (len(ones) + len(others)) <= MOST_LOOKS:
        implied |= _filled_gaps([*gone, *_bridges(ones, losses)], come, others, new)
        implied |= _closed_gaps(come, ones, losses)
    found.removed = [
        edge for key, edge in gone if id(edge) not in implied and key[0] not in losses and key[2] not in losses
    ]
    found.added = [edge for _, edge in come if id(edge) not in implied]
    found.reordered = _reordered(ones, others)
    return found


def _keyed(flow: Flow, ids: Mapping[str, str], catalogue: Catalogue) -> _Keyed:
    nodes = {node.id: node for node in flow.nodes}

    def output(edge: Edge) -> str:
        node = nodes.get(edge.source)
        node_type = catalogue.get(node.type) if node is not None else None
        handle = node_type.resolve_handle(edge.source_handle, node.config) if node_type and node else None
        handle = handle or edge.source_handle or ""
        return "" if handle == DEFAULT_OUTPUT else handle

    def key(edge: Edge) -> Key:
        ends = (ids.get(edge.source, edge.source), ids.get(edge.target, edge.target))
        return ends[0], output(edge), ends[1], edge.target_handle or ""

    return [(key(edge), edge) for edge in flow.edges]


def _sorted_out(ones: _Keyed, others: _Keyed, found: Wiring) -> tuple[_Keyed, _Keyed]:
    """Return the connections of one flow alone, and of the other alone."""
    known: dict[Key, list[Edge]] = defaultdict(list)
    for key, edge in ones:
        known[key].append(edge)
    come: _Keyed = []
    for key, edge in others:
        if known[key]:
            found.kept.append((known[key].pop(0), edge))
        else:
            come.append((key, edge))
    left = {id(edge) for edges in known.values() for edge in edges}
    return [(key, edge) for key, edge in ones if id(edge) in left], come


def _places(come: _Keyed, new: set[str], found: Wiring) -> set[int]:
    """Find what each added node hangs on. Returns the connections that this tells."""
    told: set[int] = set()
    for (source, output, target, entry), edge in come:
        if target in new and target not in found.after and not entry and source != target:
            found.after[target] = (source, output)
            told.add(id(edge))
    return told


def _filled_gaps(gone: _Keyed, come: _Keyed, others: _Keyed, new: set[str]) -> set[int]:
    """Return the connections that made way for added nodes, and those that lead from these on to where the former led."""
    implied: set[int] = set()
    for (source, output, target, entry), edge in gone:
        between = _through(others, source, output, new)
        onward = [one for key, one in come if key[0] in between and key[1:] == ("", target, entry)]
        if len(onward) == 1:
            implied |= {id(edge), id(onward[0])}
    return implied


def _closed_gaps(come: _Keyed, ones: _Keyed, lost: set[str]) -> set[int]:
    """Return the connections that only close the gap of removed nodes."""
    implied: set[int] = set()
    for (source, output, target, entry), edge in come:
        between = _through(ones, source, output, lost)
        if any(key[0] in between and key[1:] == ("", target, entry) for key, _ in ones):
            implied.add(id(edge))
    return implied


def _bridges(edges: _Keyed, lost: set[str]) -> _Keyed:
    """Return a connection for each two kept nodes that removed ones lay between, as if these had not been there."""
    entries = {key[:2]: edge for key, edge in edges if key[0] not in lost and key[2] in lost}
    found: _Keyed = []
    for (source, output), edge in entries.items():
        between = _through(edges, source, output, lost)
        found += [
            ((source, output, key[2], key[3]), edge)
            for key, _ in edges
            if key[0] in between and key[2] not in lost and not key[1]
        ]
    return found


def _through(edges: _Keyed, source: str, output: str, middle: set[str]) -> set[str]:
    """Return the nodes of ``middle`` that an output leads to, over plain outputs of others of them."""
    if not middle:
        return set()
    follows: dict[str, list[str]] = defaultdict(list)
    reached = set()
    for key, _ in edges:
        if key[2] in middle and key[0] in middle and not key[1]:
            follows[key[0]].append(key[2])
        elif key[2] in middle and key[:2] == (source, output):
            reached.add(key[2])
    waiting = list(reached)
    while waiting:
        fresh = [each for each in follows[waiting.pop()] if each not in reached]
        reached.update(fresh)
        waiting += fresh
    return reached


def _reordered(ones: _Keyed, others: _Keyed) -> list[str]:
    shared = {key for key, _ in ones} & {key for key, _ in others}
    first, second = (_orders(key for key, _ in edges if key in shared) for edges in (ones, others))
    return [source for source, order in second.items() if first[source] != order]


def _orders(keys: Iterable[Key]) -> dict[str, list[Key]]:
    orders: dict[str, list[Key]] = defaultdict(list)
    for key in keys:
        if key not in orders[key[0]]:
            orders[key[0]].append(key)
    return orders
