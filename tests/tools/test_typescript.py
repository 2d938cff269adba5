"""The TypeScript types of the protocol."""

import pytest
from typescript import kind_of, protocol_types

from flowdesk.protocol.messages import EVENTS, REQUESTS


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "integer"}, "number"),
        ({}, "unknown"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string | null"),
        ({"type": "array", "items": {"enum": ["a", "b"]}}, 'readonly ("a" | "b")[]'),
        ({"type": "array", "prefixItems": [{"type": "number"}, {"type": "number"}]}, "readonly [number, number]"),
        ({"type": "object", "additionalProperties": {"type": "number"}}, "Readonly<Record<string, number>>"),
        (
            {"type": "object", "properties": {"op": {"const": "x"}, "y": {"$ref": "#/$defs/Y"}}},
            '{ readonly op: "x"; readonly y?: Y }',
        ),
    ],
)
def test_a_schema_becomes_the_type_of_its_values(schema: dict[str, object], expected: str) -> None:
    assert kind_of(schema) == expected


def test_every_request_and_event_is_there() -> None:
    text = protocol_types()
    assert all(f'readonly "{name}": ' in text for name in REQUESTS)
    assert all(f'| "{name}"' in text for name in EVENTS)
