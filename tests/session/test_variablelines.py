"""The variables of each visit, written as what changed and read again as what was there."""

import asyncio
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowdesk.engine.visits import Visit
from flowdesk.model.flow import Node
from flowdesk.session.pastvalues import values_on_disk
from flowdesk.session.pastvisits import variables_at
from flowdesk.session.session import Session
from flowdesk.session.visits import LONGEST_VALUE, VisitRecord
from tests.session.test_pastvisits import loop_flow, node, run, visit

ROWS = [f"row {number}" for number in range(400)]


def visited(node_id: str) -> Visit:
    class Once:
        step = SimpleNamespace(node=Node(id=node_id, type="log"))
        iteration = ()

    return cast("Visit", Once())


VALUES = st.one_of(st.integers(), st.booleans(), st.text(max_size=5), st.just("x" * (LONGEST_VALUE + 5)), st.none())
ACTS = st.one_of(
    st.tuples(st.just("set"), st.sampled_from("abc"), st.one_of(VALUES, st.lists(VALUES, max_size=3))),
    st.tuples(st.just("add"), st.sampled_from("abc"), st.lists(VALUES, min_size=1, max_size=3)),
    st.tuples(st.just("drop"), st.sampled_from("abc"), st.none()),
)


def acted(variables: dict[str, Any], acts: list[tuple[str, str, Any]]) -> dict[str, Any]:
    """Return variables after some acts; no value is changed in place, as in a run."""
    variables = dict(variables)
    for kind, name, value in acts:
        if kind == "set":
            variables[name] = value
        elif kind == "add" and isinstance(variables.get(name), list):
            variables[name] = [*variables[name], *value]
        elif kind == "drop":
            variables.pop(name, None)
    return variables


def written(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(passes=st.lists(st.tuples(st.lists(ACTS, max_size=3), st.lists(ACTS, max_size=3)), min_size=1, max_size=8))
def test_what_is_read_is_what_was_there(tmp_path: Path, passes: list[tuple[list[Any], list[Any]]]) -> None:
    (tmp_path / "variables.jsonl").unlink(missing_ok=True)
    found: list[tuple[dict[str, Any], dict[str, Any]]] = []

    async def write() -> None:
        record, variables = VisitRecord(tmp_path, lambda line: line), cast("dict[str, Any]", {})
        for before, during in passes:
            variables = acted(variables, before)
            one = visited("n")
            record.begun(one, variables)
            found.append((variables, {}))
            now = acted(variables, during)
            record.ended(one, now)
            changed = {
                name: value for name, value in now.items() if name not in variables or variables[name] is not value
            }
            found[-1] = variables, changed
            variables = now
        record.close()

    asyncio.run(write())
    for number, (variables, changed) in enumerate(found, 1):
        given, out, is_kept = variables_at(tmp_path / "variables.jsonl", "n", number)
        assert is_kept
        assert given.get("in", {}).keys() == variables.keys()
        assert out.keys() == changed.keys()
        for name, value in variables.items():
            if name in given["cut"]:
                assert given["in"][name] == f"{written(value)[:LONGEST_VALUE]}… ({len(written(value))})"
            else:
                assert written(given["in"][name]) == written(value)
        for name, value in changed.items():
            assert len(written(value)) > LONGEST_VALUE or written(out[name]) == written(value)


async def test_a_list_that_a_loop_extends_is_kept_whole_and_costs_what_is_added(session: Session) -> None:
    add = node("add", "setVariable", name="seen", value="{{ seen + [item] }}")
    peer = await run(session, loop_flow(add, rows=ROWS, seen=[]))
    folder = next(iter(session.folders.runs.iterdir()))
    assert (folder / "variables.jsonl").stat().st_size < 200 * len(ROWS) + 20_000
    half = await visit(session, peer, "add", 200)
    assert half["changed"] == {"seen": ROWS[:200]}
    known, changed, _ = variables_at(folder / "variables.jsonl", "add", 399)
    assert known["in"]["seen"] == ROWS[:398]
    assert changed == {"seen": ROWS[:399]}
    assert values_on_disk(session.folders.runs, "w").variables["seen"] == ROWS


def test_records_of_earlier_versions_are_read(tmp_path: Path) -> None:
    lines = [
        {"node_id": "a", "visit": 1, "in": {"n": 1, "old": 2}},
        {"node_id": "a", "visit": 1, "out": {"n": 2}},
        {"node_id": "b", "visit": 1, "iteration": [0], "cut": ["t"], "in": {"n": 2, "t": "xxx… (9000)"}},
        {"node_id": "b", "visit": 1, "cut": ["t"], "out": {}},
    ]
    file = tmp_path / "variables.jsonl"
    file.write_text("\n".join([*map(json.dumps, lines), '{"node_id":"b","vis']), "utf-8")
    assert variables_at(file, "a", 1)[:2] == ({"in": {"n": 1, "old": 2}, "cut": []}, {"n": 2})
    assert variables_at(file, "b", 1)[:2] == ({"in": {"n": 2, "t": "xxx… (9000)"}, "cut": ["t"]}, {})
    assert variables_at(file, "b", 2) == ({}, {}, True)
