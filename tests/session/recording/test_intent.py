"""What a person did becomes what they meant, one table line at a time."""

from dataclasses import replace

import pytest

from flowdesk.engine.observing import FieldSeen, Program, State
from flowdesk.model.geometry import Box, Point
from tests.session.recording.person import DIALOG, EDITOR, OTHER, Person, element

WINDOW = element("window", "Untitled 1 - Editor", Box(0, 0, 800, 600))
BUTTON = element("button", "OK")
FIELD = element("text_field", "Name", Box(10, 10, 200, 20), value="", is_editable=True)
MENU_BAR = element("menu_bar", "", Box(0, 0, 800, 24))


@pytest.fixture
def person() -> Person:
    return Person()


def test_a_click_on_a_button_is_a_click(person: Person) -> None:
    person.clicks(person.hit(BUTTON, WINDOW))
    assert person.steps == []  # it may still be a double click
    person.waits()
    assert [step.type for step in person.steps] == ["click"]
    assert person.steps[0].aims["selector"].way == "element"
    assert person.done() == [("click", {})]


@pytest.mark.parametrize(("count", "config"), [(2, {"clickType": "double"}), (3, {"clickType": "double", "clicks": 3})])
def test_quick_clicks_at_one_place_are_one_step(person: Person, count: int, config: dict[str, object]) -> None:
    for _ in range(count):
        person.clicks(person.hit(BUTTON, WINDOW))
    (done,) = person.done()
    assert done[0] == "click"
    assert done[1].get("clicks", 2) == config.get("clicks", 2)


def test_slow_clicks_at_one_place_are_two_steps(person: Person) -> None:
    for _ in range(2):
        person.clicks(person.hit(BUTTON, WINDOW))
        person.waits()
    assert person.done() == [("click", {}), ("click", {})]


def test_held_keys_and_other_buttons_are_kept(person: Person) -> None:
    person.clicks(person.hit(BUTTON, WINDOW), "right")
    person.waits()
    person.clicks(person.hit(BUTTON, WINDOW), "left", ("ctrl", "shift"))
    assert person.done() == [("click", {"clickType": "right"}), ("click", {"modifiers": ["ctrl", "shift"]})]


@pytest.mark.parametrize(("before", "after", "state"), [(False, "on", "on"), (True, "off", "off")])
def test_a_click_on_a_tick_box_is_the_state_it_has_then(person: Person, before: bool, after: str, state: str) -> None:
    person.clicks(person.hit(element("static_text", "Agree"), element("check_box", "Agree", is_checked=before), WINDOW))
    person.pressed = State(tick=after)  # type: ignore[arg-type]
    person.waits()
    assert person.done() == [("check", {"state": state})]


def test_a_tick_box_that_refuses_is_a_plain_click(person: Person) -> None:
    person.clicks(person.hit(element("check_box", "Stubborn", is_checked=False), WINDOW))
    person.pressed = State(tick="off")
    assert person.done() == [("click", {})]


def test_a_tab_is_chosen(person: Person) -> None:
    person.clicks(person.hit(element("tab", "Lists"), WINDOW))
    assert person.done() == [("choose", {"option": "Lists"})]


def test_a_combo_box_and_its_entry_are_one_choice(person: Person) -> None:
    person.clicks(person.hit(element("combo_box", "City", value="Berlin"), WINDOW))
    person.popups = (Box(10, 40, 100, 100),)
    person.waits()
    person.clicks(person.hit(element("menu_item", "Rome"), element("menu"), is_popup=True))
    person.popups = ()
    person.waits()
    assert person.done() == [("choose", {"option": "Rome"})]
    assert person.steps[0].aims["selector"].moment == 1  # the box, not the entry


def test_a_press_between_two_entries_chooses_what_is_chosen_then(person: Person) -> None:
    person.clicks(person.hit(element("combo_box", "City", value="Berlin"), WINDOW))
    person.popups = (Box(10, 40, 100, 100),)
    person.waits()
    person.clicks(person.hit(element("list", "", Box(10, 40, 100, 100)), is_popup=True))
    person.popups = ()
    person.pressed = State(value="Rome")
    person.waits()
    assert person.done() == [("choose", {"option": "Rome"})]


