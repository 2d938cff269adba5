"""Element selectors on elements that were read: what fits, and which selectors are left to the walk."""

import pytest

from flowdesk.drivers.atspi.bus import Shown
from flowdesk.drivers.atspi.roles import ROLE_NAMES, ROLE_WORDS, State
from flowdesk.drivers.shown import Part, attribute, numbered, parts_of, roles_of
from flowdesk.model.css import ROLES


def element(role: str = "button", name: str = "OK", value: str | None = None, *states: State) -> Shown:
    return Shown(role, name, value, sum(1 << state for state in states), (0, 0, 10, 10))


def test_every_role_is_one_that_selectors_know() -> None:
    assert set(ROLE_NAMES.values()) == set(ROLE_WORDS.values())
    assert set(ROLE_NAMES.values()) <= ROLES


@pytest.mark.parametrize(
    ("css", "parts"),
    [
        ("button", (Part("button", ()),)),
        ("*", (Part(None, ()),)),
        ("[name='确定']", (Part(None, (("name", "=", "确定"),)),)),
        ("button[name=\"it's\"][enabled='true']", (Part("button", (("name", "=", "it's"), ("enabled", "=", "true"))),)),
        ("text_field , text_area", (Part("text_field", ()), Part("text_area", ()))),
        ("[name*='a, b > c']", (Part(None, (("name", "*=", "a, b > c"),)),)),
    ],
)
def test_selectors_of_single_parts_are_understood(css: str, parts: tuple[Part, ...]) -> None:
    assert parts_of(css) == parts


@pytest.mark.parametrize(
    "css", ["window > button", "group button", "button:nth(2)", "[stable_id='x']", "[name=x]", "", "a,"]
)
def test_others_are_left_to_the_walk(css: str) -> None:
    assert parts_of(css) is None


@pytest.mark.parametrize(
    ("css", "expected"),
    [
        ("button:nth(2)", ("button", 2)),
        ("button[name='a:nth(1)']:nth(12) ", ("button[name='a:nth(1)']", 12)),
        ("button", ("button", 0)),
        ("group > button:nth(2)", ("group > button:nth(2)", 0)),
        ("button, link:nth(2)", ("button, link:nth(2)", 0)),
        ("button:nth(1) > link", ("button:nth(1) > link", 0)),
    ],
)
def test_the_number_of_a_single_part_is_taken_off(css: str, expected: tuple[str, int]) -> None:
    assert numbered(css) == expected


@pytest.mark.parametrize(
    ("css", "fits"),
    [
        ("button", True),
        ("check_box", False),
        ("[name='OK']", True),
        ("[name='ok']", False),
        ("[name*='k']", True),
        ("[name^='o']", True),
        ("[name$='x']", False),
        ("[value='x']", False),
        ("[enabled='true'][focused='false']", True),
        ("[checked='off']", False),
        ("[expanded='false']", False),
        ("[visible='true']", True),
        ("link, button", True),
    ],
)
def test_what_fits(css: str, fits: bool) -> None:
    parts = parts_of(css)
    assert parts is not None
    assert any(part.fits(element("button", "OK", None, State.ENABLED)) for part in parts) is fits


def test_checked_and_expanded_are_told_where_they_mean_something() -> None:
    assert attribute(element("check_box", "", None, State.CHECKED), "checked") == "on"
    assert attribute(element("switch"), "checked") == "off"
    assert attribute(element("check_box", "", None, State.INDETERMINATE), "checked") == "mixed"
    assert attribute(element("menu", "", None, State.EXPANDABLE, State.EXPANDED), "expanded") == "true"


def test_roles_narrow_what_is_read() -> None:
    assert roles_of(parts_of("button, link[name='x']") or ()) == frozenset({"button", "link"})
    assert roles_of(parts_of("button, [name='x']") or ()) is None
