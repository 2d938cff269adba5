"""What a message may cost is bounded for every role, and a start is allowed for exactly what it would run."""

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest

from flowdesk.aio import spawn
from flowdesk.client import Client, RequestRefused
from flowdesk.engine.context import Services
from flowdesk.nodes import builtin_catalogue
from flowdesk.protocol.messages import Role
from flowdesk.server.consent import MOST_ASKED
from flowdesk.server.server import Server, ServerSettings
from flowdesk.server.tokens import Doorkeeper
from flowdesk.session.journals import MOST_FOLLOWED, MOST_IDLE
from flowdesk.session.session import Folders, Session
from flowdesk.session.wanted import Wanted
from tests.model.test_measure import bomb
from tests.server.conftest import until
from tests.session.conftest import flow_json, wait_node


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    session = Session(
        builtin_catalogue(), Services(), Folders(tmp_path / "state", tmp_path / "runs", tmp_path / "flows")
    )
    made = Server(session, ServerSettings(port=0))
    await made.start()
    yield made
    await made.stop()
    await session.close()


def guest(server: Server, role: Role, name: str = "guest") -> Any:
    return Client.connect(f"ws://127.0.0.1:{server.port}", server.tokens.renew(name, role), name=name)


async def test_a_viewer_that_subscribes_without_end_keeps_little(server: Server) -> None:
    session: Any = server.session
    async with guest(server, Role.VIEW) as client:
        refused = 0
        for number in range(3 * MOST_FOLLOWED):
            try:
                await client.request("workflow.subscribe", {}, f"none-{number}")
            except RequestRefused as error:
                refused += error.details["code"] == "limit.reached"
        assert refused == 2 * MOST_FOLLOWED
        assert len(session.journals) <= MOST_FOLLOWED + MOST_IDLE
        for number in range(500):
            await client.request("execution.snapshot", {}, f"other-{number}")
        assert len(session.journals) <= MOST_FOLLOWED + MOST_IDLE
    await until(lambda: len(session.journals) <= MOST_IDLE, "the end of what nobody follows")


async def test_a_viewers_large_validation_leaves_the_loop_free(server: Server) -> None:
    nodes = [
        {
            "id": f"n{n}",
            "type": "wait",
            "position": {"x": 0, "y": 0},
            "data": {"config": {"x" * 40: n, "duration": "no"}},
        }
        for n in range(25_000)
    ]
    async with guest(server, Role.VIEW) as client, guest(server, Role.VIEW, "other") as other:
        work = spawn(client.request("workflow.validate", {"nodes": nodes, "edges": []}, timeout=100), "validate")
        beats = 0
        while not work.done():
            await other.request("system.status")
            beats += 1
        reply = await work
        assert len(reply["problems"]) <= 1000
        assert reply["count"] > 25_000
        assert beats > 5


async def test_a_picture_that_would_fill_the_memory_is_refused_unread(server: Server) -> None:
    async with guest(server, Role.EDIT) as client:
        doc = (await client.request("flow.open", {}))["workflow_id"]
        begun = time.monotonic()
        with pytest.raises(RequestRefused) as refused:
            await client.request(
                "asset.put", {"name": "x.png", "data": base64.b64encode(bomb(30_000, 30_000)).decode()}, doc
            )
        assert "million pixels" in str(refused.value)
        assert time.monotonic() - begun < 5


async def test_what_the_owner_allowed_is_exactly_what_was_asked_about(server: Server) -> None:
    asked: list[str] = []

    async def ask(client: Any, wanted: Wanted) -> bool:
        asked.append(",".join(str(node.config.get("duration")) for node in wanted.flow.nodes))
        return True

    server.ask_first_run = ask
    async with guest(server, Role.RUN) as client:
        for duration in (1, 1, 2, 1):
            flow = flow_json(wait_node(duration=duration))
            await client.start(flow["nodes"], flow["edges"], workflow_id="same", mode="queue")
        assert asked == ["None,1", "None,2"]
        doc = (await client.request("flow.open", {"flow": flow_json(wait_node(duration=1))}))["workflow_id"]
        await client.request("workflow.start", {"mode": "queue"}, doc)
        change = {"op": "setNode", "id": "w", "path": ["data", "config", "duration"], "value": 3}
        await client.request("flow.edit", {"changes": [change]}, doc)
        await client.request("workflow.start", {"mode": "queue"}, doc)
        assert asked[2:] == ["None,1", "None,3"]


