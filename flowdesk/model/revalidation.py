"""Validation of a flow that is being edited: what an edit left alone is not looked at anew."""

import operator
from collections.abc import Sequence

from flowdesk.model.flow import Edge, Flow, Node
from flowdesk.model.functions import CALL, FUNCTION
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.problem import Problem
from flowdesk.model.validation import (
    edge_problems,
    node_problems,
    odd_names,
    odd_names_of,
    problems_of_triggers,
    whole_problems,
)

Found = tuple[Problem, ...]


class Revalidation:
    """Finds what ``validate`` finds, in a small part of the time when most of the flow is as it was.

    Nodes and edges are frozen, and an edit keeps those that it does not touch: the same object has the same problems.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        """Validate against these node types."""
        self._catalogue = catalogue
        self._nodes: dict[int, tuple[Node, Found]] = {}
        self._names: frozenset[str] = frozenset()
        self._odd: dict[int, tuple[Node, frozenset[str]]] = {}
        self._edges: tuple[Edge, ...] = ()
        self._ends: dict[str, Node] = {}
        self._links: dict[int, tuple[Edge, Node | None, Node | None, Found]] = {}
        self._whole: tuple[list[Problem], list[Problem]] = ([], [])
        self._faulty_links: list[Problem] = []
        self._count = 0
        self._is_first = True

    def problems(self, flow: Flow) -> Found:
        """Return every problem of a flow, in the order of ``validate``."""
        own, fresh = self._node_problems(flow)
        ends = {node.id: node for node in flow.nodes}
        is_wired_anew = self._is_first or not _are_same(flow.edges, self._edges)
        # With one id twice, the node that an edge means may change although no node is new.
        is_one_each = len(ends) == len(flow.nodes) == self._count and list(ends) == list(self._ends)
        if is_wired_anew or not (is_one_each and self._are_sound(flow, ends, {node.id for node in fresh})):
            self._faulty_links = self._edge_problems(flow, ends)
        links = self._faulty_links
        is_shaped_anew = (
            is_wired_anew or not is_one_each or any(_facts(node) != _facts(self._ends[node.id]) for node in fresh)
        )
        if is_shaped_anew:
            self._whole = whole_problems(flow, self._catalogue)
        before, after = self._whole
        self._edges, self._ends, self._count, self._is_first = flow.edges, ends, len(flow.nodes), False
        triggers = problems_of_triggers(flow)
        return tuple(sorted([*before, *own, *links, *after, *triggers], key=lambda problem: not problem.is_error))

    def _node_problems(self, flow: Flow) -> tuple[list[Problem], list[Node]]:
        """Return the problems of all nodes, and the nodes that were not there before."""
        names = self._odd_names(flow)
        known, now = (self._nodes if names == self._names else {}), {}
        self._names = names
        result: list[Problem] = []
        fresh: list[Node] = []
        for node in flow.nodes:
            key = id(node)
            kept = known.get(key)
            if kept is None:
                kept = (node, tuple(node_problems(node, self._catalogue, names=names)))
                fresh.append(node)
            now[key] = kept
            if kept[1]:
                result += kept[1]
        self._nodes = now
        return result, fresh

    def _odd_names(self, flow: Flow) -> frozenset[str]:
        """Return what ``odd_names`` does; nodes that are as they were are not looked at again."""
        known, now = self._odd, {}
        odd = set(odd_names(flow.model_copy(update={"nodes": ()})))
        for node in flow.nodes:
            key = id(node)
            kept = known.get(key)
            if kept is None:
                kept = (node, odd_names_of(node))
            now[key] = kept
            if kept[1]:
                odd |= kept[1]
        self._odd = now
        return frozenset(odd)

    def _are_sound(self, flow: Flow, ends: dict[str, Node], fresh_ids: set[str]) -> bool:
        """Whether the edges of nodes that are new had no problems and have none: then all edges are as they were."""
        touched = [edge for edge in flow.edges if edge.source in fresh_ids or edge.target in fresh_ids]
        for edge in touched:
            source, target = ends.get(edge.source), ends.get(edge.target)
            found = tuple(edge_problems(edge, source, target, self._catalogue))
            if found or self._links[id(edge)][3]:
                return False
            self._links[id(edge)] = (edge, source, target, found)
        return True

    def _edge_problems(self, flow: Flow, ends: dict[str, Node]) -> list[Problem]:
        known, now = self._links, {}
        result: list[Problem] = []
        for edge in flow.edges:
            key, source, target = id(edge), ends.get(edge.source), ends.get(edge.target)
            kept = known.get(key)
            if kept is None or kept[1] is not source or kept[2] is not target:
                kept = (edge, source, target, tuple(edge_problems(edge, source, target, self._catalogue)))
            now[key] = kept
            if kept[3]:
                result += kept[3]
        self._links = now
        return result


def _are_same(some: Sequence[object], others: Sequence[object]) -> bool:
    return len(some) == len(others) and all(map(operator.is_, some, others))


def _facts(node: Node) -> tuple[object, ...]:
    """What the problems of a flow as a whole depend on."""
    config = node.config if node.type in {FUNCTION, CALL} else None
    return node.id, node.type, node.label, node.option("disabled"), config
