"""Named keys and shortcuts, and the strokes of a text."""

from collections.abc import Callable, Sequence

from flowdesk.drivers.steps import Steps
from flowdesk.drivers.wayland import keymap
from flowdesk.drivers.wayland.seat import Seat

Held = tuple[int, int]
"""A key that is down, and the modifier that it is."""


class Keyboard:
    """Presses keys. Used on the input thread only.

    What a person holds on another keyboard does not bend what is sent: each keyboard of a seat has modifiers of its own.
    """

    def __init__(self, seat: Seat) -> None:
        """Press on this seat."""
        self._seat = seat

    def press(
        self, names: Sequence[str], times: int, hold: float, steps: Steps, before: Callable[[int], None] | None = None
    ) -> None:
        """Press keys together and release them in reverse; ``before(number)`` looks each time whether they may be."""
        for number in range(times):
            if before is not None:
                before(number)
            held: list[Held] = []
            try:
                held = self.hold(names, steps)
                if hold > 0:
                    steps.sleep(hold)
            finally:
                self.release(held)

    def hold(self, names: Sequence[str], steps: Steps) -> list[Held]:
        """Press keys and return what ``release`` needs."""
        spare = next((name for name in names if keymap.is_spare(name)), "")
        held: list[Held] = []
        try:
            with steps.step():
                self._seat.use_keymap(keymap.shortcut_keymap(spare))
                for name in names:
                    stroke = keymap.stroke_of(name)
                    if stroke.mask and not any(mask & stroke.mask for _, mask in held):
                        self._down(held, keymap.CODES["shift"], keymap.SHIFT)
                    self._down(held, stroke.code, keymap.MASKS.get(name, 0))
                self._seat.settle()
        except BaseException:
            self.release(held)
            raise
        return held

    def _down(self, held: list[Held], code: int, mask: int) -> None:
        if code not in {each for each, _ in held}:
            held.append((code, mask))
            self._seat.key(code, is_down=True, mask=mask)

    def release(self, held: Sequence[Held]) -> None:
        """Release keys, in reverse. Passes no brake: letting go is always allowed."""
        for code, mask in reversed(held):
            self._seat.key(code, is_down=False, mask=mask)
        if held:
            self._seat.settle()

    def prepare(self, text: str) -> dict[str, int]:
        """Give the keyboard a keymap for a text of at most ``keymap.MOST`` different characters; return its keys."""
        codes = keymap.codes_of(list(dict.fromkeys(text)))
        self._seat.use_keymap(keymap.text_keymap(codes))
        return codes

    def stroke(self, code: int, steps: Steps) -> None:
        """Press and release one key of ``prepare``."""
        with steps.step():
            try:
                self._seat.key(code, is_down=True)
            finally:
                self._seat.key(code, is_down=False)
            self._seat.settle()
