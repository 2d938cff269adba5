"""Which selectors are proposed for what was picked."""

from typing import Any

import pytest

from flowdesk.engine.ports import Element, TextLine, Window
from flowdesk.model.bodies import compile_pattern
from flowdesk.model.geometry import Box, Point
from flowdesk.model.selector import format_selector, parse_selector
from flowdesk.model.target import ElementState, Spot, Step
from flowdesk.session import proposals

SCREEN = Box(0, 0, 1000, 800)
WINDOW = Window(1, "*Untitled 1 - Mousepad", "Mousepad", 7, Box(100, 100, 500, 400))


HERE = Box(10, 10, 80, 30)


def element(role: str, name: str = "", box: Box = HERE, value: str | None = None) -> Element:
    return Element(box, ElementState(role, name, value), "app", 7)


@pytest.mark.parametrize(
    ("title", "stable"),
    [
        ("*Untitled 1 - Mousepad", "Mousepad"),
        ("/tmp/note.txt - Mousepad", "Mousepad"),
        ("Inbox (3) — Mail", "Mail"),
        ("Login", "Login"),
        ("build 17", ""),
        ("report.odt", ""),
        ("登录", "登录"),
        ("", ""),
    ],
)
def test_a_title_keeps_what_does_not_change(title: str, stable: str) -> None:
    assert proposals.stable_title(title) == stable


@pytest.mark.parametrize(
    ("title", "tomorrow", "another"),
    [
        ("Invoice 2026-118", "Invoice 2027-3", "Invoice draft"),
        ("*Order (17)", "*Order (1,204)", "Order"),
        ("build 17", "build 18", "rebuild 18"),
        ("订单 20261130", "订单 20261201", "订单 新"),
        ("Report 10:05 [a+b]", "Report 11:59 [a+b]", "Report 11:59 [aab]"),
    ],
)
def test_a_title_in_which_only_numbers_change_is_named_by_the_rest(title: str, tomorrow: str, another: str) -> None:
    window = Window(2, title, "Shop", 7, Box(0, 0, 10, 10))
    other = Window(3, "Orders", "Shop", 7, Box(0, 0, 10, 10))
    scope = proposals.scopes(window, [window, other])[0][0]
    step = parse_selector(format_selector(scope)).steps[-1]
    assert step.is_regex
    pattern = compile_pattern(step.body)
    assert pattern.search(title)
    assert pattern.search(tomorrow)
    assert not pattern.search(another)


@pytest.mark.parametrize("title", ["report.odt", "17", "/home/li/2026/notes.txt", "a >> 3", "x" * 80 + "7"])
def test_a_title_of_which_nothing_else_stays_is_named_as_it_is(title: str) -> None:
    assert proposals.title_pattern(title) == ""


def test_the_only_window_of_an_application_needs_no_title() -> None:
    (first, _), *_ = proposals.scopes(WINDOW, [WINDOW])
    assert [step.engine for step in first] == ["app"]


def test_one_window_of_several_is_named() -> None:
    other = Window(2, "Save As", "Mousepad", 7, Box(0, 0, 10, 10))
    (first, _), *_ = proposals.scopes(other, [WINDOW, other])
    assert [(step.engine, step.body) for step in first] == [("app", "Mousepad"), ("window", "Save As")]


def test_the_button_is_meant_and_not_the_text_on_it() -> None:
    label = element("static_text", "OK", Box(30, 15, 20, 12))
    button = element("button", "OK")
    assert proposals.meant([label, button, element("window", "W", SCREEN)], None) is button
    assert proposals.meant([label, button], 0) is label
    assert proposals.meant([], None) is None


def test_a_page_is_not_meant_by_a_text_on_it() -> None:
    label = element("static_text", "Hello", Box(30, 15, 20, 12))
    assert proposals.meant([label, element("list_item", "", SCREEN)], None) is label


def test_a_name_with_a_count_is_matched_by_its_start_first() -> None:
    bodies = [body for body, _ in proposals.bodies(ElementState("tab", "Inbox (3)"))]
    assert bodies[:2] == ["tab[name^='Inbox']", "tab[name='Inbox (3)']"]


def test_names_with_quotes_can_be_parsed() -> None:
    for name in ("It's", 'The "best"', "a >> b", "x]"):
        for proposal in proposals.elements(element("button", name), [], [((), 0.0)]):
            assert [step.engine for step in parse_selector(proposal.selector).steps] == ["element"]


def test_a_combo_box_that_is_called_like_its_choice_has_no_name() -> None:
    assert proposals.called(ElementState("combo_box", "Beijing")) == ""
    assert proposals.called(ElementState("combo_box", "City", "Beijing")) == "City"
    assert proposals.called(ElementState("button", "OK")) == "OK"


