"""The parts for Windows."""

import platform
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flowdesk.drivers.stopped import Answer
from flowdesk.drivers.windowsystem import WindowSystem
from flowdesk.engine.ports import Check
from flowdesk.model.errors import DesktopUnavailable, FlowdeskError
from flowdesk.model.geometry import Point
from flowdesk.model.sentence import say

if TYPE_CHECKING:
    from flowdesk.engine.observing import Ending, Heard


class WindowsPlatform:
    """Implements ``drivers.platforms.Platform``."""

    def open_held(self) -> Any:
        """Open the register of what is held down."""
        from flowdesk.drivers.windows.access import check_desktop
        from flowdesk.drivers.windows.held import HeldDown

        check_desktop()  # before anything else: what follows cannot work where no input arrives
        return HeldDown()

    def open_claim(self) -> Any:
        """Open the claim that one process has on the desktop."""
        from flowdesk.drivers.windows.claim import DesktopClaim

        return DesktopClaim()

    def open_windows(self) -> WindowSystem:
        """Open the top level windows."""
        from flowdesk.drivers.windows.windows import DesktopWindows

        return DesktopWindows()

    def open_clipboard(self) -> Any:
        """Open the clipboard."""
        from flowdesk.drivers.windows.clipboard import DesktopClipboard

        return DesktopClipboard()

    def make_devices(self, held: Any, clipboard: Any) -> Any:
        """Make mouse, keyboard and typist."""
        from flowdesk.drivers.windows.devices import Devices

        return Devices(held, clipboard)

    def open_emergency(
        self, stop: Callable[[str], None], lost: Callable[[], None], own_point: Callable[[], Point | None]
    ) -> Any:
        """Begin to watch for the emergency stop."""
        from flowdesk.drivers.windows.emergency import EmergencyWatch

        return EmergencyWatch(stop, own_point)

    def open_listener(self, process: str, stop: Callable[[], Sequence[str]]) -> Any:
        """Begin to hear `flowdesk stop`."""
        from flowdesk.drivers.windows.stopping import StopListener

        return StopListener(process, stop)

    def open_listening(self, hear: "Callable[[Heard], None]", ended: "Callable[[Ending], None]") -> Any:
        """Say that nobody can be heard here yet."""
        raise DesktopUnavailable(
            say("Recording is not possible on this system yet: flowdesk hears mouse and keyboard on X11 only."),
            say("Record on Linux with X11, or build the flow with the picker."),
        )

    def require(self, needs: Mapping[str, str]) -> None:
        """Return: what is missing here is found out when the desktop is opened."""

    def stop_everywhere(self) -> list[Answer]:
        """Stop every run of this session."""
        from flowdesk.drivers.windows.stopping import stop_everywhere

        return stop_everywhere()

    def checks(self) -> Sequence[tuple[str, bool, Callable[[], Check]]]:
        """Return what ``doctor`` looks at here."""
        return [
            (say("session"), True, _session),
            (say("mouse and keyboard"), True, _input),
            (say("rights"), False, _rights),
            (say("emergency stop"), False, _emergency),
            (say("clipboard"), False, _clipboard),
        ]


def _session() -> Check:
    from flowdesk.drivers.windows.access import check_desktop

    name = "session"
    try:
        check_desktop()
    except FlowdeskError as error:
        return Check(name, is_ok=False, message=str(error.message), fix=str(error.fix))
    told = say("Windows {version}; its desktop can be used.", version=platform.version())
    return Check(name, is_ok=True, message=str(told))


def _input() -> Check:
    from flowdesk.drivers.windows.sending import desktop_box

    box = desktop_box()
    told = say("Input works on a desktop of {size} pixels.", size=f"{box.width}x{box.height}")
    return Check("mouse and keyboard", is_ok=True, message=str(told))


def _rights() -> Check:
    import os

    from flowdesk.drivers.windows.access import MEDIUM, rank_of

    if rank_of(os.getpid()) > MEDIUM:
        told = say("flowdesk runs as administrator and can use all programs.")
    else:
        told = say(
            "Programs that run as administrator do not accept input from flowdesk. A flow that tries fails with an error."
        )
    return Check("rights", is_ok=True, message=str(told), is_required=False)


def _emergency() -> Check:
    from flowdesk.drivers.windows.emergency import EmergencyWatch

    watch = EmergencyWatch(lambda reason: None)
    is_ours = watch.is_grabbed
    watch.close()
    told = (
        say("Ctrl+Alt+Q stops all runs.")
        if is_ours
        else say(
            "Another program uses Ctrl+Alt+Q. flowdesk watches the keys directly, so the shortcut still stops runs."
        )
    )
    return Check("emergency stop", is_ok=True, message=str(told), is_required=False)


def _clipboard() -> Check:
    from flowdesk.drivers.windows.clipboard import DesktopClipboard

    clipboard = DesktopClipboard()
    try:
        kept = clipboard.keep()
    finally:
        clipboard.close()
    state = say("it is not empty") if kept.formats else say("it is empty")
    told = say("The clipboard is available; {state}.", state=state)
    return Check("clipboard", is_ok=True, message=str(told), is_required=False)
