"""The parts of an element on Linux: options of combo boxes and lists, radio buttons, tabs, entries of menus.

Toolkits build them in ways of their own; what each does is written where it is taken care of. All of it blocks: call it
from a worker thread.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from flowdesk.drivers.atspi.calls import ACCESSIBLE, COMPONENT, Place, Question, extents_of
from flowdesk.drivers.atspi.inside import ARMED, CHECKABLE, FAR, PRESSED, SELECTABLE, Facts, Inside
from flowdesk.drivers.atspi.roles import State
from flowdesk.drivers.atspi.swingmenus import popup_boxes
from flowdesk.model.geometry import Box
from flowdesk.model.parts import Kind, Part, Parts, Tick

MOST = 50_000
"""Parts that are read of one element."""
BOXED = 300
"""Of so many parts it is told where they are; of more the one that is wanted is asked for."""

_MENU_ROLES = (33, 41)
"""Numbers of menus and popup menus in the AT-SPI specification."""
_TWINS_APART = 2
"""Levels between a button and the button that it is."""
_HOLDERS = frozenset({"list", "menu", "table"})
_FULL = frozenset({"menu_bar", "menu", "list", "table", "combo_box"})
"""What holds much and no menu bar."""
_TREES = frozenset({"tree", "tree table"})
_OPTIONS = frozenset(
    {"list_item", "menu_item", "table_cell", "static_text", "tree_item", "check_box", "radio_button", "menu"}
)
_HEADERS = frozenset({"table column header", "table row header", "column header", "row header"})
_TICKED = frozenset({"check_box", "radio_button", "switch"})
_MENUS = frozenset({"menu_item", "menu", "menu_bar", "check_box", "radio_button", "button", "switch"})


def tick_of(facts: Facts) -> Tick | None:
    """Return whether something is ticked; None where it cannot be.

    GTK 4 and Qt tell it of a button that stays down as pressed or as checked.
    """
    is_on = facts.has(State.CHECKED)
    can = facts.role in _TICKED or facts.has(CHECKABLE) or facts.word in ("check menu item", "radio menu item")
    if facts.role == "button" and facts.has(PRESSED) and facts.word != "push button":
        can = is_on = True
    if not can and not is_on:
        return None
    if facts.has(State.INDETERMINATE):
        return "mixed"
    return "on" if is_on or (facts.word == "toggle button" and facts.has(PRESSED)) else "off"


def parts_of(inside: Inside, place: Place) -> Parts:
    """Return what can be chosen in an element, and what is chosen."""
    (facts,) = inside.facts([place], with_boxes=True) or (None,)
    if facts is None:
        return Parts("")
    if facts.role == "combo_box":
        return _combo(inside, facts)
    if facts.role in ("radio_button", "check_box"):
        return _radios(inside, facts)
    if facts.role == "tab":
        above = inside.above(place)[:1]
        return parts_of(inside, above[0]) if above else Parts("")
    if facts.role == "tab_group":
        return _listed(inside, facts, "tabs")
    if facts.role in _HOLDERS or facts.word in _TREES:
        return _listed(inside, facts, "menu" if facts.role == "menu" else "list")
    radios = [one for one in inside.below(place, 3) if one.role == "radio_button"]
    if radios:
        return Parts("radio", _made(inside, radios), _chosen_text(inside, radios), total=len(radios), handle=place)
    tabs = [one for one in inside.below(place, 3) if one.role == "tab_group"]
    return _listed(inside, inside.facts([tabs[0].place], with_boxes=True)[0], "tabs") if len(tabs) == 1 else Parts("")


def part_again(inside: Inside, part: Part) -> Part | None:
    """Read a part again; None when it is gone."""
    (facts,) = inside.facts([part.handle], with_boxes=True) or (None,)
    if facts is None:
        return None
    return replace(_part(inside, facts, part.number, with_box=True), text=part.text, others=part.others)


def marked_numbers(inside: Inside, parts: Sequence[Part]) -> frozenset[int]:
    """Return the numbers of those of some parts that are highlighted now."""
    known = {part.handle: part.number for part in parts if part.handle is not None}
    return frozenset(known[one.place] for one in inside.facts(list(known)) if _is_marked(one))


def shown_numbers(inside: Inside, parts: Parts) -> list[int]:
    """Return the numbers of some of the parts that are shown now, in order, as far as the program tells."""
    known = {part.handle: part.number for part in parts.parts}
    if parts.frame is not None and parts.handle is not None and not inside.is_gtk4(parts.handle[0]):
        center = parts.frame.center
        holder: Place = parts.handle
        (answer,) = inside.ask([Question(*holder, COMPONENT, "GetAccessibleAtPoint", "iiu", (center.x, center.y, 0))])
        child = (str(answer[0][0]), str(answer[0][1])) if answer else ("", "")
        if child in known:
            return [known[child]]
    facts = inside.facts([part.handle for part in parts.parts])
    shown = [one for one in facts if one.has(State.SHOWING)]
    if not shown:
        return []
    boxes = inside.ask([extents_of(*one.place) for one in shown])
    return [
        known[one.place]
        for one, box in zip(shown, boxes, strict=True)
        if box and box[0][2] > 0 and abs(box[0][0]) < FAR and tuple(box[0][:2]) != (-1, -1)
    ]


def entries_of(inside: Inside, place: Place) -> Parts:
    """Return the entries of a menu, of a menu bar, or of the menu that hangs on an entry or a button."""
    (facts,) = inside.facts([place], with_boxes=True) or (None,)
    if facts is None:
        return Parts("")
    found = _entries(inside, place, 0)
    if not found and facts.role in ("button", "switch") and inside.is_gtk4(place[0]):
        (outer,) = inside.facts(inside.above(place)[:1]) or (None,)
        if outer is not None and outer.role == "button":  # its menu hangs on the menu button that it stands in
            return entries_of(inside, outer.place)
    is_open = facts.has(State.EXPANDED) or any(one.has(State.SHOWING) for one in found)
    made = _made(inside, found)
    if is_open and (boxes := popup_boxes(inside, place, found)):
        made = tuple(replace(part, box=boxes[part.handle]) for part in made)
    return Parts("menu", made, is_open=is_open, total=len(found), handle=place)


def shown_menus(inside: Inside, place: Place) -> list[Parts]:
    """Return the entries of the menus that are shown anywhere in an element's window, where its program can be asked for them."""
    window = [place, *inside.above(place)][-1]
    menus = inside.facts(inside.shown_of(window, _MENU_ROLES))
    return [entries_of(inside, one.place) for one in menus if one.word in ("menu", "popup menu")]


