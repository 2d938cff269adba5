"""The library's connection with what it lacks: limits before anyone is known, and a word when writing is held up.

Measured with websockets 15 to 17: its keepalive never drops a peer that stopped reading, ``close()`` of such a peer
hangs, and a POST with a body gets no answer at all.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from websockets.asyncio.server import ServerConnection
from websockets.protocol import State

from flowdesk.protocol.connection import Grant
from flowdesk.server.hooks import Answer, HookRequest
from flowdesk.server.http import Pages

STRANGER_BYTES = 64 * 1024
"""Bytes that may come before the secret was proved, the HTTP request included."""


HOOK = b"POST /hook/"
"""What a request begins with that starts a flow."""


class Shell(Protocol):
    """What a socket needs of its server."""

    pages: Pages

    def socket_opened(self, socket: "Socket") -> None:
        """A connection came."""

    def socket_lost(self, socket: "Socket") -> None:
        """A connection is gone."""

    def socket_known(self, socket: "Socket") -> None:
        """Who is at the other end proved to be somebody."""

    def let_hook_in(self, headers: list[tuple[str, str]], query: str) -> Answer | None:
        """Return the answer to a stranger's hook, ``None`` where its secret is right."""

    async def start_by_hook(self, name: str, values: Mapping[str, Any]) -> Answer:
        """Start the flow that waits for a hook, and return what to answer."""


class Socket(ServerConnection):
    """One TCP connection to the server. Each server makes a subclass that holds it."""

    shell: Shell

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Nobody is known yet."""
        super().__init__(*args, **kwargs)
        self.on_writable: Callable[[], None] | None = None
        """Called when the peer has caught up."""
        self.label = ""
        """What the client calls itself: a label for people, never a proof."""
        self.grant: Grant | None = None
        self.is_held_up = False
        """Whether the peer reads too slowly for more to be written."""
        self.stranger_bytes: int | None = STRANGER_BYTES
        """What may still come; ``None`` once the peer is known."""
        self._is_first = True
        self._begun = b""
        self._hook: HookRequest | None = None

    @property
    def is_open(self) -> bool:
        """Whether frames may be written."""
        return self.state is State.OPEN and not self.transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the connection."""
        super().connection_made(transport)
        self.shell.socket_opened(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        super().connection_lost(exc)
        if self._hook is not None:
            self._hook.lost()
        self.shell.socket_lost(self)

    async def handshake(self, *given: Any, **named: Any) -> None:
        """Open the connection. A hook has no handshake, and limits of its own: the time for one does not cut it off."""
        try:
            await super().handshake(*given, **named)
        except asyncio.CancelledError:
            if self._hook is None:
                raise
            await asyncio.wait([self.connection_lost_waiter])

    def data_received(self, data: bytes) -> None:
        """Read, but from strangers only so much."""
        if self._is_first and self._hook is None:
            data, self._begun = self._begun + data, b""
            if HOOK.startswith(data):
                self._begun = data  # it is not known yet what this becomes
                return
            if data.startswith(HOOK):
                self._hook = self._begin_hook()
        if self._hook is not None:
            self._hook.take(data)  # it has limits of its own
            return
        if self.stranger_bytes is not None:
            self.stranger_bytes -= len(data)
            if self.stranger_bytes < 0:
                self.transport.abort()
                return
            if self._is_first:
                self._is_first = False
                if b" " in data and not data.startswith((b"GET ", b"HEAD ")):
                    self._refuse_method(data)
                    return
        super().data_received(data)

    def pause_writing(self) -> None:
        """The peer does not keep up."""
        super().pause_writing()
        self.is_held_up = True

    def resume_writing(self) -> None:
        """The peer caught up."""
        super().resume_writing()
        self.is_held_up = False
        if self.on_writable is not None:
            self.on_writable()

    def unsent(self) -> int:
        """Return the bytes that the peer has not taken."""
        return self.transport.get_write_buffer_size()

    def abort(self) -> None:
        """End the connection at once, whatever waits."""
        self.transport.abort()

    def _begin_hook(self) -> HookRequest:
        def known() -> None:
            self.stranger_bytes = None
            self.shell.socket_known(self)

        def end() -> None:
            if self.transport.can_write_eof():
                self.transport.write_eof()

        return HookRequest(
            self.transport.write, end, self.transport.close, self.shell.let_hook_in, known, self.shell.start_by_hook
        )

    def _refuse_method(self, data: bytes) -> None:
        path = data.partition(b" ")[2].partition(b" ")[0].decode("latin-1")
        self.transport.write(self.shell.pages.raw(self.shell.pages.wrong_method(path)))
        self.transport.close()