async def test_the_owner_is_asked_before_a_flow_is_tried_as_one_of_its_triggers_would_start_it(server: Server) -> None:
    asked: list[Any] = []

    async def ask(client: Any, wanted: Wanted) -> bool:
        asked.append(wanted.flow.variables.get("trigger"))
        return len(asked) > 1

    server.ask_first_run = ask
    part = Path(cast("Session", server.session).folders.flows) / "part.flow.json"
    part.parent.mkdir(parents=True)
    part.write_text(json.dumps(flow_json(wait_node(), id="part")), "utf-8")
    called = {"id": "c", "type": "subflow", "data": {"config": {"flow": "part"}}}
    flow = {
        **flow_json(wait_node(duration=300), called),
        "triggers": [{"id": "tick", "type": "schedule", "every": 60000}],
    }
    async with guest(server, Role.RUN) as client:
        doc = (await client.request("flow.open", {"flow": flow}))["workflow_id"]
        with pytest.raises(RequestRefused) as refused:
            await client.request("trigger.test", {"trigger": "tick"}, doc)
        assert refused.value.details["code"] == "auth.not_allowed"
        assert not cast("Session", server.session).runs.under_way()
        given = {"trigger": "tick", "values": {"path": "/etc/passwd"}}
        await client.request("trigger.test", given, doc)
        assert asked == [{}, {"path": "/etc/passwd"}]
        part.write_text(json.dumps(flow_json(wait_node(duration=7), id="part")), "utf-8")
        event = await client.next_event("node.error", timeout=30)  # nobody who may answer is connected
        assert "changed since you allowed" in event["payload"]["error"]


async def test_another_picture_subflow_place_or_part_is_another_content(server: Server) -> None:
    asked: list[tuple[str, int]] = []

    async def ask(client: Any, wanted: Wanted) -> bool:
        asked.append((wanted.flow.name, len(wanted.called)))
        return True

    server.ask_first_run = ask
    flows = cast("Session", server.session).folders.flows
    flows.mkdir(parents=True)
    called = {"id": "c", "type": "subflow", "data": {"config": {"flow": "called"}}}
    (flows / "called.flow.json").write_text(json.dumps(flow_json(wait_node(), id="called")), "utf-8")
    (flows / "a.flow.json").write_text(json.dumps(flow_json(wait_node(), called, id="a", name="a")), "utf-8")
    (flows / "a.assets").mkdir()
    (flows / "a.assets" / "ok.png").write_bytes(b"one")
    async with guest(server, Role.RUN) as client:
        await client.request("flow.open", {"path": "a.flow.json"})

        async def starts(count: int, **how: Any) -> None:
            for _ in range(2):
                await client.request("workflow.start", {"mode": "queue", **how}, "a")
            assert len(asked) == count, how

        await starts(1)
        assert asked == [("a", 1)]
        (flows / "a.assets" / "ok.png").write_bytes(b"two")
        await starts(2)
        (flows / "called.flow.json").write_text(json.dumps(flow_json(wait_node(duration=1), id="called")), "utf-8")
        await starts(3)
        await starts(4, from_node="c")
        await starts(5, only=["w"])
        await starts(6, variables={"x": 1})
        for count, change in enumerate([
            {"op": "setNode", "id": "w", "path": ["data", "disabled"], "value": True},
            {"op": "setFlow", "path": ["desktop"], "value": "this"},
        ], 7):  # fmt: skip
            await client.request("flow.edit", {"changes": [change]}, "a")
            await starts(count)
        moved = {"op": "moveNode", "id": "w", "x": 5, "y": 5}
        await client.request("flow.edit", {"changes": [moved]}, "a")
        await starts(8)


async def test_what_changes_while_the_owner_looks_is_asked_about_again(server: Server) -> None:
    asked = asyncio.Event()
    go_on = asyncio.Event()
    count = 0

    async def ask(client: Any, wanted: Wanted) -> bool:
        nonlocal count
        count += 1
        asked.set()
        await go_on.wait()
        return True

    server.ask_first_run = ask
    async with guest(server, Role.RUN) as client, guest(server, Role.EDIT, "accomplice") as other:
        doc = (await client.request("flow.open", {"flow": flow_json(wait_node())}))["workflow_id"]
        start = spawn(client.request("workflow.start", {}, doc), "start")
        await asked.wait()
        change = {"op": "setNode", "id": "w", "path": ["data", "config", "duration"], "value": 3}
        await other.request("flow.edit", {"changes": [change]}, doc)
        go_on.set()
        await start
        assert count == 2


async def test_wrong_codes_are_slowed_down_the_owner_is_told_and_the_right_one_stays_good(server: Server) -> None:
    told: list[str] = []
    server.on_refused = told.append
    now = [1000.0]
    server.doorkeeper = Doorkeeper(server.tokens, lambda: now[0])
    code = server.pairing_code()
    wrong = next(other for other in ("000000", "111111") if other != code)

    async def tries(given: str) -> str:
        try:
            async with Client.connect(f"ws://127.0.0.1:{server.port}", code=given):
                return "in"
        except RequestRefused as error:
            return str(error)

    for _ in range(5):
        assert "is wrong" in await tries(wrong)
    assert "Wait" in await tries(wrong)
    assert "Wait" in await tries(code)
    assert any("wrong code" in sentence for sentence in told)
    now[0] += 11
    assert await tries(code) == "in"


def connect(server: Server, name: str) -> Any:
    return Client.connect(f"ws://127.0.0.1:{server.port}", server.tokens.show(), name=name)


