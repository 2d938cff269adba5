"""A called flow stands by itself: its paths, its pictures, and what it may do."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from flowdesk.session.session import Session
from tests.session.conftest import Keeper, ask, flow_json
from tests.session.test_trust import ended, question, running, started

PROGRAM = {"command": [sys.executable, "-c", "print(1)"]}


def kept(folder: Path, name: str, flow: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.flow.json").write_text(json.dumps({"id": name, **flow}), "utf-8")


async def test_a_called_flow_finds_its_files_its_subflows_and_its_pictures_beside_itself(session: Session) -> None:
    peer, flows = Keeper("p"), session.folders.flows
    kept(flows, "top", running(("subflow", {"flow": "parts/middle", "variable": "found"})))
    inner = ("subflow", {"flow": "inner.flow.json", "variable": "text"})
    kept(flows / "parts", "middle", running(inner, ("end", {"result": "{{text}}"})))
    read = ("file", {"operation": "read", "path": "here.txt"})
    kept(flows / "parts", "inner", running(read, ("end", {"result": "{{n0.text}}"})))
    (flows / "parts" / "here.txt").write_text("beside", "utf-8")
    workflow_id = await started(session, peer, path="top.flow.json")
    assert await ended(session, workflow_id) == "succeeded"
    assert session.runs.variables(workflow_id)["found"] == "beside"


async def test_a_called_flow_is_given_the_pictures_of_its_own_file(session: Session) -> None:
    kept(session.folders.flows / "parts", "inner", flow_json())
    services = session.services_of(None, "w")
    assert services.load_flow is not None
    called = services.load_flow(session.folders.flows, "parts/inner")
    assert services.of_subflow(called).assets == session.folders.flows / "parts" / "inner.assets"


async def test_a_flow_made_here_that_calls_one_made_elsewhere_asks_before_that_runs_a_program(session: Session) -> None:
    peer = Keeper("p")
    kept(session.folders.flows, "inner", running(("command", PROGRAM)))
    caller = {"id": "own", **running(("subflow", {"flow": "inner"}))}
    workflow_id = await started(session, peer, flow=caller)
    asked = await question(peer)
    assert asked["kind"] == "permission"
    assert "inner" in asked["message"]
    await ask(session, peer, "help.answer", workflow_id, help_id=asked["help_id"], value=False)
    assert await ended(session, workflow_id) == "failed"


@pytest.mark.parametrize("name", ["inner", "{{which}}"])
async def test_a_flow_that_came_with_its_start_asks_as_one_that_is_open_before_it_calls_one_made_elsewhere(
    session: Session, name: str
) -> None:
    peer, made = Keeper("p"), session.folders.flows / "made.txt"
    kept(session.folders.flows, "inner", running(("file", {"operation": "write", "path": "made.txt", "text": "x"})))
    inner = session.open_file(session.folders.flows / "inner.flow.json").flow
    session.trust.mark(inner, "guest")
    session.connect(peer)
    calling = running(("subflow", {"flow": name}))
    flow = {"nodes": calling["nodes"], "edges": calling["edges"], "variables": {"which": "inner"}}
    await ask(session, peer, "workflow.start", "w", **flow)
    asked = await question(peer)
    assert asked["kind"] == "permission"
    assert not made.exists()
    await ask(session, peer, "help.answer", "w", help_id=asked["help_id"], value=False)
    assert await ended(session, "w") == "failed"
    assert not made.exists()
