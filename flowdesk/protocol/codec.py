"""Text to message and back. Whatever arrives is either a message or a ``RequestInvalid`` that says what is wrong.

Reading refuses what JSON leaves open and what breaks others later: deep nesting, ``NaN``, numbers that no double or
64-bit integer holds, keys given twice, lone surrogates. Writing never fails: it is ASCII, and ``NaN`` becomes ``null``.
"""

import difflib
import json
import math
import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from pydantic import ValidationError

from flowdesk.model.causes import json_cause
from flowdesk.model.config import first_fault, place_of, reason_of
from flowdesk.model.errors import RequestInvalid
from flowdesk.model.sentence import say
from flowdesk.model.written import WrittenList, WrittenObject
from flowdesk.protocol.payload import Payload

MAX_DEPTH = 64
"""Levels of lists and objects in a message."""
MAX_TEXT = 8 * 1024 * 1024
"""Characters of a message."""
MAX_ID = 200
"""Characters of an ``id`` or ``workflow_id``."""

_INTEGER_DIGITS = 20
_FIRST_ID = re.compile(r'\s*\{\s*"id"\s*:\s*"([^"\\\x00-\x1f\ud800-\udfff]{1,200})"')
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request, understood and checked."""

    id: str
    type: str
    workflow_id: str
    payload: Payload


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message whose frame is right; its type and payload are not looked at yet."""

    id: str
    type: str
    workflow_id: str
    payload: dict[str, Any]

    def request(self) -> Incoming:
        """Check type and payload.

        Raises:
            RequestInvalid: If there is no such type, or the payload is not what it needs.
        """
        from flowdesk.protocol.messages import REQUESTS

        request = REQUESTS.get(self.type)
        if request is None:
            raise _unknown(self.type)
        try:
            payload = request.payload.model_validate(self.payload)
        except ValidationError as error:
            raise _payload_fault(self.type, error) from None
        except RecursionError:
            raise _deep() from None
        return Incoming(self.id, self.type, self.workflow_id, payload)


def understood(envelope: Envelope) -> Incoming | RequestInvalid:
    """Return the request of a message, or what is wrong with it."""
    try:
        return envelope.request()
    except RequestInvalid as error:
        return error


def decode(text: str) -> Incoming:
    """Read a request.

    Raises:
        RequestInvalid: If it is not one; ``details["field"]`` names the part.
    """
    return parse(text).request()


def parse(text: str) -> Envelope:
    """Read the frame of a message: JSON, ids, type. A missing ``id`` is minted.

    Raises:
        RequestInvalid: If it is not a message.
    """
    try:
        message = load_json(text)
    except RequestInvalid as error:
        error.reply_to = _id_at_its_beginning(text)
        raise
    if not isinstance(message, dict):
        raise _fault(say("A message must be a JSON object, not {kind}.", kind=_kind(message)), field="")
    try:
        return _envelope(message)
    except RequestInvalid as error:
        sent = message.get("id")
        error.reply_to = sent if isinstance(sent, str) and 0 < len(sent) <= MAX_ID else None
        raise


def _id_at_its_beginning(text: str) -> str | None:
    """Return the ``id`` of a message that cannot be read, where it comes first, as clients write it."""
    found = _FIRST_ID.match(text)
    return found.group(1) if found is not None else None


def _envelope(message: dict[str, Any]) -> Envelope:
    kind = message.get("type")
    if not isinstance(kind, str) or not kind:
        raise _fault(say('The message has no "type".'), say('Use a type such as "heartbeat".'), field="type")
    timestamp = message.get("timestamp")
    if timestamp is not None and (isinstance(timestamp, bool) or not isinstance(timestamp, int | float)):
        raise _fault(say('"timestamp" must be a number of seconds.'), field="timestamp")
    payload = message.get("payload")
    if payload is not None and not isinstance(payload, dict):
        raise _fault(say('"payload" must be an object, not {kind}.', kind=_kind(payload)), field="payload")
    return Envelope(
        _text(message, "id") or uuid.uuid4().hex, kind[:MAX_ID], _text(message, "workflow_id"), payload or {}
    )


def encode(message: Mapping[str, Any]) -> str:
    """Write a message as one line of ASCII JSON. Never raises: what JSON cannot hold becomes ``null`` or a text."""
    try:
        payload = message.get("payload") if isinstance(message, dict) else None
        if isinstance(payload, dict) and any(isinstance(value, _WRITTEN) for value in payload.values()):
            rest = "".join(_parts({key: value for key, value in message.items() if key != "payload"}, 0))
            return f'{rest[:-1]}{"," if len(rest) > 2 else ""}"payload":{_with_written(payload)}}}'
        return "".join(_parts(message, 0))
    except (ValueError, RecursionError, TypeError):
        return _encoder.encode(_clean(message, 0))


_WRITTEN = (WrittenObject, WrittenList)


def _with_written(payload: Mapping[str, Any]) -> str:
    """Write a payload whose large values carry their text."""
    members = (
        f"{''.join(_parts(key, 0))}:{value.text if isinstance(value, _WRITTEN) else ''.join(_parts(value, 0))}"
        for key, value in payload.items()
    )
    return f"{{{','.join(members)}}}"


