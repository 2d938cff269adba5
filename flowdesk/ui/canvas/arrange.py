"""Aligning, distributing and laying out nodes. Pure: boxes in, places out."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from flowdesk.model.changes import Draft
from flowdesk.ui.canvas.card import GRID, Box, snapped

Place = tuple[float, float]
Alignment = Literal["left", "center", "right", "top", "middle", "bottom", "grid", "row"]

COLUMN_GAP = 60.0
ROW_GAP = 40.0


def align(chosen: Mapping[str, Box], how: Alignment) -> dict[str, Place]:
    """Return the places of boxes aligned one of eight ways.

    ``left``, ``center``, ``right`` share a vertical line; ``top``, ``middle``, ``bottom`` a horizontal one; ``grid``
    puts each on the grid; ``row`` puts them in one row, left to right, at equal gaps.
    """
    if not chosen:
        return {}
    left, top = min(b[0] for b in chosen.values()), min(b[1] for b in chosen.values())
    right, bottom = max(b[0] + b[2] for b in chosen.values()), max(b[1] + b[3] for b in chosen.values())
    if how == "row":
        result: dict[str, Place] = {}
        x = left
        for node_id, box in sorted(chosen.items(), key=lambda item: (item[1][0], item[1][1])):
            result[node_id] = (x, top)
            x += box[2] + COLUMN_GAP
        return result
    place: dict[str, Callable[[Box], Place]] = {
        "left": lambda b: (left, b[1]),
        "center": lambda b: ((left + right - b[2]) / 2, b[1]),
        "right": lambda b: (right - b[2], b[1]),
        "top": lambda b: (b[0], top),
        "middle": lambda b: (b[0], (top + bottom - b[3]) / 2),
        "bottom": lambda b: (b[0], bottom - b[3]),
        "grid": lambda b: (snapped(b[0]), snapped(b[1])),
    }
    return {node_id: place[how](box) for node_id, box in chosen.items()}


def distribute(chosen: Mapping[str, Box], way: Literal["horizontal", "vertical"]) -> dict[str, Place]:
    """Return the places of boxes with equal gaps between them; the outer two stay. Fewer than three stay."""
    axis = 0 if way == "horizontal" else 1
    ordered = sorted(chosen.items(), key=lambda item: (item[1][axis], item[0]))
    if len(ordered) < 3:
        return {node_id: (box[0], box[1]) for node_id, box in ordered}
    first, last = ordered[0][1], ordered[-1][1]
    span = last[axis] - first[axis] - first[axis + 2]
    gap = (span - sum(box[axis + 2] for _, box in ordered[1:-1])) / (len(ordered) - 1)
    result: dict[str, Place] = {}
    at = first[axis]
    for node_id, box in ordered:
        result[node_id] = (at, box[1]) if axis == 0 else (box[0], at)
        at += box[axis + 2] + gap
    last_id = ordered[-1][0]
    result[last_id] = (last[0], last[1])
    return result


def layout(draft: Draft, sizes: Mapping[str, Box], ids: Sequence[str] | None = None) -> dict[str, Place]:
    """Return tidy places: layers from left to right, the main path straight, branches and loop bodies below.

    A layer is the longest path from a node without predecessors (edges back are ignored). Within a layer nodes are
    ordered by the mean row of their predecessors, then of their successors, a few times over.

    Args:
        draft: The flow.
        sizes: Box of each card.
        ids: The nodes to lay out; ``None`` is all. Their top left corner stays where it is.
    """
    chosen = [i for i in draft.nodes if ids is None or i in set(ids)]
    if not chosen:
        return {}
    forward = _forward_edges(draft, chosen)
    ranks = _ranks(chosen, forward)
    layers: list[list[str]] = [[] for _ in range(max(ranks.values()) + 1)]
    for node_id in chosen:
        layers[ranks[node_id]].append(node_id)
    _order(layers, forward)
    return _places(layers, forward, sizes)


def _forward_edges(draft: Draft, chosen: list[str]) -> dict[str, list[str]]:
    """Return successors without the edges that close a cycle, found by an iterative depth-first walk."""
    inside = set(chosen)
    successors: dict[str, list[str]] = {i: [] for i in chosen}
    entered = set()
    for edge in draft.edges.values():
        if edge.source in inside and edge.target in inside and edge.target not in successors[edge.source]:
            successors[edge.source].append(edge.target)
            entered.add(edge.target)
    forward: dict[str, list[str]] = {i: [] for i in chosen}
    state = dict.fromkeys(chosen, 0)  # 0 unseen, 1 on the path, 2 done
    for root in [i for i in chosen if i not in entered] + chosen:
        if state[root]:
            continue
        state[root] = 1
        path = [(root, iter(successors[root]))]
        while path:
            node_id, rest = path[-1]
            target = next(rest, None)
            if target is None:
                state[node_id] = 2
                path.pop()
            elif state[target] != 1:
                forward[node_id].append(target)
                if state[target] == 0:
                    state[target] = 1
                    path.append((target, iter(successors[target])))
    return forward


def _ranks(chosen: list[str], forward: Mapping[str, list[str]]) -> dict[str, int]:
    incoming = dict.fromkeys(chosen, 0)
    for targets in forward.values():
        for target in targets:
            incoming[target] += 1
    ranks = dict.fromkeys(chosen, 0)
    waiting = [i for i in chosen if not incoming[i]]
    for node_id in waiting:
        for target in forward[node_id]:
            ranks[target] = max(ranks[target], ranks[node_id] + 1)
            incoming[target] -= 1
            if not incoming[target]:
                waiting.append(target)
    return ranks


def _order(layers: list[list[str]], forward: Mapping[str, list[str]]) -> None:
    backward: dict[str, list[str]] = {}
    for source, targets in forward.items():
        for target in targets:
            backward.setdefault(target, []).append(source)
    row = {node_id: float(index) for layer in layers for index, node_id in enumerate(layer)}
    for sweep in range(6):
        near = backward if sweep % 2 == 0 else forward
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            keys = {}
            for node_id in layer:
                others = near.get(node_id) or ()
                keys[node_id] = sum(row[other] for other in others) / len(others) if others else row[node_id]
            layer.sort(key=lambda node_id: keys[node_id])
            row.update({node_id: float(index) for index, node_id in enumerate(layer)})


def _places(layers: list[list[str]], forward: Mapping[str, list[str]], sizes: Mapping[str, Box]) -> dict[str, Place]:
    chosen = [node_id for layer in layers for node_id in layer]
    left, top = snapped(min(sizes[i][0] for i in chosen)), snapped(min(sizes[i][1] for i in chosen))
    backward: dict[str, list[str]] = {}
    for source, targets in forward.items():
        for target in targets:
            backward.setdefault(target, []).append(source)
    result: dict[str, Place] = {}
    x = left
    for layer in layers:
        bottom = -float("inf")
        for node_id in layer:
            parents = [result[p][1] for p in backward.get(node_id, ()) if p in result]
            wanted = min(parents) if parents else top
            y = max(wanted, bottom)
            result[node_id] = (x, snapped(y))
            bottom = snapped(y) + _up_to_grid(sizes[node_id][3] + ROW_GAP)
        x += _up_to_grid(max((sizes[i][2] for i in layer), default=0.0) + COLUMN_GAP)
    return result


def _up_to_grid(length: float) -> float:
    return -(-length // GRID) * GRID
