"""The plan: a frozen flow worked out for running (contract §4). Pure.

A loop's **body** is what can only be reached through its ``body`` output: the nodes that the output dominates in the
sense of compiler theory (Cooper, Harvey, Kennedy: "A Simple, Fast Dominance Algorithm", 2001). Bodies therefore nest
properly whatever was drawn. The branches of ``parallel`` are a body that runs once.

Every edge is one of:

- **forward**: takes part in the join of its target, in the scope of its target. An edge that leaves a body counts, for
  the scope outside, as leaving the loop: taking it ends the loop.
- **jump**: leads back to a node on the way to its source; taking it resets what lies downstream of its target.
- **return**: leads from a body to its loop; it only ends its path, as the body starts again when nothing is left to do.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from flowdesk.engine.values import number
from flowdesk.model.config import has_template
from flowdesk.model.errors import ValueUnusable
from flowdesk.model.flow import Flow, Node
from flowdesk.model.nodetype import Catalogue, NodeType
from flowdesk.model.sentence import say

ROOT = 0
"""Index of the scope that is not inside any loop."""
DEFAULT_JUMP_LIMIT = 10_000


class EdgeKind(Enum):
    """See the module."""

    FORWARD = "forward"
    JUMP = "jump"
    RETURN = "return"


@dataclass(slots=True)
class PlanEdge:
    """An edge of the plan. Nodes and scopes by index."""

    index: int
    edge_id: str
    source: int
    port: str
    target: int
    source_scope: int
    """The scope in which taking the edge happens (the body, for a ``body`` edge)."""
    scope: int = ROOT
    """The scope in which the target joins (for a return, the body that it ends a path of)."""
    owner: int = -1
    """The node of ``scope`` that stands for the source there: the source itself, a loop around it, or -1 at an entry."""
    kind: EdgeKind = EdgeKind.FORWARD


@dataclass(slots=True)
class Scope:
    """The whole flow, or the body of a loop or parallel node."""

    index: int
    owner: int
    """The loop or parallel node, -1 for the root."""
    parent: int
    is_parallel: bool = False
    nodes: list[int] = field(default_factory=list)
    entries: list[PlanEdge] = field(default_factory=list)
    """The edges out of the owner's body output, in order."""


@dataclass(frozen=True, slots=True)
class Options:
    """What every node may have (contract §3), read once. Times in seconds."""

    retries: int = 0
    retry_delay: float = 2.0
    is_growing: bool = False
    """Whether each delay is twice the one before."""
    on_error: str = ""
    """``stop``, ``continue`` or ``branch``; empty: ``branch`` where the error output is wired, else ``stop``."""
    delay_after: float = 0.0
    has_breakpoint: bool = False


PLAIN = Options()
OPTION_NAMES = frozenset({"retries", "retryDelay", "retryBackoff", "onError", "delayAfter", "breakpoint"})


def read_options(given: Mapping[str, Any]) -> Options:
    """Read the options that are given.

    Raises:
        ValueUnusable: If what a ``{{reference}}`` stood for does not fit.
    """
    return Options(
        retries=int(_at_least_0(given, "retries", 0)),
        retry_delay=_at_least_0(given, "retryDelay", 2000) / 1000,
        is_growing=given.get("retryBackoff") == "exponential",
        on_error=given.get("onError") or "",
        delay_after=_at_least_0(given, "delayAfter", 0) / 1000,
        has_breakpoint=bool(given.get("breakpoint", False)),
    )


def _at_least_0(given: Mapping[str, Any], name: str, default: float) -> float:
    value = given.get(name)
    found = default if value is None or value == "" else number(value)
    if found is None or found < 0:
        raise ValueUnusable(
            say('"{field}" is not a number from 0 on: {value}.', field=name, value=repr(value)[:100]),
            say("Look at what its variables hold."),
            field=name,
        )
    return found


def _options(node: Node) -> Options | None:
    if not node.has_options(OPTION_NAMES):
        return PLAIN
    given = {name: node.option(name) for name in OPTION_NAMES}
    return None if has_template(given) else read_options(given)


@dataclass(slots=True)
class Step:
    """A node of the plan."""

    index: int
    node: Node
    type: NodeType
    scope: int = ROOT
    body: int = -1
    """The scope of its body, -1 for none."""
    is_disabled: bool = False
    join: str = "all"
    jump_limit: int = DEFAULT_JUMP_LIMIT
    out: list[PlanEdge] = field(default_factory=list)
    """Edges that it resolves when it ends: its own without the body's, and those that leave its body."""
    exits: list[PlanEdge] = field(default_factory=list)
    """Its own edges that leave the body it is in."""
    joins: list[PlanEdge] = field(default_factory=list)
    """Forward edges that it waits for."""
    is_plain: bool = False
    """Whether all its edges are its own and lead forward in its scope."""
    body_port: str = ""
    first_output: str | None = None
    """The output that it leaves by unless it chooses another."""
    options: Options | None = PLAIN
    """``None``: they hold ``{{references}}`` and are read at each visit."""


