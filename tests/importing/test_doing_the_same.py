"""Imported scripts are run: they do what the tool's own documentation says that the script does."""

import contextlib
import io
import re
import time
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


FORMATTED = [
    '"%s is %d" % (s, a)', '"%d" % f', '"%.2f" % f', '"%5d|" % a', '"%05d" % a', '"%-6s|" % n', '"%.1f%%" % f',
    '"%x" % 255', '"%.2f" % 3.14159', '"%03d" % 7', 'f"{a}"', 'f"{f:.2f}"', 'f"{a:03d}"', 'f"{a:3d}|"', 'f"{n:>5}|"',
    'f"{a:.1f}"', 'f"{big:,.2f}"', 'f"{3.14159:.3f}"', "s[1:4]", "s[:5]", "s[-3:]", "s[::2]", "s[::-1]", "(s + n)[0]",
    '"%05d" % b', '"%05s" % n', 'f"{b:05d}"', '"%08.2f" % (0 - f)', 'f"{big:012,.2f}"', 'f"{f:9f}|"', '"%02d" % f',
    '"".join(sorted(w))', "int(b / 2)", "a // 2", "b // 2", "b % 3", 's.split("o")[1]',
]  # fmt: skip
"""Expressions whose value a flow can write as Python does."""


@pytest.mark.parametrize("text", FORMATTED)
async def test_a_text_is_put_together_as_python_does(bench: Bench, tmp_path: Path, text: str) -> None:
    values = {"a": 7, "b": -3, "f": 2.28, "big": 12345.678, "s": "Hello, World", "n": "42", "w": ["b", "C", "a"]}
    path = tmp_path / "script.py"
    given = "".join(f"{name} = None\n{name} = {value!r}\n" for name, value in values.items())
    path.write_text(f"import pyautogui\n{given}print(str({text}))\n", "utf-8")
    found = read_script(path, [], builtin_catalogue())
    assert found.report.payload()["left"] == []
    bench.services.permit = None
    logs, _ = await logs_of(bench, found.flows[0])
    assert logs == [str(eval(text, dict(values)))]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("print(7 / 2)", "3"),
        ("print(-7 / 2)", "-4"),
        ("print(7 / 2.0)", "3.5"),
        ("n = 0\nn = 7\nprint(n / 2)", "3"),
        ("n = 0\nn = 7\nprint(n / 2.0)", "3.5"),
        ("n = 0\nn = 7.5\nprint(n / 2)", "3.75"),
        ("n = 0\nn = 7\nprint(float(n) / 2)", "3.5"),
        ("n = 0\nn = 7\nprint((n * 1.0) / 2)", "3.5"),
        ("from __future__ import division\nn = 0\nn = 7\nprint(n / 2)", "3.5"),
    ],
)
async def test_sikulix_divides_whole_numbers_as_python_2_does(
    bench: Bench, tmp_path: Path, text: str, told: str
) -> None:
    folder = tmp_path / "half.sikuli"
    folder.mkdir()
    (folder / "half.py").write_text(text, "utf-8")
    logs, _ = await logs_of(bench, read_script(folder, [], builtin_catalogue()).flows[0])
    assert logs == [told]


async def test_each_handler_of_a_try_takes_its_own_failures(bench: Bench, script: Script) -> None:
    flow = script(
        "import pyautogui\nfor name in ['gone.png', '']:\n    try:\n"
        "        if name:\n            pyautogui.click('gone.png')\n        else:\n            value = int('x' + name)\n"
        "    except (pyautogui.ImageNotFoundException, OSError):\n        print('not found')\n"
        "    except Exception as error:\n        print('something else')\n"
    )
    logs, _ = await logs_of(bench, flow)
    assert logs == ["not found", "something else"]


