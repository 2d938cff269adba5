"""What the owner lets one client start: asked about before each content that was not allowed before, and each recording."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from flowdesk.model.errors import LimitReached, NotAllowed
from flowdesk.model.sentence import say
from flowdesk.protocol.codec import Incoming
from flowdesk.protocol.events import ConsentAskedEvent
from flowdesk.protocol.messages import Payload, Role, Start, TestTrigger
from flowdesk.server.needs import SessionLike
from flowdesk.session.journal import envelope
from flowdesk.session.peer import Peer
from flowdesk.session.wanted import Wanted

ASKED_ABOUT = frozenset({"workflow.start", "workflow.take", "trigger.test"})
"""Requests before which the owner of the desktop is asked what they may start."""
RECORDS = "record.start"
"""The request by which somebody gets what the owner types and clicks: asked about each time."""
MOST_ALLOWED = 256
"""Allowed starts of one client that are remembered here."""
MOST_ASKED = 16
"""Starts of one client that wait for the owner's answer; further ones are refused."""


class Asking(Protocol):
    """What the consent needs of the server."""

    session: SessionLike
    ask_first_run: Callable[[Any, Wanted], Awaitable[bool]] | None
    """Asks the owner whether somebody may run something."""
    ask_to_record: Callable[[Any], Awaitable[bool]] | None
    """Asks the owner whether somebody may record what they do."""


class Consent:
    """The starts of one client."""

    def __init__(self, client: Peer, shell: Asking) -> None:
        """Nothing is allowed yet."""
        self._client, self._shell = client, shell
        self._allowed: set[tuple[str, str]] = set()
        """What the owner let it run: the workflow, and what that held."""
        self._waiting = 0

    def is_needed(self, type: str) -> bool:
        """Whether the owner of the desktop is asked before such a request of this client."""
        client = self._client
        if client.is_owner or client.role < Role.RUN:
            return False
        if type == RECORDS:
            return self._shell.ask_to_record is not None
        return type in ASKED_ABOUT and self._shell.ask_first_run is not None

    async def given(self, incoming: Incoming) -> Wanted | None:
        """Return what the owner allows a request to run, ``None`` where it is to record.

        Raises:
            NotAllowed: If they refuse.
            LimitReached: If too many of its starts wait for their answer.
        """
        if self._waiting >= MOST_ASKED:
            raise LimitReached(
                say("{count} runs already wait for the owner of the desktop to allow them.", count=self._waiting),
                say("Wait for the answers before you start more."),
            )
        self._waiting += 1
        try:
            return await (self._recorded(incoming) if incoming.type == RECORDS else self._asked(incoming))
        finally:
            self._waiting -= 1

    async def _asked(self, incoming: Incoming) -> Wanted:
        session, workflow_id = self._shell.session, incoming.workflow_id
        payload = _start_of(incoming.payload)
        while True:
            wanted = await session.wanted(payload, workflow_id)
            if (workflow_id, wanted.digest) in self._allowed:
                if session.is_still(wanted, payload, workflow_id):
                    return wanted
                continue
            if not await self._ask(incoming, wanted):
                raise NotAllowed(
                    say("The user of the desktop refused this run."),
                    say("Ask the user of the desktop, then try again."),
                )
            # What was asked about is allowed, not what it may have become meanwhile.
            if len(self._allowed) < MOST_ALLOWED:
                self._allowed.add((workflow_id, wanted.digest))
            elif session.is_still(wanted, payload, workflow_id):
                return wanted

    async def _recorded(self, incoming: Incoming) -> None:
        ask = self._shell.ask_to_record
        self._tell(incoming)
        if ask is None or not await ask(self._client):
            raise NotAllowed(
                say("The user of the desktop refused this recording."),
                say("Ask the user of the desktop, then try again."),
            )

    async def _ask(self, incoming: Incoming, wanted: Wanted) -> bool:
        ask = self._shell.ask_first_run
        self._tell(incoming)
        return ask is not None and await ask(self._client, wanted)  # None: nobody asks any more

    def _tell(self, incoming: Incoming) -> None:
        """Say that the owner is asked: people see why nothing happens yet, and programs know for whom they wait."""
        asked: ConsentAskedEvent = {"request": incoming.id, "type": incoming.type}
        self._client.deliver(envelope("consent.asked", incoming.workflow_id, asked))


def _start_of(payload: Payload) -> Start:
    """Return the start that a request comes to: what a paused run is to take is a part of the flow as it is open."""
    if isinstance(payload, Start):
        return payload
    return Start(variables={"trigger": payload.values}) if isinstance(payload, TestTrigger) else Start()
