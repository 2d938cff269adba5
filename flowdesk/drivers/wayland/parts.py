"""The parts for sway."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flowdesk.drivers.wayland.everywhere import WaylandPlatform
from flowdesk.drivers.windowsystem import WindowSystem
from flowdesk.engine.ports import Check
from flowdesk.model.geometry import Point


class SwayPlatform(WaylandPlatform):
    """Implements ``drivers.platforms.Platform``."""

    def open_held(self) -> Any:
        """Open the seat, which notes what is held down."""
        from flowdesk.drivers.wayland import screens, session
        from flowdesk.drivers.wayland.seat import Seat

        session.check()
        screens.outputs()
        return Seat()

    def open_windows(self) -> WindowSystem:
        """Open the top level windows."""
        from flowdesk.drivers.wayland.windows import SwayWindows

        return SwayWindows()

    def open_clipboard(self) -> Any:
        """Open the clipboard."""
        from flowdesk.drivers.wayland.clipboard import Clipboard

        return Clipboard()

    def make_devices(self, held: Any, clipboard: Any) -> Any:
        """Make mouse, keyboard and typist."""
        from flowdesk.drivers.wayland.devices import Devices

        return Devices(held, clipboard)

    def open_emergency(
        self, stop: Callable[[str], None], lost: Callable[[], None], own_point: Callable[[], Point | None]
    ) -> Any:
        """Begin to hear the key that is bound to `flowdesk stop`. Corners cannot be watched: nobody tells where the pointer is."""
        from flowdesk.drivers.wayland.emergency import EmergencyWatch

        return EmergencyWatch(stop, lost)

    def require(self, needs: Mapping[str, str]) -> None:
        """Return where a run may begin that needs ``screen`` or ``input``.

        Raises:
            DesktopUnavailable: If this session withholds something of it.
            MissingPiece: If the library is not installed.
        """
        from flowdesk.drivers.wayland import session, stopkey, withheld

        if needs:
            session.check()
            withheld.require(needs)
        if "input" in needs:
            stopkey.require()
            self._check_unlocked()

    @staticmethod
    def _check_unlocked() -> None:
        from flowdesk.drivers.wayland.windows import SwayWindows

        windows = SwayWindows()
        try:
            windows.check_unlocked()
        finally:
            windows.close()

    def checks(self) -> Sequence[tuple[str, bool, Callable[[], Check]]]:
        """Return what ``doctor`` looks at here."""
        from flowdesk.drivers.wayland import doctor

        return doctor.looks()
