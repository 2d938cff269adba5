"""Mouse, keyboard and text of Windows, as the input thread uses them."""

from collections.abc import Callable, Collection, Sequence

from flowdesk.drivers.programs import Habit
from flowdesk.drivers.steps import Steps
from flowdesk.drivers.windows import access, focus, looks
from flowdesk.drivers.windows.clipboard import DesktopClipboard
from flowdesk.drivers.windows.held import HeldDown
from flowdesk.drivers.windows.keyboard import Keyboard
from flowdesk.drivers.windows.mouse import Mouse
from flowdesk.drivers.windows.typing import Typist
from flowdesk.drivers.x11.pointer import Pointer
from flowdesk.model.errors import InputFailed
from flowdesk.model.sentence import say


class Arrival:
    """Waits until a click has reached the program under the pointer."""

    def wait(self, sleep: Callable[[float], None]) -> None:
        """Return when that program has read it, or does not answer."""
        sleep(0.01)
        over = looks.at(looks.pointer())
        if over is not None:
            focus.settle(over.number)


class Devices:
    """Mouse, keyboard and text. Made and used on the input thread."""

    def __init__(self, held: HeldDown, clipboard: DesktopClipboard) -> None:
        """Begin with nothing held, also of what a flowdesk that was killed left behind.

        Raises:
            DesktopUnavailable: If no input would arrive.
        """
        access.check_desktop()
        held.release_leftovers()
        self.pointer = Pointer(held, Mouse())
        self.keyboard = Keyboard(held)
        self.barrier = Arrival()
        self.typist = Typist(self.keyboard, clipboard)

    def check_free(self, device: str, steps: Steps, driven: Collection[int] = ()) -> None:
        """Return when input would arrive at the windows that it is for.

        Raises:
            DesktopUnavailable: If the screen is locked, or their program has more rights.
        """
        del steps
        access.check_desktop()
        numbers = list(driven)
        if not numbers and device == "keyboard" and (front := looks.foreground()):
            numbers = [front]
        for number in numbers:
            access.check_rights(looks.process_of(number), focus.title(number))

    def press(self, names: Sequence[str], times: int, hold: float, steps: Steps, owner: int | None = None) -> None:
        """Press keys together, each time only while the keyboard is with the window that they are for."""
        if owner is None:
            self.keyboard.press(names, times, hold, steps)
            return

        def check(number: int) -> None:
            try:
                focus.window(owner, steps.sleep, focus.MOVE_PATIENCE if number == 0 else 0.0)
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
        number = focus.window(owner, steps.sleep)
        return number, focus.habit(number), focus.title(number)

    def select_all(self, steps: Steps, owner: int | None = None, *, is_thorough: bool = False) -> None:
        """Select all of the focused field, which changes nothing; in a terminal, empty its line."""
        number, habit, _ = self.keyboard_place(steps, owner)
        keys: tuple[list[str], ...] = (["ctrl", "a"],)
        if habit == "terminal":
            keys = (["esc"],)
        elif is_thorough:
            keys = (["ctrl", "home"], ["ctrl", "shift", "end"])
        for names in keys:
            self.press(names, 1, 0.0, steps, number)
        focus.settle(number)

    def delete_selected(self, steps: Steps, owner: int | None = None) -> None:
        """Press Delete. Only where it is known that a field's text is selected; a terminal has nothing left to delete."""
        number, habit, _ = self.keyboard_place(steps, owner)
        if habit != "terminal":
            self.press(["delete"], 1, 0.0, steps, number)
            focus.settle(number)

    def close(self) -> None:
        """There is nothing to close."""