async def test_a_failure_that_no_handler_is_for_fails_the_run(bench: Bench, script: Script) -> None:
    flow = script(
        "import pyautogui\ntry:\n    pyautogui.click('gone.png')\nexcept ValueError:\n    print('value')\n"
        "except KeyError:\n    print('key')\nprint('after')\n"
    )
    finished = await bench.run_flow(flow)
    assert finished.state is RunState.FAILED
    assert not bench.logs or "after" not in bench.logs


async def test_a_handler_for_a_stop_beside_others_is_for_the_others(bench: Bench, script: Script) -> None:
    flow = script(
        "import pyautogui\ntry:\n    pyautogui.click('gone.png')\nexcept (KeyboardInterrupt, Exception):\n"
        "    print('handled')\ntry:\n    pyautogui.press('a')\nexcept KeyboardInterrupt:\n    print('Bye!')\n"
    )
    logs, _ = await logs_of(bench, flow)
    assert logs == ["handled"]


@pytest.mark.parametrize(
    "text",
    [
        "spot = pyautogui.locateCenterOnScreen('a.png')\npyautogui.moveTo(spot[0], spot[1])",
        "pyautogui.moveTo(*pyautogui.locateCenterOnScreen('a.png'))",
        "pyautogui.moveTo(*pyautogui.center(pyautogui.locateOnScreen('a.png')))",
        "while True:\n    spot = pyautogui.locateCenterOnScreen('a.png')\n    if spot:\n        pyautogui.moveTo(spot[0], spot[1])\n        break",
    ],
)
def test_the_parts_of_a_middle_are_those_of_the_middle(script: Script, text: str) -> None:
    flow = script(f"import pyautogui\n{text}\n")
    (move,) = (node for node in flow.nodes if node.type == "move")
    assert re.fullmatch(
        r"point=\{\{ \w+\.matches\[0\]\.x\|int \}\},\{\{ \w+\.matches\[0\]\.y\|int \}\}", move.config["selector"]
    )


def test_a_pixel_is_asked_for_its_color(script: Script) -> None:
    flow = script(
        "from pyautogui import *\nred, green, blue = pixel(3, 4)\nprint(red)\n"
        "print(pixelMatchesColor(5, 6, (70, 170, 236), tolerance=20))\nhotkey('ctrl', 's')\nkeys = ['alt', 'f4']\nhotkey(*keys)\n"
    )
    first, second = (node for node in flow.nodes if node.type == "find")
    assert first.config == {"selector": "point=3,4"}
    assert second.config == {
        "selector": "color=#46aaec", "region": [5, 6, 1, 1], "tolerance": 20, "timeout": 0,
    }  # fmt: skip
    texts = [str(node.config) for node in flow.nodes]
    assert any(f"{first.id}.rgb" in text for text in texts)
    assert any(f"{second.id}.count > 0" in text for text in texts)
    assert [node.config["keys"] for node in flow.nodes if node.type == "keys"] == [["ctrl", "s"], ["alt", "f4"]]


async def test_functions_that_set_names_of_the_script_stay_with_the_lines_that_write(
    bench: Bench, tmp_path: Path
) -> None:
    path = tmp_path / "script.py"
    written = tmp_path / "log.txt"
    path.write_text(
        "import pyautogui\ns = 'never'\ndef stamp():\n    global s\n    s = 'at noon'\n"
        f"def note(mode):\n    f = open({str(written)!r}, mode)\n    stamp()\n    f.write(s + ' ok\\n')\n    f.close()\n"
        "note('w')\nnote('a')\nprint(s)\n",
        "utf-8",
    )
    found = read_script(path, [], builtin_catalogue())
    assert found.report.payload()["left"] == []
    logs, _ = await logs_of(bench, found.flows[0])
    assert written.read_text("utf-8") == "at noon ok\nat noon ok\n"
    assert logs == ["at noon"]


