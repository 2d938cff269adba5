"""Which field a label names where no program says so: the one beside it or under it, as people read forms. Blocks.

Most toolkits let a form be drawn without telling which label belongs to which field. A person takes the field to the right of the label in
its row, else the one right under it; of several labels the nearest to a field names it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flowdesk.drivers import elements
from flowdesk.drivers.elements import Application, Found
from flowdesk.model.arrival import FIELD_ROLES
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.geometry import Box, Point

ROLES = frozenset({"combo_box", "slider", "spin_button", "text_area", "text_field"})
"""What people label from beside or above."""

_SIDE = 16
"""So many times its own height a label may be away from its field, beside it."""

_UNDER = 1.5
"""The same under it."""

_TOUCH = 4
"""Pixels by which boxes may overlap and still lie beside each other."""

_NAMED = re.compile(r"\s*(?P<role>[a-z_]+)\[name=(?P<quote>['\"])(?P<name>(?:(?!(?P=quote)).)*)(?P=quote)\]\s*")

_FIELDS = ", ".join(sorted(ROLES))


def by_label(css: str, apps: Sequence[Application]) -> list[Found]:
    """Return the fields that an element selector such as ``text_field[name='E-mail']`` means by the label that stands at them.

    Raises:
        MissingPiece, DesktopUnavailable, ElementsUnanswered: If elements cannot be read.
    """
    asked = _NAMED.fullmatch(css)
    if asked is None or asked["role"] not in ROLES or not (name := called(asked["name"])):
        return []
    quote = asked["quote"]
    written = elements.find(f"static_text[name^={quote}{name}{quote}]", apps)
    if not any(called(one.state.name) == name for one in written):
        return []
    found = []
    for form in _forms(apps):
        for label in form.labels:
            field = form.field_of(label) if called(label.state.name) == name else None
            meant = (field, form.fields[field]) if field is not None else ()
            fitting = [one for one in meant if one is not None and _is_kin(one.state.role, asked["role"])]
            found += [replace(one, state=replace(one.state, name=name)) for one in fitting[:1]]
    return found


def field_at(point: Point, app: Application) -> Found | None:
    """Return the field of a program that lies at a point and takes text."""
    try:
        shown = elements.find(", ".join(sorted(FIELD_ROLES)), [app])
    except FlowdeskError:
        return None
    here = [one for one in shown if one.state.is_editable and one.state.is_enabled and one.box.contains(point)]
    return min(here, key=lambda one: one.box.width * one.box.height, default=None)


def field_of(label: Box, place: tuple[str, str] | None, apps: Sequence[Application]) -> Found | None:
    """Return the field that a label names: an element, or what was read in a box; None for what is no label.

    Raises:
        MissingPiece, DesktopUnavailable, ElementsUnanswered: If elements cannot be read.
    """
    for form in _forms(apps):
        for own in form.labels:
            if own.place == place or (place is None and own.box.contains(label.center)):
                return form.field_of(own)
    return None


def called(text: str) -> str:
    """Return what a label calls its field: without the colon or the mark of a field that must be filled."""
    return " ".join(text.split()).rstrip(":：*＊ ").strip()


@dataclass(frozen=True)
class Form:
    """The labels of a window, and its fields; of combo and spin boxes with the field in them that is written to."""

    labels: list[Found]
    fields: dict[Found, Found | None]

    def field_of(self, label: Found) -> Found | None:
        """Return the field at a label, unless another label is nearer to it."""
        for apart in (_beside, _under):
            near = [(gap, field) for field in self.fields if (gap := apart(label.box, field.box)) is not None]
            if not near:
                continue
            distance, field = min(near, key=lambda one: one[0])
            others = [apart(other.box, field.box) for other in self.labels if other is not label]
            if not any(other is not None and other < distance for other in others):
                return field
        return None


def _forms(apps: Sequence[Application]) -> list[Form]:
    """Return what the windows of some programs show of forms."""
    found = elements.find(f"static_text, {_FIELDS}", apps)
    tops = elements.tops([one.place for one in found])
    windows: dict[object, list[Found]] = {}
    for one, top in zip(found, tops, strict=True):
        windows.setdefault(top.place if top is not None else one.pid, []).append(one)
    return [form_of(shown) for shown in windows.values()]


def form_of(shown: Sequence[Found]) -> Form:
    """Return the labels and fields among what a window shows."""
    fields = [one for one in shown if one.state.role in ROLES]
    labels = [one for one in shown if one.state.role == "static_text" and called(one.state.name)]
    # What is written in a field is no label, and a field in a combo box is that combo box.
    labels = [one for one in labels if not any(field.box.contains(one.box.center) for field in fields)]
    boxes = [one for one in fields if one.state.role in ("combo_box", "spin_button")]
    around = {
        one: next((box for box in boxes if box is not one and box.box.contains(one.box.center)), None) for one in fields
    }
    written = {box: one for one, box in around.items() if box is not None}
    return Form(labels, {one: written.get(one) for one, box in around.items() if box is None})


def _beside(label: Box, field: Box) -> int | None:
    """Return how far a field lies to the right of a label in its row; None where it does not."""
    gap = field.x - label.right
    is_in_row = field.y <= label.center.y < field.bottom
    return gap if is_in_row and -_TOUCH <= gap <= _SIDE * label.height else None


def _under(label: Box, field: Box) -> int | None:
    """Return how far a field lies under a label; None where it does not."""
    gap = field.y - label.bottom
    starts = abs(field.x - label.x) <= 2 * label.height or field.x <= label.center.x < field.right
    return gap if starts and -_TOUCH <= gap <= _UNDER * label.height else None


def _is_kin(role: str, asked: str) -> bool:
    return role == asked or (asked, role) == ("text_field", "text_area")
