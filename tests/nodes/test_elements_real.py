"""What nodes do past mouse and keyboard on real programs: values, presses, rows; and windows that ask, programs of one window."""

from collections.abc import Sequence

import pytest

from flowdesk.model.run import RunState
from flowdesk.nodes.start import LAUNCH_TIMEOUT
from tests.nodes.driven import Open
from tests.rig import PATIENCE, Apps, Rig, until

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(240)]


@pytest.mark.parametrize("toolkit", ["qt", "gtk3", "gtk4", "swing"])
async def test_a_field_takes_its_value_by_the_element(controls: Open, toolkit: str) -> None:
    program = controls(toolkit)
    field = "text_field[name='Name']"
    # Swing's bridge tells of signs outside the first plane wrongly, so they cannot be proven there.
    text = "张三 é" if toolkit == "swing" else "张三 é 😀"
    result = await program.does("input", selector=field, text=text, method="element")
    assert result["method"] == "element"
    if toolkit != "swing":
        program.tells("name", text)
    await program.does("input", selector=field, text="Ada", method="element", clearFirst=True)
    if toolkit != "swing":
        program.tells("name", "Ada")


@pytest.mark.parametrize("toolkit", ["qt", "gtk3", "swing"])
async def test_a_box_is_pressed_by_the_element(controls: Open, toolkit: str) -> None:
    program = controls(toolkit)
    assert (await program.does("click", selector="check_box[name='I agree']", method="element"))["by"] == "element"
    program.tells("agree", True)
    await program.does("check", selector="check_box[name='I agree']", state="off", method="element")
    program.tells("agree", False)


async def test_what_offers_no_press_is_refused(controls: Open) -> None:
    program = controls("qt")
    assert "offers no actions" in await program.refuses(
        "click", selector="static_text[name='Travel']", method="element"
    )


@pytest.mark.parametrize(("toolkit", "people"), [
    ("qt", [{"Name": "Ada", "Age": "36"}, {"Name": "张三", "Age": "41"}, {"Name": "Zoë", "Age": ""}]),
    ("gtk3", [{"Name": "Ada", "Age": "36"}, {"Name": "张三", "Age": "41"}]),
    ("swing", [{"Name": "Ada", "Age": "36"}, {"Name": "Zoe", "Age": "41"}]),
])  # fmt: skip
async def test_a_table_is_read_by_rows(
    controls: Open,
    toolkit: str,
    people: Sequence[dict[str, str]],
) -> None:
    program = controls(toolkit)
    if toolkit != "swing":
        await program.does("choose", selector="tab[name='Form']", option="Tables" if toolkit == "qt" else "Lists")
    result = await program.does("readText", selector="table[name='People']")
    assert result["rows"] == people
    assert result["cut"] is False


async def test_a_table_of_a_thousand_million_cells_is_cut_and_says_so(controls: Open) -> None:
    program = controls("qt")
    await program.does("choose", selector="tab[name='Form']", option="Tables")
    result = await program.does("readText", selector="table[name='Large']", rows=3)
    assert [row["1"] for row in result["rows"]] == ["r0c0", "r1c0", "r2c0"]
    assert (result["total"], result["cut"]) == (1_000_000, True)


async def test_a_long_list_is_read(controls: Open) -> None:
    program = controls("qt")
    await program.does("choose", selector="tab[name='Form']", option="Lists")
    result = await program.does("readText", selector="list[name='Long']", rows=5)
    assert result["rows"] == [f"Line {number}" for number in range(1, 6)]
    assert result["total"] == 10_000


async def test_a_window_that_asks_before_it_closes_says_what(controls: Open) -> None:
    program = controls("qt", "--ask")
    finished = await program.run(("window", {"selector": "", "action": "close"}))
    assert finished.state is RunState.FAILED
    assert finished.error is not None
    assert finished.error["code"] == "window.asks"
    assert finished.error["question"] == "Save changes?"


async def test_a_window_that_does_not_ask_closes(controls: Open) -> None:
    program = controls("qt")
    await program.does("window", selector="", action="close")
    assert program.process.wait(PATIENCE) == 0


async def test_a_second_start_of_a_program_of_one_window_counts(
    controls: Open,
    apps: Apps,
    clean_desktop: Rig,
) -> None:
    program = controls("qt")
    folder = apps.folder
    for name in ("one.txt", "two.txt"):
        (folder / name).write_text(name)
    finished = await program.run(
        ("launch", {"command": ["mousepad", str(folder / "one.txt")]}),
        ("launch", {"command": ["mousepad", str(folder / "two.txt")]}),
    )
    assert finished.state is RunState.SUCCEEDED, finished.error
    assert "mousepad" in program.results["n2"]["window"].lower()
    assert finished.duration < 14
    pid = next(pid for number, pid, title in clean_desktop.windows() if "mousepad" in title.lower())
    active = clean_desktop.active()
    assert active in [number for number, owner, _ in clean_desktop.windows() if owner == pid]
    clean_desktop.close_apps()
    clean_desktop.close_left_windows()
    until(lambda: not clean_desktop.windows(), "all windows closed")


async def test_a_program_that_fails_says_how_at_once(controls: Open) -> None:
    program = controls("qt")
    finished = await program.run(("launch", {"command": ["sh", "-c", "echo cannot open the file >&2; exit 3"]}))
    assert finished.state is RunState.FAILED
    assert finished.error is not None
    assert "code 3" in str(finished.error["message"])
    assert "cannot open the file" in str(finished.error["message"])
    assert finished.duration < LAUNCH_TIMEOUT
