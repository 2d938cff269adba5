"""Points and boxes in physical pixels of the virtual desktop (the left and upper monitors may be negative)."""

from typing import NamedTuple


class Point(NamedTuple):
    """A pixel."""

    x: int
    y: int


class Box(NamedTuple):
    """A rectangle: its top left pixel, its width and its height."""

    x: int
    y: int
    width: int
    height: int

    @property
    def center(self) -> Point:
        """The pixel in the middle."""
        return Point(self.x + self.width // 2, self.y + self.height // 2)

    @property
    def right(self) -> int:
        """The first column to the right of the box."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first row below the box."""
        return self.y + self.height

    @property
    def is_empty(self) -> bool:
        """Whether the box has no pixel."""
        return self.width <= 0 or self.height <= 0

    def contains(self, point: Point) -> bool:
        """Whether the pixel lies in the box."""
        return self.x <= point.x < self.right and self.y <= point.y < self.bottom

    def intersection(self, other: "Box") -> "Box":
        """The box that both share; empty (width or height 0) when they do not meet."""
        left, top = max(self.x, other.x), max(self.y, other.y)
        right, bottom = min(self.right, other.right), min(self.bottom, other.bottom)
        return Box(left, top, max(0, right - left), max(0, bottom - top))

    def anchored(self, anchor: str) -> Point:
        """The pixel at ``anchor``: ``center`` or one of the eight of ``ANCHORS``."""
        across, down = ANCHORS[anchor]
        return Point(
            self.x + round((self.width - 1) * across) if anchor != "center" else self.center.x,
            self.y + round((self.height - 1) * down) if anchor != "center" else self.center.y,
        )


ANCHORS: dict[str, tuple[float, float]] = {
    "center": (0.5, 0.5),
    "top-left": (0.0, 0.0),
    "top": (0.5, 0.0),
    "top-right": (1.0, 0.0),
    "left": (0.0, 0.5),
    "right": (1.0, 0.5),
    "bottom-left": (0.0, 1.0),
    "bottom": (0.5, 1.0),
    "bottom-right": (1.0, 1.0),
}
"""Where in a box an anchor lies, as fractions across and down."""
