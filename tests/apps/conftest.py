"""Whole jobs on real applications: a flow file, `flowdesk run`, and the file that the application saved."""

import json
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from flowdesk.model.flow import Flow, new_edge, new_node
from flowdesk.session.storage import save_flow
from tests.rig import Rig

LONGEST = 170.0
"""Seconds that a job may take."""

Step = tuple[str, dict[str, Any]]


class Job:
    """A home and a folder of its own, and runs of flows in them."""

    def __init__(self, rig: Rig, folder: Path) -> None:
        self.rig = rig
        self.home = folder / "home"
        self.folder = folder / "papers"
        for made in (self.home, self.folder):
            made.mkdir()

    def runs(self, *steps: Step) -> dict[str, Any]:
        """Run one node after the other; return their results by their ids, ``n1``, ``n2``, …"""
        nodes = [new_node("start", id="start")]
        nodes += [new_node(kind, config, id=f"n{number}") for number, (kind, config) in enumerate(steps, 1)]
        edges = [new_edge(before.id, after.id) for before, after in pairwise(nodes)]
        path = self.folder / "job.flow.json"
        save_flow(Flow(nodes=tuple(nodes), edges=tuple(edges)), path, None)
        environment = {
            **self.rig.desktop.environment(),
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.home / ".config"),
            "XDG_DATA_HOME": str(self.home / ".local" / "share"),
            "XDG_CACHE_HOME": str(self.home / ".cache"),
            "LC_ALL": "C.UTF-8",
            "GSETTINGS_BACKEND": "memory",
        }
        command = [
            sys.executable,
            "-m",
            "flowdesk",
            "run",
            str(path),
            "--json",
            "--allow",
            "--report",
            str(self.home.parent / "report"),
        ]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=LONGEST, check=False)
        messages = [json.loads(line) for line in done.stdout.splitlines()]
        failed = [one["payload"] for one in messages if one["type"] in ("node.error", "execution.error")]
        assert done.returncode == 0, (failed[:1], done.stderr)
        return {
            one["payload"]["node_id"]: one["payload"]["result"] for one in messages if one["type"] == "node.success"
        }


@pytest.fixture
def job(clean_desktop: Rig, tmp_path: Path) -> Iterator[Job]:
    """A job on a clean desktop; what it leaves open is ended."""
    yield Job(clean_desktop, tmp_path)
    clean_desktop.close_left_windows()
