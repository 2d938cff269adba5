"""What the engine asks of elements past mouse and keyboard: a part of ``engine.ports``."""

from collections.abc import Sequence
from typing import Any, Protocol

from flowdesk.model.geometry import Box
from flowdesk.model.parts import Opener, Part, Parts, Rows, Tick
from flowdesk.model.target import Spot


class Elements(Protocol):
    """Elements by what their programs tell of them and do for others, past mouse and keyboard.

    Where a program publishes nothing, what reads answers with ``None`` or nothing, and what acts raises.
    """

    async def tick(self, spot: Spot) -> Tick | None:
        """Return whether something is ticked; ``None`` where its program does not tell or it cannot be."""

    async def parts(self, spot: Spot, patience: float | None = None) -> Parts:
        """Return what can be chosen in an element; its kind is empty where nothing can."""

    async def part(self, spot: Spot, part: Part) -> Part | None:
        """Read a part of an element again; ``None`` when it is gone."""

    async def marked_parts(self, spot: Spot, among: Sequence[Part]) -> frozenset[int]:
        """Return the numbers of those of some parts that are highlighted now."""

    async def shown_parts(self, spot: Spot, found: Parts) -> Sequence[int]:
        """Return the numbers of the parts that are shown now."""

    async def entries(self, spot: Spot, part: Part | None = None) -> Parts:
        """Return the entries of the menu that hangs on an element, or on an entry of a menu."""

    async def menus(self, spot: Spot) -> Sequence[Parts]:
        """Return the entries of every menu that is shown in the window of a spot, beside its menu bars, as pages draw them."""

    async def openers(self, spot: Spot) -> Sequence[Opener]:
        """Return the menu bars and buttons of the window that a spot is or belongs to."""

    async def spot_of(self, spot: Spot, handle: Any) -> Spot | None:
        """Return an element of a spot's program as a place to act at; ``None`` when it is not shown."""

    async def labelled(self, spot: Spot) -> Spot | None:
        """Return what a label belongs to, as a place to act at; None for what is no label, or where that is not shown."""

    async def holds_controls(self, spot: Spot) -> bool:
        """Whether other things that take clicks stand in an element, as in a group with a check box in its title."""

    async def named_by(self, spot: Spot) -> Spot | None:
        """Return what a label names, told by its program or by where it stands, of any kind; else ``None``."""

    async def field_of(self, spot: Spot) -> Spot | None:
        """Return the field that a label names, or the one in the middle of a window in which no field has the keyboard; else ``None``."""

    async def popups(self, spot: Spot) -> Sequence[Box]:
        """Return where the popups of a spot's program are, uppermost first."""

    async def rows(self, spot: Spot, limit: int, first: int = 0) -> Rows | None:
        """Read the rows of a table or of a list, at most ``limit``; ``None`` where it is neither."""

    async def press_element(self, spot: Spot) -> str:
        """Do by its program what a click on an element does, and return what that is called.

        Raises:
            InputFailed: If the element offers no such thing.
        """

    async def set_element_text(self, spot: Spot, text: str) -> str:
        """Give a field its text by its program, and return what it holds then.

        Raises:
            InputFailed: If it takes none.
        """

    async def select_part(self, spot: Spot, found: Parts, part: Part) -> bool:
        """Select a part by its program; whether it says that it did."""
