"""Reading and setting values by their paths."""

from typing import Any

import pytest

from flowdesk.engine.lookup import Values, assign, assigned
from flowdesk.model.errors import ValueUnusable


def test_variables_come_before_results_and_whole_names_before_parts() -> None:
    values = Values({"a": {"b": 1}, "a.b": 2}, {"a": 3, "r": {"x": [4]}})
    assert values.look_up("a.b") == 2
    assert values.look_up("a") == {"b": 1}
    assert values.look_up("r.x[0]") == values.look_up("r.x.-1") == 4


@pytest.mark.parametrize(
    ("name", "after"),
    [
        ("rows[0].Status", [{"Status": "done", "No.": 1}, {"Status": "new"}]),
        ("rows.1.Status", [{"Status": "new", "No.": 1}, {"Status": "done"}]),
        ("rows[-1].Status", [{"Status": "new", "No.": 1}, {"Status": "done"}]),
        ('rows[0]["No."]', [{"Status": "new", "No.": "done"}, {"Status": "new"}]),
        ("rows[1].Added", [{"Status": "new", "No.": 1}, {"Status": "new", "Added": "done"}]),
        ("rows[0]", ["done", {"Status": "new"}]),
    ],
)
def test_a_part_is_set_and_who_else_holds_the_value_keeps_it(name: str, after: Any) -> None:
    rows = [{"Status": "new", "No.": 1}, {"Status": "new"}]
    variables = {"rows": rows, "same": rows}
    assign(variables, name, "done")
    assert variables["rows"] == after
    assert variables["same"] == [{"Status": "new", "No.": 1}, {"Status": "new"}]
    assert set(variables) == {"rows", "same"}
    assert assigned(variables, name) == "done"


@pytest.mark.parametrize("name", ["rows[5].Status", "rows.x", "row[0].Status", "text.a", "rows[0].Status.deeper", "rows[0", 'rows[0]["a', "1.5", "new.part"])  # fmt: skip
def test_a_path_that_leads_nowhere_fails_and_makes_no_variable(name: str) -> None:
    variables = {"rows": [{"Status": "new"}], "text": "t"}
    with pytest.raises(ValueUnusable) as failed:
        assign(variables, name, 1)
    assert failed.value.fix
    assert set(variables) == {"rows", "text"}


def test_a_variable_that_is_named_like_a_path_is_set_as_a_whole() -> None:
    variables: dict[str, Any] = {"user.name": 1}
    assign(variables, "user.name", 2)
    assert variables == {"user.name": 2}
