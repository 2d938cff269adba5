"""The event loop keeps the count of references to ``None``."""

import asyncio
import sys

import qasync
from PySide6.QtWidgets import QApplication

TICKS = 5000
NOISE = 1000
"""How far the count may move by itself."""


def test_timer_events_do_not_lose_references_to_none(qapp: QApplication) -> None:
    """A PySide6 that does kills the process in mid-run, on every Python before 3.12."""
    loop = qasync.QEventLoop(qapp)

    async def tick() -> int:
        before = sys.getrefcount(None)
        for _ in range(TICKS):
            await asyncio.sleep(0)
        return sys.getrefcount(None) - before

    try:
        assert loop.run_until_complete(tick()) > -NOISE
    finally:
        loop.close()
        asyncio.set_event_loop(None)
