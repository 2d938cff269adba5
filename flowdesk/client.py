"""A small client for scripts and tests.

::

    async with Client.connect("ws://127.0.0.1:8000", token="…") as client:
        run = await client.start(nodes, edges)
        async for event in client.events():
            print(event["type"], event["payload"])
            if event["type"] in ("execution.complete", "execution.error"):
                break
"""

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from flowdesk.aio import spawn
from flowdesk.model.errors import FlowdeskError
from flowdesk.protocol.codec import encode

Event = dict[str, Any]


class RequestRefused(FlowdeskError):
    """The server answered a request with ``error``. ``details["code"]`` is its code."""

    code = "request.refused"

    def payload(self) -> dict[str, Any]:
        """Return the server's own error payload."""
        return {"message": str(self.message), "fix": str(self.fix), **self.details}


class Disconnected(FlowdeskError):
    """The connection ended before the answer came."""

    code = "connection.lost"

    def __init__(self, message: str) -> None:
        """Keep why it ended."""
        super().__init__(
            message, "Connect again, then ask for what you need to know: a request may have been carried out."
        )


class Client:
    """One connection to a flowdesk server. Made by ``Client.connect``."""

    def __init__(self, socket: ClientConnection, max_events: int = 100_000) -> None:
        """Take over an open socket; ``max_events`` are kept for ``events()``, the oldest go first."""
        self._socket = socket
        self._max_events = max_events
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._waiting: dict[str, asyncio.Future[Event]] = {}
        self._reader = spawn(self._read(), "flowdesk client")
        self.role: str | None = None
        """``view``, ``edit`` or ``run``; known after ``auth``."""
        self.close_code: int | None = None
        """WebSocket close code, once the connection ended."""

    @staticmethod
    def connect(
        url: str = "ws://127.0.0.1:8000", token: str | None = None, *, code: str | None = None, name: str = "python"
    ) -> "_Connecting":
        """Connect and authenticate. Use it with ``await`` or ``async with``.

        Args:
            url: ``ws://host:port`` or ``wss://…``.
            token: What ``flowdesk token show`` prints; sent in the first message. Neither token nor code: a server
                started with ``--insecure-no-token``.
            code: A one-time code instead.
            name: What people see, 1 to 64 of ``A-Za-z0-9_.-``.

        Raises:
            RequestRefused: If the secret is wrong.
            OSError: If nobody listens there.
        """
        return _Connecting(url, token, code, name)

    async def request(
        self,
        type: str,
        payload: dict[str, Any] | None = None,
        workflow_id: str = "",
        *,
        message_id: str | None = None,
        timeout: float = 30.0,
    ) -> dict[str, Any]:
        """Send a request and return the payload of its reply.

        Args:
            type: Such as ``workflow.list``.
            payload: JSON values.
            workflow_id: Which workflow it is about.
            message_id: An ``id`` of your own: the same start with the same id starts one run.
            timeout: Seconds to wait for the reply.

        Raises:
            RequestRefused: If the server refused it.
            Disconnected: If the connection ended before the reply.
            TimeoutError: If no reply came in time.
        """
        reply = await self.exchange(
            {"id": message_id or uuid.uuid4().hex, "type": type, "workflow_id": workflow_id, "payload": payload or {}},
            timeout=timeout,
        )
        if reply["type"] == "error":
            error = dict(reply["payload"])
            raise RequestRefused(error.pop("message", ""), error.pop("fix", ""), **error)
        result: dict[str, Any] = reply["payload"]
        return result

    async def exchange(self, message: Event, *, timeout: float = 30.0) -> Event:
        """Send a whole message that has an ``id`` and return its reply, ``error`` or not."""
        future: asyncio.Future[Event] = asyncio.get_running_loop().create_future()
        self._waiting[message["id"]] = future
        try:
            await self.send(encode(message))
            async with asyncio.timeout(timeout):
                return await future
        finally:
            self._waiting.pop(message["id"], None)
            if future.done() and not future.cancelled():
                future.exception()  # it is known by now, and nothing has to be said of it at the end

    async def send(self, frame: str | bytes) -> None:
        """Send a frame as it is."""
        try:
            await self._socket.send(frame)
        except ConnectionClosed as error:
            raise Disconnected(f"the connection is closed: {error}") from error

    async def events(self) -> AsyncIterator[Event]:
        """Yield what the server sends that is no reply, until the connection ends."""
        while (event := await self._events.get()) is not None:
            yield event
        self._events.put_nowait(None)

    async def next_event(self, *types: str, timeout: float = 10.0) -> Event:
        """Return the next event, of one of ``types`` if given; others before it are passed over.

        Raises:
            TimeoutError: If none came in time.
            Disconnected: If the connection ended.
        """
        async with asyncio.timeout(timeout):
            async for event in self.events():
                if not types or event["type"] in types:
                    return event
        raise Disconnected(f"the connection ended with {self.close_code}")

    async def start(
        self, nodes: list[Any] | None = None, edges: list[Any] | None = None, workflow_id: str = "", **options: Any
    ) -> dict[str, Any]:
        """Start a run; options are the fields of ``workflow.start``. Returns ``run_id`` and ``workflow_id``."""
        given = {} if nodes is None else {"nodes": nodes, "edges": edges or []}
        return await self.request("workflow.start", {**given, **options}, workflow_id)

    async def stop(self, workflow_id: str) -> dict[str, Any]:
        """Stop the run of a workflow."""
        return await self.request("workflow.stop", {}, workflow_id)

    async def pause(self, workflow_id: str) -> dict[str, Any]:
        """Pause the run of a workflow."""
        return await self.request("workflow.pause", {}, workflow_id)

    async def resume(self, workflow_id: str) -> dict[str, Any]:
        """Let the run of a workflow go on."""
        return await self.request("workflow.resume", {}, workflow_id)

    async def subscribe(self, workflow_id: str, since: int | None = None, epoch: str | None = None) -> dict[str, Any]:
        """Receive the events of a workflow (``"*"``: of all), with those after ``since`` first."""
        return await self.request("workflow.subscribe", {"since": since, "epoch": epoch}, workflow_id)

    async def close(self) -> None:
        """Close the connection."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2):
                await self._socket.close()
        self._reader.cancel()

    async def wait_closed(self, timeout: float = 10.0) -> int | None:
        """Wait until the connection ended and return its close code."""
        async with asyncio.timeout(timeout):
            await self._socket.wait_closed()
        return self._socket.close_code

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _read(self) -> None:
        try:
            async for frame in self._socket:
                message = json.loads(frame)
                waiting = self._waiting.get(message.get("reply_to") or "")
                if waiting is not None and not waiting.done():
                    waiting.set_result(message)
                    continue
                if self._events.qsize() >= self._max_events:
                    self._events.get_nowait()
                self._events.put_nowait(message)
        except ConnectionClosed:
            pass
        finally:
            self.close_code = self._socket.close_code
            self._events.put_nowait(None)
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(Disconnected(f"the connection ended with {self.close_code}"))


class _Connecting:
    """Connects when awaited or entered."""

    def __init__(self, url: str, token: str | None, code: str | None, name: str) -> None:
        self._url, self._token, self._code, self._name = url, token, code, name
        self._client: Client | None = None

    def __await__(self) -> Any:
        return self._connect().__await__()

    async def __aenter__(self) -> Client:
        self._client = await self._connect()
        return self._client

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._client is not None
        await self._client.close()

    async def _connect(self) -> Client:
        socket = await connect(
            f"{self._url.rstrip('/')}/ws/{self._name}", compression=None, max_size=64 * 1024 * 1024, proxy=None
        )
        client = Client(socket)
        try:
            if self._token is not None or self._code is not None:
                secret = {"token": self._token} if self._token is not None else {"code": self._code}
                client.role = (await client.request("auth", secret))["role"]
        except BaseException:
            await client.close()
            raise
        return client
