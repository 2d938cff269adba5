"""Selectors that may stand for a picked place, before any of them is tried. Pure.

What makes a selector last: it says what a person would say (the name on a button), nothing that changes by itself (the
title of a document, a count in brackets, the place in the window), and no more than it needs to be the only one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from flowdesk.engine.ports import Element, TextLine, Window
from flowdesk.model.geometry import Box, Point
from flowdesk.model.parts import entry_name
from flowdesk.model.selector import format_selector
from flowdesk.model.target import ElementState, Relation, Spot, Step
from flowdesk.protocol.lookreplies import ProposedNode

Kind = Literal["element", "text", "image", "relative", "point"]

ACTIONABLE = frozenset({
    "button", "check_box", "combo_box", "link", "list_item", "menu_item", "radio_button", "slider", "spin_button",
    "switch", "tab", "table_cell", "text_area", "text_field", "tree_item",
})  # fmt: skip
"""What a person acts on; the label or the picture inside it is not what was meant."""

FIELDS = frozenset({"text_field", "text_area", "combo_box", "spin_button", "slider"})
"""Elements whose text is what someone typed, not what they are."""

_LINES = frozenset({"text_field", "spin_button"})
_STATED = frozenset({"check_box", "combo_box", "menu_item", "radio_button", "switch", "tab"})
"""Elements of which a person means a state, not a click."""
_INNER = frozenset({"static_text", "image", "unknown", "group", "heading"})
_LANDMARKS = frozenset({"dialog", "group", "table_row", "toolbar", "tab_group", "list", "navigation", "web_area"})
_LONGEST = 60
_NEXT_TO = 400
"""Pixels from which a label no longer says what a thing is."""
_SHARED = 0.8

_SEPARATOR = re.compile(r"\s+[-–—|·]\s+|:\s+")
_CHANGING = re.compile(r"\d|^[*•●]|\*$|[/\\]|\.\w{2,4}\b")
"""Numbers, marks of unsaved changes, paths and file names: what a title shows today and not tomorrow."""
_NUMBERS = re.compile(r"\d+(?:[.,:-]\d+)*")
_ANY_NUMBER = r"\d[\d.,:-]*"
_WORD = re.compile(r"[^\W\d_]{2,}")
_SPECIAL = re.compile(r"[.^$*+?{}\[\]\\|()]")
_ESCAPED = r"\\\g<0>"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A selector worth trying."""

    selector: str
    kind: Kind
    score: float
    """How well it will last (0 to 1), if it is unique."""
    picture: bytes | None = None
    """PNG of an ``image`` proposal; its selector names ``name``."""
    name: str = ""


def meant(path: Sequence[Element], level: int | None) -> Element | None:
    """Return the element of a path (innermost first) that a click on it means: the button, not the text on it.

    Args:
        path: From ``Eyes.elements_at``.
        level: The index in the path that a person chose; ``None`` lets the path speak.
    """
    if not path:
        return None
    if level is not None:
        return path[min(level, len(path) - 1)]
    inner = path[0]
    if inner.state.role in _INNER:
        for outer in path[1:4]:
            if outer.state.role in ACTIONABLE and _area(outer.box) <= 12 * _area(inner.box):
                return outer
    return inner


def fitting(path: Sequence[Element], box: Box) -> Element | None:
    """Return the element that a drawn box encloses: the one whose box is most like it; ``None`` if none is."""
    best = max(path, key=lambda element: shared(element.box, box), default=None)
    return best if best is not None and shared(best.box, box) > 0.5 else None


def shared(one: Box, other: Box) -> float:
    """Return which part (0 to 1) of all that two boxes cover they share."""
    both = _area(one.intersection(other))
    return both / max(1, _area(one) + _area(other) - both)


def is_volatile(text: str) -> bool:
    """Whether a name or a title says something that changes by itself."""
    return bool(_CHANGING.search(text))


