"""One run's desktop: its eyes and its hands in one object."""

from concurrent.futures import ThreadPoolExecutor

from flowdesk.drivers.clipboard import X11Clipboard
from flowdesk.drivers.eyes import RealEyes
from flowdesk.drivers.finder import Memory
from flowdesk.drivers.held import HeldDown
from flowdesk.drivers.input import InputThread, RealHands
from flowdesk.drivers.windows import WindowSystem
from flowdesk.engine.brake import Brake


class RealDesktop(RealEyes, RealHands):
    """Implements ``engine.ports.Desktop`` on this machine's desktop, bound to a run's brake."""

    def __init__(
        self,
        brake: Brake,
        *,
        thread: InputThread,
        held: HeldDown,
        clipboard: X11Clipboard,
        windows: WindowSystem,
        pool: ThreadPoolExecutor,
        memory: Memory,
    ) -> None:
        """Share the program's threads, devices and what was seen before."""
        RealEyes.__init__(self, windows, pool, memory)
        RealHands.__init__(self, brake, thread, held, clipboard, windows)
