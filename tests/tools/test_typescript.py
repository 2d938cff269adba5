"""JSON Schema becomes TypeScript, and the page's types are those of the server."""

import pytest
import typescript

from flowdesk.protocol.messages import EVENTS, REQUESTS


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string"}, "string"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "number | null"),
        ({"enum": ["a", "b"]}, '"a" | "b"'),
        ({"const": 1}, "1"),
        ({"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "null"}]}}, "readonly (string | null)[]"),
        ({"type": "object", "additionalProperties": {"type": "number"}}, "Readonly<Record<string, number>>"),
        ({"type": "object", "additionalProperties": True}, "Readonly<Record<string, unknown>>"),
        ({"$ref": "#/$defs/Node"}, "Node"),
        ({}, "unknown"),
    ],
)
def test_each_kind_of_schema_has_its_type(schema: dict[str, object], expected: str) -> None:
    assert typescript.type_of(schema) == expected


def test_every_request_and_event_is_there() -> None:
    text = typescript.protocol_types()
    assert all(f'  readonly "{name}": ' in text for name in (*REQUESTS, *EVENTS))
