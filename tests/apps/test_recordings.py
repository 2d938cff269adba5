"""Jobs that a person does with mouse and keys in programs of every toolkit, recorded by `flowdesk record` and done again by what it wrote.

The person is `xdotool`; what is where is read from what the programs publish. Each recording runs without an edit on a program that was
started afresh, then with its window elsewhere and of another size. What the program tells of itself must be the same each time.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from flowdesk.drivers.atspi.bus import Shown
from flowdesk.drivers.shown import parts_of
from tests.rig import Apps, Rig, published, steady, until

pytestmark = [pytest.mark.desktop, pytest.mark.apps, pytest.mark.timeout(600)]

CONTROLS = Path(__file__).parents[1] / "controls"
Deed = tuple[str, ...]


@dataclass(frozen=True)
class Job:
    """What a person does in the window with every kind of control of a toolkit."""

    toolkit: str
    name: str
    deeds: tuple[Deed, ...]
    """``click`` or ``double`` on an element; ``open`` clicks on several, one after the other; ``fill`` a field; ``keys``; ``drag``."""
    expert: int
    """How many nodes somebody would use who builds it by hand."""


JOBS = (
    Job(
        "gtk3", "form", (("click", "check_box[name='I agree']"), ("fill", "text_field[name='Name']", "Zhang San 42")), 2
    ),
    Job("gtk3", "menu", (("open", "menu_item[name='File']", "menu_item[name='New']"),), 1),
    Job("gtk4", "form", (("click", "check_box[name='I agree']"), ("fill", "text_field[name='Name']", "Li Lei")), 2),
    Job(
        "qt",
        "form",
        (
            ("click", "check_box[name='I agree']"),
            ("fill", "text_field[name='Name']", "Mei"),
            ("click", "button[name='Plain']"),
        ),
        3,
    ),
)


class Bench:
    """One job: the program, the person, the recording."""

    def __init__(self, apps: Apps, job: Job, folder: Path) -> None:
        self.rig: Rig = apps.rig
        self.job = job
        self.folder = folder
        self.out = folder / "told.jsonl"
        self.flow = folder / "job.flow.json"
        self.pid = 0

    def opens(self) -> None:
        """Start the program afresh."""
        self.rig.close_apps()
        self.out.unlink(missing_ok=True)
        process = self.rig.start(self._command(), QT_QPA_PLATFORM="xcb", GSETTINGS_BACKEND="memory")
        self.rig.wait_window(process, f"{self.job.toolkit} controls")
        self.rig.wait_published(process.pid)
        self.pid = process.pid

    def _command(self) -> list[str]:
        toolkit = self.job.toolkit
        if toolkit != "swing":
            python = sys.executable if toolkit == "qt" else "/usr/bin/python3"
            return [python, str(CONTROLS / f"{toolkit}_controls"), str(self.out)]
        classes = self.folder / "classes"
        if not classes.exists():
            source = CONTROLS / "swing" / "SwingControls.java"
            subprocess.run(["javac", "-d", str(classes), str(source)], check=True, timeout=120)
        bridge = "-Djavax.accessibility.assistive_technologies=org.GNOME.Accessibility.AtkWrapper"
        return [
            "java",
            bridge,
            "-cp",
            f"/usr/share/java/java-atk-wrapper.jar:{classes}",
            "SwingControls",
            str(self.out),
        ]

    def told(self) -> list[Any]:
        """Return the last that the program told of each of its controls."""
        if not self.out.exists():
            return []
        events = [json.loads(line) for line in self.out.read_text("utf-8").splitlines()]
        return sorted({str(event[0]): event for event in events}.values(), key=str)

    # the person

    def works(self) -> None:
        """Do the job."""
        for what, *rest in self.job.deeds:
            if what == "fill":
                self._clicks(rest[0])
                self.rig.xdotool("type", "--delay", "40", rest[1])
                self._rests()
                continue
            for css in rest:
                self._clicks(css, double=what == "double")

    def _clicks(self, css: str, *, double: bool = False) -> None:
        x, y = self._finds(css)
        self.rig.xdotool("mousemove", "--sync", str(x - 2), str(y))
        self.rig.xdotool("mousemove", "--sync", str(x), str(y))
        self._rests()
        once = ["mousedown", "1", "sleep", "0.06", "mouseup", "1"]
        self.rig.xdotool(*once, *(["sleep", "0.08", *once] if double else []))
        self._rests()

    def _rests(self) -> None:
        self.rig.xdotool("sleep", "0.8")

    def _finds(self, css: str) -> tuple[int, int]:
        """Return the middle of the smallest thing that fits, once it stands still."""
        parts = parts_of(css)
        assert parts is not None

        def look() -> tuple[int, int] | None:
            fits = [
                one.box for one in published(self.pid)
                if any(part.fits(Shown(one.state.role, one.state.name, one.state.value, 0, (0, 0, 0, 0))) for part in parts)
            ]  # fmt: skip
            best = min(fits, key=lambda box: box.width * box.height, default=None)
            return tuple(best.center) if best is not None else None  # type: ignore[return-value]

        found = steady(look, css, 3)
        assert found is not None
        return found

    # the recording

    def records(self, work: Callable[[], None]) -> None:
        """Do some work while it is recorded."""
        recorder = subprocess.Popen(
            [sys.executable, "-m", "flowdesk", "record", "--out", str(self.flow)],
            env=self._environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert recorder.stdout is not None
        try:
            assert "Recording" in recorder.stdout.readline()
            work()
            self._rests()
        finally:
            recorder.send_signal(2)
            output, _ = recorder.communicate(timeout=200)
        assert recorder.returncode == 0, output

    def replays(self) -> str:
        """Run what was recorded; return what went wrong."""
        done = subprocess.run(
            [sys.executable, "-m", "flowdesk", "run", str(self.flow)],
            env=self._environment(), capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        return "" if done.returncode == 0 else done.stdout[-1500:] + done.stderr

    def _environment(self) -> dict[str, str]:
        state = str(self.folder / "state")
        return {**self.rig.desktop.environment(), "FLOWDESK_STATE_DIR": state, "LC_ALL": "C.UTF-8"}

    def moves(self) -> None:
        """Let the window stand elsewhere, and be larger."""
        number = str(next(number for number, _, title in self.rig.windows() if title == f"{self.job.toolkit} controls"))
        self.rig.xdotool("windowsize", "--sync", number, "760", "640")
        self.rig.xdotool("windowmove", "--sync", number, "640", "220")
        self.rig.wait_published(self.pid)


@pytest.mark.parametrize("job", JOBS, ids=lambda job: f"{job.toolkit}-{job.name.replace(' ', '-')}")
def test_a_recorded_job_does_the_same_again(apps: Apps, tmp_path: Path, job: Job, record_property: Any) -> None:
    bench = Bench(apps, job, tmp_path)
    bench.opens()
    bench.records(bench.works)
    wanted = until(bench.told, "what the program tells")
    nodes = [node for node in json.loads(bench.flow.read_text("utf-8"))["nodes"] if node["type"] != "start"]
    text = json.dumps([node["data"]["config"] for node in nodes], ensure_ascii=False)
    record_property("nodes", f"{len(nodes)} of {job.expert}: {text}")
    assert len(nodes) <= 1.3 * job.expert + 0.7, text
    assert '"point=' not in text, text
    assert not any("duration" in node["data"]["config"] for node in nodes), text
    for is_elsewhere in (False, True):
        bench.opens()
        if is_elsewhere:
            bench.moves()
        assert bench.replays() == "", text
        assert bench.told() == wanted, text
