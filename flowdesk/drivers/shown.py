"""Element selectors of one part (``button[name='OK']``, and several between commas) on elements that were read. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from flowdesk.drivers.atspi.bus import Shown
from flowdesk.drivers.atspi.roles import State

_PART = re.compile(r"\s*(\*|[a-z_]+)?((?:\[[a-z_]+[*^$]?=(?:'[^']*'|\"[^\"]*\")\])*)\s*(,|$)")
_FILTER = re.compile(r"\[([a-z_]+)([*^$]?=)(?:'([^']*)'|\"([^\"]*)\")\]")
_NUMBERED = re.compile(r"(.*):nth\((\d+)\)\s*", re.DOTALL)

CHECKABLE = frozenset({"check_box", "radio_button", "menu_item", "switch"})
"""Roles that are checked or not."""

_STATES = {
    "active": State.ACTIVE,
    "busy": State.BUSY,
    "editable": State.EDITABLE,
    "focusable": State.FOCUSABLE,
    "focused": State.FOCUSED,
    "modal": State.MODAL,
    "required": State.REQUIRED,
    "selected": State.SELECTED,
}
_ATTRIBUTES = frozenset({"name", "value", "role", "checked", "enabled", "visible", "expanded"}) | _STATES.keys()


@dataclass(frozen=True, slots=True)
class Part:
    """What one element must be: its role (None: any) and its attributes."""

    role: str | None
    filters: tuple[tuple[str, str, str], ...]
    """Attribute, operator, value."""

    def fits(self, element: Shown) -> bool:
        """Whether an element is so."""
        if self.role is not None and element.role != self.role:
            return False
        return all(self._agrees(element, *wanted) for wanted in self.filters)

    def _agrees(self, element: Shown, name: str, operator: str, wanted: str) -> bool:
        if _agrees(attribute(element, name), operator, wanted):
            return True
        # A combo box is also found by what is chosen in it, as toolkits name it.
        return name == "name" and element.role == "combo_box" and _agrees(element.value, operator, wanted)


def parts_of(css: str) -> tuple[Part, ...] | None:
    """Return the parts of a selector, any of which may fit; None when it is more than single parts."""
    parts: list[Part] = []
    at = 0
    while True:
        match = _PART.match(css, at)
        if match is None or not (match[1] or match[2]):
            return None
        filters = tuple((name, operator, one or other) for name, operator, one, other in _FILTER.findall(match[2]))
        if any(name not in _ATTRIBUTES for name, _, _ in filters):
            return None
        parts.append(Part(None if match[1] in (None, "*") else match[1], filters))
        at = match.end()
        if not match[3]:
            return tuple(parts)


def numbered(css: str) -> tuple[str, int]:
    """Return a selector of one part without its ``:nth(n)``, and the number; any other as it is, and 0."""
    match = _NUMBERED.fullmatch(css)
    parts = parts_of(match[1]) if match else None
    return (match[1], int(match[2])) if match and parts is not None and len(parts) == 1 else (css, 0)


def roles_of(parts: tuple[Part, ...]) -> frozenset[str] | None:
    """Return the roles that can fit; None: any."""
    roles = [part.role for part in parts]
    return None if None in roles else frozenset(role for role in roles if role is not None)


def names_of(parts: tuple[Part, ...]) -> Callable[[str], bool] | None:
    """Return what tells of a name whether one of the parts may fit an element that is called so; None: any name may."""
    filters = [[(operator, value) for name, operator, value in part.filters if name == "name"] for part in parts]
    if not all(filters):
        return None
    return lambda name: any(all(_agrees(name.strip(), *rule) for rule in rules) for rules in filters)


def texts_of(parts: tuple[Part, ...]) -> Callable[[str], bool] | None:
    """Return what tells of a name whether it is a text that is looked for in names and values alike; None: nothing so simple is."""
    kinds = [{name for name, _, _ in part.filters} for part in parts]
    if {"name"} not in kinds or not all(kind in ({"name"}, {"value"}) for kind in kinds):
        return None
    return names_of(tuple(part for part, kind in zip(parts, kinds, strict=True) if kind == {"name"}))


def attribute(element: Shown, name: str) -> str | None:
    """Return an attribute as selectors write it; None where the element has none."""
    states = element.states
    if name in ("name", "role", "value"):
        return str(getattr(element, name) or "") or None
    if name == "checked":
        if element.role not in CHECKABLE:
            return None
        return "mixed" if states >> State.INDETERMINATE & 1 else "on" if states >> State.CHECKED & 1 else "off"
    if name == "expanded":
        return _said(states >> State.EXPANDED & 1) if states >> State.EXPANDABLE & 1 else None
    if name == "enabled":
        return _said(is_enabled(element))
    if name == "visible":
        return _said(True)
    return _said(states >> _STATES[name] & 1)


def is_enabled(element: Shown) -> bool:
    """Whether an element takes input."""
    return bool(element.states >> State.ENABLED & 1 or element.states >> State.SENSITIVE & 1)


def _said(flag: int) -> str:
    return "true" if flag else "false"


def _agrees(actual: str | None, operator: str, wanted: str) -> bool:
    if actual is None:
        return False
    if operator == "=":
        return actual == wanted
    actual, wanted = actual.lower(), wanted.lower()
    if operator == "*=":
        return wanted in actual
    return actual.startswith(wanted) if operator == "^=" else actual.endswith(wanted)
