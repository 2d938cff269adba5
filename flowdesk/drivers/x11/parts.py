"""The parts for X11."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flowdesk.drivers.stopped import Answer
from flowdesk.drivers.windowsystem import WindowSystem
from flowdesk.engine.ports import Check
from flowdesk.model.geometry import Point

if TYPE_CHECKING:
    from flowdesk.engine.observing import Ending, Heard


class X11Platform:
    """Implements ``drivers.platforms.Platform``."""

    def open_held(self) -> Any:
        """Open the register of what is held down."""
        from flowdesk.drivers.x11.held import HeldDown

        return HeldDown()

    def open_claim(self) -> Any:
        """Open the claim that one process has on the desktop."""
        from flowdesk.drivers.x11.claim import DesktopClaim

        return DesktopClaim()

    def open_windows(self) -> WindowSystem:
        """Open the top level windows."""
        from flowdesk.drivers.x11.windows import X11Windows

        return X11Windows()

    def open_clipboard(self) -> Any:
        """Open the clipboard."""
        from flowdesk.drivers.x11.clipboard import X11Clipboard

        return X11Clipboard()

    def make_devices(self, held: Any, clipboard: Any) -> Any:
        """Make mouse, keyboard and typist."""
        from flowdesk.drivers.x11.input import Devices

        return Devices(held, clipboard)

    def open_emergency(
        self, stop: Callable[[str], None], lost: Callable[[], None], own_point: Callable[[], Point | None]
    ) -> Any:
        """Begin to watch for the emergency stop."""
        from flowdesk.drivers.x11.emergency import EmergencyWatch

        return EmergencyWatch(stop, lost, own_point)

    def open_listener(self, process: str, stop: Callable[[], Sequence[str]]) -> Any:
        """Begin to hear `flowdesk stop`."""
        from flowdesk.drivers.x11.stopping import StopListener

        return StopListener(process, stop)

    def open_listening(self, hear: "Callable[[Heard], None]", ended: "Callable[[Ending], None]") -> Any:
        """Begin to hear what a person does with mouse and keyboard."""
        from flowdesk.drivers.x11.listening import Listener

        return Listener(hear, ended)

    def require(self, needs: Mapping[str, str]) -> None:
        """Return: what is missing here is found out when the desktop is opened."""

    def stop_everywhere(self) -> list[Answer]:
        """Stop every run of this display."""
        from flowdesk.drivers.x11.stopping import stop_everywhere

        return stop_everywhere()

    def checks(self) -> Sequence[tuple[str, bool, Callable[[], Check]]]:
        """Return what ``doctor`` looks at here."""
        from flowdesk.drivers.x11 import doctor

        return doctor.looks()
