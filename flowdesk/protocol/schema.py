"""JSON Schema (2020-12) of every message, from the declarations in ``messages``."""

from typing import Any

from pydantic import TypeAdapter

from flowdesk.protocol.events import PAYLOADS
from flowdesk.protocol.messages import EVENTS, PROTOCOL_VERSION, REQUESTS, Request
from flowdesk.protocol.replies import REPLIES

_SHAPES: dict[Any, TypeAdapter[Any]] = {}
"""One for each declaration: they are costly to make."""


def shape(declared: Any) -> TypeAdapter[Any]:
    """Return what holds values against the declaration of a payload, and tells its schema."""
    if declared not in _SHAPES:
        _SHAPES[declared] = TypeAdapter(declared)
    return _SHAPES[declared]


def request_schema(request: Request) -> dict[str, Any]:
    """Return the schema of one request, its envelope included."""
    payload = request.payload.model_json_schema(by_alias=True, ref_template="#/$defs/{model}")
    definitions = payload.pop("$defs", {})
    envelope = {
        "id": {"type": "string", "maxLength": 200, "description": "Yours; the reply carries it as `reply_to`."},
        "type": {"const": request.type},
        "timestamp": {"type": ["number", "null"], "description": "Seconds; not looked at."},
        "workflow_id": {"type": ["string", "null"], "maxLength": 200},
        "payload": payload,
    }
    required = ["type", "payload"] if payload.get("required") else ["type"]
    schema: dict[str, Any] = {
        "title": request.type,
        "description": request.description,
        "type": "object",
        "properties": envelope,
        "required": required,
    }
    return {**schema, "$defs": definitions} if definitions else schema


def event_schema(kind: str) -> dict[str, Any]:
    """Return the schema of what the server sends as ``kind``, its envelope included."""
    payload = shape(PAYLOADS[kind]).json_schema(ref_template="#/$defs/{model}")
    definitions = payload.pop("$defs", {})
    # Newer servers may send more.
    payload["additionalProperties"] = True
    schema = {
        "title": kind,
        "description": EVENTS[kind],
        "type": "object",
        "properties": {
            "id": {"type": "string"},
            "type": {"const": kind},
            "timestamp": {"type": "number", "description": "Seconds since 1970, UTC."},
            "workflow_id": {"type": "string"},
            "payload": payload,
            "seq": {"type": "integer", "minimum": 1, "description": "Counted for each workflow without gaps."},
            "reply_to": {"type": ["string", "null"], "description": "The `id` of the request that this answers."},
        },
        "required": ["id", "type", "timestamp", "workflow_id", "payload"],
    }
    return {**schema, "$defs": definitions} if definitions else schema


def reply_schema(kind: str) -> dict[str, Any]:
    """Return the schema of the reply to a request, its envelope included. A refusal is answered by ``error`` instead."""
    payload = shape(REPLIES[kind]).json_schema(ref_template="#/$defs/{model}")
    definitions = payload.pop("$defs", {})
    payload["additionalProperties"] = True  # newer servers may send more
    schema = {
        "title": f"reply to {kind}",
        "type": "object",
        "properties": {
            "id": {"type": "string"},
            "type": {"const": kind},
            "timestamp": {"type": "number", "description": "Seconds since 1970, UTC."},
            "workflow_id": {"type": "string"},
            "reply_to": {"type": ["string", "null"], "description": "The `id` of the request that this answers."},
            "payload": payload,
        },
        "required": ["id", "type", "timestamp", "workflow_id", "reply_to", "payload"],
    }
    return {**schema, "$defs": definitions} if definitions else schema


def protocol_schema() -> dict[str, Any]:
    """Return the schemas of all messages in one document: ``requests``, ``replies`` and ``events`` by type."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "flowdesk protocol",
        "version": PROTOCOL_VERSION,
        "requests": {kind: request_schema(request) for kind, request in REQUESTS.items()},
        "replies": {kind: reply_schema(kind) for kind in REPLIES},
        "events": {kind: event_schema(kind) for kind in EVENTS},
    }
