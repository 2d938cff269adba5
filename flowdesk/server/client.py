"""One connected client: its role, its outbox, and the answers to what it asks."""

import asyncio
import logging
import time
import uuid
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from flowdesk.aio import spawn
from flowdesk.model.errors import FlowdeskError, NotAllowed
from flowdesk.model.sentence import say
from flowdesk.protocol.codec import Incoming, Unreadable, decode, encode
from flowdesk.protocol.messages import Auth, Role
from flowdesk.server.outbox import Outbox
from flowdesk.session.journal import envelope
from flowdesk.session.session import Session

logger = logging.getLogger(__name__)

SLOW = frozenset({"target.test", "desktop.screenshot"})
"""Requests that take a while: they are carried out beside the others, so that a stop never waits behind one."""
MOST_SLOW = 8
BATCH = 64


class Client:
    """A peer behind a socket."""

    is_local = False

    def __init__(self, session: Session, connection: ServerConnection, name: str, role: Role, secret: str) -> None:
        """Take over a connection that may come in.

        Args:
            session: The session.
            connection: The socket.
            name: What the client calls itself; only a label.
            role: What its token allows.
            secret: The token it came in by, to notice when that is revoked.
        """
        self.id = uuid.uuid4().hex
        self.name = name
        self.role = role
        self.secret = secret
        self.connection = connection
        self.sending_since: float | None = None
        self._session = session
        self._outbox = Outbox()
        self._slow: set[asyncio.Task[None]] = set()

    @property
    def is_overfull(self) -> bool:
        """Whether more waits for it than may be kept."""
        return self._outbox.is_overfull

    def deliver(self, message: dict[str, Any]) -> None:
        """Queue a message. Never blocks."""
        self._outbox.put(message)

    async def serve(self) -> None:
        """Carry on the conversation until the socket closes."""
        writer = spawn(self._write(), f"flowdesk.client.{self.name}")
        self._session.connect(self)
        try:
            async for frame in self.connection:
                await self.take(frame)
        except ConnectionClosed:
            pass
        finally:
            self._session.disconnect(self)
            writer.cancel()
            for task in self._slow:
                task.cancel()

    async def take(self, frame: str | bytes) -> None:
        """Carry out one frame and queue its reply. Never raises for what a client sent."""
        try:
            incoming = decode(frame)
        except Unreadable as error:
            self.refuse(error, error.id, error.workflow_id)
            return
        if isinstance(incoming.payload, Auth):
            self._reply(incoming, {"role": self.role.name.lower(), "token": self.secret, "epoch": self._session.epoch})
        elif incoming.type in SLOW:
            if len(self._slow) >= MOST_SLOW:
                self.refuse(
                    NotAllowed(say("Too many requests are under way."), say("Wait for the replies.")),
                    incoming.id,
                    incoming.workflow_id,
                )
                return
            task = spawn(self._answer(incoming), f"flowdesk.{incoming.type}")
            self._slow.add(task)
            task.add_done_callback(self._slow.discard)
        else:
            await self._answer(incoming)

    async def _answer(self, incoming: Incoming) -> None:
        try:
            result = await self._session.submit(
                self, incoming.type, incoming.payload, incoming.workflow_id, incoming.id
            )
        except FlowdeskError as error:
            self.refuse(error, incoming.id, incoming.workflow_id)
        except Exception:
            logger.exception("the request %s failed inside flowdesk", incoming.type)
            failure = FlowdeskError(
                say("Something inside flowdesk failed."), say("Look at flowdesk's log and report it.")
            )
            self.refuse(failure, incoming.id, incoming.workflow_id)
        else:
            self._reply(incoming, result)

    def _reply(self, incoming: Incoming, result: dict[str, Any]) -> None:
        reply = envelope(incoming.type, incoming.workflow_id, result)
        reply["reply_to"] = incoming.id
        self.deliver(reply)

    def refuse(self, error: FlowdeskError, message_id: str, workflow_id: str) -> None:
        """Queue an ``error`` reply."""
        reply = envelope("error", workflow_id, error.payload())
        reply["reply_to"] = message_id
        self.deliver(reply)

    async def _write(self) -> None:
        try:
            while True:
                for message in [await self._outbox.get(), *self._outbox.get_ready(BATCH)]:
                    self.sending_since = time.monotonic()
                    await self.connection.send(encode(message))
                self.sending_since = None
        except ConnectionClosed:
            pass
