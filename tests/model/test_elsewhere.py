"""What people know from other tools: the error says how it is written here, and where the expression cannot be read."""

import pytest

from flowdesk.engine.expressions import evaluate
from flowdesk.engine.functions import FUNCTIONS
from flowdesk.engine.lookup import Values
from flowdesk.i18n import tr
from flowdesk.model.elsewhere import VALUES, WRITTEN, written_here
from flowdesk.model.errors import ValueUnusable
from flowdesk.model.jinja import parse
from flowdesk.model.syntax import check_calls

VARIABLES = {"n": 5, "name": "Li", "rows": [{"n": "3"}], "price": 12.5, "s": "a-b", "day": "2026-11-29", "flag": True}


@pytest.mark.parametrize("example", WRITTEN)
def test_what_is_proposed_can_be_written(example: str) -> None:
    check_calls(example, parse(example), FUNCTIONS)


def test_no_name_has_two_proposals() -> None:
    names = [name for each in WRITTEN.values() for name in each.split()]
    assert sorted(names) == sorted(set(names))
    assert set(VALUES.values()) <= {"true", "false", "none"}


def test_what_does_not_come_near_has_no_proposal() -> None:
    assert written_here("zzzz", FUNCTIONS) is None


@pytest.mark.parametrize(
    ("expression", "place", "fix"),
    [
        ('IF(n>3,"a","b")', 1, '"a" if n > 3 else "b"'),
        ('如果(n>3,"a","b")', 1, '"a" if n > 3 else "b"'),
        ('CONCATENATE("a","b")', 1, "first ~ last"),
        ("UPPER(name)", 1, '"upper"'),
        ("求和(rows)", 1, "list|sum"),
        ("rows|average", 6, "(list|sum) / (list|length)"),
        ("name|tittle", 6, '"title"'),
        ("rows|first.n", 6, "(value|first).n"),
        ("name.toUpperCase()", 17, "value|upper"),
        ("Math.round(price)", 11, "value|round"),
        ("datetime.now()", 13, "now()"),
        ('"a" & name', 5, "~ instead of &"),
        ("n && flag", 3, "and instead of &&"),
        ("n || flag", 4, "or instead of ||"),
        ("!flag", 1, "not instead of !"),
        ("n = 5", 3, "== to compare"),
        ("n === 5", 5, "== to compare"),
        ("n <> 5", 4, "!= instead of <>"),
        ('n ? "a" : "b"', 3, '"a" if test else "b"'),
        ('name ?? "x"', 6, 'value|default("x")'),
        ("rows?.n", 5, 'value|default("x")'),
        ("n^2", 2, "n * n"),
        ("n**2", 1, "n * n"),
        ("price*10%", 9, "Divide by 100"),
        ("$json.name", 1, "without signs"),
        ("@{variables('x')}", 1, "without signs"),
        ("rows|map(x => x)", 13, "Functions of your own"),
        ("{% if n %}", 2, "no statements"),
        ("“Li”", 1, "straight quotes"),
        ("name ＋ s", 6, "half-width"),
        ("（n）", 1, "half-width"),
        ("n == 5 AND flag", 8, "lowercase"),
        ("n between 1 and 5", 3, "1 <= n <= 5"),
        ('s|split("-")[1]', 13, "Put brackets around"),
        ("1,000.50", 2, "thousands"),
        ('f"{name}"', 2, "~"),
        ('name ~ "x', 8, "Close the quote"),
        ('rows|where("n > 3")', 6, 'where("n", ">", 3)'),
        ('day|date("yyyy-MM-dd")', 5, 'value|date("%Y-%m-%d")'),
        ('day|date("dd.mm.yy")', 5, 'value|date("%d.%m.%y")'),
        ('day|date("yyyy年M月d日")', 5, 'value|date("%Y年%-m月%-d日")'),
        ('day|date("HH:mm:ss")', 5, 'value|date("%H:%M:%S")'),
        ('day|date("%Y-MM-dd")', 5, 'value|date("%Y-%m-%d")'),
        ('"29.11.2026"|parse_date("dd.MM.yyyy")', 14, 'value|parse_date("%d.%m.%Y")'),
        ('"03/04/2026"|parse_date', 14, "day or the month"),
        ('"%.2f"|format(price)', 8, 'n|format(".2f")'),
    ],
)
def test_the_error_says_where_and_how_it_is_written_here(expression: str, place: int, fix: str) -> None:
    with pytest.raises(ValueUnusable) as caught:
        evaluate(expression, Values(VARIABLES, {}))
    assert fix in tr(caught.value.fix)
    assert caught.value.details["position"] == place - 1
    assert f"(character {place})" in tr(caught.value.message)


@pytest.mark.parametrize(("word", "meant"), [("null", "none"), ("TRUE", "true"), ("undefined", "none"), ("真", "true")])
def test_values_of_other_tools_are_named(word: str, meant: str) -> None:
    from flowdesk.engine.filling import fill

    with pytest.raises(ValueUnusable) as caught:
        fill("{{ " + word + " }}", Values({}, {}))
    assert f'"{meant}"' in tr(caught.value.fix)
    assert fill("{{ " + word + " }}", Values({word: 1}, {})) == 1
