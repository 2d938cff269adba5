"""Requests that start a flow: ``POST /hook/{id}``, with a token of the role run; the body is what the run reads (contract §7).

The WebSocket library answers GET alone, so what begins with POST is read here, by h11. Bounded: the head like any stranger's,
the body only once the token was proved, and all of it in time.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, unquote

import h11

from flowdesk.aio import spawn
from flowdesk.model.errors import RequestInvalid
from flowdesk.model.sentence import say
from flowdesk.protocol.codec import load_json

MOST_BODY = 1024 * 1024
"""Bytes of a body."""
PATIENCE = 15.0
"""Seconds for a whole request."""
MOST_DISCARDED, LINGERS = 64 * 1024 * 1024, 10.0
"""Bytes and seconds of a refused request that are still read, and thrown away: who is cut off while sending never reads the answer."""
_PATH = re.compile(r"/hook/([\w.%-]{1,200})")

Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is answered with."""

    status: HTTPStatus
    body: Mapping[str, Any]

    @staticmethod
    def refused(status: HTTPStatus, code: str, sentence: str) -> "Answer":
        """Answer with a sentence."""
        return Answer(status, {"code": code, "message": str(sentence)})


class HookRequest:
    """Reads one request and answers it. Use it on the event loop."""

    def __init__(
        self,
        write: Callable[[bytes], None],
        end: Callable[[], None],
        close: Callable[[], None],
        let_in: Callable[[Headers, str], Answer | None],
        known: Callable[[], None],
        start: Callable[[str, Mapping[str, Any]], Awaitable[Answer]],
    ) -> None:
        """Read nothing yet.

        Args:
            write: Sends bytes.
            end: Sends nothing more, where the connection can end in one direction; it still reads.
            close: Ends the connection when they are sent.
            let_in: Says why who sends these headers, with this query, is refused.
            known: Hears that the token was proved.
            start: Starts what a hook of some name is for, with the values.
        """
        self._write, self._end, self._close = write, end, close
        self._let_in, self._known, self._start = let_in, known, start
        self._machine = h11.Connection(h11.SERVER, max_incomplete_event_size=16 * 1024)
        self._request: h11.Request | None = None
        self._body = bytearray()
        self._is_over = False
        self._to_discard = 0
        """Bytes that are still thrown away before the connection ends."""
        self._deadline = asyncio.get_running_loop().call_later(PATIENCE, self._expire)

    def take(self, data: bytes) -> None:
        """Take what came."""
        if self._is_over:
            self._discard(len(data))
            return
        try:
            self._machine.receive_data(data)
            while not self._is_over:
                event = self._machine.next_event()
                if event is h11.NEED_DATA or event is h11.PAUSED or isinstance(event, h11.ConnectionClosed):
                    return
                self._take_event(event)
        except h11.RemoteProtocolError as error:
            status = HTTPStatus(error.error_status_hint)
            self._answer(Answer.refused(status, "request.invalid", say("The request cannot be read.")))

    def lost(self) -> None:
        """The connection ended."""
        self._is_over = True
        self._deadline.cancel()

    def _take_event(self, event: Any) -> None:
        if isinstance(event, h11.Request):
            self._request = event
            refusal = self._check(event)
            if refusal is not None:
                self._answer(refusal)
            elif self._machine.they_are_waiting_for_100_continue:
                self._write(self._machine.send(h11.InformationalResponse(status_code=100, headers=[])) or b"")
        elif isinstance(event, h11.Data):
            self._body += event.data
            if len(self._body) > MOST_BODY:
                self._answer(_too_large())
        elif isinstance(event, h11.EndOfMessage):
            self._is_over = True
            spawn(self._carry_out(), "flowdesk.hook")

    def _check(self, request: h11.Request) -> Answer | None:
        path, _, query = request.target.decode("latin-1").partition("?")
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers]
        refusal = self._let_in(headers, query)
        if refusal is not None:
            return refusal
        if request.method != b"POST" or not _PATH.fullmatch(path):
            sentence = say("Send a POST request to /hook/, followed by the name of the trigger.")
            return Answer.refused(HTTPStatus.NOT_FOUND, "not_found", sentence)
        if _header(request, b"content-encoding", "identity").strip().lower() != "identity":
            sentence = say("Compressed request bodies are not supported. Send the body as it is.")
            return Answer.refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "body", sentence)
        if int(_header(request, b"content-length", "0")) > MOST_BODY:
            return _too_large()
        self._known()
        return None

    async def _carry_out(self) -> None:
        assert self._request is not None
        path, _, query = self._request.target.decode("latin-1").partition("?")
        found = _PATH.fullmatch(path)
        assert found is not None
        kind = _header(self._request, b"content-type", "")
        try:
            values = {"body": read_body(bytes(self._body), kind), "contentType": kind, "query": _query(query)}
        except (ValueError, RequestInvalid) as error:
            not_text = say("it is not UTF-8")
            reason = not_text if isinstance(error, UnicodeDecodeError) else str(error)[:200].rstrip(".")
            self._answer(Answer.refused(HTTPStatus.BAD_REQUEST, "body", say("The request body cannot be read: {reason}.", reason=reason)))  # fmt: skip
            return
        self._answer(await self._start(unquote(found[1]), values))

    def _expire(self) -> None:
        self._answer(Answer.refused(HTTPStatus.REQUEST_TIMEOUT, "timeout", say("The request did not arrive in time.")))

    def _answer(self, answer: Answer) -> None:
        self._is_over = True
        self._deadline.cancel()
        body = json.dumps(answer.body, ensure_ascii=False).encode()
        head = [
            f"HTTP/1.1 {answer.status.value} {answer.status.phrase}", "Content-Type: application/json",
            f"Content-Length: {len(body)}", "Connection: close", "Cache-Control: no-store", "X-Content-Type-Options: nosniff",
        ]  # fmt: skip
        self._write("\r\n".join(head).encode() + b"\r\n\r\n" + body)
        self._to_discard = self._unread()
        if self._to_discard:
            self._end()
            self._deadline = asyncio.get_running_loop().call_later(LINGERS, self._close)
        else:
            self._close()

    def _unread(self) -> int:
        """Return how many bytes of the request are still to come."""
        machine = self._machine
        if (
            self._request is None
            or machine.their_state is not h11.SEND_BODY
            or machine.they_are_waiting_for_100_continue
        ):
            return 0
        length = int(_header(self._request, b"content-length", str(MOST_DISCARDED)))
        return min(length, MOST_DISCARDED) - len(self._body) - len(machine.trailing_data[0])

    def _discard(self, count: int) -> None:
        if self._to_discard > 0:
            self._to_discard -= count
            if self._to_discard <= 0:
                self._deadline.cancel()
                self._close()


