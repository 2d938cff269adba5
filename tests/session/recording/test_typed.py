"""What a field holds at the end is what was typed, whatever the keys were."""

from hypothesis import given
from hypothesis import strategies as st

from flowdesk.engine.observing import FieldSeen, KeyDown
from flowdesk.model.geometry import Box
from flowdesk.session.recording.typed import Typing, edits

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf")), max_size=12)
WORDS = st.text("abc 你好", min_size=1, max_size=12)


def field(value: str | None, role: str = "text_field") -> FieldSeen:
    return FieldSeen("f", role, "Name", Box(0, 0, 9, 9), value)


def typing(before: str | None, text: str, role: str = "text_field") -> Typing:
    found = Typing(field(before, role), 0.0, before=before)
    for index, letter in enumerate(text):
        found.take(KeyDown(1.0 + index / 20, letter, letter))
    return found


def shown_by(before: str, typed: str, *, clears: bool, at_end: bool) -> str:
    """What a field holds once an input typed a text: at its end, or in the place of all."""
    return typed if clears else before + typed if at_end or before else typed


@given(before=TEXT, after=TEXT, role=st.sampled_from(["text_field", "text_area"]))
def test_what_is_typed_makes_the_field_hold_what_it_held(before: str, after: str, role: str) -> None:
    found = typing(before, "x", role)
    found.see(field(after, role), 100.0)
    typed = found.result()
    if found.is_secret:
        return
    if typed is None:
        assert after == before
    else:
        assert shown_by(before, typed.text, clears=typed.clears, at_end=typed.at_end) == after


@given(text=WORDS, shown=st.integers(0, 12))
def test_keys_that_are_on_their_way_still_count(text: str, shown: int) -> None:
    found = typing("", text)
    seen = min(shown, len(text))
    at = 1.0 + max(0, seen - 1) / 20 + 0.001
    found.see(field(text[:seen]), at)
    typed = found.result()
    assert typed is not None
    assert typed.text == text


@given(text=WORDS, again=WORDS)
def test_a_program_that_tells_nothing_gets_what_the_keys_spell(text: str, again: str) -> None:
    found = typing(None, text)
    found.field = None
    for _ in text:
        found.take(KeyDown(9.0, "backspace"))
    for letter in again:
        found.take(KeyDown(9.5, letter, letter))
    typed = found.result()
    assert typed is not None
    assert (typed.text, typed.is_certain) == (again, True)


def test_a_caret_that_moved_makes_the_keys_doubtful() -> None:
    found = typing(None, "ac")
    found.field = None
    found.take(KeyDown(9.0, "left"))
    found.take(KeyDown(9.1, "b", "b"))
    typed = found.result()
    assert typed is not None
    assert not typed.is_certain


def test_what_a_field_cuts_off_is_not_added() -> None:
    found = typing("", "12345678")
    found.see(field("12345"), 100.0)
    typed = found.result()
    assert typed is not None
    assert typed.text == "12345"


def test_keys_that_edit() -> None:
    assert edits(KeyDown(0, "a", "a"), copies=False)
    assert edits(KeyDown(0, "A", "A", ("shift",)), copies=False)
    assert edits(KeyDown(0, "left", "", ("ctrl", "shift")), copies=False)
    assert edits(KeyDown(0, "v", "", ("ctrl",)), copies=False)
    assert not edits(KeyDown(0, "v", "", ("ctrl",)), copies=True)
    assert not edits(KeyDown(0, "s", "", ("ctrl",)), copies=False)
    assert not edits(KeyDown(0, "f", "", ("alt",)), copies=False)
