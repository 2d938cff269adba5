"""The mouse, in the words that ``drivers.x11.pointer`` uses: what pyautogui offers elsewhere."""

from flowdesk.drivers.windows import access, api, looks, sending
from flowdesk.model.geometry import Point

NUMBERS = {"left": 1, "middle": 2, "right": 3}


class Mouse:
    """Sends movements of the mouse."""

    def position(self) -> tuple[int, int]:
        """Return where the pointer is."""
        place = looks.pointer()
        return place.x, place.y

    def moveTo(self, x: int, y: int, *, _pause: bool) -> None:  # noqa: N802 - the other's name
        """Move the pointer: as a mouse does, so that programs hear of it, then to the very pixel."""
        sending.send([sending.movement(Point(x, y), sending.desktop_box())])
        if self.position() != (x, y):
            api.user().SetCursorPos(x, y)

    def mouseDown(self, *, button: str, _pause: bool) -> None:  # noqa: N802 - the other's name
        """Press a button, where the program under the pointer gets to know."""
        _check_under()
        sending.send([sending.button(NUMBERS[button], is_up=False, is_swapped=sending.is_swapped())])

    def mouseUp(self, *, button: str, _pause: bool) -> None:  # noqa: N802 - the other's name
        """Release a button."""
        sending.send([sending.button(NUMBERS[button], is_up=True, is_swapped=sending.is_swapped())])

    def scroll(self, notches: int) -> None:
        """Turn the wheel; up where positive."""
        _check_under()
        sending.send([sending.wheel(notches)])

    def hscroll(self, notches: int) -> None:
        """Turn the wheel sideways; to the right where positive."""
        _check_under()
        sending.send([sending.wheel(notches, is_sideways=True)])


def _check_under() -> None:
    """Return when input at the pointer reaches what is there.

    Raises:
        DesktopUnavailable: If its program has more rights.
    """
    over = looks.at(looks.pointer())
    if over is not None:
        access.check_rights(over.pid, over.title or over.program)
