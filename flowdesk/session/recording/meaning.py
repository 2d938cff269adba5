"""What is meant by what was pressed: a field, a tick, a list that unfolds, a menu, or just the thing itself. Pure."""

from collections.abc import Sequence
from typing import Literal

from flowdesk.engine.observing import FieldSeen, Hit
from flowdesk.engine.ports import Element, Window
from flowdesk.model.parts import entry_name
from flowdesk.model.selector import format_selector
from flowdesk.session import proposals

Meaning = Literal["field", "check", "combo", "entry", "menu", "tab", "frame", "ground", "thing"]

_TYPED_INTO = frozenset({"text_field", "text_area", "spin_button"})
_TICKED = frozenset({"check_box", "radio_button", "switch"})
_ENTRIES = frozenset(
    {"list_item", "menu_item", "table_cell", "tree_item", "check_box", "radio_button", "static_text", "button"}
)
_GROUND = frozenset(
    {"window", "dialog", "group", "static_text", "image", "unknown", "toolbar", "split_group", "application", "status"}
)
_SCROLLED = frozenset({"list", "table", "text_area", "web_area", "tree", "tab_group"})
_NEAR = 7
"""So many levels up from what lies at the point the thing is looked for to which it belongs."""

SMALL = 96
"""Pixels: in what is no larger, the middle is meant."""


def meant(hit: Hit) -> Element | None:
    """Return the element that a press means."""
    return proposals.meant(hit.path, None)


def meant_level(hit: Hit, role: str | None = None) -> int | None:
    """Return the level in the path of the element that is meant, or of the nearest one of a role."""
    if role is not None:
        return next((level for level, each in enumerate(hit.path[:_NEAR]) if each.state.role == role), None)
    element = meant(hit)
    return hit.path.index(element) if element is not None else None


def meaning(hit: Hit) -> Meaning:
    """Return what a plain press of the left button means."""
    if hit.is_frame:
        return "frame"
    element = meant(hit)
    roles = [each.state.role for each in hit.path]
    if element is None:
        return "thing" if hit.is_popup or not hit.path else "ground"
    role = element.state.role
    is_entry = role in ("menu_item", "menu") and "combo_box" not in roles
    if "menu_bar" in roles or (is_entry and hit.is_popup):
        return "menu"
    if is_entry:
        return "thing"  # a page draws its menus itself, and nobody else can open them
    if hit.is_popup and ("menu" in roles[1:] and "combo_box" not in roles):
        return "menu"
    if hit.is_popup and role in _ENTRIES:
        return "entry"
    if role in _TYPED_INTO or (role == "combo_box" and element.state.is_editable):
        return "field"
    if "combo_box" in roles[:_NEAR]:
        return "entry" if role in ("list_item", "menu_item") else "combo"
    if role in _TICKED:
        return "check"
    if role == "tab":
        return "tab"
    return "ground" if role in _GROUND and not element.state.name else "thing"


def text_of(hit: Hit) -> str:
    """Return what is written on the entry that was pressed."""
    element = meant(hit)
    if element is None:
        return ""
    return (
        element.state.name
        or element.state.value
        or next((one.state.name for one in hit.path[:_NEAR] if one.state.name), "")
    )


def name_of(hit: Hit) -> str:
    """Return the name of the element that a press means."""
    element = meant(hit)
    return element.state.name if element is not None else ""


def menu_names(hit: Hit) -> list[str]:
    """Return the names of the entries from the menu bar, or the menu, down to what was pressed, as far as the tree tells."""
    named = [
        one.state.name for one in reversed(hit.path) if one.state.role in ("menu_item", "check_box", "radio_button")
    ]
    names = [name for name in map(entry_name, named) if name]
    return [name for index, name in enumerate(names) if index == 0 or name != names[index - 1]]


def joined(before: Sequence[str], now: Sequence[str]) -> list[str]:
    """Return the names along menus that were pressed one after the other: the later ones may repeat the earlier."""
    for size in range(min(len(before), len(now)), 0, -1):
        if list(before[-size:]) == list(now[:size]):
            return [*before, *now[size:]]
    if now and now[0] in before:
        return [*before[: list(before).index(now[0])], *now]
    return [*before, *now]


def scope_of(window: Window | None, windows: Sequence[Window]) -> str:
    """Return the selector of a window, the best there is; ``""`` where nothing names it."""
    if window is None:
        return ""
    ways = proposals.scopes(window, windows)
    named = next((way for way, _ in ways if any(step.engine == "window" for step in way)), ways[0][0])
    is_alone = not any(other.app == window.app and other.id != window.id for other in windows)
    return format_selector(ways[0][0] if is_alone else named)


def field_of(hit: Hit) -> FieldSeen | None:
    """Return the field that was pressed, as it was then; None where none was, or its program tells nothing of it."""
    level = meant_level(hit)
    if level is None or level >= len(hit.keys) or meaning(hit) != "field":
        return None
    state = hit.path[level].state
    is_secret = level < len(hit.secrets) and hit.secrets[level]
    return FieldSeen(
        hit.keys[level],
        state.role,
        state.name,
        hit.path[level].box,
        None if is_secret else state.value or "",
        is_secret=is_secret,
        is_terminal=level < len(hit.terminals) and hit.terminals[level],
        moment=hit.moment,
        window=hit.window.id if hit.window is not None else 0,
    )


def is_document(field: FieldSeen, windows: Sequence[Window]) -> bool:
    """Whether a field is what its window is for: a text area that is most of it."""
    window = next((one.box for one in windows if one.id == field.window), field.box)
    return field.role == "text_area" and 2 * field.box.width * field.box.height > window.width * window.height


def scrolled_level(hit: Hit) -> int | None:
    """Return the level of what scrolls at a point."""
    return next((level for level, each in enumerate(hit.path) if each.state.role in _SCROLLED), None)


def program_of(window: Window | None) -> str:
    """Return what people call the program of a window."""
    return "" if window is None else window.app or window.title
