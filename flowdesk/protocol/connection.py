"""One connection as a state machine: text in, effects out. No sockets, no clock of its own (it is told the time).

::

    (new) --right `auth`--> (in) --20 bad messages in 10 s--> (closed)
      '---anything else---> (closed)
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from flowdesk.model.errors import FlowdeskError, NotAuthenticated, RequestInvalid
from flowdesk.model.sentence import say
from flowdesk.protocol.codec import Envelope, Incoming, parse, understood
from flowdesk.protocol.messages import Auth, Role
from flowdesk.protocol.replies import Alive, Welcome
from flowdesk.protocol.request import GrantedRole

MAX_FIRST = 4096
"""Characters of what comes before the secret was proved."""

ERRORS_ALLOWED = 500
"""Messages that cannot be understood and are answered at once, in ``ERRORS_WINDOW`` seconds."""
ERRORS_WINDOW = 10.0
ERROR_PAUSE = 0.01
"""Seconds before the next message is read after each that is too many."""

CLOSE_AUTH = 4401
"""Close code: no secret, a wrong one, or one that was revoked."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a secret allows."""

    role: Role
    token_id: str
    """Names the token without being it: revoking the token ends what it opened."""
    session_token: str | None = None
    """A token to come back with, handed out for a one-time code."""
    is_owner: bool = False
    """Whether the owner of the desktop connected this client: by the installation's own token, or by a link of theirs."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Send this: the answer to one request."""

    type: str
    payload: Mapping[str, Any]
    reply_to: str | None
    workflow_id: str = ""


@dataclass(frozen=True, slots=True)
class Admit:
    """The client proved who it is."""

    grant: Grant


@dataclass(frozen=True, slots=True)
class Submit:
    """Carry out this request and answer it with ``result`` or ``refusal``."""

    incoming: Incoming


@dataclass(frozen=True, slots=True)
class Close:
    """Close the connection."""

    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Read nothing more for so many seconds: a client that raves must not take the time of the others."""

    seconds: float


Effect = Reply | Admit | Submit | Pause | Close


@dataclass
class Connection:
    """The state of one connection.

    Args:
        peer_id: Minted by the server.
        prove: Returns what a secret allows, or ``None`` for a wrong one; raises ``NotAuthenticated`` for one that it does not look at.
        grant: What was allowed already (by a header, or because no secret is needed).
    """

    peer_id: str
    prove: Callable[[Auth], Grant | None]
    grant: Grant | None = None
    errors_allowed: int = ERRORS_ALLOWED
    errors_window: float = ERRORS_WINDOW
    is_closed: bool = False
    _errors: deque[float] = field(default_factory=deque)

    def receive(self, text: str, now: float) -> list[Effect]:
        """Take one text frame.

        Args:
            text: The frame.
            now: Monotonic seconds.
        """
        if self.is_closed:
            return []
        if self.grant is None and len(text) > MAX_FIRST:
            return self._turn_away(None, say("The first message is too long."))
        try:
            envelope = parse(text)
        except RequestInvalid as error:
            return self._bad(None, error, now)
        return self.accept(envelope, now)

    def accept(self, envelope: Envelope, now: float, known: Incoming | RequestInvalid | None = None) -> list[Effect]:
        """Take a message whose frame is read already, and whose request is ``known`` where it was looked at, too."""
        if self.is_closed:
            return []
        if self.grant is None and envelope.type != "auth":
            return self._turn_away(envelope, say("This server requires a token first."))
        incoming = understood(envelope) if known is None else known
        if isinstance(incoming, RequestInvalid):
            return self._bad(envelope, incoming, now)
        if isinstance(incoming.payload, Auth):
            return self._authenticate(envelope, incoming.payload)
        if incoming.type == "heartbeat":
            return [result(incoming, Alive(status="alive"))]
        return [Submit(incoming)]

    def receive_binary(self, now: float) -> list[Effect]:
        """Take a binary frame: nothing is said in those."""
        return self.refuse_frame(
            RequestInvalid(
                say("Messages must be text frames; this one is binary."), say("Send JSON as text."), field=""
            ),
            now,
        )

    def refuse_frame(self, error: RequestInvalid, now: float) -> list[Effect]:
        """Answer a frame that could not be read."""
        return [] if self.is_closed else self._bad(None, error, now)

    def expire(self) -> list[Effect]:
        """The time to authenticate is over."""
        if self.is_closed or self.grant is not None:
            return []
        return self._turn_away(None, say("No token was sent in time."))

    def revoke(self) -> list[Effect]:
        """The token that opened this connection is no longer valid."""
        if self.is_closed:
            return []
        self.grant = None
        return self._turn_away(None, say("The token was revoked."))

    def _authenticate(self, envelope: Envelope, auth: Auth) -> list[Effect]:
        if self.grant is not None:
            return [self._welcome(envelope, self.grant)]
        try:
            grant = self.prove(auth)
        except NotAuthenticated as error:
            return self._turn_away(envelope, error.message)
        if grant is None:
            return self._turn_away(envelope, say("The token or code is wrong, already used, or revoked."))
        self.grant = grant
        return [self._welcome(envelope, grant), Admit(grant)]

    def _welcome(self, envelope: Envelope, grant: Grant) -> Reply:
        payload: Welcome = {"role": cast("GrantedRole", grant.role.word), "peer_id": self.peer_id}
        if grant.session_token is not None:
            payload["token"] = grant.session_token
        return Reply("auth", payload, envelope.id, envelope.workflow_id)

    def _turn_away(self, envelope: Envelope | None, sentence: str) -> list[Effect]:
        self.is_closed = True
        error = NotAuthenticated(
            sentence, say('Send "auth" as the first message, with the token from flowdesk token show.')
        )
        return [_error(error, envelope), Close(CLOSE_AUTH, str(sentence))]

    def _bad(self, envelope: Envelope | None, error: RequestInvalid, now: float) -> list[Effect]:
        if self.grant is None:
            return self._turn_away(envelope, say("This server requires a token first."))
        self._errors.append(now)
        while self._errors and self._errors[0] <= now - self.errors_window:
            self._errors.popleft()
        effects: list[Effect] = [_error(error, envelope)]
        if len(self._errors) > self.errors_allowed:
            effects.append(Pause(ERROR_PAUSE))
        return effects


def result(incoming: Incoming, payload: Mapping[str, Any]) -> Reply:
    """Answer a request with its result."""
    return Reply(incoming.type, payload, incoming.id, incoming.workflow_id)


def refusal(incoming: Incoming, error: FlowdeskError) -> Reply:
    """Answer a request with an error."""
    return Reply("error", error.payload(), incoming.id, incoming.workflow_id)


def _error(error: FlowdeskError, envelope: Envelope | None) -> Reply:
    if envelope is None:
        return Reply("error", error.payload(), error.reply_to if isinstance(error, RequestInvalid) else None)
    return Reply("error", error.payload(), envelope.id, envelope.workflow_id)
