"""One client: carries out what the protocol's connection decides, and is the session's peer.

::

    frames --> Connection.receive --> requests, in order --> Session.submit --> replies --.
                     '--> workflow.stop and pause, at once ---------^                     |
    socket <-- frames, joined <-- ClientQueue <-- deliver <-- events of the session <-----'

Nothing here waits for the client: what it does not read waits in its queue, and the watchdog of the server drops it.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from websockets.exceptions import ConnectionClosed

from flowdesk.aio import in_thread, spawn
from flowdesk.model.errors import FlowdeskError, LimitReached, RequestInvalid
from flowdesk.model.sentence import say
from flowdesk.protocol.codec import Envelope, Incoming, parse, understood
from flowdesk.protocol.connection import (
    Admit,
    Close,
    Connection,
    Effect,
    Grant,
    Pause,
    Reply,
    Submit,
    refusal,
    result,
)
from flowdesk.protocol.messages import Role
from flowdesk.server.client_queue import ClientQueue, frame_of
from flowdesk.server.consent import Asking, Consent
from flowdesk.server.needs import SessionLike
from flowdesk.server.wire import Socket
from flowdesk.session.journal import envelope
from flowdesk.session.peer import Message, Peer

logger = logging.getLogger(__name__)

AT_ONCE = frozenset({"workflow.stop", "workflow.pause"})
"""Requests that never wait behind others."""
MAX_WAITING = 256
MAX_WAITING_CHARS = 32 * 1024 * 1024
BATCH = 64 * 1024
"""Bytes that are written in one go."""
BURST = 128
"""Waiting messages that are written at once: a burst within one turn of the loop is no slow client."""
LARGE = 256 * 1024
"""Characters from which on a message is read off the event loop."""
CLOSE_SECONDS = 1.0
REST = 1.0
"""How long at most a client's next large message waits after one: as long as that took to read."""


class Shell(Asking, Protocol):
    """What a client needs of its server."""

    session: SessionLike

    @property
    def now(self) -> Callable[[], float]:
        """The seconds of a clock that only goes forward."""

    reading: asyncio.Semaphore
    """Large messages are read one at a time."""

    def client_came(self, client: "Client") -> None:
        """Somebody was let in."""

    def client_left(self, client: "Client") -> None:
        """Somebody is gone."""


