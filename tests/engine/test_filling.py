"""Filling references: paths as they always were, expressions, secrets."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowdesk.engine.filling import fill, prepare, reveal, secret_names
from flowdesk.engine.lookup import Values
from flowdesk.model.errors import ValueUnusable
from flowdesk.model.templates import problems_in

NOTHING = Values({}, {})
VALUES = Values(
    {
        "price": 10,
        "i": 1,
        "a": [5, 6],
        "item": {"name": "x", "No.": 7, "Unit.Price": 3.5, "Order-No": "A1", "Unit price": 4, "Price {€}": 9},
        "rows": [{"Status": "open"}],
        "a - b": "named so",
        "my name": "Li",
        "客户": {"名称": "王", "电话 号码": "1"},
    },
    {"read-1": {"rows": [1, 2]}, "click": None},
)
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_characters="{}\\"), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(plain)
def test_value_without_references_stays(value: Any) -> None:
    assert fill(value, NOTHING) == value
    assert prepare(value) is None


@given(plain)
def test_whole_reference_keeps_the_type(value: Any) -> None:
    assert fill({"a": ["{{ x }}"]}, Values({"x": value}, {})) == {"a": [value]}
    assert fill("{{ [x][0] }}", Values({"x": value}, {})) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "true"), (None, ""), (3.0, "3"), ("é", "é"), ({"a": 1}, '{"a": 1}'), (0.1 + 0.2, "0.3"), ([12.8, 1e-7], "[12.8, 1e-07]")],
)  # fmt: skip
def test_value_in_a_text_is_written_as_people_read_it(value: Any, text: str) -> None:
    assert fill("<{{x}}>", Values({"x": value}, {})) == f"<{text}>"


def test_escaped_reference_stays_literal_and_secrets_are_left() -> None:
    assert fill(r"\{{x}} {{secret:door}}", NOTHING) == "{{x}} {{secret:door}}"
    assert fill(r"\{{ never closed", NOTHING) == "{{ never closed"
    assert reveal("{{secret:door}} {{x}}", lambda name: name.upper()) == "DOOR {{x}}"
    assert fill(r"C:\Reports\{{x}}.pdf", Values({"x": "may"}, {})) == r"C:\Reports\may.pdf"
    assert fill('{{ "{{" }}x}}', NOTHING) == "{{x}}"


def test_the_secrets_that_a_flow_asks_for_are_those_that_are_filled_in() -> None:
    text = [r"\{{secret:no}} {{secret:one}}", {"path": r"C:\keys\{{ secret:two }}"}]
    assert secret_names(text) == {"one", "two"}
    kept = fill(text[1], NOTHING)["path"]
    assert reveal(kept, str.upper, secret_names(text)) == r"C:\keys\TWO"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{{item.name}}", "x"),
        ("{{ rows[0].Status }}", "open"),
        ("{{rows.0.Status}}", "open"),
        ("{{ a[-1] }}", 6),
        ("{{item.Order-No}}", "A1"),
        ("{{item.Unit price}}", 4),
        ("{{item.Unit.Price}}", None),
        ("{{a - b}}", "named so"),
        ("{{my name}}", "Li"),
        ("{{read-1.rows}}", [1, 2]),
        ("{{客户.名称}}", "王"),
        ("{{客户.电话 号码}}", "1"),
        ("{{click}}", None),
    ],
)
def test_a_path_means_what_it_always_meant(text: str, value: Any) -> None:
    if value is None and "Unit" in text:
        with pytest.raises(ValueUnusable):
            fill(text, VALUES)
        return
    assert fill(text, VALUES) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{{ price * 1.2 }}", 12),
        ('{{ item["No."] }}', 7),
        ('{{ item["Unit.Price"] }}', 3.5),
        ('{{ item["Price {€}"] }}', 9),
        ("{{ a[i] }}", 6),
        ('{{ 客户["电话 号码"] }}', "1"),
        ('{{ "}}" }}', "}}"),
        ('{{ {"a": {"b": 1}}["a"]["b"] }}', 1),
        ('{{ "a" if price > 3 else "b" }}!', "a!"),
        ("{{ 12.50 + 0.1 + 0.2 }} EUR", "12.8 EUR"),
        ("{{price}}{{i}}", "101"),
        ("{{ nothing|default('-') }}", "-"),
        ("{{ item.nothing is defined }}", False),
    ],
)
def test_what_is_no_path_is_an_expression(text: str, value: Any) -> None:
    assert fill(text, VALUES) == value


@pytest.mark.parametrize(
    ("text", "told", "fix"),
    [
        ("{{a.{{i}}}}", "a.{{i}}", ""),
        ("{{item.Price {€}}}", "item.Price {€}", ""),
        ("{{open", "no closing braces", "Add }}"),
        ("{{ price + }}", "the end is missing", ""),
        ("{{ item.foo }}", "foo", "item has: name, No., Unit.Price"),
        ("{{ item.foo|upper }}", "character 6", "item has: name"),
        ("{{ prise * 2 }}", "prise", 'Did you mean "price"?'),
        ("{{ a[7] + 1 }}", "7", "0 to 1"),
    ],
)
def test_what_fails_says_where_and_what_there_is(text: str, told: str, fix: str) -> None:
    with pytest.raises(ValueUnusable) as failed:
        fill(f"Hello {text}", VALUES)
    assert told in str(failed.value.message)
    assert fix in str(failed.value.fix)
    assert failed.value.fix


def test_names_of_fields_are_filled_too() -> None:
    values = Values({"name": "Unit", "n": 2, "other": "Unit"}, {})
    assert fill({"{{name}}": "{{n}}", "a {{n}}": [1]}, values) == {"Unit": 2, "a 2": [1]}
    with pytest.raises(ValueUnusable, match="have the same name"):
        fill({"{{name}}": 1, "{{other}}": 2}, values)
    assert list(problems_in({"{{ n": 1}))


@pytest.mark.parametrize(("text", "value"), [("{{ true }}", True), ("{{False}}", False), ("{{none}}", None)])
def test_a_word_that_stands_for_itself_does_so_alone(text: str, value: Any) -> None:
    assert fill(text, Values({}, {})) is value
    assert fill(text, Values({"true": 1, "False": 2, "none": 3}, {})) in (1, 2, 3)
