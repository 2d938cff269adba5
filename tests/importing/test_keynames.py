"""Keys as other tools call them."""

import pytest

from flowdesk.importing.keynames import KEY_NAMES, key_of
from flowdesk.importing.report import Untaken
from flowdesk.model.keynames import shortcut


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Enter", "enter"), ("page_down", "pagedown"), ("PRTSCR", "printscreen"), ("winleft", "super"), ("a", "a"), ("\n", "enter"),
        ("F13", "f13"), ("num7", "num7"), ("minus", "-"), ("separator", "decimal"), ("altgr", "altgr"),
    ],
)  # fmt: skip
def test_a_key_has_one_name_here(name: str, key: str) -> None:
    assert key_of(name) == key


@pytest.mark.parametrize("name", ["browserback", "kanji", "launchmail", "nothing", "numx"])
def test_a_key_that_no_keyboard_here_has_is_not_taken(name: str) -> None:
    with pytest.raises(Untaken):
        key_of(name)


def test_every_key_of_pyautogui_is_taken_as_one_that_can_be_pressed_or_refused() -> None:
    taken = 0
    for name in KEY_NAMES:
        try:
            key = key_of(name)
        except Untaken:
            continue
        taken += 1
        assert shortcut([key])  # else it raises
    assert taken > 150
