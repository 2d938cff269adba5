"""`wait` until something changes, or until a file is whole."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from flowdesk.drivers.fake import Thing
from flowdesk.engine.clock import RealClock
from flowdesk.model.errors import NodeTimeout
from flowdesk.model.geometry import Box
from flowdesk.model.run import RunState
from flowdesk.model.validation import validate
from flowdesk.nodes import builtin_catalogue
from tests.nodes.conftest import Bench


async def test_a_change_ends_the_wait(bench: Bench) -> None:
    bench.desktop.changes = [1.0, 0.0, 0.0, 0.2]
    finished = await bench.run(("wait", {"until": "changed", "region": [0, 0, 100, 100]}))
    assert finished.state is RunState.SUCCEEDED
    assert 200 <= bench.result()["waited"] < 1000


@pytest.mark.parametrize(("threshold", "waited"), [(None, 100), (1, 200), (10, 300)])
async def test_what_counts_as_a_change_is_more_than_a_cursor_or_what_is_said(
    bench: Bench, threshold: float | None, waited: int
) -> None:
    bench.desktop.changes = [1.0, 0.006, 0.009, 0.05, 0.5]  # 60, 90, 500 and 5000 pixels of 10,000
    await bench.run(("wait", {"until": "changed", "region": [0, 0, 100, 100], "threshold": threshold}))
    assert round(bench.result()["waited"], -2) == waited


async def test_a_target_is_found_and_its_place_watched(bench: Bench) -> None:
    bench.desktop.things = [Thing("text=Total", Box(1, 1, 50, 20), appears=1)]
    bench.desktop.changes = [1.0, 0.0, 0.5]
    await bench.run(("wait", {"until": "changed", "selector": "text=Total"}))
    assert 1000 <= bench.result()["waited"] < 2000


async def test_no_change_leaves_by_the_timeout(bench: Bench) -> None:
    bench.desktop.changes = [1.0]
    finished = await bench.run(("wait", {"until": "changed", "timeout": 2000}))
    assert finished.error is not None
    assert finished.error["code"] == NodeTimeout.code
    assert 2 <= bench.clock.time < 3


@pytest.fixture
def real(bench: Bench) -> Bench:
    """A bench on the real clock: files grow in real time."""
    bench.clock = bench.services.clock = RealClock()  # type: ignore[assignment]
    return bench


def soon(*steps: Callable[[], object], apart: float = 0.25) -> threading.Thread:
    """Do something in between, step by step."""
    never = threading.Event()

    def work() -> None:
        for step in steps:
            never.wait(apart)
            step()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


async def test_a_file_has_come_when_it_no_longer_grows(real: Bench, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"

    def grow() -> None:
        with path.open("ab") as stream:
            stream.write(b"23")

    thread = soon(lambda: path.write_bytes(b"1"), grow, grow, grow)
    finished = await real.run(("wait", {"until": "file", "path": "report.pdf", "stableFor": 500}))
    thread.join()
    assert finished.state is RunState.SUCCEEDED
    assert real.result()["size"] == path.stat().st_size == 7
    assert real.result()["path"] == str(path)
    assert real.result()["waited"] >= 1500


@pytest.mark.parametrize("beside", ["report.pdf.part", "report.Xy12.pdf.part", "report.pdf.crdownload"])
async def test_an_empty_file_into_which_a_browser_still_loads_has_not_come(
    real: Bench, tmp_path: Path, beside: str
) -> None:
    path, part = tmp_path / "report.pdf", tmp_path / beside
    path.touch()
    part.write_bytes(b"half")
    thread = soon(lambda: part.write_bytes(b"whole"), lambda: part.replace(path), apart=0.4)
    await real.run(("wait", {"until": "file", "path": "report.pdf", "stableFor": 200}))
    thread.join()
    assert real.result()["size"] == 5


async def test_a_file_that_does_not_come_says_why(real: Bench, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "old.txt").write_text("there")
    for path, said in (("none.txt", "File not found"), ("folder", "is a folder")):
        finished = await real.run(("wait", {"until": "file", "path": path, "timeout": 300, "stableFor": 0}))
        assert finished.error is not None
        assert finished.error["code"] == NodeTimeout.code
        assert said in str(finished.error["message"])
    await real.run(("wait", {"until": "file", "path": "old.txt", "stableFor": 200}))
    assert real.result()["size"] == 5, "what is there already has come"
    finished = await real.run(("wait", {"until": "file", "path": "old.txt", "stableFor": 60000, "timeout": 300}))
    assert finished.error is not None
    assert "still growing" in str(finished.error["message"])


async def test_waiting_for_a_file_needs_its_path(bench: Bench) -> None:
    flow = bench.flow_of(("wait", {"until": "file"}))
    (problem,) = [found for found in validate(flow, builtin_catalogue()) if found.is_error]
    assert problem.field == "path"
