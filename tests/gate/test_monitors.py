"""Two monitors: targets on the second, and in a place that no monitor shows."""

import subprocess
from collections.abc import Iterator

import pytest

from flowdesk.drivers import screens
from tests.gate.stage import Actor, Stage, settled
from tests.rig import Rig

pytestmark = pytest.mark.desktop

LEFT = ("left", "800/200x1000/250+0+0", "screen")


def xrandr(rig: Rig, *arguments: str) -> None:
    subprocess.run(["xrandr", *arguments], env=rig.desktop.environment(), check=True, capture_output=True)


@pytest.fixture
def second(stage: Stage, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """A second monitor that begins at a column."""
    begin = int(request.param)
    xrandr(stage.rig, "--setmonitor", *LEFT)
    xrandr(stage.rig, "--setmonitor", "right", f"{1600 - begin}/150x1000/250+{begin}+0", "none")
    assert len(screens.monitors()) == 2
    yield stage
    stage.clear()
    for name in ("right", "left"):
        xrandr(stage.rig, "--delmonitor", name)


@pytest.mark.parametrize("second", [800], indirect=True)
def test_what_is_scrolled_out_on_the_second_monitor_is_brought_into_sight(second: Stage) -> None:
    running = second.start(Actor("qt", ("second_monitor",)))
    finished = second.play(("click", {"selector": "button[name='Row 31']", "monitor": 2}))
    assert finished.error is None, finished.error
    assert settled([running], 1) == ["Row 31"]


@pytest.mark.parametrize("second", [1400], indirect=True)
def test_what_no_monitor_shows_is_refused(second: Stage) -> None:
    running = second.start(Actor("qt", ("between_monitors",), title="-"))
    finished = second.play(("click", {"selector": "button[name='Row 2']", "timeout": 500}))
    assert finished.error is not None
    assert finished.error["code"] == "target.out_of_sight"
    assert settled([running]) == []
