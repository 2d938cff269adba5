"""The ledger of due times: each once, whoever is killed when."""

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flowdesk.model.errors import FileUnwritable
from flowdesk.model.sentence import Sentence, say
from flowdesk.session import dueledger
from flowdesk.session.dueledger import Armed, DueLedger, Entry
from tests.chaos import small_disk

NOW = datetime(2026, 5, 1, 8, 30, tzinfo=UTC)


def armed(path: Path = Path("/flows/a.flow.json"), **fields: object) -> Armed:
    return Armed(path, "A", "digest", ({"id": "t", "type": "schedule", "every": 5000},), None, NOW, **fields)  # type: ignore[arg-type]


@pytest.fixture
def ledger(tmp_path: Path) -> DueLedger:
    made = DueLedger(tmp_path / "triggers.sqlite")
    made.arm(armed(), {})
    return made


def test_nothing_is_written_before_something_is_armed(tmp_path: Path) -> None:
    ledger = DueLedger(tmp_path / "state" / "triggers.sqlite")
    assert ledger.armed() == []
    assert ledger.history() == []
    assert not ledger.exists


def test_what_is_armed_is_known_to_another_process_and_private(ledger: DueLedger) -> None:
    other = DueLedger(ledger.file)
    before = other.version()
    assert other.armed() == [armed()]
    assert other.cursors(armed().path) == {"t": (NOW, NOW)}
    ledger.mark(armed().path, "changed", say("It changed."))
    assert other.version() != before
    assert other.armed()[0].state == "changed"
    assert isinstance(other.armed()[0].note, Sentence)
    assert ledger.disarm(armed().path)
    assert not ledger.disarm(armed().path)
    assert other.armed() == []
    assert ledger.file.stat().st_mode & 0o077 == 0


def test_an_occasion_has_one_row(ledger: DueLedger) -> None:
    entry = Entry("o1", NOW, "ran")
    (number,) = ledger.enter(armed(), "t", "schedule", [entry], NOW, after=NOW + timedelta(seconds=5))
    assert ledger.enter(armed(), "t", "schedule", [entry], NOW) == [None]
    assert ledger.cursors(armed().path)["t"][0] == NOW + timedelta(seconds=5)
    assert number is not None
    ledger.started(number, "r1")
    (row,) = ledger.history()
    assert (row.outcome, row.status, row.run_id) == ("ran", "running", "r1")
    ledger.settle(number, "ran", "failed", say("It failed at {node}.", node="x"))
    (row,) = ledger.history()
    assert (row.status, row.message) == ("failed", "It failed at x.")


def test_what_was_running_is_interrupted_and_what_waited_still_waits(ledger: DueLedger) -> None:
    entries = [Entry("a", NOW, "ran"), Entry("b", NOW, "waiting", given={"path": "b"}), Entry("c", NOW, "waiting"), Entry("d", NOW, "missed")]  # fmt: skip
    ledger.enter(armed(), "t", "file", entries, NOW)
    ledger.close()
    assert ledger.interrupt() == 1
    assert [row.outcome for row in reversed(ledger.history())] == ["interrupted", "waiting", "waiting", "missed"]
    assert ledger.waiting(armed().path) == 2
    row = ledger.take(armed().path, NOW)
    assert row is not None
    assert row.given == {"path": "b"}
    ledger.disarm(armed().path)
    assert ledger.take(armed().path, NOW) is None
    assert [row.outcome for row in reversed(ledger.history())] == ["interrupted", "ran", "paused", "missed"]


def test_what_is_known_of_files_changes_with_the_row(ledger: DueLedger) -> None:
    ledger.arm(armed(), {"t": {"old.csv": "1"}})
    ledger.enter(armed(), "t", "file", [Entry("n", NOW, "waiting")], NOW, seen={"new.csv": "2", "old.csv": None})
    assert ledger.seen(armed().path, "t") == {"new.csv": "2"}
    ledger.move(armed().path, Path("/flows/b.flow.json"))
    assert ledger.seen(Path("/flows/b.flow.json"), "t") == {"new.csv": "2"}
    assert ledger.history()[0].path == Path("/flows/b.flow.json")
    assert ledger.armed()[0].path == Path("/flows/b.flow.json")


