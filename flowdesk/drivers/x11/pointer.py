"""The mouse, through pyautogui: loaded when first needed, its ways of failing turned into sentences.

pyautogui cannot be imported without a display and without a readable ``.Xauthority``. What it brings for looking at the
screen and for message boxes stays out: OpenCV, tkinter, and a viewer that ends the process where there is no tkinter. Its own fail-safe and pauses are switched off: the emergency thread stops
a run in any screen corner without waiting for the next call, and the brake owns the pace.
"""

import contextlib
import io
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Any, Literal, Protocol

from flowdesk.drivers.steps import Steps
from flowdesk.drivers.x11 import connection as x11
from flowdesk.engine.ports import Button
from flowdesk.model.errors import DesktopUnavailable, FlowdeskError, InputFailed, MissingPiece
from flowdesk.model.geometry import Point
from flowdesk.model.sentence import say

STEP = 0.01
"""Seconds between two positions of a timed move."""
BETWEEN_CLICKS = 0.04
"""Seconds between the clicks of a double click: well under every desktop's limit."""
NUMBERS: dict[Button, int] = {"left": 1, "middle": 2, "right": 3}
NOT_NEEDED = ("mouseinfo", "pyscreeze", "pymsgbox")
"""What pyautogui does without where it is not installed."""


def load_pyautogui() -> Any:
    """Import pyautogui and set it up.

    Raises:
        DesktopUnavailable: If there is no display that it can use.
        MissingPiece: If it is not installed.
    """
    if x11.is_x11():
        if not os.environ.get("DISPLAY"):
            raise x11.no_display()
        x11.provide_authority()
    try:
        # It prints hints on stdout, where they would break a program's JSON output.
        with contextlib.redirect_stdout(io.StringIO()), _left_out(NOT_NEEDED):
            import pyautogui
    except ImportError as missing:
        raise MissingPiece(say("pyautogui is not installed."), say("Run: pip install pyautogui")) from missing
    except Exception as failure:
        raise pyautogui_failure(failure) from failure
    _connect_again(sys.modules.get("pyautogui._pyautogui_x11"))
    pyautogui.PAUSE = 0
    pyautogui.FAILSAFE = False
    pyautogui.MINIMUM_DURATION = 0
    return pyautogui


def _connect_again(library: Any) -> None:
    """Give pyautogui, which connects once, when it is imported, another connection where its own is broken or elsewhere."""
    if library is None:
        return
    kept = library._display
    try:
        if kept.get_display_name() == os.environ.get("DISPLAY"):
            kept.sync()
            return
    except Exception as problem:
        if not x11.is_loss(problem):
            raise
    library._display = x11.connect()
    kept.display.socket.close()


@contextlib.contextmanager
def _left_out(names: Sequence[str]) -> Iterator[None]:
    """Let modules seem not to be installed for a moment: ``None`` in ``sys.modules`` makes their import fail quietly."""
    hidden = [name for name in names if name not in sys.modules]
    modules: dict[str, Any] = sys.modules
    modules.update(dict.fromkeys(hidden))
    try:
        yield
    finally:
        for name in hidden:
            modules.pop(name, None)


def pyautogui_failure(failure: Exception) -> FlowdeskError:
    """Say why pyautogui could not be loaded."""
    if isinstance(failure, KeyError) and failure.args == ("DISPLAY",):
        return x11.no_display()
    return DesktopUnavailable(
        say("pyautogui cannot use this display: {reason}", reason=str(failure) or type(failure).__name__),
        say("Check that DISPLAY and XAUTHORITY belong to the session that you are logged in to."),
    )


class Register(Protocol):
    """Notes what is held down."""

    def add(self, kind: Literal["button"], code: int) -> None:
        """Note a button that is about to be pressed."""

    def remove(self, kind: Literal["button"], code: int) -> None:
        """Note a button that was released."""


