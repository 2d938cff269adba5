"""Steps: what was decided that a person did, before targets are written out. Pure."""

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from flowdesk.engine.ports import Window
from flowdesk.model.geometry import Point

Way = Literal["element", "place", "area", "window"]
"""What of a moment is meant: the element at the point, the very place in it, what scrolls there, or the window alone."""


@dataclass(frozen=True, slots=True)
class Aim:
    """A target that is still to be written as a selector, by the moment in which it was pressed."""

    moment: int
    point: Point
    way: Way = "element"
    level: int | None = None
    """Which element of the path is meant; None for the one that a click means."""
    is_secret: bool = False
    """Whether no picture of it may be kept."""
    is_field: bool = False
    """Whether it was typed into, although its program publishes no field there."""
    took: float = 0.0
    """How many seconds it took to appear after what was done before; 0 where it was there."""
    window: Window | None = None
    """The window in which it is, where that was known in the press: a menu may hang out of it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One node to be: its type, what is known of its config, and its targets by the keys of the config."""

    type: str
    config: dict[str, Any] = field(default_factory=dict)
    aims: dict[str, Aim] = field(default_factory=dict)
    at: float = 0.0
    """When it was begun, in seconds of the observations' clock."""
    window: Window | None = None
    """Where it was done; None where that is unknown."""
    note: str = ""
    """For whoever reads the flow."""
    secret: str = ""
    """The name of the secret that it types, ``""`` for none."""
    is_certain: bool = True
    """Whether what it types is known to be what arrived."""

    def within(self, seconds: float) -> "Step":
        """Return it with a timeout of so many seconds."""
        return replace(self, config={**self.config, "timeout": round(seconds * 1000)})