def test_only_so_many_rows_are_kept(ledger: DueLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dueledger, "KEPT_ROWS", 1500)
    for part in range(4):
        ledger.enter(armed(), "t", "file", [Entry(f"{part} {number}", NOW, "missed") for number in range(1000)], NOW)
    assert len(ledger.history(limit=10_000)) == 1500


WORKER = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from flowdesk.session.dueledger import DueLedger, Entry
ledger, begun = DueLedger(Path(sys.argv[1])), Path(sys.argv[2])
(armed,) = ledger.armed()
ledger.interrupt()
print("up", flush=True)
while True:
    after, anchor = ledger.cursors(armed.path)["t"]
    due = after + timedelta(seconds=5)
    (number,) = ledger.enter(armed, "t", "schedule", [Entry(due.isoformat(), due, "ran")], due, after=due)
    if number is not None:
        with begun.open("a") as file:
            file.write(f"{due.isoformat()}\\n")
            file.flush()
        ledger.started(number, "r")
        ledger.settle(number, "ran", "succeeded")
    print("done", flush=True)
"""


@pytest.mark.timeout(230)
def test_killed_at_a_hundred_random_moments_nothing_starts_twice_and_no_row_is_lost(
    ledger: DueLedger, tmp_path: Path
) -> None:
    script, begun = tmp_path / "worker.py", tmp_path / "begun"
    script.write_text(WORKER)
    begun.touch()
    ledger.close()
    chance = random.Random(8)
    for _ in range(100):
        process = subprocess.Popen([sys.executable, script, ledger.file, begun], stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        for _ in range(chance.randrange(4)):
            assert process.stdout.readline() == b"done\n"
        time.sleep(chance.random() * 0.01)  # noqa: TID251 - any moment
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    starts = begun.read_text().splitlines()
    ledger.interrupt()
    rows = {row.due.isoformat(): row for row in ledger.history(limit=100_000)}
    assert len(starts) == len(set(starts))
    assert set(starts) <= set(rows)
    assert {row.outcome for due, row in rows.items() if due not in set(starts)} <= {"interrupted"}
    dues = sorted(row.due for row in rows.values())
    assert dues == [NOW + timedelta(seconds=5 * place) for place in range(1, len(dues) + 1)], "none is left out"
    assert len(dues) > 100
    base = sqlite3.connect(ledger.file)
    assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    base.close()


def _enter_many(ledger: DueLedger) -> None:
    for number in range(1000):
        ledger.enter(armed(), "t", "schedule", [Entry(f"full{number}", NOW, "ran")], NOW)


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounts a small disk")
def test_on_a_full_disk_nothing_is_half_written_and_it_is_said_until_there_is_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        if disk is None:
            pytest.skip("this user mounts nothing")
        ledger = DueLedger(disk / "triggers.sqlite")
        ledger.arm(armed(), {})
        filling = disk / "filling"
        with contextlib.suppress(OSError), filling.open("wb", buffering=0) as file:
            while True:
                file.write(b"x" * 4096)
        with pytest.raises(FileUnwritable, match="the disk is full") as refused:
            _enter_many(ledger)
        assert refused.value.fix
        assert "the disk is full" in str(ledger.problem)
        known = len(ledger.history())
        assert "the disk is full" in str(ledger.problem), "that it can be read proves nothing"
        with pytest.raises(FileUnwritable):
            ledger.arm(armed(Path("/flows/b.flow.json"), note="x" * 100_000), {})
        filling.unlink()
        assert ledger.enter(armed(), "t", "schedule", [Entry("later", NOW, "ran")], NOW) != [None]
        assert ledger.problem == ""
        assert len(ledger.history()) == known + 1
        assert len(ledger.armed()) == 1
        ledger.close()
