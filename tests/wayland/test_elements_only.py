"""Where the compositor gives neither mouse nor pictures: elements are operated by their programs, the rest is refused.

The session is sway's, told as one of KDE Plasma: flowdesk asks nothing of the compositor then.
"""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.wayland.conftest import PATIENCE, ROOT, Flow, Form, ended, flow_of, program_environment, until

pytestmark = pytest.mark.timeout(230)
Show = Callable[[str], Form]
ELSEWHERE = {"SWAYSOCK": "", "XDG_CURRENT_DESKTOP": "KDE"}


@pytest.fixture
def bound(tmp_path: Path) -> dict[str, str]:
    """Bind the stop as Plasma's settings do, and return the variables of the session."""
    (tmp_path / "data" / "applications").mkdir(parents=True)
    (tmp_path / "data" / "applications" / "net.local.flowdesk.desktop").write_text(
        f"[Desktop Entry]\nType=Application\nName=stop\nExec={sys.executable} -m flowdesk stop\nX-KDE-GlobalAccel-CommandShortcut=true\n"
    )
    (tmp_path / "kglobalshortcutsrc").write_text(
        "[kwin]\nWindow Close=Alt+F4,Alt+F4,Close\n\n[net.local.flowdesk.desktop]\n_k_friendly_name=stop\n_launch=Ctrl+Alt+Q,none,stop\n"
    )
    return {**ELSEWHERE, "XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")}


def _flowdesk(*words: str, **changes: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "flowdesk", *words]
    return subprocess.run(
        command,
        env=program_environment(**changes),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


def test_elements_are_filled_pressed_ticked_and_chosen(show: Show, flow: Flow, bound: dict[str, str]) -> None:
    form, other = show("gtk3"), show("qt")
    scope = f"window={form.title} >> "
    by = {"method": "element"}
    done = flow(
        ("input", {"selector": scope + "text_field", "text": "你好 é <|> 😀", **by}),
        ("click", {"selector": scope + "text=Press me", **by}),
        ("check", {"selector": scope + "check_box[name='I agree']", **by}),
        ("choose", {"selector": scope + "combo_box", "option": "Green", **by}),
        ("click", {"selector": ["image=nowhere.png", f"window={other.title} >> button[name='Press me']"], **by}),
        **bound,
    )
    ended(done)
    until(lambda: form.text == "你好 é <|> 😀", f"the text to be exact: {form.text!r}")
    until(lambda: form.events == ["clicked", "agreed True", "chose Green"], f"what was done: {form.events}")
    other.hears("clicked")


def test_what_is_withheld_is_refused_before_the_first_step_with_the_node(
    show: Show, flow: Flow, bound: dict[str, str]
) -> None:
    form = show("gtk3")
    press = f"window={form.title} >> button[name='Press me']"
    done = flow(("click", {"selector": press, "method": "element"}), ("click", {"selector": press}), **bound)
    ended(done, 3)
    assert "Mouse: move, click, drag, wheel (n1)" in done.stderr + done.stdout
    assert "Method to Element" in done.stderr + done.stdout
    assert not form.events


def test_a_target_that_is_not_there_is_said_as_elsewhere(show: Show, flow: Flow, bound: dict[str, str]) -> None:
    form = show("gtk3")
    step = {"selector": f"window={form.title} >> button[name='Nowhere']", "method": "element", "timeout": 300}
    done = flow(("click", step), **bound)
    ended(done, 1)
    assert "Nearest: button[name='Press me']" in done.stderr + done.stdout


def test_nothing_is_operated_without_a_key_that_stops(show: Show, flow: Flow, tmp_path: Path) -> None:
    form = show("gtk3")
    alone = {**ELSEWHERE, "XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    press = f"window={form.title} >> button[name='Press me']"
    done = flow(("click", {"selector": press, "method": "element"}), **alone)
    ended(done, 3)
    assert "No key is bound to flowdesk stop" in done.stderr + done.stdout
    assert not form.events
    assert _flowdesk("find", press, **alone).returncode == 0
    told = _flowdesk("doctor", **alone)
    assert "add a command with the keys Ctrl+Alt+Q" in told.stdout
    assert form.title in told.stdout


def test_flowdesk_stop_ends_the_run(show: Show, tmp_path: Path, bound: dict[str, str]) -> None:
    form = show("gtk3")
    press = {"selector": f"window={form.title} >> button[name='Press me']", "method": "element", "waitTime": 100}
    path = flow_of(tmp_path, *[("click", press)] * 200)
    command = [sys.executable, "-m", "flowdesk", "run", str(path), "--report", str(tmp_path / "report")]
    run = subprocess.Popen(
        command, env=program_environment(**bound), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    until(lambda: len(form.events) > 1, "the run to press")
    assert "flow" in _flowdesk("stop", **bound).stdout
    told, _ = run.communicate(timeout=PATIENCE)
    assert run.returncode == 130, told
    assert len(form.events) < 200
