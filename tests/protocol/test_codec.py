import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowdesk.model.errors import RequestInvalid
from flowdesk.protocol.codec import MAX_TEXT, decode, encode, parse
from flowdesk.protocol.messages import REQUESTS, Role, Start
from tests.malformed import cases

TEXT_CASES = [(name, frame) for name, frame in cases() if isinstance(frame, str)]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=20,
)


def test_there_are_at_least_two_hundred_malformed_cases() -> None:
    assert len({name for name, _ in cases()}) == len(list(cases())) >= 200


@pytest.mark.parametrize(("name", "frame"), TEXT_CASES, ids=[name for name, _ in TEXT_CASES])
def test_a_malformed_message_is_refused_with_a_sentence_and_a_fix(name: str, frame: str) -> None:
    with pytest.raises(RequestInvalid) as refused:
        decode(frame)
    assert refused.value.payload()["code"] == "message.invalid"
    assert refused.value.message
    assert refused.value.fix
    encode(refused.value.payload()).encode("ascii")


def test_the_seeds_client_is_understood_with_its_timestamp_in_milliseconds() -> None:
    incoming = decode(
        '{"id":"msg_1700000000000","type":"workflow.start","timestamp":1700000000000,"workflow_id":"w",'
        '"payload":{"nodes":[{"id":"1","type":"start"}],"edges":[]}}'
    )
    assert (incoming.id, incoming.type, incoming.workflow_id) == ("msg_1700000000000", "workflow.start", "w")
    assert isinstance(incoming.payload, Start)
    assert incoming.payload.nodes == [{"id": "1", "type": "start"}]


def test_a_heartbeat_needs_nothing_but_its_type_and_gets_an_id() -> None:
    first, second = decode('{"type":"heartbeat"}'), decode('{"type":"heartbeat"}')
    assert first.id
    assert first.id != second.id


def test_an_unknown_type_names_the_nearest() -> None:
    with pytest.raises(RequestInvalid) as refused:
        decode('{"type":"workflow.strat"}')
    assert "workflow.start" in str(refused.value.fix)
    assert refused.value.details["field"] == "type"


def test_a_payload_fault_names_its_field() -> None:
    with pytest.raises(RequestInvalid) as refused:
        decode('{"type":"workflow.list","payload":{"limit":"many"}}')
    assert refused.value.details["field"] == "limit"


def test_an_oversize_message_is_refused() -> None:
    with pytest.raises(RequestInvalid, match="larger than 8 MiB"):
        parse('"' + "x" * MAX_TEXT + '"')


def test_unknown_keys_are_passed_over() -> None:
    assert decode('{"type":"heartbeat","extra":1,"payload":{"more":2}}').type == "heartbeat"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_sent_as_null(value: float) -> None:
    assert json.loads(encode({"a": [value, {"b": value}], "c": 1.5})) == {"a": [None, {"b": None}], "c": 1.5}


def test_a_lone_surrogate_is_sent_as_ascii() -> None:
    text = encode({"title": "broken \ud800 title"})
    assert text.isascii()


def test_what_json_has_no_word_for_is_sent_as_text_or_list() -> None:
    sent = json.loads(encode({"role": Role.RUN, "set": {"b", "a"}, "bytes": b"x", "object": object}))
    assert sent["role"] == 3
    assert sent["set"] == ["a", "b"]


def test_a_value_that_holds_itself_is_sent_in_part() -> None:
    loop: dict[str, object] = {"name": "loop"}
    loop["self"] = loop
    assert json.loads(encode(loop))["name"] == "loop"


@given(json_values)
def test_encoding_never_fails_and_is_strict_json(value: object) -> None:
    json.loads(encode({"value": value}), parse_constant=lambda name: pytest.fail(name))


@given(st.text())
def test_any_text_is_a_message_or_refused(text: str) -> None:
    try:
        decode(text)
    except RequestInvalid:
        return


@given(st.sampled_from(sorted(REQUESTS)), json_values)
def test_any_payload_is_understood_or_refused(kind: str, payload: object) -> None:
    try:
        decode(json.dumps({"type": kind, "payload": payload}))
    except RequestInvalid:
        return


@pytest.mark.parametrize(
    ("kind", "payload", "field"),
    [
        ("target.inspect", {"x": True, "y": 1}, "x"),
        ("target.inspect", {"x": "1", "y": 1}, "x"),
        ("target.inspect", {"x": 1, "y": 1.5}, "y"),
        ("desktop.screenshot", {"scale": True}, "scale"),
        ("desktop.screenshot", {"region": [0, 0, True, 5]}, "region"),
        ("record.pause", {"paused": 1}, "paused"),
        ("flow.edit", {"base_revision": True}, "base_revision"),
        ("workflow.start", {"as_of": {"run_id": "a", "visit": True}}, "as_of"),
    ],
)
def test_no_value_is_taken_for_one_of_another_kind(kind: str, payload: dict[str, Any], field: str) -> None:
    with pytest.raises(RequestInvalid) as refused:
        decode(json.dumps({"id": "1", "type": kind, "payload": payload}))
    assert str(refused.value.details["field"]).startswith(field)
    assert refused.value.fix


def test_a_number_without_a_fraction_is_a_whole_one() -> None:
    read = decode('{"id": "1", "type": "target.inspect", "payload": {"x": 4.0, "y": 5}}').payload
    assert (read.model_dump()["x"], read.model_dump()["y"]) == (4, 5)
