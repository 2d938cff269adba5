"""What a field says after something was typed: arrived, not to be told, or wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowdesk.model.arrival import arrival, completion, excerpt, first_difference, indentation

FIELD, AREA = "text_field", "text_area"


@pytest.mark.parametrize(
    ("text", "held", "role", "found"),
    [
        ("abc", "abc", FIELD, "arrived"),
        ("abc", "xx abc yy", FIELD, "unknown"),  # what else is there may have been there
        ("e\u0301", "\u00e9", AREA, "arrived"),
        ("a\nb", "a\r\nb", AREA, "arrived"),
        ("a b", "a\u00a0b", AREA, "arrived"),
        ("\u0645\u200f 1", "\u0645 1", AREA, "arrived"),  # trees leave out marks of direction
        ("ab 12", "AB 12", FIELD, "other"),  # a field that writes capitals
        ("5551234567", "(555) 123-4567", FIELD, "arrived"),  # a telephone number
        ("2026-11-23", "11/23/2026", FIELD, "unknown"),  # a date
        ("-15", "15", FIELD, "other"),
        ("15", "1.5", FIELD, "other"),
        ("3.0", "3", "spin_button", "arrived"),
        ("", "x", FIELD, "unknown"),
        ("secret", "\u2022\u2022\u2022\u2022\u2022\u2022", FIELD, "unknown"),
        ("abc", None, FIELD, "unknown"),
        ("abc", "OK", "button", "unknown"),
        ("name\tpassword\n", "name", FIELD, "unknown"),  # Tab left the field
        ("hello\n", "", AREA, "unknown"),  # Return sent it off
        ("123456", "6", FIELD, "unknown"),  # boxes for one character each
        ("abc", "", FIELD, "nothing"),
        ("abc", "  ", AREA, "nothing"),
        ("abcdef", "abcd", FIELD, "cut"),
        ("abc <d>", "abc d", FIELD, "other"),
        ("-5", "5", FIELD, "other"),
        ("hello", "helo", FIELD, "other"),
        ("\u4f60\u597d", "\u4f60\u4f60", AREA, "other"),
        ("abc", "ABC", AREA, "other"),
        ("a\n  b\nc", "a\n  b\n  c", AREA, "other"),  # an editor that indents
        ("12ab", "12", FIELD, "cut"),
    ],
)
def test_a_field_is_judged(text: str, held: str | None, role: str, found: str) -> None:
    assert arrival(text, held, role) == found


@pytest.mark.parametrize(
    ("text", "held", "before", "selected", "found"),
    [
        ("b", "abc", "ac", 0, "arrived"),
        ("b", "abc", "axxc", 2, "arrived"),
        ("new", "new", "old text", 8, "arrived"),
        ("new", "old textnew", "old text", 8, "other"),  # what was selected is still there
        ("foo(", "foo()", "", 0, "other"),  # an editor that closes brackets
        ("foo", "foobar", "", 0, "other"),  # a completion that stays
        ("a", "a", "a", 0, "nothing"),
        ("abc", "xyz", "xyz", 0, "nothing"),
        ("abc", "abc\n", "", 0, "arrived"),  # some trees tell one more line end
        ("aa", "aaaa", "aa", 0, "arrived"),
        ("aa", "aaaaa", "aa", 0, "other"),
        ("it's", "it\u2019s", "", 0, "other"),  # smart quotes
        ("i am", "I am", "", 0, "other"),
    ],
)
def test_what_was_there_before_counts(text: str, held: str, before: str, selected: int, found: str) -> None:
    for role in (FIELD, AREA):
        assert arrival(text, held, role, before, selected) == found


def test_what_a_field_has_completed_is_counted() -> None:
    assert completion("exa", "example", "") == 4
    assert completion("exa", "exa", "") == 0
    assert completion("exa", "sample", "") == 0


@given(st.text(), st.text(), st.text(), st.text())
def test_a_text_put_into_another_has_arrived(start: str, gone: str, text: str, end: str) -> None:
    for role in (FIELD, AREA):
        assert arrival(text, text, role) in ("arrived", "unknown")
    if text.strip() and all(each.isascii() and each.isprintable() for each in (start, gone, text, end)):
        before, held = start + gone + end, start + text + end
        assert arrival(text, held, AREA, before, len(gone)) in ("arrived", "unknown")
        if len(held) != len(before) + len(text) - len(gone):
            return
        assert arrival(text, held + "#" + "x", AREA, before, len(gone)) not in ("arrived",)


@given(st.text(alphabet="abc <>", min_size=2).filter(lambda text: bool(text.strip())), st.data())
def test_a_letter_that_is_missing_is_noticed(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text) - 1))
    held = text[:at] + text[at + 1 :]
    for role in (FIELD, AREA):
        if len(held) > 1:
            assert arrival(text, held, role) in ("cut", "other", "nothing")


def test_messages_show_the_place() -> None:
    assert first_difference("hello", "help") == 3
    assert first_difference("abc", "ab") == 2
    assert excerpt("0123456789" * 4, 20, 3) == "\u2026789012\u2026"
    assert excerpt("abc", 3) == "abc"


@pytest.mark.parametrize(
    ("text", "held", "before", "count"),
    [
        ("\tx\n", "\tx\n\t", "", 1),
        ("  x\n", "old\n  x\n  ", "old\n", 2),
        ("x\n", "x\n", "", 0),
        ("x", "x\t", "", 0),
        ("x\n", "x\n>>> ", "", 0),
        ("x\n", "x\n\t", None, 0),
        ("x\n", "  x\n  after", "  after", 2),
    ],
)
def test_what_an_editor_indents_the_next_line_with_is_counted(
    text: str, held: str, before: str | None, count: int
) -> None:
    assert indentation(text, held, before) == count


@pytest.mark.parametrize(
    ("text", "held", "found"),
    [
        ("\tx\n", "\tx\n\t", "other"),
        ("\tx\n\n", "\tx\n\t\n\t", "other"),
        ("1+1\n", "1+1\n2\n", "unknown"),  # a program that answered
        ("hello\n", "", "unknown"),  # sent off
    ],
)
def test_an_indented_line_after_a_text_is_no_success(text: str, held: str, found: str) -> None:
    assert arrival(text, held, AREA, "") == found