class Plan:
    """A flow worked out for running from one node on."""

    def __init__(
        self, flow: Flow, catalogue: Catalogue, from_node: str | None = None, only: Iterable[str] | None = None
    ) -> None:
        """Work out a valid flow.

        Args:
            flow: A flow without errors.
            catalogue: The node types.
            from_node: Where to begin instead of the start node.
            only: Nodes that run; all others are passed through as if disabled.

        Raises:
            KeyError: If there is no node ``from_node``.
        """
        self.flow = flow
        chosen = None if only is None else set(only)
        self.steps = [_step(index, node, catalogue, chosen) for index, node in enumerate(flow.nodes)]
        self._by_id = {step.node.id: step.index for step in self.steps}
        self.start = next(step.index for step in self.steps if step.type.kind == "start")
        self.first = self.start if from_node is None else self._by_id[from_node]
        self._downstream: dict[int, frozenset[int]] = {}
        drawn = self._drawn_edges(flow)
        successors: dict[int, list[int]] = {}
        for edge in drawn:
            successors.setdefault(edge.source, []).append(edge.target)
        roots = [self.start]
        self.reachable = _reach(roots, successors)
        if self.first not in self.reachable:
            roots.append(self.first)
            self.reachable = _reach(roots, successors)
        self.edges = [edge for edge in drawn if edge.source in self.reachable]
        self.scopes = [Scope(ROOT, -1, -1)]
        self._find_scopes(roots)
        self._classify()

    def index(self, node_id: str) -> int:
        """Return a node's index.

        Raises:
            KeyError: If there is no such node.
        """
        return self._by_id[node_id]

    def enclosing(self, scope: int) -> list[int]:
        """Return the scopes around and including ``scope``, innermost first."""
        chain = []
        while scope != -1:
            chain.append(scope)
            scope = self.scopes[scope].parent
        return chain

    def downstream(self, index: int) -> frozenset[int]:
        """Return the nodes of the same scope that can be reached by forward edges, with the node itself."""
        known = self._downstream.get(index)
        if known is None:
            successors: dict[int, list[int]] = {}
            for edge in self.edges:
                if edge.kind is EdgeKind.FORWARD and edge.scope == self.steps[index].scope and edge.owner != -1:
                    successors.setdefault(edge.owner, []).append(edge.target)
            known = self._downstream[index] = frozenset(_reach([index], successors))
        return known

    # -- working out --------------------------------------------------------------------------------------------------

    def _drawn_edges(self, flow: Flow) -> list[PlanEdge]:
        edges: list[PlanEdge] = []
        for edge in flow.edges:
            source, target = self._by_id.get(edge.source), self._by_id.get(edge.target)
            if source is None or target is None:
                continue
            step = self.steps[source]
            port = step.type.resolve_handle(edge.source_handle, step.node.config)
            if port is not None:
                edges.append(PlanEdge(len(edges), edge.id, source, port, target, ROOT))
        return edges

    def _find_scopes(self, roots: list[int]) -> None:
        """Give every node its scope: the innermost body output that dominates it."""
        count = len(self.steps)
        entry_of: dict[int, int] = {}
        owners: list[int] = []
        for edge in self.edges:
            step = self.steps[edge.source]
            if step.body_port and edge.port == step.body_port and edge.source not in entry_of:
                entry_of[edge.source] = count + len(owners)
                owners.append(edge.source)
        root = count + len(owners)
        successors: dict[int, list[int]] = {root: list(roots)}
        for owner, entry in entry_of.items():
            successors.setdefault(owner, []).append(entry)
        for edge in self.edges:
            is_body = edge.source in entry_of and edge.port == self.steps[edge.source].body_port
            successors.setdefault(entry_of[edge.source] if is_body else edge.source, []).append(edge.target)
        order, dominator = _dominators(root, successors)
        scope_at: dict[int, int] = {root: ROOT}
        for place in order[1:]:
            above = dominator[place]
            if count <= place < root:
                scope = Scope(len(self.scopes), owners[place - count], scope_at[above])
                scope.is_parallel = self.steps[scope.owner].type.kind == "parallel"
                self.scopes.append(scope)
                self.steps[scope.owner].body = scope.index
                scope_at[place] = scope.index
            else:
                scope_at[place] = scope_at[above]
                self.steps[place].scope = scope_at[place]
                self.scopes[scope_at[place]].nodes.append(place)

    def _classify(self) -> None:
        for edge in self.edges:
            source = self.steps[edge.source]
            is_entry = source.body != -1 and edge.port == source.body_port
            edge.source_scope = source.body if is_entry else source.scope
            chain = self.enclosing(edge.source_scope)
            target = self.steps[edge.target]
            if target.body in chain:
                edge.kind, edge.scope = EdgeKind.RETURN, target.body
            else:
                edge.scope = target.scope
            inside = chain.index(edge.scope)
            if inside:
                edge.owner = self.scopes[chain[inside - 1]].owner
            elif not is_entry:
                edge.owner = edge.source
            if is_entry:
                self.scopes[source.body].entries.append(edge)
        for scope in self.scopes:
            self._find_jumps(scope)
        for edge in self.edges:
            if edge.owner != -1:
                self.steps[edge.owner].out.append(edge)
            if edge.owner not in {-1, edge.source}:
                self.steps[edge.source].exits.append(edge)
            if edge.kind is EdgeKind.FORWARD:
                self.steps[edge.target].joins.append(edge)
        for step in self.steps:
            step.is_plain = not step.exits and all(
                edge.kind is EdgeKind.FORWARD and edge.scope == step.scope and edge.source == step.index
                for edge in step.out
            )

    def _find_jumps(self, scope: Scope) -> None:
        """Mark the edges back to a node that is under way in a depth-first walk in edge order."""
        edges_of: dict[int, list[PlanEdge]] = {}
        for edge in self.edges:
            if edge.scope == scope.index and edge.kind is not EdgeKind.RETURN:
                edges_of.setdefault(edge.owner, []).append(edge)
        under_way: set[int] = set()
        seen: set[int] = set()
        for first in (-1, self.start, self.first, *scope.nodes):
            if first in seen or (first != -1 and self.steps[first].scope != scope.index):
                continue
            seen.add(first)
            under_way.add(first)
            walk = [(first, iter(edges_of.get(first, [])))]
            while walk:
                place, rest = walk[-1]
                for edge in rest:
                    if edge.target in under_way:
                        edge.kind = EdgeKind.JUMP
                    elif edge.target not in seen:
                        seen.add(edge.target)
                        under_way.add(edge.target)
                        walk.append((edge.target, iter(edges_of.get(edge.target, []))))
                        break
                else:
                    walk.pop()
                    under_way.discard(place)