async def test_run_of_sikulix_runs_a_program_and_gives_what_it_printed(bench: Bench, tmp_path: Path) -> None:
    folder = tmp_path / "runs.sikuli"
    folder.mkdir()
    (folder / "runs.py").write_text("told = run(\"echo 'two words' three\")\nprint(told)\n", "utf-8")
    found = read_script(folder, [], builtin_catalogue())
    assert found.report.payload()["left"] == []
    logs, _ = await logs_of(bench, found.flows[0])
    assert logs == ["two words three"]


def test_a_script_of_many_functions_is_read_in_seconds(tmp_path: Path) -> None:
    path = tmp_path / "script.py"
    lines = ["import pyautogui"]
    for number in range(400):
        steps = "".join(f"    pyautogui.moveTo({number}, {step})\n" for step in range(6))
        lines.append(f"def step{number}():\n{steps}    pyautogui.press('a')\n    return {number}")
    lines += [f"step{number}()" for number in range(400) for _ in range(2)]
    path.write_text("\n".join(lines), "utf-8")
    began = time.monotonic()
    read_script(path, [], builtin_catalogue())
    assert time.monotonic() - began < 60


PROGRAMS = [
    "v = 1\nv = -1\ntry:\n    if v < 0:\n        raise ValueError('below')\n    print('fine')\nexcept TypeError:\n    print('type')\n"
    "except ValueError as e:\n    print('bad: %s' % e)\nexcept Exception:\n    print('other')",
    "def check(v):\n    if v < 0:\n        raise ValueError('below')\n    return v\nfor v in [1, -1, 2]:\n    try:\n        print(check(v))\n"
    "    except ValueError as e:\n        print('bad: %s' % e)\n    except Exception:\n        print('other')",
    "v = 1\nv = 5\ntry:\n    if v > 3:\n        raise KeyError(object(v) if v < 0 else [{v: y} for y in 'ab'])\n    print('fine')\nexcept LookupError:\n    print('look')\n"
    "except ValueError:\n    print('value')",
    "try:\n    x = int('abc')\nexcept KeyError:\n    print('wrong')\nexcept ValueError:\n    print('value')",
    "def g(n):\n    if n == 0:\n        return 'zero'\n    return 'other'\nprint(g(0), g(1))\nprint(g(0) + g(1))",
    "while True:\n    break\nelse:\n    print('never')\nfor i in [1, 2]:\n    print(i)\nelse:\n    print('always')",
    "def g(n):\n    try:\n        if n == 0:\n            return 'zero'\n        return 'other'\n    finally:\n        print('f')\nprint(g(0))",
    "x = 3\nx = x if x else 0\nx **= 2\nprint(x)",
    "a = 6\na = 7\nb = 5\nb = 4\na, b = b, a\nprint(a, b)\na, b = a + b, a - b\nprint(a, b)",
    "class Box:\n    def __init__(self, n):\n        self.n = n\n    def add(self, k):\n        self.n += k\nb = Box(3)\nb.add(5)\nc = Box(10)\n"
    "c.add(1)\nprint(b.n, c.n)",
    "d = {'k': [1, 2]}\nd['k'].append(3)\nd['k'][0] = 7\nprint(d['k'][0], d['k'][2])",
    "print('abcdef'[::2], 'abcdef'[1:4], 'abc'[5:])",
]  # fmt: skip


@pytest.mark.parametrize("text", PROGRAMS)
async def test_a_program_prints_what_python_prints_or_says_what_it_left(
    bench: Bench, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "script.py"
    path.write_text(f"import pyautogui\n{text}\n", "utf-8")
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        exec(text, {})
    found = read_script(path, [], builtin_catalogue())
    bench.services.permit = None
    finished = await bench.run_flow(found.flows[0])
    assert finished.state is RunState.SUCCEEDED
    nodes = found.flows[0].nodes
    if not found.report.left and not any("print(" in str(node.config) for node in nodes if node.type == "script"):
        said = {node.id for node in nodes if node.type == "log"}
        logs = [event.message for event in bench.events if isinstance(event, RunLog) and event.node_id in said]
        assert logs == told.getvalue().splitlines()
