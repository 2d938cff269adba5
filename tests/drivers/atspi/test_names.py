"""Texts without what toolkits add to them."""

import pytest

from flowdesk.drivers.atspi.names import called, is_class, plain


def test_the_marks_that_firefox_puts_after_pairs_are_left_out() -> None:
    assert plain("a \U0001f600\ufeff\U0001f600\ufeffb \ufeff") == "a \U0001f600\U0001f600b \ufeff"


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("_Save Save", "Save"),
        ("Save _As Save As", "Save As"),
        ("Save Save", "Save Save"),
        ("my_file myfile!", "my_file myfile!"),
        ("a_b", "a_b"),
        ("", ""),
        ("\u2067שלום\u2069", "שלום"),
    ],
)
def test_a_name_that_is_told_twice_is_told_once(told: str, name: str) -> None:
    assert called(told) == name


def test_the_name_of_a_class_is_no_name() -> None:
    assert [name for name in ("GtkButton", "GcalDateChooserDay", "Open", "Save As", "OK") if is_class(name)] == [
        "GtkButton",
        "GcalDateChooserDay",
    ]
