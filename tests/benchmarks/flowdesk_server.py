"""flowdesk's server over a journal that bursts on request, to measure beside ``seed_server.py``."""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Any

from flowdesk.model.flow import Flow
from flowdesk.protocol.messages import Payload, Start
from flowdesk.server.server import Server, ServerSettings
from flowdesk.session.journal import Journal, envelope
from flowdesk.session.peer import Peer
from flowdesk.session.wanted import Wanted


class BurstingSession:
    """Adds events to a journal, as a run does: it yields to the loop now and then."""

    def __init__(self) -> None:
        self.port: int | None = None
        self.journal = Journal("w")

    def connect(self, peer: Peer) -> None:
        self.journal.subscribe(peer)
        peer.deliver(envelope("system.status", "", {}))

    def disconnect(self, peer: Peer) -> None:
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
        count = int(getattr(payload, "limit", 0)) * 100
        for number in range(count):
            self.journal.add(
                "node.running", {"node_id": f"n{number}", "status": "running", "message": None, "duration": None}
            )
            if not number % 50:
                await asyncio.sleep(0)
        return {}

    async def wanted(self, payload: Start, workflow_id: str) -> Wanted:
        return Wanted(Flow(), Flow(), (), {}, workflow_id)

    def is_still(self, wanted: Wanted, payload: Start, workflow_id: str) -> bool:
        return True


async def main(port: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(BurstingSession(), ServerSettings(port=port, insecure_no_token=True, state=Path(folder)))
        await server.start()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
