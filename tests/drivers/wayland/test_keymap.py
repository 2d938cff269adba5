"""Keymaps of flowdesk's own."""

import re

from hypothesis import given
from hypothesis import strategies as st

from flowdesk.drivers.wayland import keymap
from flowdesk.drivers.x11.keynames import SYMBOLS

TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=0x1FFFF, exclude_categories=["Cs", "Cc"]), max_size=600)


@given(TEXT)
def test_every_piece_has_a_key_of_its_own_for_each_character(text: str) -> None:
    pieces = list(keymap.pieces_of(text))
    assert "".join(pieces) == text
    for piece in pieces:
        codes = keymap.codes_of(list(dict.fromkeys(piece)))
        assert len(set(codes.values())) == len(codes) == len(set(piece))
        assert not set(codes.values()) & {
            1,
            14,
            15,
            28,
            29,
            42,
            56,
            111,
        }  # Esc, Backspace, Tab, Enter, modifiers, Delete
        told = dict(re.findall(r"key <F(\d+)> .*?U([0-9A-F]+)", keymap.text_keymap(codes).decode()))
        assert {int(code): chr(int(told[code], 16)) for code in told} == {
            code: letter for letter, code in codes.items()
        }


def test_letters_are_on_their_own_keys() -> None:
    assert keymap.codes_of(["你", "a", "好"])["a"] == keymap.PLAIN["a"]


def test_every_named_key_has_a_code() -> None:
    assert SYMBOLS.keys() <= keymap.CODES.keys()


def test_a_shortcut_finds_its_keys() -> None:
    assert keymap.stroke_of("s") == keymap.Stroke(31)
    assert keymap.stroke_of("?") == keymap.Stroke(53, keymap.SHIFT)
    assert keymap.stroke_of("é").code == keymap.SPARE
    assert keymap.is_spare("é")
    assert not keymap.is_spare("enter")
