"""The mouse, in the words that ``drivers.x11.pointer`` uses: what pyautogui offers elsewhere."""

from flowdesk.drivers.wayland import screens
from flowdesk.drivers.wayland.seat import Seat
from flowdesk.model.geometry import Box, Point

NUMBERS = {"left": 1, "middle": 2, "right": 3}


class Mouse:
    """Sends movements of the mouse. No protocol tells where the pointer is: it is where it was put last."""

    def __init__(self, seat: Seat) -> None:
        """Move on this seat."""
        self._seat = seat
        self._at = Point(0, 0)
        self._is_down = False

    def position(self) -> tuple[int, int]:
        """Return where the pointer was put last."""
        return self._at.x, self._at.y

    def moveTo(self, x: int, y: int, *, _pause: bool) -> None:  # noqa: N802 - the other's name
        """Put the pointer on a pixel."""
        screen = screens.whole()
        point = Point(x, y)
        if not any(box.contains(point) for box in screens.boxes()):
            return  # ``position`` stays what it was, and the caller says that the point cannot be reached
        self._seat.put(point, screen)
        self._seat.settle()
        self._at = point

    def mouseDown(self, *, button: str, _pause: bool) -> None:  # noqa: N802 - the other's name
        """Press a button where the pointer was put last, whoever moved it since."""
        self._seat.button(NUMBERS[button], self._place(), is_down=True)
        self._seat.settle()

    def mouseUp(self, *, button: str, _pause: bool) -> None:  # noqa: N802 - the other's name
        """Release a button."""
        self._seat.button(NUMBERS[button], self._place(), is_down=False)
        self._seat.settle()

    def _place(self) -> tuple[Point, Box]:
        return self._at, screens.whole()

    def scroll(self, notches: int) -> None:
        """Turn the wheel; up where positive."""
        self._turn(-notches, is_sideways=False)

    def hscroll(self, notches: int) -> None:
        """Turn the wheel sideways; to the right where positive."""
        self._turn(notches, is_sideways=True)

    def _turn(self, notches: int, *, is_sideways: bool) -> None:
        self._seat.wheel(notches, is_sideways=is_sideways)
        self._seat.settle()
