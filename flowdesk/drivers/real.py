"""One run's desktop: its eyes and its hands in one object."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from flowdesk.drivers import elements
from flowdesk.drivers.clipboard import X11Clipboard
from flowdesk.drivers.eyes import RealEyes
from flowdesk.drivers.finder import Memory
from flowdesk.drivers.held import HeldDown
from flowdesk.drivers.input import InputThread, RealHands
from flowdesk.drivers.windows import WindowSystem
from flowdesk.engine.brake import Brake
from flowdesk.engine.ports import TypingMethod, TypingReport
from flowdesk.model.arrival import FIELD_ROLES, arrival
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.target import ElementState, Spot

_SHOWN_SECONDS = 1.5
"""How long a program may take to tell what arrived in a field."""

_LOOK_SECONDS = 0.05
"""Between two looks at it."""


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
        """Deliver text exactly into the focused field, and read the field's value back into the report."""
        known = spot.element if spot is not None and spot.element and spot.element.role in FIELD_ROLES else None
        is_lines = method == "auto" and not set("\n\t").isdisjoint(text.strip())
        field = known or (await self._focused() if is_lines else None)
        is_multiline = field is not None and field.role == "text_area"
        report = await self._type(text, method, key_delay, is_multiline=is_multiline)
        deadline = time.monotonic() + _SHOWN_SECONDS
        while True:
            field = await self._field_now(spot if known else None)
            if field is None:
                return report  # The field closed on what was typed, as a dialog does on Return.
            report = replace(report, read_back=field.value, role=field.role)
            if arrival(text, field.value, field.role) in ("arrived", "unknown") or time.monotonic() > deadline:
                return report
            await asyncio.sleep(_LOOK_SECONDS)

    async def clear_field(self, spot: Spot | None = None) -> None:
        """Empty the focused field, also in programs that publish no elements and have keys of their own for it."""

        def is_told() -> bool:
            active = self._windows.active()
            return active is None or not active.pid or bool(elements.applications({active.pid}))

        try:
            is_thorough = not await self._run(is_told)
        except FlowdeskError:
            is_thorough = False
        await self._clear(is_thorough=is_thorough)

    async def _field_now(self, spot: Spot | None) -> ElementState | None:
        """Read the field at a spot again, or the one that has the keyboard."""
        if spot is None:
            return await self._focused()
        try:
            return (await self.state(spot)).element
        except FlowdeskError:
            return None

    async def _focused(self) -> ElementState | None:
        """Read the field that has the keyboard; None where no program tells."""

        def read() -> ElementState | None:
            active = self._windows.active()
            if active is None or not active.pid:
                return None
            found = elements.focused_field(elements.applications({active.pid}))
            return found.state if found is not None else None

        try:
            return await self._run(read)
        except FlowdeskError:
            return None
