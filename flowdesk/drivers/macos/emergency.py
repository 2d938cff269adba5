"""The emergency stop of macOS: the pointer held in a corner of the screen. Not tried."""

import threading
import time
from collections.abc import Callable

from flowdesk.drivers.corners import CornerWatch
from flowdesk.drivers.x11.pointer import load_pyautogui
from flowdesk.model.geometry import Box, Point
from flowdesk.model.sentence import say

LOOK = 0.05
"""Seconds between two looks."""


class CornerThread:
    """Watches, and calls ``stop(reason)`` from its thread."""

    def __init__(self, stop: Callable[[str], None], own_point: Callable[[], Point | None]) -> None:
        """Start watching; ``own_point`` tells where flowdesk itself put the pointer last."""
        self._stop, self._own_point = stop, own_point
        self._library = load_pyautogui()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="flowdesk-emergency", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread. Idempotent."""
        self._is_over.set()
        self._thread.join(5)

    def _watch(self) -> None:
        corner = CornerWatch()
        while not self._is_over.wait(LOOK):
            x, y = self._library.position()
            width, height = self._library.size()
            if corner.is_held(Point(int(x), int(y)), [Box(0, 0, width, height)], time.monotonic(), self._own_point()):
                self._stop(say("Stopped because the pointer was held in a screen corner."))
