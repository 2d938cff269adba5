"""Reading the keyboard map: levels, groups, locks, and what keysyms stand for."""

import pytest

from flowdesk.drivers.x11.xkb import LOCK, SHIFT, Key, KeyboardMap, KeyboardState, KeyType, Xkb, character_of, symbol_of
from tests.rig import Rig

ONE = KeyType(0, {})
TWO = KeyType(SHIFT, {SHIFT: 1})
ALPHABETIC = KeyType(SHIFT | LOCK, {SHIFT: 1, LOCK: 1})
A = Key(38, (2, 0, 0, 0), 1, 2, (ord("a"), ord("A")))
NUMBER = Key(10, (1, 0, 0, 0), 1, 2, (ord("1"), ord("!")))
SPARE = Key(200, (0, 0, 0, 0), 0, 0, ())
BOTH = Key(39, (2, 2, 0, 0), 2, 2, (ord("s"), ord("S"), 0x6D9, 0x6F9))
LENT = Key(201, (1, 0, 0, 0), 1, 2, (0x1000000 + ord("é"),) * 2)
MAP = KeyboardMap((ONE, TWO, ALPHABETIC), (A, NUMBER, SPARE, BOTH, LENT), {})


def _state(group: int = 0, locked: int = 0) -> KeyboardState:
    return KeyboardState(0, 0, locked, group)


def test_strokes_name_the_key_and_the_modifiers_in_force() -> None:
    strokes = MAP.strokes(_state())
    assert strokes["a"] == (38, 0)
    assert strokes["A"] == (38, SHIFT)
    assert strokes["!"] == (10, SHIFT)
    assert "ы" not in strokes


def test_capslock_swaps_the_levels_of_letters_only() -> None:
    strokes = MAP.strokes(_state(locked=LOCK))
    assert strokes["A"] == (38, 0)
    assert strokes["a"] == (38, SHIFT)
    assert strokes["1"] == (10, 0)


def test_a_letter_that_a_client_would_capitalise_is_not_offered() -> None:
    assert "é" in MAP.strokes(_state())
    assert "é" not in MAP.strokes(_state(locked=LOCK))


def test_a_key_with_fewer_groups_keeps_to_its_own() -> None:
    strokes = MAP.strokes(_state(group=1))
    assert strokes["ы"] == (39, 0)
    assert strokes["a"] == (38, 0)
    assert "s" not in strokes
    assert MAP.key_with(ord("s"), 1) == 39


def test_a_spare_key_means_nothing() -> None:
    assert SPARE.is_spare
    assert MAP.symbol(SPARE, 0, 0) == 0


@pytest.mark.parametrize(("symbol", "character"), [
    (0x61, "a"), (0xE9, "é"), (0x1004F60, "你"), (0x101F600, "😀"), (0x20AC, "€"), (0x6C1, "а"), (0x6E1, "А"),
    (0x6A3, "ё"), (0x6B3, "Ё"), (0x1A1, "Ą"), (0x7E1, "α"), (0x7F3, "ς"), (0x7D2, "Σ"), (0xCE0, "א"), (0xDA1, "ก"),
])  # fmt: skip
def test_keysyms_stand_for_their_characters(symbol: int, character: str) -> None:
    assert character_of(symbol) == character


@pytest.mark.parametrize("symbol", [0, 0xFF0D, 0xFE51, 0xFFB1, 0x100D800, 0x1000007, 0x1008FF11])
def test_function_dead_and_keypad_keys_stand_for_none(symbol: int) -> None:
    assert character_of(symbol) is None


@pytest.mark.parametrize("character", ["a", "é", "你", "😀", "\u0301"])
def test_every_character_has_a_keysym(character: str) -> None:
    assert character_of(symbol_of(character)) == character


@pytest.mark.desktop
@pytest.mark.parametrize(("layout", "has", "lacks"), [
    ("us", "aZ@#~", "éжß"), ("de", "zßÄ@€{", "жé"), ("fr", "éàç@1", "жü"), ("ru", "жЁ№1", "a@"),
])  # fmt: skip
def test_the_servers_map_is_read(clean_desktop: Rig, layout: str, has: str, lacks: str) -> None:
    clean_desktop.layout(layout)
    keyboard = Xkb()
    try:
        strokes = keyboard.map().strokes(keyboard.state())
    finally:
        keyboard.close()
    assert not set(has) - set(strokes)
    assert not set(lacks) & set(strokes)