def stable_title(title: str) -> str:
    """Return the part of a window's title that stays: ``Mousepad`` of ``*Untitled 1 - Mousepad``; ``""`` if there is none."""
    parts = [part.strip() for part in _SEPARATOR.split(title)]
    steady = [part for part in parts if len(part) > 1 and not is_volatile(part)]
    if len(parts) == 1:
        return title if steady and len(title) <= _LONGEST else ""
    return steady[-1] if steady else ""


def title_pattern(title: str) -> str:
    """Return a regular expression for a title of which only numbers change, as in ``Invoice 2026-118``.

    ``""`` where nothing else would be left, or the title is a path.
    """
    core = title.lstrip("*•● ")
    if len(core) > _LONGEST or not core.isprintable() or "/" in core or ">>" in core or not _WORD.search(core):
        return ""
    texts = _NUMBERS.split(core)
    if len(texts) == 1:
        return ""
    marks = "" if core == title else r"[*•● ]*"
    return f"^{marks}{_ANY_NUMBER.join(_SPECIAL.sub(_ESCAPED, text) for text in texts)}$"


def scopes(window: Window, windows: Sequence[Window]) -> list[tuple[tuple[Step, ...], float]]:
    """Return ways to name a window, the best first, with what each costs."""
    app = (Step("app", window.app),) if window.app.strip() else ()
    title = stable_title(window.title)
    pattern = "" if title else title_pattern(window.title)
    named = (Step("window", title),) if title else ()
    if pattern:
        named = (Step("window", pattern, is_regex=True),)
    elif window.title and not named:
        named = (Step("window", window.title, exact=True),)
    title_cost = 0.02 if title == window.title else 0.05 if title else 0.12 if pattern else 0.3
    siblings = [other for other in windows if other.app == window.app and other.id != window.id]
    ways: list[tuple[tuple[Step, ...], float]] = []
    if app and not siblings:
        ways.append((app, 0.0))
    if named:
        ways.append(((*app, *named), title_cost))
    if app and siblings:
        ways.append((app, 0.1))
    return ways or [((), 0.2)]


def bodies(state: ElementState, parents: Sequence[ElementState] = ()) -> list[tuple[str, float]]:
    """Return element selectors for an element, the best first, with what each costs.

    Args:
        state: The element.
        parents: The elements around it, innermost first.
    """
    own = list(_named(state))
    landmark = next((outer for outer in parents if outer.role in _LANDMARKS and _is_sayable(called(outer))), None)
    inside: list[tuple[str, float]] = []
    if landmark is not None:
        (around, cost), *_ = _named(landmark)
        inside = [(f"{around} {body}", more + cost + 0.08) for body, more in own]
    bare = [(state.role, 0.25)] if state.role not in {"", "unknown", "group"} else []
    if not own and landmark is not None and bare:
        inside = [(f"{next(_named(landmark))[0]} {state.role}", 0.23)]
    return own + inside + ([] if own else bare)


def called(state: ElementState) -> str:
    """Return an element's own name; ``""`` where it only repeats what is chosen in it, as Qt's combo boxes do."""
    is_value = state.role in FIELDS and (state.value == state.name or (state.role == "combo_box" and not state.value))
    return "" if is_value else state.name


def _is_sayable(name: str) -> bool:
    return bool(name) and len(name) <= _LONGEST and name.isprintable() and not ("'" in name and '"' in name)


def _named(state: ElementState) -> Iterator[tuple[str, float]]:
    name = called(state)
    if not _is_sayable(name):
        return
    quote = '"' if "'" in name else "'"
    head, tail = _steady(name)
    begins, ends = f"[name^={quote}{head}{quote}]", f"[name$={quote}{tail}{quote}]"
    if head and tail:
        yield f"{state.role}{begins}{ends}", 0.07
    if head or tail:
        yield f"{state.role}{begins if head else ends}", 0.08
    cost = 0.12 if is_volatile(name) else 0.0
    yield f"{state.role}[name={quote}{name}{quote}]", cost + len(name) / 1000