class Pointer:
    """Moves and clicks. Call it from the input thread only (pyautogui hangs when threads share it)."""

    def __init__(self, held: Register, library: Any = None) -> None:
        """Move the mouse by ``library``, which speaks as pyautogui does; by default, load that.

        Raises:
            DesktopUnavailable, MissingPiece: As ``load_pyautogui``.
        """
        self._library = library or load_pyautogui()
        self._display = sys.modules["pyautogui._pyautogui_x11"]._display if library is None and x11.is_x11() else None
        self._held = held
        self.placed: Point | None = None
        """Where it was put last; the emergency thread reads it."""

    def where(self) -> Point:
        """Return where the pointer is."""
        x, y = self._library.position()
        return Point(int(x), int(y))

    def move(self, point: Point, duration: float, steps: Steps) -> None:
        """Move to a point, with easing when it is to take time, and read the position back.

        Raises:
            InputFailed: If the pointer does not get there.
        """
        start = self.where()
        count = int(duration / STEP)
        for number in range(1, count):
            part = _eased(number / count)
            with steps.step():
                self._jump(
                    Point(round(start.x + (point.x - start.x) * part), round(start.y + (point.y - start.y) * part))
                )
            steps.sleep(STEP)
        for _ in range(3):
            with steps.step():
                self._jump(point)
            now = self.where()
            if now == point:
                return
            steps.sleep(STEP)
        raise InputFailed(
            say("The pointer cannot reach {wanted}; it is at {now}.", wanted=tuple(point), now=tuple(now)),
            say("Check that the point is on a monitor and that nobody moves the mouse."),
        )

    def click(self, button: Button, clicks: int, steps: Steps) -> None:
        """Click where the pointer is."""
        for number in range(clicks):
            if number:
                steps.sleep(BETWEEN_CLICKS)
            with steps.step():
                if self._display is not None:
                    self._tap(self._display, NUMBERS[button])
                    continue
                try:
                    self._press(button)
                finally:
                    self._release(button)

    def _tap(self, display: Any, number: int) -> None:
        """Press and release in one message: a menu that opens takes a release that comes half a second after its press for a choice."""
        from Xlib import X
        from Xlib.ext.xtest import fake_input

        self._held.add("button", number)
        try:
            fake_input(display, X.ButtonPress, number)
        finally:
            fake_input(display, X.ButtonRelease, number)
            display.sync()
        self._held.remove("button", number)

    def hold(self, button: Button, steps: Steps) -> None:
        """Press a button where the pointer is, and leave it down."""
        with steps.step():
            self._press(button)

    def let_go(self, button: Button) -> None:
        """Release a button. Passes no brake: letting go is always allowed."""
        self._release(button)

    def drag(self, start: Point, end: Point, button: Button, duration: float, steps: Steps) -> None:
        """Press at one point, move to another in small steps, release there."""
        self.move(start, 0.0, steps)
        try:
            with steps.step():
                self._press(button)
            steps.sleep(0.05)
            # A few pixels first: toolkits begin a drag only after the pointer left a small box.
            self.move(end, max(duration, 0.1), steps)
            steps.sleep(0.05)
        finally:
            self._release(button)

    def scroll(self, dx: int, dy: int, steps: Steps) -> None:
        """Turn the wheel, one click a step."""
        for count, turn, sign in ((dy, self._library.scroll, -1), (dx, self._library.hscroll, 1)):
            for _ in range(abs(count)):
                with steps.step():
                    turn(sign if count > 0 else -sign)
                steps.sleep(STEP)

    def _jump(self, point: Point) -> None:
        self.placed = point
        self._library.moveTo(point.x, point.y, _pause=False)

    def _press(self, button: Button) -> None:
        self._held.add("button", NUMBERS[button])
        self._library.mouseDown(button=button, _pause=False)

    def _release(self, button: Button) -> None:
        self._library.mouseUp(button=button, _pause=False)
        self._held.remove("button", NUMBERS[button])


def _eased(part: float) -> float:
    """Start and end slowly (smoothstep)."""
    return part * part * (3 - 2 * part)
