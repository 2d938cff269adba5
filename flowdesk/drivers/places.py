"""Scopes, matches, and directions: the pure part of finding."""

import math
from dataclasses import dataclass

from flowdesk.engine.ports import Window
from flowdesk.model.geometry import Box
from flowdesk.model.target import ElementState, EngineName, Relation

NEAR = 150
"""How many pixels apart ``near=`` still finds."""

_CLOSE = 0.05
"""A second match within so much of the best is as good as the best, under ``strict``."""

_EXACT = 0.002
"""The same of a picture that fits exactly."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to look: a box of the virtual desktop, and the processes whose elements count.

    None: all count; empty: the process is unknown, so none do.
    """

    box: Box
    pids: frozenset[int] | None = None
    window: Window | None = None
    is_whole: bool = False
    """Whether nothing narrowed it yet."""


@dataclass(frozen=True, slots=True)
class Match:
    """Something that fits a step."""

    box: Box
    engine: EngineName
    score: float = 1.0
    scale: float = 1.0
    runner_up: float = 0.0
    text: str | None = None
    element: ElementState | None = None
    app: str = ""
    pids: frozenset[int] | None = None
    window: Window | None = None
    handle: tuple[str, str] | None = None
    """The element's place on the accessibility bus of Linux."""
    rank: int = 0
    """Before its score counts whether it is in the window that has the keyboard: the lower, the better."""
    outer: Scope | None = None
    """The scope in which it was found."""

    def scope(self) -> Scope:
        """Return the match as the scope of the next step."""
        box = self.box if self.outer is None else self.box.intersection(self.outer.box)
        outer = self.outer
        return Scope(
            box,
            self.pids if self.pids is not None else (outer.pids if outer else None),
            self.window or (outer.window if outer else None),
        )


def in_reading_order(matches: list[Match], *, is_fixed: bool = False) -> list[Match]:
    """Sort matches: those of the window that has the keyboard first, then those that fit better, then window by window as they come, there as people read.

    The windows come as they lie, the uppermost first: of two windows that fit alike, every node of a flow acts in the same.
    With ``is_fixed`` they come by their places, and which one has the keyboard does not count: raised ones keep their numbers.
    """
    if is_fixed:
        matches = sorted(matches, key=_place_of_window)
    windows: dict[int | None, list[Match]] = {}
    for match in matches:
        within = match.outer.window if match.outer is not None else None
        windows.setdefault(within.id if within is not None else None, []).append(match)
    flat = [match for group in windows.values() for match in _as_read(group)]
    return sorted(flat, key=lambda match: (0 if is_fixed else match.rank, fit_of(match)))


def _place_of_window(match: Match) -> tuple[int, int, int]:
    window = match.outer.window if match.outer is not None else None
    return (window.box.y, window.box.x, window.id) if window is not None else (0, 0, 0)


def fit_of(match: Match) -> float:
    """Return how well a match fits, the lower the better: of pictures the better one by however little, texts that fit alike are alike."""
    return -round(match.score, 3) if match.engine == "image" else -int(round(match.score, 2) * 20 + 1e-6)


def rival_from(best: Match) -> float:
    """Return the score from which on another place fits as well as the best.

    What a picture fits exactly has no rival that it fits less: only a copy is one.
    """
    close = _CLOSE if best.engine != "image" else min(_CLOSE, max(_EXACT, 1.0 - best.score))
    return max(best.score - close, 1e-6)


def _as_read(matches: list[Match]) -> list[Match]:
    """Sort matches from top to bottom in rows, and from left to right."""
    rows: list[list[Match]] = []
    for match in sorted(matches, key=lambda match: (match.box.y, match.box.x)):
        if rows and match.box.center.y < rows[-1][0].box.bottom and match.box.y < rows[-1][0].box.center.y:
            rows[-1].append(match)
        else:
            rows.append([match])
    return [match for row in rows for match in sorted(row, key=lambda match: match.box.x)]


def without_doubles(matches: list[Match]) -> list[Match]:
    """Drop matches in whose box a smaller match of the same text lies: a label and the parts it is made of."""
    return [
        match
        for index, match in enumerate(matches)
        if not any(
            (other.box != match.box or before < index)
            and other.text == match.text
            and other.box.intersection(match.box) == other.box
            for before, other in enumerate(matches)
            if before != index
        )
    ]


def beside(relation: Relation, base: Box, matches: list[Match]) -> list[Match]:
    """Return the matches that lie in a direction from a box, nearest first."""
    placed = [(_distance(relation, base, match.box), match) for match in matches if match.box != base]
    near = [(distance, match) for distance, match in placed if distance is not None]
    return [match for _, match in sorted(near, key=lambda pair: pair[0])]


def _distance(relation: Relation, base: Box, box: Box) -> float | None:
    across = max(base.x - box.right, box.x - base.right, 0)
    down = max(base.y - box.bottom, box.y - base.bottom, 0)
    if relation == "near":
        apart = math.hypot(across, down)
        return apart if apart <= NEAR else None
    shares_row = min(base.bottom, box.bottom) - max(base.y, box.y) > 0
    shares_column = min(base.right, box.right) - max(base.x, box.x) > 0
    center, from_center = base.center, box.center
    if relation == "right-of":
        return float(across) if shares_row and from_center.x >= base.right and box.x >= center.x else None
    if relation == "left-of":
        return float(across) if shares_row and from_center.x < base.x and box.right <= center.x + 1 else None
    if relation == "below":
        return float(down) if shares_column and from_center.y >= base.bottom and box.y >= center.y else None
    return float(down) if shares_column and from_center.y < base.y and box.bottom <= center.y + 1 else None