def _steady(name: str) -> tuple[str, str]:
    """Return how a name begins and ends around the numbers in it, where that says something; ``""`` where it does not.

    ``Inbox (3)`` begins with ``Inbox``, ``3 unread`` ends with ``unread``, ``Page 2 of 10 pages`` does both. What stands for something
    that is put into a text, as pages have it for a list in its own label, is no part of the name either.
    """
    texts = re.split(r"[(\[]?\d[\d.,:/-]*[)\]]?|\ufffc", name)
    if len(texts) == 1:
        return "", ""
    head, tail = texts[0].rstrip(" :#-(["), texts[-1].lstrip(" :#-)]")
    return head if _says_much(head) else "", tail if _says_much(tail) else ""


def _says_much(text: str) -> bool:
    """Whether a part of a name is enough to know it by: two characters of Chinese say as much as three letters."""
    return bool(_WORD.search(text)) and (len(text) > 2 or not text.isascii())


def elements(
    element: Element, parents: Sequence[Element], ways: Sequence[tuple[tuple[Step, ...], float]]
) -> list[Proposal]:
    """Return the element proposals, the best first."""
    states = [outer.state for outer in parents]
    found = [
        Proposal(format_selector((*scope, Step("element", body))), "element", 1.0 - cost - more)
        for scope, cost in ways
        for body, more in bodies(element.state, states)
    ]
    return sorted(found, key=lambda proposal: -proposal.score)


def relatives(element: Element, labels: Sequence[Spot], scope: tuple[Step, ...]) -> list[Proposal]:
    """Return proposals that say beside which label an element is, nearest first, at most three."""
    body = next(iter(_named(element.state)), (element.state.role, 0.0))[0] if element.state.role not in FIELDS else None
    body = body or element.state.role
    near: list[tuple[float, str, Relation]] = []
    for label in labels:
        text = (label.text or "").strip()
        if not text or not _is_sayable(text) or label.box == element.box or shared(label.box, element.box) > _SHARED:
            continue
        side = _side(label.box, element.box)
        if side is not None:
            near.append((side[1], text, side[0]))
    found = []
    for distance, text, relation in sorted(near)[:3]:
        cost = distance / 2000 + (0.1 if is_volatile(text) else 0.0)
        steps = (*scope, Step("text", text, exact=True), Step("element", body, relation=relation))
        found.append(Proposal(format_selector(steps), "relative", 0.8 - cost))
    return found


def _side(label: Box, box: Box) -> tuple[Relation, float] | None:
    """Return on which side of a label a box lies, and how far away; labels stand before or above what they name."""
    if min(label.bottom, box.bottom) - max(label.y, box.y) > 0:
        apart = box.x - label.right
        if -2 <= apart <= _NEXT_TO:
            return "right-of", float(max(0, apart))
        apart = label.x - box.right
        return ("left-of", apart + 120.0) if -2 <= apart <= _NEXT_TO // 4 else None
    if min(label.right, box.right) - max(label.x, box.x) > 0:
        apart = box.y - label.bottom
        return ("below", apart + 100.0) if -2 <= apart <= _NEXT_TO // 4 else None
    return None


def texts(text: str, scope: tuple[Step, ...], *, is_read: bool) -> list[Proposal]:
    """Return text proposals for what is written there. ``is_read``: by OCR, which may err."""
    text = " ".join(text.split())
    if not text or len(text) > _LONGEST or not text.isprintable() or not any(letter.isalnum() for letter in text):
        return []
    score = (0.6 if is_read else 0.75) - (0.1 if is_volatile(text) else 0.0) - (0.1 if len(text) < 3 else 0.0)
    if pattern := title_pattern(text):
        lasting = Proposal(format_selector((*scope, Step("text", pattern, is_regex=True))), "text", score + 0.05)
        return [lasting, Proposal(format_selector((*scope, Step("text", text, exact=True))), "text", score)]
    exact = Proposal(format_selector((*scope, Step("text", text, exact=True))), "text", score)
    if not any(sign in text for sign in ">>/\"'") and is_read:
        return [Proposal(format_selector((*scope, Step("text", text))), "text", score), exact]
    return [exact]


