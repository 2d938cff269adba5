"""Between text frames and messages. Whatever comes in, the answer is a message or one clear error."""

import difflib
import json
import math
from dataclasses import dataclass
from typing import Any, NoReturn

from pydantic import ValidationError

from flowdesk.model.errors import RequestInvalid
from flowdesk.model.sentence import say
from flowdesk.protocol.messages import EVENTS, REQUESTS, Payload

LONGEST = 8 * 1024 * 1024
"""Characters in a message."""
DEEPEST = 100
LONGEST_ID = 200


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as it came in."""

    id: str
    type: str
    workflow_id: str
    payload: Payload


class Unreadable(RequestInvalid):
    """A message that cannot be understood, with as much of its envelope as could be read."""

    def __init__(self, message: str, fix: str = "", *, id: str = "", workflow_id: str = "", **details: Any) -> None:
        """Keep the id and the workflow for the ``error`` reply."""
        super().__init__(message, fix, **details)
        self.id = id
        self.workflow_id = workflow_id


def decode(text: str | bytes) -> Incoming:
    """Read a frame.

    Raises:
        Unreadable: If it is not a request: not text, not JSON, not an object, too long or deep, of an unknown type, or
            with a payload of the wrong shape. ``details["field"]`` names the part.
    """
    if isinstance(text, bytes | bytearray):
        raise Unreadable(say("Binary frames are not understood."), say("Send JSON as text."))
    if len(text) > LONGEST:
        raise Unreadable(
            say("The message is longer than {limit} characters.", limit=LONGEST), say("Send less at once.")
        )
    try:
        values = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise Unreadable(say("The message is nested too deep."), say("Flatten it.")) from error
    except ValueError as error:
        raise Unreadable(
            say("The message is not JSON: {reason}.", reason=str(error)[:200]), say("Send one JSON object.")
        ) from error
    if not isinstance(values, dict):
        raise Unreadable(
            say("The message is not a JSON object."), say("Send one JSON object with `id`, `type` and `payload`.")
        )
    message_id = _text(values.get("id"), "id", "", "")
    workflow_id = _text(values.get("workflow_id"), "workflow_id", message_id, "")

    try:
        return _incoming(values, message_id, workflow_id)
    except Unreadable as error:
        error.id, error.workflow_id = message_id, workflow_id
        raise


def _incoming(values: dict[str, Any], message_id: str, workflow_id: str) -> Incoming:
    if _depth(values) > DEEPEST:
        raise Unreadable(say("The message is nested too deep."), say("Flatten it."), field="payload")
    kind = values.get("type")
    if not isinstance(kind, str):
        raise Unreadable(
            say("The message has no `type`."), say("Say what you ask for, such as `workflow.start`."), field="type"
        )
    request = REQUESTS.get(kind)
    if request is None:
        raise _unknown(kind)
    payload = values.get("payload")
    if payload is None:
        payload = {}
    if not isinstance(payload, dict):
        raise Unreadable(say("`payload` is not an object."), say("Send a JSON object."), field="payload")
    try:
        return Incoming(message_id, kind, workflow_id, request.payload.model_validate(payload))
    except (ValidationError, RecursionError) as error:
        faults = error.errors() if isinstance(error, ValidationError) else []
        place = ".".join(str(part) for part in faults[0]["loc"]) if faults else ""
        reason = faults[0]["msg"] if faults else "too deep"
        raise Unreadable(
            say("`payload.{field}` is not right: {reason}.", field=place, reason=reason[:1].lower() + reason[1:]),
            say("See {type} in the protocol's reference.", type=kind),
            field=f"payload.{place}",
        ) from error


def _unknown(kind: str) -> Unreadable:
    if kind in EVENTS:
        return Unreadable(
            say('"{type}" is sent by the server only.', type=kind), say("See the protocol's reference."), field="type"
        )
    near = difflib.get_close_matches(kind[:100], REQUESTS, n=1)
    return Unreadable(
        say('There is no message type "{type}".', type=kind[:100]),
        say('Did you mean "{near}"?', near=near[0]) if near else say("See the protocol's reference."),
        field="type",
    )


def encode(message: dict[str, Any]) -> str:
    """Write a message, once for all peers. ASCII, so that no lone surrogate can break a connection; NaN becomes null."""
    known: str | None = getattr(message, "encoded", None)
    if known is not None:
        return known
    try:
        text = json.dumps(message, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    except (ValueError, TypeError):
        text = json.dumps(_plain(message), ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    if hasattr(message, "encoded"):
        message.encoded = text
    return text


def _plain(value: Any, depth: int = 0) -> Any:
    """Turn whatever a node returned into JSON values."""
    if depth > DEEPEST:
        return str(value)[:1000]
    if isinstance(value, dict):
        return {str(key): _plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item, depth + 1) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)


def _text(value: Any, field: str, message_id: str, workflow_id: str) -> str:
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18:
        return str(value)
    if not isinstance(value, str) or len(value) > LONGEST_ID:
        raise Unreadable(
            say("`{field}` is not a text of at most {limit} characters.", field=field, limit=LONGEST_ID), say("Send a shorter text."),
            id=message_id, workflow_id=workflow_id, field=field,
        )  # fmt: skip
    return value


def _depth(value: Any) -> int:
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        item, depth = waiting.pop()
        deepest = max(deepest, depth)
        if isinstance(item, dict):
            waiting.extend((inner, depth + 1) for inner in item.values())
        elif isinstance(item, list):
            waiting.extend((inner, depth + 1) for inner in item)
    return deepest


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
