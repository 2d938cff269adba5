"""The plan: a frozen flow worked out for running (contract §4). Pure.

A loop's **body** is what can only be reached through its ``body`` output: the nodes that the output dominates in the
sense of compiler theory (Cooper, Harvey, Kennedy: "A Simple, Fast Dominance Algorithm", 2001). Bodies therefore nest
properly whatever was drawn. The branches of ``parallel`` and what ``try`` holds are a body that runs once, what hangs on
``appeared`` of ``handle`` one that runs in between. What hangs on a ``function`` has a plan of its own, which begins there.

Every edge is one of:

- **forward**: takes part in the join of its target, in the scope of its target. An edge that leaves a body counts, for
  the scope outside, as leaving the loop: taking it ends the loop.
- **jump**: leads back to a node on the way to its source; taking it resets what lies downstream of its target.
- **return**: leads from a body to its loop; it only ends its path, as the body starts again when nothing is left to do.
  What ``handle`` runs in between returns by every edge that leads out of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from pydantic import ValidationError

from flowdesk.engine.texts import number
from flowdesk.model.config import Config, has_template
from flowdesk.model.errors import ValueUnusable
from flowdesk.model.flow import Flow, Node
from flowdesk.model.nodetype import DEFAULT_OUTPUT, ERROR_OUTPUT, Catalogue, NodeType
from flowdesk.model.options import DEFAULT_JUMP_LIMIT, FILLED_KEYS, NodeOptions, given_options
from flowdesk.model.sentence import say

ROOT = 0
"""Index of the scope that is not inside any loop."""


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


PLAIN = NodeOptions()
"""The options of a node that sets none."""


def read_options(given: Mapping[str, Any]) -> NodeOptions:
    """Read the options that are given; texts that look like numbers are numbers.

    Raises:
        ValidationError: If what a ``{{reference}}`` stood for does not fit.
    """
    return NodeOptions.model_validate({key: _number_of(value) for key, value in given.items()})


def _number_of(value: Any) -> Any:
    found = number(value) if isinstance(value, str) else None
    return value if found is None else found


def _options(node: Node) -> NodeOptions | None:
    given = given_options(node, FILLED_KEYS)
    try:
        return (None if has_template(given) else read_options(given)) if given else PLAIN
    except ValidationError:
        return None  # a fault of a node that this run does not come to; of others validation told it


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
    has_breakpoint: bool = False
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
    options: NodeOptions | None = PLAIN
    """``None``: they hold ``{{references}}`` and are read at each visit."""


class Plan:
    """A flow worked out for running from one node on."""

    def __init__(
        self, flow: Flow, catalogue: Catalogue, from_node: str | None = None, only: Iterable[str] | None = None
    ) -> None:
        """Work out a flow.

        Args:
            flow: A flow; what this run does not need of it may have errors.
            catalogue: The node types.
            from_node: Where to begin instead of the start node.
            only: Nodes that run; all others are passed through as if disabled. Where one of them leads to all the others,
                and nothing else is said, the run begins there.

        Raises:
            KeyError: If there is no node ``from_node``.
            ValueError: If there is neither that nor a start node.
        """
        self.flow = flow
        chosen = None if only is None else set(only)
        self.steps = [_step(index, node, catalogue, chosen) for index, node in enumerate(flow.nodes)]
        self._by_id = {step.node.id: step.index for step in self.steps}
        self._downstream: dict[int, frozenset[int]] = {}
        self._led_to: dict[int, list[int]] = {}
        drawn = self._drawn = self._drawn_edges(flow)
        successors: dict[int, list[int]] = {}
        for edge in drawn:
            successors.setdefault(edge.source, []).append(edge.target)
        first = None if from_node is None else self._by_id[from_node]
        start = next((step.index for step in self.steps if step.type.kind == "start"), first)
        if start is None:
            raise ValueError("a flow without a start node runs only from a node")
        self.start = start
        if first is None and chosen:
            first = self._first_of({self._by_id[node] for node in chosen & self._by_id.keys()}, successors)
        self.first = self.start if first is None else first
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

    def needed(self) -> frozenset[str]:
        """Return the ids of the nodes that the run may come to and would run: only these must be whole."""
        around = [
            self.scopes[scope].owner
            for scope in self.enclosing(self.steps[self.first].scope)
            if scope != ROOT and not self._is_handled(scope)
        ]
        successors = self._calls()
        for edge in self._drawn:
            step = self.steps[edge.source]
            if not step.is_disabled or edge.port == step.type.bypass_output:
                successors.setdefault(edge.source, []).append(edge.target)
        reached = map(self.steps.__getitem__, _reach([self.first, *around], successors))
        return frozenset(step.node.id for step in reached if not step.is_disabled)

    def led_to(self, index: int) -> list[int]:
        """Return a node and all that can be reached from it, bodies included, in the order of the flow."""
        known = self._led_to.get(index)
        if known is None:
            successors: dict[int, list[int]] = {}
            for edge in self._drawn:
                successors.setdefault(edge.source, []).append(edge.target)
            known = self._led_to[index] = sorted(_reach([index], successors))
        return known

    def function(self, name: str) -> Step | None:
        """Return the node at which a function begins."""
        return next((step for step in self._functions() if step.node.config.get("function") == name), None)

    def function_around(self, index: int) -> Step | None:
        """Return the node at which the function begins that a node is in."""
        return next((step for step in self._functions() if index in self.led_to(step.index)), None)

    def _functions(self) -> list[Step]:
        return [step for step in self.steps if step.type.kind == "function"]

    def _calls(self) -> dict[int, list[int]]:
        """Return where each ``call`` that runs leads: to the node at which its function begins."""
        named = {step.node.config.get("function"): step.index for step in reversed(self._functions())}
        return {
            step.index: [named[name]]
            for step in (self.steps if named else ())
            if step.type.kind == "call" and not step.is_disabled and (name := step.node.config.get("function")) in named
        }

    # -- working out --------------------------------------------------------------------------------------------------

    def _first_of(self, chosen: set[int], successors: dict[int, list[int]]) -> int | None:
        """Return the chosen node, the nearest to the start, that leads to all the others."""
        nearness = list(_reach_in_order(self.start, successors))
        known = {place: rank for rank, place in enumerate(nearness)}
        for place in sorted(chosen, key=lambda index: (known.get(index, len(self.steps)), index)):
            if chosen <= _reach([place], successors):
                return place
        return None

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
            self._place(edge)
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

    def _place(self, edge: PlanEdge) -> None:
        """Find out in which scope an edge's target joins, and what stands for its source there."""
        source = self.steps[edge.source]
        is_entry = source.body != -1 and edge.port == source.body_port
        edge.source_scope = source.body if is_entry else source.scope
        chain = self.enclosing(edge.source_scope)
        target = self.steps[edge.target]
        edge.scope = target.body if target.body in chain else target.scope
        if edge.scope == target.body:
            edge.kind = EdgeKind.RETURN
        handled = next((place for place, scope in enumerate(chain) if self._is_handled(scope)), len(chain))
        if chain.index(edge.scope) > handled:  # what runs in between leads nowhere else: the run goes on where it was
            edge.kind, edge.scope = EdgeKind.RETURN, chain[handled]
        inside = chain.index(edge.scope)
        if inside:
            edge.owner = self.scopes[chain[inside - 1]].owner
        elif not is_entry:
            edge.owner = edge.source
        if is_entry:
            self.scopes[source.body].entries.append(edge)

    def _is_handled(self, scope: int) -> bool:
        """Whether a scope is what a ``handle`` node runs in between."""
        return scope != ROOT and self.steps[self.scopes[scope].owner].type.kind == "handle"

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


