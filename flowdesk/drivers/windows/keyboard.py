"""Named keys and shortcuts."""

import time
from collections.abc import Callable, Sequence

from flowdesk.drivers.steps import Steps
from flowdesk.drivers.windows import sending
from flowdesk.drivers.windows.held import HeldDown
from flowdesk.drivers.windows.keys import MODIFIERS, Key, keys_of
from flowdesk.model.errors import InputFailed
from flowdesk.model.sentence import say

FREE_SECONDS = 5.0
"""How long a person may hold a key that would bend what is sent."""
POLL = 0.02


class Keyboard:
    """Presses keys. Used on the input thread only."""

    def __init__(self, held: HeldDown) -> None:
        """Note in ``held`` what goes down."""
        self._held = held

    def press(
        self,
        names: Sequence[str],
        times: int,
        hold: float,
        steps: Steps,
        before: Callable[[int], None] | None = None,
    ) -> None:
        """Press keys together and release them in reverse; ``before(number)`` looks each time whether they may be."""
        self.wait_until_free(steps)
        for number in range(times):
            if before is not None:
                before(number)
            codes: list[Key] = []
            try:
                codes = self.hold(names, steps)
                if hold > 0:
                    steps.sleep(hold)
            finally:
                self.release(codes)

    def hold(self, names: Sequence[str], steps: Steps) -> list[Key]:
        """Press keys and return what ``release`` needs."""
        codes = list(dict.fromkeys(key for name in names for key in keys_of(name)))
        pressed: list[Key] = []
        try:
            with steps.step():
                for code in codes:
                    self._held.add("key", code)
                    pressed.append(code)
                    sending.send([sending.key(code.vk, code.scan, is_extended=code.is_extended, is_up=False)])
        except BaseException:
            self.release(pressed)
            raise
        return codes

    def release(self, codes: Sequence[Key]) -> None:
        """Release keys, in reverse."""
        for code in reversed(codes):
            sending.send([sending.key(code.vk, code.scan, is_extended=code.is_extended, is_up=True)])
            self._held.remove("key", code)

    def wait_until_free(self, steps: Steps) -> None:
        """Return when nobody holds a key that would change what is sent.

        Raises:
            InputFailed: If one stays down.
        """
        deadline = time.monotonic() + FREE_SECONDS
        while self._is_bent():
            if time.monotonic() > deadline:
                raise InputFailed(
                    say("A modifier key such as Shift or Ctrl is held, so the text would be wrong."),
                    say("Release the key. If nobody holds it, press and release it once."),
                )
            steps.sleep(POLL)

    @staticmethod
    def _is_bent() -> bool:
        """Whether a modifier is down."""
        return any(sending.is_down(vk) for keys in MODIFIERS.values() for vk in keys)
