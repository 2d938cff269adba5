"""The server inside the window's event loop."""

import asyncio
from pathlib import Path

import qasync
from PySide6.QtWidgets import QApplication

from flowdesk.client import Client
from flowdesk.server.server import Server, ServerSettings
from tests.server.conftest import RecordingSession


def test_it_serves_and_stops_inside_a_qasync_loop(tmp_path: Path, qapp: QApplication) -> None:
    async def serve_one() -> tuple[dict[str, str], int | None, list[int]]:
        session = RecordingSession()
        server = Server(session, ServerSettings(port=0, state=tmp_path))
        await server.start()
        async with Client.connect(f"ws://127.0.0.1:{server.port}", server.tokens.show()) as client:
            alive = await client.request("heartbeat")
            for _ in range(2000):
                session.journal.add("execution.log", {"message": "line"})
            seqs = [(await client.next_event("execution.log"))["seq"] for _ in range(2000)]
            await server.stop()
            return alive, await client.wait_closed(), seqs

    with qasync.QEventLoop(qapp) as loop:
        alive, code, seqs = loop.run_until_complete(asyncio.wait_for(serve_one(), 30))
    assert alive == {"status": "alive"}
    assert code == 1001
    assert seqs == list(range(1, 2001))