def test_a_menu_bar_after_a_combo_box_is_no_choice(person: Person) -> None:
    person.clicks(person.hit(element("combo_box", "City", value="Berlin"), WINDOW))
    person.pressed = State(value="Rome")
    person.clicks(person.hit(element("menu_item", "File"), MENU_BAR, WINDOW))
    kinds = [kind for kind, _ in person.done()]
    assert kinds == ["choose", "menu"]
    assert person.steps[0].config == {"option": "Rome"}


def test_a_combo_box_that_is_only_opened_and_closed_is_nothing(person: Person) -> None:
    person.clicks(person.hit(element("combo_box", "City", value="Berlin"), WINDOW))
    person.popups = (Box(10, 40, 100, 100),)
    person.waits()
    person.key("esc")
    person.popups = ()
    person.waits()
    assert person.done() == []


def test_a_combo_box_changed_by_keys_is_a_choice(person: Person) -> None:
    person.clicks(person.hit(element("combo_box", "City", value="Berlin"), WINDOW))
    person.key("down")
    person.key("enter")
    person.pressed = State(value="Paris")
    person.waits()
    assert person.done() == [("choose", {"option": "Paris"})]


def test_a_way_along_a_menu_is_one_step(person: Person) -> None:
    file, save = element("menu_item", "File"), element("menu_item", "Save As…")
    person.clicks(person.hit(file, MENU_BAR, WINDOW))
    person.popups = (Box(0, 24, 200, 200),)
    person.waits()
    person.clicks(person.hit(save, element("menu"), file, MENU_BAR, WINDOW, is_popup=True))
    person.popups = ()
    person.waits()
    assert person.done() == [("menu", {"path": ["File", "Save As"], "selector": "app=editor"})]


def test_a_menu_whose_popup_does_not_tell_its_bar_goes_on_from_it(person: Person) -> None:
    person.clicks(person.hit(element("menu_item", "File"), MENU_BAR, WINDOW))
    person.clicks(person.hit(element("menu_item", "Open Recent"), element("menu"), is_popup=True))
    person.clicks(person.hit(element("menu_item", "two.txt"), element("menu"), is_popup=True))
    assert person.done() == [("menu", {"path": ["File", "Open Recent", "two.txt"], "selector": "app=editor"})]


def test_a_menu_that_is_drawn_to_its_entry_is_one_step(person: Person) -> None:
    person.presses(person.hit(element("menu_item", "File"), MENU_BAR, WINDOW))
    entry = person.hit(element("menu_item", "Quit"), element("menu"), is_popup=True, at=Point(40, 90))
    person.releases(entry.point, entry)
    assert person.done() == [("menu", {"path": ["File", "Quit"], "selector": "app=editor"})]


def test_a_context_menu_hangs_on_what_was_clicked(person: Person) -> None:
    person.clicks(person.hit(element("list_item", "Report"), WINDOW), "right")
    person.popups = (Box(40, 20, 100, 100),)
    person.waits()
    person.clicks(person.hit(element("menu_item", "Rename"), element("menu"), is_popup=True))
    assert person.done() == [("menu", {"path": ["Rename"]})]
    assert person.steps[0].aims["selector"].moment == 1


def test_an_entry_of_a_menu_that_a_page_draws_is_clicked(person: Person) -> None:
    person.clicks(person.hit(element("button", "More"), WINDOW))
    person.waits()
    person.clicks(person.hit(element("menu_item", "Delete"), element("menu"), WINDOW))
    assert person.done() == [("click", {}), ("click", {})]


def test_typing_is_one_input_with_what_arrived(person: Person) -> None:
    person.clicks(person.hit(FIELD, WINDOW))
    person.focuses("Name")
    person.types("nihao ", shows="你好")
    assert person.done() == [("input", {"text": "你好", "clearFirst": True})]
    assert person.steps[0].aims["selector"].moment == 1


