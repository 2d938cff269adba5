"""Triggers in a session: what arms, disarms and tells of them, and what a run that they start is given."""

import json
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowdesk.aio import in_thread, spawn
from flowdesk.engine.context import Question
from flowdesk.engine.needs import needs_desktop
from flowdesk.engine.options import RunOptions
from flowdesk.engine.ports import Answer
from flowdesk.model.due import upcoming
from flowdesk.model.errors import FlowdeskError, NotAllowed, RequestInvalid
from flowdesk.model.flow import Flow
from flowdesk.model.place import SIZE, Place
from flowdesk.model.sentence import phrase, say
from flowdesk.model.trigger import Schedule, Trigger, declared, read_trigger
from flowdesk.protocol import messages as m
from flowdesk.protocol.events import TriggerRow
from flowdesk.protocol.replies import Started
from flowdesk.protocol.triggerreplies import (
    ArmedFlow,
    OwnTriggers,
    ToldTrigger,
    TriggerList,
    TriggerRows,
    TriggersArmed,
    TriggersDisarmed,
    TriggersPaused,
)
from flowdesk.session.arming import LEDGER, LOCK, Candidate, arm, candidate, check, needs_consent, passed, sentence_of
from flowdesk.session.dueledger import Armed, DueLedger, Row
from flowdesk.session.fleet import Submission
from flowdesk.session.holding import Hold
from flowdesk.session.journal import envelope
from flowdesk.session.occasions import MachineClock, WallClock, Watcher
from flowdesk.session.peer import Handler, Peer
from flowdesk.session.runs import LiveRun
from flowdesk.session.storage import assets_folder
from flowdesk.session.subflows import opener
from flowdesk.session.triggers import Triggers
from flowdesk.session.trust import is_own
from flowdesk.session.wanted import Wanted

if TYPE_CHECKING:
    from flowdesk.session.session import Session

TOLD_AGAIN = 3600.0
"""Seconds after which a flow that goes on failing is told of again."""
SHOWN = 5
"""Times of each schedule that are told."""


def local_zone() -> tzinfo:
    """Return the machine's time zone as it is now."""
    import tzlocal

    tzlocal.reload_localzone()
    return tzlocal.get_localzone()


@dataclass(frozen=True)
class Surroundings:
    """What the drivers do for triggers. The defaults watch nothing and tell nobody."""

    watchers: Mapping[str, Watcher] = field(default_factory=dict)
    """By type of trigger."""
    hindrance: Callable[[], str] = str
    """Says why nobody could act on the desktop now, ``""`` where one can. May block a little."""
    tell: Callable[[str, str], Awaitable[None]] | None = None
    """Tells a person something: a title and a text."""
    clock: WallClock = field(default_factory=MachineClock)


