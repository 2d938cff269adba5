"""Key names: people's spellings, and a near match for the rest."""

import pytest

from flowdesk.drivers.x11.keynames import SYMBOLS, symbol_named
from flowdesk.model.errors import InputFailed
from flowdesk.model.keynames import ALIASES, NAMES, canonical, shortcut


@pytest.mark.parametrize(("written", "meant"), [
    ("Ctrl", "ctrl"), ("CONTROL", "ctrl"), ("win", "super"), ("cmd", "super"), ("Return", "enter"), ("Esc", "esc"),
    ("page-up", "pageup"), ("Page Down", "pagedown"), ("print_screen", "printscreen"), ("F12", "f12"), ("a", "a"),
    ("A", "A"), (" ", "space"), ("é", "é"), ("plus", "+"),
])  # fmt: skip
def test_people_may_spell_keys_as_they_like(written: str, meant: str) -> None:
    assert canonical(written) == meant


@pytest.mark.parametrize(("written", "near"), [("ctlr", "ctrl"), ("entr", "enter"), ("pagup", "pageup")])
def test_an_unknown_name_is_an_error_that_names_the_nearest(written: str, near: str) -> None:
    with pytest.raises(InputFailed, match=written) as caught:
        canonical(written)
    assert near in caught.value.fix


@pytest.mark.parametrize("written", ["", "\n", "nonsense key of mine"])
def test_nonsense_is_an_error_with_a_fix(written: str) -> None:
    with pytest.raises(InputFailed) as caught:
        canonical(written)
    assert caught.value.fix


def test_every_alias_leads_to_a_key() -> None:
    for name in [*ALIASES.values(), *SYMBOLS]:
        assert symbol_named(name) > 0


def test_function_keys_have_their_keysyms() -> None:
    assert symbol_named("f1") == 0xFFBE
    assert symbol_named("f24") == 0xFFD5


def test_a_capital_beside_a_modifier_is_the_small_letter() -> None:
    assert shortcut(["Ctrl", "S"]) == ["ctrl", "s"]
    assert shortcut(["S"]) == ["S"]
    with pytest.raises(InputFailed):
        shortcut([])


def test_every_name_has_a_keysym_and_every_keysym_a_name() -> None:
    assert SYMBOLS.keys() == NAMES
