"""The parts for macOS. Not tried: written from the documentation of pyautogui and pygetwindow."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flowdesk.drivers.stopped import Answer
from flowdesk.drivers.windowsystem import WindowSystem
from flowdesk.engine.observing import Ending, Heard
from flowdesk.engine.ports import Check
from flowdesk.model.errors import DesktopUnavailable
from flowdesk.model.geometry import Point
from flowdesk.model.sentence import say


class MacPlatform:
    """Implements ``drivers.platforms.Platform``."""

    def open_held(self) -> Any:
        """Open the register of what is held down."""
        from flowdesk.drivers.macos.input import MacHeld

        return MacHeld()

    def open_claim(self) -> Any:
        """Open the claim that one process has on the desktop."""
        from flowdesk.drivers.macos.input import MacClaim

        return MacClaim()

    def open_windows(self) -> WindowSystem:
        """Open the top level windows."""
        from flowdesk.drivers.macos.windows import MacWindows

        return MacWindows()

    def open_clipboard(self) -> Any:
        """Open the clipboard."""
        from flowdesk.drivers.macos.input import MacClipboard

        return MacClipboard()

    def make_devices(self, held: Any, clipboard: Any) -> Any:
        """Make mouse, keyboard and typist."""
        from flowdesk.drivers.macos.input import MacDevices

        return MacDevices(held, clipboard)

    def open_emergency(
        self, stop: Callable[[str], None], lost: Callable[[], None], own_point: Callable[[], Point | None]
    ) -> Any:
        """Begin to watch the corners of the screen; there is no shortcut here."""
        from flowdesk.drivers.macos.emergency import CornerThread

        return CornerThread(stop, own_point)

    def open_listener(self, process: str, stop: Callable[[], Sequence[str]]) -> Any:
        """Hear nothing: processes do not know of each other here."""
        return None

    def open_listening(self, hear: Callable[[Heard], None], ended: Callable[[Ending], None]) -> Any:
        """Say that nobody can be heard here yet."""
        raise DesktopUnavailable(
            say("Recording is not possible on this system yet: flowdesk hears mouse and keyboard on X11 only."),
            say("Record on Linux with X11, or build the flow with the picker."),
        )

    def require(self, needs: Mapping[str, str]) -> None:
        """Return: what is missing here is found out when the desktop is opened."""

    def stop_everywhere(self) -> list[Answer]:
        """Refuse.

        Raises:
            DesktopUnavailable: Always.
        """
        raise DesktopUnavailable(
            say("flowdesk stop does not work on macOS."),
            say("Hold the pointer in a screen corner, or press Ctrl+C in the terminal."),
        )

    def checks(self) -> Sequence[tuple[str, bool, Callable[[], Check]]]:
        """Return what ``doctor`` looks at here."""
        return [
            (say("session"), True, _session),
            (say("mouse and keyboard"), True, _input),
            (say("emergency stop"), False, _emergency),
        ]


def _session() -> Check:
    return Check("session", is_ok=True, message=str(say("macOS; flowdesk is not tested there.")))


def _input() -> Check:
    from flowdesk.drivers.x11.pointer import load_pyautogui

    load_pyautogui()
    return Check("mouse and keyboard", is_ok=True, message=str(say("Mouse and keyboard input works.")))


def _emergency() -> Check:
    told = say("Holding the pointer in a screen corner stops all runs. There is no shortcut on macOS.")
    return Check("emergency stop", is_ok=True, message=str(told), is_required=False)
