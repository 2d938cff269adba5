"""The commands that look for something in the open flows."""

from collections.abc import Callable

from flowdesk.ui.bench import Bench


class FindActs:
    """Carries them out for a window."""

    def __init__(self, bench: Bench) -> None:
        """Look in the flow in front."""
        self._bench = bench

    def acts(self) -> dict[str, Callable[[], object]]:
        """Return what carries out which command."""
        return {
            "find_all": self.find_all,
            "find_here": self.find_here,
            "find_next": self.find_next,
            "find_previous": self.find_previous,
        }

    def find_all(self) -> None:
        """Look for something in every open flow."""
        from flowdesk.ui.findall import FindAll

        FindAll(self._bench).open_over()

    def find_here(self) -> None:
        """Look for something in the flow in front."""
        if self._bench.tab is not None:
            self._bench.tab.find_bar.begin()

    def find_next(self) -> None:
        """Go to the next thing that was looked for."""
        if self._bench.tab is not None:
            self._bench.tab.find_bar.step(1)

    def find_previous(self) -> None:
        """Go to the one before."""
        if self._bench.tab is not None:
            self._bench.tab.find_bar.step(-1)
