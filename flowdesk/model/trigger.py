"""Triggers: how a flow says when it starts by itself (contract §7). Declared here once; forms, checks and reference derive.

A flow file holds ``"triggers": [{"id": …, "type": …, …}]`` and ``"overlap"`` beside its nodes. Fields that are not known
survive in the file. What is due when is worked out in ``flowdesk.model.due``.
"""

import difflib
import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, datetime
from typing import Annotated, Any, ClassVar, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from flowdesk.model import triggertexts
from flowdesk.model.config import (
    MISSING,
    Config,
    Duration,
    KeyNames,
    SelectorText,
    TargetOptions,
    Unfit,
    known_keys,
    patience,
    read_config,
)
from flowdesk.model.declared import TriggerDeclaration
from flowdesk.model.errors import SelectorError
from flowdesk.model.faults import fault_of
from flowdesk.model.fields import FieldSpec, defaults_of, own_fields
from flowdesk.model.flow import Flow
from flowdesk.model.problem import Problem
from flowdesk.model.selector import parse_selector
from flowdesk.model.sentence import say

MOST_TRIGGERS = 100
"""Triggers of one flow."""
SHORTEST = 1.0
"""Seconds between two starts by ``every``, at the least."""
DAY = 86_400.0

_ALONE = re.compile(r"f\d{1,2}|pause|printscreen|scrolllock|playpause|[a-z]+track")
"""Keys that may be taken from every program."""

Overlap = Literal["skip", "queue", "restart"]
OVERLAPS: tuple[Overlap, ...] = ("skip", "queue", "restart")


class TriggerConfig(Config):
    """What every trigger has."""

    kind: ClassVar[str] = ""
    title: ClassVar[str] = ""
    icon: ClassVar[str] = "zap"
    begins: ClassVar[Mapping[str, Any]] = {}
    """What a new one holds beside its name."""
    alternatives: ClassVar[Mapping[str, Any]] = {}
    """Fields of which exactly one is given, each with what it begins with."""
    is_of_things: ClassVar[bool] = False
    """Whether each start is for a thing of its own, such as a file: then those that come during a run wait."""

    id: Annotated[str, AfterValidator(triggertexts.name)] = Field(
        ...,
        title="Name",
        description="What the run reads as {{trigger.id}}, in letters, digits, dots, dashes and underscores.",
        json_schema_extra={"group": "more"},
    )
    disabled: bool = Field(
        False,
        title="Switched off",
        description="Keep it in the flow, and start nothing by it.",
        json_schema_extra={"group": "more"},
    )
    desktop: Annotated[str, AfterValidator(triggertexts.place)] = Field(
        "",
        title="Desktop",
        description="this, private, or private:1280x800 for a separate desktop. Leave empty for what the flow says.",
        json_schema_extra={"group": "more"},
    )
    pool: str = Field(
        "",
        max_length=200,
        title="Pool of robots",
        description="Submit a job to these robots instead of running here. Leave empty to run here.",
        json_schema_extra={"group": "more"},
    )

    @property
    def is_here(self) -> bool:
        """Whether the flow runs on this machine."""
        return not self.pool