async def undo_of(client: Client, doc: str) -> Any:
    return (await client.request("flow.open", {}, doc))["undo"]


async def test_undo_belongs_to_the_token_and_the_tab_and_not_to_scripts_of_one_name(server: Server) -> None:
    label = {"op": "setNode", "id": "w", "path": ["data", "label"], "value": "x"}
    for name, is_shared in (("python", False), ("browser-0a1b2c3d4e5f", True)):
        async with connect(server, name) as one, connect(server, name) as other:
            doc = (await one.request("flow.open", {"flow": flow_json(wait_node())}))["workflow_id"]
            await one.request("flow.edit", {"changes": [label], "label": "Rename", "base_revision": 0}, doc)
            assert (await undo_of(other, doc) == "Rename") is is_shared
            if not is_shared:
                with pytest.raises(RequestRefused) as refused:
                    await other.request("flow.edit", {"changes": [{**label, "value": "y"}], "base_revision": 0}, doc)
                assert (refused.value.details["yours"], refused.value.details["theirs"]) == ("y", "x")
        await until(lambda: not server.clients, "the end of both")
        async with connect(server, name) as again:
            assert await undo_of(again, doc) == "Rename"
        async with guest(server, Role.RUN, "somebody-else") as stranger:
            assert await undo_of(stranger, doc) is None


async def test_a_called_flow_that_changed_since_the_owner_allowed_the_run_is_asked_about(server: Server) -> None:
    async def allow(client: Any, wanted: Wanted) -> bool:
        return True

    server.ask_first_run = allow
    flows = cast("Session", server.session).folders.flows
    flows.mkdir(parents=True)
    called = {"id": "c", "type": "subflow", "data": {"config": {"flow": "{{part}}"}}}
    part = flows / "part.flow.json"

    def says(message: str) -> dict[str, Any]:
        return flow_json({"id": "say", "type": "log", "data": {"config": {"message": message}}}, id="part", name="part")

    async def run(client: Any, owner: Any, node: dict[str, Any], *, answer: bool, asks: str) -> list[str]:
        """Start a flow that waits and then calls; return what was logged."""
        part.write_text(json.dumps(says("one")), "utf-8")
        flow = {**flow_json(wait_node(duration=300), node, id="top", name="top"), "variables": {"part": "part"}}
        await client.start(flow=flow, workflow_id="top")
        if asks == "changed":
            part.write_text(json.dumps(says("two")), "utf-8")
        logged: list[str] = []
        while True:
            event = await owner.next_event(timeout=30)
            if event["type"] == "help.needed":
                assert asks in event["payload"]["message"] or asks == "other"
                payload = {"help_id": event["payload"]["help_id"], "value": answer}
                with pytest.raises(RequestRefused):
                    await client.request("help.answer", payload, "top")
                await owner.request("help.answer", payload, "top")
                logged.append("asked")
            elif event["type"] == "execution.log":
                logged += [word for word in ("one", "two") if event["payload"]["message"] == word]
            elif event["type"] in {"execution.complete", "execution.error"}:
                return [*logged, event["payload"]["status"]]

    plain = {**called, "data": {"config": {"flow": "part"}}}
    async with guest(server, Role.RUN) as client, connect(server, "owner") as owner:
        await owner.request("workflow.subscribe", {}, "top")
        assert await run(client, owner, plain, answer=True, asks="") == ["one", "succeeded"]
        assert await run(client, owner, plain, answer=False, asks="changed") == ["asked", "failed"]
        assert await run(client, owner, plain, answer=True, asks="changed") == ["asked", "two", "succeeded"]
        assert await run(client, owner, called, answer=True, asks="other") == ["asked", "one", "succeeded"]


async def test_the_owner_is_asked_about_so_many_runs_of_a_client_and_no_more(server: Server) -> None:
    asked: list[str] = []

    async def ask(client: Any, wanted: Wanted) -> bool:
        asked.append(client.id)
        try:
            await asyncio.Event().wait()
        finally:
            asked.remove(client.id)
        return True

    server.ask_first_run = ask
    async with guest(server, Role.RUN) as client:
        starts = [
            spawn(client.request("workflow.start", flow_json(wait_node(duration=number)), f"w{number}"), "start")
            for number in range(3 * MOST_ASKED)
        ]
        await until(lambda: sum(start.done() for start in starts) == 2 * MOST_ASKED, "the refusals")
        refused = [start.exception() for start in starts if start.done()]
        codes = [error.details["code"] for error in refused if isinstance(error, RequestRefused)]
        assert codes == ["limit.reached"] * 2 * MOST_ASKED
        await until(lambda: len(asked) == MOST_ASKED, "the questions")
        assert (await client.request("heartbeat"))["status"] == "alive"
    await until(lambda: not asked, "the end of the questions about one who is gone")
    assert not cast("Session", server.session).runs.under_way()
    await asyncio.gather(*starts, return_exceptions=True)
