"""The protocol as TypeScript types, from its own declarations: what the browser editor is checked against."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from flowdesk.model.changes import CHANGE
from flowdesk.nodes.words import WORDS
from flowdesk.protocol.events import PAYLOADS
from flowdesk.protocol.messages import REQUESTS
from flowdesk.protocol.replies import REPLIES
from flowdesk.protocol.schema import shape

WORDS_NOTE = "/** What people read for values of choices that are no words. Written by `make docs`. Do not edit. */\n"
NOTE = "/** The protocol's messages. Written by `make docs` from the server's declarations. Do not edit. */\n"
PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def type_of(schema: Mapping[str, Any]) -> str:
    """Return the TypeScript type of a JSON Schema."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "const" in schema or "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema.get("enum", [schema.get("const")]))
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return " | ".join(dict.fromkeys(type_of(part) for part in schema[key]))
    kind = schema.get("type")
    if kind == "array":
        if "prefixItems" in schema:
            return f"readonly [{', '.join(type_of(part) for part in schema['prefixItems'])}]"
        inner = type_of(schema.get("items", {}))
        return f"readonly ({inner})[]" if " " in inner else f"readonly {inner}[]"
    if kind == "object":
        extra = schema.get("additionalProperties")
        return f"Readonly<Record<string, {type_of(extra if isinstance(extra, Mapping) else {})}>>"
    return PLAIN.get(str(kind), "unknown")


def interface(name: str, schema: Mapping[str, Any], *, is_sent: bool) -> Iterator[str]:
    """Yield the lines of an interface. What is sent may leave defaults out; what comes may hold more."""
    required = set(schema.get("required", ()))
    yield f"/** {' '.join(str(schema.get('description', name)).split())} */"
    yield f"export interface {name} {{"
    for key, part in schema.get("properties", {}).items():
        if "description" in part:
            yield f"  /** {' '.join(part['description'].split())} */"
        yield f"  readonly {key}{'' if key in required or 'const' in part else '?'}: {type_of(part)};"
    if not is_sent and schema.get("additionalProperties") is not False:
        yield "  readonly [key: string]: unknown;"
    yield "}\n"


def choice_words() -> str:
    """Return the file ``resources/editor/src/words.ts``."""
    written = json.dumps(WORDS, ensure_ascii=False, indent=2)
    return f"{WORDS_NOTE}\nexport const WORDS: Readonly<Record<string, string>> = {written};\n"


def protocol_types() -> str:
    """Return the file ``resources/editor/src/protocol.ts``."""
    lines: list[str] = [NOTE]
    declared: dict[str, tuple[Mapping[str, Any], bool]] = {}

    def declare(schema: dict[str, Any], name: str, *, is_sent: bool) -> None:
        for inner, definition in schema.pop("$defs", {}).items():
            declared.setdefault(inner, (definition, is_sent))
        declared[name] = (schema, is_sent)

    for request in REQUESTS.values():
        declare(request.payload.model_json_schema(by_alias=True), request.payload.__name__, is_sent=True)
    for model in dict.fromkeys(PAYLOADS.values()):
        declare(shape(model).json_schema(), model.__name__, is_sent=False)
    for model in dict.fromkeys(REPLIES.values()):
        declare(shape(model).json_schema(), model.__name__, is_sent=False)
    changes = CHANGE.json_schema(by_alias=True)
    for name, definition in changes["$defs"].items():
        declared[name] = (definition, True)
    for name, (schema, is_sent) in declared.items():
        lines += interface(name, schema, is_sent=is_sent)
    lines += ["/** An edit of a flow. */", f"export type AnyChange = {type_of(changes)};\n"]
    lines += ["/** The payload of each request by its type. */", "export interface Requests {"]
    lines += [f'  readonly "{kind}": {request.payload.__name__};' for kind, request in REQUESTS.items()]
    lines += ["}\n", "/** A request: its type, its payload, and the id of its workflow. */", "export type Ask = {"]
    lines += ["  [Type in keyof Requests]: [type: Type, payload?: Requests[Type], workflowId?: string];"]
    lines += ["}[keyof Requests];\n", "/** The payload of the reply to each request by its type. */"]
    lines += ["export interface Replies {"]
    lines += [f'  readonly "{kind}": {model.__name__};' for kind, model in REPLIES.items()]
    lines += ["}\n", "/** The payload of each event by its type. */", "export interface Events {"]
    lines += [f'  readonly "{kind}": {model.__name__};' for kind, model in PAYLOADS.items()]
    lines += [
        "}\n",
        "/** What the server tells, by its type. */",
        "export type Told = {",
        "  readonly [Type in keyof Events]: {",
    ]
    lines += [
        "    readonly id: string;",
        "    readonly type: Type;",
        "    readonly workflow_id: string;",
        "    readonly payload: Events[Type];",
    ]
    lines += ["    readonly seq?: number;", "    readonly reply_to?: string;", "  };", "}[keyof Events];"]
    return "\n".join(lines) + "\n"