def _unknown(type_name: str) -> NodeType:
    """Stand for a node type that there is not: a node of it can be passed through, but not run."""

    async def run(run: Any, config: Config) -> None:
        raise ValueUnusable(
            say('Unknown node type "{type}".', type=type_name),
            say("Install the package that has this node type, or replace the node."),
        )

    return NodeType(type_name, Config, run, "", type_name, "", "", outputs=(DEFAULT_OUTPUT, ERROR_OUTPUT))


def _step(index: int, node: Node, catalogue: Catalogue, chosen: set[str] | None) -> Step:
    node_type = catalogue.get(node.type) or _unknown(node.type)
    limit = node.option("maxIterations", DEFAULT_JUMP_LIMIT)
    return Step(
        index,
        node,
        node_type,
        is_disabled=bool(node.option("disabled", False)) or (chosen is not None and node.id not in chosen),
        has_breakpoint=bool(node.option("breakpoint", False)),
        join=node.option("join", "all"),
        jump_limit=limit if isinstance(limit, int) else DEFAULT_JUMP_LIMIT,
        body_port=node_type.body_output,
        first_output=(node_type.outputs_of(node.config) or (None,))[0],
        options=_options(node),
    )


def _reach_in_order(first: int, successors: dict[int, list[int]]) -> dict[int, None]:
    """Return what can be reached, the nearest first."""
    reached = {first: None}
    level = [first]
    while level:
        level = list(dict.fromkeys(to for one in level for to in successors.get(one, ()) if to not in reached))
        reached.update(dict.fromkeys(level))
    return reached


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
