"""`check`, `choose`, `menu` on real programs of several toolkits; what happened is what the program wrote down."""

import pytest

from flowdesk.model.run import RunState
from tests.nodes.driven import Open
from tests.rig import Rig, until

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(240)]

# -- check

BOXES = ["qt", "gtk3", "gtk4", "swing", "wx", "page"]


@pytest.mark.parametrize("toolkit", BOXES)
async def test_a_box_is_ticked_once_and_unticked(controls: Open, toolkit: str) -> None:
    program = controls(toolkit)
    box = "check_box[name='I agree']"
    assert (await program.does("check", selector=box))["changed"] is True
    assert (await program.does("check", selector=box))["changed"] is False
    assert (await program.does("check", selector=box, state="off"))["changed"] is True
    until(lambda: len(program.told) == 2, f"two events: {program.told}")
    assert program.told == [["agree", True], ["agree", False]]


async def test_a_button_that_does_not_say_that_it_can_stay_down_is_refused(controls: Open) -> None:
    program = controls("gtk4")
    assert "does not report" in await program.refuses("check", selector="button[name='Bold']")
    await program.does("click", selector="button[name='Bold']")
    program.tells("bold", True)
    assert (await program.does("check", selector="button[name='Bold']"))["changed"] is False
    assert (await program.does("check", selector="button[name='Bold']", state="off"))["changed"] is True
    assert program.told == [["bold", True], ["bold", False]]


@pytest.mark.parametrize("toolkit", ["qt", "gtk3", "swing", "wx", "page"])
async def test_a_button_stays_down(controls: Open, toolkit: str) -> None:
    program = controls(toolkit)
    assert (await program.does("check", selector="button[name='Bold']"))["changed"] is True
    assert (await program.does("check", selector="button[name='Bold']"))["changed"] is False
    assert program.told == [["bold", True]]


@pytest.mark.parametrize("toolkit", ["gtk3", "gtk4", "page"])
async def test_a_switch_is_turned_on(controls: Open, toolkit: str) -> None:
    program = controls(toolkit)
    assert (await program.does("check", selector="switch[name='Night mode']"))["changed"] is True
    program.tells("switch", True)


@pytest.mark.parametrize("toolkit", ["qt", "gtk3", "swing", "wx", "page"])
async def test_a_radio_button_is_chosen_and_cannot_be_turned_off(controls: Open, toolkit: str) -> None:
    program = controls(toolkit)
    train = "radio_button[name='Train']"
    assert (await program.does("check", selector=train))["changed"] is True
    assert "cannot be turned off" in await program.refuses("check", selector=train, state="off")


@pytest.mark.parametrize("toolkit", ["qt", "wx"])
async def test_three_states_are_gone_through(controls: Open, toolkit: str) -> None:
    program = controls(toolkit)
    await program.does("check", selector="check_box[name='Partly']", state="off")
    assert program.told[-1] == ["partly", 0]
    await program.does("check", selector="check_box[name='Partly']", state="on")
    assert program.told[-1] == ["partly", 1 if toolkit == "wx" else 2]


async def test_a_box_of_a_page_that_refuses_is_an_error(controls: Open) -> None:
    program = controls("page")
    assert "it is now off" in await program.refuses("check", selector="check_box[name='Stubborn']")
    assert program.told == [["stubborn"]], "it was clicked once"


async def test_what_does_not_take_the_state_is_an_error(controls: Open) -> None:
    program = controls("qt")
    assert "it is now off" in await program.refuses("check", selector="check_box[name='Stubborn']")
    assert program.told == [["stubborn"]], "it was clicked once"
    assert "disabled" in await program.refuses("check", selector="check_box[name='Not now']", timeout=300)
    assert (await program.does("check", selector="check_box[name='Not now']", state="off"))["changed"] is False
    assert "does not report" in await program.refuses("check", selector="button[name='Plain']")
    assert ["plain"] not in program.told


async def test_an_item_of_a_list_is_ticked(controls: Open) -> None:
    program = controls("qt")
    await program.does("choose", selector="tab[name='Lists']", option="Lists")
    await program.does("check", selector="list_item[name='Green']")
    program.tells("tick", "Green", 2)
    assert len([one for one in program.told if one[0] == "tick"]) == 1


# -- choose


