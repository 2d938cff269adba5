"""What the server needs of the session that it shows."""

from collections.abc import Mapping
from typing import Any, Protocol

from flowdesk.protocol.messages import Payload, Start
from flowdesk.session.peer import Peer
from flowdesk.session.wanted import Wanted


class SessionLike(Protocol):
    """What the server needs of the session."""

    port: int | None

    def connect(self, peer: Peer) -> None:
        """A peer came."""

    def disconnect(self, peer: Peer) -> None:
        """A peer went."""

    async def submit(
        self,
        peer: Peer,
        type: str,
        payload: Payload,
        workflow_id: str = "",
        message_id: str = "",
        allowed: Wanted | None = None,
    ) -> Mapping[str, Any]:
        """Carry out a request and return the payload of its reply. ``allowed`` is what its owner let a start run."""

    async def wanted(self, payload: Start, workflow_id: str) -> Wanted:
        """Return what a ``workflow.start`` would do, as it is now."""

    def is_still(self, wanted: Wanted, payload: Start, workflow_id: str) -> bool:
        """Whether a start would still run the flow that was looked at."""