def test_typing_right_after_a_click_goes_into_what_was_clicked(person: Person) -> None:
    person.clicks(person.hit(element("text_field", "Name", value="Anna", is_editable=True), WINDOW))
    for letter in "Bea":
        person.key(letter, text=letter)
    person.key("enter")
    assert [kind for kind, _ in person.done()] == ["input", "keys"]
    assert person.steps[0].config["text"] == "Bea"
    assert not person.steps[0].is_certain  # nobody has seen what arrived


def test_typing_over_what_was_there_replaces_it(person: Person) -> None:
    person.focuses("Name", "Anna")
    person.key("a", "ctrl")
    person.types("Bea", shows="Bea")
    assert person.done() == [("input", {"text": "Bea", "clearFirst": True})]


def test_going_on_in_a_field_goes_on_at_its_end_whatever_it_holds_then(person: Person) -> None:
    person.focuses("Title", "Invoice 17")
    person.key("end")
    person.types(" paid")
    assert person.done() == [("keys", {"keys": ["end"]}), ("input", {"text": " paid"})]


def test_typing_all_of_it_anew_replaces_it_even_where_it_begins_as_before(person: Person) -> None:
    person.focuses("Name", "An")
    person.types("Anna", shows="Anna")  # it was selected when it got the keyboard
    assert person.done() == [("input", {"text": "Anna", "clearFirst": True})]


def test_typing_in_the_middle_makes_the_field_hold_all_of_it(person: Person) -> None:
    person.focuses("Name", "An Bo")
    person.key("left")
    person.types("na", shows="Anna Bo")
    assert person.done() == [("input", {"text": "Anna Bo", "clearFirst": True})]


def test_an_empty_document_is_not_cleared_the_next_time_but_an_empty_field_for_notes_is(person: Person) -> None:
    person.focuses("Letter", "", role="text_area", box=Box(0, 60, 800, 500))
    person.types("Dear")
    person.focuses("Notes", "", role="text_area")
    person.types("none")
    assert person.done() == [("input", {"text": "Dear"}), ("input", {"text": "none", "clearFirst": True})]


def test_going_on_in_a_long_text_goes_on_at_its_end(person: Person) -> None:
    person.focuses("Text", "one\n", role="text_area")
    person.types("two")
    assert person.done() == [("keys", {"keys": ["ctrl", "end"]}), ("input", {"text": "two"})]


def test_typing_and_taking_it_back_is_nothing(person: Person) -> None:
    person.focuses("Name", "")
    person.types("a")
    person.key("backspace")
    person.focuses("Name", "")
    assert person.done() == []


def test_tab_between_fields_is_no_step_and_enter_at_the_end_is_one(person: Person) -> None:
    person.focuses("Name")
    person.types("Li")
    person.key("tab")
    person.focuses("City")
    person.types("Rome")
    person.key("enter")
    typed = [("input", {"text": text, "clearFirst": True}) for text in ("Li", "Rome")]
    assert person.done() == [*typed, ("keys", {"keys": ["enter"]})]
    assert all("selector" in step.aims for step in person.steps[:2])


def test_tabs_to_what_tells_nothing_are_kept(person: Person) -> None:
    person.types("Anna")
    person.key("tab")
    person.looks()
    person.types("Rome")
    assert person.done() == [("input", {"text": "Anna"}), ("keys", {"keys": ["tab"]}), ("input", {"text": "Rome"})]


def test_what_is_typed_before_the_next_look_goes_to_the_field_that_has_the_keyboard_then(person: Person) -> None:
    person.focuses("Name")
    person.types("Li")
    person.key("tab")
    person.focus = FieldSeen("City", "text_field", "City", Box(10, 40, 200, 20), "", moment=9, window=1)
    person.types("Rome")
    assert [config["text"] for _, config in person.done()] == ["Li", "Rome"]
    assert person.steps[1].aims["selector"].moment == 9


def test_lines_in_a_text_are_text(person: Person) -> None:
    person.focuses("Text", "", role="text_area")
    person.types("one")
    person.key("enter")
    person.types("two", shows="one\ntwo")
    assert person.done() == [("input", {"text": "one\ntwo", "clearFirst": True})]