class Triggering:
    """The host of the triggers. Use it on the session's event loop only."""

    def __init__(
        self,
        session: "Session",
        process: str,
        surroundings: Surroundings | None,
    ) -> None:
        """Watch nothing yet."""
        self._session = session
        self._around = around = surroundings or Surroundings()
        self._ids: dict[Path, str] = {}
        self._ready: Place | None = None
        """The desktop of which one is kept ready."""
        state = session.folders.state
        self.ledger = DueLedger(state / LEDGER)
        self.watch = Triggers(
            self,
            self.ledger,
            Hold(state / LOCK, process),
            around.clock,
            local_zone,
            lambda path: candidate(path, session.catalogue),
            around.watchers,
            self._tell_failure,
        )
        session.runs.on_ended = self.watch.run_ended

    # -- what the triggers need of the session ------------------------------------------------------------------------

    def start_by_trigger(self, found: Candidate, values: Mapping[str, Any], trigger: Trigger | None) -> LiveRun:
        """Start a run of an armed flow, as it lies on the disk, with the trigger's values."""
        session, path, flow = self._session, found.path, found.flow
        workflow_id = self._workflow_id(path, flow)
        journal = session.journal(workflow_id)

        async def ask(question: Question) -> Answer:
            return await session.questions.ask(journal, question)

        services = session.services_of(session.desk.of_path(path), workflow_id)
        services.home, services.assets = path.parent, assets_folder(path)
        services.permit = session.trust.permission(flow, ask, is_foreign=False)
        services.load_flow = opener(session.trust, ask, is_foreign=False, trusts_own=True)
        desktop = trigger.desktop if trigger is not None else ""
        options = RunOptions(variables={"trigger": dict(values)}, desktop=desktop)
        return session.runs.start(
            workflow_id, flow, journal, options,
            mode="restart" if found.declared.overlap == "restart" else "single", services=services, started_by=say("trigger {id}", id=values.get("id", "")), path=path,
            trigger=str(values.get("id", "")),
        )  # fmt: skip

    async def submit_by_trigger(
        self, found: Candidate, values: Mapping[str, Any], pool: str, key: str
    ) -> Sequence[int]:
        """Put a job into the queue of the hub, with the flow as it lies on the disk; return its number."""
        submission = Submission(
            found.path, {"trigger": dict(values)}, key=key, pool=pool, by=say("trigger {id}", id=values.get("id", ""))
        )
        counter = self._session.fleet.counter
        done = await in_thread(lambda: counter.submit(submission), "flowdesk.hub")
        return [*done["jobs"], *done["doubles"]]

    def busy_with(self, path: Path, flow: Flow) -> bool:
        """Whether a run of the flow is under way, whoever started it."""
        return self._workflow_id(path, flow) in self._session.runs.current

    def _workflow_id(self, path: Path, flow: Flow) -> str:
        live = self._session.desk.of_path(path)
        return live.workflow_id if live is not None else self._ids.setdefault(path, flow.id)

    def hindrance(self, found: Candidate, trigger: Trigger) -> str:
        """Say why the flow cannot act on the desktop now, ``""`` where it can or needs none."""
        if (
            self._session.services.driver is None
            or self._session.runs.place_of(found.flow, RunOptions(desktop=trigger.desktop)) is not None
        ):
            return ""  # on a desktop of its own it needs nothing of this one
        flows = (found.flow, *found.called)
        is_needed = any(needs_desktop(flow, self._session.catalogue, RunOptions()) for flow in flows)
        return self._around.hindrance() if is_needed else ""

    def expect(self, coming: Sequence[tuple[Flow, str]]) -> None:
        """Keep a desktop ready where one of these flows would start on a desktop of its own. Told often: only what changed counts."""
        private = self._session.services.private
        place = next((found for each in coming if (found := self._place_of(*each)) is not None), None)
        if private is not None and place != self._ready:
            self._ready = place
            size, count = ((place.width, place.height), 1) if place is not None else (SIZE, 0)
            spawn(in_thread(lambda: private.keep_ready(size, count), "flowdesk.ready"), "flowdesk.ready")

    def _place_of(self, flow: Flow, desktop: str) -> Place | None:
        try:
            return self._session.runs.place_of(flow, RunOptions(desktop=desktop))
        except FlowdeskError:
            return None  # the run will say what is wrong with it

    def is_desktop_held(self) -> bool:
        """Whether a run holds the desktop."""
        return self._session.services.lease.holder is not None

    def triggers_changed(self, row: Row | None) -> None:
        """Tell every peer."""
        told = {"row": None if row is None else row_json(row)}
        for peer in tuple(self._session.peers.values()):
            if peer.role >= m.Role.VIEW:
                peer.deliver(envelope("trigger.changed", "", told))

    async def _tell_failure(self, row: Row) -> None:
        """Tell somebody of a failure: at most once an hour for each flow."""
        if self._around.tell is None:
            return
        now, key = self.watch.clock.now().timestamp(), f"told {row.path}"
        last = await in_thread(lambda: self.ledger.fact(key), "flowdesk.ledger")
        if isinstance(last, int | float) and 0 <= now - last < TOLD_AGAIN:
            return
        await in_thread(lambda: self.ledger.set_fact(key, now), "flowdesk.ledger")
        await self._around.tell(
            say('"{flow}" failed', flow=row.name), say("Started by {trigger}: {message}", trigger=row.trigger, message=row.message)
        )  # fmt: skip

    async def hook(self, name: str, values: Mapping[str, Any]) -> TriggerRow | None:
        """A request came for a trigger; return the row that tells of it, ``None`` where nothing armed has such a trigger."""
        row = await self.watch.hook(name, values)
        return None if row is None else row_json(row)

    def notice_command(self) -> tuple[str, ...]:
        """Return the command that a person chose to hear of failures by; empty for none."""
        found = self.ledger.fact("notice_command") if self.ledger.exists else None
        return tuple(map(str, found)) if isinstance(found, list) else ()

    # -- requests -----------------------------------------------------------------------------------------------------

    def handlers(self) -> dict[str, Handler]:
        """Return what answers which request."""
        return {
            "trigger.list": self._list,
            "trigger.enable": self._enable,
            "trigger.disable": self._disable,
            "trigger.pause": self._pause,
            "trigger.history": self._history,
            "trigger.test": self.test,
        }

    async def _list(self, peer: Peer, payload: m.Nothing, workflow_id: str, message_id: str) -> TriggerList:
        now, local = self.watch.clock.now(), local_zone()
        holder = self.watch.hold.holder()
        known = await in_thread(
            lambda: listing(self.ledger, now, local, is_watched=holder is not None), "flowdesk.ledger"
        )
        for entry in known if self.watch.is_watching else ():  # as it is just now
            faults = self.watch.faults(Path(entry["path"]))
            for trigger in entry["triggers"]:
                trigger["fault"] = str(faults.get(trigger["id"], "") or self.ledger.problem) or None
        own: OwnTriggers | None = None
        document = self._session.documents.get(workflow_id)
        if document is not None:
            found = declared(document.flow)
            path = document.path
            own = {
                "path": str(path) if path is not None else None,
                "armed": path is not None and any(entry["path"] == str(path.resolve()) for entry in known),
                "overlap": found.overlap,
                "triggers": [
                    spoken(trigger, next_times(trigger, now, local, now, SHOWN)) for trigger in found.triggers
                ],
                "problems": [one.payload() for one in (*found.problems, *passed(document.flow, now, local))],
            }
        holder = await in_thread(self.watch.hold.holder, "flowdesk.ledger")
        paused = bool(self.ledger.fact("paused")) if self.ledger.exists else False
        return {"armed": known, "flow": own, "paused": paused, "holder": holder, "timezone": str(local)}

    async def _enable(self, peer: Peer, payload: m.EnableTriggers, workflow_id: str, message_id: str) -> TriggersArmed:
        self._refuse_guest(peer)
        path = self._path(peer, payload.path, workflow_id)
        catalogue = self._session.catalogue
        found = await in_thread(lambda: candidate(path, catalogue), "flowdesk.open")
        await in_thread(lambda: check(found, catalogue, self.ledger), "flowdesk.ledger")
        needs_consent(found, payload.digest)
        now = self.watch.clock.now()
        await in_thread(lambda: arm(found, self.ledger, self._session.trust, now), "flowdesk.ledger")
        self.watch.refresh()
        self.triggers_changed(None)
        return {"path": str(path), "armed": True}

    async def _disable(
        self, peer: Peer, payload: m.DisableTriggers, workflow_id: str, message_id: str
    ) -> TriggersDisarmed:
        path = self._path(peer, payload.path, workflow_id, is_own=False)
        was = self.ledger.exists and await in_thread(lambda: self.ledger.disarm(path), "flowdesk.ledger")
        self.watch.refresh()
        self.triggers_changed(None)
        return {"path": str(path), "armed": False, "was_armed": was}

    async def _pause(self, peer: Peer, payload: m.PauseTriggers, workflow_id: str, message_id: str) -> TriggersPaused:
        if not payload.paused:
            self._refuse_guest(peer)  # to let flows start by themselves again is as much as to arm them
        await in_thread(lambda: self.ledger.set_fact("paused", payload.paused), "flowdesk.ledger")
        self.watch.refresh()
        self.triggers_changed(None)
        return {"paused": payload.paused}

    async def _history(self, peer: Peer, payload: m.TriggerHistory, workflow_id: str, message_id: str) -> TriggerRows:
        path = self._path(peer, payload.path, workflow_id, is_own=False) if payload.path or workflow_id else None
        rows = await in_thread(lambda: self.ledger.history(path, payload.limit, payload.trigger), "flowdesk.ledger")
        return {"rows": [row_json(row) for row in rows]}

    async def test(
        self, peer: Peer, payload: m.TestTrigger, workflow_id: str, message_id: str, allowed: Wanted | None = None
    ) -> Started:
        """Start a flow as one of its triggers does, as ``trigger.test`` asks.

        Raises:
            FlowdeskError: If it is refused.
        """
        document = self._session.desk.get(workflow_id)
        trigger = next((one for one in declared(document.flow).triggers if one.id == payload.trigger), None)
        if trigger is None:
            raise RequestInvalid(
                say('The flow has no valid trigger "{id}".', id=payload.trigger),
                say("Choose one of the flow's triggers."),
                field="trigger",
            )
        now = self.watch.clock.now().isoformat()
        values = {**payload.values, "id": trigger.id, "type": trigger.kind, "due": now, "at": now, "test": True}
        start = m.Start(variables={"trigger": values}, desktop=trigger.desktop or None)
        return await self._session.start(peer, start, workflow_id, message_id, allowed)

    def _path(self, peer: Peer, name: str | None, workflow_id: str, *, is_own: bool = True) -> Path:
        if name is not None:
            known = next((armed.path for armed in self.ledger.armed() if str(armed.path) == name), None)
            return known if known is not None else self._session.desk.allowed_path(peer, name).resolve()
        document = self._session.desk.get(workflow_id)
        path = self._session.desk.file_of(peer, document)
        if path is None:
            raise RequestInvalid(say("The flow has no file yet."), say("Save it first."), field="workflow_id")
        if is_own and document.is_modified:
            raise RequestInvalid(
                say("The flow has unsaved changes."),
                say("Save it first: the saved file is what starts."),
                field="workflow_id",
            )
        return Path(os.path.realpath(path))

    def _refuse_guest(self, peer: Peer) -> None:
        if not is_own(peer):
            raise NotAllowed(say("Only the user of this desktop can arm a flow."), say("Ask the user of the desktop."))


