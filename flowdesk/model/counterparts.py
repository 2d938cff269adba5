"""Which node of one flow is which of another, also where its id was changed. Pure."""

import json
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping

from flowdesk.model.flow import Flow, Node

MOST_ROUNDS = 50
"""How often what was found may lead to more."""


def counterparts(before: Flow, after: Flow) -> dict[str, str]:
    """Return the id in the later flow of each node of the former that is still there.

    The same id is the same node, unless both its type and its label are others. Of what is left, two nodes are one where
    their type and label and settings agree, or their type and label and a neighbor, or their type, settings and all
    neighbors, and nothing else in either flow fits as well.
    """
    now = {node.id: node for node in after.nodes}
    found = {node.id: node.id for node in before.nodes if node.id in now and _is_same(node, now[node.id])}
    for _ in range(MOST_ROUNDS):
        if not _more(before, after, found):
            break
    return found


def _is_same(one: Node, other: Node) -> bool:
    return one.type == other.type or one.data.label == other.data.label


def _more(before: Flow, after: Flow, found: dict[str, str]) -> bool:
    """Find counterparts by the strictest sign that tells any apart. Returns whether there were some."""
    taken = set(found.values())
    left = [node for node in before.nodes if node.id not in found]
    right = [node for node in after.nodes if node.id not in taken]
    if not left or not right:
        return False
    ours, theirs = _neighbors(before, found), _neighbors(after, {node_id: node_id for node_id in taken})
    for sign in _SIGNS:
        pairs = _only_pairs(
            [(node.id, sign(node, ours)) for node in left], [(node.id, sign(node, theirs)) for node in right]
        )
        if pairs:
            found.update(pairs)
            return True
    return False


def _only_pairs(
    left: Iterable[tuple[str, Hashable | None]], right: Iterable[tuple[str, Hashable | None]]
) -> dict[str, str]:
    """Return the ids that are the only ones with a sign on each side."""
    signs: dict[Hashable, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for side, nodes in enumerate((left, right)):
        for node_id, sign in nodes:
            if sign is not None:
                signs[sign][side].append(node_id)
    return {ones[0]: others[0] for ones, others in signs.values() if len(ones) == len(others) == 1}


_Around = Mapping[str, tuple[frozenset[str], frozenset[str]]]
"""The known nodes before and after each node, by their ids in the later flow."""


def _neighbors(flow: Flow, ids: Mapping[str, str]) -> _Around:
    ins: dict[str, set[str]] = defaultdict(set)
    outs: dict[str, set[str]] = defaultdict(set)
    for edge in flow.edges:
        if edge.source in ids:
            ins[edge.target].add(ids[edge.source])
        if edge.target in ids:
            outs[edge.source].add(ids[edge.target])
    return {node.id: (frozenset(ins[node.id]), frozenset(outs[node.id])) for node in flow.nodes}


def _config(node: Node) -> str:
    return json.dumps(node.config, sort_keys=True, default=str)


def _by_settings(node: Node, around: _Around) -> Hashable | None:
    return (node.type, node.data.label, _config(node))


def _by_both(node: Node, around: _Around) -> Hashable | None:
    ins, outs = around[node.id]
    return (node.type, node.data.label, ins, outs) if ins and outs else None


def _by_one_before(node: Node, around: _Around) -> Hashable | None:
    ins, _ = around[node.id]
    return (node.type, node.data.label, ins) if ins else None


def _by_one_after(node: Node, around: _Around) -> Hashable | None:
    _, outs = around[node.id]
    return (node.type, node.data.label, outs) if outs else None


def _by_place(node: Node, around: _Around) -> Hashable | None:
    ins, outs = around[node.id]
    return (node.type, _config(node), ins, outs) if ins or outs else None


_SIGNS = (_by_settings, _by_both, _by_one_before, _by_one_after, _by_place)
"""Strictest first."""
