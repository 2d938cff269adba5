"""The client for scripts, against a real server."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from flowdesk.client import Client, Disconnected, RequestRefused
from flowdesk.server.server import Server, ServerSettings
from tests.server.conftest import RecordingSession


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    made = Server(RecordingSession(), ServerSettings(port=0, state=tmp_path / "state"))
    await made.start()
    yield made
    await made.stop()


async def test_a_request_returns_the_payload_of_its_reply(server: Server) -> None:
    async with Client.connect(f"ws://127.0.0.1:{server.port}", server.tokens.show()) as client:
        assert client.role == "run"
        assert await client.request("workflow.list") == {"did": "workflow.list"}


async def test_replies_find_their_requests_when_many_wait(server: Server) -> None:
    async with Client.connect(f"ws://127.0.0.1:{server.port}", server.tokens.show()) as client:
        kinds = ["workflow.list", "flow.list"] * 20
        assert await asyncio.gather(*map(client.request, kinds)) == [{"did": kind} for kind in kinds]


async def test_a_refusal_carries_the_servers_code_and_fix(server: Server) -> None:
    async with Client.connect(f"ws://127.0.0.1:{server.port}", server.tokens.show()) as client:
        with pytest.raises(RequestRefused) as refused:
            await client.request("no.such.type")
        assert refused.value.payload()["code"] == "message.invalid"
        assert refused.value.fix


async def test_a_wrong_token_is_a_refusal(server: Server) -> None:
    with pytest.raises(RequestRefused):
        await Client.connect(f"ws://127.0.0.1:{server.port}", "wrong")


async def test_who_waits_learns_that_the_connection_ended(server: Server) -> None:
    async with Client.connect(f"ws://127.0.0.1:{server.port}", server.tokens.show()) as client:
        await server.stop()
        with pytest.raises(Disconnected):
            await client.request("workflow.list")
