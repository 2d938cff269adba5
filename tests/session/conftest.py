"""A session without a desktop, and a peer that keeps what it is told."""

from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from flowdesk.engine.context import Services
from flowdesk.nodes import builtin_catalogue
from flowdesk.protocol.events import PAYLOADS
from flowdesk.protocol.messages import REQUESTS, Role
from flowdesk.protocol.schema import shape
from flowdesk.session.peer import Message, Peer
from flowdesk.session.session import Folders, Session


class Keeper(Peer):
    """A peer that keeps every message; the owner in a browser."""

    is_owner = True

    def __init__(self, name: str, role: Role = Role.RUN) -> None:
        self.id = self.name = name
        self.role = role
        self.messages: list[Message] = []

    def deliver(self, message: Message) -> None:
        shape(PAYLOADS[message["type"]]).validate_python(message["payload"], strict=True)
        self.messages.append(message)

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [message["payload"] for message in self.messages if message["type"] == kind]


@pytest.fixture
async def session(tmp_path: Path) -> AsyncIterator[Session]:
    made = Session(builtin_catalogue(), Services(), Folders(tmp_path / "state", tmp_path / "runs", tmp_path / "flows"))
    yield made
    await made.close()


async def ask(
    session: Session, peer: Keeper, kind: str, workflow_id: str = "", message_id: str = "", **payload: Any
) -> Any:
    """Send a request as a client would write it."""
    return await session.submit(peer, kind, REQUESTS[kind].payload.model_validate(payload), workflow_id, message_id)


def flow_json(*steps: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A chain: start, then the given nodes."""
    nodes = [{"id": "start", "type": "start", "position": {"x": 0, "y": 0}, "data": {"label": "Start", "config": {}}}]
    nodes += [{"position": {"x": 0, "y": 0}, **step} for step in steps]
    edges = [
        {"id": f"e{index}", "source": before["id"], "target": after["id"]}
        for index, (before, after) in enumerate(pairwise(nodes))
    ]
    return {"nodes": nodes, "edges": edges, **fields}


def wait_node(node_id: str = "w", duration: int = 0) -> dict[str, Any]:
    """A wait."""
    return {"id": node_id, "type": "wait", "data": {"label": node_id, "config": {"duration": duration}}}
