"""Tidying up: layers from left to right, wrapped into rows that fit the window. Pure; the page does the same (``tidying.ts``).

``tests/vectors/tidying.json`` holds the two equal.
"""

import math
from collections.abc import Mapping, Sequence

from flowdesk.model.changes import Draft
from flowdesk.ui.canvas.card import GRID, Box, snapped

Place = tuple[float, float]
Room = tuple[float, float]
"""Width and height of what the flow is seen in, in screen pixels."""

COLUMN_GAP, NODE_GAP = 60.0, 40.0
ROW_GAP = 80.0
"""Between two rows: a wire goes back there."""
MOST_ROWS = 60
WORTH = 1.06
"""By how much more rows must enlarge what is seen."""
SHORTEST = 0.6
"""Of the columns that fit, the share that a row has at least, so that it is cut where few wires are."""
BESIDE = frozenset({"body", "appeared", "error", "timeout"})
"""Outputs whose way goes below, beside the main one."""


def tidy(draft: Draft, sizes: Mapping[str, Box], room: Room, ids: Sequence[str] | None = None) -> dict[str, Place]:
    """Return tidy places: the main way straight, loop bodies and branches below it, in as many rows as show the flow largest.

    A layer is the longest path from a node without predecessors (edges back are ignored). Within a layer nodes are
    ordered by the mean row of their predecessors, then of their successors, a few times over.

    Args:
        draft: The flow.
        sizes: Box of each card.
        room: What it is seen in.
        ids: The nodes to lay out; ``None`` is all. Their top left corner stays where it is.
    """
    wanted = None if ids is None else set(ids)
    chosen = [i for i in draft.nodes if wanted is None or i in wanted]
    if not chosen:
        return {}
    forward = _forward_edges(draft, chosen)
    ranks = _ranks(chosen, forward)
    layers: list[list[str]] = [[] for _ in range(max(ranks.values()) + 1)]
    for node_id in chosen:
        layers[ranks[node_id]].append(node_id)
    _order(layers, forward, _beside(draft, chosen))
    return _wrapped(layers, forward, sizes, room, _crossings(draft, ranks, len(layers)))


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


def _beside(draft: Draft, chosen: list[str]) -> set[str]:
    """Return the nodes to which only outputs beside the main one lead."""
    inside = set(chosen)
    main: set[str] = set()
    beside: set[str] = set()
    for edge in draft.edges.values():
        if edge.source in inside and edge.target in inside:
            (beside if edge.source_handle in BESIDE else main).add(edge.target)
    return beside - main


def _crossings(draft: Draft, ranks: Mapping[str, int], count: int) -> list[int]:
    """Return how many wires pass each gap between two layers."""
    steps = [0] * (count + 1)
    for edge in draft.edges.values():
        if edge.source in ranks and edge.target in ranks:
            low, high = sorted((ranks[edge.source], ranks[edge.target]))
            steps[low] += 1
            steps[high] -= 1
    found, now = [], 0
    for step in steps[:count]:
        now += step
        found.append(now)
    return found


def _order(layers: list[list[str]], forward: Mapping[str, list[str]], beside: set[str]) -> None:
    backward = _backward(forward)
    for layer in layers:
        layer.sort(key=lambda node_id: node_id in beside)
    row = {node_id: float(index) for layer in layers for index, node_id in enumerate(layer)}
    for sweep in range(6):
        near = backward if sweep % 2 == 0 else forward
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            keys = {}
            for node_id in layer:
                others = near.get(node_id) or ()
                mean = sum(row[other] for other in others) / len(others) if others else row[node_id]
                keys[node_id] = (mean, node_id in beside)
            layer.sort(key=lambda node_id: keys[node_id])
            row.update({node_id: float(index) for index, node_id in enumerate(layer)})


def _backward(forward: Mapping[str, list[str]]) -> dict[str, list[str]]:
    backward: dict[str, list[str]] = {}
    for source, targets in forward.items():
        for target in targets:
            backward.setdefault(target, []).append(source)
    return backward


def _wrapped(
    layers: list[list[str]],
    forward: Mapping[str, list[str]],
    sizes: Mapping[str, Box],
    room: Room,
    crossings: list[int],
) -> dict[str, Place]:
    """Return the places in the number of rows in which the flow is seen largest, few rows before many."""
    backward = _backward(forward)
    count = len(layers)
    best: dict[str, Place] = {}
    largest, before = 0.0, 0
    for rows in range(1, min(count, MOST_ROWS) + 1):
        columns = math.ceil(count / rows)
        if columns == before:
            continue
        before = columns
        places, (width, height) = _placed(layers, _cuts(columns, crossings), backward, sizes)
        zoom = min(room[0] / width, room[1] / height, 1.0)
        if not best or zoom > largest * WORTH:
            best, largest = places, zoom
        if largest >= 1.0:
            break
    return best


def _cuts(columns: int, crossings: list[int]) -> list[int]:
    """Return where rows of at most so many columns end: where the fewest wires pass, late rather than early."""
    cuts, start, count = [], 0, len(crossings)
    while count - start > columns:
        ends = range(start + max(1, math.ceil(columns * SHORTEST)), start + columns + 1)
        start = min(ends, key=lambda end: (crossings[end - 1], -end))
        cuts.append(start)
    return [*cuts, count]


def _placed(
    layers: list[list[str]], cuts: list[int], backward: Mapping[str, list[str]], sizes: Mapping[str, Box]
) -> tuple[dict[str, Place], Room]:
    """Return the places in rows that end at these layers, and the size of all."""
    chosen = [node_id for layer in layers for node_id in layer]
    left, top = snapped(min(sizes[i][0] for i in chosen)), snapped(min(sizes[i][1] for i in chosen))
    result: dict[str, Place] = {}
    start, y, right = 0, top, left
    for end in cuts:
        row: dict[str, Place] = {}
        x, lowest = left, y
        for layer in layers[start:end]:
            bottom = -math.inf
            for node_id in layer:
                parents = [row[p][1] for p in backward.get(node_id, ()) if p in row]
                at = snapped(max(min(parents, default=y), bottom))
                row[node_id] = (x, at)
                bottom = at + _up_to_grid(sizes[node_id][3] + NODE_GAP)
                lowest = max(lowest, at + sizes[node_id][3])
            wide = max(sizes[i][2] for i in layer)
            right = max(right, x + wide)
            x += _up_to_grid(wide + COLUMN_GAP)
        result |= row
        start, y = end, snapped(lowest + ROW_GAP)
    return result, (right - left, y - snapped(ROW_GAP) - top)


def _up_to_grid(length: float) -> float:
    return -(-length // GRID) * GRID
