"""Triggers as a flow file holds them: read, refused with a sentence, and never in the way of a run that a person starts."""

from typing import Any

import pytest

from flowdesk.engine.beginning import obstacles
from flowdesk.engine.options import RunOptions
from flowdesk.model.flow import Flow
from flowdesk.model.reading import parse_flow, read_flow, write_flow
from flowdesk.model.revalidation import Revalidation
from flowdesk.model.trigger import TRIGGERS, Declared, declared
from flowdesk.model.validation import validate
from flowdesk.nodes import builtin_catalogue

START = {"id": "start", "type": "start", "data": {"config": {}}}


def flow(*triggers: Any, **fields: Any) -> Flow:
    return read_flow({"nodes": [START], "edges": [], "triggers": list(triggers), **fields})


def read(**trigger: Any) -> Declared:
    return declared(flow({"id": "t", **trigger}))


GOOD: list[dict[str, Any]] = [
    {"type": "schedule", "cron": "30 8 * * mon-fri", "timezone": "Asia/Shanghai", "jitter": 60_000, "missed": "skip"},
    {"type": "schedule", "every": 1000},
    {"type": "schedule", "at": "2027-03-01T08:30"},
    {"type": "schedule", "at": "2027-03-01T08:30:00+08:00", "within": 0},
    {"type": "schedule", "at": "08:30"},
    {"type": "file", "path": "in", "match": "*.csv", "on": "changes", "settled": 500, "existing": True},
    {"type": "appears", "selector": "window=Login >> text=OK", "every": 500, "similarity": 0.9},
    {"type": "hotkey", "keys": ["ctrl", "alt", "r"]},
    {"type": "hotkey", "keys": "ctrl+alt+r"},
    {"type": "hotkey", "keys": ["f9"]},
    {"type": "webhook"},
    {"type": "startup", "delay": 5000},
    {"type": "flow", "flow": "other.flow.json", "ends": "failed"},
]


@pytest.mark.parametrize("trigger", GOOD)
def test_what_is_right_is_read(trigger: dict[str, Any]) -> None:
    found = read(**trigger)
    assert found.problems == ()
    assert found.triggers[0].kind == trigger["type"]


def test_every_type_is_tried_here() -> None:
    assert {trigger["type"] for trigger in GOOD} == {trigger.kind for trigger in TRIGGERS}


@pytest.mark.parametrize(
    ("trigger", "field", "said"),
    [
        ({"type": "schedule"}, "triggers[0].cron", "exactly one of cron, every, and at"),
        ({"type": "schedule", "cron": "* * * * *", "every": 5000}, "triggers[0].every", "exactly one"),
        ({"type": "schedule", "cron": "* * * *"}, "triggers[0].cron", "five fields"),
        ({"type": "schedule", "cron": "0 0 0 * * *"}, "triggers[0].cron", "five fields"),
        ({"type": "schedule", "cron": "61 * * * *"}, "triggers[0].cron", "minute"),
        ({"type": "schedule", "cron": "0 0 31 2 *"}, "triggers[0].cron", "its day of the month is out of range"),
        ({"type": "schedule", "every": 10}, "triggers[0].every", "at least 1000 ms"),
        ({"type": "schedule", "every": "soon"}, "triggers[0].every", "milliseconds"),
        ({"type": "schedule", "at": "tomorrow"}, "triggers[0].at", "neither a date and time"),
        ({"type": "schedule", "at": "25:00"}, "triggers[0].at", "neither"),
        ({"type": "schedule", "at": "08:30", "timezone": "Mars/Olympus"}, "triggers[0].timezone", "unknown time zone"),
        ({"type": "schedule", "at": "08:30", "missed": "twice"}, "triggers[0].missed", "it must be one of once, skip."),
        ({"type": "schedule", "at": "{{when}}"}, "triggers[0]", "reference in braces"),
        ({"type": "shedule", "at": "08:30"}, "triggers[0].type", "unknown type"),
        ({"at": "08:30"}, "triggers[0].type", "unknown type"),
        ({"type": "file"}, "triggers[0].path", "is empty"),
        ({"type": "file", "path": "in", "on": "opens"}, "triggers[0].on", "must be one of"),
        ({"type": "appears", "selector": "button["}, "triggers[0].selector", "name of an attribute"),
        ({"type": "appears", "selector": "text=OK", "every": 10}, "triggers[0].every", "at least 200 ms"),
        ({"type": "hotkey", "keys": ["a"]}, "triggers[0].keys", "without modifier keys"),
        ({"type": "hotkey", "keys": ["ctrl", "alt", "q"]}, "triggers[0].keys", "emergency stop"),
        ({"type": "hotkey", "keys": ["ctrl", "entr"]}, "triggers[0].keys", 'no key "entr"; near to it are'),
        ({"type": "file", "path": "in\0x"}, "triggers[0].path", "control character"),
        ({"type": "file", "path": "in", "match": "../*"}, "triggers[0].match", "without folders"),
        ({"type": "webhook", "id": "a b"}, "triggers[0].id", "use 1 to 64 letters"),
        ({"type": "webhook", "id": ""}, "triggers[0].id", "use 1 to 64 letters"),
        ({"type": "webhook", "desktop": "yours"}, "triggers[0].desktop", "this, private"),
        ({"type": "flow", "flow": "x", "ends": "badly"}, "triggers[0].ends", "must be one of"),
    ],
)
def test_what_is_wrong_is_said_with_its_place_and_a_fix(trigger: dict[str, Any], field: str, said: str) -> None:
    found = read(**trigger)
    problem = next(problem for problem in found.problems if problem.is_error)
    assert problem.field == field
    assert said in str(problem.message)
    assert problem.fix
    assert found.triggers == ()