def test_shortcuts_are_keys_and_count(person: Person) -> None:
    person.key("s", "ctrl")
    for _ in range(3):
        person.key("down")
    assert person.done() == [("keys", {"keys": ["ctrl", "s"]}), ("keys", {"keys": ["down"], "times": 3})]


def test_what_was_copied_is_pasted_by_its_keys(person: Person) -> None:
    person.key("c", "ctrl")
    person.focuses("Name")
    person.key("v", "ctrl")
    person.focuses("Name", "from elsewhere")
    assert person.done() == [("keys", {"keys": ["ctrl", "c"]}), ("keys", {"keys": ["ctrl", "v"]})]


def test_braces_that_were_typed_are_no_reference(person: Person) -> None:
    person.focuses("Name")
    person.types("{{x}}")
    assert person.done() == [("input", {"text": '{{ "{{" }}x}}', "clearFirst": True})]


def test_a_drag_has_both_its_ends(person: Person) -> None:
    end = element("list_item", "Trash", Box(300, 300, 60, 20))
    person.drags(person.hit(element("list_item", "Paper"), WINDOW), person.hit(end, WINDOW, at=Point(330, 310)))
    assert person.done() == [("drag", {})]
    assert {key: aim.point for key, aim in person.steps[0].aims.items()} == {
        "selector": Point(40, 20), "to": Point(330, 310),
    }  # fmt: skip


def test_who_moves_a_window_moves_nothing_in_it(person: Person) -> None:
    person.drags(person.hit(is_frame=True), person.hit(is_frame=True, at=Point(300, 300)))
    assert person.done() == []


def test_the_wheel_turns_until_what_is_clicked_next_is_in_sight(person: Person) -> None:
    shelf = element("list", "Long", Box(0, 0, 200, 400))
    person.turns(person.hit(element("list_item", "Line 3"), shelf, WINDOW), 5)
    person.clicks(person.hit(element("list_item", "Line 90"), shelf, WINDOW))
    assert person.done() == [("scroll", {"direction": "down"}), ("click", {})]
    assert person.steps[0].aims["until"].moment == person.steps[1].aims["selector"].moment
    assert person.steps[0].aims["selector"].way == "area"


def test_a_wheel_that_nothing_follows_turns_so_often(person: Person) -> None:
    person.turns(person.hit(WINDOW), -4)
    assert person.done() == [("scroll", {"direction": "up", "amount": 4})]


def test_a_click_that_only_brought_a_window_forward_activates_it(person: Person) -> None:
    person.windows = (replace(OTHER, is_active=True), replace(EDITOR, is_active=False))
    person.looks()
    person.clicks(person.hit(element("group", "", Box(0, 0, 800, 600)), WINDOW, window=EDITOR))
    person.windows = (EDITOR, OTHER)
    assert person.done() == [("window", {"action": "activate", "selector": "app=editor"})]


def test_alt_and_tab_activate_the_window_that_comes(person: Person) -> None:
    person.windows = (EDITOR, OTHER)
    person.looks()
    person.key("tab", "alt")
    person.windows = (replace(OTHER, is_active=True), replace(EDITOR, is_active=False))
    person.waits()
    assert person.done() == [("window", {"action": "activate", "selector": "app=notes"})]


def test_a_press_on_the_frame_after_which_the_window_is_gone_closed_it(person: Person) -> None:
    person.windows = (DIALOG, EDITOR)
    person.looks()
    person.clicks(person.hit(is_frame=True, window=DIALOG))
    person.windows = (EDITOR,)
    assert person.done() == [("window", {"action": "close", "selector": "app=editor >> window=Save"})]


def test_a_program_that_appears_is_started(person: Person) -> None:
    person.clicks(person.hit(window=None))  # on the desktop's own menu
    person.windows = (replace(OTHER, is_active=True), EDITOR)
    person.programs = {200: Program(("notes", "--new"), "", (1,))}
    person.waits()
    assert person.done() == [("launch", {"command": ["notes", "--new"]})]


