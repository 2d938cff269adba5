"""Listens to the person at this machine's desktop, where that is possible: the parts are chosen in ``platforms``."""

from collections.abc import Callable

from flowdesk.drivers.platforms import platform
from flowdesk.engine.observing import Ending, Heard, Listening, Witness
from flowdesk.engine.ports import Window


class RealObserver:
    """Implements ``engine.observing.Observer``. Nothing is loaded or opened before it is used."""

    def listen(self, hear: Callable[[Heard], None], ended: Callable[[Ending], None]) -> Listening:
        """Hear mouse and keyboard.

        Raises:
            DesktopUnavailable: If nothing can be heard here.
        """
        listening: Listening = platform().open_listening(hear, ended)
        return listening

    def witness(self, is_own: Callable[[Window], bool]) -> Witness:
        """Return what looks.

        Raises:
            DesktopUnavailable: If there is no desktop.
        """
        from flowdesk.drivers.observing.witness import RealWitness

        windows = platform().open_windows()
        return RealWitness(windows, is_own, windows.close)
