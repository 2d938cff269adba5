"""The parts for Wayland sessions that tell nothing of windows and take no input: only elements, by what their programs offer.

A button is pressed and a field gets its text by its program, without mouse and keyboard (*Method* *Element*). The rest is refused
before the first step.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flowdesk.drivers.wayland.everywhere import WaylandPlatform
from flowdesk.drivers.windowsystem import WindowSystem
from flowdesk.engine.ports import Check
from flowdesk.model.geometry import Point
from flowdesk.model.sentence import say


class ElementsPlatform(WaylandPlatform):
    """Implements ``drivers.platforms.Platform``."""

    def open_held(self) -> Any:
        """Return what holds nothing down."""
        return _Nothing()

    def open_windows(self) -> WindowSystem:
        """Open the top level windows, as their programs tell them."""
        from flowdesk.drivers.wayland.plane import PlaneWindows

        return PlaneWindows()

    def open_clipboard(self) -> Any:
        """Return what refuses to read and to write it."""
        return _NoClipboard()

    def make_devices(self, held: Any, clipboard: Any) -> Any:
        """Say that there are none.

        Raises:
            DesktopUnavailable: Always.
        """
        del held, clipboard
        from flowdesk.drivers.wayland import session

        raise session.refused(say("mouse and keyboard"))

    def open_emergency(
        self, stop: Callable[[str], None], lost: Callable[[], None], own_point: Callable[[], Point | None]
    ) -> Any:
        """Return what watches nothing: the key that is bound to `flowdesk stop` starts that."""
        del stop, lost, own_point
        return _Nothing()

    def require(self, needs: Mapping[str, str]) -> None:
        """Return where a run may begin.

        Raises:
            DesktopUnavailable: If this session withholds something of what it needs, or no key stops it.
        """
        from flowdesk.drivers.wayland import boundkeys, withheld
        from flowdesk.drivers.x11.grabs import is_saver_active, session_locked

        withheld.require(needs)
        if "input" in needs:
            boundkeys.require()
            if is_saver_active():
                raise session_locked()

    def checks(self) -> Sequence[tuple[str, bool, Callable[[], Check]]]:
        """Return what ``doctor`` looks at here."""
        from flowdesk.drivers.wayland import elementdoctor

        return elementdoctor.looks()


class _Nothing:
    """Stands for a part that there is no need of."""

    def release_all(self) -> None:
        """Nothing is held down."""

    def close(self) -> None:
        """There is nothing to close."""


class _NoClipboard:
    """Stands for the clipboard."""

    def text(self) -> str:
        """Say that it cannot be read."""
        from flowdesk.drivers.wayland import session

        raise session.refused(say("the clipboard"))

    def set_text(self, text: str) -> None:
        """Say that it cannot be written."""
        del text
        self.text()

    def hand_over(self) -> None:
        """Nothing was put there."""

    def close(self) -> None:
        """There is nothing to close."""
