"""Mouse, keyboard and text under sway, as the input thread uses them."""

from collections.abc import Callable, Collection, Sequence

from flowdesk.drivers.programs import Habit
from flowdesk.drivers.steps import Steps
from flowdesk.drivers.wayland import stopkey
from flowdesk.drivers.wayland.clipboard import Clipboard
from flowdesk.drivers.wayland.focus import MOVE_PATIENCE, Focus, habit_of
from flowdesk.drivers.wayland.keyboard import Keyboard
from flowdesk.drivers.wayland.mouse import Mouse
from flowdesk.drivers.wayland.seat import Seat
from flowdesk.drivers.wayland.typing import Typist
from flowdesk.drivers.wayland.windows import SwayWindows
from flowdesk.drivers.x11.pointer import Pointer
from flowdesk.model.errors import InputFailed
from flowdesk.model.sentence import say

_READ_SECONDS = 0.02
"""How long a program may take to read what the compositor has passed on to it: none can be asked."""


class Arrival:
    """Waits until a click has reached the program under the pointer."""

    def __init__(self, seat: Seat) -> None:
        """Ask the compositor of this seat."""
        self._seat = seat

    def wait(self, sleep: Callable[[float], None]) -> None:
        """Return when the compositor has passed it on, and the program had a moment."""
        self._seat.settle()
        sleep(_READ_SECONDS)


class Devices:
    """Mouse, keyboard and text. Made and used on the input thread."""

    def __init__(self, seat: Seat, clipboard: Clipboard) -> None:
        """Use these."""
        self._windows = SwayWindows()
        self._focus = Focus(self._windows)
        self.pointer = Pointer(seat, Mouse(seat))
        self.keyboard = Keyboard(seat)
        self.barrier = Arrival(seat)
        self.typist = Typist(self.keyboard, clipboard, self._focus)

    def check_free(self, device: str, steps: Steps, driven: Collection[int] = ()) -> None:
        """Return when input may be sent.

        Raises:
            DesktopUnavailable: If no key stops it, or the session is locked.
        """
        del device, driven
        stopkey.require()
        self._windows.check_unlocked(steps.sleep)

    def press(self, names: Sequence[str], times: int, hold: float, steps: Steps, owner: int | None = None) -> None:
        """Press keys together, each time only while the keyboard is with the window that they are for."""
        if owner is None:
            self.keyboard.press(names, times, hold, steps)
            return

        def check(number: int) -> None:
            try:
                self._focus.wait_for(owner, steps.sleep, MOVE_PATIENCE if number == 0 else 0.0)
            except InputFailed as failure:
                if number == 0:
                    raise
                raise InputFailed(
                    say("{reason} The keys were pressed {count} times before.", reason=failure.message, count=number),
                    failure.fix,
                    pressed=number,
                ) from failure

        self.keyboard.press(names, times, hold, steps, check)

    def keyboard_place(self, steps: Steps, owner: int | None = None) -> tuple[int, Habit, str]:
        """Return the window that has the keyboard, what its program takes, and its title.

        Raises:
            InputFailed: If it is not the one that input is for, or none has it.
        """
        facts = self._focus.wait_for(owner, steps.sleep)
        return facts.id, habit_of(facts), facts.title or facts.app

    def select_all(self, steps: Steps, owner: int | None = None, *, is_thorough: bool = False) -> None:
        """Select all of the focused field, which changes nothing; in a terminal, empty its line."""
        number, habit, _ = self.keyboard_place(steps, owner)
        keys: tuple[list[str], ...] = (["ctrl", "a"],)
        if habit == "terminal":
            keys = (["ctrl", "e"], ["ctrl", "u"])
        elif is_thorough:
            keys = (["ctrl", "home"], ["ctrl", "shift", "end"])
        for names in keys:
            self.press(names, 1, 0.0, steps, number)

    def delete_selected(self, steps: Steps, owner: int | None = None) -> None:
        """Press Delete. Only where it is known that a field's text is selected; a terminal has nothing left to delete."""
        number, habit, _ = self.keyboard_place(steps, owner)
        if habit != "terminal":
            self.press(["delete"], 1, 0.0, steps, number)

    def close(self) -> None:
        """Disconnect."""
        self._windows.close()
