"""One run's desktop: its eyes and its hands in one object."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from flowdesk.drivers.clipboard import X11Clipboard
from flowdesk.drivers.eyes import RealEyes
from flowdesk.drivers.finder import Memory
from flowdesk.drivers.held import HeldDown
from flowdesk.drivers.input import InputThread, RealHands
from flowdesk.drivers.windows import WindowSystem
from flowdesk.engine.brake import Brake
from flowdesk.engine.ports import TypingMethod, TypingReport
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.target import Spot


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

    async def type_text(
        self, text: str, method: TypingMethod = "auto", key_delay: float = 0.01, spot: Spot | None = None
    ) -> TypingReport:
        """Deliver text exactly into the focused field, and read an element's value back into the report."""
        report = await RealHands.type_text(self, text, method, key_delay, spot)
        if spot is None or spot.element is None or spot.element.value is None:
            return report
        try:
            now = await self.state(spot)
        except FlowdeskError:
            return report  # The field closed on what was typed, as a dialog does on Return.
        return replace(report, read_back=now.element.value if now.element is not None else None)
