"""A run that ended, as it was at any moment: read again from its record (``messages.jsonl``), as far as that moment.

A moment is the beginning of a visit; after the last comes the end. Only the states of that moment are kept while it is read:
a run of a million visits takes no more memory than one of ten.
"""

from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from flowdesk.model.errors import RequestInvalid
from flowdesk.model.sentence import say
from flowdesk.model.told import LogEvent, NodeEvent
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
        "end": {**outcome, "status": status, "run_id": run_id} if is_end and outcome else None,
    }
    if about.get("is_rehearsal"):
        past["rehearsal"] = True
    return past


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
        if kind == "execution.log":
            self.logs.append(cast("LogEvent", payload))
        elif kind.startswith("node.") and isinstance(payload.get("node_id"), str):
            node_id = payload["node_id"]
            self.nodes[node_id] = cast("NodeEvent", payload)
            if isinstance(payload.get("ways"), dict):
                self.ways.update(payload["ways"])
            if kind == "node.running":
                self.node_id = node_id
                self.visits[node_id] = self.visits.get(node_id, 0) + 1