def menu_bars(inside: Inside, window: Place) -> list[Place]:
    """Return the menu bars of a window.

    LibreOffice publishes a second one, which is flat: its real one is drawn by GTK.
    """
    bars = [one for one in inside.below(window, 8, closed=_FULL) if one.role == "menu_bar" and one.has(State.VISIBLE)]
    told = inside.facts([one.place for one in bars], with_boxes=True)
    return [one.place for one in told if one.told is None or all(one.told[2:])]


def openers(inside: Inside, window: Place) -> list[Facts]:
    """Return what a window shows that may open a menu: its buttons that do not say they do something else."""
    found = [
        one
        for one in inside.below(window, 12, closed=_FULL)
        if one.role in ("button", "switch", "menu_item", "check_box")
    ]
    return _without_inner(inside, found)


def _without_inner(inside: Inside, found: list[Facts]) -> list[Facts]:
    """Leave out what stands in another of the same name: a menu button of GTK 4 holds the button that is pressed."""
    names = Counter(one.name for one in found)
    twins = [one for one in found if one.name and names[one.name] > 1]
    inside.learn_above([one.place for one in twins])
    known = {(one.place, one.name) for one in twins}
    inner = {
        one.place
        for one in twins
        if any((holder, one.name) in known for holder in inside.above(one.place)[:_TWINS_APART])
    }
    return [one for one in found if one.place not in inner]


