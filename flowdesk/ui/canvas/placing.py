"""Where new nodes go, and what leads to them. Pure; the page does the same (``placing.ts``).

``tests/vectors/placing.json`` holds the two equal.
"""

from collections.abc import Iterable

from flowdesk.model.changes import AddEdge, AddNode, AnyChange, Draft, MoveNode, SetEdge
from flowdesk.model.flow import Edge, Node, new_edge
from flowdesk.model.nodetype import Catalogue
from flowdesk.ui.canvas.card import GRID, WIDTH, Box, boxes, card_shape
from flowdesk.ui.canvas.rules import refusal, wire_handle

Place = tuple[float, float]

DONE = "done"
"""The output by which the flow goes on behind a loop."""
GAP = 60.0
"""Between a node and the one that follows it."""


def free_place(cards: Iterable[Box], box: Box) -> Place:
    """Return the first place from a box's own downwards where it lies on no card."""
    x, y, width, height = box
    for left, top, wide, high in sorted(cards, key=lambda card: card[1]):
        if x < left + wide and left < x + width and y < top + high and top < y + height:
            y = (-(-(top + high) // GRID) + 1) * GRID
    return x, y


def place_of(draft: Draft, catalogue: Catalogue, node: Node) -> Place:
    """Return the place nearest below a new node's own where it lies on no other."""
    shape = card_shape(node, catalogue)
    own = (node.position.x, node.position.y, shape.width, shape.height)
    return free_place(boxes(draft.nodes, catalogue).values(), own)


def place_after(draft: Draft, catalogue: Catalogue, source: str) -> Place:
    """Return where a node that follows another goes: right of it."""
    node = draft.nodes[source]
    shape = card_shape(node, catalogue)
    box = (node.position.x + WIDTH + GAP, node.position.y, float(WIDTH), shape.height)
    return free_place(boxes(draft.nodes, catalogue).values(), box)


def go_on(draft: Draft, catalogue: Catalogue, node: Node, selected: str | None) -> list[AnyChange]:
    """Add a node where the flow goes on: after the selected node, else after the last that nothing follows.

    Behind a node whose way goes on already it is put into that way. Where nothing can lead to it, it goes below all others.
    """
    source = selected if selected in draft.nodes else last_open(draft, catalogue)
    has_input = card_shape(node, catalogue).input_y is not None
    main = () if source is None or not has_input else main_outputs(draft, catalogue, source)
    if source is None or not main:
        cards = boxes(draft.nodes, catalogue).values()
        left = min((card[0] for card in cards), default=0.0)
        bottom = max((card[1] + card[3] for card in cards), default=-GAP)
        return [AddNode(node=moved(node, (left, bottom + GAP)))]
    taken = {used_output(draft, catalogue, edge): edge.id for edge in draft.edges.values() if edge.source == source}
    free = next((handle for handle in main if handle not in taken), None)
    if free is None:
        return add_on_edge(draft, catalogue, node, taken[main[0]])
    placed = moved(node, place_after(draft, catalogue, source))
    edge = new_edge(source, node.id, wire_handle(draft, catalogue, source, free))
    return [AddNode(node=placed), AddEdge(edge=edge)]


def add_on_edge(draft: Draft, catalogue: Catalogue, node: Node, edge_id: str) -> list[AnyChange]:
    """Put a new node into an edge; what lies too near behind it makes room."""
    edge = draft.edges[edge_id]
    source, target = draft.nodes[edge.source], draft.nodes[edge.target]
    after = Draft.__new__(Draft)
    after.nodes, after.edges, after.fields = {**draft.nodes, node.id: node}, draft.edges, {}
    if refusal(after, catalogue, edge.source, edge.source_handle, node.id, instead_of=edge_id) is not None:
        return [AddNode(node=moved(node, place_of(draft, catalogue, node)))]
    x, y = source.position.x + WIDTH + GAP, source.position.y
    changes: list[AnyChange] = []
    behind = behind_of(draft, edge) if target.position.x > source.position.x else set()
    shift = x + WIDTH + GAP - target.position.x
    if behind and shift > 0:
        changes += [
            MoveNode(id=other.id, x=other.position.x + shift, y=other.position.y)
            for other in draft.nodes.values()
            if other.id in behind
        ]
    shape = card_shape(node, catalogue)
    staying = {i: other for i, other in draft.nodes.items() if not (behind and shift > 0) or i not in behind}
    placed = moved(node, free_place(boxes(staying, catalogue).values(), (x, y, shape.width, shape.height)))
    changes += [AddNode(node=placed), SetEdge(id=edge_id, path=("target",), value=node.id)]
    main = main_outputs(after, catalogue, node.id)
    if main:
        onward = DONE if DONE in main else main[0]
        changes.append(AddEdge(edge=new_edge(node.id, edge.target, wire_handle(after, catalogue, node.id, onward))))
    return changes


def last_open(draft: Draft, catalogue: Catalogue) -> str | None:
    """Return the last node of the flow with a main output that nothing hangs on, ``None`` if there is none."""
    taken = {(edge.source, used_output(draft, catalogue, edge)) for edge in draft.edges.values()}
    for node_id in reversed(draft.nodes):
        if any((node_id, handle) not in taken for handle in main_outputs(draft, catalogue, node_id)):
            return node_id
    return None


def main_outputs(draft: Draft, catalogue: Catalogue, node_id: str) -> tuple[str, ...]:
    """Return the outputs of a node by which it goes on when nothing goes wrong."""
    ports = card_shape(draft.nodes[node_id], catalogue).outputs
    return tuple(port.handle for port in ports if not port.is_side)


def used_output(draft: Draft, catalogue: Catalogue, edge: Edge) -> str | None:
    """Return the output that an edge leaves by, ``None`` where its node is not there."""
    node = draft.nodes.get(edge.source)
    port = card_shape(node, catalogue).port(edge.source_handle) if node is not None else None
    return port.handle if port is not None else None


def behind_of(draft: Draft, edge: Edge) -> set[str]:
    """Return what follows an edge and lies right of its beginning: its target, and what can be reached from there."""
    successors: dict[str, list[str]] = {}
    for other in draft.edges.values():
        successors.setdefault(other.source, []).append(other.target)
    left = draft.nodes[edge.source].position.x
    found: set[str] = set()
    waiting = [edge.target]
    while waiting:
        node_id = waiting.pop()
        node = draft.nodes.get(node_id)
        if node is not None and node_id not in found and node.position.x > left:
            found.add(node_id)
            waiting += successors.get(node_id, ())
    return found


def moved(node: Node, place: Place) -> Node:
    """Return a node at another place."""
    return node.model_copy(update={"position": node.position.model_copy(update={"x": place[0], "y": place[1]})})