class Schedule(TriggerConfig):
    """At times of the clock."""

    kind = "schedule"
    title = "At a time"
    icon = "clock"
    alternatives: ClassVar[Mapping[str, Any]] = {"at": "08:30", "cron": "30 8 * * mon-fri", "every": 3_600_000}
    begins: ClassVar[Mapping[str, Any]] = {"at": "08:30"}

    cron: str | None = Field(
        None,
        title="Times as cron",
        description="Five fields: minute, hour, day, month, weekday, such as 30 8 * * mon-fri.",
    )
    every: Duration | None = Field(None, title="Every", description="How long from one start to the next.")
    at: str | None = Field(
        None,
        title="At a time",
        description="One date and time such as 2027-03-01T08:30, or a time of every day such as 08:30.",
    )
    timezone: str | None = Field(
        None,
        title="Time zone",
        description="Such as Europe/Berlin; the machine's where none is given.",
        json_schema_extra={"group": "more"},
    )
    jitter: Duration = Field(
        0.0,
        title="Spread",
        description="Start up to so much later, so that not all start at once; always before the next time.",
        json_schema_extra={"group": "more"},
    )
    missed: Literal["once", "skip"] = Field(
        "once",
        title="If it was missed",
        description="Whether a time at which the machine slept or was off is caught up once, or left out.",
        json_schema_extra={"group": "more"},
    )
    within: Duration = Field(
        DAY,
        title="Catch up within",
        description="How late a missed time is still caught up; later it is left out.",
        json_schema_extra={"group": "more"},
    )

    @model_validator(mode="after")
    def _is_one(self) -> "Schedule":
        given = [name for name in ("cron", "every", "at") if getattr(self, name) is not None]
        if len(given) != 1:
            raise Unfit(given[-1] if given else "cron", say("use exactly one of cron, every, and at"))
        if self.cron is not None:
            triggertexts.cron(self.cron)
        if self.every is not None and self.every < SHORTEST:
            raise Unfit("every", say("it must be at least {least} ms", least=int(SHORTEST * 1000)))
        if self.at is not None and clock_time(self.at) is None and instant(self.at) is None:
            raise Unfit("at", say("it is neither a date and time nor a time of day"))
        if self.timezone is not None and zone_named(self.timezone) is None:
            raise Unfit("timezone", say('unknown time zone "{name}"', name=self.timezone))
        return self


class FileArrives(TriggerConfig):
    """When a file comes, changes or goes."""

    kind = "file"
    title = "A file"
    icon = "file"
    begins: ClassVar[Mapping[str, Any]] = {"path": "inbox", "match": "*.csv"}
    is_of_things = True

    path: Annotated[str, AfterValidator(triggertexts.folder)] = Field(
        ...,
        min_length=1,
        title="Folder",
        description="The folder that is watched, or one file; relative to the flow's own.",
    )
    match: Annotated[str, AfterValidator(triggertexts.pattern)] = Field(
        "*", min_length=1, title="Names", description="Which files of the folder count, such as *.csv or report-*.xlsx."
    )
    on: Literal["appears", "changes", "disappears"] = Field(
        "appears", title="When it", description="What starts the flow."
    )
    settled: Duration = Field(
        1.0,
        title="At rest for",
        description="How long a file must stay as it is to count as whole.",
        json_schema_extra={"group": "more"},
    )
    existing: bool = Field(
        False,
        title="Also what is there",
        description="Whether files that are there when it is armed start the flow, too.",
        json_schema_extra={"group": "more"},
    )


class Appears(TriggerConfig, TargetOptions):
    """When something appears on the screen."""

    kind = "appears"
    title = "Something appears"
    icon = "eye"

    selector: SelectorText = Field(
        ..., min_length=1, title="Target", description="What to look for.", json_schema_extra={"widget": "target"}
    )
    timeout: Duration | None = patience("Not used: each look is one.")
    every: Duration = Field(1.0, title="Look every", description="How long from one look to the next.")
    existing: bool = Field(
        False,
        title="Also what is there",
        description="Whether something that is shown when it is armed starts the flow, too.",
        json_schema_extra={"group": "more"},
    )

    @model_validator(mode="after")
    def _is_calm(self) -> "Appears":
        if self.every < 0.2:
            raise Unfit("every", say("it must be at least {least} ms", least=200))
        return self


class Hotkey(TriggerConfig):
    """When keys are pressed, whatever program has the keyboard."""

    kind = "hotkey"
    title = "Keys"
    icon = "keyboard"
    begins: ClassVar[Mapping[str, Any]] = {"keys": ["ctrl", "alt", "r"]}

    keys: KeyNames = Field(
        ..., min_length=1, title="Keys", description="Keys pressed together, such as ctrl, alt, r.",
        json_schema_extra={"widget": "keys"},
    )  # fmt: skip

    @model_validator(mode="after")
    def _is_free(self) -> "Hotkey":
        names = {name.lower() for name in self.keys}
        if {"ctrl", "alt", "q"} == names or {"control", "alt", "q"} == names:
            raise Unfit("keys", say("Ctrl+Alt+Q is the emergency stop"))
        if len(names) < 2 and not _ALONE.fullmatch(min(names)):
            raise Unfit("keys", say("a key without modifier keys would no longer reach other programs"))
        return self


class Webhook(TriggerConfig):
    """When another program sends a request."""

    kind = "webhook"
    title = "A web request"
    icon = "globe"
    is_of_things = True


