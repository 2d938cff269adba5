"""Which field a label names by where it stands."""

import pytest

from flowdesk.drivers.elements import Found
from flowdesk.drivers.forms import called, form_of
from flowdesk.model.geometry import Box
from flowdesk.model.target import ElementState


def shown(role: str, name: str, x: int, y: int, width: int = 80, height: int = 20) -> Found:
    return Found(Box(x, y, width, height), ElementState(role, name), 1, "app")


NAME, MAIL, TOWN = (shown("static_text", text, 0, y) for text, y in (("Name:", 0), ("E-mail:", 30), ("Town", 60)))
BESIDE_NAME, BESIDE_MAIL = shown("text_field", "", 100, 0, 200), shown("text_field", "", 100, 30, 200)
UNDER_TOWN = shown("text_field", "", 0, 84, 200)


def test_the_field_in_its_row_comes_before_the_one_under_it() -> None:
    form = form_of([NAME, MAIL, TOWN, BESIDE_NAME, BESIDE_MAIL, UNDER_TOWN])
    assert [form.field_of(label) for label in (NAME, MAIL, TOWN)] == [BESIDE_NAME, BESIDE_MAIL, UNDER_TOWN]


def test_a_label_that_is_nearer_to_the_field_names_it() -> None:
    unit = shown("static_text", "per month", 60, 0, 38)
    form = form_of([NAME, unit, BESIDE_NAME])
    assert form.field_of(unit) == BESIDE_NAME
    assert form.field_of(NAME) is None


def test_what_stands_far_away_is_no_field_of_a_label() -> None:
    form = form_of([NAME, shown("text_field", "", 600, 0), shown("text_field", "", 0, 90)])
    assert form.field_of(NAME) is None


def test_what_is_written_in_a_field_is_no_label_and_a_combo_box_is_one_field() -> None:
    combo, inner = shown("combo_box", "Rome", 100, 0, 200), shown("text_field", "", 102, 0, 170)
    form = form_of([NAME, combo, inner, shown("static_text", "Rome", 110, 2, 40, 16)])
    assert form.labels == [NAME]
    assert form.fields == {combo: inner}


@pytest.mark.parametrize(
    ("text", "name"), [("Name:", "Name"), ("电子邮件：", "电子邮件"), ("Town *", "Town"), (" A  b ", "A b")]
)
def test_a_label_calls_its_field_without_what_ends_it(text: str, name: str) -> None:
    assert called(text) == name