def _header(request: h11.Request, name: bytes, otherwise: str) -> str:
    """Return a header by its name in small letters."""
    return next((value.decode("latin-1") for each, value in request.headers if each == name), otherwise)


def read_body(body: bytes, kind: str) -> Any:
    """Return a request's body as JSON values: JSON as it is, a form as an object, anything else as text.

    Raises:
        ValueError: If it is not what it says it is.
        RequestInvalid: If it is JSON that nothing here takes: nested too deep, a key twice, a number too large.
    """
    plain = kind.partition(";")[0].strip().lower()
    charset = re.search(r"charset=\"?([\w-]+)", kind, re.IGNORECASE)
    try:
        text = body.decode(charset[1] if charset else "utf-8")
    except LookupError as error:
        raise ValueError(say('there is no encoding "{name}"', name=charset[1] if charset else "")) from error
    if plain == "application/json" or plain.endswith("+json"):
        return load_json(text) if text.strip() else None
    if plain == "application/x-www-form-urlencoded":
        return _query(text)
    return text


def _query(text: str) -> dict[str, Any]:
    """Return a query as an object, without the token."""
    found = parse_qs(text, keep_blank_values=True, max_num_fields=200)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items() if name != "token"}


def _too_large() -> Answer:
    return Answer.refused(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "body.too_large",
        say("A request body can have at most {count} bytes.", count=MOST_BODY),
    )
