"""The conversations of the reference, replayed by a raw client on a real server."""

import json
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect

from flowdesk.engine.context import Services
from flowdesk.nodes import catalogue_with_plugins
from flowdesk.protocol.conversations import CONVERSATIONS, Conversation, Hears
from flowdesk.server.server import Server, ServerSettings
from flowdesk.session.session import Folders, Session


def filled(value: Any, kept: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        return {key: filled(item, kept) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, kept) for item in value]
    return kept.get(value[1:-1], value) if isinstance(value, str) and value.startswith("{") else value


@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=lambda one: one.title)
async def test_a_client_written_from_the_reference_works(conversation: Conversation, tmp_path: Path) -> None:
    folders = Folders(tmp_path / "state", tmp_path / "state" / "runs", tmp_path / "flows")
    session = Session(catalogue_with_plugins(), Services(driver=None), folders)
    server = Server(session, ServerSettings(port=0, insecure_no_token=True))
    await server.start()
    kept: dict[str, Any] = {}
    came: list[dict[str, Any]] = []
    try:
        async with connect(f"ws://127.0.0.1:{server.port}/ws/anything") as client:
            for step in conversation.messages:
                if isinstance(step, Hears):
                    heard = await _heard(client, step, came)
                    kept.update({key: heard["payload"][key] for key in step.keep})
                else:
                    payload = filled(step.payload, kept)
                    sent = {"id": step.id, "type": step.type, "workflow_id": step.workflow_id, "payload": payload}
                    await client.send(json.dumps(sent))
    finally:
        await server.stop()
        await session.close()


async def _heard(client: Any, step: Hears, came: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the message that was promised, also where it came before another one that was waited for."""
    while True:
        for message in came:
            if _fits(message, step):
                came.remove(message)
                return message
        came.append(json.loads(await client.recv()))
        last = came[-1]
        assert last["type"] != "error", last


def _fits(message: dict[str, Any], step: Hears) -> bool:
    payload = message["payload"]
    return (
        message["type"] == step.type
        and message.get("reply_to") == step.reply_to
        and all(key in payload and payload[key] == value for key, value in step.payload.items())
    )
