"""Garbage is collected in the window's thread only.

Python collects cycles in whatever thread happens to allocate. A cycle that holds a Qt object would then be destroyed in
the input thread, which Qt does not allow: seen as a segmentation fault in the event loop some time later.
"""

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 60
"""How often is looked. A run makes tens of thousands of objects a second: often and little is what nobody feels."""

OLDEST = 200
"""After so many searches among older objects at most all are searched, in a window that is busy."""


class WindowThreadCollector(QObject):
    """Collects instead of Python's own collector, as often as that would, until ``stop``."""

    def __init__(self) -> None:
        """Take over. Make it in the window's thread."""
        super().__init__()
        young, older, oldest = gc.get_threshold()
        self._thresholds = young, older, min(oldest, OLDEST)
        self._was_enabled = gc.isenabled()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.collect)
        self._timer.start(INTERVAL_MS)

    def settle(self) -> None:
        """Leave out what is there for good, once everything is loaded: a full collection then takes milliseconds."""
        gc.collect()
        gc.freeze()

    def collect(self) -> None:
        """Collect the generations that are due."""
        counts = gc.get_count()
        for generation in (2, 1, 0):
            if counts[generation] > self._thresholds[generation]:
                gc.collect(generation)
                return

    def stop(self) -> None:
        """Hand back to Python's own collector."""
        self._timer.stop()
        gc.unfreeze()
        gc.collect()
        if self._was_enabled:
            gc.enable()
