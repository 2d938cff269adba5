"""What appears is told on the change, and while nothing changes nothing is searched for."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from flowdesk.aio import spawn
from flowdesk.drivers.appearing import AFTER, appearing
from flowdesk.drivers.desktop import RealDesktopDriver
from flowdesk.model.trigger import Appears
from flowdesk.session.occasions import Occasion, Watched
from tests.waiting import comes


class Screen:
    """A desktop on which one thing is shown or not."""

    def __init__(self) -> None:
        self.is_shown, self.changed, self.searches, self.looks, self.is_busy = False, 1.0, 0, 0, False

    def open(self, brake: object) -> "Screen":
        return self

    async def changed_fraction(self, region: object, key: str) -> float:
        self.looks += 1
        changed, self.changed = self.changed, 0.0
        return changed

    async def find(self, query: object) -> Any:
        self.searches += 1

        class Sighting:
            spot = self._spot() if self.is_shown else None

        return Sighting()

    def _spot(self) -> Any:
        from flowdesk.model.geometry import Box, Point
        from flowdesk.model.target import Spot

        return Spot(Box(0, 0, 10, 12), Point(5, 6), "text=OK", "text")

    def show(self, *, is_shown: bool) -> None:
        self.is_shown, self.changed = is_shown, 0.1


class Watching:
    """A trigger that is watched."""

    def __init__(self, screen: Screen, **fields: Any) -> None:
        self.screen, self.told = screen, list[Occasion]()

        async def tell(occasions: Sequence[Occasion], seen: object) -> None:
            self.told += occasions

        trigger = Appears.model_validate({"id": "w", "selector": "text=OK", "every": 200, **fields})
        watched = Watched(Path("/f/a.flow.json"), trigger, {}, tell, lambda _: None, lambda: screen.is_busy)
        self.task = spawn(appearing(screen)(watched), "test")  # type: ignore[arg-type]

    async def looks(self, count: int) -> None:
        """Wait for so many more looks."""
        wanted = self.screen.looks + count
        await comes(lambda: self.screen.looks >= wanted)
        await asyncio.sleep(0.02)

    async def end(self) -> None:
        self.task.cancel()
        await asyncio.wait([self.task])


async def test_it_is_told_on_each_change_from_not_shown_to_shown() -> None:
    screen = Screen()
    screen.is_shown = True
    watching = Watching(screen)
    await watching.looks(2)
    assert watching.told == [], "it was there when it was armed"
    for _ in range(2):
        screen.show(is_shown=False)
        await watching.looks(2)
        screen.show(is_shown=True)
        await watching.looks(2)
    await watching.end()
    assert len(watching.told) == 2
    assert watching.told[0].values["x"] == 5
    assert watching.told[0].key != watching.told[1].key


async def test_what_is_there_counts_where_the_trigger_says_so() -> None:
    screen = Screen()
    screen.is_shown = True
    watching = Watching(screen, existing=True)
    await watching.looks(3)
    await watching.end()
    assert len(watching.told) == 1


async def test_on_a_screen_that_does_not_change_nothing_is_searched_for() -> None:
    screen = Screen()
    watching = Watching(screen)
    await watching.looks(8)
    await watching.end()
    assert screen.searches == AFTER + 1


async def test_while_a_run_holds_the_desktop_nothing_is_looked_at() -> None:
    screen = Screen()
    watching = Watching(screen)
    await watching.looks(1)
    screen.is_busy, before = True, screen.looks
    screen.show(is_shown=True)
    await asyncio.sleep(0.6)
    assert screen.looks == before
    screen.is_busy = False
    await watching.looks(1)
    await watching.end()
    assert len(watching.told) == 1


@pytest.mark.desktop
async def test_a_window_that_opens_is_told(apps: Any, tmp_path: Path) -> None:
    driver, told, ready = RealDesktopDriver(), list[Occasion](), asyncio.Event()

    async def tell(occasions: Sequence[Occasion], seen: object) -> None:
        told.extend(occasions)

    trigger = Appears.model_validate({"id": "w", "selector": 'window="A question"', "every": 200})
    watched = Watched(tmp_path / "a.flow.json", trigger, {}, tell, lambda _: ready.set(), lambda: False)
    task = spawn(appearing(driver)(watched), "test")
    try:
        await ready.wait()
        await asyncio.sleep(1)
        await asyncio.to_thread(apps.zenity, "--question", "--title=A question", "--text=Really?")
        await comes(lambda: bool(told))
    finally:
        task.cancel()
        await asyncio.wait([task])
        driver.close()
    assert len(told) == 1
