"""The commands that look for something in the flow in front."""

from collections.abc import Callable
from typing import Protocol

from flowdesk.ui.tab import FlowTab


class Front(Protocol):
    """What these commands need of the window."""

    @property
    def tab(self) -> FlowTab | None:
        """The flow in front."""


class FindActs:
    """Carries them out for a window."""

    def __init__(self, window: Front) -> None:
        """Look in the flow that is in front of ``window``."""
        self._window = window

    def acts(self) -> dict[str, Callable[[], object]]:
        """Return what carries out which command."""
        return {"find_here": self.find_here, "find_next": self.find_next, "find_previous": self.find_previous}

    def find_here(self) -> None:
        """Look for something in the flow in front."""
        if self._window.tab is not None:
            self._window.tab.find_bar.begin()

    def find_next(self) -> None:
        """Go to the next thing that was looked for."""
        if self._window.tab is not None:
            self._window.tab.find_bar.step(1)

    def find_previous(self) -> None:
        """Go to the one before."""
        if self._window.tab is not None:
            self._window.tab.find_bar.step(-1)
