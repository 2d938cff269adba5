"""What is armed on this machine, and one row for each time that was due: a file of SQLite in flowdesk's state folder.

A row is written, and the time counted as done, in one transaction before the run starts. A process that is killed in
between has started nothing; its row says so, and the time does not come again. Each thing that starts a flow has an
``occasion`` that names it: no two rows of a trigger have the same one.

::

    waiting -> ran (starting -> running -> succeeded | failed | stopped) -> interrupted, when its process is gone
    missed, overlap, paused, locked: nothing was started
"""

import contextlib
import errno
import json
import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from flowdesk.model.causes import system_cause
from flowdesk.model.errors import FileUnwritable
from flowdesk.model.sentence import Sentence, say
from flowdesk.protocol.events import TriggerRow
from flowdesk.session.storage import make_private

Outcome = Literal["ran", "missed", "overlap", "paused", "locked", "interrupted", "waiting"]
KEPT_ROWS = 50_000
"""Rows that are kept; the oldest go."""
_PRUNED_EVERY = 1000
_READABLE = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY})
"""What keeps from writing and not from reading."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS armed (
  path TEXT PRIMARY KEY, name TEXT, digest TEXT, triggers TEXT, overlap TEXT, armed_at REAL, state TEXT, note TEXT);
CREATE TABLE IF NOT EXISTS cursors (
  path TEXT, trigger TEXT, after REAL, anchor REAL, PRIMARY KEY (path, trigger));
CREATE TABLE IF NOT EXISTS rows (
  id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT, name TEXT, trigger TEXT, kind TEXT, occasion TEXT, due REAL, at REAL,
  outcome TEXT, status TEXT, run_id TEXT, message TEXT, count INTEGER, given TEXT, UNIQUE (path, trigger, occasion));
CREATE INDEX IF NOT EXISTS rows_open ON rows (path, outcome, status);
CREATE TABLE IF NOT EXISTS seen (path TEXT, trigger TEXT, name TEXT, stamp TEXT, PRIMARY KEY (path, trigger, name));
CREATE TABLE IF NOT EXISTS facts (key TEXT PRIMARY KEY, value TEXT);
"""


@dataclass(frozen=True, slots=True)
class Armed:
    """A flow that may start by itself, as it was when that was allowed."""

    path: Path
    name: str
    digest: str
    triggers: tuple[dict[str, Any], ...]
    overlap: str | None
    armed_at: datetime
    state: Literal["armed", "changed", "gone"] = "armed"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that is to be written."""

    occasion: str
    due: datetime
    outcome: Outcome
    message: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    """What the run reads of the trigger."""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the ledger."""

    id: int
    path: Path
    name: str
    trigger: str
    kind: str
    due: datetime
    at: datetime
    outcome: Outcome
    status: str
    run_id: str
    message: str
    count: int
    given: dict[str, Any]

    def payload(self) -> TriggerRow:
        """Return it as JSON values."""
        return {
            "id": self.id,
            "path": str(self.path),
            "flow": self.name,
            "trigger": self.trigger,
            "type": self.kind,
            "due": self.due.isoformat(timespec="milliseconds"),
            "at": self.at.isoformat(timespec="milliseconds"),
            "outcome": self.outcome,
            "status": self.status or None,
            "run_id": self.run_id or None,
            "message": str(self.message),
            "count": self.count,
            "given": {name: value for name, value in self.given.items() if name != "body"},
        }


