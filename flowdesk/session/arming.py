"""Arming: the machine lets a flow start by itself, as it is now, after a person saw what it may do (contract §7).

What is allowed is a content: the triggers with what happens on overlap, and what the flow and those that it calls do
beyond the screen. A file that differs in that is not as it was allowed.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from flowdesk.model.cronwords import spoken_cron
from flowdesk.model.due import is_over
from flowdesk.model.errors import ConsentNeeded, FlowInvalid, RequestInvalid
from flowdesk.model.flow import Flow
from flowdesk.model.keynames import shortcut
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.problem import Problem
from flowdesk.model.sentence import say
from flowdesk.model.trigger import (
    MOST_TRIGGERS,
    Appears,
    Declared,
    FileArrives,
    FlowEnds,
    Hotkey,
    Schedule,
    Startup,
    Trigger,
    Webhook,
    declared,
    raw_triggers,
    read_trigger,
)
from flowdesk.session.doings import MOST_TOLD, Doing, digest_of, doings
from flowdesk.session.dueledger import Armed, DueLedger
from flowdesk.session.folders import listed
from flowdesk.session.lacking import problems_at
from flowdesk.session.storage import open_flow
from flowdesk.session.subflows import called_flows
from flowdesk.session.trust import Trust

LEDGER = "triggers.sqlite"
LOCK = "triggers.lock"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A flow file as it would be armed."""

    path: Path
    flow: Flow
    declared: Declared
    called: tuple[Flow, ...]
    doings: tuple[Doing, ...]
    digest: str

    def payload(self) -> dict[str, Any]:
        """Return what a person is asked about, as JSON values."""
        return {
            "path": str(self.path),
            "name": self.flow.name,
            "digest": self.digest,
            "triggers": [describe(trigger) for trigger in self.declared.triggers],
            "doings": [doing.payload() for doing in self.doings[:MOST_TOLD]],
        }


def candidate(path: Path, catalogue: Catalogue) -> Candidate:
    """Read a flow file as it would be armed.

    Raises:
        FlowUnreadable, FlowTooNew: If it is not a flow.
    """
    path = path.resolve()
    flow = open_flow(path).flow
    called = tuple(called for called, _ in called_flows(flow, path.parent))
    told = [doing for one in (flow, *called) for doing in doings(one, catalogue)]
    extra = flow.model_extra or {}
    parts = [raw_triggers(flow), extra.get("overlap"), *(digest_of(one, catalogue) for one in (flow, *called))]
    text = json.dumps(parts, sort_keys=True, ensure_ascii=True, default=str)
    return Candidate(path, flow, declared(flow), called, tuple(told), hashlib.sha256(text.encode()).hexdigest())


def check(found: Candidate, catalogue: Catalogue, ledger: DueLedger) -> None:
    """Refuse to arm what could never start.

    Raises:
        FlowInvalid: If the flow or a trigger has an error.
        RequestInvalid: If it has no trigger, or another armed flow listens at the same address.
    """
    errors = tuple(problem for problem in problems_at(found.flow, found.path, catalogue) if problem.is_error)
    if errors:
        raise FlowInvalid(errors)
    if not found.declared.triggers:
        raise RequestInvalid(
            say('"{name}" has no triggers.', name=found.flow.name),
            say("Add triggers to the flow: \"triggers\": [{example}].", example='{"id": "morning", "type": "schedule", "at": "08:30"}'),
            field="triggers",
        )  # fmt: skip
    hooks = {trigger.id for trigger in found.declared.triggers if isinstance(trigger, Webhook)}
    own = {
        _pressed(trigger) for trigger in found.declared.triggers if isinstance(trigger, Hotkey) and not trigger.disabled
    }
    for other in ledger.armed():
        for trigger in other.triggers:
            taken = read_trigger(trigger) if other.path != found.path and own else None
            if isinstance(taken, Hotkey) and not taken.disabled and _pressed(taken) in own:
                raise RequestInvalid(
                    say("Another armed flow already starts with {keys}: \"{name}\".", name=other.name, keys="+".join(taken.keys)),
                    say("Choose other keys for one of them."),
                    field="triggers",
                )  # fmt: skip
            if other.path != found.path and trigger.get("type") == Webhook.kind and trigger.get("id") in hooks:
                raise RequestInvalid(
                    say("Another armed flow already uses the web request {id}: \"{name}\".", name=other.name, id=trigger["id"]),
                    say("Rename one of them."),
                    field="triggers",
                )  # fmt: skip


def _pressed(trigger: Hotkey) -> frozenset[str]:
    return frozenset(shortcut(list(trigger.keys)))


