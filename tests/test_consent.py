"""`flowdesk run` as it is started: one's own flows run, what somebody else put in does not before it was allowed."""

import asyncio
import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from flowdesk.client import Client
from flowdesk.engine.context import Services
from flowdesk.nodes import builtin_catalogue
from flowdesk.protocol.messages import Role
from flowdesk.server.server import Server, ServerSettings
from flowdesk.session.session import Folders, Session


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    (tmp_path / "flows").mkdir()
    return Folders(tmp_path / "state", tmp_path / "state" / "runs", tmp_path / "flows")


def environment(folders: Folders) -> dict[str, str]:
    return {
        **os.environ,
        "FLOWDESK_STATE_DIR": str(folders.state),
        "FLOWDESK_FLOWS_DIR": str(folders.flows),
        "LC_ALL": "C.UTF-8",
    }


def run(folders: Folders, path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flowdesk", "run", str(path), *options],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment(folders), check=False,
    )  # fmt: skip


def touching(made: Path, **node: Any) -> dict[str, Any]:
    code = f"open({str(made)!r}, 'w').close()"
    return {
        "id": "c",
        "type": "command",
        "data": {"label": "Touch it", "config": {"command": [sys.executable, "-c", code]}},
        **node,
    }


def written(path: Path, *nodes: dict[str, Any]) -> Path:
    all_nodes = [{"id": "start", "type": "start", "data": {"config": {}}}, *nodes]
    edges = [{"id": f"e{node['id']}", "source": "start", "target": node["id"]} for node in nodes]
    path.write_text(json.dumps({"nodes": all_nodes, "edges": edges}), "utf-8")
    return path


async def put_in(folders: Folders, path: str, made: Path, role: Role = Role.EDIT) -> None:
    """An editor with a token of that role puts a command into a flow and saves it."""
    session = Session(builtin_catalogue(), Services(), folders)
    server = Server(session, ServerSettings(port=0))
    await server.start()
    try:
        async with Client.connect(f"ws://127.0.0.1:{server.port}", server.tokens.renew("guest", role)) as client:
            doc = (await client.request("flow.open", {"path": path}))["workflow_id"]
            changes = [
                {"op": "addNode", "node": touching(made)},
                {"op": "addEdge", "edge": {"id": "e", "source": "start", "target": "c"}},
            ]
            await client.request("flow.edit", {"changes": changes}, doc)
            await client.request("flow.save", {}, doc)
    finally:
        await server.stop()
        await session.close()


def test_ones_own_flow_runs(folders: Folders, tmp_path: Path) -> None:
    done = run(folders, written(tmp_path / "own.flow.json", touching(tmp_path / "made")))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "made").exists()


@pytest.mark.parametrize("role", [Role.EDIT, Role.RUN])
def test_what_a_guest_put_in_and_saved_is_named_and_not_run(folders: Folders, tmp_path: Path, role: Role) -> None:
    path, made = written(folders.flows / "a.flow.json"), tmp_path / "made"
    asyncio.run(put_in(folders, "a.flow.json", made, role))
    refused = run(folders, path)
    assert refused.returncode == 2
    assert "Touch it (c)" in refused.stderr
    assert not made.exists()
    # Nor from a copy, nor after something beside it was changed, nor as a flow that another one calls.
    moved = tmp_path / "moved.flow.json"
    moved.write_text(path.read_text("utf-8").replace('"edges"', '"note": "x", "edges"'), "utf-8")
    assert run(folders, moved, "--json").returncode == 2
    calling = written(
        tmp_path / "calls.flow.json", {"id": "s", "type": "subflow", "data": {"config": {"flow": str(path)}}}
    )
    assert run(folders, calling).returncode == 2
    assert not made.exists()
    assert run(folders, path, "--allow").returncode == 0
    assert made.exists()
    assert run(folders, moved).returncode == 0
    assert run(folders, calling).returncode == 0


def test_a_flow_of_a_guest_that_is_called_by_a_name_made_in_the_run_is_refused_or_allowed(
    folders: Folders, tmp_path: Path
) -> None:
    path, made = written(folders.flows / "a.flow.json"), tmp_path / "made"
    asyncio.run(put_in(folders, "a.flow.json", made))
    call = {"id": "s", "type": "subflow", "data": {"config": {"flow": "{{ which }}"}}}
    calling = written(tmp_path / "calls.flow.json", call)
    refused = run(folders, calling, "--var", f"which={path}")
    assert (refused.returncode, made.exists()) == (2, False), refused.stderr
    assert "--allow" in refused.stdout
    allowed = run(folders, calling, "--var", f"which={path}", "--allow")
    assert (allowed.returncode, made.exists()) == (0, True), allowed.stderr


def test_another_users_file_asks_at_a_terminal(folders: Folders, tmp_path: Path) -> None:
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("only root gives files away")
    made = tmp_path / "made"
    path = written(tmp_path / "theirs.flow.json", touching(made))
    os.chown(path, 12345, -1)
    assert run(folders, path).returncode == 2
    for answer, code in (("no\n", 2), ("yes\n", 0)):
        ours, theirs = pty.openpty()
        command = [sys.executable, "-m", "flowdesk", "run", str(path)]
        process = subprocess.Popen(
            command, stdin=theirs, stdout=subprocess.DEVNULL, stderr=theirs, env=environment(folders)
        )
        os.close(theirs)
        os.write(ours, answer.encode())
        assert process.wait(60) == code
        shown = os.read(ours, 65536).decode()
        os.close(ours)
        assert "Touch it: starts a program" in shown
        assert made.exists() is (code == 0)
