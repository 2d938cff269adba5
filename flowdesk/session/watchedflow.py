"""What the watch of the triggers keeps of each armed flow, and what it needs of the session."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from flowdesk.model.errors import FlowdeskError
from flowdesk.model.flow import Flow
from flowdesk.model.sentence import say
from flowdesk.model.trigger import FlowEnds, Trigger
from flowdesk.session.arming import Candidate
from flowdesk.session.dueledger import Armed, Entry, Outcome, Row
from flowdesk.session.names import SUFFIX
from flowdesk.session.occasions import Occasion
from flowdesk.session.runs import LiveRun

MOST_WAITING = 10_000
"""Rows of one flow that wait for its turn."""
MOST_CHAINED = 20
"""Flows that start one another in a row."""


class Host(Protocol):
    """What the triggers need of the session."""

    def start_by_trigger(self, found: Candidate, values: Mapping[str, Any], trigger: Trigger | None) -> LiveRun:
        """Start a run of an armed flow."""

    def busy_with(self, path: Path, flow: Flow) -> bool:
        """Whether a run of the flow is under way."""

    async def submit_by_trigger(
        self, found: Candidate, values: Mapping[str, Any], pool: str, key: str
    ) -> Sequence[int]:
        """Put a job into the queue of a hub; return its number."""
        ...

    def hindrance(self, found: Candidate, trigger: Trigger) -> str:
        """Say why the flow cannot act on the desktop now, ``""`` where it can."""

    def is_desktop_held(self) -> bool:
        """Whether a run holds the desktop."""

    def triggers_changed(self, row: Row | None) -> None:
        """Something of the triggers changed; ``row`` is what was added."""

    def expect(self, coming: Sequence[tuple[Flow, str]]) -> None:
        """These flows may start at any time: as they were read, with the desktop that the trigger asks for."""


@dataclass
class WatchedFlow:
    """An armed flow as it is watched."""

    armed: Armed
    triggers: tuple[Trigger, ...]
    stamp: tuple[int, ...] | None = None
    is_new: bool = True
    found: Candidate | None = None
    due: dict[str, datetime] = field(default_factory=dict)
    """When each schedule is to be looked at next."""
    cursors: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)
    tasks: list["asyncio.Task[None]"] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)
    running: set[int] = field(default_factory=set)
    """Rows whose runs have not ended."""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held from the look whether it runs to the start of a run."""
    is_waiting: bool = True
    """Whether rows may wait."""


def expected(flows: Iterable[WatchedFlow]) -> list[tuple[Flow, str]]:
    """Return what may start here at any time: each flow as it was read, with the desktop that its trigger asks for."""
    return [
        (flow.found.flow, trigger.desktop)
        for flow in flows
        if flow.found is not None and flow.armed.state == "armed"
        for trigger in flow.triggers
        if not trigger.disabled and trigger.is_here
    ]


def ended_values(live: LiveRun, chain: int) -> dict[str, Any]:
    """Return what a run reads that starts because another one ended, as the ``chain``-th in a row."""
    result = live.finished.payload().get("result") if live.finished is not None else None
    status = live.runner.state.value
    return {"flow": live.name, "status": status, "result": result, "run_id": live.run_id, "chain": chain}


def arrived_entries(
    trigger: Trigger,
    occasions: Sequence[Occasion],
    outcome: Outcome,
    message: str,
    room: int,
    due: datetime,
    now: datetime,
) -> list[Entry]:
    """Return the rows of several things that happened.

    Args:
        trigger: What they happened to.
        occasions: What happened.
        outcome: What becomes of the first; where it runs, the others come during its run.
        message: Why.
        room: How many more may wait.
        due: When they were due.
        now: The time.
    """
    entries = []
    for place, occasion in enumerate(occasions):
        what, why = outcome, message
        if occasion.values.get("chain", 0) > MOST_CHAINED:
            what, why = "paused", say("Flows start each other in a circle.")
        elif outcome == "waiting" and place >= room:
            what, why = "overlap", say("More than {count} starts of it are waiting.", count=MOST_WAITING)
        elif outcome == "ran" and place > 0:
            what, why = "overlap", say("Another run of it was in progress.")
        given = {**occasion.values, **trigger_values(trigger, due, now)}
        entries.append(Entry(occasion.key, due, what, why, given))
    return entries


def trigger_values(trigger: Trigger, due: datetime, now: datetime) -> dict[str, Any]:
    """Return what a run reads of every trigger."""
    return {"id": trigger.id, "type": trigger.kind, "due": due.isoformat(), "at": now.isoformat()}


def with_state(armed: Armed, state: Any, note: str) -> Armed:
    """Return an armed flow as it was found to be now."""
    return replace(armed, state=state, note=note)


def has_ended(trigger: FlowEnds, status: str, flow: WatchedFlow, live: LiveRun) -> bool:
    """Whether a run that ended is of the flow that a trigger names, by its file, its name or its id, and ended as it says."""
    if trigger.ends not in {"any", status} or live.runner.is_dry:
        return False
    home = flow.armed.path.parent
    is_file = live.path is not None and live.path in {home / trigger.flow, home / (trigger.flow + SUFFIX)}
    return is_file or trigger.flow in {live.name, live.workflow_id}


def file_stamp(path: Path) -> tuple[int, ...] | None:
    """Return what changes when a file is written, ``None`` where there is none."""
    try:
        about = path.stat()
    except OSError:
        return None
    return about.st_mtime_ns, about.st_size, about.st_ino


async def submitted(
    host: Host, found: Candidate, trigger: Trigger, number: int, given: Mapping[str, Any]
) -> tuple[str, str]:
    """Put a job into the queue of the hub for a row; return what the row says. Its key is the row's: nothing is submitted twice."""
    try:
        jobs = await host.submit_by_trigger(found, given, trigger.pool, f"{found.path} {trigger.id} {number}")
    except FlowdeskError as error:
        return "failed", error.message
    numbers = ", ".join(map(str, jobs))
    return "submitted", say('Submitted to the pool "{pool}" as job {id}.', pool=trigger.pool, id=numbers)
