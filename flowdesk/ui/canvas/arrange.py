"""Aligning and distributing nodes. Pure: boxes in, places out."""

from collections.abc import Callable, Mapping
from typing import Literal

from flowdesk.ui.canvas.card import Box, snapped

Place = tuple[float, float]
Alignment = Literal["left", "center", "right", "top", "middle", "bottom", "grid", "row"]

COLUMN_GAP = 60.0


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
