"""Where the entries of a menu are that Swing draws inside its own window.

Swing tells an entry by its menu's corner instead of its popup's: an entry too high, and of a menu in a menu on top of the outer one. The
popup itself it tells truly, as a panel of the window's layers. So an entry is placed in its popup as far as it is from the first one.
"""

from collections.abc import Sequence

from flowdesk.drivers.atspi.calls import Place
from flowdesk.drivers.atspi.inside import Facts, Inside
from flowdesk.drivers.atspi.lineage import is_swing
from flowdesk.drivers.atspi.roles import State
from flowdesk.model.geometry import Box

_MOST_LAYERS = 12
"""So many panels of a window are looked at: what is open comes first."""


def popup_boxes(inside: Inside, menu: Place, entries: Sequence[Facts]) -> dict[Place, Box]:
    """Return where the entries of an open menu are; empty where it is not drawn inside a window of Swing.

    Args:
        inside: Asks the program.
        menu: The menu.
        entries: Its entries.
    """
    if not entries or not is_swing(inside.toolkit(menu[0])[0]):
        return {}
    popup = _popup_of(inside, menu, [one.name for one in entries])
    boxes = [inside.box(one) for one in inside.facts([one.place for one in entries], with_boxes=True)]
    told = [box for box in boxes if box is not None]
    if popup is None or len(told) != len(entries):
        return {}
    top = min(box.y for box in told)
    edge = max(0, popup.height - (max(box.bottom for box in told) - top)) // 2
    return {
        one.place: Box(popup.x, popup.y + edge + box.y - top, popup.width, box.height)
        for one, box in zip(entries, told, strict=True)
    }


def _popup_of(inside: Inside, menu: Place, names: Sequence[str]) -> Box | None:
    layers = next((one for one in inside.facts(inside.above(menu)) if one.word == "layered pane"), None)
    if layers is None:
        return None
    count = min(inside.count(layers.place), _MOST_LAYERS)
    panels = [one for one in inside.facts(inside.children(layers.place, range(count))) if one.word == "panel"]
    for panel in panels:
        for popup in inside.facts(inside.children(panel.place, range(1)), with_boxes=True):
            if popup.word != "popup menu" or not popup.has(State.SHOWING):
                continue
            inner = inside.facts(inside.children(popup.place, range(min(inside.count(popup.place), 500))))
            if [one.name for one in inner if one.name] == [name for name in names if name]:
                return inside.box(popup)
    return None
