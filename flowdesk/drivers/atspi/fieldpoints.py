"""Where in a field a click gives it the keyboard: beside the icons and the buttons that stand in it.

The middle of a narrow field may be an icon that clears it, or the button of a spin button that counts down. GTK 3 reacts some pixels
around the box that it tells of an icon, and tells no buttons of its spin buttons; Qt tells none either.
"""

from flowdesk.drivers.atspi.calls import ACCESSIBLE, NULL, Place, Question, extents_of
from flowdesk.drivers.atspi.lineage import Ask
from flowdesk.drivers.atspi.origins import Measure
from flowdesk.model.geometry import Box, Point

ROLES = frozenset({"spin_button", "text_field"})
"""Kinds of fields that something to press may stand in."""

_PRESSED = frozenset({26, 27, 43, 62})
"""Numbers of the roles icon, image, push button and toggle button in the AT-SPI specification."""

_WRITTEN = frozenset({40, 61, 79})
"""Numbers of the roles password text, text and entry: what is written to in a spin button."""

_AROUND = 8
"""Pixels around an icon that still press it, before the screen's scale."""

_MOST = 8
"""So many parts of a field are looked at."""


def free_point(ask: Ask, place: Place, role: str, box: Box, point: Point, how: Measure) -> Point:
    """Return a point of a field that gives it the keyboard: the one that was meant, unless something else is pressed there.

    Args:
        ask: Asks the accessibility bus.
        place: The field.
        role: What kind of field it is.
        box: Where it is.
        point: Where the click was to go.
        how: How the program measures.
    """
    (answer,) = ask([Question(*place, ACCESSIBLE, "GetChildren")])
    parts = [(str(name), str(path)) for name, path in answer[0][:_MOST] if str(path) != NULL] if answer else []
    kinds = ask([Question(*part, ACCESSIBLE, "GetRole") for part in parts])
    boxes = ask([extents_of(*part) for part in parts])
    told = [
        (int(kind[0]), Box(*how.box(there[0])).intersection(box))
        for kind, there in zip(kinds, boxes, strict=True)
        if kind and there and there[0][2] > 0 and there[0][3] > 0
    ]
    written = next((part for kind, part in told if kind in _WRITTEN and not part.is_empty), None)
    if role == "spin_button":
        if written is not None and written.width < box.width:
            return written.center
        return Point(box.x + min(box.width // 4, box.height), point.y) if _is_flat(box) else point
    around = round(_AROUND * how.scale)
    pressed = [part for kind, part in told if kind in _PRESSED and not part.is_empty and part.width < box.width]
    return _beside(pressed, box, point, around)


def _is_flat(box: Box) -> bool:
    """Whether the buttons of a spin button stand beside what is written in it, not over and under it."""
    return box.width > box.height


def _beside(pressed: list[Box], box: Box, point: Point, around: int) -> Point:
    """Return a point, or where something is pressed there the middle of the widest part in which nothing is."""
    if not any(part.x - around <= point.x < part.right + around for part in pressed):
        return point
    edges = [box.x, *(edge for part in sorted(pressed) for edge in (part.x - around, part.right + around)), box.right]
    gaps = [(after - before, before) for before, after in zip(edges[::2], edges[1::2], strict=True)]
    width, begin = max(gaps)
    return Point(begin + width // 2, point.y) if width > 0 else point
