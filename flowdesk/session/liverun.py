"""A run under way, with what is remembered and told of it."""

import asyncio
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from flowdesk.engine.runner import Runner
from flowdesk.model.events import RunFinished
from flowdesk.model.run import RunState
from flowdesk.model.sentence import say
from flowdesk.protocol.events import ListedRun, RunStatus
from flowdesk.session.lastruns import Renames
from flowdesk.session.private import PrivateRunner
from flowdesk.session.records import RunRecord
from flowdesk.session.secrets import Secrets
from flowdesk.session.visits import VisitRecord


@dataclass
class LiveRun:
    """A run with what is remembered of it."""

    run_id: str
    workflow_id: str
    name: str
    runner: Runner | PrivateRunner
    task: "asyncio.Task[RunFinished] | None" = None
    started: float = field(default_factory=time.time)
    node_id: str | None = None
    finished: RunFinished | None = None
    error: str = ""
    started_by: str = ""
    trigger: str = ""
    """Which trigger of the flow started it, by its id."""
    waits: tuple[str, str] | None = None
    """The node that waits for another run, and that as a sentence."""
    is_kept: bool = False
    """Whether its record tells how it ended."""
    lost: str = ""
    """What of its record could not be kept, as a sentence."""
    record: RunRecord | None = None
    visits: VisitRecord | None = None
    secrets: Secrets = field(default_factory=lambda: Secrets(None))
    renames: Renames = field(default_factory=Renames)
    path: Path | None = None
    """The flow's file."""
    is_replaced: bool = False
    """Whether it waits in vain: another start takes its place. It ends at its turn, after the run before it."""
    turn: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when it need not wait for another run of the same flow."""

    @property
    def desktop(self) -> Literal["this", "private"]:
        """``private`` for a run on a desktop of its own, ``this`` for others."""
        return "private" if isinstance(self.runner, PrivateRunner) else "this"

    @property
    def _file(self) -> str | None:
        return str(self.path) if self.path is not None else None

    def about(self) -> dict[str, Any]:
        """Return what its record begins with."""
        known = ("run_id", "workflow_id", "name", "started_by", "trigger", "desktop")
        options = self.runner.options
        return {
            **{name: getattr(self, name) for name in known},
            "path": self._file,
            "is_part": options.is_part,
            "is_rehearsal": options.is_dry,
        }

    def payload(self) -> ListedRun:
        """Return the run as JSON values."""
        told: ListedRun = {
            "run_id": self.run_id,
            "workflow_id": self.workflow_id,
            "name": self.name,
            "status": self.status,
            "started": self.started,
            "duration": self.finished.duration if self.finished else time.time() - self.started,
            "node_id": self.node_id,
            "message": self._message(),
            "folder": self.finished.folder if self.finished else None,
            "started_by": self.started_by,
            "desktop": self.desktop,
            "path": self._file,
        }
        if self.trigger:
            told["trigger"] = self.trigger
        if self.runner.is_dry:
            told["rehearsal"] = True
        if self.lost:
            told["lost"] = self.lost
        return told

    @property
    def status(self) -> RunStatus:
        """Its state; one that ended is under way until its record tells so."""
        if self._is_queued:
            return "pending"
        state = self.runner.state
        if self.runner.brake.is_stopped and not state.is_end:
            return RunState.STOPPING.value
        if state.is_end and not self.is_kept:
            state = RunState.STOPPING if state is RunState.STOPPED else RunState.RUNNING
        return state.value

    @property
    def _is_queued(self) -> bool:
        return not self.turn.is_set() and not self.runner.state.is_end

    def _message(self) -> str:
        """How it ended, or what it waits for."""
        if self.finished:
            return self.finished.message
        if self._is_queued:
            return say("Waits for the run before it.")
        return self.waits[1] if self.waits is not None else ""

    def tell_lost(self) -> bool:
        """Look whether something of the record could not be kept; return whether that is so."""
        found = dict(self.record.lost) if self.record is not None else {}
        if self.visits is not None and self.visits.fault:
            found["variables.jsonl"] = self.visits.fault
        if found:
            reason = next(iter(found.values()))
            self.lost = say(
                "Part of the run record could not be saved: {files}: {reason}.", files=", ".join(found), reason=reason
            )
        return bool(self.lost)
