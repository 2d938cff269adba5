"""What Swing and pages draw inside of their window lies where it is seen, over what was there before."""

from flowdesk.drivers.elements import Found
from flowdesk.drivers.observing.drawn import drawn_popups, placed
from flowdesk.drivers.observing.moments import path_at
from flowdesk.model.geometry import Box, Point
from flowdesk.model.target import ElementState

# As JDK 17 tells a window with its File menu open, a list of a combo box beside it.
TOLD = (
    ("window", "", "group", "", Box(1, 20, 698, 495)),
    ("panel", "window", "group", "", Box(1, 39, 113, 100)),
    ("popup", "panel", "menu", "", Box(1, 39, 113, 100)),
    ("bar", "window", "menu_bar", "", Box(1, 20, 698, 21)),
    ("file", "bar", "menu_item", "File", Box(1, 20, 37, 19)),
    ("new", "file", "menu_item", "New", Box(2, 23, 111, 19)),
    ("save", "file", "menu_item", "Save", Box(2, 42, 111, 19)),
    ("save as", "file", "menu_item", "Save As…", Box(2, 61, 111, 19)),
    ("print", "file", "menu_item", "Print", Box(2, 80, 111, 19)),
    ("recent", "file", "menu_item", "Open Recent", Box(2, 99, 111, 19)),
    ("list panel", "window", "group", "", Box(352, 330, 343, 53)),
    ("list popup", "list panel", "menu", "", Box(352, 246, 343, 53)),
    ("list", "list popup", "list", "", Box(353, 331, 341, 51)),
    ("paris", "list", "static_text", "Paris", Box(353, 348, 341, 17)),
    ("tab", "window", "tab", "Form", Box(3, 43, 56, 18)),
)
PARENTS = {("app", one): ("app", parent) for one, parent, *_ in TOLD}
FOUND = tuple(Found(box, ElementState(role, name), 1, "app", ("app", one)) for one, _, role, name, box in TOLD)


def names_at(x: int, y: int) -> list[str]:
    """Return what lies at a point, innermost first."""
    drawn = drawn_popups(FOUND, PARENTS)
    popup = next((box for box in drawn.values() if box.contains(Point(x, y))), None)
    found = placed(FOUND, PARENTS, drawn, ())
    return [one.place[1] for one in path_at(Point(x, y), found, PARENTS, popup=popup) if one.place is not None]


def test_the_entry_that_a_person_sees_is_pressed_and_its_way_from_the_bar_is_known() -> None:
    assert names_at(57, 49) == ["new", "file", "bar", "window"]
    assert names_at(57, 69)[0] == "save"
    assert names_at(57, 129)[0] == "recent"


def test_a_list_lies_in_the_panel_that_shows_it_and_hides_nothing_else() -> None:
    assert names_at(500, 350) == ["paris", "list", "list popup", "list panel", "window"]
    assert names_at(500, 260) == ["window"]


def test_the_bar_stays_where_it_is() -> None:
    assert names_at(20, 29) == ["file", "bar", "window"]


def test_a_menu_without_a_panel_of_its_size_is_no_popup() -> None:
    assert drawn_popups(FOUND[3:], PARENTS).keys() == {("app", "list popup")}


def test_a_menu_of_a_page_lies_over_the_smaller_things_before_it() -> None:
    boxes = {
        "web_area": Box(0, 0, 900, 700), "tab": Box(100, 100, 30, 20), "menu": Box(90, 80, 90, 60), "menu_item": Box(94, 84, 82, 50),
    }  # fmt: skip
    found = tuple(Found(box, ElementState(role, role), 1, "page") for role, box in boxes.items())
    roles = [one.state.role for one in path_at(Point(110, 110), found, {}, is_page=True)]
    assert roles == ["menu_item", "menu", "web_area"]
    assert path_at(Point(20, 20), found, {}, is_page=True)[0].state.role == "web_area"


def test_an_entry_of_a_folded_list_hides_no_field_below_its_box() -> None:
    boxes = {
        "window": Box(0, 0, 400, 300),
        "combo_box": Box(50, 50, 200, 20),
        "list_item": Box(50, 70, 200, 15),
        "text_field": Box(50, 70, 200, 20),
    }
    found = tuple(Found(box, ElementState(role, role), 1, "app", place=("app", role)) for role, box in boxes.items())
    parents = {
        ("app", "combo_box"): ("app", "window"),
        ("app", "list_item"): ("app", "combo_box"),
        ("app", "text_field"): ("app", "window"),
    }
    assert path_at(Point(60, 75), found, parents)[0].state.role == "text_field"
    assert path_at(Point(60, 75), found, parents, popup=Box(50, 70, 200, 15))[0].state.role == "list_item"
