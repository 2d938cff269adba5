"""What is held down across nodes: a part of what ``ports.Hands`` asks of a desktop."""

from collections.abc import Sequence
from typing import Literal, Protocol

from flowdesk.model.geometry import Point
from flowdesk.model.target import Spot

Button = Literal["left", "middle", "right"]


class Holding(Protocol):
    """Pressing without releasing. What a run left down is released at its end, however it ends."""

    async def hold_keys(self, keys: Sequence[str], spot: Spot | None = None) -> None:
        """Press keys and leave them down; ``let_go_keys``, or the end of the run, releases them.

        With a ``spot``, only while its window has the keyboard.
        """

    async def let_go_keys(self, keys: Sequence[str]) -> None:
        """Release keys that ``hold_keys`` pressed. Of one that is not down nothing is sent."""

    async def hold_button(self, point: Point, button: Button = "left", duration: float = 0.0) -> None:
        """Move to a point, press a button and leave it down; ``let_go_button``, or the end of the run, releases it."""

    async def let_go_button(self, point: Point, button: Button = "left", duration: float = 0.0) -> None:
        """Move to a point and release a button that ``hold_button`` pressed."""
