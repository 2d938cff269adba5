"""The JSON of a file is read whole or refused with the place where it is wrong."""

import json

import pytest

from flowdesk.model.errors import FlowUnreadable
from flowdesk.model.filetext import LARGE_TEXT, load
from flowdesk.model.reading import parse_flow

START = '{"id": "a", "type": "start"}'


@pytest.mark.parametrize(
    ("text", "key", "line", "column"),
    [
        ('{"nodes": [], "nodes": []}', "nodes", 1, 15),
        (f'{{"nodes": [{START}],\n "variables": {{"x": 1,\n  "y": {{"x": 1}}, "x": 2}}}}', "x", 3, 18),
        (f'{{"nodes": [{START}], "x": [{{"k": ":"}}, {{"k": 1, "\\u006b": "k"}}]}}', "k", 1, 70),
        (f'{{"nodes": [{START[:-1]}, "data": {{"config": {{"text": "a\\"", "text": "b"}}}}}}]}}', "text", 1, 76),
    ],
)
@pytest.mark.parametrize("filler", ["", "x" * LARGE_TEXT])
def test_a_key_that_stands_twice_is_refused_with_its_place(
    text: str, key: str, line: int, column: int, filler: str
) -> None:
    with pytest.raises(FlowUnreadable, match=f'The key "{key}" stands twice') as caught:
        parse_flow(text[:-1] + f', "filler": "{filler}"}}')
    assert (caught.value.details["line"], caught.value.details["column"]) == (line, column)


def test_one_key_in_several_objects_is_no_key_twice() -> None:
    text = '{"a": {"a": [{"a": 1}, {"a": 1}]}, "b": {"a": "a"}}'
    assert load(text) == json.loads(text)


@pytest.mark.parametrize("number", ["1e400", "-1e400", "1e-400", "-0.1E-999", "NaN", "Infinity", "9" * 5000])
def test_a_number_that_cannot_be_kept_is_refused(number: str) -> None:
    with pytest.raises(FlowUnreadable):
        parse_flow(f'{{"nodes": [], "variables": {{"x": {number}}}}}')


@pytest.mark.parametrize("number", ["0.0", "-0.0", "0e-999", "5e-324", "0.1", "1e308", "9" * 4000])
def test_every_other_number_is_kept(number: str) -> None:
    read = parse_flow(f'{{"nodes": [], "variables": {{"x": {number}}}}}').variables["x"]
    assert repr(read) == repr(json.loads(number))