def _entries(inside: Inside, place: Place, deep: int) -> list[Facts]:
    """Return the nearest entries below an element. Qt and GTK 4 put menus and boxes between a menu and its entries."""
    children = inside.facts(inside.children(place, range(min(inside.count(place), 500))))
    found: list[Facts] = []
    for child in children:
        is_between = child.role in ("menu", "group", "unknown", "list", "toolbar") and child.word in (
            "popup menu", "menu", "group", "panel", "filler", "widget", "tab panel", "generic", "list", "list box", "window",
        )  # fmt: skip
        if (
            child.role in ("menu_item", "check_box", "radio_button")
            or (child.role == "menu" and child.name and child.word == "menu")
        ) and child.name not in ("GtkPopoverMenu", "GtkPopover"):
            found.append(child)
            continue
        if is_between and deep < 12:
            found += _entries(inside, child.place, deep + 1)
    return found


def _combo(inside: Inside, facts: Facts) -> Parts:
    below = inside.below(facts.place, 7, 80)
    field = next((one for one in below if one.role in ("text_field", "text_area")), None)
    is_editable = facts.has(State.EDITABLE) or field is not None
    holder: Facts | None = None
    made: tuple[Part, ...] = ()
    total = 0
    # The first that has any: Swing puts the list into a menu.
    for one in (one for one in below if one.role in _HOLDERS or one.word in _TREES):
        total = inside.count(one.place)
        made, holder = _made(inside, _options(inside, one, total)), one
        if made:
            break
    value = _combo_value(inside, facts, below, made, field if is_editable else None)
    is_open = facts.has(State.EXPANDED)
    return Parts("combo", made, value, is_open, is_editable, None, total, holder.place if holder else None)


def _combo_value(
    inside: Inside, facts: Facts, below: Sequence[Facts], made: Sequence[Part], field: Facts | None
) -> str | None:
    """Return what a combo box shows. Qt, GTK 3 and Swing put it into its name, GTK 4 on a label in it, LibreOffice into a field."""
    if field is not None:
        text = inside.text(field.place)
        if text is not None:
            return text
    names = {part.text for part in made}
    own = inside.text(facts.place)
    if own and (own in names or not names):
        return own
    if facts.name in names:
        return facts.name
    if inside.is_gtk4(facts.place[0]):
        shown = [one.name for one in below if one.role == "static_text" and one.name and one.name != "(None)"]
        return shown[0] if shown else None
    if (place := _place_in_page(inside, facts)) and place <= len(made):
        return made[place - 1].text
    chosen = [part.text for part in made if part.is_chosen]
    if len(chosen) == 1:
        return chosen[0]
    return facts.name if facts.name and not made else None


def _place_in_page(inside: Inside, facts: Facts) -> int:
    """Return the number of what is chosen in a combo box of a page; 0 where it is none.

    Chromium marks no entry any more once the choice has changed, but tells its place among them as that of the box itself.
    """
    (answer,) = inside.ask([Question(*facts.place, ACCESSIBLE, "GetAttributes")])
    told = answer[0] if answer and isinstance(answer[0], dict) else {}
    place = str(told.get("posinset", "")) if told.get("tag") == "select" else ""
    return int(place) if place.isdecimal() else 0


def _radios(inside: Inside, facts: Facts) -> Parts:
    """Return the buttons of a group: those with the same parent. GTK 4 calls them check boxes."""
    above = inside.above(facts.place)[:1]
    if not above:
        return Parts("")
    count = min(inside.count(above[0]), 200)
    beside = inside.facts(inside.children(above[0], range(count)))
    radios = [one for one in beside if one.role == facts.role]
    if facts.role == "check_box":
        return Parts("")
    return Parts("radio", _made(inside, radios), _chosen_text(inside, radios), total=len(radios), handle=above[0])


def _chosen_text(inside: Inside, facts: Sequence[Facts]) -> str | None:
    on = [inside.called(one) for one in facts if tick_of(one) == "on"]
    return on[0] if len(on) == 1 else None


