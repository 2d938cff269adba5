"""What is written piece by piece is, byte for byte, what is written in one go."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowdesk.model.changes import MoveNode, SetFlow, SetNode
from flowdesk.model.document import Document
from flowdesk.model.errors import FlowUnreadable
from flowdesk.model.filetext import LARGE_TEXT
from flowdesk.model.flow import Flow
from flowdesk.model.pieces import Pieces, written_list
from flowdesk.model.reading import parse_flow, read_flow, write_flow
from flowdesk.protocol.codec import encode

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
objects = st.dictionaries(texts, values, max_size=3)


@st.composite
def flows(draw: st.DrawFn) -> Flow:
    ids = draw(st.lists(texts.filter(bool), max_size=4, unique=True))
    nodes = [
        {**draw(objects), "id": one, "type": draw(texts), "data": {**draw(objects), "label": draw(texts), "config": draw(objects)},
         "position": {"x": draw(st.floats(-1e9, 1e9)), "y": draw(st.integers(-9, 9))}}
        for one in ids
    ]  # fmt: skip
    edges = [{"id": f"e{at}", "source": one, "target": one} for at, one in enumerate(ids)]
    return read_flow({**draw(objects), "flowdesk": 1, "id": "f", "name": draw(texts), "description": "", "variables": draw(objects),
                      "nodes": nodes, "edges": edges})  # fmt: skip


def in_one_go(flow: Flow) -> str:
    """The text of a flow file as the standard library writes it whole."""
    return json.dumps(flow.to_json(), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


@given(flows(), values, texts)
def test_a_file_is_the_same_to_the_byte_before_and_after_edits(flow: Flow, value: Any, name: str) -> None:
    pieces = Pieces()
    assert write_flow(flow, pieces) == in_one_go(flow) == write_flow(flow)
    document = Document(flow)
    for node in flow.nodes[:2]:
        document.edit([SetNode(id=node.id, path=("data", "config", "x"), value=value)], "me")
        document.edit([MoveNode(id=node.id, x=1.5, y=-0.0), SetFlow(path=("name",), value=name)], "me")
        assert write_flow(document.flow, pieces) == in_one_go(document.flow)
    assert write_flow(flow, pieces) == in_one_go(flow)


@given(flows(), values)
def test_a_message_carries_the_same_whether_its_parts_were_kept_or_not(flow: Flow, value: Any) -> None:
    pieces = Pieces()
    for _ in range(2):
        written = pieces.written(flow)
        assert written == flow.to_json()
        message = {"id": "1", "type": "x", "payload": {"flow": written, "many": written_list([value, value]), "n": 1}}
        plain = {"id": "1", "type": "x", "payload": {"flow": flow.to_json(), "many": [value, value], "n": 1}}
        assert encode(message) == encode(plain)


@given(flows(), st.sampled_from([None, 0, 2]))
def test_a_large_file_is_read_as_a_small_one_is(flow: Flow, indent: int | None) -> None:
    whole = {**flow.to_json(), "filler": "x" * LARGE_TEXT}
    assert parse_flow(json.dumps(whole, indent=indent, ensure_ascii=False)).to_json() == read_flow(whole).to_json()


def test_what_is_wrong_with_a_large_file_is_told_as_of_a_small_one() -> None:
    good = json.dumps({"nodes": [{"id": "a", "type": "start"}] * 3, "edges": [], "filler": "x" * LARGE_TEXT})
    for bad in (
        good[:-1],
        good + "x",
        good.replace("[{", "[,{", 1),
        good.replace('"edges"', "edges"),
        "[" + good + "]",
    ):
        small = bad.replace("x" * LARGE_TEXT, "x")
        told = []
        for text in (bad, small):
            with pytest.raises(FlowUnreadable) as caught:
                parse_flow(text)
            told.append(str(caught.value.message).split(" in line")[0])
        assert told[0] == told[1]
    assert [node.id for node in parse_flow(good).nodes] == ["a", "a", "a"]
