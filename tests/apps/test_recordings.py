"""Jobs that a person does with mouse and keys in programs of every toolkit, recorded by `flowdesk record` and done again by what it wrote.

Each recording runs without an edit on a program that was started afresh; then with its window elsewhere and of another size; with other
data in its fields; in another theme, and larger. What the program has of the work in the end must be the same each time.
"""

import json
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.apps.recorded import (
    Calc,
    Chromium,
    Deed,
    Gtk3,
    Gtk4,
    Mousepad,
    Practice,
    Program,
    Qt,
    Swing,
    Terminal,
    Tk,
    Worker,
    Wx,
)
from tests.rig import Apps, steady

pytestmark = [pytest.mark.desktop, pytest.mark.apps, pytest.mark.timeout(900)]

LOOKS = 30
"""So many looks show the same once a program has written all down."""
SAVING = 10.0
"""Seconds that a program may take to write down what was done."""
FIGURES = Path(__file__).parents[2] / "build" / "recordings"
"""Where each job leaves what was recorded of it and what it missed."""
CHANGES = ("clean", "moved", "filled", "other looks")


@dataclass(frozen=True)
class Job:
    """What a person does in a program."""

    program: type[Program]
    name: str
    deeds: tuple[Deed, ...]
    expert: int
    """How many nodes somebody would use who builds it by hand."""
    before: tuple[Deed, ...] = ()
    """What somebody else has done in the program before: other data is in its fields."""

    @property
    def id(self) -> str:
        return f"{self.program.__name__.lower()}-{self.name}"


AGREE, NAME = "check_box[name='I agree']", "text_field[name='Name']"

JOBS = (
    Job(Gtk3, "form", (("click", AGREE), ("fill", NAME, "Zhang San 42")), 2, (("fill", NAME, "Old"), ("click", AGREE))),
    Job(Gtk3, "menu", (("open", "menu_item[name='File']", "menu_item[name='New']"),), 1),
    Job(
        Gtk3, "choices",
        (("open", "combo_box[name='Destination']", "menu_item[name='Rome']"), ("click", "radio_button[name='Train']")), 2,
        (("click", "radio_button[name='Plane']"),),
    ),
    Job(Gtk3, "list", (("click", "tab[name='Lists']"), ("click", "table_cell[name='Beta']")), 2),
    Job(
        Mousepad, "letter", (("click", "text_area"), ("type", "Dear 王芳,"), ("keys", "Return"), ("type", "yours"), ("keys", "ctrl+s")), 2,
    ),
    Job(Gtk4, "form", (("click", AGREE), ("fill", NAME, "Li Lei")), 2, (("fill", NAME, "Old"), ("click", AGREE))),
    Job(
        Gtk4, "choices", (("click", "combo_box[name='Destination']"), ("keys", "Down", "Down", "Return"), ("click", "button[name='Bold']")), 2,
    ),
    Job(Qt, "form", (("click", AGREE), ("fill", NAME, "Mei"), ("click", "button[name='Plain']")), 3, (("fill", NAME, "Old"),)),
    Job(
        Qt, "menus",
        (
            ("open", "menu_item[name='File']", "menu_item[name='Open Recent']", "menu_item[name='two.txt']"),
            ("open", "combo_box[name='Destination']", "list_item[name='Rome']"),
        ), 2,
    ),
    Job(Qt, "table", (("click", "tab[name='Tables']"), ("click", "table_cell[name='张三']")), 2),
    Job(
        Swing, "form",
        (("click", AGREE), ("fill", NAME, "Olga"), ("open", "combo_box[name='Destination']", "[name='Paris']")), 3,
        (("fill", NAME, "Old"),),
    ),
    Job(Swing, "menu", (("open", "menu_item[name='File']", "menu_item[name='Save']"),), 1),
    Job(Wx, "form", (("click", AGREE), ("open", "combo_box[name='Destination']", "menu_item[name='Rome']")), 2, (("click", AGREE),)),
    Job(Wx, "lists", (("click", "tab[name='Lists']"), ("click", "table_cell[name='Line 3']")), 2),
    Job(
        Chromium, "page",
        (("fill", "text_field[name='Field'], text_area[name='Field']", "Grüße"), ("click", AGREE), ("click", "radio_button[name='Train']")), 3,
        (("fill", "text_field[name='Field'], text_area[name='Field']", "Old"),),
    ),
    Job(
        Chromium, "choices",
        (("open", "button[name='More']", "menu_item[name='Delete']"), ("click", "tab[name='Lists']")), 3,
    ),
    Job(
        Calc, "cells", (("drag", "table_cell[name='A2']", "table_cell[name='B2']"), ("keys", "Delete", "ctrl+s")), 3,
    ),
    Job(
        Practice, "booking",
        (
            ("fill", NAME, "Anna"), ("open", "combo_box[name='City']", "list_item[name='Shanghai']"),
            ("click", AGREE), ("click", "button[name='Submit']"),
        ), 4,
        (("fill", NAME, "Old"),),
    ),
    Job(Tk, "order", (("fill", "Customer", "Zhang San"), ("click", "Express delivery"), ("click", "Save order")), 3),
    Job(Terminal, "command", (("type", "echo done > out.txt"), ("keys", "Return")), 2),
)  # fmt: skip


