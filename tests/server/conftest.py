"""A server on a free port of this machine, over a session that only records."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from flowdesk.model.errors import NotAllowed
from flowdesk.model.flow import Flow
from flowdesk.model.sentence import say
from flowdesk.protocol.messages import REQUESTS, Payload, Start
from flowdesk.server.server import Server, ServerSettings
from flowdesk.session.journal import Journal, envelope
from flowdesk.session.peer import Peer
from flowdesk.session.wanted import Wanted

Check = Callable[[], object]


async def until(fact: Check, what: str, seconds: float = 60.0) -> None:
    """Poll until ``fact`` is true; fail with ``what``."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while not fact():  # noqa: ASYNC110 - facts of sockets have no event to wait for
                await asyncio.sleep(0.01)
    assert fact(), f"waited {seconds:g} s for: {what}"


class RecordingSession:
    """Answers every request and hands out events that a test asks for."""

    def __init__(self) -> None:
        self.port: int | None = None
        self.peers: dict[str, Peer] = {}
        self.requests: list[tuple[str, str]] = []
        self.slow = asyncio.Event()
        self.journal = Journal("w")

    def connect(self, peer: Peer) -> None:
        self.peers[peer.id] = peer
        self.journal.subscribe(peer)
        status = {"role": peer.role.name.lower(), "peer_id": peer.id, "port": self.port}
        peer.deliver(envelope("system.status", "", status))

    def disconnect(self, peer: Peer) -> None:
        self.peers.pop(peer.id, None)
        self.journal.unsubscribe(peer)

    async def submit(
        self,
        peer: Peer,
        type: str,
        payload: Payload,
        workflow_id: str = "",
        message_id: str = "",
        allowed: Wanted | None = None,
    ) -> dict[str, Any]:
        if peer.role < REQUESTS[type].role:
            raise NotAllowed(say("Not with this role."), say("Ask for another."))
        self.requests.append((type, message_id))
        if type == "desktop.screenshot":
            await self.slow.wait()
        if type == "node.types":
            raise RuntimeError("a fault inside")
        return {"did": type}

    async def wanted(self, payload: Start, workflow_id: str) -> Wanted:
        return Wanted(Flow(), Flow(), (), {}, str((payload.nodes, payload.edges)))

    def is_still(self, wanted: Wanted, payload: Start, workflow_id: str) -> bool:
        return True


class Rig:
    """The server and its session."""

    def __init__(self, server: Server, session: RecordingSession) -> None:
        self.server = server
        self.session = session

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.server.port}"

    @property
    def token(self) -> str:
        return self.server.tokens.show()


@pytest.fixture
async def make_rig(tmp_path: Path) -> AsyncIterator[Callable[..., Any]]:
    rigs: list[Rig] = []

    async def make(**settings: Any) -> Rig:
        session = RecordingSession()
        server = Server(session, ServerSettings(**{"port": 0, "state": tmp_path / "state", **settings}))
        await server.start()
        rigs.append(Rig(server, session))
        return rigs[-1]

    yield make
    for rig in rigs:
        await rig.server.stop()


@pytest.fixture
async def rig(make_rig: Callable[..., Any]) -> Rig:
    made: Rig = await make_rig()
    return made


@pytest.fixture
async def open_rig(make_rig: Callable[..., Any]) -> Rig:
    made: Rig = await make_rig(insecure_no_token=True)
    return made
