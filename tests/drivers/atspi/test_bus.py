"""The order of a tree that was read depth by depth, and the names of roles."""

from flowdesk.drivers.atspi.bus import role_name
from flowdesk.drivers.atspi.roles import State
from flowdesk.drivers.atspi.walk import _in_order

TOP, A, B, C, D = (("bus", name) for name in ("top", "a", "b", "c", "d"))


def test_a_tree_is_told_from_top_to_bottom_without_what_is_hidden() -> None:
    below = {TOP: [A, D], A: [B, C], B: [], D: [A]}
    assert list(_in_order(TOP, below, {A: A, B: A, C: A, D: D})) == [A, B, C, D]
    assert list(_in_order(TOP, below, {A: A, C: A, D: D})) == [A, C, D]


def test_that_a_field_holds_lines_decides_about_its_role() -> None:
    lines = 1 << State.MULTI_LINE
    assert role_name("text", 61, 0) == "text_field"
    assert role_name("entry", 79, lines) == "text_area"
    assert role_name("a kind of its own", 43, lines) == "button"
    assert role_name("a kind of its own", 9999, 0) == "unknown"
