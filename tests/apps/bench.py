"""A job that a person does in a program: recorded by `flowdesk record`, and done again by what it wrote, under each change."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.apps.recorded import Deed, Program, Worker
from tests.rig import Apps, steady

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
    shows: tuple[str, ...] = ()
    """What the program has to tell after the work, as JSON: otherwise the person missed something."""

    @property
    def id(self) -> str:
        return f"{self.program.__name__.lower()}-{self.name}"


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


def does_the_same_again(apps: Apps, folder: Path, job: Job, changes: Sequence[str] = CHANGES) -> None:
    """Record a job, then run what was recorded on the program as it begins, and under each change."""
    bench = Bench(apps, job, folder)
    bench.program.opens()
    begun = bench.program.told()
    bench.records()
    wanted = steady(lambda: bench.told_other_than(begun), "what the program has of the work", LOOKS)
    assert all(one in json.dumps(wanted, ensure_ascii=False) for one in job.shows), wanted
    nodes = bench.nodes()
    text = json.dumps([[node["type"], node["data"]["config"]] for node in nodes], ensure_ascii=False)
    missed: dict[str, Any] = {}
    for change in changes:
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
