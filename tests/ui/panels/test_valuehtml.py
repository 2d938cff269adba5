"""Values written as tables and texts."""

from flowdesk.ui.panels.valuehtml import as_lines, as_table


def test_rows_have_a_column_for_each_name_and_parts_their_own_table() -> None:
    table = as_table([{"a": 1}, {"a": 2, "b": [3, 4]}])
    assert table.count("<th ") == 2
    assert table.count("<table") == 2
    assert as_table({"x": {"y": "z"}}).count("<table") == 2


def test_what_data_holds_is_no_markup() -> None:
    assert "<img" not in as_table([{"<img src=x>": "<img src=y>"}]) + as_table({"<img>": ["<img>"]}) + as_table("<img>")
    assert as_table("a\nb") == "a<br>b"
    assert (as_table([]), as_table(None)) == ("", "")


def test_a_text_stays_a_text_and_parts_are_json() -> None:
    assert as_lines("é") == "é"
    assert as_lines({"é": [1]}) == '{\n  "é": [\n    1\n  ]\n}'
