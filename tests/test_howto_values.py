"""What the page about values in a text says is what a run does: each of its examples is worked out."""

import json
import re
from pathlib import Path

import pytest

from flowdesk.engine.filling import fill
from flowdesk.engine.lookup import Values
from flowdesk.engine.texts import as_text
from flowdesk.model.errors import ValueUnusable

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "howto" / "values.md").read_text("utf-8")
VALUES = Values(json.loads(PAGE.partition("```json\n")[2].partition("```")[0]), {})
EXAMPLES = [
    (written.replace("\\|", "|"), given)
    for written, given in re.findall(r"^\| `(.+)` \| `(.+)` \|$", PAGE, re.MULTILINE)
]


@pytest.mark.parametrize(("written", "given"), EXAMPLES)
def test_an_example_of_the_page_is_what_it_says(written: str, given: str) -> None:
    assert as_text(fill(written, VALUES)) == given


def test_the_page_has_ten_examples_at_least() -> None:
    assert len(EXAMPLES) >= 10


def test_what_the_page_says_of_types_money_dates_and_missing_values() -> None:
    assert fill("{{rows}}", VALUES) is VALUES.variables["rows"]
    assert fill("yes, {{ 3.0 }}", VALUES) == "yes, 3"
    assert as_text(fill("{{ 12.50 + 0.1 + 0.2 }}", VALUES)) == "12.8"
    assert fill('{{ 1234.5|format(2, "zh", "¥") }}', VALUES) == "¥1,234.50"
    assert (
        fill('{{ nobody.name|default("x") }}{{ ""|default("none", true) }}{{ ""|default("none") }}', VALUES) == "xnone"
    )
    with pytest.raises(ValueUnusable):
        fill('{{ "03/04/2026"|parse_date }}', VALUES)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("{{ 1 + }}", "the end is missing \\(character 3\\)"),
        ("{{item.nmae}}", ".*name.*No\\..*Unit price"),
        ("{{nobody}}", "nobody"),
    ],
)
def test_what_is_wrong_is_said_as_the_page_tells(written: str, says: str) -> None:
    with pytest.raises(ValueUnusable) as caught:
        fill(written, VALUES)
    assert re.search(says, f"{caught.value.message} {caught.value.fix}", re.DOTALL)
    assert caught.value.code == "value.unusable"
