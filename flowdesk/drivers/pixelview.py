"""What an engine of another package looks at."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flowdesk.model.geometry import Box

if TYPE_CHECKING:
    from flowdesk.drivers.pixels.screen import Pixels, Shot


@dataclass(frozen=True, slots=True)
class PixelView:
    """What an engine of another package looks at."""

    box: Box
    shot: "Callable[[Box], Shot]"

    def pixels(self) -> "Pixels":
        """Return the pixels of the box."""
        return self.shot(self.box).pixels
