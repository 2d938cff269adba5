"""The table of functions: every example is what it says, and what each does at its edges."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from flowdesk.engine.expressions import evaluate
from flowdesk.engine.filling import fill
from flowdesk.engine.functions import FUNCTIONS
from flowdesk.engine.lookup import Values
from flowdesk.engine.texts import as_text
from flowdesk.model.errors import ValueUnusable
from flowdesk.model.function import GROUPS, Function

NOTHING = Values({}, {})


def worked_out(expression: str, **variables: Any) -> Any:
    return fill("{{ " + expression + " }}", Values(variables, {}))


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=list(FUNCTIONS))
def test_the_example_gives_what_is_written_beside_it(function: Function) -> None:
    found = as_text(worked_out(function.example))
    assert found == function.gives or (function.gives == "" and found)
    assert function.help.endswith(".")
    assert "\n" not in function.help
    assert function.group in GROUPS


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('"12.50"|number + 0.1 + 0.2', 12.8),
        ("1000.1 - 1000", 0.1),
        ("0.1 * 3", 0.3),
        ("10 / 4", 2.5),
        ("10 / 5", 2),
        ("7 // 2 + 7 % 2", 4),
        ("-7.5 // 2", -4.0),
        ('"2" * 3', 6),
        ('"2" + "3"', "23"),
        ('"2" + 3', 5),
        ('"a" ~ 3 ~ true', "a3true"),
        ("[1] + [2]", [1, 2]),
        ('"10" > "9"', True),
        ('"007" == "7"', False),
        ('"007" == 7', False),
        ('"5" == 5', True),
        ("1 == true", False),
        ('2 in [1, "2"]', True),
        ('"a" in {"a": 1}', True),
        ('"b" not in "abc"', False),
        ("1 < 2 <= 2", True),
        ('not "" and none is none', True),
        ('"" or "x"', "x"),
        ('"abc"[1] ~ "abc"[-1] ~ "abc"[:2]', "bcab"),
        ('"x" is string and 3 is number and [] is empty and 4 is even', True),
        ("9 is divisibleby(3)", True),
    ],
)
def test_signs(expression: str, value: Any) -> None:
    found = worked_out(expression)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('"１，２３４．５"|number', 1234.5),
        ('"￥3,000"|number', 3000),
        ('"1.234,56 €"|number(",")', 1234.56),
        ('"三千五百"|int', 3500),
        ('"两万零五"|int', 20005),
        ('"三万五"|int', 35000),
        ('"3.5亿"|number', 350_000_000),
        ('"二〇二六"|int', 2026),
        ('"十二"|int', 12),
        ('"(1,200)"|number', -1200),
        ('"12 %"|number', 0.12),
        ('"五十%"|number', 0.5),
        ('"x"|int(0)', 0),
        ("2.5|round", 3),
        ("-2.5|round", -3),
        ("1234.5678|round(-2)", 1200),
        ('2.1|round(0, "ceil")', 3),
        ('1234567.891|format(2, "de", "EUR")', "1.234.567,89 €"),
        ('-0.5|format(2, "zh", "CNY")', "-¥0.50"),
        ('7|format("05d")', "00007"),
        ('12.5|format("0.00")', "12.50"),
        ('1234567.5|format("#,##0.00")', "1,234,567.50"),
        ('-1234.5|format("#,##0")', "-1,235"),
        ('1234.5|format("0.##")', "1234.5"),
        ('7|format("000")', "007"),
        ('0.256|format("0%")', "26%"),
        ('0.2567|format("0.0%")', "25.7%"),
        ('0.256|format(".1%")', "25.6%"),
        ('1|format("#,##0." ~ ("0"|pad(30, "0")))', "1." + 30 * "0"),
        ("x|format(0)", "12,345,678,901,234,567,890,123,456,789,012"),
        ("10000.05|rmb", "壹万元零伍分"),
        ("100000001|rmb", "壹亿零壹元整"),
        ("0|rmb", "零元整"),
    ],
)
def test_numbers_are_read_and_written_as_people_do(expression: str, value: Any) -> None:
    assert worked_out(expression, x=12345678901234567890123456789012) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("壹仟贰佰叁拾肆元伍角整", 1234.5), ("壹元整", 1), ("5.5元整", 5.5), ("零元整", 0), ("伍角", 0.5), ("壹佰元零伍分", 100.05),
        ("负叁元陆角贰分", -3.62), ("零点五", 0.5), ("一百点二五", 100.25), ("负三点一四", -3.14), ("1'234.50", 1234.5),
        ("1’234’567", 1234567), ("US$5", 5), ("5元", 5), ("¥1,234.50", 1234.5), ("三千元", 3000),
    ],
)  # fmt: skip
def test_amounts_are_read_as_invoices_and_people_write_them(text: str, value: float) -> None:
    assert worked_out("x|number", x=text) == value


@pytest.mark.parametrize("cents", [0, 1, 5, 10, 50, 105, 123450, 1000005, 10000000099, 99999999999999 // 100])
def test_number_reads_what_rmb_writes(cents: int) -> None:
    assert worked_out("x|rmb|number", x=cents / 100) == cents / 100


@pytest.mark.parametrize("text", ["1,23", "12abc", "", "nan", "1e999", "--1", "三三百", "百千"])
def test_what_is_doubtful_is_no_number(text: str) -> None:
    with pytest.raises(ValueUnusable):
        worked_out("x|number", x=text)


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan")])
def test_what_is_not_finite_is_no_whole_number(value: float) -> None:
    with pytest.raises(ValueUnusable, match="is not a number"):
        worked_out("x|int", x=value)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('"29.11.2026"|parse_date', "2026-11-29"),
        ('"2026年11月29日 18时05分"|parse_date', "2026-11-29T18:05:00"),
        ('"二〇二六年十一月二十九日"|parse_date', "2026-11-29"),
        ('"Nov 3, 2026"|parse_date', "2026-11-03"),
        ('"3 November 2026"|parse_date', "2026-11-03"),
        ('"12/25/2026"|parse_date', "2026-12-25"),
        ('"25/12/2026"|parse_date', "2026-12-25"),
        ('"04/05/2026"|parse_date("%d/%m/%Y")', "2026-05-04"),
        ('"2026-11-29 6:05 PM"|date("%H:%M")', "18:05"),
        ('"2024-02-29"|add(1, "year")', "2025-02-28"),
        ('"2026-01-31"|add(-2, "months")', "2025-11-30"),
        ('"2026-11-29"|add(36, "hours")', "2026-11-30T12:00:00"),
        # Europe puts its clocks forward on 29 March 2026 at 2:00 and back on 25 October at 3:00.
        ('"2026-03-28T12:00:00+01:00"|add(1, "day", "Europe/Berlin")', "2026-03-29T12:00:00+02:00"),
        ('"2026-03-28T12:00:00+01:00"|add(24, "hours", "Europe/Berlin")', "2026-03-29T13:00:00+02:00"),
        ('"2026-10-24T12:00:00+02:00"|add(1, "day", "Europe/Berlin")', "2026-10-25T12:00:00+01:00"),
        ('"2026-03-28T02:30:00+01:00"|add(1, "day", "Europe/Berlin")', "2026-03-29T03:30:00+02:00"),
        ('"2026-11-29T23:30:00+00:00"|zone("Asia/Shanghai")', "2026-11-30T07:30:00+08:00"),
        ('"2027-01-15"|diff("2026-12-16", "months")', 0),
        ('"2027-01-16"|diff("2026-12-16", "months")', 1),
        ('"2026-01-01"|diff("2026-12-31", "years")', 0),
        ('"2026-11-29T12:00:00"|diff("2026-11-29T10:30:00", "hours")', 1.5),
        ('"2026-11-29"|weekday("zh")', "星期日"),
        ('"2026-11-29"|weekday("number")', 7),
        ('"2026-03-05"|date("%-d. %B %y, %A")', "5. March 26, Thursday"),
        ('"2026-03-05"|date("%Y年%-m月%-d日 %A", "zh")', "2026年3月5日 星期四"),
        ('"2026-03-05"|date("100%%")', "100%"),
    ],
)
def test_dates(expression: str, value: Any) -> None:
    assert worked_out(expression) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("don't o'neil 3rd a/b \"hi\" ÉCOLE", "Don't O'neil 3rd A/B \"Hi\" École"),
        ("l’été straße", "L’été Straße"),
        ("cafe\u0301s", "Cafe\u0301s"),
        ("", ""),
    ],
)
def test_a_word_is_capitalized_once(text: str, value: str) -> None:
    assert worked_out("x|title", x=text) == value


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("x|regex_find('\\\\p{Han}+')", "北京"),
        ("x|regex_findall('[{]\\\\p{Lu}|\\\\{x')", ["{x"]),
        ("x|regex_find('\\\\N{LEFT CURLY BRACKET}')", "{"),
    ],
)
def test_a_property_and_a_brace_are_no_fuzzy_matching(expression: str, value: Any) -> None:
    assert worked_out(expression, x="Zürich 北京 {x}") == value


@pytest.mark.parametrize(
    ("expression", "reason", "fix"),
    [
        ('"abc"|regex_find("(?:abd){e<=1}")', "{e", "literal brace"),
        ('"NaN"|from_json', "NaN is not a JSON value", "null"),
        ('"[1, -Infinity]"|from_json', "-Infinity is not", "null"),
        ("keys.pop()", "only functions", "value|upper"),
        ("(1 ", "the bracket ( is not closed (character 1)", "Add )."),
        ("[1, [2]", "the bracket [ is not closed (character 1)", "Add ]."),
        ("max(1, [2], (3", "the bracket ( is not closed (character 13)", "Add )."),
        ("1 is foo", 'unknown test "foo"', "defined"),
        ('"1"|format(".2f" ~ "a")', "is not a number format", "pattern"),
    ],
)
def test_a_refusal_says_what_is_wrong_and_what_there_is(expression: str, reason: str, fix: str) -> None:
    with pytest.raises(ValueUnusable) as raised:
        worked_out(expression)
    assert reason in raised.value.message
    assert fix in str(raised.value.fix)
    assert "class" not in raised.value.message


@pytest.mark.parametrize("text", ["04/05/2026", "2026-13-01", "2026-02-30", "yesterday", "", "1" * 200])
def test_what_is_doubtful_is_no_date(text: str) -> None:
    with pytest.raises(ValueUnusable):
        worked_out("x|parse_date", x=text)


def test_now_is_now_with_the_offset_of_this_computer() -> None:
    found = datetime.fromisoformat(worked_out("now()"))
    assert abs((datetime.now(UTC) - found).total_seconds()) < 5
    assert found.utcoffset() == datetime.now().astimezone().utcoffset()
    assert worked_out('now("Asia/Tokyo")').endswith("+09:00")


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('rows|where("n", ">", 3)|sum("n")', 12),
        ('rows|where("who", "Li")|map("n")', [1, "7"]),
        ('rows|where("who", "contains", "i")|length', 2),
        ('rows|sort("n", reverse=true)|map("n")', ["7", 5, 1]),
        ('rows|map("who")|map("upper")|join("-")', "LI-WU-LI"),
        ('rows|map(attribute="n")|max', "7"),
        ('rows|group("who")|map("key")', ["Li", "Wu"]),
        ('rows|unique("who")|length', 2),
        ('rows|min("n")', 1),
        ("max(3, 9, 4)", 9),
        ('["b", none, "A", ""]|sort', ["A", "b", None, ""]),
        ("[[1, [2]], 3]|flatten(2)", [1, 2, 3]),
        ("[]|first is none", True),
        ('{"columns": ["a"], "rows": [1, 2]}|length', 2),
        ("[0.1, 0.2, 12.5, none, '']|sum", 12.8),
    ],
)
def test_lists(expression: str, value: Any) -> None:
    rows = [{"n": 1, "who": "Li"}, {"n": 5, "who": "Wu"}, {"n": "7", "who": "Li"}]
    assert worked_out(expression, rows=rows) == value


def test_rows_of_a_large_table_are_worked_with_in_time() -> None:
    rows = [{"n": str(number) + ".5", "s": f"t{number % 1000}"} for number in range(20_000)]
    begun = time.thread_time()
    assert worked_out('rows|where("n", ">=", 10000)|sum("n")', rows=rows) == 150_000_000
    assert worked_out('rows|sort("n")|last', rows=rows)["n"] == "19999.5"
    assert time.thread_time() - begun < 2


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('"20261129"|parse_date', "2026-11-29"),
        ('"2026-11-29T10:00"|parse_date', "2026-11-29T10:00:00"),
        ('"2026-03-29T01:30:00"|add(1, "hour", "Europe/Berlin")', "2026-03-29T03:30:00"),
        ('"2026-10-25T01:30:00"|add(2, "hours", "Europe/Berlin")', "2026-10-25T02:30:00"),
        ('"2026-03-28T02:30:00"|add(1, "day", "Europe/Berlin")', "2026-03-29T03:30:00"),
        ('"2026-03-29T01:30:00"|add(1, "hour")', "2026-03-29T02:30:00"),
    ],
)
def test_a_time_without_a_zone_is_of_the_zone_that_is_named(expression: str, value: str) -> None:
    assert evaluate(expression, Values({}, {})) == value


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ('"1950-01-01T12:00:00+00:00"|zone("Asia/Shanghai")', "1950-01-01T20:00:00+08:00"),
        ('("1950-01-01T12:00:00"|zone("UTC"))|length', 25),
        ('"1950-01-31T12:00:00+00:00"|add(1, "months")', "1950-02-28T12:00:00+00:00"),
        ('"1899-12-30"|add(1, "days")', "1899-12-31"),
        ('"1950-01-02T00:00:00"|diff("1950-01-01T00:00:00+00:00", "hours") > 0', True),
    ],
)
def test_times_before_1970_count_like_others(source: str, value: object) -> None:
    assert evaluate(source, Values({}, {})) == value
