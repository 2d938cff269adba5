"""Peers: whoever is connected to the session. The window is the first, browsers and scripts are the others."""

from typing import Any, Protocol

from flowdesk.protocol.messages import Role


class Message(dict[str, Any]):
    """An outgoing message in the envelope, with a slot for its encoded text so that it is encoded once for all peers."""

    __slots__ = ("encoded",)

    encoded: str | None


class Peer(Protocol):
    """What the session needs of a peer."""

    id: str
    """Unique for each connection, minted on this side."""
    name: str
    """What people see."""
    role: Role

    def deliver(self, message: Message) -> None:
        """Take a message. Never blocks and never raises: a peer that cannot keep up is its shell's affair."""
