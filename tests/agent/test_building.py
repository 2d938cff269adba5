"""An assistant builds flows without a desktop: each call one undoable step, each refusal with a fix, nothing but MCP on the wire."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from flowdesk.agent.speaker import TOOLS
from flowdesk.model.reading import read_flow
from flowdesk.model.validation import validate
from flowdesk.nodes import builtin_catalogue
from tests.agent.conftest import ROOT, Enter

NOWHERE = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}


async def test_a_flow_is_built_saved_and_run_without_a_desktop(enter: Enter, tmp_path: Path) -> None:
    async with enter(NOWHERE) as assistant:
        assert "start [start]" in await assistant.call("open_flow", name="Count up")
        added = await assistant.call(
            "edit_flow",
            flow="count-up",
            variables={"n": 0},
            add=[
                {"type": "loop", "config": {"type": "count", "count": 3}},
                {"type": "setVariable", "config": {"name": "n", "value": "{{ n + 1 }}"}, "after": "loop.body"},
                {"type": "end", "config": {"result": "{{n}}"}, "after": "loop.done"},
            ],
        )
        assert "Added: loop, setVariable, end." in added
        assert "No problems." in added
        ran = await assistant.call("run_flow", flow="count-up")
        assert "succeeded" in ran
        assert "result: 3" in ran
        assert len(assistant.asked) == 1
        assert "Count up" in assistant.asked[0]
        saved = await assistant.call("save_flow", flow="count-up")
    file = tmp_path / "flows" / "Count up.flow.json"
    assert str(file) in saved
    assert not [p for p in validate(read_flow(json.loads(file.read_text("utf-8"))), builtin_catalogue()) if p.is_error]


async def test_an_edit_is_whole_or_not_at_all_and_can_be_undone(enter: Enter) -> None:
    async with enter(NOWHERE) as assistant:
        await assistant.call("open_flow", name="Two")
        refused = await assistant.refused(
            "edit_flow", flow="two", add=[{"type": "wait"}, {"type": "wait"}], connect=["wait -> nowhere"]
        )
        assert "nowhere" in refused
        assert "wait" not in await assistant.call("read_flow", flow="two")
        await assistant.call(
            "edit_flow", flow="two", add=[{"type": "wait"}, {"type": "log", "config": {"message": "x"}}]
        )
        await assistant.call("edit_flow", flow="two", add=[{"type": "wait", "after": "start"}])
        assert 'start [start] "Start" → wait2' in await assistant.call("read_flow", flow="two")
        assert 'start [start] "Start" → log' in await assistant.call(
            "edit_flow", flow="two", remove=["wait", "wait2"]
        ) + (await assistant.call("read_flow", flow="two"))
        assert "→ wait2" in await assistant.call("edit_flow", flow="two", action="undo")
        assert "wait2" not in await assistant.call("edit_flow", flow="two", action="redo")


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("open_flow", {}, "One of path and name"),
    ("open_flow", {"path": "/etc/passwd"}, "flows folder"),
    ("open_flow", {"path": "../../etc/passwd"}, "flows folder"),
    ("read_flow", {"flow": "gone"}, "No open flow"),
    ("node_types", {"types": ["klick"]}, "Unknown node type"),
    ("edit_flow", {"flow": "f", "add": [{"typ": "wait"}]}, "add.0.type"),
    ("edit_flow", {"flow": "f", "add": [{"type": "klick"}]}, "Unknown node type"),
    ("edit_flow", {"flow": "f", "add": [{"type": "wait", "after": "start.maybe"}]}, "no output"),
    ("edit_flow", {"flow": "f", "connect": ["start"]}, "is no edge"),
    ("edit_flow", {"flow": "f", "set": {"nope": {"x": 1}}}, '"nope" not found'),
    ("edit_flow", {"flow": "f", "remove": ["nope"]}, '"nope" not found'),
    ("edit_flow", {"flow": "f"}, "Nothing was to be changed"),
    ("run_flow", {"flow": "f", "wait": 9999}, "wait"),
    ("run_flow", {"flow": "f", "from_node": "nope"}, "nope"),
    ("stop", {"flow": "f"}, "not running"),
    ("answer", {"flow": "f", "question": "x"}, "already closed"),
    ("record", {"run_id": "../../etc"}, "No record of the run"),
    ("record", {"node": "start"}, "Give flow"),
    ("find", {}, "One of selector"),
    ("find", {"selector": "a >>"}, ""),
    ("look", {}, ""),
    ("look", {"window": "x", "most": 10**9}, "most"),
    ("shell", {"command": "ls"}, "no tool"),
]


async def test_what_cannot_be_is_refused_with_a_fix_and_changes_nothing(enter: Enter) -> None:
    async with enter(NOWHERE) as assistant:
        await assistant.call("open_flow", name="F")
        for tool, arguments, says in REFUSED:
            assert says in await assistant.refused(tool, **arguments), (tool, arguments)
        assert "start [start]" in await assistant.call("read_flow", flow="f")


async def test_without_somebody_to_ask_nothing_runs_unless_a_person_said_so(enter: Enter) -> None:
    async with enter(NOWHERE, allows=None) as assistant:
        await assistant.call("open_flow", name="F")
        assert "--yes" in await assistant.refused("run_flow", flow="f")
        assert "succeeded" in await assistant.call("run_flow", flow="f", rehearse=True)
    async with enter(NOWHERE, "--yes", allows=None) as assistant:
        await assistant.call("open_flow", name="F")
        assert "succeeded" in await assistant.call("run_flow", flow="f")


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_person_who_says_no_is_heard(enter: Enter, mode: str) -> None:
    async with enter(NOWHERE, allows=False, mode=mode) as assistant:
        await assistant.call("open_flow", name="F")
        assert "did not allow" in await assistant.refused("run_flow", flow="f")
        assert "There are no runs" in await assistant.call("record")


async def test_what_a_flow_would_do_beyond_the_screen_is_told_before_it_runs(enter: Enter, tmp_path: Path) -> None:
    made = tmp_path / "made"
    async with enter(NOWHERE, allows=False) as assistant:
        await assistant.call("open_flow", name="F")
        program = [sys.executable, "-c", f"open({str(made)!r}, 'w')"]
        await assistant.call("edit_flow", flow="f", add=[{"type": "command", "config": {"command": program}}])
        await assistant.refused("run_flow", flow="f")
        assert str(made) in assistant.asked[0]
    assert not made.exists()


async def test_a_role_that_may_only_view_changes_nothing(enter: Enter) -> None:
    async with enter(NOWHERE, "--role", "view") as assistant:
        assert "role" in await assistant.refused("open_flow", name="F")
        assert "no flows yet" in await assistant.call("flows")


async def test_a_run_is_stopped_in_its_middle(enter: Enter) -> None:
    async with enter(NOWHERE, "--yes") as assistant:
        await assistant.call("open_flow", name="F")
        await assistant.call("edit_flow", flow="f", add=[{"type": "wait", "config": {"duration": 600_000}}])
        assert "running" in await assistant.call("run_flow", flow="f", wait=0.2)
        assert "stopped" in await assistant.call("stop", flow="f")
        assert "stopped" in await assistant.call("watch", flow="f", wait=0)


async def test_a_question_is_answered_and_one_about_permission_never(enter: Enter, tmp_path: Path) -> None:
    made = tmp_path / "made"
    command = {"command": [sys.executable, "-c", f"open({str(made)!r}, 'w')"]}
    foreign = {
        "nodes": [
            {"id": "start", "type": "start", "position": {"x": 0, "y": 0}, "data": {"config": {}}},
            {"id": "c", "type": "command", "position": {"x": 0, "y": 0}, "data": {"config": command}},
        ],
        "edges": [{"id": "e", "source": "start", "target": "c"}],
    }
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "foreign.flow.json").write_text(json.dumps(foreign), "utf-8")
    async with enter(NOWHERE, "--yes", allows=None) as assistant:
        opened = await assistant.call("open_flow", path="foreign.flow.json")
        told = await assistant.call("run_flow", flow=opened.split()[0], wait=5)
        assert "failed" in told  # nobody is there who may allow it
    assert not made.exists()
    async with enter(NOWHERE, "--yes", allows=False) as assistant:
        opened = await assistant.call("open_flow", path="foreign.flow.json")
        flow = opened.split()[0]
        told = await assistant.call("run_flow", flow=flow, wait=10)
        assert "failed" in told + await assistant.call("watch", flow=flow, wait=10)
        assert str(made) in assistant.asked[0]
    assert not made.exists()
    async with enter(NOWHERE, "--yes", allows=True) as assistant:
        opened = await assistant.call("open_flow", path="foreign.flow.json")
        flow = opened.split()[0]
        told = await assistant.call("run_flow", flow=flow, wait=10)
        assert "succeeded" in told + await assistant.call("watch", flow=flow, wait=10)
    assert made.exists()


async def test_a_prompt_is_answered(enter: Enter) -> None:
    async with enter(NOWHERE, "--yes") as assistant:
        await assistant.call("open_flow", name="F")
        steps = [
            {"type": "prompt", "config": {"message": "Which month?"}},
            {"type": "end", "config": {"result": "{{prompt.value}}"}},
        ]
        await assistant.call("edit_flow", flow="f", add=steps)
        told = await assistant.call("run_flow", flow="f")
        assert "Which month?" in told
        question = told.split("question ")[1].split(",")[0]
        assert "May" in await assistant.call("answer", flow="f", question=question, value="May")


def test_nothing_but_the_protocol_is_on_standard_output(tmp_path: Path) -> None:
    asked = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
            "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "flows", "arguments": {}}},
    ]  # fmt: skip
    environment = {**NOWHERE, "FLOWDESK_STATE_DIR": str(tmp_path / "s"), "FLOWDESK_FLOWS_DIR": str(tmp_path / "f")}
    with subprocess.Popen(
        [sys.executable, "-m", "flowdesk", "mcp", "--port", "0"],
        env={**environment, "PYTHONPATH": str(ROOT)}, cwd=tmp_path, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("not json at all\n" + "".join(json.dumps(message) + "\n" for message in asked))
        process.stdin.flush()
        lines: list[dict[str, Any]] = []
        while not lines or lines[-1].get("id") != 2:
            lines.append(json.loads(process.stdout.readline()))
        process.stdin.close()
        rest = process.stdout.read()
        assert process.wait(60) == 0
    assert {line.get("id") for line in lines} >= {1, 2}
    assert all(line["jsonrpc"] == "2.0" for line in lines + [json.loads(line) for line in rest.splitlines()])


def test_without_the_sdk_one_sentence_says_how_to_get_it(tmp_path: Path) -> None:
    hide = "import sys; sys.modules['mcp'] = None; sys.argv = ['flowdesk', 'mcp']; from flowdesk.cli import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", hide], env={**NOWHERE, "PYTHONPATH": str(ROOT), "FLOWDESK_STATE_DIR": str(tmp_path)},
        capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 2
    assert 'pip install "flowdesk[agent]"' in done.stderr
    assert "Traceback" not in done.stderr


def test_tools_are_few_described_and_short() -> None:
    assert len(TOOLS) <= 13
    for tool in TOOLS:
        assert 40 < len(tool.description) < 600
        schema = tool.arguments.model_json_schema()
        assert all("description" in field for field in schema.get("properties", {}).values()), tool.name
