"""What is sent to Windows, looked at before it is sent; that it arrives is proven in ``tests/windows``."""

import ctypes

import pytest

from flowdesk.drivers.windows import api, sending
from flowdesk.drivers.windows.keys import NAMED
from flowdesk.drivers.x11.keynames import SYMBOLS
from flowdesk.model.geometry import Box, Point

LEFT_DOWN, LEFT_UP, RIGHT_DOWN, RIGHT_UP, MIDDLE_DOWN, MIDDLE_UP = 0x2, 0x4, 0x8, 0x10, 0x20, 0x40


@pytest.mark.skipif(ctypes.sizeof(ctypes.c_void_p) != 8, reason="sizes of 64-bit Windows")
def test_an_input_is_as_large_as_windows_has_it() -> None:
    assert ctypes.sizeof(api.KeyboardInput) == 24
    assert ctypes.sizeof(api.Input) == 40


@pytest.mark.parametrize(("notches", "data"), [(1, 120), (-1, 0xFFFFFF88), (3, 360)])
def test_a_notch_is_120_both_ways(notches: int, data: int) -> None:
    up, side = sending.wheel(notches), sending.wheel(notches, is_sideways=True)
    assert (up.of.mouse.flags, up.of.mouse.data & 0xFFFFFFFF) == (0x800, data)
    assert (side.of.mouse.flags, side.of.mouse.data & 0xFFFFFFFF) == (0x1000, data)


@pytest.mark.parametrize(
    ("number", "is_up", "is_swapped", "flags"),
    [
        (1, False, False, LEFT_DOWN),
        (1, True, False, LEFT_UP),
        (2, False, False, MIDDLE_DOWN),
        (2, True, True, MIDDLE_UP),
        (3, True, False, RIGHT_UP),
        (1, False, True, RIGHT_DOWN),
        (3, True, True, LEFT_UP),
    ],
)
def test_buttons_mean_what_they_mean_to_the_person(number: int, is_up: bool, is_swapped: bool, flags: int) -> None:
    assert sending.button(number, is_up=is_up, is_swapped=is_swapped).of.mouse.flags == flags


@pytest.mark.parametrize("desktop", [Box(0, 0, 1600, 1000), Box(-1920, -200, 5760, 2360), Box(0, 0, 3840, 2160)])
def test_every_pixel_of_all_monitors_can_be_reached(desktop: Box) -> None:
    for x in range(desktop.x, desktop.right, 7):
        sent = sending.movement(Point(x, desktop.y), desktop).of.mouse
        assert sent.x * desktop.width // 65536 + desktop.x == x  # as Windows counts back
        assert 0 <= sent.x < 65536


def test_every_key_that_has_a_name_is_there() -> None:
    assert set(SYMBOLS) == set(NAMED)


@pytest.mark.parametrize("name", ["left", "delete", "numenter", "divide", "super", "altgr", "ctrlright", "menu"])
def test_keys_that_were_added_later_say_so(name: str) -> None:
    assert NAMED[name].is_extended


@pytest.mark.parametrize("name", ["num4", "enter", "ctrl", "f11", "decimal", "tab"])
def test_the_others_do_not(name: str) -> None:
    assert not NAMED[name].is_extended


def test_a_character_is_pressed_and_released_without_a_layout() -> None:
    down, up = sending.character(ord("你"))
    assert (down.of.key.vk, down.of.key.scan, down.of.key.flags) == (0, ord("你"), 4)
    assert up.of.key.flags == 6
