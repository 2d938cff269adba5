"""Whole flows through `flowdesk run` under sway, read back from the driven program."""

import contextlib
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import pytest

from flowdesk.drivers.pixels import screen
from flowdesk.drivers.wayland.clipboard import Clipboard, Content
from flowdesk.model.geometry import Box
from tests.wayland.conftest import KITS, PATIENCE, ROOT, Flow, Form, ended, flow_of, program_environment, swaymsg, until

pytestmark = pytest.mark.timeout(230)
Show = Callable[[str], Form]
MIXED = ("你好,世界 é ß ñ <|> \"quoted\" 'q' {a}[b]\\~^` 😀 ЖЯ ا ㄅ あア 한 Straße €5 @#$%&*()_+-=;:/? " * 3)[:200]


@pytest.mark.parametrize("kit", KITS)
def test_text_and_clicks_arrive(kit: str, show: Show, flow: Flow) -> None:
    form = show(kit)
    scope = f"window={form.title} >> "
    ended(
        flow(
            ("input", {"selector": scope + "text_field", "text": MIXED, "method": "keys", "keyDelay": 0}),
            ("click", {"selector": scope + "button[name='Press me']"}),
            ("click", {"selector": scope + "check_box[name='I agree']"}),
            ("click", {"selector": scope + "button[name='Press me']", "method": "element"}),
        )
    )
    until(lambda: form.text == MIXED, f"the text to be exact: {form.text!r}")
    until(lambda: form.events == ["clicked", "agreed True", "clicked"], f"what was pressed: {form.events}")


def test_a_field_is_cleared_and_shortcuts_arrive(show: Show, flow: Flow) -> None:
    form = show("qt")
    field = f"window={form.title} >> text_field"
    ended(
        flow(
            ("input", {"selector": field, "text": "wrong"}),
            ("input", {"selector": field, "text": "Größe", "clearFirst": True}),
            ("keys", {"keys": ["ctrl", "a"], "selector": field}),
            ("keys", {"keys": ["ctrl", "c"]}),
            ("keys", {"keys": ["end"]}),
            ("keys", {"keys": ["?"]}),
            ("keys", {"keys": ["ctrl", "v"]}),
        )
    )
    until(lambda: form.text == "Größe?Größe", f"the text: {form.text!r}")


def test_double_click_drag_and_wheel(show: Show, flow: Flow) -> None:
    form = show("qt")
    slider = form.box("slider")
    ended(
        flow(
            ("click", {"selector": f"window={form.title} >> list_item[name='row 3']", "clickType": "double"}),
            ("drag", {"selector": f"{slider.x + 5},{slider.center.y}", "to": f"{slider.right - 5},{slider.center.y}"}),
            ("scroll", {"selector": f"window={form.title} >> list", "direction": "down", "amount": 3}),
        )
    )
    form.hears("double row 3")
    until(lambda: any(line.startswith("slid ") and int(line[5:]) > 80 for line in form.events), "the slider at its end")
    until(lambda: any(line.startswith("scrolled ") for line in form.events), "the list to be scrolled")


def test_a_picture_is_found_and_a_screenshot_is_taken(show: Show, flow: Flow, tmp_path: Path) -> None:
    form = show("gtk3")
    box = form.box("button[name='Press me']")
    part = Box(box.center.x - 60, box.y + 4, 120, box.height - 8)
    (tmp_path / "flow.assets").mkdir()
    (tmp_path / "flow.assets" / "press.png").write_bytes(screen.png(screen.grab(part).pixels))
    ended(flow(("click", {"selector": "image=press.png"}), ("screenshot", {"filename": "all.png", "fullScreen": True})))
    form.hears("clicked")
    (taken,) = (tmp_path / "report").rglob("all.png")
    picture = cv2.imread(str(taken))
    assert picture is not None
    assert picture.shape[:2] == (1000, 1600)
    assert tuple(int(channel) for channel in picture[999, 1599]) == (0x99, 0x66, 0x33)


def test_windows_are_listed_moved_activated_and_closed(show: Show, flow: Flow) -> None:
    first, second = show("gtk3"), show("gtk4")
    ended(
        flow(
            ("window", {"selector": f"window={first.title}", "action": "move", "x": 10, "y": 40}),
            ("window", {"selector": f"window={first.title}", "action": "resize", "width": 620, "height": 400}),
            ("window", {"selector": f"window={first.title}", "action": "activate"}),
            ("window", {"selector": f"window={second.title}", "action": "close"}),
        )
    )
    window = first.window()
    assert window is not None
    assert window.box == Box(10, 40, 620, 400)
    assert window.is_active
    until(lambda: second.window() is None, "the second window to be closed")
    done = flow(("window", {"selector": f"window={first.title}", "action": "minimize"}))
    ended(done, 1)
    assert "sway has no minimize" in done.stderr + done.stdout


