"""What this session withholds is refused, and told by `flowdesk doctor`."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import pytest

from flowdesk.drivers.wayland import screens
from flowdesk.drivers.wayland.tree import has_focus
from tests.wayland.conftest import ROOT, Flow, Form, ended, program_environment, swaymsg, until

pytestmark = pytest.mark.timeout(230)
Show = Callable[[str], Form]


def _doctor() -> str:
    command = [sys.executable, "-m", "flowdesk", "doctor"]
    return subprocess.run(
        command, env=program_environment(), cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout


def test_a_scaled_monitor_is_refused(flow: Flow) -> None:
    swaymsg("output", "HEADLESS-1", "scale", "2")
    try:
        until(lambda: '"scale": 2' in swaymsg("-t", "get_outputs"), "the monitor to be scaled")
        done = flow(("click", {"selector": "10,10"}))
        ended(done, 3)
        assert "swaymsg output HEADLESS-1 scale 1" in done.stdout + done.stderr
    finally:
        swaymsg("output", "HEADLESS-1", "scale", "1")
        screens.forget()


def test_a_locked_session_takes_no_input(show: Show, flow: Flow) -> None:
    form = show("gtk3")
    step = ("click", {"selector": f"window={form.title} >> button[name='Press me']"})
    locker = subprocess.Popen(["swaylock", "-c", "000000"], env=program_environment(), stderr=subprocess.DEVNULL)
    try:
        until(lambda: not has_focus(json.loads(swaymsg("-t", "get_tree"))), "the session to be locked")
        done = flow(step)
        ended(done, 3)
        assert "The session is locked" in done.stdout + done.stderr
    finally:
        locker.terminate()
        locker.wait(60)
    until(lambda: has_focus(json.loads(swaymsg("-t", "get_tree"))), "the session to be unlocked")
    assert not form.events
    ended(flow(step))
    form.hears("clicked")


def test_windows_on_a_second_monitor_are_driven_and_seen(show: Show, flow: Flow, tmp_path: Path) -> None:
    swaymsg("create_output")
    try:
        names = [each["name"] for each in json.loads(swaymsg("-t", "get_outputs"))]
        swaymsg("output", names[0], "position", "0", "0")
        swaymsg("output", names[-1], "resolution", "1280x720", "position", "1600", "0")
        screens.forget()
        form = show("gtk3")
        swaymsg(f'[title="{form.title}"]', "move", "absolute", "position", "1800", "px", "100", "px")
        until(lambda: (window := form.window()) is not None and window.box.x >= 1800, "the window to be there")
        scope = f"window={form.title} >> "
        done = flow(
            ("input", {"selector": scope + "text_field", "text": "第二个"}),
            ("click", {"selector": scope + "button[name='Press me']"}),
            ("screenshot", {"filename": "second.png", "monitor": 2}),
        )
        ended(done)
        until(lambda: (form.text, form.events) == ("第二个", ["clicked"]), f"what arrived: {form.text!r} {form.events}")
        (taken,) = (tmp_path / "report").rglob("second.png")
        picture = cv2.imread(str(taken))
        assert picture is not None
        assert picture.shape[:2] == (720, 1280)
    finally:
        swaymsg("workspace", "1")  # sway 1.7 cannot take a headless monitor away: what opens next opens on the first
        screens.forget()


def test_a_point_relative_to_the_pointer_needs_one_that_flowdesk_has_placed(flow: Flow) -> None:
    done = flow(("move", {"selector": "point=+50,-10"}))
    ended(done, 1)
    assert "does not tell where the mouse pointer is" in done.stdout + done.stderr


def test_doctor_tells_what_is_there_and_what_is_withheld() -> None:
    told = _doctor()
    assert "Wayland: sway" in told
    assert "Ctrl+Mod1+q stops all runs." in told
    assert "Recording" in told


def test_a_press_beside_an_open_list_is_refused(show: Show, flow: Flow) -> None:
    form = show("gtk4")
    scope = f"window={form.title} >> "
    ended(flow(("click", {"selector": scope + "combo_box"})))
    done = flow(("click", {"selector": scope + "button[name='Press me']", "timeout": 1500}))
    ended(done, 1)
    assert not form.events
