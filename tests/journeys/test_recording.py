"""A person works in real programs while `flowdesk record` listens; what it wrote does the same work again, without an edit."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import ROOT, Start
from tests.journeys.person import Person, Seen
from tests.rig import PATIENCE, Rig, until

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(300)]

FORM = ROOT / "tests" / "controls" / "recorded_form"
SLOW_FORM = ROOT / "tests" / "controls" / "slow_form"
TK_FORM = ROOT / "tests" / "controls" / "tk_form"
SECRET = "hunter2-Xyz"


class Worker(Person):
    """Works at a human pace: rests on what is pressed, and holds the button a moment."""

    def clicks(self, at: tuple[int, int]) -> None:
        self.points(at)
        self.rests()
        self.rig.xdotool("mousedown", "1", "sleep", "0.08", "mouseup", "1")
        self.rests()

    def rests(self) -> None:
        self.rig.xdotool("sleep", "0.8")

    def fills(self, at: tuple[int, int], text: str) -> None:
        self.clicks(at)
        self.types(text)
        self.rests()


def started(rig: Rig, out: Path) -> int:
    """Start the form, and return its process."""
    process = rig.start(["/usr/bin/python3", str(FORM), str(out)], GSETTINGS_BACKEND="memory")
    rig.wait_window(process)
    return process.pid


def replays(rig: Rig, flow: Path) -> None:
    """Run a recording as it is."""
    state = flow.parent / "state"
    done = subprocess.run(
        [sys.executable, "-m", "flowdesk", "run", str(flow)],
        env={**rig.desktop.environment(), "FLOWDESK_STATE_DIR": str(state), "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=6 * PATIENCE, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def recorded(flow: Path) -> list[tuple[str, dict[str, Any]]]:
    """Return type and settings of the nodes of a flow."""
    return [(node["type"], node["data"]["config"]) for node in json.loads(flow.read_text("utf-8"))["nodes"]]


def written(out: Path) -> Any:
    return json.loads(until(lambda: out.read_text("utf-8") if out.exists() else "", "what the form saved"))


def place(worker: Worker, pid: int, css: str) -> tuple[int, int]:
    """Return where a person sees something; GTK 3 names a field by its label, which xa11y does not tell."""
    return worker.finds(pid, css).center


def fields(worker: Worker, pid: int) -> list[Seen]:
    """Return the fields from top to bottom."""
    return sorted(until(lambda: worker.sees(pid, "text_field"), "the fields"), key=lambda seen: seen.y)


@pytest.mark.parametrize("is_elsewhere", [False, True])
def test_what_was_recorded_does_the_same_again(
    clean_desktop: Rig, flowdesk: Start, tmp_path: Path, is_elsewhere: bool
) -> None:
    rig, worker, out, flow = clean_desktop, Worker(clean_desktop), tmp_path / "saved.json", tmp_path / "job.flow.json"
    pid = started(rig, out)
    recorder = flowdesk("record", "--out", str(flow))
    recorder.waits_to_print("Recording what you do")
    name, *_ = fields(worker, pid)
    worker.clicks(name.center)
    worker.types("Zhang San, 42")
    worker.clicks(place(worker, pid, "check_box"))
    worker.clicks(place(worker, pid, "combo_box"))
    worker.clicks(place(worker, pid, "menu_item[name='Rome']"))
    worker.clicks(place(worker, pid, "button[name='Save']"))
    wanted = written(out)
    assert wanted == {"name": "Zhang San, 42", "agree": True, "city": "Rome", "password": ""}
    recorder.waits_to_print("Save")
    recorder.process.send_signal(2)
    assert recorder.ends() == 0, recorder.printed()
    nodes = recorded(flow)
    assert [kind for kind, _ in nodes] == ["start", "input", "check", "choose", "click"], nodes
    assert all("point=" not in json.dumps(config) for _, config in nodes)
    rig.close_apps()
    out.unlink()
    pid = started(rig, out)
    if is_elsewhere:
        window = str(next(number for number, process, _ in rig.windows() if process == pid))
        rig.xdotool("windowsize", "--sync", window, "640", "500")
        rig.xdotool("windowmove", "--sync", window, "520", "230")
        name, *_ = fields(worker, pid)
        worker.fills(name.center, "Somebody else")  # other data than when it was recorded
    replays(rig, flow)
    assert written(out) == wanted
    rig.close_apps()


def test_a_password_is_nowhere(clean_desktop: Rig, flowdesk: Start, tmp_path: Path) -> None:
    rig, worker, out, flow = clean_desktop, Worker(clean_desktop), tmp_path / "saved.json", tmp_path / "job.flow.json"
    pid = started(rig, out)
    recorder = flowdesk("record", "--out", str(flow))
    recorder.waits_to_print("Recording what you do")
    name, *_ = fields(worker, pid)
    worker.clicks(name.center)
    worker.types("mei")
    worker.presses("Tab")
    worker.types(SECRET)
    worker.clicks(place(worker, pid, "button[name='Save']"))
    assert written(out)["password"] == SECRET
    recorder.waits_to_print("Save")
    recorder.process.send_signal(2)
    assert recorder.ends() == 0, recorder.printed()
    assert "flowdesk secret set" in recorder.printed()
    texts = [node["data"]["config"].get("text") for node in json.loads(flow.read_text("utf-8"))["nodes"]]
    assert "mei" in texts
    assert any(text and text.startswith("{{secret:") for text in texts)
    out.unlink()
    for file in tmp_path.rglob("*"):
        assert not file.is_file() or SECRET.encode() not in file.read_bytes(), file


def middle(out: Path, name: str) -> tuple[int, int]:
    """Return where a control of the Tk form is; Tk tells nobody else."""
    x, y, width, height = json.loads(out.with_suffix(".places").read_text("utf-8"))[name]
    return x + width // 2, y + height // 2


def started_tk(rig: Rig, out: Path, *options: str) -> None:
    out.with_suffix(".places").unlink(missing_ok=True)
    rig.wait_window(rig.start(["/usr/bin/python3", str(TK_FORM), str(out), *options]), "Order 17")
    until(out.with_suffix(".places").exists, "the places of the controls")


def test_a_program_that_publishes_nothing_is_found_by_what_can_be_read_wherever_its_window_is(
    clean_desktop: Rig, flowdesk: Start, tmp_path: Path
) -> None:
    rig, worker, out, flow = clean_desktop, Worker(clean_desktop), tmp_path / "saved.json", tmp_path / "job.flow.json"
    started_tk(rig, out)
    recorder = flowdesk("record", "--out", str(flow))
    recorder.waits_to_print("Recording what you do")
    worker.fills(middle(out, "Customer"), "Zhang San")
    x, y = middle(out, "City")
    worker.clicks((x, y))
    left, *_ = json.loads(out.with_suffix(".places").read_text("utf-8"))["City"]
    worker.clicks((left + 30, y + 50))  # the list drops from the left end of its button
    worker.clicks(middle(out, "Save order"))
    wanted = written(out)
    assert (wanted["name"], wanted["city"]) == ("Zhang San", "Paris")
    worker.rests()
    recorder.process.send_signal(2)
    assert recorder.ends(120) == 0, recorder.printed()
    nodes = recorded(flow)
    assert [kind for kind, _ in nodes] == ["start", "input", "click", "click", "click"], nodes
    ways = [config["selector"] for _, config in nodes[1:]]
    first = [way if isinstance(way, str) else way[0] for way in ways]
    assert all(way.startswith("app=Order >> text=") for way in first), ways
    rig.close_apps()
    out.unlink()
    started_tk(rig, out)
    window = str(next(number for number, _, title in rig.windows() if title == "Order 17"))
    rig.xdotool("windowsize", "--sync", window, "620", "380")
    rig.xdotool("windowmove", "--sync", window, "520", "330")
    replays(rig, flow)
    assert written(out) == wanted
    rig.close_apps()


def test_what_came_late_is_waited_for_when_it_comes_later(clean_desktop: Rig, flowdesk: Start, tmp_path: Path) -> None:
    rig, worker, out, flow = clean_desktop, Worker(clean_desktop), tmp_path / "told.txt", tmp_path / "job.flow.json"

    def shown(seconds: float) -> int:
        process = rig.start(["/usr/bin/python3", str(SLOW_FORM), str(out), str(seconds)], GSETTINGS_BACKEND="memory")
        rig.wait_window(process)
        rig.wait_published(process.pid)
        return process.pid

    def told() -> list[str]:
        return out.read_text("utf-8").splitlines() if out.exists() else []

    pid = shown(1.8)
    recorder = flowdesk("record", "--out", str(flow))
    recorder.waits_to_print("Recording what you do")
    worker.clicks(place(worker, pid, "button[name='Load']"))
    worker.points((place(worker, pid, "button[name='Finish']")[0], place(worker, pid, "button[name='Finish']")[1] + 60))
    worker.rests()
    worker.rests()
    worker.clicks(place(worker, pid, "button[name='Send']"))
    worker.clicks(place(worker, pid, "button[name='Check']"))
    worker.finds(pid, "static_text[name='All is checked']")
    worker.rests()
    worker.clicks(place(worker, pid, "button[name='Finish']"))
    assert until(told, "what was pressed") == ["sent", "finished: All is checked"]
    recorder.process.send_signal(2)
    assert recorder.ends() == 0, recorder.printed()
    nodes = recorded(flow)
    assert [kind for kind, _ in nodes] == ["start", "click", "click", "click", "wait", "click"], nodes
    assert all("duration" not in config for _, config in nodes)
    assert nodes[2][1].get("timeout", 0) > 4500, nodes
    assert "All is checked" in str(nodes[4][1]["selector"])
    rig.close_apps()
    out.unlink()
    shown(4.2)  # longer than any step waits by itself
    replays(rig, flow)
    assert until(told, "what was pressed") == ["sent", "finished: All is checked"]