def test_a_covered_window_is_raised_before_it_is_clicked(show: Show, flow: Flow) -> None:
    below, above = show("gtk3"), show("qt")
    box = below.window()
    assert box is not None
    swaymsg(f'[title="{above.title}"] move absolute position {box.box.x} px {box.box.y} px')
    ended(flow(("click", {"selector": f"window={below.title} >> button[name='Press me']"})))
    below.hears("clicked")
    assert not above.events


def test_a_modal_dialog_blocks_its_window(show: Show, flow: Flow) -> None:
    form = show("qt")
    ended(flow(("click", {"selector": f"window={form.title} >> button[name='Ask']"})))
    done = flow(("click", {"selector": f"window={form.title} >> button[name='Press me']", "timeout": 1500}))
    ended(done, 1)
    assert "Really" in done.stdout + done.stderr
    assert "clicked" not in form.events
    ended(flow(("click", {"selector": "window=Really >> button[name='Yes']"})))
    form.hears("answered")


def test_a_paste_leaves_the_clipboard_as_it_was(show: Show, flow: Flow) -> None:
    form = show("gtk4")
    mine = Content({"text/plain;charset=utf-8": "mine 我的".encode(), "image/png": screen.png(screen.grab().pixels)})
    with contextlib.closing(Clipboard()) as clipboard:
        clipboard.put(mine)
        ended(flow(("input", {"selector": f"window={form.title} >> text_field", "text": MIXED, "method": "paste"})))
        until(lambda: form.text == MIXED, f"the text to be exact: {form.text!r}")
        assert clipboard.keep().formats == mine.formats


def test_what_a_run_left_on_the_clipboard_outlives_it(flow: Flow) -> None:
    ended(flow(("clipboard", {"operation": "set", "text": "left 留下"})))
    with contextlib.closing(Clipboard()) as clipboard:
        assert clipboard.text() == "left 留下"
        clipboard.set_text("")


@pytest.mark.parametrize("way", ["key", "command", "signal"])
def test_a_run_is_stopped_and_holds_nothing(way: str, show: Show, tmp_path: Path) -> None:
    form = show("qt")
    path = flow_of(
        tmp_path, ("input", {"selector": f"window={form.title} >> text_field", "text": "abc " * 2000, "method": "keys"})
    )
    command = [sys.executable, "-m", "flowdesk", "run", str(path), "--report", str(tmp_path / "report")]
    run = subprocess.Popen(
        command, env=program_environment(), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    until(lambda: len(form.text) > 5, "the run to type")
    if way == "key":
        _press_stop()
    elif way == "signal":
        run.send_signal(signal.SIGINT)
    else:
        asked = [sys.executable, "-m", "flowdesk", "stop"]
        subprocess.run(asked, env=program_environment(), cwd=ROOT, timeout=PATIENCE, check=True, capture_output=True)
    told, _ = run.communicate(timeout=PATIENCE)
    assert run.returncode == 130, told
    assert len(form.text) < 8000
    rest = form.text
    assert rest == ("abc " * 2000)[: len(rest)]


def _press_stop() -> None:
    """Press Ctrl+Alt+Q on a keyboard of its own, as a person does."""
    from flowdesk.drivers.steps import Steps
    from flowdesk.drivers.wayland.keyboard import Keyboard
    from flowdesk.drivers.wayland.seat import Seat
    from flowdesk.engine.brake import Brake

    seat = Seat()
    Keyboard(seat).press(["ctrl", "alt", "q"], 1, 0.05, Steps(Brake()))
    seat.close()


def test_no_input_without_a_stop(show: Show, flow: Flow) -> None:
    form = show("gtk3")
    steps = [("log", {"message": "first"}), ("click", {"selector": f"window={form.title} >> button[name='Press me']"})]
    with _config_without_stop():
        done = flow(*steps)
        ended(done, 3)
        assert "bindsym Ctrl+Mod1+q exec" in done.stdout + done.stderr
        assert not [line for line in done.stdout.splitlines() if "first" in line]
        assert not form.events
        look = subprocess.run(
            [sys.executable, "-m", "flowdesk", "find", f"window={form.title}"],
            env=program_environment(),
            cwd=ROOT,
            check=False,
            capture_output=True,
        )
        assert look.returncode == 0
        asked = subprocess.run(
            [sys.executable, "-m", "flowdesk", "doctor"],
            env=program_environment(),
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
        )
        assert "flowdesk stop" in asked.stdout
    ended(flow(*steps))
    form.hears("clicked")


@contextlib.contextmanager
def _config_without_stop():  # type: ignore[no-untyped-def]
    """Let sway read its configuration without the line that binds the stop."""
    import json

    path = Path(json.loads(swaymsg("-t", "get_version"))["loaded_config_file_name"])
    whole = path.read_text("utf-8")
    path.write_text("\n".join(line for line in whole.splitlines() if "bindsym" not in line), "utf-8")
    swaymsg("reload")
    try:
        yield
    finally:
        path.write_text(whole, "utf-8")
        swaymsg("reload")
