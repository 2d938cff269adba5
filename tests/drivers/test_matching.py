"""How texts fit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowdesk.drivers.matching import LABEL, PART, WHOLE, WORD, Wanted, nearest
from flowdesk.model.selector import parse_selector


def wanted(text: str) -> Wanted:
    return Wanted(parse_selector(text).steps[0])


@pytest.mark.parametrize(
    ("selector", "text", "score"),
    [
        ("text=save", "Save", WHOLE),
        ("text=save", "Save as…", WORD),
        ("text=save", "Save…", LABEL),
        ("text=user name", "User name:", LABEL),
        ("text=user name", "Copy user name", WORD),
        ("window=Untitled", "*Untitled", LABEL),
        ("text=save", "Saved", PART),
        ("text=save as", "Save  As", WHOLE),
        ("text=确定", "确 定", WHOLE),
        ("text=确定", "不确定的", PART),
        ("text=OK", "Cancel", 0),
        ('text="Save"', "Save", WHOLE),
        ('text="Save"', " Save ", WHOLE),
        ('text="Save"', "save", 0),
        ('text="Save"', "Save as", 0),
        ("text=/Sa.e/", "Save", WHOLE),
        ("text=/sa.e/i", "Please Save it", WORD),
        ("text=/^x/", "Save", 0),
        ("window=STRASSE", "Strasse 5", WORD),
        ("text=Row 1", "Row 12", 0),
        ("text=Row 12", "Row 1", 0),
        ("text=2", "12 and 2", WORD),
        ("text=1", "1st of 11", PART),
        ("window=Invoice 1", "Invoice 11 - Editor", 0),
        ("window=Invoice 1", "Invoice 1 - Editor", WORD),
        ("text=/Row 1/", "Row 12", WORD),
    ],
)
def test_a_text_fits_as_it_is_written(selector: str, text: str, score: float) -> None:
    assert wanted(selector).fit(text) == score


def test_spans_say_where() -> None:
    assert wanted("text=ab").spans("xa B ab") == [(1, 4), (5, 7)]
    assert wanted("text=/b+/").spans("abba") == [(1, 3)]
    assert wanted('text="a b"').spans(" ab") == [(1, 3)]


@given(st.text(max_size=20), st.text(min_size=1, max_size=4).filter(str.strip))
def test_spans_lie_in_the_text_and_agree_with_the_fit(text: str, needle: str) -> None:
    quoted = needle.replace("\\", "\\\\").replace('"', '\\"')
    for one in (wanted(f'text="{quoted}"'),):
        spans = one.spans(text)
        assert all(0 <= start < end <= len(text) for start, end in spans)
        assert bool(spans) == (one.fit(text) > 0)


def test_the_nearest_come_first() -> None:
    assert nearest("Safe", ["Cancel", "Save", "  ", "Save"]) == ("Save", "Cancel")