class Startup(TriggerConfig):
    """When flowdesk starts watching, as after a login."""

    kind = "startup"
    title = "At the start"
    icon = "rocket"

    delay: Duration = Field(0.0, title="Wait first", description="How long after the start.")


class FlowEnds(TriggerConfig):
    """When another flow has ended."""

    kind = "flow"
    title = "Another flow ends"
    icon = "workflow"
    is_of_things = True

    flow: str = Field(
        ...,
        min_length=1,
        title="Flow",
        description="The other flow's file, relative to this one's folder, or its name.",
    )
    ends: Literal["succeeded", "failed", "stopped", "any"] = Field(
        "succeeded", title="How it ends", description="Which ends count."
    )


Trigger = Schedule | FileArrives | Appears | Hotkey | Webhook | Startup | FlowEnds

TRIGGERS: tuple[type[Trigger], ...] = (Schedule, FileArrives, Appears, Hotkey, Webhook, Startup, FlowEnds)
"""Every type of trigger there is."""
BY_KIND: dict[str, type[Trigger]] = {trigger.kind: trigger for trigger in TRIGGERS}


def describe_kind(model: type[Trigger]) -> TriggerDeclaration:
    """Return the declaration of a type of trigger as JSON values: what draws its form."""
    return {
        "type": model.kind,
        "title": model.title,
        "description": (model.__doc__ or "").split("\n", 1)[0],
        "icon": model.icon,
        "begins": dict(model.begins),
        "alternatives": dict(model.alternatives),
        "defaults": dict(defaults_of(model)),
        "fields": [spec.payload() for spec in form_fields(model)],
    }


def form_fields(model: type[Trigger]) -> tuple[FieldSpec, ...]:
    """Return the fields of a trigger's form: what is its own first, its name and switch behind it, how to look last."""
    places = ("", "more", "target")

    def place(spec: FieldSpec) -> tuple[int, bool]:
        return places.index(spec.group) if spec.group in places else len(places), spec.key in TriggerConfig.model_fields

    return tuple(sorted(own_fields(model), key=place))


def new_trigger(model: type[Trigger], taken: Collection[str]) -> dict[str, Any]:
    """Return a new trigger as a flow holds it, with a name that none of the others has."""
    name, number = model.kind, 1
    while name in taken:
        number += 1
        name = f"{model.kind}{number}"
    return {"id": name, "type": model.kind, **model.begins}


@dataclass(frozen=True, slots=True)
class Declared:
    """The triggers of a flow, as far as they can be read, and what is wrong with the others."""

    triggers: tuple[Trigger, ...]
    overlap: Overlap | None
    problems: tuple[Problem, ...]

    def overlap_of(self, trigger: Trigger) -> Overlap:
        """Return what happens when a trigger asks for a start during a run.

        Where the flow does not say, a time of the clock is left out, and a thing such as a file waits.
        """
        return self.overlap or ("queue" if trigger.is_of_things else "skip")

    def named(self, id: str) -> Trigger | None:
        """Return a trigger by its name, ``None`` where none is called so."""
        return next((trigger for trigger in self.triggers if trigger.id == id), None)

    @property
    def is_sound(self) -> bool:
        """Whether there is no error."""
        return not any(problem.is_error for problem in self.problems)


def raw_triggers(flow: Flow) -> Any:
    """Return ``triggers`` of a flow as the file holds it; an empty list where there is none."""
    return (flow.model_extra or {}).get("triggers") or []


def declared(flow: Flow) -> Declared:
    """Read the triggers of a flow."""
    extra = flow.model_extra or {}
    overlap, problems, found = extra.get("overlap"), [], []
    raw = raw_triggers(flow)
    if overlap is not None and overlap not in OVERLAPS:
        problems.append(
            _problem("trigger.invalid", say("Unknown overlap \"{value}\".", value=overlap), say("Use skip, queue, or restart."), "overlap")
        )  # fmt: skip
        overlap = None
    if not isinstance(raw, list):
        problems.append(
            _problem("trigger.invalid", say("The triggers are not a list."), say("Use a list."), "triggers")
        )
        raw = []
    if len(raw) > MOST_TRIGGERS:
        problems.append(
            _problem("trigger.invalid", say("A flow has at most {count} triggers.", count=MOST_TRIGGERS), say("Split it into several flows."), "triggers")
        )  # fmt: skip
    for place, entry in enumerate(raw[:MOST_TRIGGERS]):
        trigger, faults = _read(entry, f"triggers[{place}]")
        problems += faults
        if trigger is not None:
            found.append(trigger)
    for name, count in Counter(trigger.id for trigger in found).items():
        if count > 1:
            problems.append(
                _problem("trigger.duplicate_id", say("{count} triggers are named \"{id}\".", count=count, id=name), say("Give each trigger a different name."), "triggers")
            )  # fmt: skip
    return Declared(tuple(found), overlap, tuple(problems))


