"""An element by its selector in a GTK, a Qt and a Chromium window, beside the walk over the whole tree."""

import statistics
import time
from collections.abc import Callable

import pytest

from flowdesk.drivers import elements
from flowdesk.drivers.eyes import RealEyes
from flowdesk.model.selector import parse_selector
from flowdesk.model.target import Query
from tests.rig import Apps, until

pytestmark = [pytest.mark.benchmark, pytest.mark.desktop]

RUNS = 15
WORK = {
    "mousepad": ("menu_item[name='File']", 50),
    "zenity": ("text_field", 50),
    "qt": ("text_field[name='field']", 50),
    "chromium": ("text_field[name='Field']", 150),
}


def timed(work: Callable[[], object]) -> str:
    """Return the median and the slowest in ms."""
    taken = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begun) * 1000)
    return f"{statistics.median(taken):7.1f} ms (slowest {max(taken):.1f})"


@pytest.mark.parametrize("program", WORK)
async def test_an_element_by_its_selector(apps: Apps, eyes: RealEyes, program: str) -> None:
    """Check that it is found, then time a whole look, and the walk."""
    css, goal = WORK[program]
    opened = getattr(apps, program)()
    query = Query((parse_selector(css),))
    pid = next(pid for window, pid, _ in apps.rig.windows() if window == opened.window)
    (app,) = until(lambda: elements.applications({pid}), "the program to publish itself")
    until(lambda: elements.find(css, [app]), css)
    taken = []
    for _ in range(RUNS):
        sighting = await eyes.find(query)
        assert sighting.spot is not None, sighting.miss
        taken.append(sighting.seconds * 1000)
    print(f"{program:9} whole look       {statistics.median(taken):7.1f} ms (slowest {max(taken):.1f}), goal {goal} ms")
    print(f"{program:9} asked directly   {timed(lambda: elements.find(css, [app]))}")
    walked = elements.Application(app.name, app.pid)
    print(f"{program:9} tree walked      {timed(lambda: elements.find(css, [walked]))}")
