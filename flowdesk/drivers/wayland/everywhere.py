"""What is the same in every Wayland session."""

from collections.abc import Callable, Sequence
from typing import Any

from flowdesk.drivers.stopped import Answer
from flowdesk.engine.observing import Ending, Heard


class WaylandPlatform:
    """The parts of ``drivers.platforms.Platform`` that need nothing of the compositor."""

    def open_claim(self) -> Any:
        """Open the claim that one process has on the desktop."""
        from flowdesk.drivers.wayland.claim import DesktopClaim

        return DesktopClaim()

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