class Client(Peer):
    """A browser, script or other editor."""

    def __init__(self, peer_id: str, socket: Socket, connection: Connection, shell: Shell) -> None:
        """Take over a socket whose handshake is done."""
        self.id = peer_id
        self.name = socket.label
        self.role = Role.NONE
        self.grant: Grant | None = None
        self._consent = Consent(self, shell)
        self.person = peer_id
        """Whose undo its edits belong to: the token and what the client calls itself, so that it survives a break."""
        self.hand = ""
        """Whose hand its edits bear: the token's."""
        self._socket = socket
        self._connection = connection
        self._shell = shell
        self._queue = ClientQueue()
        self._burst: list[Message] = []
        """What came within this turn of the loop, while nothing else waits."""
        self._burst_bytes = 0
        self._requests: asyncio.Queue[tuple[Incoming, int]] = asyncio.Queue(MAX_WAITING)
        self._waiting_chars = 0
        self._is_gone = False
        self._is_scheduled = False
        self._stuck_since: float | None = None
        self._stuck_at = 0
        self._over_since: float | None = None
        self._rests_until = 0.0
        self._asking: set[asyncio.Task[None]] = set()
        """Requests about which the owner is asked. They go with the client, and the questions with them."""

    # -- out ----------------------------------------------------------------------------------------------------------

    def deliver(self, message: Message) -> None:
        """Take a message to send. Never blocks and never raises."""
        if self._is_gone:
            return
        if self._socket.is_held_up:
            self._queue_burst()
            self._queue.put(message)
            if self._queue.is_hopeless:
                self.drop("reads nothing")
            return
        self._burst.append(message)
        self._burst_bytes += len(frame_of(message))
        if len(self._burst) >= BURST or self._burst_bytes >= BATCH:
            self.go_on()
        elif not self._is_scheduled:
            self._is_scheduled = True
            self._socket.loop.call_soon(self.go_on)

    def _queue_burst(self) -> None:
        for message in self._burst:
            self._queue.put(message)
        self._burst.clear()
        self._burst_bytes = 0

    def go_on(self) -> None:
        """Write what waits, as far as the peer takes it."""
        self._is_scheduled = False
        socket, queue, burst = self._socket, self._queue, self._burst
        if burst and (socket.is_held_up or len(queue)):
            self._queue_burst()
        elif burst:
            frames = [frame_of(message) for message in burst]
            burst.clear()
            self._burst_bytes = 0
            if not self._is_gone and socket.is_open:
                socket.transport.write(b"".join(frames))
        while not self._is_gone and socket.is_open and not socket.is_held_up:
            frames = []
            size = 0
            while size < BATCH and (frame := queue.pop()) is not None:
                frames.append(frame)
                size += len(frame)
            if not frames:
                return
            socket.transport.write(b"".join(frames))

    def check(self, now: float, patience: float) -> None:
        """Drop the client if it took nothing, or had too much waiting, for ``patience`` seconds."""
        unsent = self._socket.unsent() if self._socket.is_held_up else 0
        if not unsent or self._stuck_since is None or unsent < self._stuck_at:
            self._stuck_since = now if unsent else None
        self._stuck_at = unsent
        if not self._queue.is_over:
            self._over_since = None
        elif self._over_since is None:
            self._over_since = now
        for since in (self._stuck_since, self._over_since):
            if since is not None and now - since >= patience:
                self.drop("does not read what it is sent")
                return

    @property
    def waiting(self) -> int:
        """Bytes that wait for this client."""
        return self._queue.bytes

    # -- the end ------------------------------------------------------------------------------------------------------

    def drop(self, reason: str) -> None:
        """End the connection at once. The library's ``close`` would hang on a peer that reads nothing."""
        if not self._is_gone:
            self._is_gone = True
            logger.info("dropped %s: it %s", self.id, reason)
            self._socket.abort()

    async def close(self, code: int, reason: str) -> None:
        """Say goodbye and end the connection, within a second."""
        self.go_on()
        self._is_gone = True
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._socket.close(code, reason[:100])
        except TimeoutError:
            logger.info("%s did not answer the goodbye", self.id)
        finally:
            self._socket.abort()

    def expire(self) -> None:
        """Turn the client away if it has not proved who it is by now."""
        self._carry_out_all(self._connection.expire())

    def revoke(self) -> None:
        """Turn the client away: its token is void."""
        self._carry_out_all(self._connection.revoke())

    # -- in -----------------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Read until the connection ends."""
        worker = spawn(self._work(), f"requests of {self.id}")
        try:
            if self._connection.grant is not None:
                self._admit(self._connection.grant)
            count = 0
            while not self._connection.is_closed:
                frame = await self._socket.recv()
                effects = await self._read(frame)
                self._carry_out_all(effects, len(frame))
                if effects and isinstance(effects[-1], Pause):
                    await asyncio.sleep(effects[-1].seconds)
                count += 1
                if not count % 16:
                    await asyncio.sleep(0)
            await self._socket.wait_closed()
        except ConnectionClosed:
            pass
        finally:
            worker.cancel()
            self._is_gone = True
            for asking in tuple(self._asking):
                asking.cancel()
            self._shell.client_left(self)
            self._socket.abort()

    async def _read(self, frame: str | bytes) -> list[Effect]:
        connection, now = self._connection, self._shell.now()
        if isinstance(frame, bytes):
            return connection.receive_binary(now)
        if len(frame) < LARGE or connection.grant is None:
            return connection.receive(frame, now)
        await asyncio.sleep(self._rests_until - now)
        async with self._shell.reading:
            begun = self._shell.now()
            try:
                large, known = await in_thread(lambda: _read(frame), "flowdesk.read")
            except RequestInvalid as error:
                return connection.refuse_frame(error, now)
            finally:
                self._rests_until = self._shell.now() + min(self._shell.now() - begun, REST)
        return connection.accept(large, now, known)

    def _carry_out_all(self, effects: list[Effect], size: int = 0) -> None:
        for effect in effects:
            match effect:
                case Reply():
                    self._answer(effect)
                case Admit(grant):
                    self._admit(grant)
                case Submit(incoming):
                    self._take(incoming, size)
                case Close(code, reason):
                    self._shell.client_left(self)
                    spawn(self.close(code, reason), f"goodbye to {self.id}")

    def _admit(self, grant: Grant) -> None:
        self.grant, self.role, self.is_owner = grant, grant.role, grant.is_owner
        self.person, self.hand = f"{grant.token_id}/{self.name}", grant.token_id
        self._socket.stranger_bytes = None
        self._shell.client_came(self)

    def _take(self, incoming: Incoming, size: int) -> None:
        if incoming.type in AT_ONCE:
            spawn(self._submit(incoming), f"{incoming.type} of {self.id}")
        elif self._requests.full() or self._waiting_chars + size > MAX_WAITING_CHARS:
            self._answer(
                refusal(
                    incoming,
                    LimitReached(
                        say("{count} requests are already waiting.", count=self._requests.qsize()),
                        say("Wait for the replies before you send more requests."),
                    ),
                )
            )
        else:
            self._waiting_chars += size
            self._requests.put_nowait((incoming, size))

    async def _work(self) -> None:
        while True:
            incoming, size = await self._requests.get()
            if self._consent.is_needed(incoming.type):
                # A person may take long to answer: what else the client asks does not wait for them.
                asking = spawn(self._submit(incoming), f"{incoming.type} of {self.id}")
                self._asking.add(asking)
                asking.add_done_callback(self._asking.discard)
            else:
                await self._submit(incoming)
            self._waiting_chars -= size
            await asyncio.sleep(0)  # one who sends much at once does not take the turns of the others

    async def _submit(self, incoming: Incoming) -> None:
        try:
            allowed = await self._consent.given(incoming) if self._consent.is_needed(incoming.type) else None
            payload = await self._shell.session.submit(
                self, incoming.type, incoming.payload, incoming.workflow_id, incoming.id, allowed
            )
        except FlowdeskError as error:
            self._answer(refusal(incoming, error))
        except Exception:
            logger.exception("%s failed", incoming.type)
            broken = FlowdeskError(say("Internal error in flowdesk."), say("Check the log, and report the problem."))
            self._answer(refusal(incoming, broken))
        else:
            self._answer(result(incoming, payload))

    def _answer(self, reply: Reply) -> None:
        message = envelope(reply.type, reply.workflow_id, reply.payload)
        message["reply_to"] = reply.reply_to
        self.deliver(message)


def _read(frame: str) -> tuple[Envelope, Incoming | RequestInvalid]:
    envelope = parse(frame)
    return envelope, understood(envelope)
