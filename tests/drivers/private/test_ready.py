"""Desktops that are kept ready: the next run takes one that nothing ran on, and nothing of them stays."""

import os
import queue
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flowdesk.drivers.private import desktops
from flowdesk.drivers.private.desktops import KeptDesktop, KeptDesktops
from tests.rig import until

pytestmark = pytest.mark.desktop

SIZE = (640, 480)


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[KeptDesktops]:
    monkeypatch.setattr(desktops, "AGAIN_SECONDS", 0.0)
    made = KeptDesktops()
    yield made
    made.close()
    assert all(each.is_over for each in made._started)


def start(kept: KeptDesktops, size: tuple[int, int] = SIZE) -> tuple[KeptDesktop, "queue.Queue[Any]"]:
    heard: queue.Queue[Any] = queue.Queue()
    return kept.start(size, heard.put, lambda part: heard.put({"type": "gone", "part": part})), heard


def order() -> dict[str, Any]:
    """A run of a start alone."""
    flow = {
        "flowdesk": 1,
        "id": "a",
        "name": "a",
        "nodes": [{"id": "start", "type": "start", "data": {"config": {}}}],
        "edges": [],
    }
    given = dict.fromkeys(("from_node", "only", "folder", "assets", "home"))
    no = dict.fromkeys(
        ("is_dry", "is_paused", "asks_for_help", "has_own_home", "asks", "has_permit", "has_secrets", "loads"), False
    )
    return {
        **given, **no, "flow": flow, "run_id": uuid.uuid4().hex, "variables": {}, "breakpoints": [], "run_delay": 0.0, "memories": {},
        "results": {},
    }  # fmt: skip


def until_ready(kept: KeptDesktops) -> KeptDesktop:
    """Wait until the one that is kept is there, and so is the flowdesk on it."""
    (ready,) = until(lambda: list(kept._ready), "one to be made ready")
    assert isinstance(ready, KeptDesktop)
    until(lambda: "Xvfb" in parts(ready), "its X server", 60)
    return ready


def parts(desktop: KeptDesktop) -> set[str]:
    """Return the names of the processes below a keeper."""
    found, names = {desktop.pid}, set()
    for _ in range(4):
        for name in filter(str.isdecimal, os.listdir("/proc")):
            try:
                fields = Path(f"/proc/{name}/stat").read_text().rpartition(")")
            except OSError:
                continue
            if int(fields[2].split()[1]) in found:
                found.add(int(name))
                names.add(fields[0].partition("(")[2])
    return names


def test_a_run_takes_the_desktop_that_is_ready_and_another_one_is_made_ready(kept: KeptDesktops) -> None:
    kept.keep_ready(SIZE, 1)
    ready = until_ready(kept)
    taken, heard = start(kept)
    assert taken is ready
    taken.send({"type": "workflow.start", "payload": order()})
    told: list[str] = []
    while "execution.complete" not in told:
        told.append(heard.get(timeout=60)["type"])
    assert heard.get(timeout=60)["type"] == "gone"
    assert until_ready(kept) is not ready


def test_one_that_died_meanwhile_is_not_given_and_another_size_is_started(kept: KeptDesktops) -> None:
    kept.keep_ready(SIZE, 1)
    ready = until_ready(kept)
    other, _ = start(kept, (800, 600))
    assert other is not ready
    ready.end()
    until(lambda: ready.is_over, "it to end")
    taken, heard = start(kept)
    assert taken is not ready
    taken.send({"type": "workflow.start", "payload": order()})
    assert heard.get(timeout=60)["type"] != "gone"


def test_what_is_no_longer_wanted_is_ended(kept: KeptDesktops) -> None:
    kept.keep_ready(SIZE, 1)
    ready = until_ready(kept)
    kept.keep_ready(SIZE, 0)
    until(lambda: ready.is_over, "it to end")
    assert kept._ready == []