def _listed(inside: Inside, facts: Facts, kind: Kind) -> Parts:
    total = inside.count(facts.place)
    options = _options(inside, facts, total)
    if kind == "tabs":
        options = [one for one in options if one.role == "tab"]
    made = _made(inside, options)
    if facts.role == "table":
        made = _as_rows(inside, facts, made)
    chosen = [part.text for part in made if part.is_chosen]
    value = chosen[0] if len(chosen) == 1 else None
    return Parts(
        kind,
        made,
        value,
        False,
        False,
        frame_of(inside, facts),
        max(len(made), 0 if total <= MOST else total),
        facts.place,
    )


def _options(inside: Inside, holder: Facts, total: int) -> list[Facts]:
    found = inside.facts(inside.children(holder.place, range(min(total, MOST))))
    wanted = [one for one in found if one.role in _OPTIONS or one.role == "tab"]
    return [one for one in wanted if one.word not in _HEADERS]


def _as_rows(inside: Inside, facts: Facts, made: tuple[Part, ...]) -> tuple[Part, ...]:
    """Return one part a row of a table: a list in GTK 3 is a table of one column or more."""
    from flowdesk.drivers.atspi.sheets import size_of

    _, columns = size_of(inside, facts.place)
    if columns <= 1:
        return made
    rows = []
    for begin in range(0, len(made) - columns + 1, columns):
        row = made[begin : begin + columns]
        # A press on the box or the switch that a row begins with would turn it, not choose the row.
        first = next((cell for cell in row if cell.tick is None and cell.text), row[0])
        others = tuple(cell.text for cell in row if cell is not first)
        cells = (first.handle, *(cell.handle for cell in row if cell is not first))
        rows.append(replace(first, number=begin // columns + 1, others=others, cells=cells))
    return tuple(rows)


def _made(inside: Inside, facts: Sequence[Facts]) -> tuple[Part, ...]:
    with_box = len(facts) <= BOXED
    if with_box:
        inside.learn_above([one.place for one in facts])
    return tuple(_part(inside, one, number, with_box=with_box) for number, one in enumerate(facts, 1))


def _part(inside: Inside, facts: Facts, number: int, *, with_box: bool) -> Part:
    is_gtk4 = inside.is_gtk4(facts.place[0])
    can_be_chosen = facts.has(SELECTABLE) or facts.has(State.SELECTED) or is_gtk4
    tick = tick_of(facts)
    chosen: bool | None = facts.has(State.SELECTED) if can_be_chosen else None
    if facts.role == "radio_button":
        chosen = tick == "on"
    if facts.role == "tab" and chosen is None:
        chosen = _is_named_by_bar(inside, facts)
    is_shown = facts.has(State.SHOWING) or is_gtk4
    box = inside.box(facts) if with_box and is_shown else None
    has_more = facts.role == "menu" or facts.has(State.EXPANDABLE)
    return Part(
        number,
        inside.called(facts),
        box,
        facts.is_enabled,
        chosen,
        _is_marked(facts),
        tick,
        has_more,
        (),
        facts.place,
    )


def _is_named_by_bar(inside: Inside, tab: Facts) -> bool | None:
    """Whether a tab is in front, by the name of its bar: Qt 5 says of no tab that it is chosen. None where that tells nothing."""
    above = inside.facts(inside.above(tab.place)[:1])
    if not above or not tab.name or above[0].role != "tab_group" or not above[0].name:
        return None
    beside = inside.facts(inside.children(above[0].place, range(min(inside.count(above[0].place), 200))))
    same = [one.name for one in beside if one.role == "tab"].count(above[0].name)
    return tab.name == above[0].name if same == 1 else None


def _is_marked(facts: Facts) -> bool:
    is_menu = facts.role in ("menu_item", "menu", "check_box")
    is_selected = facts.has(State.SELECTED) and (is_menu or not facts.has(State.FOCUSED))
    return facts.has(State.FOCUSED) or facts.has(ARMED) or is_selected


def frame_of(inside: Inside, facts: Facts) -> Box | None:
    """Return the part of an element's box that its scrolling ancestors show."""
    box = inside.box(facts)
    if box is None:
        return None
    outer = inside.facts(inside.above(facts.place), with_boxes=True)
    for one in outer:
        around = inside.box(one)
        if around is not None and one.role not in ("tab", "tab_group"):
            box = box.intersection(around) if not box.intersection(around).is_empty else box
    return box
