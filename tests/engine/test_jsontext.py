"""JSON of others is read without losing a number."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowdesk.engine.jsontext import read_json


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[1e400, -1e400, NaN, -Infinity]", ["1e400", "-1e400", "NaN", "-Infinity"]),
        ('{"id": 12345678901234567890, "n": 1e3, "z": -0}', {"id": 12345678901234567890, "n": 1000.0, "z": 0}),
        ("9" * 5000, "9" * 5000),
        ("0.1", 0.1),
    ],
)
def test_what_no_number_can_hold_stays_a_text(text: str, value: Any) -> None:
    assert read_json(text) == value


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_all_other_json_is_read_as_it_is(value: Any) -> None:
    assert read_json(json.dumps(value)) == value
