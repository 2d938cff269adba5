"""Which parts drive the desktop of this system. The only place that chooses; ``drivers/<platform>/parts.py`` has them.

``doctor`` reads the same table. Nothing heavy is imported before a part is opened.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from flowdesk.drivers.stopped import Answer
from flowdesk.drivers.windowsystem import WindowSystem
from flowdesk.engine.ports import Check
from flowdesk.model.geometry import Point

if TYPE_CHECKING:
    from flowdesk.engine.observing import Ending, Heard


class Platform(Protocol):
    """What a room for a platform offers. Parts are opened in this order, and closed in reverse."""

    def open_held(self) -> Any:
        """Open the register of what is held down."""

    def open_claim(self) -> Any:
        """Open the claim that one process has on the desktop."""

    def open_windows(self) -> WindowSystem:
        """Open the top level windows."""

    def open_clipboard(self) -> Any:
        """Open the clipboard."""

    def make_devices(self, held: Any, clipboard: Any) -> Any:
        """Make mouse, keyboard and typist, on the input thread."""

    def open_emergency(
        self, stop: Callable[[str], None], lost: Callable[[], None], own_point: Callable[[], Point | None]
    ) -> Any:
        """Begin to watch for the emergency stop; ``None`` where this platform has none."""

    def open_listener(self, process: str, stop: Callable[[], Sequence[str]]) -> Any:
        """Begin to hear `flowdesk stop`; ``None`` where this platform cannot."""

    def open_listening(self, hear: "Callable[[Heard], None]", ended: "Callable[[Ending], None]") -> Any:
        """Begin to hear what a person does with mouse and keyboard, for a recording.

        Raises:
            DesktopUnavailable: Where this platform does not tell; says why.
        """

    def require(self, needs: Mapping[str, str]) -> None:
        """Return where a run may begin that needs the desktop: ``screen`` to look at it, ``input`` to act on it, and by what.

        Raises:
            DesktopUnavailable: If this session withholds it. What fails only when it is used is not looked for.
        """

    def stop_everywhere(self) -> list[Answer]:
        """Stop every run of this desktop, whatever process it is in.

        Raises:
            DesktopUnavailable: If there is no desktop.
        """

    def checks(self) -> Sequence[tuple[str, bool, Callable[[], Check]]]:
        """Return what ``doctor`` looks at here beside what all platforms share: name, whether it is required, the look."""


def platform() -> Platform:
    """Return the parts for this session."""
    from flowdesk.drivers.wayland import session

    if session.is_wayland():
        return _platform("sway" if session.is_driven() else "elements")
    return _platform(sys.platform)


@cache
def _platform(name: str) -> Platform:
    if name == "sway":
        from flowdesk.drivers.wayland.parts import SwayPlatform

        return SwayPlatform()
    if name == "elements":
        from flowdesk.drivers.wayland.elementparts import ElementsPlatform

        return ElementsPlatform()
    if name == "win32":
        from flowdesk.drivers.windows.parts import WindowsPlatform

        return WindowsPlatform()
    if name == "darwin":
        from flowdesk.drivers.macos.parts import MacPlatform

        return MacPlatform()
    from flowdesk.drivers.x11.parts import X11Platform

    return X11Platform()
