"""Whole flows through `flowdesk run`, read back from the driven program or from its file."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import pytest

from flowdesk.drivers.windows import api, fields, looks, sending
from flowdesk.drivers.windows.clipboard import DesktopClipboard
from tests.windows.conftest import HERE, Form, Shown, Start, flow_of, program_environment, until
from tests.windows.test_parts import MIXED

Flow = Callable[..., "subprocess.CompletedProcess[str]"]
pytestmark = pytest.mark.timeout(230)


def _ended(done: "subprocess.CompletedProcess[str]", code: int = 0) -> None:
    assert done.returncode == code, done.stdout + done.stderr


def _point(place: tuple[int, int]) -> str:
    return f"point={place[0]},{place[1]}"


def test_a_thousand_characters_go_into_notepad(notepad: Shown, flow: Flow) -> None:
    _ended(flow(("input", {"selector": "window=Notepad", "text": MIXED, "method": "keys", "keyDelay": 0})))
    assert notepad.text() == MIXED


def test_a_paste_leaves_the_clipboard_as_it_was(notepad: Shown, flow: Flow) -> None:
    clipboard = DesktopClipboard()
    clipboard.set_text("mine 我的")
    _ended(flow(("input", {"selector": "window=Notepad", "text": MIXED, "method": "paste"})))
    assert notepad.text() == MIXED
    assert clipboard.text() == "mine 我的"
    clipboard.close()


def test_a_dialog_is_filled_in_by_clicks_and_text(form: Form, flow: Flow) -> None:
    _ended(
        flow(
            ("click", {"selector": _point(form.place("name"))}),
            ("input", {"text": "张三"}),
            ("click", {"selector": _point(form.place("notes"))}),
            ("input", {"text": "first\nsecond"}),
            ("click", {"selector": _point(form.place("agree"))}),
            ("click", {"selector": _point(form.place("ok"))}),
        )
    )
    pressed = until(lambda: len(form.noted("pressed")) == 2 and form.noted("pressed"), "both presses")
    assert [fact["control"] for fact in pressed] == ["agree", "ok"]
    assert (pressed[1]["name"], pressed[1]["notes"].replace("\r\n", "\n")) == ("张三", "first\nsecond")


def test_the_wheel_turns_and_a_drag_moves(form: Form, flow: Flow) -> None:
    x, y = form.place("plain")
    _ended(
        flow(
            ("click", {"selector": f"point={x},{y}", "clickType": "double"}),
            ("scroll", {"selector": f"point={x},{y}", "amount": 3}),
            ("drag", {"selector": f"point={x},{y}", "to": f"point={x - 100},{y}"}),
        )
    )
    assert sum(fact["delta"] for fact in form.noted("wheel")) == -360
    assert form.noted("down")[-1]["x"] - form.noted("up")[-1]["x"] == 100


def test_wordpad_takes_text_and_keys(start: Start, flow: Flow) -> None:
    from flowdesk.system import find_program

    program = find_program("wordpad") or "C:\\Program Files\\Windows NT\\Accessories\\wordpad.exe"
    shown = start(program)
    _ended(
        flow(
            ("input", {"selector": "app=wordpad", "text": "Hello 你好"}),
            ("keys", {"keys": ["ctrl", "a"]}),
            ("keys", {"keys": ["ctrl", "c"]}),
            ("keys", {"keys": ["end"]}),
            ("keys", {"keys": ["ctrl", "v"]}),
        )
    )
    found: list[int] = []
    for kind in ("RICHEDIT50W", "RichEdit20W", "RICHEDIT20W"):
        found += [shown.control(kind)] if shown.control(kind) else []
    assert found, "no editor in WordPad"
    until(lambda: fields.plain(fields.text_of(found[0]) or "").strip() == "Hello 你好Hello 你好", "the doubled text")


def test_a_qt_form_is_filled_in_and_saved(start: Start, flow: Flow, tmp_path: Path) -> None:
    file = tmp_path / "saved.json"
    start(sys.executable, str(HERE / "qtform.py"), str(file), title="Qt form")
    _ended(
        flow(
            ("input", {"selector": "", "text": "李四 é 😀"}),
            ("keys", {"keys": ["tab"]}),
            ("input", {"text": "one two"}),
            ("keys", {"keys": ["tab"]}),
            ("keys", {"keys": ["space"]}),
        )
    )
    held = until(lambda: file.is_file() and json.loads(file.read_text("utf-8") or "{}"), "the file")
    assert held == {"name": "李四 é 😀", "notes": "one two"}


def test_a_program_is_started_seen_and_moved(flow: Flow, tmp_path: Path) -> None:
    report = tmp_path / "report"
    _ended(
        flow(
            ("launch", {"command": "notepad.exe"}),
            ("window", {"selector": "app=notepad", "action": "move", "x": 200, "y": 150}),
            ("input", {"text": "seen 看见"}),
            ("screenshot", {"filename": "shot.png", "fullScreen": True}),
            report=report,
        )
    )
    mine = next(facts for facts in looks.shown() if facts.program.lower() == "notepad")
    try:
        assert (mine.box.x, mine.box.y) == (200, 150)
        edit = int(api.user().FindWindowExW(mine.number, None, "Edit", None))
        assert fields.text_of(edit) == "seen 看见"
        picture = next(report.rglob("shot.png"))
        pixels = cv2.imread(str(picture))
        assert pixels is not None
        part = pixels[mine.box.y : mine.box.bottom, mine.box.x : mine.box.right]
        assert part.mean() > 200  # the white sheet of an editor, not the black of nothing
    finally:
        api.user().PostMessageW(mine.number, 0x2, 0, 0)


@pytest.mark.usefixtures("notepad")
def test_ctrl_alt_q_ends_a_run_with_130(tmp_path: Path) -> None:
    file = tmp_path / "long.flow.json"
    steps: list[tuple[str, dict[str, Any]]] = [
        ("input", {"text": "begun"}),
        ("wait", {"duration": 90000}),
    ]
    file.write_text(json.dumps(flow_of(*steps)), "utf-8")
    run = subprocess.Popen([sys.executable, "-m", "flowdesk", "run", str(file), "--allow"], env=program_environment())
    try:
        until(lambda: (held := fields.focused()) and held.text == "begun", "the run to have begun", 60)
        for is_up in (False, True):
            keys = (0xA2, 0xA4, 0x51) if not is_up else (0x51, 0xA4, 0xA2)
            sending.send([sending.key(vk, 0, is_extended=False, is_up=is_up) for vk in keys])
        assert run.wait(30) == 130
    finally:
        run.kill()