@pytest.mark.parametrize("toolkit", BOXES)
async def test_a_combo_box_takes_an_option(controls: Open, toolkit: str) -> None:
    program = controls(toolkit)
    box = "combo_box[name='Destination']"
    assert (await program.does("choose", selector=box, option="Rome"))["changed"] is True
    program.tells("destination", "Rome")
    assert (await program.does("choose", selector=box, option="Rome"))["changed"] is False
    assert (await program.does("choose", selector=box, option=2))["option"] == "Paris"
    program.tells("destination", "Paris")
    # A program may tell of what it passes on the way; what counts is what it ends with.
    assert program.told[-1] == ["destination", "Paris"]


@pytest.mark.parametrize("toolkit", ["qt", "gtk3", "swing", "wx", "page"])
async def test_an_option_that_is_not_there_names_the_nearest(controls: Open, toolkit: str) -> None:
    program = controls(toolkit)
    message = await program.refuses("choose", selector="combo_box[name='Destination']", option="Pariss")
    assert "Paris" in message
    assert program.told == []


async def test_editable_long_and_double_options(controls: Open) -> None:
    program = controls("qt")
    await program.does("choose", selector="combo_box[name='Font size']", option="14")
    program.tells("size", "14")
    await program.does("choose", selector="combo_box[name='Many']", option="Item 437")
    program.tells("many", "Item 437")
    assert [one for one in program.told if one[0] == "many"] == [["many", "Item 437"]]
    message = await program.refuses("choose", selector="combo_box[name='Twice']", option="Same")
    assert "1, 2" in message
    await program.does("choose", selector="combo_box[name='Twice']", option=2)
    program.tells("twice", 1)
    message = await program.refuses("choose", selector="combo_box[name='Destination']", option="Oslo")
    assert "Oslo" in message
    assert ["destination", "Oslo"] not in program.told


async def test_what_is_scrolled_out_of_the_options_of_a_page_is_taken_by_keys(controls: Open) -> None:
    program = controls("page")
    await program.does("choose", selector="combo_box[name='Many']", option="Item 200")
    program.tells("many", "Item 200")
    await program.does("choose", selector="list[name='Rows']", option="Line 250")
    program.tells("rows", "Line 250")
    await program.does("choose", selector="combo_box[name='Many']", option=3)
    program.tells("many", "Item 3")
    assert program.told == [["many", "Item 200"], ["rows", "Line 250"], ["many", "Item 3"]]


async def test_a_list_and_a_field_with_options_of_wx(controls: Open) -> None:
    program = controls("wx")
    await program.does("choose", selector="combo_box[name='Font size']", option="14")
    program.tells("size", "14")
    await program.does("choose", selector="tab[name='Form']", option="Lists")
    await program.does("choose", selector="table:nth(1)", option="Line 200")
    program.tells("long", "Line 200")


@pytest.mark.parametrize("toolkit", ["gtk3"])
async def test_a_long_menu_of_options_scrolls(controls: Open, toolkit: str) -> None:
    program = controls(toolkit)
    await program.does("choose", selector="combo_box[name='Many']", option="Item 150")
    program.tells("many", "Item 150")
    await program.does("choose", selector="combo_box[name='Font size']", option="12")
    program.tells("size", "12")


@pytest.mark.parametrize(("toolkit", "line"), [("qt", "Line 7003"), ("gtk3", "Line 777")])
async def test_a_long_list_is_scrolled_to_the_entry(controls: Open, toolkit: str, line: str) -> None:
    program = controls(toolkit)
    if toolkit != "swing":
        await program.does("choose", selector="tab[name='Lists']", option="Lists")
    kind = "table" if toolkit == "gtk3" else "list"
    await program.does("choose", selector=f"{kind}[name='Long']", option=line)
    program.tells("long", line)
    assert [one for one in program.told if one[0] == "long"][-1] == ["long", line]
    assert len([one for one in program.told if one[0] == "long"]) == 1, "nothing else was chosen on the way"


@pytest.mark.parametrize("toolkit", ["qt", "gtk3", "swing", "wx", "page"])
async def test_radio_buttons_and_tabs_are_chosen(controls: Open, toolkit: str) -> None:
    program = controls(toolkit)
    await program.does("choose", selector="radio_button[name='Bus']", option="Train")
    other = "Other" if toolkit == "swing" else "Lists"
    await program.does("choose", selector="tab[name='Form']", option=other)
    program.tells("tab", other)


