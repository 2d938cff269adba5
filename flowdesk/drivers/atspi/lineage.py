"""An element with all that it stands in, up to its window: what clips it, and what is drawn over it inside the window.

Toolkits differ in what they tell (all measured): Qt says of a row that is scrolled out that it is shown, and gives it a place below
the list; GTK 3 gives it none; Swing says that it is not shown. The boxes of what it stands in tell the same everywhere.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flowdesk.drivers.atspi import gtk4, rows
from flowdesk.drivers.atspi.calls import (
    ACCESSIBLE,
    COMPONENT,
    NULL,
    ROOT,
    Place,
    Question,
    bits_of,
    extents_of,
    value_of,
)
from flowdesk.drivers.atspi.origins import Measure
from flowdesk.drivers.atspi.roles import ROLE_NAMES, State
from flowdesk.engine.ports import Obstacle
from flowdesk.model.geometry import Box, Point

Ask = Callable[[Sequence[Question]], list[Any]]
"""Asks questions and returns the bodies of the answers, None for what was refused."""

COMBO_BOX, DIALOG, FILLER, FRAME, INTERNAL_FRAME, LABEL, LIST = 11, 16, 20, 23, 28, 29, 31
MENU, MENU_BAR, PAGE_TAB, PAGE_TAB_LIST, PANEL, POPUP_MENU, SCROLL_BAR, SCROLL_PANE = 33, 34, 37, 38, 39, 41, 48, 49
TABLE, TOOL_TIP, TREE, TREE_TABLE, VIEWPORT, WINDOW, APPLICATION = 55, 64, 65, 66, 68, 69, 75
DOCUMENTS = frozenset({82, 92, 93, 94, 95, 96})

_FLOATING = frozenset({MENU, POPUP_MENU, COMBO_BOX, TOOL_TIP})
"""What stands in these may be shown outside of their boxes, in a window of its own."""

_IN_COMBO_BOX = frozenset({40, 43, 61, 62, 79})
"""Fields and buttons, which stand in a combo box itself and not in what it drops."""

_ROWS = frozenset({LIST, TABLE, TREE, TREE_TABLE, MENU, POPUP_MENU, MENU_BAR, PAGE_TAB_LIST})
"""What stands in these lies beside each other, never over each other."""

_NODES = frozenset({LABEL, 91})
"""Nodes of trees, in which other nodes stand that lie below them: labels in Swing, tree items elsewhere."""

_POPOVERS = frozenset({"GtkPopover", "GtkPopoverMenu", "GtkTooltip"})
"""What GTK 4 calls its popups, which are windows of their own."""

_DEEPEST = 60
_NOWHERE = 1 << 24
_BESIDE = 48
"""So many of the elements beside one are looked at: those that lie over all others come last (in Swing first)."""
_LISTED = 300
"""Up to so many elements in one are asked for at once."""


@dataclass(frozen=True, slots=True)
class Kin:
    """One element of a lineage."""

    place: Place
    role: int
    """Its number in AT-SPI."""
    states: int
    box: Box
    name: str = ""
    is_surface: bool = False
    """Whether it is a popup of GTK 4, a window of its own."""

    def has(self, state: State) -> bool:
        """Whether it is in a state."""
        return bool(self.states >> state & 1)

    @property
    def is_placed(self) -> bool:
        """Whether it tells a place."""
        box = self.box
        return not box.is_empty and abs(box.x) < _NOWHERE and abs(box.y) < _NOWHERE and box[:2] != (-1, -1)

    def described(self) -> str:
        """Return it as people read it: its kind and its name."""
        kind = ROLE_NAMES.get(self.role, "element").replace("_", " ")
        return f'{kind} "{self.name}"' if self.name else kind


def lineage(
    ask: Ask,
    place: Place,
    known: dict[Place, Place],
    measure: Callable[[Place], Measure],
    popups: Callable[[], Sequence[Box]] | None = None,
    *,
    has_left_places: bool = False,
) -> list[Kin]:
    """Return an element and what it stands in, innermost first, up to its window; empty when it is gone.

    Args:
        ask: Asks the accessibility bus.
        place: The element.
        known: Parents as they were read last; checked, and climbed anew where they no longer hold.
        measure: Tells of a window how its program measures.
        popups: Tells the popups that are open, where they are measured by themselves (GTK 4).
        has_left_places: Whether rows that are scrolled out keep the places that they had (see ``rows``).
    """
    chain = _guessed(place, known)
    told = _asked(ask, chain)
    if told is None:
        chain = _climbed(ask, place)
        told = _asked(ask, chain)
    if told is None:
        return []
    measures = [measure(chain[-1])] * len(chain)
    surface = None
    boxes = [box for _, _, box, _ in told]
    if has_left_places and rows.is_elsewhere(ask, chain, [role for role, *_ in told], boxes[0]):
        boxes[0] = (0, 0, 0, 0)
    if popups is not None and len(chain) > 1 and (shown := popups()):
        within = ((at, gtk4.popup_of(box, shown, measures[at])) for at, box in enumerate(boxes[:-1]))
        surface, inside = next(((at, one) for at, one in within if one is not None), (None, None))
        if surface is not None and inside is not None:
            measures[: surface + 1] = [inside] * (surface + 1)
    return [
        Kin(
            kin,
            role,
            states,
            placed(box, how),
            name,
            at == surface,
        )
        for at, (kin, (role, states, _, name), box, how) in enumerate(zip(chain, told, boxes, measures, strict=True))
    ]


def placed(told: Sequence[int], how: Measure) -> Box:
    """Return where an element is on the screen, of what it tells; as it tells it where that is nowhere."""
    box = (told[0], told[1], told[2], told[3])
    return Box(*how.box(box)) if box[2] > 0 and abs(box[0]) < _NOWHERE else Box(*box)


def _guessed(place: Place, known: dict[Place, Place]) -> list[Place]:
    chain = [place]
    while len(chain) < _DEEPEST and (parent := known.get(chain[-1])) is not None and parent[1] not in (ROOT, NULL):
        chain.append(parent)
    return chain


def _climbed(ask: Ask, place: Place) -> list[Place]:
    chain = [place]
    while len(chain) < _DEEPEST:
        (answer,) = ask([value_of(*chain[-1], ACCESSIBLE, "Parent")])
        if answer is None:
            break
        parent = (str(answer[0][1][0]), str(answer[0][1][1]))
        if parent[1] in (ROOT, NULL) or parent in chain:
            break
        chain.append(parent)
    return chain


_Told = tuple[int, int, tuple[int, int, int, int], str]


def _asked(ask: Ask, chain: Sequence[Place]) -> list[_Told] | None:
    """Return role, states, box and name of each; None when they do not stand in each other, or the first is gone."""
    questions = [
        question
        for place in chain
        for question in (
            Question(*place, ACCESSIBLE, "GetRole"),
            Question(*place, ACCESSIBLE, "GetState"),
            extents_of(*place),
            value_of(*place, ACCESSIBLE, "Name"),
            value_of(*place, ACCESSIBLE, "Parent"),
        )
    ]
    answers = ask(questions)
    told: list[_Told] = []
    for at in range(len(chain)):
        role, states, box, name, parent = answers[5 * at : 5 * at + 5]
        if role is None or states is None or parent is None:
            return None
        above = (str(parent[0][1][0]), str(parent[0][1][1]))
        is_end = above[1] in (ROOT, NULL)
        if (at + 1 < len(chain) and above != chain[at + 1]) or (at + 1 == len(chain) < _DEEPEST and not is_end):
            return None
        told.append((
            int(role[0]),
            bits_of(states),
            (int(box[0][0]), int(box[0][1]), int(box[0][2]), int(box[0][3])) if box else (0, 0, 0, 0),
            str(name[0][1]) if name else "",
        ))  # fmt: skip
    return told


def is_floating(chain: Sequence[Kin]) -> bool:
    """Whether an element is in a menu, a dropped list or a tooltip, which may be a window of its own."""
    if not chain:
        return False
    if chain[0].role in _IN_COMBO_BOX and len(chain) > 1 and chain[1].role == COMBO_BOX:
        return is_floating(chain[1:])
    return any(kin.role in _FLOATING or kin.is_surface for kin in chain[1:]) or chain[0].role in (POPUP_MENU, TOOL_TIP)


def _is_popover(kin: Kin) -> bool:
    return kin.is_surface or (kin.role == PANEL and kin.has(State.MODAL))


def around(chain: Sequence[Kin], *, is_page: bool, has_tops: bool = True) -> list[Kin]:
    """Return what cuts an element off where it does not hold it: what it stands in, up to a menu, a popover or the window.

    Args:
        chain: The element and what it stands in.
        is_page: Whether a browser shows it: there only pages and frames clip for sure, other boxes may be overflown.
        has_tops: Whether windows tell their places truly; dialogs of Swing do not.
    """
    holders = []
    for kin in chain[1:]:
        if kin.role in _FLOATING:
            break
        is_holding = (
            kin.role != PAGE_TAB and kin.role not in _NODES and (has_tops or kin.role not in (FRAME, DIALOG, WINDOW))
        )
        if (
            kin.is_placed
            and is_holding
            and (not is_page or kin.role in DOCUMENTS or kin.role in (INTERNAL_FRAME, FRAME))
        ):
            holders.append(kin)
        if _is_popover(kin):
            break
    return holders


def beside(ask: Ask, chain: Sequence[Kin], point: Point, how: Measure, toolkit: str) -> Obstacle | None:
    """Return what is drawn over an element at a point inside its window: of those beside it, and beside what it stands in.

    Args:
        ask: Asks the accessibility bus.
        chain: The element and what it stands in.
        point: Where, on the screen.
        how: How the program measures.
        toolkit: What the program is made with: in Swing the first child is drawn over the others, elsewhere the last.
    """
    is_first_on_top = is_swing(toolkit)
    shows = State.VISIBLE if toolkit == "gtk4" else State.SHOWING
    levels = []
    for kin, holder in itertools.pairwise(chain):
        if _is_popover(kin):
            break
        if holder.role not in _ROWS:
            levels.append((kin, holder))
        if holder.role in _FLOATING:
            break
    above = _above(ask, levels, is_first_on_top=is_first_on_top)
    family = {kin.place for kin in chain}
    over = _over(ask, [place for place in above if place not in family and place[1] != NULL], point, how, shows)
    return _obstacle(ask, over[-1], point, how, shows, is_first_on_top=is_first_on_top) if over else None


def _above(ask: Ask, levels: Sequence[tuple[Kin, Kin]], *, is_first_on_top: bool) -> list[Place]:
    """Return what is drawn after each of some elements in what it stands in."""
    counts = ask([value_of(*holder.place, ACCESSIBLE, "ChildCount") for _, holder in levels])
    sized = [
        (kin, holder, int(count[0][1]) if count else 0) for (kin, holder), count in zip(levels, counts, strict=True)
    ]
    few = [(kin, holder) for kin, holder, count in sized if count <= _LISTED]
    above: list[Place] = []
    for (kin, _), answer in zip(
        few, ask([Question(*holder.place, ACCESSIBLE, "GetChildren") for _, holder in few]), strict=True
    ):
        children = [(str(bus), str(path)) for bus, path in answer[0]] if answer else []
        if kin.place in children:
            at = children.index(kin.place)
            above += children[:at][:_BESIDE] if is_first_on_top else children[at + 1 :][-_BESIDE:]
    for kin, holder, count in sized:
        if count > _LISTED:
            above += _far_above(ask, kin, holder, count, is_first_on_top=is_first_on_top)
    return above


def _far_above(ask: Ask, kin: Kin, holder: Kin, count: int, *, is_first_on_top: bool) -> list[Place]:
    """Return, of very many elements, those that are drawn over all others."""
    (index,) = ask([Question(*kin.place, ACCESSIBLE, "GetIndexInParent")])
    at = int(index[0]) if index else -1
    if at < 0:
        return []
    wanted = range(min(at, _BESIDE)) if is_first_on_top else range(max(at + 1, count - _BESIDE), count)
    found = ask([Question(*holder.place, ACCESSIBLE, "GetChildAtIndex", "i", (number,)) for number in wanted])
    return [(str(child[0][0]), str(child[0][1])) for child in found if child]


def is_swing(toolkit: str) -> bool:
    """Whether a program is made with Swing, by the name of its toolkit."""
    return toolkit.startswith(("j2se", "java", "swing"))


def _over(ask: Ask, places: Sequence[Place], point: Point, how: Measure, shows: State) -> list[Kin]:
    """Return those of some elements that are shown at a point."""
    boxes = ask([extents_of(*place) for place in places])
    there = [
        (place, Box(*how.box(box[0])))
        for place, box in zip(places, boxes, strict=True)
        if box is not None and box[0][2] > 0 and Box(*how.box(box[0])).contains(point)
    ]
    questions = [
        question
        for place, _ in there
        for question in (
            Question(*place, ACCESSIBLE, "GetRole"),
            Question(*place, ACCESSIBLE, "GetState"),
            value_of(*place, ACCESSIBLE, "Name"),
        )
    ]
    answers = ask(questions)
    found = []
    for at, (place, box) in enumerate(there):
        role, states, name = answers[3 * at : 3 * at + 3]
        if role is None or states is None:
            continue
        kin = Kin(place, int(role[0]), bits_of(states), box, str(name[0][1]) if name else "")
        if kin.has(shows) and kin.role not in (WINDOW, FRAME, DIALOG) and kin.name not in _POPOVERS:
            found.append(kin)
    return found


def _obstacle(ask: Ask, kin: Kin, point: Point, how: Measure, shows: State, *, is_first_on_top: bool) -> Obstacle:
    """Return what covers, by the innermost part of it that has a name."""
    named = kin
    for _ in range(_DEEPEST):
        (answer,) = ask([Question(*kin.place, ACCESSIBLE, "GetChildren")])
        children = [(str(bus), str(path)) for bus, path in answer[0]] if answer else []
        over = _over(ask, children[:_BESIDE], point, how, shows)
        if not over:
            break
        kin = over[0] if is_first_on_top else over[-1]
        named = kin if kin.name else named
    return Obstacle("element", named.described(), named.box)


def at_point(ask: Ask, chain: Sequence[Kin], point: Point, settle: Callable[[], object]) -> Obstacle | None:
    """Return what a browser shows at a point in place of an element; its first answer is a guess, the second is true."""
    _deepest(ask, chain[-1].place, point)
    settle()
    hit = _deepest(ask, chain[-1].place, point)
    if hit is None:
        return None
    above = _climbed(ask, hit)
    target = chain[0].place
    if target in above:
        return None
    told = _asked(ask, above)
    if told is None:
        return None
    role, states, box, name = told[0]
    is_around = any(kin.place == hit for kin in chain)
    if is_around and (chain[0].role in _TEXTS or states >> State.FOCUSABLE & 1 or role == LABEL):
        return None  # a word of a link, a box inside its label
    if _is_labelled(ask, target, above):
        return None
    covering = next(
        (Kin(place, one[0], one[1], Box(*one[2]), one[3]) for place, one in zip(above, told, strict=True) if one[3]),
        Kin(hit, role, states, Box(*box), name),
    )
    return Obstacle("element", covering.described(), covering.box)


def picked(ask: Ask, chain: Sequence[Kin], point: Point, how: Measure) -> tuple[bool, Obstacle | None]:
    """Return whether a program of GTK 4 tells what it shows at a point, and what that is in place of an element.

    Pages that are not in front keep their places and count as shown, so that boxes tell nothing of what lies over what.
    """
    (told,) = ask([extents_of(*chain[0].place)])
    if told is None or not chain[0].is_placed:
        return False, None
    inner = [round((at - begin) / (how.scale or 1.0)) for at, begin in zip(point, chain[0].box[:2], strict=True)]
    x, y = int(told[0][0]) + inner[0], int(told[0][1]) + inner[1]
    top = next((kin for kin in chain if kin.is_surface), chain[-1])
    (answer,) = ask([Question(*top.place, COMPONENT, "GetAccessibleAtPoint", "iiu", (x, y, 1))])
    if answer is None or str(answer[0][1]) == NULL:
        return False, None
    hit = (str(answer[0][0]), str(answer[0][1]))
    above = _climbed(ask, hit)
    target = chain[0].place
    if target in above or any(kin.place == hit for kin in chain) or _is_labelled(ask, target, above):
        return True, None
    seen = _asked(ask, above)
    if seen is None:
        return False, None
    covering = next(
        (Kin(place, one[0], one[1], Box(*one[2]), one[3]) for place, one in zip(above, seen, strict=True) if one[3]),
        Kin(hit, seen[0][0], seen[0][1], Box(*seen[0][2])),
    )
    return True, Obstacle("element", covering.described(), Box(*how.box(covering.box)))


_TEXTS = frozenset({LABEL, 61, 81, 116})
_LABELLED_BY = 2


def _deepest(ask: Ask, place: Place, point: Point) -> Place | None:
    """Follow what lies at a point down until it stays the same."""
    hit: Place | None = None
    for _ in range(_DEEPEST):
        (answer,) = ask([Question(*place, COMPONENT, "GetAccessibleAtPoint", "iiu", (*point, 0))])
        if answer is None or str(answer[0][1]) == NULL:
            break
        below = (str(answer[0][0]), str(answer[0][1]))
        if below in (place, hit):
            break
        hit = place = below
    return hit


def _is_labelled(ask: Ask, target: Place, labels: Sequence[Place]) -> bool:
    """Whether one of some elements is the label of a target."""
    (answer,) = ask([Question(*target, ACCESSIBLE, "GetRelationSet")])
    return answer is not None and any(
        int(kind) == _LABELLED_BY and any((str(bus), str(path)) in labels for bus, path in targets)
        for kind, targets in answer[0]
    )
