"""Cutting a text into stretches, without a desktop."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowdesk.drivers.programs import Habit
from flowdesk.drivers.stretches import CONTROL_KEYS, KEYS_AT_MOST, Aim, Stretch, checked, plan
from flowdesk.engine.ports import TypingMethod
from flowdesk.model.errors import InputFailed

ASCII = {chr(code) for code in range(32, 127)}


def test_line_ends_become_one_kind() -> None:
    assert checked("a\r\nb\rc\nd\te") == "a\nb\nc\nd\te"


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\ud800", "\ufffe", "\U0001ffff"])
def test_what_no_program_can_receive_is_refused_with_its_position(character: str) -> None:
    with pytest.raises(InputFailed) as caught:
        checked("ab" + character)
    assert caught.value.details["position"] == 2


@pytest.mark.parametrize("text", ["你好", "😀", "e\u0301", "\u200d\u202e", "\u00a0", "\ue000"])
def test_all_other_unicode_is_accepted(text: str) -> None:
    assert checked(text) == text


def test_auto_types_what_the_layout_has_and_pastes_the_rest() -> None:
    assert plan("name\tZoë\nend", "auto", ASCII, 9) == [
        Stretch("keys", "name"),
        Stretch("control", "\t"),
        Stretch("paste", "Zoë"),
        Stretch("control", "\n"),
        Stretch("keys", "end"),
    ]


def test_auto_pastes_long_stretches_and_everything_under_an_input_method() -> None:
    assert plan("a" * (KEYS_AT_MOST + 1), "auto", ASCII, 9)[0].way == "paste"
    assert plan("abc", "auto", ASCII, 9, Aim(prefers_paste=True)) == [Stretch("paste", "abc")]


def test_paste_keeps_line_ends_in_one_piece() -> None:
    assert plan("a\nb\t", "paste", ASCII, 9) == [Stretch("paste", "a\nb\t")]


def test_lines_for_a_field_of_lines_go_in_one_piece_but_for_the_last_keys() -> None:
    assert plan("a\n\tb\n\n", "auto", ASCII, 9, Aim(is_multiline=True)) == [
        Stretch("paste", "a\n\tb"),
        Stretch("control", "\n"),
        Stretch("control", "\n"),
    ]
    assert plan("abc\n", "auto", ASCII, 9, Aim(is_multiline=True)) == [
        Stretch("paste", "abc"),
        Stretch("control", "\n"),
    ]
    assert plan("a\nb", "keys", ASCII, 9, Aim(is_multiline=True))[1] == Stretch("control", "\n")


def test_keys_lends_no_more_keys_at_a_time_than_are_spare() -> None:
    assert plan("甲乙甲丙丁", "keys", ASCII, 2) == [Stretch("borrow", "甲乙甲"), Stretch("borrow", "丙丁")]


@given(
    st.text(), st.sampled_from(["auto", "keys", "paste"]), st.integers(0, 5),
    st.sampled_from(["plain", "terminal", "viewer", "modal", "emacs"]), st.booleans(), st.booleans(), st.booleans(),
)  # fmt: skip
def test_the_stretches_together_are_the_text(
    text: str, method: TypingMethod, spare: int, habit: Habit, prefers: bool, lines: bool, told: bool
) -> None:
    stretches = plan(text, method, ASCII, spare, Aim(habit, lines, told, prefers))
    assert "".join(stretch.text for stretch in stretches) == text
    for stretch in stretches:
        assert stretch.text
        if stretch.way == "keys":
            assert ASCII.issuperset(stretch.text)
        if stretch.way == "borrow":
            assert len(set(stretch.text) - ASCII) <= max(1, spare)
        if stretch.way == "control":
            assert stretch.text in CONTROL_KEYS


def test_viewers_and_modal_editors_get_keys_only() -> None:
    for habit in ("viewer", "modal"):
        ways = {stretch.way for stretch in plan("a\n\tü" * 300, "auto", ASCII, 9, Aim(habit, is_multiline=True))}
        assert "paste" not in ways


def test_terminals_get_one_line_at_a_time() -> None:
    assert plan("ls\nü", "auto", ASCII, 9, Aim("terminal", is_multiline=True)) == [
        Stretch("keys", "ls"), Stretch("control", "\n"), Stretch("paste", "ü"),
    ]  # fmt: skip


def test_indented_lines_for_an_unknown_program_go_in_one_piece_and_two_fields_do_not() -> None:
    aim = Aim(is_told=False)
    assert plan("if x:\n\ty\n", "auto", ASCII, 9, aim) == [Stretch("paste", "if x:\n\ty"), Stretch("control", "\n")]
    assert [stretch.way for stretch in plan("name\tpassword\n", "auto", ASCII, 9, aim)] == ["keys", "control"] * 2
