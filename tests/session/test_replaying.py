"""A run that ended, at any of its moments, from its record."""

import json
from pathlib import Path
from typing import Any

import pytest

from flowdesk.model.errors import RequestInvalid
from flowdesk.model.told import LogEvent, NodeEvent
from flowdesk.protocol.schema import shape
from flowdesk.session.replaying import past_run


def line(kind: str, node_id: str = "", **payload: Any) -> str:
    about = {"node_id": node_id} if node_id else {}
    return json.dumps({"type": kind, "payload": {"run_id": "r", **about, **payload}}, separators=(",", ":"))


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    folder = tmp_path / "one"
    folder.mkdir()
    about = {
        "run_id": "r", "workflow_id": "w", "name": "W", "started": 12.5, "status": "failed",
        "outcome": {"message": "It went wrong.", "node_id": "b"},
    }  # fmt: skip
    (folder / "run.json").write_text(json.dumps(about))
    lines = [
        line("node.pending", "a"),
        line("node.running", "a", status="running"),
        line("execution.log", message="one"),
        line("node.success", "a", status="success", result=1),
        line("node.running", "b", status="running", ways={"e1": 1}),
        line("node.success", "b", status="success"),
        line("node.running", "b", status="running", ways={"e2": 1}),
        line("node.error", "b", status="error", error="no"),
        '{"type":"node.run',
    ]
    (folder / "messages.jsonl").write_text("\n".join(lines))
    return tmp_path


def test_the_end_has_every_state_count_way_and_outcome(runs: Path) -> None:
    past = past_run(runs, "r", None)
    assert {node: told["status"] for node, told in past["nodes"].items()} == {"a": "success", "b": "error"}
    assert past["visits"] == {"a": 1, "b": 2}
    assert past["ways"] == {"e1": 1, "e2": 1}
    assert (past["moments"], past["moment"], past["is_end"], past["node_id"], past["visit"]) == (3, 3, True, "b", 2)
    assert past["end"] is not None
    assert past["end"]["message"] == "It went wrong."
    assert [log["message"] for log in past["logs"]] == ["one"]
    assert past["workflow_id"] == "w"


def test_a_moment_knows_what_had_happened_by_then_and_nothing_of_later(runs: Path) -> None:
    first, second = past_run(runs, "r", 1), past_run(runs, "r", 2)
    assert {node: told["status"] for node, told in first["nodes"].items()} == {"a": "success"}
    assert (first["moments"], first["moment"], first["node_id"], first["end"]) == (3, 1, "a", None)
    assert second["nodes"]["b"]["status"] == "success"
    assert second["ways"] == {"e1": 1}
    assert second["visit"] == 1
    assert past_run(runs, "r", 99)["is_end"]


def test_what_a_strange_record_tells_is_of_the_kinds_that_are_declared(runs: Path) -> None:
    folder = runs / "one"
    about = json.loads((folder / "run.json").read_text("utf-8"))
    about["outcome"] = {"message": {"text": "no"}, "fix": 3, "duration": "long", "moved": {}, "counts": {"success": 1}}
    (folder / "run.json").write_text(json.dumps(about))
    lines = [
        line("node.running", "a", status="running", ways={"e1": "many", "e2": 2}, iteration="first"),
        line("node.error", "a", status="error", error={"text": "no"}, message=["x"], error_details=5, duration="1 s"),
        line("node.success", "b", status="odd"),
        line("node.success", "c", status=["odd"]),
        line("execution.log", message={"text": "no"}, level="info"),
        line("execution.log", message="one", level=["loud"]),
    ]
    (folder / "messages.jsonl").write_text("\n".join(lines))
    past = past_run(runs, "r", None)
    assert past["nodes"] == {"a": {"run_id": "r", "node_id": "a", "status": "error"}}
    assert past["ways"] == {"e2": 2}
    assert [(log["message"], log["level"]) for log in past["logs"]] == [("one", "info")]
    assert past["end"] == {"message": "", "status": "failed", "run_id": "r", "counts": {"success": 1}}
    for told in past["nodes"].values():
        shape(NodeEvent).validate_python(told)
    for log in past["logs"]:
        shape(LogEvent).validate_python(log)


def test_a_run_without_a_record_is_refused(runs: Path) -> None:
    with pytest.raises(RequestInvalid):
        past_run(runs, "other", None)


def test_a_long_record_takes_no_memory_for_its_moments(runs: Path) -> None:
    with (runs / "one" / "messages.jsonl").open("w") as file:
        for number in range(20_000):
            file.write(line("node.running", "a", status="running", iteration=[number]) + "\n")
    past = past_run(runs, "r", 10_000)
    assert (past["moments"], past["moment"], past["visits"]) == (20_000, 10_000, {"a": 10_000})
    assert past["nodes"]["a"]["iteration"] == [9_999]
