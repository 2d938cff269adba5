"""The protocol as TypeScript types, from its own declarations: what the browser editor is checked against."""

import json
from collections.abc import Mapping
from typing import Any

from flowdesk.protocol.messages import EVENTS, PROTOCOL_VERSION, REQUESTS

HEAD = """\
// Written by `make docs` from flowdesk/protocol/messages.py. Do not edit.

/** The version of the protocol that this page was built for. */
export const PROTOCOL_VERSION = {version};

"""
TAIL = """\
/** A request with its payload and the id of its workflow. */
export type Ask = {
  [Type in keyof Requests]: [type: Type, payload?: Requests[Type], workflowId?: string];
}[keyof Requests];
"""
_PLAIN = {"string": "string", "number": "number", "integer": "number", "boolean": "boolean", "null": "null"}


def kind_of(schema: Mapping[str, Any]) -> str:
    """Return a JSON Schema as a TypeScript type."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    if parts := schema.get("anyOf") or schema.get("oneOf"):
        return " | ".join(dict.fromkeys(kind_of(part) for part in parts))
    if schema.get("type") == "array":
        return _array(schema)
    if schema.get("type") == "object":
        return _object(schema)
    return _PLAIN.get(str(schema.get("type")), "unknown")


def _array(schema: Mapping[str, Any]) -> str:
    if "prefixItems" in schema:
        return f"readonly [{', '.join(kind_of(item) for item in schema['prefixItems'])}]"
    item = kind_of(schema.get("items", {}))
    return f"readonly ({item})[]" if " | " in item else f"readonly {item}[]"


def _object(schema: Mapping[str, Any]) -> str:
    required = set(schema.get("required", ()))
    rest = schema.get("additionalProperties")
    fields = [
        f"readonly {key}{'' if key in required or 'const' in part else '?'}: {kind_of(part)}"
        for key, part in schema.get("properties", {}).items()
    ]
    if not fields:
        return f"Readonly<Record<string, {kind_of(rest) if isinstance(rest, Mapping) else 'unknown'}>>"
    if rest:
        fields.append("readonly [key: string]: unknown")
    return f"{{ {'; '.join(fields)} }}"


def protocol_types() -> str:
    """Return the file ``resources/editor/src/protocol.ts``."""
    named: dict[str, str] = {}
    rows: list[str] = []
    for request in REQUESTS.values():
        schema = request.payload.model_json_schema(by_alias=True)
        for name, part in schema.pop("$defs", {}).items():
            named[name] = kind_of(part)
        fields = kind_of(schema) if schema.get("properties") else "Readonly<Record<string, never>>"
        rows.append(
            f"  /** {request.description} Role: {request.role.name.lower()}. */\n  readonly {json.dumps(request.type)}: {fields};\n"
        )
    types = "".join(f"export type {name} = {text};\n\n" for name, text in sorted(named.items()))
    events = "".join(f"\n  /** {text} */\n  | {json.dumps(name)}" for name, text in EVENTS.items())
    return (
        HEAD.format(version=PROTOCOL_VERSION)
        + types
        + "/** The payload of each request, by its type. */\nexport interface Requests {\n"
        + "".join(rows)
        + "}\n\n/** The types of events. */\nexport type EventType ="
        + events
        + ";\n\n"
        + TAIL
    )