def arm(found: Candidate, ledger: DueLedger, trust: Trust, now: datetime) -> Armed:
    """Let a flow start by itself from now on, and it and those that it calls do what they do."""
    for flow in (found.flow, *found.called):
        trust.add(flow)
    raw = [entry for entry in raw_triggers(found.flow) if isinstance(entry, dict)]
    armed = Armed(
        found.path, found.flow.name, found.digest, tuple(raw), (found.flow.model_extra or {}).get("overlap"), now
    )
    seen: dict[str, Mapping[str, str]] = {}
    for trigger in found.declared.triggers:
        if isinstance(trigger, FileArrives) and not trigger.existing:
            seen[trigger.id] = listed(folder_of(found.path, trigger), trigger).things
    ledger.arm(armed, seen)
    return armed


def needs_consent(found: Candidate, agreed: str | None) -> None:
    """Return where a person agreed to just this.

    Raises:
        ConsentNeeded: If not; its details tell what would be agreed to, with the ``digest`` to send.
    """
    if agreed == found.digest:
        return
    raise ConsentNeeded(
        say('"{name}" is about to start by itself. Check when it starts and what it does.', name=found.flow.name),
        say("Send the request again with this digest to allow exactly this content."),
        **found.payload(),
    )


def folder_of(path: Path, trigger: FileArrives) -> Path:
    """Return what a trigger watches: a folder, or one file."""
    return Path(os.path.abspath(path.parent / Path(trigger.path).expanduser()))


def describe(trigger: Trigger) -> dict[str, Any]:
    """Return a trigger as JSON values, with a sentence that says when it starts the flow."""
    return {"id": trigger.id, "type": trigger.kind, "disabled": trigger.disabled, "sentence": sentence_of(trigger)}


def sentence_of(trigger: Trigger) -> str:
    """Say when a trigger starts its flow."""
    if isinstance(trigger, Schedule):
        return _schedule_sentence(trigger)
    if isinstance(trigger, FileArrives):
        words = {
            "appears": say("when {match} appears in {path}", match=trigger.match, path=trigger.path),
            "changes": say("when {match} changes in {path}", match=trigger.match, path=trigger.path),
            "disappears": say("when {match} disappears from {path}", match=trigger.match, path=trigger.path),
        }
        return words[trigger.on]
    if isinstance(trigger, Hotkey):
        return say("when {keys} is pressed", keys="+".join(trigger.keys))
    if isinstance(trigger, Webhook):
        return say("when a request arrives at /hook/{id}", id=trigger.id)
    if isinstance(trigger, Appears):
        first = trigger.selector if isinstance(trigger.selector, str) else trigger.selector[0]
        return say("when {target} appears on the screen", target=first)
    if isinstance(trigger, Startup):
        return say("when flowdesk starts watching, after {seconds} s", seconds=f"{trigger.delay:g}")
    if isinstance(trigger, FlowEnds):
        words = {
            "succeeded": say("when {flow} succeeds", flow=trigger.flow),
            "failed": say("when {flow} fails", flow=trigger.flow),
            "stopped": say("when {flow} is stopped", flow=trigger.flow),
            "any": say("when {flow} ends", flow=trigger.flow),
        }
        return words[trigger.ends]
    raise TypeError(trigger.kind)


def _schedule_sentence(trigger: Schedule) -> str:
    if trigger.every is not None:
        return say("every {seconds} s", seconds=f"{trigger.every:g}")
    where = trigger.timezone
    if trigger.at is not None:
        is_daily = len(trigger.at) <= 5
        if where:
            return (
                say("every day at {time}, {zone}", time=trigger.at, zone=where)
                if is_daily
                else say("on {time}, {zone}", time=trigger.at, zone=where)
            )
        return say("every day at {time}", time=trigger.at) if is_daily else say("on {time}", time=trigger.at)
    spoken = spoken_cron(trigger.cron or "")
    if spoken is not None:
        return say("{times}, {zone}", times=spoken, zone=where) if where else spoken
    return say("at {cron}, {zone}", cron=trigger.cron, zone=where) if where else say("at {cron}", cron=trigger.cron)


def passed(flow: Flow, now: datetime, local: tzinfo) -> list[Problem]:
    """Return a warning for each trigger of a flow whose one time has passed."""
    raw = raw_triggers(flow)
    entries = raw[:MOST_TRIGGERS] if isinstance(raw, list) else []  # a file may hold anything
    return [
        Problem(
            "warning", "trigger.passed", say("The time of the trigger \"{name}\" has passed: it starts nothing.", name=one.id),
            say("Set a later time."), field=f"triggers[{place}].at",
        )
        for place, one in enumerate(map(read_trigger, entries))
        if isinstance(one, Schedule) and not one.disabled and is_over(one, now, local)
    ]  # fmt: skip


def told_triggers(found: Candidate) -> Iterator[str]:
    """Yield a line for each trigger."""
    for trigger in found.declared.triggers:
        yield say("{id}: {sentence}", id=trigger.id, sentence=sentence_of(trigger))