class DueLedger:
    """The file. Usable from any thread, and by several processes at once."""

    def __init__(self, file: Path) -> None:
        """Nothing is opened before it is used."""
        self.file = file
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self.problem: Sentence | str = ""
        """Why the last thing could not be kept, ``""`` if it was."""
        self._is_readable = False
        """Whether it can be read all the same, so that reading proves nothing."""
        self._written = 0

    def close(self) -> None:
        """Let go of the file. It is opened again where it is used again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    @property
    def exists(self) -> bool:
        """Whether anything was ever armed here."""
        return self.file.exists()

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Begin a transaction that is carried out whole or not at all.

        Raises:
            FileUnwritable: If it cannot be kept, such as on a full disk; ``problem`` says so until it can.
        """
        with self._lock:
            try:
                connection = self._connected()
                connection.execute("BEGIN IMMEDIATE")
                before = connection.total_changes
                yield connection
                connection.execute("COMMIT")
                has_written = connection.total_changes != before
            except (sqlite3.Error, OSError) as error:
                self._undo()
                code = getattr(error, "sqlite_errorcode", 0) & 0xFF
                is_full, self._is_readable = code == sqlite3.SQLITE_FULL, code in _READABLE
                reason = system_cause(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) if is_full else error)
                self.problem = say("{path} cannot be written: {reason}.", path=self.file, reason=reason)
                fix = say("Free some disk space, and check the folder's permissions.")
                raise FileUnwritable(self.problem, fix) from error
            except BaseException:
                self._undo()
                raise
            if has_written or not self._is_readable:
                self.problem = ""

    def _undo(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            if self._connection is not None and self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            make_private(self.file.parent)
            made = sqlite3.connect(self.file, timeout=10, isolation_level=None, check_same_thread=False)
            made.execute("PRAGMA journal_mode=WAL")
            made.execute("PRAGMA synchronous=FULL")
            made.executescript(_SCHEMA)
            self.file.chmod(0o600)
            self._connection = made
        return self._connection

    def version(self) -> int:
        """Return a number that changes when another process has written."""
        with self._lock:
            if self._connection is None:
                self.fact("")
            assert self._connection is not None
            return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    # -- what is armed ------------------------------------------------------------------------------------------------

    def arm(self, armed: Armed, seen: Mapping[str, Mapping[str, str]]) -> None:
        """Let a flow start by itself from now on. ``seen``: what is there already, by trigger and name.

        What waits of a trigger that it has no more, or that is switched off, is left out.
        """
        path, now = str(armed.path), armed.armed_at.timestamp()
        with self._open() as base:
            base.execute(
                "INSERT OR REPLACE INTO armed VALUES (?, ?, ?, ?, ?, ?, 'armed', '')",
                (path, armed.name, armed.digest, json.dumps(armed.triggers), armed.overlap, now),
            )
            base.execute("DELETE FROM cursors WHERE path = ?", (path,))
            base.execute("DELETE FROM seen WHERE path = ?", (path,))
            for trigger in armed.triggers:
                base.execute("INSERT OR REPLACE INTO cursors VALUES (?, ?, ?, ?)", (path, trigger["id"], now, now))
            kept = [trigger["id"] for trigger in armed.triggers if not trigger.get("disabled")]
            base.execute(
                "UPDATE rows SET outcome = 'paused', message = ? WHERE path = ? AND outcome = 'waiting'"
                f" AND trigger NOT IN ({', '.join('?' * len(kept))})",
                (_packed(say("Its trigger was removed or switched off before it started.")), path, *kept),
            )
            for name, things in seen.items():
                base.executemany(
                    "INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?)",
                    [(path, name, thing, stamp) for thing, stamp in things.items()],
                )

    def disarm(self, path: Path) -> bool:
        """Let a flow start by itself no more; what waits is left out. Return whether it was armed."""
        with self._open() as base:
            found = base.execute("DELETE FROM armed WHERE path = ?", (str(path),)).rowcount
            base.execute("DELETE FROM cursors WHERE path = ?", (str(path),))
            base.execute("DELETE FROM seen WHERE path = ?", (str(path),))
            base.execute(
                "UPDATE rows SET outcome = 'paused', message = ? WHERE path = ? AND outcome = 'waiting'",
                (_packed(say("It was disarmed before it started.")), str(path)),
            )
        return found > 0

    def mark(self, path: Path, state: str, note: str = "") -> None:
        """Say of an armed flow whether it is as it was allowed."""
        with self._open() as base:
            base.execute("UPDATE armed SET state = ?, note = ? WHERE path = ?", (state, _packed(note), str(path)))

    def move(self, old: Path, new: Path) -> None:
        """Follow a flow's file that got another name."""
        with self._open() as base:
            for table in ("armed", "cursors", "seen", "rows"):
                base.execute(f"UPDATE OR REPLACE {table} SET path = ? WHERE path = ?", (str(new), str(old)))

    def armed(self) -> list[Armed]:
        """Return what is armed, by path."""
        if not self.exists:
            return []
        with self._open() as base:
            found = base.execute("SELECT * FROM armed ORDER BY path").fetchall()
        return [
            Armed(Path(path), name, digest, tuple(json.loads(triggers)), overlap, _moment(at), state, _unpacked(note))
            for path, name, digest, triggers, overlap, at, state, note in found
        ]

    def cursors(self, path: Path) -> dict[str, tuple[datetime, datetime]]:
        """Return of each trigger the last time that is settled, and from when ``every`` counts."""
        with self._open() as base:
            found = base.execute("SELECT trigger, after, anchor FROM cursors WHERE path = ?", (str(path),)).fetchall()
        return {trigger: (_moment(after), _moment(anchor)) for trigger, after, anchor in found}

    def set_cursor(self, path: Path, trigger: str, after: datetime, anchor: datetime) -> None:
        """Count from another time, as after the clock was mended."""
        with self._open() as base:
            base.execute(
                "UPDATE cursors SET after = ?, anchor = ? WHERE path = ? AND trigger = ?",
                (after.timestamp(), anchor.timestamp(), str(path), trigger),
            )

    def seen(self, path: Path, trigger: str) -> dict[str, str]:
        """Return the things that a trigger knows, such as files, and what each was like."""
        with self._open() as base:
            found = base.execute("SELECT name, stamp FROM seen WHERE path = ? AND trigger = ?", (str(path), trigger))
            return dict(found.fetchall())

    # -- rows ---------------------------------------------------------------------------------------------------------

    def enter(
        self,
        armed: Armed,
        trigger: str,
        kind: str,
        entries: Sequence[Entry],
        now: datetime,
        *,
        after: datetime | None = None,
        seen: Mapping[str, str | None] = {},
    ) -> list[int | None]:
        """Write rows, and what is settled by them, at once.

        Args:
            armed: Whose they are.
            trigger: Id of the trigger.
            kind: Its type.
            entries: The rows. One whose occasion has a row already is left out.
            now: The time.
            after: The last time that is settled.
            seen: Things that the trigger knows from now on; ``None`` for those that are gone.

        Returns:
            The number of each row, ``None`` where it was left out.
        """
        path, numbers = str(armed.path), list[int | None]()
        with self._open() as base:
            for entry in entries:
                status = "starting" if entry.outcome == "ran" else ""
                found = base.execute(
                    "INSERT OR IGNORE INTO rows (path, name, trigger, kind, occasion, due, at, outcome, status, run_id, message, count, given)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?, ?)",
                    (path, armed.name, trigger, kind, entry.occasion, entry.due.timestamp(), now.timestamp(), entry.outcome,
                     status, _packed(entry.message), entry.count, json.dumps(dict(entry.given))),
                )  # fmt: skip
                numbers.append(found.lastrowid if found.rowcount else None)
            if after is not None:
                base.execute(
                    "UPDATE cursors SET after = ? WHERE path = ? AND trigger = ?", (after.timestamp(), path, trigger)
                )
            for name, stamp in seen.items():
                if stamp is None:
                    base.execute("DELETE FROM seen WHERE path = ? AND trigger = ? AND name = ?", (path, trigger, name))
                else:
                    base.execute("INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?)", (path, trigger, name, stamp))
        self._prune(len(entries))
        return numbers

    def _prune(self, count: int) -> None:
        self._written += count
        if self._written < _PRUNED_EVERY:
            return
        self._written = 0
        with self._open() as base:
            base.execute(
                "DELETE FROM rows WHERE id <= (SELECT max(id) FROM rows) - ? AND outcome != 'waiting'", (KEPT_ROWS,)
            )

    def waiting(self, path: Path) -> int:
        """Return how many rows of a flow wait for a run to end."""
        with self._open() as base:
            found = base.execute("SELECT count(*) FROM rows WHERE path = ? AND outcome = 'waiting'", (str(path),))
            return int(found.fetchone()[0])

    def take(self, path: Path, now: datetime) -> Row | None:
        """Let the first row of a flow that waits be run; return it, ``None`` if none does."""
        with self._open() as base:
            found = base.execute(
                f"SELECT {_COLUMNS} FROM rows WHERE path = ? AND outcome = 'waiting' ORDER BY id LIMIT 1", (str(path),)
            ).fetchone()  # fmt: skip
            if found is None:
                return None
            base.execute(
                "UPDATE rows SET outcome = 'ran', status = 'starting', at = ? WHERE id = ?", (now.timestamp(), found[0])
            )
        return _row(found)

    def started(self, number: int, run_id: str) -> None:
        """A row's run began."""
        with self._open() as base:
            base.execute("UPDATE rows SET status = 'running', run_id = ? WHERE id = ?", (run_id, number))

    def settle(self, number: int, outcome: Outcome, status: str, message: str = "") -> None:
        """Say how a row ended."""
        with self._open() as base:
            base.execute(
                "UPDATE rows SET outcome = ?, status = ?, message = ? WHERE id = ?",
                (outcome, status, _packed(message), number),
            )

    def interrupt(self) -> int:
        """Mark what a process left unfinished that is gone. Only the one that holds the triggers may ask."""
        with self._open() as base:
            return base.execute(
                "UPDATE rows SET outcome = 'interrupted', status = '', message = ? WHERE outcome = 'ran' AND status IN ('starting', 'running')",
                (_packed(say("flowdesk closed during this run. The run does not restart by itself.")),),
            ).rowcount

    def history(self, path: Path | None = None, limit: int = 50, trigger: str | None = None) -> list[Row]:
        """Return the last rows, the newest first."""
        if not self.exists:
            return []
        wanted, given = ["1"], list[Any]()
        for column, value in (("path", None if path is None else str(path)), ("trigger", trigger)):
            if value is not None:
                wanted.append(f"{column} = ?")
                given.append(value)
        with self._open() as base:
            found = base.execute(
                f"SELECT {_COLUMNS} FROM rows WHERE {' AND '.join(wanted)} ORDER BY id DESC LIMIT ?", (*given, limit)
            ).fetchall()  # fmt: skip
        return [_row(values) for values in found]

    def row(self, number: int) -> Row | None:
        """Return a row by its number."""
        with self._open() as base:
            found = base.execute(f"SELECT {_COLUMNS} FROM rows WHERE id = ?", (number,)).fetchone()
        return None if found is None else _row(found)

    def give_up_waiting(self, message: str) -> int:
        """Start nothing of what waits; return how many rows that were."""
        with self._open() as base:
            return base.execute(
                "UPDATE rows SET outcome = 'paused', message = ? WHERE outcome = 'waiting'", (_packed(message),)
            ).rowcount

    # -- facts --------------------------------------------------------------------------------------------------------

    def fact(self, key: str) -> Any:
        """Return a fact of the machine, ``None`` where it is not known."""
        with self._open() as base:
            found = base.execute("SELECT value FROM facts WHERE key = ?", (key,)).fetchone()
        return None if found is None else json.loads(found[0])

    def set_fact(self, key: str, value: Any) -> None:
        """Keep a fact of the machine."""
        with self._open() as base:
            base.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (key, json.dumps(value)))

    def faults(self) -> dict[str, dict[str, str]]:
        """Return what whoever watches cannot watch now, and why: sentences by the file of the flow and the trigger's name."""
        known = self.fact("faults") or {}
        return {path: {name: _unpacked(text) for name, text in found.items()} for path, found in known.items()}

    def set_faults(self, faults: Mapping[str, Mapping[str, str]]) -> None:
        """Keep what cannot be watched now."""
        packed = {path: {name: _packed(text) for name, text in found.items()} for path, found in faults.items()}
        self.set_fact("faults", packed)


_COLUMNS = "id, path, name, trigger, kind, due, at, outcome, status, run_id, message, count, given"


def _row(values: Sequence[Any]) -> Row:
    number, path, name, trigger, kind, due, at, outcome, status, run_id, message, count, given = values
    return Row(
        number, Path(path), name, trigger, kind, _moment(due), _moment(at), outcome, status, run_id, _unpacked(message),
        count, json.loads(given),
    )  # fmt: skip


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _packed(message: str) -> str:
    """Write a sentence so that it can be read in another language."""
    if isinstance(message, Sentence):
        return json.dumps([message.template, {name: str(value) for name, value in message.values.items()}])
    return json.dumps([message])


def _unpacked(text: str) -> str:
    parts: list[Any] = json.loads(text) if text else [""]
    return say(parts[0], **parts[1]) if len(parts) > 1 else str(parts[0])
