"""Imported scripts are run: they do what the tool's own documentation says that the script does."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flowdesk.drivers.fake import Thing
from flowdesk.engine.services import Question
from flowdesk.importing.reading import read_script
from flowdesk.model.events import RunLog
from flowdesk.model.flow import Flow
from flowdesk.model.geometry import Box
from flowdesk.model.run import RunState
from flowdesk.nodes import builtin_catalogue
from tests.nodes.conftest import Bench

Script = Callable[..., Flow]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture
def script(tmp_path: Path) -> Script:
    def read(text: str, name: str = "script.py") -> Flow:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
        found = read_script(path, [], builtin_catalogue())
        assert found.report.payload()["left"] == []
        return found.flows[0]

    return read


async def logs_of(bench: Bench, flow: Flow, *answers: Any) -> tuple[list[str], list[Question]]:
    """Run a flow whose questions are answered so; return what it logs and asks."""
    asked: list[Question] = []

    async def answer(question: Question) -> dict[str, Any]:
        asked.append(question)
        return {"value": answers[len(asked) - 1]}

    bench.services.ask = answer
    finished = await bench.run_flow(flow)
    assert finished.state is RunState.SUCCEEDED, finished.error
    assert len(asked) == len(answers)
    return [event.message for event in bench.events if isinstance(event, RunLog) and event.level == "info"], asked


async def test_the_answer_to_a_question_is_the_text_that_was_typed(bench: Bench, script: Script) -> None:
    flow = script(
        'import pyautogui as ag\nname = ag.prompt(text="Name?", title="t", default="x")\nprint(name)\n'
        'print(ag.password("Password"))\nage = int(input("Age?")) + 1\nprint(age)\n'
    )
    logs, asked = await logs_of(bench, flow, "Mei", "open", "41")
    assert logs == ["Mei", "open", "42"]
    assert [(each.kind, each.message, each.default) for each in asked] == [
        ("text", "Name?", "x"), ("password", "Password", None), ("text", "Age?", None),
    ]  # fmt: skip


@pytest.mark.parametrize("pressed", ["OK", "Cancel"])
async def test_the_answer_to_confirm_is_the_text_of_the_button(bench: Bench, script: Script, pressed: str) -> None:
    flow = script(
        'import pyautogui\nif pyautogui.confirm("Go?") == "OK":\n    print("go")\nelse:\n    print("stay")\n'
        'print(pyautogui.confirm(text="Which?", buttons=["A", "B"]))\nprint(pyautogui.alert("Done", button="Fine"))\n'
    )
    logs, asked = await logs_of(bench, flow, pressed, "B", "Fine")
    assert logs == ["go" if pressed == "OK" else "stay", "B", "Fine"]
    assert [each.choices for each in asked] == [("OK", "Cancel"), ("A", "B"), ("Fine",)]


@pytest.mark.parametrize("answer", [True, False])
async def test_a_question_for_a_person_goes_the_way_of_the_answer(bench: Bench, tmp_path: Path, answer: bool) -> None:
    path = tmp_path / "script.py"
    path.write_text('import pyautogui, other\nif other.holds(pyautogui):\n    print("yes")\nelse:\n    print("no")\n')
    (flow,) = read_script(path, [], builtin_catalogue()).flows
    logs, _ = await logs_of(bench, flow, answer)
    assert logs == ["yes" if answer else "no"]


@pytest.mark.parametrize("answer", [True, False])
async def test_yes_and_no_of_a_message_box_with_its_title_first(bench: Bench, script: Script, answer: bool) -> None:
    flow = script(
        'import pyautogui\nfrom tkinter import messagebox\nif messagebox.askyesno("Title", "Really?"):\n    print("yes")\n'
    )
    logs, (asked,) = await logs_of(bench, flow, answer)
    assert asked.message == "Really?"
    assert logs == (["yes"] if answer else [])


def told(bench: Bench, action: str) -> list[tuple[Any, ...]]:
    return [event.values for event in bench.desktop.events if event.action == action]


async def test_a_place_that_is_spread_is_x_and_y(bench: Bench, script: Script) -> None:
    places = [(30, 40), (5, 6), (7, 8), (1, 2)]
    bench.desktop.things = [Thing(f"point={x},{y}", Box(x, y, 1, 1)) for x, y in places]
    flow = script(
        "import pyautogui\nBUTTON = (30, 40)\n\ndef press(position, button='left'):\n    pyautogui.click(*position, button=button)\n\n"
        "press(BUTTON)\nfor place in [(5, 6), (7, 8)]:\n    press(place)\npyautogui.click(*(1, 2, 2))\n"
    )
    await logs_of(bench, flow)
    assert [(point.x, point.y) for point, *_ in told(bench, "click")] == places


async def test_a_long_scroll_turns_the_wheel_as_far(bench: Bench, script: Script) -> None:
    await logs_of(bench, script("import pyautogui\npyautogui.scroll(-2500)\npyautogui.scroll(3)\n"))
    assert [notches for _, notches, *_ in told(bench, "scroll")] == [1000, 1000, 500, -3]


async def test_keys_of_hold_are_released_after_its_block(bench: Bench, script: Script) -> None:
    flow = script(
        'import pyautogui\nwith pyautogui.hold(["ctrl", "shift"]):\n    pyautogui.press("a")\npyautogui.press("b")\n'
    )
    await logs_of(bench, flow)
    acts = [(event.action, *event.values[:1]) for event in bench.desktop.events]
    keys = [act for act in acts if "key" in act[0]]
    assert [name for name, *_ in keys] == ["hold_keys", "press_keys", "let_go_keys", "press_keys"], acts
    assert keys[0][1] == keys[2][1] == ("ctrl", "shift")


def test_keys_that_are_held_together_with_something_else_are_left_whole(tmp_path: Path) -> None:
    path = tmp_path / "script.py"
    path.write_text(
        'import pyautogui\nwith pyautogui.hold("shift"), open("a"):\n    pyautogui.press("a")\npyautogui.press("b")\n'
    )
    found = read_script(path, [], builtin_catalogue())
    assert found.report.left
    assert [node.config for node in found.flows[0].nodes if node.config.get("action") == "down"] == []


async def test_what_is_done_when_a_script_is_stopped_and_only_ends_it_is_taken(script: Script) -> None:
    text = "import sys, pyautogui\ntry:\n    while True:\n        pyautogui.press('a')\nexcept KeyboardInterrupt:\n    print('\\n')\n    sys.exit()\n"
    assert [node.type for node in script(text).nodes] == ["start", "loop", "keys"]


async def test_a_loop_over_the_entries_of_a_dictionary_that_only_a_run_knows(bench: Bench, script: Script) -> None:
    flow = script(
        "import pyautogui\nseen = {'a': 1}\nseen['b'] = int(input('How many?'))\nfor key, value in seen.items():\n    print(f'{key}{value}')\n"
    )
    logs, _ = await logs_of(bench, flow, "7")
    assert logs == ["a1", "b7"]


def test_a_screenshot_that_is_saved_is_copied_and_given_to_nothing_else(script: Script, tmp_path: Path) -> None:
    flow = script(
        "import pyautogui\nim = pyautogui.screenshot()\nim.save('out/a.png')\npyautogui.screenshot().save('b.png')\n"
    )
    files = [node.config for node in flow.nodes if node.type == "file"]
    assert [(each["operation"], each["path"], each["to"]) for each in files] == [
        ("copy", "{{ im }}", "out/a.png"), ("copy", "{{ screenshot2.path }}", "b.png"),
    ]  # fmt: skip
    path = tmp_path / "other.py"
    path.write_text("import pyautogui\nim = pyautogui.screenshot()\nsmall = im.crop((0, 0, 9, 9))\nprint(im.size)\n")
    found = read_script(path, [], builtin_catalogue())
    assert sorted(line for _, line in found.report.left) == [3, 4]
    assert [node.type for node in found.flows[0].nodes].count("script") == 0


def test_how_a_movement_speeds_up_changes_nothing_of_where_it_goes(script: Script) -> None:
    flow = script("import pyautogui\npyautogui.moveTo(3, 4, 2, pyautogui.easeInOutQuad)\n")
    assert flow.nodes[-1].config == {"selector": "point=3,4", "duration": 2000, "delayAfter": 100}
