"""What stands in what, and how often a program is asked for it: against a program that is made up."""

from collections.abc import Sequence
from typing import Any

import pytest

from flowdesk.drivers import screens
from flowdesk.drivers.atspi import bus as atspi
from flowdesk.drivers.atspi.calls import ROOT, Hangs, Place, Question
from flowdesk.drivers.atspi.lineage import FRAME, LIST, SCROLL_PANE
from flowdesk.drivers.atspi.origins import SAME, Measure
from flowdesk.drivers.atspi.roles import State
from flowdesk.drivers.atspi.walk import Walk
from flowdesk.drivers.engines import Engines
from flowdesk.drivers.finder import look
from flowdesk.drivers.kinship import Kinship
from flowdesk.drivers.memory import Memory
from flowdesk.drivers.places import Match, Scope
from flowdesk.drivers.standing import Standing
from flowdesk.engine.ports import Window
from flowdesk.model.geometry import Box, Point
from flowdesk.model.target import Query, Sighting, Step
from tests.drivers.looking import query

SCREEN = Box(0, 0, 1000, 800)
NO_WINDOWS: Any = None
"""Nothing here asks for windows."""
_ENTRY = 32
_SHOWN = 1 << State.SHOWING | 1 << State.VISIBLE


class Program:
    """A window with a list of entries of 20 pixels, of which the list's pane shows the first hundred pixels."""

    def __init__(self, count: int) -> None:
        self.asked: list[Place] = []
        self.hangs = False
        self.kin: dict[str, tuple[int, Box, str]] = {
            "/window": (FRAME, Box(0, 0, 400, 400), ROOT),
            "/pane": (SCROLL_PANE, Box(0, 100, 200, 100), "/window"),
            "/list": (LIST, Box(0, 100, 200, 20 * count), "/pane"),
            "/label": (29, Box(220, 100, 100, 20), "/window"),
        }
        self.kin |= {f"/{at}": (_ENTRY, Box(0, 100 + 20 * at, 200, 20), "/list") for at in range(count)}

    def match(self, path: str) -> Match:
        return Match(self.kin[path][1], "element", text=path, pids=frozenset({7}), handle=(":1", path))

    def toolkit(self, bus: str, patience: float) -> tuple[str, str]:
        return "qt", "6"

    def walk(self, bus: str) -> Walk:
        return Walk({(bus, path): (bus, parent) for path, (_, _, parent) in self.kin.items()})

    def measure(self, bus: str, pid: int, window: Place, patience: float) -> Measure:
        return SAME

    def ask(self, questions: Sequence[Question], patience: float) -> list[Any]:
        self.asked += [(question.bus, question.path) for question in questions]
        if self.hangs:
            raise Hangs
        return [self._answer(question) for question in questions]

    def _answer(self, question: Question) -> Any:
        role, box, parent = self.kin[question.path]
        if question.member == "GetRole":
            return (role,)
        if question.member == "GetState":
            return ([_SHOWN, 0],)
        if question.member == "GetExtents":
            return (tuple(box),)
        return (("(so)", (":1", parent)) if question.body[-1] == "Parent" else ("s", ""),)


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Program:
    made = Program(60)
    monkeypatch.setattr(atspi, "open_bus", lambda: made)
    monkeypatch.setattr(screens, "virtual_box", lambda: SCREEN)
    return made


def test_entries_of_one_list_are_asked_about_once(program: Program) -> None:
    kin = Kinship()
    away = [kin.is_away(program.match(f"/{at}")) for at in range(60)]
    assert away == [at >= 5 for at in range(60)]
    assert {path for _, path in program.asked} == {"/0", "/list", "/pane", "/window"}


def test_a_program_that_hangs_is_waited_for_once(program: Program) -> None:
    program.hangs = True
    kin = Kinship()
    assert not any(kin.is_away(program.match(f"/{at}")) for at in range(60))
    assert {path for _, path in program.asked} == {"/0", "/list", "/pane", "/window"}


class Unowned(Standing):
    """Windows of which nobody knows what belongs to them."""

    def owners_of(self, matches: Sequence[Match]) -> list[Window | None]:
        return [None] * len(matches)


class Made(Engines):
    """Finds what was made up: the first for the first step, all for the next."""

    def __init__(self, asked: Query, found: Sequence[Match]) -> None:
        super().__init__(asked, NO_WINDOWS, Memory())
        self.standing = Unowned(NO_WINDOWS)
        self._found = found

    def find(self, step: Step, scope: Scope) -> tuple[list[Match], None]:
        return list(self._found[1:] if step.relation else self._found[:1]), None


def sighted(text: str, found: Sequence[Match], **options: object) -> Sighting:
    asked = query(text, **options)
    return look(asked, NO_WINDOWS, Memory(), engines=Made(asked, found))


def box_of(sighting: Sighting) -> Box | None:
    return sighting.spot.box if sighting.spot is not None else None


def test_all_that_lies_beside_a_reference_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screens, "virtual_box", lambda: SCREEN)
    label = Match(Box(10, 10, 50, 20), "text", text="Name")
    cells = [Match(Box(100 + 20 * at, 10, 10, 20), "element") for at in range(30)]
    every = sighted("text=Name >> right-of=table_cell", [label, *cells], is_all=True)
    assert (every.count, [spot.box for spot in every.spots]) == (30, [cell.box for cell in cells])
    assert box_of(sighted("text=Name >> right-of=table_cell", [label, *cells])) == cells[0].box
    assert box_of(sighted("text=Name >> right-of=table_cell", [label, *cells], occurrence=25)) == cells[24].box
    assert box_of(sighted("text=Name >> right-of=table_cell >> nth=30", [label, *cells])) == cells[29].box


class Twins(Made):
    """Engines that find several labels, and count how often they are asked for what lies beside them."""

    asked = 0

    def find(self, step: Step, scope: Scope) -> tuple[list[Match], None]:
        self.asked += step.relation is not None
        return [one for one in self._found if one.engine == ("element" if step.relation else "text")], None


def test_what_lies_beside_several_references_is_asked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screens, "virtual_box", lambda: SCREEN)
    labels = [Match(Box(10, 10 + 30 * at, 50, 20), "text", text="Name") for at in range(8)]
    cell = Match(Box(100, 40, 10, 20), "element")
    for options in ({"is_distinct": True}, {"is_all": True}):
        asked = query("text=Name >> right-of=table_cell", **options)
        engines = Twins(asked, [*labels, cell])
        sighting = look(asked, NO_WINDOWS, Memory(), engines=engines)
        assert box_of(sighting) == cell.box
        assert engines.asked == 1


@pytest.mark.parametrize(
    ("options", "is_window"),
    [
        ({}, True),
        ({"offset": Point(5, 0)}, False),
        ({"anchor": "top-left"}, False),
        ({"region": Box(0, 0, 100, 100)}, False),
    ],
)
def test_a_window_that_lies_partly_off_the_screen_is_a_window_all_the_same(
    monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], is_window: bool
) -> None:
    monkeypatch.setattr(screens, "virtual_box", lambda: SCREEN)
    window = Window(3, "Form", box=Box(-300, 50, 400, 300))
    spot = sighted("window=Form", [Match(window.box, "window", window=window)], **options).spot
    assert spot is not None
    assert spot.is_window == is_window
    assert SCREEN.contains(spot.point)