async def test_a_list_of_gtk_4_is_chosen_from(controls: Open) -> None:
    program = controls("gtk4")
    await program.does("choose", selector="list", option="Three")
    program.tells("rows", "Three")


# -- menu

MENUS = ["qt", "gtk3", "gtk4", "swing", "wx"]


@pytest.mark.parametrize("toolkit", MENUS)
async def test_an_entry_is_chosen_without_its_dots(controls: Open, toolkit: str) -> None:
    program = controls(toolkit)
    result = await program.does("menu", selector="", path=["File", "Save As"])
    assert result["path"] == ["File", "Save As"]
    until(lambda: program.told, "an event")
    assert len(program.told) == 1
    assert program.told[0][0] == "menu"
    assert program.told[0][1].replace("_", "").replace("&", "").lower() in ("save as…", "saveas")


@pytest.mark.parametrize("toolkit", ["qt", "gtk3", "wx"])
async def test_an_entry_of_a_menu_in_a_menu(controls: Open, toolkit: str) -> None:
    program = controls(toolkit)
    await program.does("menu", selector="", path=["File", "Open Recent", "one.txt"])
    until(lambda: program.told, "an event")
    assert program.told[0][-1] == "one.txt"


@pytest.mark.parametrize("toolkit", MENUS)
async def test_a_disabled_or_absent_entry_is_refused_and_the_menu_closed(
    controls: Open, toolkit: str, clean_desktop: Rig
) -> None:
    program = controls(toolkit)
    assert 'The entry "Print" is disabled' in await program.refuses("menu", selector="", path=["File", "Print"])
    message = await program.refuses("menu", selector="", path=["File", "Save Ass"])
    assert "Save As" in message
    assert program.told == []
    # The menu is closed: a click beside it takes effect at once.
    await program.does("check", selector="check_box[name='I agree']")
    assert program.told == [["agree", True]]


@pytest.mark.parametrize("toolkit", ["qt", "gtk3", "swing", "wx"])
async def test_a_tick_in_a_menu_is_set(controls: Open, toolkit: str) -> None:
    program = controls(toolkit)
    path = ["View", "Wrap lines"]
    assert (await program.does("menu", selector="", path=path, state="on"))["changed"] is True
    assert (await program.does("menu", selector="", path=path, state="on"))["changed"] is False
    assert (await program.does("menu", selector="", path=path, state="off"))["changed"] is True
    assert program.told == [["wrap", True], ["wrap", False]]


async def test_a_menu_button_of_gtk_4_is_opened_by_its_name(controls: Open) -> None:
    program = controls("gtk4")
    result = await program.does("menu", selector="", path=["Main menu", "Save As"])
    assert result["path"] == ["Main menu", "Save As"]
    program.tells("menu", "saveas")


async def test_a_menu_of_a_button_and_a_context_menu(controls: Open) -> None:
    program = controls("qt")
    await program.does("menu", selector="button[name='More']", path=["Rename"])
    program.tells("more", "rename")
    await program.does("menu", selector="", path="More > Rename")
    await program.does("menu", selector="static_text[name='right click here']", path=["Copy"])
    program.tells("context", "copy")


async def test_no_menu_is_opened_through_a_dialog(controls: Open, clean_desktop: Rig) -> None:
    program = controls("qt")
    await program.does("click", selector="button[name='Ask']")
    until(lambda: len(clean_desktop.windows()) > 1, "a dialog")
    finished = await program.run(("menu", {"path": ["File", "New"], "selector": ""}))
    assert finished.state is RunState.FAILED
    assert program.told == []


async def test_a_menu_that_a_page_draws(controls: Open) -> None:
    program = controls("page")
    button = "button[name='More']"
    assert "Rename" in await program.refuses("menu", selector=button, path=["Renome"])
    assert program.told == []
    await program.does("menu", selector=button, path=["Delete"])
    program.tells("more", "Delete")


async def test_the_rows_of_a_page(controls: Open) -> None:
    program = controls("page")
    found = await program.does("readText", selector="table")
    assert found["rows"] == [{"Item": "Apple", "Price": "1.20"}, {"Item": "Pear", "Price": "0.90"}]
    assert found["total"] == 2
