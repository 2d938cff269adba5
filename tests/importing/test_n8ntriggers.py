"""What starts a workflow of n8n starts the flow: at the same times, on the same path, and not before somebody allows it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from flowdesk.cli import main
from flowdesk.importing.n8ntriggers import triggers_of
from flowdesk.importing.reading import Imported, read_script
from flowdesk.importing.report import Untaken
from flowdesk.model.due import upcoming
from flowdesk.model.flow import Flow
from flowdesk.model.trigger import Schedule, declared, read_trigger
from flowdesk.model.validation import validate
from flowdesk.nodes import builtin_catalogue
from tests.nodes.conftest import Bench

CATALOGUE = builtin_catalogue()
NOW = datetime(2026, 12, 1, 10, 7, tzinfo=UTC)  # a Tuesday


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def node(name: str, kind: str, parameters: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "type": f"n8n-nodes-base.{kind}",
        "position": [0, 0],
        "parameters": parameters,
        "typeVersion": 1,
        **more,
    }


def workflow(nodes: list[dict[str, Any]], *ways: tuple[str, str], **more: Any) -> dict[str, Any]:
    connections: dict[str, Any] = {}
    for source, target in ways:
        connections.setdefault(source, {"main": [[]]})["main"][0].append({"node": target, "type": "main", "index": 0})
    return {"name": "Orders", "nodes": nodes, "connections": connections, **more}


def brought(folder: Path, values: dict[str, Any]) -> Imported:
    path = folder / "orders.json"
    path.write_text(json.dumps(values), "utf-8")
    found = read_script(path, [], CATALOGUE)
    assert [problem.message for problem in validate(found.flows[0], CATALOGUE) if problem.is_error] == []
    return found


def raw(flow: Flow) -> list[dict[str, Any]]:
    return list((flow.model_extra or {}).get("triggers", ()))


RULES = [
    ({}, ["2026-12-02T00:00", "2026-12-03T00:00"]),
    ({"field": "seconds"}, ["2026-12-01T10:07:30", "2026-12-01T10:08"]),
    ({"field": "minutes", "minutesInterval": 10}, ["2026-12-01T10:17", "2026-12-01T10:27"]),
    ({"field": "hours", "triggerAtMinute": 5}, ["2026-12-01T11:05", "2026-12-01T12:05"]),
    ({"field": "hours", "hoursInterval": 6}, ["2026-12-01T12:00", "2026-12-01T18:00"]),
    ({"triggerAtHour": 9, "triggerAtMinute": 15}, ["2026-12-02T09:15", "2026-12-03T09:15"]),
    ({"field": "weeks", "triggerAtHour": 8}, ["2026-12-06T08:00", "2026-12-13T08:00"]),
    ({"field": "weeks", "triggerAtDay": [1, 3]}, ["2026-12-02T00:00", "2026-12-07T00:00"]),
    ({"field": "months", "triggerAtDayOfMonth": 3, "triggerAtHour": 7}, ["2026-12-03T07:00", "2027-01-03T07:00"]),
    ({"field": "cronExpression", "expression": "30 8 * * 1-5"}, ["2026-12-02T08:30", "2026-12-03T08:30"]),
    ({"field": "cronExpression", "expression": "0 30 8 * * *"}, ["2026-12-02T08:30", "2026-12-03T08:30"]),
    ({"field": "cronExpression", "expression": "*/20 * * * * *"}, ["2026-12-01T10:07:20", "2026-12-01T10:07:40"]),
]  # fmt: skip
TIMES = [
    ({}, ["2026-12-01T14:00", "2026-12-02T14:00"]),
    ({"mode": "everyHour", "minute": 30}, ["2026-12-01T10:30", "2026-12-01T11:30"]),
    ({"mode": "everyMinute"}, ["2026-12-01T10:08", "2026-12-01T10:09"]),
    ({"mode": "everyWeek", "hour": 6}, ["2026-12-07T06:00", "2026-12-14T06:00"]),
    ({"mode": "everyMonth", "dayOfMonth": 2, "hour": 0}, ["2026-12-02T00:00", "2027-01-02T00:00"]),
    ({"mode": "everyX", "value": 3, "unit": "minutes"}, ["2026-12-01T10:10", "2026-12-01T10:13"]),
    ({"mode": "custom", "cronExpression": "0 0 9 * * 1"}, ["2026-12-07T09:00", "2026-12-14T09:00"]),
]


@pytest.mark.parametrize(
    ("kind", "settings", "due"),
    [
        *[("scheduleTrigger", {"rule": {"interval": [rule]}}, due) for rule, due in RULES],
        *[("cron", {"triggerTimes": {"item": [time]}}, due) for time, due in TIMES],
        ("interval", {"interval": 2, "unit": "hours"}, ["2026-12-01T12:07", "2026-12-01T14:07"]),
        ("scheduleTrigger", {}, ["2026-12-02T00:00", "2026-12-03T00:00"]),
    ],
)  # fmt: skip
def test_a_schedule_is_due_when_n8n_would_start(kind: str, settings: dict[str, Any], due: list[str]) -> None:
    (entry,) = triggers_of(kind, settings, "")
    schedule = read_trigger({"id": "a", **entry})
    assert isinstance(schedule, Schedule)
    assert upcoming(schedule, NOW, UTC, NOW, 2) == [datetime.fromisoformat(text).replace(tzinfo=UTC) for text in due]


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("scheduleTrigger", {"rule": {"interval": [{"field": "hours", "hoursInterval": 7}]}}),
        ("scheduleTrigger", {"rule": {"interval": [{"daysInterval": 2}]}}),
        ("scheduleTrigger", {"rule": {"interval": [{"field": "weeks", "weeksInterval": 2}]}}),
        ("scheduleTrigger", {"rule": {"interval": [{"field": "minutes", "minutesInterval": "={{ $json.n }}"}]}}),
        ("scheduleTrigger", {"rule": {"interval": []}}),
        ("cron", {"triggerTimes": {"item": [{"mode": "custom", "cronExpression": "0 0 9 1 3 *"}]}}),
        ("cron", {}),
        ("interval", {"interval": 0}),
    ],
)
def test_a_rhythm_that_a_flow_has_not_is_left(kind: str, settings: dict[str, Any]) -> None:
    with pytest.raises(Untaken):
        triggers_of(kind, settings, "")


@pytest.mark.parametrize("expression", ["99 8 * * *", "", "1 2 3", "=0 8 * * {{ $json.day }}"])
def test_a_cron_expression_that_is_none_is_a_note(tmp_path: Path, expression: str) -> None:
    rule = {"interval": [{"field": "cronExpression", "expression": expression}]}
    found = brought(tmp_path, workflow([node("Daily", "scheduleTrigger", {"rule": rule})]))
    assert (raw(found.flows[0]), found.report.taken, len(found.report.left)) == ([], 0, 1)
    assert not found.report.has_triggers


def test_all_rules_of_a_node_are_triggers_in_the_zone_of_the_workflow(tmp_path: Path) -> None:
    rules = [{"triggerAtHour": 9}, {"field": "minutes"}]
    nodes = [
        node("Daily", "scheduleTrigger", {"rule": {"interval": rules}}, disabled=True), node("Say", "noOp", {}),
    ]  # fmt: skip
    values = workflow(nodes, ("Daily", "Say"), settings={"timezone": "Asia/Shanghai"})
    found = brought(tmp_path, values)
    (flow,) = found.flows
    assert raw(flow) == [
        {"type": "schedule", "id": "schedule", "cron": "0 9 * * *", "timezone": "Asia/Shanghai", "disabled": True},
        {"type": "schedule", "id": "schedule2", "every": 300_000, "disabled": True},
    ]  # fmt: skip
    assert [(edge.source, edge.target) for edge in flow.edges] == [("start", "log")]
    first = declared(flow).triggers[0]
    assert isinstance(first, Schedule)
    assert upcoming(first, NOW, UTC, NOW, 1)[0].astimezone(ZoneInfo("Asia/Shanghai")).hour == 9
    assert (found.report.taken, found.report.left) == (2, {})


def test_more_triggers_than_a_flow_may_have_are_left(tmp_path: Path) -> None:
    nodes = [node("Often", "scheduleTrigger", {"rule": {"interval": [{}] * 101}}), node("Daily", "scheduleTrigger", {})]
    found = brought(tmp_path, workflow(nodes))
    assert (len(raw(found.flows[0])), len(found.report.left)) == (1, 1)


async def test_each_trigger_starts_what_it_leads_to(bench: Bench, tmp_path: Path) -> None:
    nodes = [
        node("By hand", "manualTrigger", {}), node("Daily", "scheduleTrigger", {}),
        node("Call", "webhook", {"path": "order-7", "httpMethod": "POST"}), node("Odd", "telegramTrigger", {}),
        node("A", "set", {"assignments": {"assignments": [{"name": "a", "value": "1"}]}}),
        node("B", "set", {"assignments": {"assignments": [{"name": "b", "value": "1"}]}}),
        node("Alone", "set", {"assignments": {"assignments": [{"name": "alone", "value": "1"}]}}),
    ]  # fmt: skip
    values = workflow(nodes, ("By hand", "A"), ("Daily", "A"), ("Call", "B"), ("Odd", "B"))
    found = brought(tmp_path, values)
    (flow,) = found.flows
    assert [(entry["id"], entry["type"]) for entry in raw(flow)] == [("schedule", "schedule"), ("order-7", "webhook")]
    notes = [note["text"] for note in (flow.model_extra or {})["notes"].values()]
    assert any("POST /hook/order-7" in text for text in notes)
    for trigger, done in (("schedule", {"a"}), ("order-7", {"b"}), ("", {"a", "b"})):
        given: dict[str, Any] = {"trigger": {"id": trigger}} if trigger else {}
        await bench.run_flow(flow, **given)
        assert {name for name in ("a", "b", "alone") if name in bench.variables} == done


def test_triggers_that_lead_to_the_same_step_need_no_switch(tmp_path: Path) -> None:
    nodes = [
        node("By hand", "manualTrigger", {}),
        node("Daily", "scheduleTrigger", {}),
        node("Say", "stopAndError", {"errorMessage": "x"}),
    ]
    (flow,) = brought(tmp_path, workflow(nodes, ("By hand", "Say"), ("Daily", "Say"))).flows
    assert [each.type for each in flow.nodes] == ["start", "log", "end"]


def test_what_was_imported_is_not_armed_and_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLOWDESK_STATE_DIR", str(tmp_path / "state"))
    path = tmp_path / "orders.json"
    path.write_text(json.dumps(workflow([node("Daily", "scheduleTrigger", {})])), "utf-8")
    assert main(["import", str(path), "--out", str(tmp_path)]) == 0
    assert "flowdesk triggers enable" in capsys.readouterr().out
    assert main(["triggers", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["armed"] == []


@pytest.mark.parametrize(
    ("parameters", "version", "milliseconds"),
    [
        ({}, 1, 3_600_000), ({}, 1.1, 5000), ({"amount": 2}, 1, 7_200_000), ({"amount": 2}, 1.1, 2000),
        ({"unit": "minutes"}, 1, 60_000), ({"unit": "minutes"}, 1.1, 300_000), ({"amount": 0.5, "unit": "days"}, 1.1, 43_200_000),
    ],
)  # fmt: skip
def test_a_wait_lasts_as_long_as_its_version_takes(
    tmp_path: Path, parameters: dict[str, Any], version: float, milliseconds: int
) -> None:
    (flow,) = brought(tmp_path, workflow([node("Wait", "wait", parameters, typeVersion=version)])).flows
    assert [each.config for each in flow.nodes if each.type == "wait"] == [{"duration": milliseconds}]


@pytest.mark.parametrize("odd", [float("inf"), float("nan"), "soon", None, [], True])
def test_odd_settings_are_left(tmp_path: Path, odd: Any) -> None:
    rule = {"interval": [{"field": "minutes", "minutesInterval": odd}]}
    nodes = [node("Wait", "wait", {"amount": odd, "unit": "hours"}), node("Daily", "scheduleTrigger", {"rule": rule})]
    found = brought(tmp_path, workflow(nodes))
    assert raw(found.flows[0]) == []
