"""Scripts of other tools as flows: every one validates, nothing is lost without a word, nothing is run."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowdesk.importing.bringing import SCRIPTS, is_of_other_tool
from flowdesk.importing.reading import Imported, read_script, write
from flowdesk.model.errors import FlowUnreadable
from flowdesk.model.flow import Flow, Node
from flowdesk.model.validation import validate
from flowdesk.nodes import builtin_catalogue

CATALOGUE = builtin_catalogue()
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fccfc0f01f0005050201a1a2cd8a0000000049454e44ae426082"
)


def bundle(folder: Path, name: str, text: str, *pictures: str) -> Path:
    """Make a ``.sikuli`` folder."""
    path = folder / f"{name}.sikuli"
    path.mkdir(parents=True)
    (path / f"{name}.py").write_text(text, "utf-8")
    for picture in pictures:
        (path / picture).write_bytes(PNG)
    return path


@pytest.fixture
def sikuli(tmp_path: Path) -> Callable[..., Imported]:
    def read(text: str, *pictures: str, **others: str) -> Imported:
        beside = [bundle(tmp_path / "in", name, other) for name, other in others.items()]
        return checked(read_script(bundle(tmp_path / "in", "script", text, *pictures), beside, CATALOGUE))

    return read


@pytest.fixture
def pointer(tmp_path: Path) -> Callable[[str], Imported]:
    def read(text: str) -> Imported:
        path = tmp_path / "script.py"
        path.write_text("import pyautogui, time, random\n" + text, "utf-8")
        return checked(read_script(path, [], CATALOGUE))

    return read


def checked(imported: Imported) -> Imported:
    for flow in imported.flows:
        assert [problem.message for problem in validate(flow, CATALOGUE) if problem.is_error] == []
    return imported


def nodes(imported: Imported, kind: str) -> list[Node]:
    return [node for node in imported.flows[0].nodes if node.type == kind]


def config(imported: Imported, kind: str) -> dict[str, Any]:
    (node,) = nodes(imported, kind)
    return node.config


def ways(flow: Flow) -> set[tuple[str, str | None, str]]:
    return {(edge.source, edge.source_handle, edge.target) for edge in flow.edges}


Read = Callable[..., Imported]


def test_the_defaults_of_sikulix_are_written_out(sikuli: Read) -> None:
    found = sikuli('click("ok.png")\nwait("done.png")')
    click = config(found, "click")
    assert (click["selector"], click["similarity"], click["timeout"]) == ("image=ok.png", 0.7, 3000)
    assert config(found, "wait")["timeout"] == 3000
    assert not found.report.left


def test_similarity_and_offset_of_a_pattern_are_kept(sikuli: Read) -> None:
    found = config(sikuli('click(Pattern("a.png").similar(0.85).targetOffset(10,-4))'), "click")
    assert (found["similarity"], found["offset"]) == (0.85, {"x": 10, "y": -4})


def test_exact_is_nearly_the_same(sikuli: Read) -> None:
    assert config(sikuli('hover(Pattern("b.png").exact())'), "move")["similarity"] == 0.99


def test_a_region_is_where_its_calls_look(sikuli: Read) -> None:
    found = sikuli('import places\nplaces.BAR.click("a.png")', places="BAR = Region(1, 2, 30, 40)")
    assert config(found, "click")["region"] == [1, 2, 30, 40]
    assert not found.report.left


def test_settings_hold_from_where_they_stand(sikuli: Read) -> None:
    found = sikuli('Settings.MinSimilarity = 0.9\nclick("a.png")')
    assert config(found, "click")["similarity"] == 0.9


def test_text_is_cut_at_the_keys_in_it(sikuli: Read) -> None:
    found = sikuli('type("me" + Key.TAB + "word" + Key.ENTER)\ntype("s", KeyModifier.CTRL + KeyModifier.SHIFT)')
    assert [node.config["text"] for node in nodes(found, "input")] == ["me", "word"]
    assert [node.config["keys"] for node in nodes(found, "keys")] == [["tab"], ["enter"], ["ctrl", "shift", "s"]]


def test_python_2_is_read(sikuli: Read) -> None:
    found = sikuli(
        'try:\n    click("a.png")\nexcept FindFailed, e:\n    print "no:", e\nprint "end"\nif 1 <> 2: print "ok"'
    )
    assert not found.report.left
    assert len(nodes(found, "log")) == 3
    assert ("click1", "error", "log1") in ways(found.flows[0])


def test_if_else_and_not_lead_two_ways_and_meet_again(sikuli: Read) -> None:
    found = sikuli('if not exists("a.png", 2):\n    click("b.png")\nelse:\n    click("c.png")\nwait(1)')
    condition = config(found, "condition")
    assert (condition["operator"], condition["timeout"]) == ("exists", 2000)
    assert {("condition1", "false", "click1"), ("condition1", "true", "click2")} <= ways(found.flows[0])
    assert {("click1", "default", "wait1"), ("click2", "default", "wait1")} <= ways(found.flows[0])


def test_and_asks_the_second_only_where_the_first_is_so(sikuli: Read) -> None:
    found = ways(sikuli('if exists("a.png") and exists("b.png"):\n    click("c.png")').flows[0])
    assert {("condition1", "true", "condition2"), ("condition2", "true", "click1")} <= found


def test_loops_without_end_have_no_bound(sikuli: Read) -> None:
    found = sikuli('while True:\n    click("a.png")\n    if exists("b.png"):\n        break')
    assert config(found, "loop")["maxIterations"] == 0
    assert ("condition1", "true", "break1") in ways(found.flows[0])


def test_a_function_that_is_called_once_is_drawn_where_it_is_called(sikuli: Read) -> None:
    text = 'def enter(name, times=2):\n    type(name)\n    for i in range(times):\n        click("a.png")\n'
    found = sikuli(text + 'enter("x")')
    assert [node.config["text"] for node in nodes(found, "input")] == ["x"]
    assert not nodes(found, "function")


def test_a_function_that_is_called_more_than_once_is_one_of_the_flow(sikuli: Read) -> None:
    text = (
        "def press(picture, times=2):\n    for i in range(times):\n        click(picture)\n    return exists(picture)\n"
    )
    found = sikuli(text + 'press("a.png")\nif press("b.png", 3):\n    click("c.png")', "a.png", "b.png", "c.png")
    assert not found.report.left
    assert not [problem for problem in validate(found.flows[0], builtin_catalogue()) if problem.is_error]
    (function,) = nodes(found, "function")
    assert function.config == {"function": "press", "parameters": {"picture": "", "times": ""}}
    assert [node.config["inputs"] for node in nodes(found, "call")] == [
        {"picture": "a.png", "times": 2}, {"picture": "b.png", "times": 3},
    ]  # fmt: skip
    assert nodes(found, "end")[0].config == {"result": "{{ find1 }}"}
    assert nodes(found, "condition")[0].config["left"] == "{{ call2.count }}"
    assert [node.config["selector"] for node in nodes(found, "click")] == ["image={{picture}}", "image=c.png"]
    assert set(found.pictures) == {"a.png", "b.png", "c.png"}
    group = (found.flows[0].model_extra or {})["groups"]["group1"]
    assert (group["title"], len(group["nodes"])) == ("press", 5)


@pytest.mark.parametrize("line", ["exit(1)", "global n\n    n = 1", "seen.append(1)"])
def test_a_function_that_ends_the_script_or_sets_what_is_outside_is_drawn_in_place(sikuli: Read, line: str) -> None:
    found = sikuli(f'seen = []\nn = 0\ndef f():\n    click("a.png")\n    {line}\nf()\nf()')
    assert not nodes(found, "function")


def test_what_fails_in_a_function_goes_on_at_the_handler_around_the_call(sikuli: Read) -> None:
    text = 'def f(p):\n    click(p)\n    click("b.png")\ntry:\n    f("a.png")\n    f("c.png")\nexcept:\n    print("no")'
    flow = sikuli(text).flows[0]
    assert not [problem for problem in validate(flow, builtin_catalogue()) if problem.is_error]
    handler = next(node.id for node in flow.nodes if node.type == "log")
    assert {edge.source for edge in flow.edges if edge.target == handler} == {"call1", "call2"}


def test_what_only_computes_stays_python_in_a_script(pointer: Callable[[str], Imported]) -> None:
    text = "import json, os\nrows = [1, 2]\nbig = [n * 10 for n in rows if n > 1]\nf = open('x.json', 'w')\nf.write(json.dumps(big))\nf.close()\n"
    found = pointer(text + "if os.path.exists('x.json'):\n    pyautogui.write(str(big[0]))\n")
    assert not found.report.left
    codes = [node.config["code"] for node in nodes(found, "script")]
    assert codes == [
        "rows = input['rows']\nresult = [n * 10 for n in rows if n > 1]",
        "import json\nbig = input['big']\nf = open('x.json', 'w')\nf.write(json.dumps(big))\nf.close()",
        "import os\nresult = os.path.exists('x.json')",
    ]


def test_a_list_that_grows_in_a_loop_begins_before_it(pointer: Callable[[str], Imported]) -> None:
    found = pointer("seen = []\nfor i in range(3):\n    seen.append(i)\npyautogui.write(str(len(seen)))\n")
    order = [(node.type, node.config.get("operation", "")) for node in found.flows[0].nodes]
    assert order[1:4] == [("setVariable", ""), ("loop", ""), ("setVariable", "append")]


def test_a_match_and_quotes_in_quotes_are_read(pointer: Callable[[str], Imported]) -> None:
    text = 'd = {"a": "x"}\nmatch input("?"):\n    case "1" | "2":\n        pyautogui.write(f"{d["a"]}!")\n    case _:\n        pyautogui.press("a")\n'
    found = pointer(text)
    assert not found.report.left
    assert len(nodes(found, "condition")) == 2


def test_a_script_that_lies_around_is_read_where_another_imports_it(tmp_path: Path) -> None:
    (tmp_path / "tests" / "one").mkdir(parents=True)
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "steps.py").write_text("import pyautogui\ndef go():\n    pyautogui.press('a')\n")
    script = tmp_path / "tests" / "one" / "main.py"
    script.write_text("import pyautogui\nfrom lib.steps import go\ngo()\n")
    found = read_script(script, [], builtin_catalogue())
    assert not found.report.left
    assert [node.config["keys"] for node in nodes(found, "keys")] == [["a"]]


def test_a_function_is_drawn_where_it_is_called_with_what_it_is_given(sikuli: Read) -> None:
    text = 'def enter(name, times=2):\n    type(name)\n    for i in range(times):\n        click("a.png")\n    global seen\n'
    found = sikuli(text + 'enter("x")\nenter("y", 3)')
    assert [node.config["text"] for node in nodes(found, "input")] == ["x", "y"]
    assert [node.config["count"] for node in nodes(found, "loop")] == [2, 3]
    assert len(found.flows) == 1


def test_a_value_that_is_returned_early_goes_on_behind_the_call(sikuli: Read) -> None:
    text = 'def found():\n    while True:\n        if exists("a.png"):\n            return True\n'
    found = sikuli(text + 'if found():\n    click("c.png")')
    assert not found.report.left
    joined = {edge.source for edge in found.flows[0].edges if edge.target == "condition2"}
    assert joined == {"setVariable1", "loop1"}


def test_a_function_that_nothing_calls_is_a_flow_of_its_own(sikuli: Read) -> None:
    found = sikuli('def one(name):\n    click(name)\ndef two():\n    click("b.png")')
    assert [flow.name for flow in found.flows] == ["script - one", "script - two"]
    assert found.flows[0].variables == {"one_name": None}


def test_other_scripts_are_read_where_they_are_imported(sikuli: Read) -> None:
    others = {"lib": 'def login():\n    click("a.png")', "other": 'def leave():\n    click("b.png")'}
    found = sikuli("from lib import *\nimport other\nlogin()\nother.leave()", **others)
    assert [node.config["selector"] for node in nodes(found, "click")] == ["image=a.png", "image=b.png"]


def test_a_script_that_is_run_is_a_subflow(sikuli: Read) -> None:
    found = sikuli('runScript("./other.sikuli")', other='click("b.png")')
    assert config(found, "subflow")["flow"] == "other.flow.json"
    assert [path.stem for path in found.others] == ["other"]


def test_what_is_not_taken_is_a_note_with_the_original_and_the_reason(sikuli: Read) -> None:
    found = sikuli('click("a.png")\nvibrate(Button.LEFT)\nx = vibrate()')
    assert found.report.taken == 1
    assert [left.line for _, left in sorted(found.report.left.items())] == [2, 3]
    notes = [note["text"] for note in (found.flows[0].model_extra or {})["notes"].values()]
    assert notes[0].startswith("vibrate(Button.LEFT)\n— vibrate has no counterpart here.")


def test_a_question_that_has_no_counterpart_is_asked_of_a_person(sikuli: Read) -> None:
    found = sikuli('if vibrates("x"):\n    click("a.png")')
    assert nodes(found, "prompt")[0].config["kind"] == "confirm"
    assert found.report.kinds() == {"call: vibrates": 1}


def test_lines_that_are_no_python_are_named_and_the_rest_is_read(sikuli: Read) -> None:
    found = sikuli('click("a.png")\nthis is no python at all\nclick("b.png")\n')
    assert found.report.kinds() == {"syntax": 1}
    assert len(nodes(found, "click")) == 2


def test_nothing_of_a_script_is_run(sikuli: Read, tmp_path: Path) -> None:
    target = tmp_path / "touched"
    sikuli(f'open({str(target)!r}, "w").write("x")\n__import__("os").system("touch {target}")\neval("1/0")')
    assert not target.exists()


def test_pictures_are_copied_and_those_that_are_gone_are_named(sikuli: Read, tmp_path: Path) -> None:
    found = sikuli('click("a.png")\nfor p in ["b.png", "c.png"]:\n    click(p)', "a.png", "b.png")
    (path,) = write(found, tmp_path)
    assert sorted(each.name for each in (tmp_path / "script.assets").iterdir()) == ["a.png", "b.png"]
    assert found.report.missing == {"c.png"}
    assert json.loads(path.read_text("utf-8"))["name"] == "script"


def test_the_defaults_of_pyautogui_are_written_out(pointer: Read) -> None:
    found = pointer(
        'pyautogui.click(100, 200)\npyautogui.PAUSE = 1\npyautogui.press("enter", presses=3)\n'
        'pyautogui.hotkey("ctrl", "c")\ntime.sleep(2.5)'
    )
    assert config(found, "click")["delayAfter"] == 100
    assert config(found, "click")["selector"] == "point=100,200"
    keys = [(node.config["keys"], node.config["delayAfter"]) for node in nodes(found, "keys")]
    assert keys == [(["enter"], 1000), (["ctrl", "c"], 1000)]
    assert config(found, "wait") == {"duration": 2500}


def test_a_click_without_a_place_is_where_the_pointer_is(pointer: Read) -> None:
    assert config(pointer("pyautogui.click()"), "click")["selector"] == "point=+0,+0"


def test_a_picture_that_is_found_is_clicked_where_it_was(pointer: Read) -> None:
    text = 'spot = pyautogui.locateOnScreen("a.png", confidence=0.9)\nif spot is not None:\n    pyautogui.click(spot)'
    found = pointer(text)
    assert config(found, "find")["similarity"] == 0.9
    assert config(found, "condition") == {"left": "{{ find1.count }}", "operator": "gt", "right": 0}
    assert config(found, "click")["selector"] == "point={{find1.matches[0].x}},{{find1.matches[0].y}}"


def test_chance_and_sums_are_expressions(pointer: Read) -> None:
    found = pointer('n = 0\nwhile n < 3:\n    n += 1\n    time.sleep(random.uniform(0.5, 1.5))\nprint(f"done {n}")')
    assert config(found, "wait")["duration"] == "{{ random(0.5, 1.5, 3) * 1000 }}"
    assert nodes(found, "setVariable")[-1].config == {"name": "n", "value": "{{ (n + 1) }}"}
    assert not found.report.left


LINES = (
    'click("a.png")', "while True:", "    break", "    x = x + 1", "if x:", "else:", "try:", "except:", "def f(a):", "    return a",
    "f(1)", "x = f(2)", "    click(x)", "for i in range(x):", "    continue", "raise X, 1", 'print "x"', "class A:", "(", "    ",
    "    def g(self): self.y = 1", "A().g()", '"""', "        exists(i)", "lambda: 1", "x, y = y, x", "return", "import os",
    "global x", "del x", "type(Key.ENTER + x)", "    f(a)", "x[0] = 1", "with Region(1,2,3,4):", "a = b = 3", "assert exists(x)",
)  # fmt: skip


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(lines=st.lists(st.sampled_from(LINES), max_size=25))
def test_whatever_stands_in_a_script_there_is_a_valid_flow(
    lines: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = bundle(tmp_path_factory.mktemp("any"), "any", "\n".join(lines))
    imported = checked(read_script(path, [], CATALOGUE))
    assert imported.flows
    assert imported.report.taken >= 0


def command(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flowdesk", "import", *map(str, arguments)],
        env={**os.environ, "FLOWDESK_STATE_DIR": str(folder / "state"), "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip


def test_the_command_says_how_many_of_how_many(tmp_path: Path) -> None:
    path = bundle(tmp_path, "job", 'click("a.png")\nvibrate(1)', "a.png")
    done = command(tmp_path, path, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "1 of 2 statements taken" in done.stdout
    assert "job.py:2: vibrate(1) — vibrate has no counterpart here." in done.stdout
    assert (tmp_path / "job.assets" / "a.png").read_bytes() == PNG
    again = command(tmp_path, path, "--out", tmp_path)
    assert again.returncode == 2
    assert "already exists" in again.stderr
    told = json.loads(command(tmp_path, path, "--out", tmp_path, "--force", "--json").stdout)
    assert (told[0]["statements"], told[0]["taken"], told[0]["kinds"]) == (2, 1, {"call: vibrate": 1})


def test_the_command_refuses_what_it_cannot_read(tmp_path: Path) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("hello", "utf-8")
    done = command(tmp_path, other, tmp_path / "none.sikuli", "--out", tmp_path)
    assert done.returncode == 2
    assert "is of no tool that flowdesk can read" in done.stderr
    assert "cannot be opened" in done.stderr


def test_settings_of_sikuli_hold_from_then_on_or_are_left(sikuli: Callable[..., Imported]) -> None:
    found = sikuli(
        "setAutoWaitTimeout(12)\nsetROI(0, 0, 100, 100)\nsetFindFailedResponse(SKIP)\nclick('ok.png')\n", "ok.png"
    )
    assert config(found, "click")["timeout"] == 12_000
    assert {one.kind for one in found.report.left.values()} == {"setting: setROI", "setting: setFindFailedResponse"}


def test_a_handler_for_a_stop_takes_no_failure(pointer: Callable[[str], Imported]) -> None:
    found = pointer("try:\n    pyautogui.click(1, 2)\nexcept KeyboardInterrupt:\n    pyautogui.click(3, 4)\n")
    (click,) = nodes(found, "click")
    assert not [edge for edge in found.flows[0].edges if edge.source == click.id and edge.source_handle == "error"]
    assert [one.kind for one in found.report.left.values()] == ["except KeyboardInterrupt"]


def test_a_try_without_a_handler_hides_no_failure(pointer: Callable[[str], Imported]) -> None:
    found = pointer("try:\n    pyautogui.click(1, 2)\nfinally:\n    pyautogui.click(3, 4)\n")
    first = nodes(found, "click")[0]
    assert not [edge for edge in found.flows[0].edges if edge.source == first.id and edge.source_handle == "error"]


@pytest.mark.parametrize("text", ["'a' * 10**9", "[0] * 9999999999", "10**9 * 'ab'"])
def test_a_constant_that_would_be_huge_is_left(pointer: Callable[[str], Imported], text: str) -> None:
    assert pointer(f"x = {text}\npyautogui.write('a')\n").report.left


def test_keys_and_buttons_that_are_held_stay_held(sikuli: Read, pointer: Callable[[str], Imported]) -> None:
    found = sikuli('keyDown(Key.ALT)\nkeyDown("a")\nkeyUp()\nmouseDown(Button.RIGHT)\nmouseUp()')
    assert [(node.config["keys"], node.config["action"]) for node in nodes(found, "keys")] == [
        (["alt"], "down"), (["a"], "down"), (["a", "alt"], "up"),
    ]  # fmt: skip
    assert [(node.config["clickType"], node.config["action"]) for node in nodes(found, "click")] == [
        ("right", "down"), ("left", "up"),
    ]  # fmt: skip
    held = pointer('pyautogui.keyDown("shift")\npyautogui.mouseDown(5, 6, button="right")\npyautogui.mouseUp()')
    assert (config(held, "keys")["action"], nodes(held, "click")[0].config["selector"]) == ("down", "point=5,6")
    assert not held.report.left
    assert not found.report.left


def test_where_the_pointer_is_and_how_large_the_desktop_is_are_values(pointer: Callable[[str], Imported]) -> None:
    found = pointer("x, y = pyautogui.position()\nw, h = pyautogui.size()\npyautogui.moveTo(w - 1, y)")
    assert [node.config["selector"] for node in nodes(found, "find")] == ["point=+0,+0", "point=100%,100%"]
    assert not found.report.left


def test_what_a_script_is_started_with_is_a_variable(sikuli: Read) -> None:
    found = sikuli('if len(sys.argv) > 1:\n    type(sys.argv[1])\nrunScript("other", "x")', other="type(sys.argv[1])")
    assert not found.report.left
    assert found.flows[0].variables["argv"] == ["script"]
    assert config(found, "subflow")["inputs"] == {"argv": '{{ ["other", "x"] }}'}


def test_a_script_that_is_run_is_found_by_its_path(tmp_path: Path) -> None:
    bundle(tmp_path / "parts", "login", 'click("a.png")')
    main = bundle(tmp_path / "jobs", "job", 'runScript("../parts/login")')
    found = checked(read_script(main, [], CATALOGUE))
    assert [path.name for path in found.others] == ["login.py"]
    assert not found.report.left


@pytest.mark.skipif(os.name != "posix", reason="needs pipes and devices with names")
@pytest.mark.parametrize("suffix", [".py", ".json", ".ascr", ".pmc"])
def test_what_is_no_plain_file_is_refused_without_waiting(tmp_path: Path, suffix: str) -> None:
    pipe, device = tmp_path / f"pipe{suffix}", tmp_path / f"device{suffix}"
    os.mkfifo(pipe)
    device.symlink_to("/dev/zero")
    for path in (pipe, device):
        with pytest.raises(FlowUnreadable, match="not a regular file"):
            read_script(path, [], CATALOGUE)
        assert is_of_other_tool(path) is (suffix in SCRIPTS)
