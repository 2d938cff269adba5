"""What stands in what, of matches that a program tells of: what is scrolled out has a place on the screen, but not where it is told. Blocks.

Qt tells the place of a row that is scrolled out as if nothing cut it off, so that it seems to lie in the group below, or beside a label there.
"""

import contextlib
from collections.abc import Iterable, Iterator, Sequence

from flowdesk.drivers.atspi import bus as atspi
from flowdesk.drivers.atspi import gtk4, lineage
from flowdesk.drivers.atspi.calls import Hangs, Place, Unsupported
from flowdesk.drivers.atspi.lineage import Kin
from flowdesk.drivers.atspi.roles import State
from flowdesk.drivers.atspi.walk import upwards
from flowdesk.drivers.places import Match

_PATIENCE = 2.0
"""Seconds that a program may take to answer."""

_PAGES = frozenset({"chromium", "gecko"})
"""Toolkits in whose pages boxes overflow each other, and which tell of what is scrolled out that it is not shown.

Swing does, too; and of GTK 4 nobody knows where what is in a popover is cut off.
"""


def is_below(match: Match, base: Match) -> bool:
    """Whether a match stands in another, as the last walk over its program's tree saw it."""
    if match.handle is None or base.handle is None or match.handle[0] != base.handle[0]:
        return False
    return base.handle in _above(match.handle)


def holds(base: Match) -> bool:
    """Whether anything stands in a match, as far as the last walk saw: a group does, a label does not."""
    if base.handle is None:
        return False
    with contextlib.suppress(Unsupported):
        return base.handle in atspi.open_bus().walk(base.handle[0]).parents.values()
    return False


def _above(place: Place) -> Iterable[Place]:
    with contextlib.suppress(Unsupported):
        return list(upwards(place, atspi.open_bus().walk(place[0]).parents))[1:]
    return ()


class Kinship:
    """What matches stand in, asked for once in a look: those that stand in the same thing are asked about once."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._chains: dict[Place, list[Kin]] = {}
        self._holders: dict[Place, list[Kin]] = {}
        """What was told of the things that matches stand right in: itself, and what it stands in."""
        self._silent: set[str] = set()
        """Programs that did not answer in time: another question would take as long."""

    def is_away(self, match: Match) -> bool:
        """Whether something that a match stands in cuts it off."""
        return self._cutter(match) is not None

    def beside(self, base: Match, near: Sequence[Match]) -> Iterator[Match]:
        """Yield those of some matches that lie beside another on the screen, or in the same thing that scrolls."""
        for match in near:
            if match.handle is None or base.handle is None or self._are_beside(base, match):
                yield match

    def _are_beside(self, base: Match, match: Match) -> bool:
        cutters = self._cutter(base), self._cutter(match)
        places = [{kin.place for kin in self._chain(one)} for one in (base, match)]
        return all(cutter is None or (cutter in places[0] and cutter in places[1]) for cutter in cutters)

    def _cutter(self, match: Match) -> Place | None:
        """Return the innermost of what a match stands in that does not show its middle; None where it is in sight."""
        chain = self._chain(match)
        if not chain:
            return None
        holders = lineage.around(chain, is_page=False)
        if not chain[0].has(State.SHOWING) and not chain[0].is_placed:
            return holders[0].place if holders else None
        return next((kin.place for kin in holders if not kin.box.contains(match.box.center)), None)

    def _chain(self, match: Match) -> list[Kin]:
        place = match.handle
        if place is None:
            return []
        if place not in self._chains:
            chain = self._known(place, match) or self._asked(place, match)
            self._chains[place] = chain
            if len(chain) > 1:
                self._holders.setdefault(chain[1].place, chain[1:])
        return self._chains[place]

    def _known(self, place: Place, match: Match) -> list[Kin]:
        """Return a match with what another one told that stands in the same thing; nothing where none did."""
        kin = Kin(place, 0, 0, match.box)
        if not self._holders or not kin.is_placed:  # only its states tell where it is
            return []
        with contextlib.suppress(Unsupported):
            parent = atspi.open_bus().walk(place[0]).parents.get(place)
            holders = self._holders.get(parent) if parent is not None else None
            return [kin, *holders] if holders else []
        return []

    def _asked(self, place: Place, match: Match) -> list[Kin]:
        """Return what a match stands in; nothing where that says nothing about what is in sight."""
        program, pid = place[0], min(match.pids) if match.pids else 0
        if program in self._silent:
            return []
        try:
            bus = atspi.open_bus()
            toolkit, version = bus.toolkit(program, _PATIENCE)
            if toolkit in _PAGES or lineage.is_swing(toolkit) or gtk4.is_from_corner(toolkit, version):
                return []
            return lineage.lineage(
                lambda asked: bus.ask(asked, _PATIENCE),
                place,
                bus.walk(program).parents,
                lambda window: bus.measure(program, pid, window, _PATIENCE),
            )
        except (Unsupported, Hangs):
            self._silent.add(program)
            return []
