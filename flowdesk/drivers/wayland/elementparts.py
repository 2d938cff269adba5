"""The parts for Wayland sessions that tell nothing of windows and take no input: only elements, by what their programs offer.

A button is pressed and a field gets its text by its program, without mouse and keyboard (*Method* *Element*). The rest is refused
before the first step.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flowdesk.drivers.stopped import Answer
from flowdesk.drivers.windowsystem import WindowSystem
from flowdesk.engine.observing import Ending, Heard
from flowdesk.engine.ports import Check
from flowdesk.model.geometry import Point
from flowdesk.model.sentence import say


class ElementsPlatform:
    """Implements ``drivers.platforms.Platform``."""

    def open_held(self) -> Any:
        """Return what holds nothing down."""
        return _Nothing()

    def open_claim(self) -> Any:
        """Open the claim that one process has on the desktop."""
        from flowdesk.drivers.wayland.claim import DesktopClaim

        return DesktopClaim()

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

    def open_listener(self, process: str, stop: Callable[[], Sequence[str]]) -> Any:
        """Begin to hear `flowdesk stop`."""
        from flowdesk.drivers.wayland.stopping import StopListener

        return StopListener(process, stop)

    def open_listening(self, hear: Callable[[Heard], None], ended: Callable[[Ending], None]) -> Any:
        """Say that nobody can be heard here."""
        from flowdesk.drivers.wayland import session

        raise session.no_recording()

    def stop_everywhere(self) -> list[Answer]:
        """Stop every run of this session, whatever process it is in."""
        from flowdesk.drivers.private.stopping import answers

        return answers()

    def require(self, needs: Mapping[str, str]) -> None:
        """Return where a run may begin.

        Raises:
            DesktopUnavailable: If this session withholds something of what it needs, or no key stops it.
        """
        from flowdesk.drivers.wayland import boundkeys, withheld
        from flowdesk.drivers.x11.grabs import _is_saver_active, _locked

        withheld.require(needs)
        if "input" in needs:
            boundkeys.require()
            if _is_saver_active():
                raise _locked()

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