def _plain(value: Any) -> Any:
    """Say a value that JSON has no word for."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    return str(value)


_encoder = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":"), default=_plain)


def _make_parts() -> Callable[[Any, int], Iterable[str]]:
    """Return what ``_encoder.iterencode`` makes anew for each message: made once it takes half the time."""
    make = getattr(json.encoder, "c_make_encoder", None)  # in C, where there is C
    if make is None:
        return lambda message, _: _encoder.iterencode(message)
    # Without markers: a cycle ends as RecursionError, which ``encode`` takes as it takes deep nesting.
    parts: Callable[[Any, int], Iterable[str]] = make(
        None, _plain, json.encoder.encode_basestring_ascii, None, ":", ",", False, False, False
    )
    return parts


_parts = _make_parts()


def _clean(value: Any, depth: int) -> Any:
    if depth > 4 * MAX_DEPTH:
        return None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _clean(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(item, depth + 1) for item in value]
    if value is None or isinstance(value, str | int):
        return value
    return _plain(value)


# -- reading ----------------------------------------------------------------------------------------------------------


class _Refused(Exception):
    """Carries a fault out of the JSON parser's hooks."""


def _constant(name: str) -> Any:
    raise _Refused(say("{name} is not a number in JSON.", name=name))


def _integer(digits: str) -> int:
    if len(digits) > _INTEGER_DIGITS:
        raise _Refused(say("A whole number has {count} digits, which is too many.", count=len(digits)))
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise _Refused(say("The number {digits} is too large.", digits=digits[:40]))
    return number


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise _Refused(say('The key "{key}" occurs twice.', key=_shown(twice)))
    return members


def load_json(text: str) -> Any:
    """Read JSON of a stranger: bounded in size and depth, no key twice, no number or character that cannot be kept.

    Raises:
        RequestInvalid: If it is anything else.
    """
    if len(text) > MAX_TEXT:
        raise _fault(say("The message is larger than {size} MiB.", size=MAX_TEXT // 1024**2), field="")
    try:
        value = json.loads(
            text, parse_constant=_constant, parse_int=_integer, parse_float=_float, object_pairs_hook=_object
        )
    except _Refused as refused:
        raise _fault(refused.args[0], field="") from None
    except json.JSONDecodeError as error:
        raise _fault(
            say("This is not valid JSON: {reason} at character {place}.", reason=json_cause(error), place=error.pos),
            say("Send one JSON object in a text frame."),
            field="",
        ) from None
    except RecursionError:
        raise _deep() from None
    except ValueError as error:
        raise _fault(say("This is not valid JSON: {reason}.", reason=str(error)[:200]), field="") from None
    _check_depth(value)
    if _SURROGATE_ESCAPE.search(text):
        _check_surrogates(value)
    return value


def _check_depth(value: Any) -> None:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(MAX_DEPTH):
        if not level:
            return
        level = [
            child
            for container in level
            for child in (container.values() if isinstance(container, dict) else container)
            if isinstance(child, dict | list)
        ]
    if level:
        raise _deep()


def _check_surrogates(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise _fault(
            say("A text contains an incomplete character (a lone surrogate)."),
            say("Send whole Unicode characters."),
            field="",
        ) from None


def _text(message: dict[str, Any], key: str) -> str:
    value = message.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _fault(say('"{key}" must be text, not {kind}.', key=key, kind=_kind(value)), field=key)
    if len(value) > MAX_ID:
        raise _fault(say('"{key}" is longer than {count} characters.', key=key, count=MAX_ID), field=key)
    return value


# -- faults -----------------------------------------------------------------------------------------------------------


def _fault(message: str, fix: str = "", *, field: str) -> RequestInvalid:
    return RequestInvalid(message, fix or say("See the protocol reference."), field=field)


def _deep() -> RequestInvalid:
    return _fault(say("The message is nested more than {count} levels deep.", count=MAX_DEPTH), field="")


def _unknown(kind: str) -> RequestInvalid:
    from flowdesk.protocol.messages import REQUESTS

    near = difflib.get_close_matches(kind, REQUESTS, 1)
    fix = say('Did you mean "{type}"?', type=near[0]) if near else say("See the protocol reference.")
    return _fault(say('Unknown request "{type}".', type=_shown(kind)), fix, field="type")


def _payload_fault(kind: str, error: ValidationError) -> RequestInvalid:
    path, reason = first_fault(error)
    place = ".".join(path)
    more = [{"field": ".".join(place_of(fault)), "message": reason_of(fault)} for fault in error.errors()[:20]]
    return RequestInvalid(
        say('"{field}" of {type} is not valid: {reason}.', field=_shown(place), type=kind, reason=reason),
        say("See {type} in the protocol reference.", type=kind),
        field=place,
        faults=more,
    )


def _shown(text: str) -> str:
    return text if len(text) <= 60 else text[:60] + "…"


def _kind(value: Any) -> str:
    names = {
        dict: "an object",
        list: "a list",
        str: "a text",
        bool: "true or false",
        int: "a number",
        float: "a number",
    }
    return names.get(type(value), "null")
