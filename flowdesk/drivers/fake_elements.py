"""What is in the elements of a desktop that is only remembered."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flowdesk.model.errors import InputFailed
from flowdesk.model.geometry import Box
from flowdesk.model.parts import Opener, Part, Parts, Rows, Tick
from flowdesk.model.sentence import say
from flowdesk.model.target import Spot


@dataclass
class Inner:
    """Scripted insides of elements, by their selectors."""

    ticks: dict[str, Tick] = field(default_factory=dict)
    parts: dict[str, Parts] = field(default_factory=dict)
    entries: dict[str, Parts] = field(default_factory=dict)
    rows: dict[str, Rows] = field(default_factory=dict)
    presses: set[str] = field(default_factory=set)
    """Elements that offer a press."""
    texts: dict[str, str] = field(default_factory=dict)
    """What fields hold that take a text from programs."""


class FakeElements:
    """Implements ``engine.ports.Elements`` on what was scripted."""

    inner: Inner

    def _did(self, action: str, *values: Any) -> None:
        raise NotImplementedError

    async def tick(self, spot: Spot) -> Tick | None:
        """Return the scripted tick."""
        return self.inner.ticks.get(spot.selector)

    async def parts(self, spot: Spot, patience: float | None = None) -> Parts:
        """Return the scripted parts."""
        return self.inner.parts.get(spot.selector, Parts(""))

    async def part(self, spot: Spot, part: Part) -> Part | None:
        """Return the part as it is scripted now."""
        found = self.inner.parts.get(spot.selector, Parts("")).parts
        return next((one for one in found if one.number == part.number), None)

    async def marked_parts(self, spot: Spot, among: Sequence[Part]) -> frozenset[int]:
        """Return those that are scripted so now."""
        numbers = {part.number for part in among if part.handle is not None}
        found = self.inner.parts.get(spot.selector, Parts("")).parts
        return frozenset(one.number for one in found if one.number in numbers and one.is_marked)

    async def shown_parts(self, spot: Spot, found: Parts) -> Sequence[int]:
        """Return all of them."""
        return [part.number for part in found.parts]

    async def entries(self, spot: Spot, part: Part | None = None) -> Parts:
        """Return the scripted entries."""
        return self.inner.entries.get(part.text if part else spot.selector, Parts(""))

    async def menus(self, spot: Spot) -> Sequence[Parts]:
        """Return none."""
        return ()

    async def openers(self, spot: Spot) -> Sequence[Opener]:
        """Return none."""
        return ()

    async def spot_of(self, spot: Spot, handle: Any) -> Spot | None:
        """Return the spot itself."""
        return replace(spot, handle=handle)

    async def labelled(self, spot: Spot) -> Spot | None:
        """Nothing here is a label."""
        return None

    async def holds_controls(self, spot: Spot) -> bool:
        """Nothing stands in anything here."""
        return False

    async def named_by(self, spot: Spot) -> Spot | None:
        """Nothing here is a label."""
        return None

    async def field_of(self, spot: Spot) -> Spot | None:
        """Nothing here is a label."""
        return None

    async def popups(self, spot: Spot) -> Sequence[Box]:
        """Return none."""
        return ()

    async def rows(self, spot: Spot, limit: int, first: int = 0) -> Rows | None:
        """Return the scripted rows, as many as asked for."""
        known = self.inner.rows.get(spot.selector)
        return None if known is None else replace(known, rows=known.rows[first : first + limit])

    async def press_element(self, spot: Spot) -> str:
        """Record it."""
        if spot.selector not in self.inner.presses:
            raise InputFailed(
                say('"{target}" offers no actions to other programs.', target=spot.selector),
                say("Choose another method."),
            )
        self._did("press_element", spot.selector)
        return "press"

    async def set_element_text(self, spot: Spot, text: str) -> str:
        """Record it and return what the field holds."""
        if spot.selector not in self.inner.texts:
            raise InputFailed(
                say('"{target}" offers no actions to other programs.', target=spot.selector),
                say("Choose another method."),
            )
        self._did("set_element_text", spot.selector, text)
        self.inner.texts[spot.selector] = text
        return text

    async def select_part(self, spot: Spot, found: Parts, part: Part) -> bool:
        """Record it."""
        self._did("select_part", spot.selector, part.number)
        return True
