"""Peers: whoever is connected to the session. The window is the first, browsers and scripts are the others."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from flowdesk.protocol.codec import encode
from flowdesk.protocol.request import Role


class Message(dict[str, Any]):
    """An outgoing message in the envelope, with slots for its encoded forms so that it is encoded once for all peers."""

    __slots__ = ("encoded", "frame")

    encoded: str | None
    """As text."""
    frame: bytes
    """As a WebSocket frame, set by the server at its first use."""


def text_of(message: Message) -> str:
    """Return a message as one line of ASCII JSON, encoded once for all who need it."""
    text: str | None = getattr(message, "encoded", None)
    if text is None:
        text = message.encoded = encode(message)
    return text


class Peer(Protocol):
    """What the session needs of a peer. Who derives from it is a stranger with no right but its role until it says more."""

    id: str
    """Unique for each connection, minted on this side."""
    name: str
    """What people see."""
    role: Role
    is_local: bool = False
    """Whether it is a part of this process, so that it may name any file of this machine: the window, the terminal."""
    is_owner: bool = False
    """Whether it came with the owner's secret."""
    hand: str = ""
    """Whose hand its edits bear where it is not the owner's; its name where this is empty."""
    person: str = ""
    """Who sits before it, also after a break, when it has another id; its id where this is empty."""
    shows_checks: bool = True
    """Whether it shows what the desktop can do."""

    def deliver(self, message: Message) -> None:
        """Take a message. Never blocks and never raises: a peer that cannot keep up is its shell's affair."""


Handler = Callable[[Peer, Any, str, str], Awaitable[Mapping[str, Any]]]
"""Carries out a request: of which peer, its payload, its workflow, its message id."""


def person_of(peer: Peer) -> str:
    """Return who sits before a peer: whose undo its edits belong to, also after a break, when it has another id."""
    return peer.person or peer.id