def test_the_label_in_the_same_row_is_nearer_than_the_one_above() -> None:
    field = element("text_field", "", Box(200, 100, 100, 30))
    above = Spot(Box(200, 80, 90, 15), Point(0, 0), "", "element", text="Who are you")
    before = Spot(Box(120, 100, 40, 30), Point(0, 0), "", "element", text="User")
    found = [proposal.selector for proposal in proposals.relatives(field, [above, before], ())]
    assert found == ['text="User" >> right-of=text_field', 'text="Who are you" >> below=text_field']


def test_text_that_says_nothing_is_not_proposed() -> None:
    assert proposals.texts("…", (), is_read=True) == []
    assert proposals.texts("x" * 100, (), is_read=False) == []
    assert proposals.texts("Total", (), is_read=True)[0].selector == "text=Total"


def test_a_point_is_in_percent_of_the_window_that_is_seen() -> None:
    window = Window(1, "W", "W", 7, Box(-100, 0, 300, 101))
    proposal = proposals.point(Point(0, 50), window, [((), 0.0)], SCREEN)
    assert proposal.selector == "point=0%,50%"


def test_pictures_are_called_after_what_they_show() -> None:
    assert proposals.picture_name("Save As…") == "save-as.png"
    assert proposals.picture_name("保存") == "保存.png"
    assert proposals.picture_name("") == "target.png"


def test_a_drawn_box_is_the_element_that_it_encloses() -> None:
    button, window = element("button", "OK", Box(100, 100, 80, 30)), element("window", "W", SCREEN)
    assert proposals.fitting([button, window], Box(98, 97, 85, 36)) is button
    assert proposals.fitting([button, window], Box(100, 100, 20, 20)) is None


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (ElementState("check_box", "I agree", is_checked=False), {"type": "check", "config": {"state": "on"}}),
        (ElementState("check_box", "I agree", is_checked=True), {"type": "check", "config": {"state": "off"}}),
        (ElementState("radio_button", "Train", is_checked=True), {"type": "check", "config": {"state": "on"}}),
        (ElementState("combo_box", "City"), {"type": "choose", "config": {}}),
        (ElementState("tab", "Lists"), {"type": "choose", "config": {"option": "Lists"}}),
        (ElementState("button", "OK"), None),
    ],
)
def test_what_states_something_is_offered_its_own_node(state: ElementState, step: dict[str, Any] | None) -> None:
    element = Element(Box(0, 0, 9, 9), state)
    assert proposals.step_for(element, [element]) == step


def test_an_entry_of_a_menu_is_offered_with_its_path() -> None:
    entry, menu = (Element(Box(0, 0, 9, 9), ElementState("menu_item", name)) for name in ("Save As…", "File"))
    step = proposals.step_for(entry, [entry, menu], (Step("app", "kate"),))
    assert step == {"type": "menu", "config": {"selector": "app=kate", "path": ["File", "Save As"]}}


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("Inbox (3)", "button[name^='Inbox']"),
        ("3 unread", "button[name$='unread']"),
        ("Page 2 of 10 pages", "button[name^='Page'][name$='pages']"),
        ("订单 20261130", "button[name^='订单']"),
        ("共 12 条记录", "button[name$='条记录']"),
        ("2026-11-30", "button[name='2026-11-30']"),
        ("Save", "button[name='Save']"),
    ],
)
def test_an_element_is_named_by_what_does_not_count(name: str, body: str) -> None:
    assert proposals.bodies(element("button", name).state)[0][0] == body


def test_a_text_with_a_number_is_looked_for_by_the_rest_first() -> None:
    first, second = (proposal.selector for proposal in proposals.texts("Inbox (3)", (), is_read=False))
    assert parse_selector(first).steps[0].is_regex
    assert second == 'text="Inbox (3)"'


def test_a_place_is_told_by_the_labels_beside_it_nearest_first() -> None:
    lines = [
        TextLine("Customer", Box(100, 100, 60, 20)), TextLine("City", Box(100, 140, 30, 20)),
        TextLine("Berlin", Box(300, 136, 60, 28)), TextLine("17", Box(200, 100, 20, 20)),
    ]  # fmt: skip
    at = Point(330, 110)
    labels = proposals.labels_beside(at, lines)
    assert [label.text for label in labels] == ["Customer"]
    proposal = proposals.beside(at, (Step("text", "Customer"),), labels[0].box)
    assert proposal.selector == "text=Customer >> point=389.8%,52.6%"


def test_what_stands_for_a_list_in_its_own_label_is_no_part_of_its_name() -> None:
    body, _ = proposals.bodies(ElementState("combo_box", "City \ufffc", "Rome"))[0]
    assert body == "combo_box[name^='City']"