class Bench:
    """One job: the program, the person, the recording."""

    def __init__(self, apps: Apps, job: Job, folder: Path) -> None:
        self.job, self.folder = job, folder
        self.program = job.program(apps, folder)
        self.worker = Worker(self.program)
        self.flow = folder / "job.flow.json"

    def records(self) -> None:
        """Do the work while it is recorded."""
        recorder = subprocess.Popen(
            [sys.executable, "-m", "flowdesk", "record", "--out", str(self.flow)],
            env=self._environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert recorder.stdout is not None
        try:
            assert "Recording" in recorder.stdout.readline()
            self.worker.works(self.job.deeds)
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

    def told_other_than(self, begun: Any) -> Any:
        """Return what the program has, once that is not what it began with."""
        now = self.program.told()
        return now if now != begun else None

    def comes_to(self, wanted: Any) -> bool:
        """Return whether the program has this in the end: what it saves takes a moment."""
        deadline = time.monotonic() + SAVING
        while self.program.told() != wanted and time.monotonic() < deadline:
            threading.Event().wait(0.1)
        return bool(self.program.told() == wanted)

    def _environment(self) -> dict[str, str]:
        state = str(self.folder / "state")
        return {**self.program.rig.desktop.environment(), "FLOWDESK_STATE_DIR": state, "LC_ALL": "C.UTF-8"}

    def nodes(self) -> list[dict[str, Any]]:
        return [node for node in json.loads(self.flow.read_text("utf-8"))["nodes"] if node["type"] != "start"]


def keeps(job: Job, nodes: list[dict[str, Any]], missed: dict[str, Any], wanted: Any) -> None:
    """Leave the figures of a job for whoever counts."""
    FIGURES.mkdir(parents=True, exist_ok=True)
    steps = [[node["type"], node["data"]["config"]] for node in nodes]
    told = {
        "job": job.id,
        "nodes": len(nodes),
        "expert": job.expert,
        "steps": steps,
        "missed": missed,
        "wanted": wanted,
    }
    (FIGURES / f"{job.id}.json").write_text(json.dumps(told, ensure_ascii=False, indent=1), "utf-8")


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.id)
def test_a_recorded_job_does_the_same_again(apps: Apps, tmp_path: Path, job: Job) -> None:
    bench = Bench(apps, job, tmp_path)
    bench.program.opens()
    begun = bench.program.told()
    bench.records()
    wanted = steady(lambda: bench.told_other_than(begun), "what the program has of the work", LOOKS)
    nodes = bench.nodes()
    text = json.dumps([[node["type"], node["data"]["config"]] for node in nodes], ensure_ascii=False)
    missed: dict[str, Any] = {}
    for change in CHANGES:
        if change == "filled" and not job.before:
            continue
        bench.program.opens(looks_other=change == "other looks")
        if change == "moved":
            bench.program.moves()
        if change == "filled":
            bench.worker.works(job.before)
        if (wrong := bench.replays()) or not bench.comes_to(wanted):
            missed[change] = wrong or bench.program.told()
    keeps(job, nodes, missed, wanted)
    assert not missed, (missed, wanted, text)
    assert len(nodes) <= 1.3 * job.expert + 0.7, text
    assert '"point=' not in text, text
    assert not any("duration" in node["data"]["config"] for node in nodes), text