def test_what_a_program_starts_itself_is_its_own_affair(person: Person) -> None:
    person.clicks(person.hit(BUTTON, WINDOW))
    person.windows = (replace(OTHER, is_active=True), EDITOR)
    person.programs = {200: Program(("notes",), "", (100, 1))}
    person.waits()
    assert person.done() == [("click", {})]


def test_a_window_that_took_long_is_waited_for_three_times_as_long(person: Person) -> None:
    person.clicks(person.hit(BUTTON, WINDOW))
    person.waits(2.0)
    person.windows = (DIALOG, EDITOR)
    person.waits(0.4)
    person.clicks(person.hit(element("button", "Save"), element("dialog", "Save"), window=DIALOG))
    types = person.done()
    assert [kind for kind, _ in types] == ["click", "wait", "click"]
    assert types[1][1]["state"] == "appear"
    assert 6000 <= types[1][1]["timeout"] <= 6600


def test_a_window_that_came_at_once_is_not_waited_for(person: Person) -> None:
    person.clicks(person.hit(BUTTON, WINDOW))
    person.windows = (DIALOG, EDITOR)
    person.waits()
    person.clicks(person.hit(element("button", "Save"), element("dialog", "Save"), window=DIALOG))
    assert [kind for kind, _ in person.done()] == ["click", "click"]


def test_what_is_done_in_flowdesk_itself_is_left_out(person: Person) -> None:
    person.clicks(person.hit(BUTTON, is_own=True))
    person.is_own = True
    person.types("pause")
    person.key("c", "ctrl")
    assert person.done() == []


def test_what_ends_the_recording_is_forgotten(person: Person) -> None:
    person.clicks(person.hit(BUTTON, WINDOW))
    person.waits()
    at = person.now
    person.clicks(person.hit(element("button", "Stop"), WINDOW))
    person.intent.forget_since(at)
    assert person.done() == [("click", {})]


def test_a_click_into_a_program_that_tells_nothing_and_what_is_typed_then_is_one_input() -> None:
    person = Person()
    person.clicks(person.hit())
    person.waits(2.0)
    person.types("Mei")
    assert person.done() == [("input", {"text": "Mei"})]
    (step,) = person.steps
    assert step.aims["selector"].is_field


def test_what_is_typed_after_a_menu_of_such_a_program_goes_elsewhere() -> None:
    person = Person()
    person.clicks(person.hit(is_popup=True))
    person.types("Mei")
    assert [kind for kind, _ in person.done()] == ["click", "input"]
    assert person.steps[-1].aims == {}


def test_what_took_long_to_come_is_waited_for_three_times_as_long() -> None:
    person = Person()
    person.clicks(person.hit(element("button", "Load")))
    person.waits(2.5)
    person.clicks(person.hit(element("button", "Send"), news=(Point(50, 80), 2.0)))
    assert [kind for kind, _ in person.done()] == ["click", "wait", "click"]
    wait = person.steps[1]
    assert wait.config == {"state": "appear", "timeout": 6000}
    assert wait.aims["selector"].point == Point(50, 80)
    assert wait.note == "2.0 s"


def test_a_target_keeps_how_long_it_took() -> None:
    person = Person()
    person.clicks(person.hit(element("button", "Send"), took=2.0))
    person.done()
    assert person.steps[0].aims["selector"].took == 2.0


def test_an_entry_that_a_closed_combo_box_tells_is_the_box() -> None:
    person = Person()
    box = element("combo_box", "Destination", Box(10, 10, 200, 24))
    person.clicks(person.hit(element("list_item", "Berlin"), element("list", ""), box))
    person.clicks(person.hit(element("list_item", "Rome"), element("list", ""), box, is_popup=True))
    assert person.done() == [("choose", {"option": "Rome"})]
    assert person.steps[0].aims["selector"].level == 2


def test_all_is_selected_before_a_text_goes_to_what_no_program_tells_of() -> None:
    person = Person()
    person.key("tab")
    person.key("a", "ctrl", text="")
    person.types("20")
    person.key("enter")
    kinds = [(kind, config.get("keys") or config.get("text")) for kind, config in person.done()]
    assert kinds == [("keys", ["tab"]), ("keys", ["ctrl", "a"]), ("input", "20"), ("keys", ["enter"])]