def test_the_list_itself_may_be_wrong() -> None:
    assert [
        problem.field
        for problem in declared(read_flow({"nodes": [START], "triggers": {}, "overlap": "never"})).problems
    ] == ["overlap"]
    assert not declared(read_flow({"nodes": [START], "triggers": "8:30"})).is_sound
    assert not declared(flow("8:30")).is_sound
    twice = flow({"id": "t", "type": "webhook"}, {"id": "t", "type": "startup"})
    assert [problem.code for problem in declared(twice).problems] == ["trigger.duplicate_id"]


def test_unknown_fields_are_a_warning_and_survive() -> None:
    made = flow({"id": "t", "type": "schedule", "every": 5000, "colour": "red", "_note": "x"}, theirs=1)
    assert [(problem.level, problem.field) for problem in declared(made).problems] == [
        ("warning", "triggers[0].colour")
    ]
    assert declared(made).triggers
    again = parse_flow(write_flow(made))
    assert again == made
    assert "colour" in write_flow(again)


def test_a_flow_without_triggers_is_written_as_before() -> None:
    text = write_flow(read_flow({"nodes": [START], "edges": []}))
    assert "triggers" not in text
    assert "overlap" not in text


def test_overlap_is_the_flows_own_or_fits_the_trigger() -> None:
    found = declared(flow({"id": "f", "type": "file", "path": "in"}, {"id": "s", "type": "schedule", "every": 5000}))
    assert [found.overlap_of(trigger) for trigger in found.triggers] == ["queue", "skip"]
    found = declared(flow({"id": "f", "type": "file", "path": "in"}, overlap="restart"))
    assert found.overlap_of(found.triggers[0]) == "restart"


def test_a_wrong_trigger_is_a_problem_and_no_obstacle() -> None:
    made, catalogue = flow({"id": "t", "type": "schedule"}, overlap="never"), builtin_catalogue()
    assert [problem.code for problem in validate(made, catalogue)] == ["trigger.invalid", "trigger.invalid"]
    assert obstacles(made, catalogue, RunOptions()) == ()


def test_an_edit_of_the_triggers_is_looked_at_anew() -> None:
    revalidation = Revalidation(builtin_catalogue())
    good, bad = flow({"id": "t", "type": "webhook"}), flow({"id": "t", "type": "webhok"})
    assert revalidation.problems(good) == ()
    changed = good.model_copy(update={"triggers": bad.model_extra["triggers"] if bad.model_extra else []})
    assert [problem.code for problem in revalidation.problems(changed)] == ["trigger.unknown_type"]
    assert revalidation.problems(good) == ()
