"""What contract §4 says of runs, with real nodes on a real desktop: what a field received tells in which order they acted."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from flowdesk.model.run import NodeState
from flowdesk.protocol.messages import Start
from flowdesk.session.runs import LiveRun
from tests.rig import Apps
from tests.stopping import Ear, Stage, soon, stage

pytestmark = pytest.mark.desktop

Steps = dict[str, tuple[str, dict[str, Any]]]


def flow(steps: Steps, *edges: str, **fields: Any) -> dict[str, Any]:
    """A flow: nodes by id, edges as ``a>b`` or ``a.port>b``, from a node ``s`` that is made."""
    nodes = [{"id": "s", "type": "start", "data": {"config": {}}}]
    nodes += [{"id": node_id, "type": kind, "data": {"config": config}} for node_id, (kind, config) in steps.items()]
    drawn = []
    for number, edge in enumerate(edges):
        source, target = edge.split(">")
        source, _, port = source.partition(".")
        drawn.append({"id": f"e{number}", "source": source, "sourceHandle": port or None, "target": target})
    return {"nodes": nodes, "edges": drawn, **fields}


def typed(text: str, **options: Any) -> tuple[str, dict[str, Any]]:
    return "input", {"text": text, "method": "keys", "keyDelay": 0, **options}


async def begin(on: Stage, workflow_id: str, values: dict[str, Any], **options: Any) -> tuple[LiveRun, Ear]:
    ear = Ear()
    ear.id = workflow_id
    on.session.peers[ear.id] = ear
    await on.session.submit(ear, "workflow.start", Start(flow={"id": workflow_id, **values}, **options), workflow_id)
    return on.session.runs.current[workflow_id], ear


async def run(on: Stage, workflow_id: str, values: dict[str, Any], **options: Any) -> LiveRun:
    live, ear = await begin(on, workflow_id, values, **options)
    await soon(lambda: ear.end is not None, f"the end of {workflow_id}")
    return live


async def test_loops_break_continue_and_the_error_branch_type_what_they_should(apps: Apps, tmp_path: Path) -> None:
    window = apps.qt()
    values = flow(
        {
            "l": ("loop", {"type": "forEach", "items": ["a", "b", "c", "d"]}),
            "skip": ("condition", {"left": "{{item}}", "operator": "eq", "right": "b"}),
            "next": ("continue", {}),
            "stop": ("condition", {"left": "{{item}}", "operator": "eq", "right": "d"}),
            "leave": ("break", {}),
            "t": typed("{{item}}{{number}}"),
            "gone": ("click", {"selector": "window=no such window", "timeout": 0, "retries": 2, "retryDelay": 20, "retryBackoff": "exponential"}),
            "tell": typed("<{{lastError.nodeId}} {{lastError.attempts}}>"),
            "never": typed("!"),
        },
        "s>l", "l.body>skip", "skip.true>next", "skip.false>stop", "stop.true>leave", "stop.false>t",
        "l.done>gone", "gone>never", "gone.error>tell",
    )  # fmt: skip
    async with stage(apps.rig, tmp_path) as on:
        live = await run(on, "w", values)
        assert live.runner.state.value == "succeeded"
        assert live.runner.states["never"] is NodeState.SKIPPED
        picture = live.runner.variables["lastError"]["screenshot"]
        assert Path(picture).read_bytes().startswith(b"\x89PNG")
        window.holds("a1c3<gone 3>")
        again = await run(on, "w", values, from_node="t")
        assert again.runner.state.value == "succeeded"
        # In the loop where the last run left it: at d, the fourth; nothing was left after it.
        window.holds("a1c3<gone 3>" + "d4<gone 3>")


async def test_parallel_branches_act_one_at_a_time_and_subflows_return(apps: Apps, tmp_path: Path) -> None:
    window = apps.qt()
    (tmp_path / "f").mkdir()
    inner = flow({"t": typed("({{word}})"), "e": ("end", {"result": {"length": 3}})}, "s>t", "t>e")
    (tmp_path / "f" / "inner.flow.json").write_text(json.dumps(inner), "utf-8")
    values = flow(
        {
            "p": ("parallel", {}),
            "a": typed("aaaaaaaaaa"),
            "b": typed("bbbbbbbbbb"),
            "sub": ("subflow", {"flow": "inner", "inputs": {"word": "sub"}}),
            "t": typed("{{sub.length}}"),
        },
        "s>p", "p.default>a", "p.default>b", "p.done>sub", "sub>t",
    )  # fmt: skip
    async with stage(apps.rig, tmp_path) as on:
        live = await run(on, "w", values)
        assert live.runner.state.value == "succeeded", live.finished
        assert window.text() in {"aaaaaaaaaabbbbbbbbbb(sub)3", "bbbbbbbbbbaaaaaaaaaa(sub)3"}


@pytest.mark.parametrize("shared", [False, True])
async def test_two_runs_share_the_desktop_as_their_flows_say(apps: Apps, tmp_path: Path, shared: bool) -> None:
    window = apps.qt()
    fields = {"desktop": "shared"} if shared else {}

    def four(letter: str) -> dict[str, Any]:
        steps: Steps = {}
        for number in range(4):
            steps[f"t{number}"] = typed(letter * 5)
            steps[f"w{number}"] = ("wait", {"duration": 60})
        names = ["s", *steps]
        return flow(steps, *(f"{a}>{b}" for a, b in pairwise(names)), **fields)

    async with stage(apps.rig, tmp_path) as on:
        first, ear = await begin(on, "one", four("a"))
        second, other = await begin(on, "two", four("b"))
        await soon(lambda: ear.end is not None and other.end is not None, "both ends")
        assert {first.runner.state.value, second.runner.state.value} == {"succeeded"}
        text = window.text()
        assert sorted(text) == sorted("a" * 20 + "b" * 20)
        # Each text arrives whole; who shares lets the other between its own.
        assert text.replace("aaaaa", "").replace("bbbbb", "") == ""
        if not shared:
            assert text in {"a" * 20 + "b" * 20, "b" * 20 + "a" * 20}
        else:
            assert "ab" in text
            assert "ba" in text


async def test_a_dry_run_looks_says_where_and_sends_no_input(apps: Apps, tmp_path: Path) -> None:
    window = apps.qt()
    values = flow(
        {"c": ("click", {"selector": "window=flowdesk qt probe"}), "t": typed("no"), "k": ("keys", {"keys": ["a"]})},
        "s>c", "c>t", "t>k",
    )  # fmt: skip
    async with stage(apps.rig, tmp_path) as on:
        live, ear = await begin(on, "w", values, dry_run=True)
        await soon(lambda: ear.end is not None, "the end")
        assert live.runner.state.value == "succeeded"
        assert on.recorder.events == []
        assert any("would click" in line for line in ear.logs)
        assert live.runner.results["c"]["x"] > 0
        assert window.text() == ""
