"""The connection of an assistant to flowdesk: requests, and what runs that it follows have told since.

It is made at the first request and again after a break, to whatever flowdesk is there then.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from flowdesk.agent.words import words
from flowdesk.aio import spawn
from flowdesk.client import Client, Disconnected, RequestRefused
from flowdesk.model.errors import DesktopUnavailable, FlowdeskError

MOST_LINES = 300
"""Lines that are kept of each run; the oldest go first."""
MOST_RUNS = 50
"""Flows whose runs are followed; the one that was asked about least lately goes first."""
ENDS = frozenset({"execution.complete", "execution.error"})


@dataclass(frozen=True, slots=True)
class Place:
    """A flowdesk to connect to."""

    url: str
    """``ws://host:port``."""
    token: str
    owner_token: str | None
    """The owner's, by which what a person answered here is handed on; ``None`` where that is not known."""
    process: str
    """``window`` where a person is asked at the desktop, else ``serve`` or ``own``."""


@dataclass
class Followed:
    """What is known of the runs of one flow."""

    run_id: str = ""
    status: str = ""
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=MOST_LINES))
    told: int = 0
    """How many lines there were so far, those that are gone too."""
    read: int = 0
    """How many of them were handed out."""
    progress: float = 0.0
    questions: dict[str, dict[str, Any]] = field(default_factory=dict)
    end: dict[str, Any] | None = None
    starting: "asyncio.Task[FlowdeskError | None] | None" = None
    """The request to start, while it is not answered: why it was refused, if it was."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def begin(self) -> None:
        """Forget the run before."""
        self.run_id, self.status, self.end, self.progress = "", "starting", None, 0.0
        self.lines.clear()
        self.questions.clear()
        self.told = self.read = 0

    def add(self, line: str) -> None:
        """Note a line."""
        self.lines.append(line)
        self.told += 1

    def unread(self) -> list[str]:
        """Return the lines that were not handed out, and say how many of them are gone."""
        count = self.told - self.read
        self.read = self.told
        kept = list(self.lines)[-count:] if count else []
        return ([f"… {count - len(kept)} earlier lines are left out"] if count > len(kept) else []) + kept

    def take(self, event: dict[str, Any]) -> None:
        """Note what an event tells."""
        kind, payload = event["type"], event["payload"]
        if kind in ENDS:
            self.end, self.status = payload, payload["status"]
        elif kind in ("node.success", "node.error", "node.pending"):
            self.add(_node_line(payload))
        elif kind == "execution.log" and payload["level"] != "debug":
            self.add(f"log: {payload['message']}"[:300])
        elif kind == "execution.verdict":
            self.add(f"{payload['label']}: {'holds' if payload['passed'] else 'FAILED'}: {payload['message']}"[:300])
        elif kind == "execution.progress":
            self.progress = payload["percent"]
        elif kind == "help.needed":
            self.questions[payload["help_id"]] = payload
        elif kind == "help.closed":
            self.questions.pop(payload["help_id"], None)
        elif kind == "system.status" and payload.get("status"):
            self.status = payload["status"]
        else:
            return
        if payload.get("run_id"):
            self.run_id = payload["run_id"]
        self.changed.set()


class Link:
    """Speaks to flowdesk for an assistant."""

    def __init__(self, find: Callable[[], Awaitable[Place]], name: str = "assistant") -> None:
        """``find`` returns where flowdesk is, and starts one where there is none."""
        self._find = find
        self._name = name
        self._client: Client | None = None
        self._owner: Client | None = None
        self._opening = asyncio.Lock()
        self._reader: asyncio.Task[None] | None = None
        self.place: Place | None = None
        self.followed: OrderedDict[str, Followed] = OrderedDict()

    def follow(self, workflow_id: str) -> Followed:
        """Return what is known of the runs of a flow."""
        found = self.followed.setdefault(workflow_id, Followed())
        self.followed.move_to_end(workflow_id)
        while len(self.followed) > MOST_RUNS:
            self.followed.popitem(last=False)
        return found

    async def request(
        self, type: str, payload: dict[str, Any] | None = None, workflow_id: str = "", *, timeout: float = 60.0
    ) -> dict[str, Any]:
        """Send a request and return the payload of its reply.

        Raises:
            FlowdeskError: If it was refused, flowdesk is not there, or does not answer.
        """
        client = await self.connect()
        try:
            return await client.request(type, payload, workflow_id, timeout=timeout)
        except TimeoutError as error:
            raise FlowdeskError(
                words("flowdesk did not answer within {seconds} s.", seconds=int(timeout)), words("Try it again.")
            ) from error
        except Disconnected as error:
            await self.close()
            raise FlowdeskError(
                words("The connection to flowdesk ended."),
                words("Try it again: it is made anew. Open flows may be closed."),
            ) from error

    async def refusal(
        self, type: str, payload: dict[str, Any], workflow_id: str, timeout: float
    ) -> FlowdeskError | None:
        """Send a request, and return why it was refused."""
        try:
            await self.request(type, payload, workflow_id, timeout=timeout)
        except FlowdeskError as error:
            return error
        return None

    async def connect(self) -> Client:
        """Return the connection, made now if there is none.

        Raises:
            FlowdeskError: If flowdesk cannot be reached.
        """
        async with self._opening:
            if self._client is not None and self._client.close_code is None:
                return self._client
            self.place = await self._find()
            client = self._client = await self._enter(self.place.token, self._name)
            self._reader = spawn(self._read(client), "assistant's events")
            return client

    async def _enter(self, token: str, name: str) -> Client:
        assert self.place is not None
        try:
            async with asyncio.timeout(10):
                client: Client = await Client.connect(self.place.url, token or None, name=name)
        except RequestRefused:
            raise
        except (OSError, TimeoutError, Disconnected) as error:
            raise DesktopUnavailable(
                words("flowdesk cannot be reached at {url}.", url=self.place.url),
                words("Start flowdesk, then try it again."),
            ) from error
        return client

    async def hear_for_owner(self, workflow_id: str) -> None:
        """Let a person who answers here be asked what only the owner may allow."""
        await self.connect()
        assert self.place is not None
        if self.place.owner_token is None:
            return
        if self._owner is None or self._owner.close_code is not None:
            self._owner = await self._enter(self.place.owner_token, "assistant-owner")
        await self._owner.subscribe(workflow_id)

    async def answer_for_owner(self, workflow_id: str, help_id: str, *, is_allowed: bool) -> None:
        """Hand on what a person answered."""
        if self._owner is not None:
            await self._owner.request("help.answer", {"help_id": help_id, "value": is_allowed}, workflow_id)

    async def close(self) -> None:
        """Close the connections."""
        clients, self._client, self._owner = (self._client, self._owner), None, None
        for client in clients:
            if client is not None:
                await client.close()
        if self._reader is not None:
            self._reader.cancel()
        for followed in self.followed.values():
            if followed.end is None and followed.status not in ("", "unknown"):
                followed.status = "unknown"
            followed.changed.set()

    async def _read(self, client: Client) -> None:
        async for event in client.events():
            workflow_id = event.get("workflow_id") or ""
            if workflow_id in self.followed:
                self.followed[workflow_id].take(event)
        for followed in self.followed.values():
            followed.changed.set()


def _node_line(payload: dict[str, Any]) -> str:
    where = f" #{'.'.join(str(index + 1) for index in payload['iteration'])}" if payload.get("iteration") else ""
    line = f"{payload['node_id']}{where}: {payload['status']}"
    if payload.get("duration") is not None:
        line += f" {round(payload['duration'] * 1000)} ms"
    details = payload.get("error_details") or {}
    told = payload.get("error") or payload.get("message") or ""
    if told:
        line += f": {told}"
    if details.get("fix"):
        line += f" Fix: {details['fix']}"
    return line[:500]