def _step(index: int, node: Node, catalogue: Catalogue, chosen: set[str] | None) -> Step:
    node_type = catalogue[node.type]
    limit = node.option("maxIterations", DEFAULT_JUMP_LIMIT)
    return Step(
        index,
        node,
        node_type,
        is_disabled=bool(node.option("disabled", False)) or (chosen is not None and node.id not in chosen),
        join=node.option("join", "all"),
        jump_limit=limit if isinstance(limit, int) else DEFAULT_JUMP_LIMIT,
        body_port=node_type.outputs[0] if node_type.kind in {"loop", "parallel"} else "",
        first_output=(node_type.outputs_of(node.config) or (None,))[0],
        options=_options(node),
    )


def _reach(first: Iterable[int], successors: dict[int, list[int]]) -> set[int]:
    reached = set(first)
    waiting = list(reached)
    while waiting:
        for target in successors.get(waiting.pop(), ()):
            if target not in reached:
                reached.add(target)
                waiting.append(target)
    return reached


def _dominators(root: int, successors: dict[int, list[int]]) -> tuple[list[int], dict[int, int]]:
    """Return the places in reverse postorder and the immediate dominator of each."""
    postorder: list[int] = []
    seen = {root}
    stack = [(root, iter(successors.get(root, ())))]
    while stack:
        place, rest = stack[-1]
        target = next(rest, None)
        if target is None:
            stack.pop()
            postorder.append(place)
        elif target not in seen:
            seen.add(target)
            stack.append((target, iter(successors.get(target, ()))))
    order = postorder[::-1]
    number = {place: position for position, place in enumerate(order)}
    predecessors: dict[int, list[int]] = {place: [] for place in order}
    for place in order:
        for target in successors.get(place, ()):
            predecessors[target].append(place)
    dominator = {root: root}
    is_changed = True
    while is_changed:
        is_changed = False
        for place in order[1:]:
            known = [before for before in predecessors[place] if before in dominator]
            best = known[0]
            for other in known[1:]:
                best = _common(best, other, dominator, number)
            if dominator.get(place) != best:
                dominator[place] = best
                is_changed = True
    return order, dominator


def _common(one: int, other: int, dominator: dict[int, int], number: dict[int, int]) -> int:
    while one != other:
        while number[one] > number[other]:
            one = dominator[one]
        while number[other] > number[one]:
            other = dominator[other]
    return one
