"""Finding runs again: by flow, trigger, time, outcome, and what they said."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flowdesk.protocol.events import ListedRun
from flowdesk.session.recordfiles import lines_of, message_of
from flowdesk.session.records import KEPT

MOST_TEXT_BYTES = 16 * 1024 * 1024
"""Bytes of a record that are searched for a text."""
_TELLING = ("message", "error", "result", "fix")


@dataclass(frozen=True, slots=True)
class RunQuery:
    """What is looked for; empty parts do not matter."""

    flow: str = ""
    """A part of the flow's name or file, or its workflow id."""
    trigger: str = ""
    since: float | None = None
    """Seconds since 1970."""
    until: float | None = None
    outcome: str = ""
    text: str = ""
    """Stands in its name, its message, its trigger, its log, or what its nodes gave."""
    is_kept: bool | None = None

    @property
    def is_empty(self) -> bool:
        """Whether every run fits."""
        return self == RunQuery()

    def fits(self, run: Mapping[str, Any]) -> bool:
        """Whether a run as lists tell of it fits, ``text`` aside."""
        names = (str(run.get("name") or ""), Path(str(run.get("path") or "")).name)
        return (
            (
                not self.flow
                or run["workflow_id"] == self.flow
                or any(self.flow.lower() in name.lower() for name in names)
            )
            and (not self.trigger or run.get("trigger") == self.trigger)
            and (self.since is None or run["started"] >= self.since)
            and (self.until is None or run["started"] <= self.until)
            and (not self.outcome or run["status"] == self.outcome)
            and (self.is_kept is None or bool(run.get("kept")) is self.is_kept)
        )

    def is_told_by(self, run: Mapping[str, Any]) -> bool:
        """Whether the text stands in what a run said. Blocks while it reads."""
        if not self.text or _has(
            self.text.lower(), [run.get(name) for name in ("message", "name", "trigger", "started_by")]
        ):
            return True
        folder = run.get("folder")
        return bool(folder) and _is_in_record(Path(str(folder)) / "messages.jsonl", self.text)


def chosen(runs: Iterable[ListedRun], query: RunQuery) -> Iterator[ListedRun]:
    """Yield the runs that fit. Blocks while it reads."""
    return (run for run in runs if query.fits(run) and query.is_told_by(run))


def keep(folder: Path, *, is_kept: bool) -> None:
    """Mark a run's folder, so that it is not removed however old it gets, or take the mark away.

    Raises:
        OSError: If it cannot be written.
    """
    if is_kept:
        (folder / KEPT).touch()
    else:
        (folder / KEPT).unlink(missing_ok=True)


def _is_in_record(file: Path, text: str) -> bool:
    wanted = text.lower()
    words = json.dumps(text)[1:-1].lower().encode()
    read = 0
    for line in lines_of(file):
        read += len(line)
        if read > MOST_TEXT_BYTES:
            return False
        # The record is ASCII: letters that are not are escaped, of which upper and lower case differ.
        if (text.isascii() and words not in line.lower()) or b'"payload"' not in line:
            continue
        try:
            _, payload, _ = message_of(line)
        except ValueError:
            continue  # the last line of a process that was killed
        if _has(wanted, [payload.get(name) for name in _TELLING]):
            return True
    return False


def _has(wanted: str, values: list[Any]) -> bool:
    """Whether a text stands in one of these JSON values, or within one."""
    waiting = list(values)
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
        elif value is not None and wanted in str(value).lower():
            return True
    return False
