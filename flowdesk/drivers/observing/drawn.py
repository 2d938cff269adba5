"""Menus and lists that Swing draws inside its own window, and where their entries are: it tells those by another corner. Pure."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from flowdesk.drivers.elements import Found
from flowdesk.model.geometry import Box

Place = tuple[str, str]

_BORDER = 24
"""Pixels by which a menu is larger than all of its entries, at the most."""
_ENTRIES = frozenset({"menu_item", "check_box", "radio_button"})


def drawn_popups(found: Sequence[Found], parents: Mapping[Place, Place]) -> dict[Place, Box]:
    """Return where menus and lists are open: each fills a panel, of which alone the place is told truly."""
    places = {one.place: one for one in found if one.place is not None}
    panels = [
        (one.place, one.box, places.get(parents.get(one.place, one.place)))
        for one in found
        if one.state.role == "menu" and not one.state.name and one.place is not None
    ]
    return {
        place: panel.box
        for place, box, panel in panels
        if panel is not None and panel.state.role == "group" and _size(panel.box) == _size(box)
    }


def placed(
    found: Sequence[Found], parents: Mapping[Place, Place], drawn: Mapping[Place, Box], popups: Sequence[Box]
) -> tuple[Found, ...]:
    """Return elements with what was drawn in its place, and the entries of each menu in the popup into which they fit."""
    places = {one.place: one for one in found if one.place is not None}
    menus: defaultdict[Place, dict[Place, Box]] = defaultdict(dict)
    for one in found:
        menu = places.get(parents.get(one.place, one.place)) if one.place is not None else None
        is_entry = one.state.role in _ENTRIES and menu is not None and menu.state.role == "menu_item"
        if is_entry and menu is not None and menu.place is not None and one.place is not None:
            menus[menu.place][one.place] = one.box
    moved: dict[Place, Box] = dict(drawn)
    for entries in menus.values():
        told = _around(entries.values())
        fits = [
            box
            for box in (*drawn.values(), *popups)
            if 0 <= box.width - told.width <= _BORDER and 0 <= box.height - told.height <= _BORDER
        ]
        if fits:
            popup = min(fits, key=lambda box: box.width + box.height)
            dx, dy = popup.center.x - told.center.x, popup.center.y - told.center.y
            moved |= {place: Box(box.x + dx, box.y + dy, box.width, box.height) for place, box in entries.items()}
    return tuple(
        replace(one, box=moved[one.place]) if one.place is not None and one.place in moved else one for one in found
    )


def _around(boxes: Collection[Box]) -> Box:
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    return Box(left, top, max(box.right for box in boxes) - left, max(box.bottom for box in boxes) - top)


def _size(box: Box) -> tuple[int, int]:
    return box.width, box.height
