"""Input as Windows takes it (``SendInput``): movements of keys and mouse, and a register of what is down.

pyautogui stays out of it on Windows: its wheel turns 1 where a notch is 120 and turns sideways the wrong way, it knows no
characters beyond the layout, and swapped mouse buttons swap its clicks.
"""

import ctypes
from collections.abc import Sequence

from flowdesk.drivers.windows import api
from flowdesk.model.errors import InputFailed
from flowdesk.model.geometry import Box, Point
from flowdesk.model.sentence import say

NOTCH = 120
"""What one notch of a wheel counts (``WHEEL_DELTA``)."""
MARK = 0x464C4F57
"""In every input of flowdesk's, by which it is known from a person's (``dwExtraInfo``)."""
_MOUSE, _KEY = 0, 1
_EXTENDED, _UP, _UNICODE = 0x1, 0x2, 0x4
_MOVE, _ABSOLUTE, _WHOLE_DESKTOP = 0x1, 0x8000, 0x4000
_WHEEL, _SIDEWAYS = 0x800, 0x1000
_PRESS = {1: 0x2, 2: 0x20, 3: 0x8}
_SWAPPED_METRIC = 23
_LEFT, _TOP, _WIDTH, _HEIGHT = 76, 77, 78, 79


def key(vk: int, scan: int, *, is_extended: bool, is_up: bool) -> api.Input:
    """Return the press or release of a key, by number and by scan code: some programs read the one, some the other."""
    flags = (_EXTENDED if is_extended else 0) | (_UP if is_up else 0)
    made = api.Input(type=_KEY)
    made.of.key = api.KeyboardInput(vk=vk, scan=scan & 0xFF, flags=flags, extra=MARK)
    return made


def character(unit: int) -> tuple[api.Input, api.Input]:
    """Return press and release of one UTF-16 unit, which no layout, lock or input method changes."""
    found = []
    for flags in (_UNICODE, _UNICODE | _UP):
        made = api.Input(type=_KEY)
        made.of.key = api.KeyboardInput(vk=0, scan=unit, flags=flags, extra=MARK)
        found.append(made)
    return found[0], found[1]


def button(number: int, *, is_up: bool, is_swapped: bool = False) -> api.Input:
    """Return press or release of a button: 1 the one for choosing, 2 the wheel, 3 the one for menus.

    With ``is_swapped``, a person has given left and right each other's meaning.
    """
    physical = {1: 3, 3: 1}.get(number, number) if is_swapped else number
    return _mouse(_PRESS[physical] << (1 if is_up else 0))


def wheel(notches: int, *, is_sideways: bool = False) -> api.Input:
    """Return a turn of the wheel: up, or sideways to the right, where ``notches`` is positive."""
    return _mouse(_SIDEWAYS if is_sideways else _WHEEL, data=notches * NOTCH)


def movement(point: Point, desktop: Box) -> api.Input:
    """Return a movement of the pointer to a point of the desktop of all monitors."""
    x, y = (
        -(-(place - first) * 65536 // size)
        for place, first, size in ((point.x, desktop.x, desktop.width), (point.y, desktop.y, desktop.height))
    )
    return _mouse(_MOVE | _ABSOLUTE | _WHOLE_DESKTOP, x=x, y=y)


def _mouse(flags: int, data: int = 0, x: int = 0, y: int = 0) -> api.Input:
    made = api.Input(type=_MOUSE)
    made.of.mouse = api.MouseInput(x=x, y=y, data=data & 0xFFFFFFFF, flags=flags, extra=MARK)
    return made


def send(inputs: Sequence[api.Input]) -> None:
    """Send input in one go, so that nothing comes between.

    Raises:
        InputFailed: If Windows takes none.
    """
    if not inputs:
        return
    count = api.user().SendInput(len(inputs), (api.Input * len(inputs))(*inputs), ctypes.sizeof(api.Input))
    if count != len(inputs):
        raise InputFailed(
            say("Windows did not accept the input: {reason}", reason=api.reason() or "?"),
            say("Check whether the screen is locked, or another program blocks mouse and keyboard."),
            sent=int(count),
        )


def is_swapped() -> bool:
    """Whether the buttons of the mouse are swapped, as for a left hand."""
    return bool(api.user().GetSystemMetrics(_SWAPPED_METRIC))


def desktop_box() -> Box:
    """Return the frame of all monitors."""
    metric = api.user().GetSystemMetrics
    return Box(metric(_LEFT), metric(_TOP), max(1, metric(_WIDTH)), max(1, metric(_HEIGHT)))


def is_down(vk: int) -> bool:
    """Whether a key or button is down."""
    return bool(api.user().GetAsyncKeyState(vk) & 0x8000)
