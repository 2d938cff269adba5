"""A run that ended, as it was at any moment: read again from its record (``messages.jsonl``), as far as that moment.

A moment is the beginning of a visit; after the last comes the end. Only the states of that moment are kept while it is read:
a run of a million visits takes no more memory than one of ten.
"""

from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast, get_args

from flowdesk.model.errors import RequestInvalid
from flowdesk.model.run import NodeWord
from flowdesk.model.sentence import say
from flowdesk.model.told import LogEvent, LogLevel, NodeEvent
from flowdesk.protocol.replies import PastRun
from flowdesk.session.recordfiles import about_of, lines_of, message_of
from flowdesk.session.records import ABOUT

LOG_LINES = 200


def folder_of_run(runs: Path, run_id: str) -> tuple[Path, dict[str, Any]]:
    """Return the folder of a run and what is known of it.

    Raises:
        RequestInvalid: If there is no record of it.
    """
    for file in runs.glob(f"*/{ABOUT}") if runs.is_dir() else ():
        try:
            about = about_of(file)
            if about.get("run_id") == run_id:
                return Path(about["folder"]), about
        except (OSError, ValueError, AttributeError):
            continue  # damaged, or just being removed
    raise RequestInvalid(
        say("There is no record of this run any more."), say("Choose one of the list."), field="run_id"
    )


def past_run(runs: Path, run_id: str, moment: int | None) -> PastRun:
    """Return a run as it was at a moment, from 1; ``None`` is its end. Blocks while it reads.

    Raises:
        RequestInvalid: If there is no record of it.
    """
    folder, about = folder_of_run(runs, run_id)
    reading = _Reading(moment)
    for line in lines_of(folder / "messages.jsonl"):  # it may be removed: what run.json tells is told
        reading.take(line)
    outcome = about.get("outcome") or {}
    status = str(about.get("status") or "")
    is_end = moment is None or moment > reading.moments
    past: PastRun = {
        "run_id": run_id,
        "workflow_id": str(about.get("workflow_id") or ""),
        "name": str(about.get("name") or ""),
        "started": float(about.get("started") or 0.0),
        "status": status,
        "moments": reading.moments,
        "moment": reading.moments if is_end else max(1, moment or 1),
        "is_end": is_end,
        "node_id": reading.node_id,
        "visit": reading.visits.get(reading.node_id, 0),
        "nodes": reading.nodes,
        "ways": reading.ways,
        "visits": reading.visits,
        "logs": list(reading.logs),
        "end": {"message": "", **_fitting(outcome), "status": status, "run_id": run_id} if is_end and outcome else None,
    }
    if about.get("is_rehearsal"):
        past["rehearsal"] = True
    return past


_KINDS: Mapping[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("message", "error", "fix", "code", "folder"), str),
    **dict.fromkeys(("error_details", "ways", "counts", "verdicts"), dict),
    **dict.fromkeys(("iteration", "moved"), list),
    "duration": (int, float),
}
"""What is told of nodes and of the end, by its kind; ``message_of`` has looked at the rest."""


class _Reading:
    """Takes the messages of a run in, up to a moment; beyond it only counts."""

    def __init__(self, moment: int | None) -> None:
        self._until = moment
        self.moments = 0
        self.node_id = ""
        """The node that was come to last."""
        self.nodes: dict[str, NodeEvent] = {}
        self.ways: dict[str, int] = {}
        self.visits: dict[str, int] = {}
        self.logs: deque[LogEvent] = deque(maxlen=LOG_LINES)

    def take(self, line: bytes) -> None:
        """Take a line of the record."""
        if self._until is not None and self.moments > self._until:
            self.moments += b'"node.running"' in line  # beyond it is only counted
            return
        if b'"node.' not in line and b'"execution.log"' not in line:
            return
        try:
            kind, payload, _ = message_of(line)
        except ValueError:
            return  # the last line of a process that was killed
        if kind == "node.running":
            self.moments += 1
        if self._until is None or self.moments <= self._until:
            self._keep(kind, payload)

    def _keep(self, kind: str, payload: Mapping[str, Any]) -> None:
        told = _fitting(payload)
        if kind == "execution.log" and "message" in told:
            level = told.get("level")
            self.logs.append(cast("LogEvent", {**told, "level": level if level in get_args(LogLevel) else "info"}))
        elif kind.startswith("node.") and told.get("node_id") and told.get("status") in get_args(NodeWord):
            node_id = told["node_id"]
            self.nodes[node_id] = cast("NodeEvent", told)
            self.ways.update({edge: count for edge, count in told.get("ways", {}).items() if isinstance(count, int)})
            if kind == "node.running":
                self.node_id = node_id
                self.visits[node_id] = self.visits.get(node_id, 0) + 1


def _fitting(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a line of a record tells, without what is of another kind than is declared: it may come from somebody else."""
    return {key: value for key, value in payload.items() if key not in _KINDS or isinstance(value, _KINDS[key])}
