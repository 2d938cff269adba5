import json

import pytest

from flowdesk.protocol.codec import decode, encode
from flowdesk.protocol.examples import EXAMPLES
from flowdesk.protocol.messages import EVENTS, REQUESTS
from flowdesk.protocol.schema import protocol_schema


def test_every_message_has_a_schema_with_a_description() -> None:
    schema = protocol_schema()
    assert set(schema["requests"]) == set(REQUESTS)
    assert set(schema["events"]) == set(EVENTS)
    for message in (*schema["requests"].values(), *schema["events"].values()):
        assert message["description"]
        assert message["properties"]["type"]["const"] == message["title"]
    json.dumps(schema, allow_nan=False)


def test_every_reference_in_a_schema_leads_somewhere() -> None:
    for message in protocol_schema()["requests"].values():
        text = json.dumps(message)
        for part in text.split('"$ref": "')[1:]:
            name = part.split('"')[0].removeprefix("#/$defs/")
            assert name in message["$defs"]


@pytest.mark.parametrize("kind", sorted(REQUESTS))
def test_every_example_is_a_message(kind: str) -> None:
    incoming = decode(encode(EXAMPLES[kind]))
    assert incoming.type == kind
    assert incoming.id == f"{kind}-1"


@pytest.mark.parametrize("kind", sorted(REQUESTS))
def test_examples_use_only_declared_fields(kind: str) -> None:
    schema = protocol_schema()["requests"][kind]
    assert set(EXAMPLES[kind]["payload"]) <= set(schema["properties"]["payload"].get("properties", {}))
