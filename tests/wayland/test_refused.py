"""What this session withholds is refused, and told by `flowdesk doctor`."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from flowdesk.drivers.wayland import screens
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