def labels_beside(at: Point, lines: Sequence[TextLine]) -> list[TextLine]:
    """Return the labels among lines that were read which may say what is at a point, the nearest first."""
    near: list[tuple[float, TextLine]] = []
    for line in lines:
        text = " ".join(line.text.split())
        is_label = _is_sayable(text) and not is_volatile(text) and not any(sign in text for sign in ">/\"'")
        side = _side(line.box, Box(at.x, at.y, 1, 1))
        if is_label and side is not None and not line.box.contains(at) and _WORD.search(text):
            near.append((side[1], TextLine(text, line.box)))
    return [line for _, line in sorted(near, key=lambda pair: pair[0])]


def beside(at: Point, label: tuple[Step, ...], box: Box) -> Proposal:
    """Return the place of a point beside a label: as far from it as it is now, counted in the label's own size, which grows with the letters."""
    apart = max(at.x - box.right, box.x - at.x, at.y - box.bottom, box.y - at.y, 0)
    body = f"{_percent(at.x - box.x, box.width)},{_percent(at.y - box.y, box.height)}"
    return Proposal(format_selector((*label, Step("point", body))), "relative", 0.58 - apart / 4000)


def _percent(part: int, whole: int) -> str:
    return f"{part / max(1, whole - 1) * 100:.1f}".removesuffix(".0") + "%"


def point(at: Point, window: Window | None, ways: Sequence[tuple[tuple[Step, ...], float]], screen: Box) -> Proposal:
    """Return the place itself: in percent of the window, or of the screen where there is no window."""
    scope, box = (ways[0][0], window.box) if window is not None else ((), screen)
    visible = box.intersection(screen)
    across = (at.x - visible.x) / max(1, visible.width - 1) * 100
    down = (at.y - visible.y) / max(1, visible.height - 1) * 100
    body = f"{across:.2f}".rstrip("0").rstrip(".") + "%," + f"{down:.2f}".rstrip("0").rstrip(".") + "%"
    return Proposal(format_selector((*scope, Step("point", body))), "point", 0.2)


def picture_name(text: str) -> str:
    """Return a file name for a picture of something called so."""
    words = re.sub(r"[^\w]+", "-", text.strip().lower()).strip("-")[:30].strip("-")
    return f"{words or 'target'}.png"


def _area(box: Box) -> int:
    return max(0, box.width) * max(0, box.height)


def step_for(element: Element | None, path: Sequence[Element], scope: tuple[Step, ...] = ()) -> ProposedNode | None:
    """Return the node that says what a person means by an element better than a click: its ``type`` and what is known of its ``config``.

    None where a click says it all. A line of text is filled in anew, as a person does who fills in a form; what stands
    in a larger area may be a whole document, and stays.

    Args:
        element: The element that is meant.
        path: The elements at its point, innermost first.
        scope: How its window is named.
    """
    role = element.state.role if element is not None else ""
    if role in _LINES:
        return {"type": "input", "config": {"clearFirst": True}}
    if element is None or role not in _STATED:
        return None
    if role == "menu_item":
        names = [one.state.name for one in reversed(path) if one.state.role in ("menu_item", "menu") and one.state.name]
        window = {"selector": format_selector(scope)} if scope else {}
        return {
            "type": "menu",
            "config": {**window, "path": [entry_name(name) for name in names or [element.state.name]]},
        }
    if role == "combo_box":
        return {"type": "choose", "config": {}}
    if role == "tab":
        return {"type": "choose", "config": {"option": element.state.name}}
    is_on = element.state.is_checked
    return {"type": "check", "config": {"state": "off" if is_on and role != "radio_button" else "on"}}