def read_trigger(entry: Any) -> Trigger | None:
    """Read one trigger as a file holds it, ``None`` where it cannot be."""
    return _read(entry, "trigger")[0]


def _problem(code: str, message: str, fix: str, field: str) -> Problem:
    return Problem("error", code, message, fix, field=field)


def _read(entry: Any, place: str) -> tuple[Trigger | None, list[Problem]]:
    if not isinstance(entry, Mapping):
        return None, [_problem("trigger.invalid", say("{place} is not an object.", place=place), say("Use an object with id and type."), place)]  # fmt: skip
    kind = entry.get("type")
    model = BY_KIND.get(kind) if isinstance(kind, str) else None
    name = str(entry.get("id") or place)
    if model is None:
        near = difflib.get_close_matches(str(kind), BY_KIND, n=1)
        fix = (
            say('Did you mean "{word}"?', word=near[0])
            if near
            else say("Use one of: {names}.", names=", ".join(BY_KIND))
        )
        return None, [_problem("trigger.unknown_type", say("The trigger \"{name}\" has an unknown type \"{kind}\".", name=name, kind=kind), fix, f"{place}.type")]  # fmt: skip
    trigger, faults = read_config(model, entry)
    problems = [_fault(model, name, place, key, fault) for key, fault in faults]
    if isinstance(trigger, Appears):
        problems += _selector_faults(trigger, name, place)
    for key in entry:
        if key not in known_keys(model) and key != "type" and not str(key).startswith("_"):
            near = difflib.get_close_matches(str(key), sorted(known_keys(model)), n=1, cutoff=0.6)
            fix = (
                say('Did you mean "{word}"?', word=near[0]) if near else say("The file keeps it, but it has no effect.")
            )
            problems.append(Problem("warning", "trigger.unknown_field", say("The trigger \"{name}\" has an unknown setting \"{field}\".", name=name, field=key), fix, field=f"{place}.{key}"))  # fmt: skip
    if not problems and trigger is None:
        problems.append(_problem("trigger.invalid", say("The trigger \"{name}\" contains a reference in braces.", name=name), say("Enter the value itself: a trigger is read before the run has any values."), place))  # fmt: skip
    is_read = trigger is not None and not any(problem.is_error for problem in problems)
    return (trigger if is_read else None), problems  # type: ignore[return-value]


def _fault(model: type[Trigger], name: str, place: str, key: str, fault: str) -> Problem:
    field = f"{place}.{key}" if key else place
    code = "trigger.missing" if fault == MISSING else "trigger.invalid"
    message, fix = fault_of(model, key, fault, name)
    return _problem(code, message, fix, field)


def _selector_faults(trigger: Appears, name: str, place: str) -> list[Problem]:
    found = []
    for text in [trigger.selector] if isinstance(trigger.selector, str) else trigger.selector:
        try:
            parse_selector(text)
        except SelectorError as error:
            found.append(_problem("selector.invalid", error.message, error.fix, f"{place}.selector"))
    return found


def clock_time(text: str) -> tuple[int, int] | None:
    """Return hour and minute of ``08:30``, ``None`` for anything else."""
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text.strip())
    return (int(found[1]), int(found[2])) if found else None


def instant(text: str) -> datetime | None:
    """Return the date and time of an ISO 8601 text, with or without an offset; ``None`` for anything else.

    The first year and the last one are none: in another zone there would be no such date.
    """
    if not re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d", text.strip()):
        return None
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if MINYEAR < found.year < MAXYEAR else None


def zone_named(name: str) -> ZoneInfo | None:
    """Return a time zone by its IANA name, ``None`` where there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
