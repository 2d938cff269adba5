"""Filling references, and the operators."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowdesk.engine.values import OPERATORS, compare
from flowdesk.model.errors import ValueUnusable

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_characters="{}\\"), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("left", "operator", "right", "result", "how"),
    [
        ("10", "gt", 9, True, "number"),
        ("5", "eq", 5, True, "number"),
        ("10", "lt", "9a", True, "text"),
        ([1, 2], "contains", "2", True, "list"),
        ("  ", "isBlank", None, True, "value"),
        ("  ", "isEmpty", None, False, "value"),
        ("abc", "matches", "^a.c$", True, "text"),
        ("no", "isFalse", None, True, "value"),
        (True, "isNumber", None, False, "value"),
        ("007", "eq", "7", False, "text"),
        ("007", "eq", 7, False, "text"),
        (7, "eq", " 007", False, "text"),
        ("００７", "eq", 7, False, "text"),
        ("00123", "ne", 123, True, "text"),
        (["007"], "contains", 7, False, "list"),
        ("007", "gt", 6, True, "number"),
        ("0", "eq", 0, True, "number"),
        ("0.50", "eq", 0.5, True, "number"),
        ("5.0", "eq", "5", True, "number"),
        ("１２", "gt", 9, True, "number"),
    ],
)
def test_operator_holds_and_says_how(left: Any, operator: str, right: Any, result: bool, how: str) -> None:
    found = compare(left, operator, right)
    assert (found.result, found.how) == (result, how)


@given(plain, plain, st.sampled_from([name for name in OPERATORS if name != "matches"]))
def test_no_operator_crashes_and_negations_are_opposites(left: Any, right: Any, operator: str) -> None:
    result = compare(left, operator, right).result
    opposite = {"eq": "ne", "contains": "notContains", "isEmpty": "isNotEmpty", "startsWith": "notStartsWith"}
    if operator in opposite:
        assert compare(left, opposite[operator], right).result is not result


def test_unknown_operator_and_broken_pattern_are_clear_errors() -> None:
    with pytest.raises(ValueUnusable):
        compare(1, "like", 1)
    with pytest.raises(ValueUnusable):
        compare("a", "matches", "(")


def test_a_pattern_that_backtracks_without_end_is_refused_in_time() -> None:
    with pytest.raises(ValueUnusable):
        compare("a" * 60 + "!", "matches", "^(a|aa)+$")
