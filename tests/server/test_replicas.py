"""Many editors on one flow, over real sockets: whatever they do and however often they drop out, all end equal."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from flowdesk.aio import spawn
from flowdesk.client import Client, RequestRefused
from flowdesk.engine.context import Services
from flowdesk.model.changes import CHANGE, Draft
from flowdesk.model.reading import read_flow
from flowdesk.nodes import builtin_catalogue
from flowdesk.server.server import Server, ServerSettings
from flowdesk.session.session import Folders, Session

FLOW = "f"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    session = Session(
        builtin_catalogue(), Services(), Folders(tmp_path / "state", tmp_path / "runs", tmp_path / "flows")
    )
    start = {"id": "s", "type": "start", "position": {"x": 0, "y": 0}, "data": {"label": "", "config": {}}}
    file = tmp_path / "f.flow.json"
    file.write_text(json.dumps({"flowdesk": 1, "id": FLOW, "name": "F", "nodes": [start], "edges": []}), "utf-8")
    session.open_file(file, keep=True)
    made = Server(session, ServerSettings(port=0, insecure_no_token=True, state=tmp_path / "state"))
    await made.start()
    yield made
    await made.stop()
    await session.close()


class Replica:
    """A flow as one client knows it, from its fetch and the events after it."""

    def __init__(self, state: dict[str, Any]) -> None:
        self.draft = Draft(read_flow(state["flow"]))
        self.revision = state["revision"]

    def take(self, event: dict[str, Any]) -> None:
        assert event["revision"] == self.revision + 1, "an edit is missing or came twice"
        for change in event["changes"]:
            CHANGE.validate_python(change).apply(self.draft)
        self.revision = event["revision"]


def edit(dice: random.Random, known: list[str]) -> dict[str, Any]:
    """Make up a change; it may well not fit, as those of people who edit at once do not."""
    node_id = dice.choice(known)
    match dice.randrange(5):
        case 0:
            node_id = f"n{dice.randrange(30)}"
            known.append(node_id)
            return {"op": "addNode", "node": {"id": node_id, "type": "wait", "data": {"config": {"duration": 1}}}}
        case 1:
            return {"op": "moveNode", "id": node_id, "x": dice.randrange(900), "y": dice.randrange(900)}
        case 2:
            return {"op": "setNode", "id": node_id, "path": ["data", "config", "note"], "value": f"好 {dice.random()}"}
        case 3:
            return {"op": "removeNode", "id": node_id}
        case _:
            return {"op": "setFlow", "path": ["variables", f"v{dice.randrange(9)}"], "value": dice.randrange(99)}


async def edit_at_random(url: str, seed: int, count: int) -> int:
    """Edit as one person among many, with pauses, undo and redo. Returns how many edits were taken."""
    dice, known, taken = random.Random(seed), ["s", "n1", "n2"], 0
    async with Client.connect(url, name=f"editor-{seed}") as client:
        for _ in range(count):
            action = dice.choices(("edit", "undo", "redo"), (8, 2, 1))[0]
            payload = {"changes": [edit(dice, known)], "label": "x"} if action == "edit" else {"action": action}
            try:
                await client.request("flow.edit", payload, FLOW)
                taken += 1
            except RequestRefused as refused:
                assert refused.details["code"] in {"flow.change_refused", "flow.conflict"}, refused.details  # noqa: PT017
            if dice.random() < 0.2:
                await asyncio.sleep(dice.random() / 100)
    return taken


async def watch_with_breaks(url: str, seed: int, done: asyncio.Event, last: dict[str, int]) -> Replica:
    """Follow the flow, dropping the connection now and then and asking for what came meanwhile."""
    dice, replica, seq, epoch, is_over = random.Random(seed), None, 0, "", False
    while not is_over:
        async with Client.connect(url, name=f"watcher-{seed}") as client:
            if replica is None:
                status = await client.request("system.status")
                epoch = status["epoch"]
                joined = await client.subscribe(FLOW)
                replica, seq = Replica(await client.request("flow.get", {}, FLOW)), joined["seq"]
            else:
                await client.subscribe(FLOW, since=seq, epoch=epoch)
            until = asyncio.get_running_loop().time() + dice.random() / 5
            while True:
                is_over = done.is_set() and replica.revision >= last["revision"]
                if is_over or (not done.is_set() and asyncio.get_running_loop().time() > until):
                    break
                try:
                    event = await client.next_event(timeout=0.05)
                except TimeoutError:
                    continue
                if "seq" not in event or event["workflow_id"] != FLOW:
                    continue
                is_new_replica = event["seq"] <= seq or (
                    event["type"] == "flow.changed" and event["payload"]["revision"] <= replica.revision
                )
                if not is_new_replica:
                    assert event["seq"] == seq + 1, "an event is missing"
                    if event["type"] == "flow.changed":
                        replica.take(event["payload"])
                seq = max(seq, event["seq"])
    assert replica is not None
    return replica


async def test_replicas_that_drop_out_and_come_back_end_equal_to_the_server(server: Server) -> None:
    url, done, last = f"ws://127.0.0.1:{server.port}", asyncio.Event(), {"revision": 0}
    watchers = [spawn(watch_with_breaks(url, seed, done, last), f"watcher {seed}") for seed in range(5)]
    try:
        taken = await asyncio.gather(*(edit_at_random(url, 100 + number, 150) for number in range(2)))
        async with Client.connect(url) as client:
            state = await client.request("flow.get", {}, FLOW)
        assert state["revision"] >= sum(taken) > 100
        last["revision"] = state["revision"]
        done.set()
        async with asyncio.timeout(60):
            replicas = await asyncio.gather(*watchers)
    finally:
        for watcher in watchers:
            watcher.cancel()
    for replica in replicas:
        assert replica.revision == state["revision"]
        assert replica.draft.flow().to_json() == state["flow"]


async def test_the_same_start_from_three_clients_starts_one_run(server: Server) -> None:
    url = f"ws://127.0.0.1:{server.port}"
    nodes = [
        {"id": "a", "type": "start", "position": {"x": 0, "y": 0}, "data": {"config": {}}},
        {"id": "b", "type": "wait", "position": {"x": 0, "y": 0}, "data": {"config": {"duration": 300}}},
    ]
    edges = [{"id": "e", "source": "a", "target": "b"}]

    async def start(client: Client) -> str:
        reply = await client.request("workflow.start", {"nodes": nodes, "edges": edges}, "w", message_id="same")
        return str(reply["run_id"])

    async with Client.connect(url) as one, Client.connect(url) as two, Client.connect(url) as three:
        runs = [await start(client) for client in (one, two, three) * 3]
        runs += await asyncio.gather(start(one), start(two), start(three))
    assert len(set(runs)) == 1