def row_json(row: Row) -> TriggerRow:
    """Return a row as JSON values, its sentence with what translates it."""
    return {**row.payload(), "phrase": phrase(row.message)}


def spoken(trigger: Trigger, coming: list[str]) -> ToldTrigger:
    """Return a trigger as JSON values: when it starts the flow, as a sentence and with what translates it, and its next times."""
    sentence = sentence_of(trigger)
    return {
        "id": trigger.id, "type": trigger.kind, "disabled": trigger.disabled,
        "sentence": str(sentence), "phrase": phrase(sentence), "next": coming,
    }  # fmt: skip


def next_times(trigger: Any, now: datetime, local: tzinfo, anchor: datetime, count: int, key: str = "") -> list[str]:
    """Return the next times of a trigger, empty for one that does not go by the clock."""
    if not isinstance(trigger, Schedule) or trigger.disabled:
        return []
    return [due.isoformat(timespec="seconds") for due in upcoming(trigger, now, local, anchor, count, key)]


def listing(ledger: DueLedger, now: datetime, local: tzinfo, *, is_watched: bool) -> list[ArmedFlow]:
    """Return what is armed as JSON values: each flow with its triggers, when they are due, why not, and its last row.

    Blocks. ``is_watched``: a flowdesk watches, here or in another process, so that what it could not watch is still so.
    """
    told: list[ArmedFlow] = []
    faults = ledger.faults() if is_watched and ledger.exists else {}
    for armed in ledger.armed():
        cursors, last = ledger.cursors(armed.path), ledger.history(armed.path, 1)
        triggers = [_told_trigger(armed, entry, cursors, now, local) for entry in armed.triggers]
        for trigger in triggers:
            trigger["fault"] = faults.get(str(armed.path), {}).get(trigger["id"])
        coming = [trigger["next"][0] for trigger in triggers if trigger["next"]]
        told.append(
            {
                "path": str(armed.path),
                "flow": armed.name,
                "state": armed.state,
                "note": str(armed.note) or None,
                "phrase": phrase(armed.note),
                "since": armed.armed_at.isoformat(timespec="seconds"),
                "overlap": armed.overlap,
                "next": min(coming) if coming else None,
                "triggers": triggers,
                "last": row_json(last[0]) if last else None,
            }
        )
    return told


def _told_trigger(
    armed: Armed, entry: dict[str, Any], cursors: Mapping[str, tuple[datetime, datetime]], now: datetime, local: tzinfo
) -> ToldTrigger:
    trigger = read_trigger(entry)
    if trigger is None:
        return {"id": str(entry.get("id")), "type": str(entry.get("type")), "disabled": False, "sentence": "", "phrase": "", "next": []}  # fmt: skip
    after, anchor = cursors.get(trigger.id, (now, now))
    coming = next_times(trigger, max(after, now), local, anchor, SHOWN, f"{armed.path} {trigger.id}")
    return spoken(trigger, coming)


def summary(values: Mapping[str, Any]) -> str:
    """Return what a run was given, short, for a line of text."""
    told = {name: value for name, value in values.items() if name not in {"id", "type", "due", "at", "body", "chain"}}
    return json.dumps(told, ensure_ascii=False)[:200] if told else ""
