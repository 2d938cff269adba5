"""Watching a desktop that is only remembered: who gets what, how often, and when it ends."""

from functools import partial
from typing import Any

import pytest

from flowdesk.drivers.fake import SCREEN, FakeDesktopDriver
from flowdesk.engine.brake import Brake
from flowdesk.engine.ports import Desktop
from flowdesk.model.errors import DesktopUnavailable, NotAllowed
from flowdesk.model.geometry import Box, Point
from flowdesk.model.sentence import say
from flowdesk.protocol.messages import DesktopShown, Role, WatchDesktop
from flowdesk.session.session import Session
from flowdesk.session.watching import MOST_DIRTY, Watcher, Watching, around
from tests.session.conftest import Keeper, ask
from tests.waiting import eventually


class Watched:
    """A desktop and who watches it."""

    def __init__(self) -> None:
        self.driver = FakeDesktopDriver()
        self.desktop = self.driver.open(Brake())
        self.watching = Watching(lambda: self.desktop)

    async def watch(self, peer: Keeper, **payload: Any) -> Any:
        return await self.watching.watch(peer, WatchDesktop(**payload))

    def shown(self, peer: Keeper, frame: int) -> None:
        self.watching.shown(peer, DesktopShown(frame=frame))


def frames(peer: Keeper) -> list[dict[str, Any]]:
    return peer.of("desktop.frame")


def has_frames(peer: Keeper, count: int) -> bool:
    return len(frames(peer)) == count


def boxes(frame: dict[str, Any]) -> list[Box]:
    return [Box(*part["box"]) for part in frame["parts"]]


@pytest.fixture
def watched() -> Any:
    made = Watched()
    yield made
    made.watching.close()


async def test_the_first_frame_is_all_of_the_desktop(watched: Watched) -> None:
    peer = Keeper("a")
    told = await watched.watch(peer, scale=0.4)
    assert (told["box"], told["scale"]) == (list(SCREEN), 0.5)
    assert told["monitors"][0]["box"] == list(SCREEN)
    await eventually(lambda: bool(frames(peer)))
    assert boxes(frames(peer)[0]) == [SCREEN]


async def test_later_frames_are_what_changed(watched: Watched) -> None:
    peer = Keeper("a")
    await watched.watch(peer)
    await eventually(lambda: bool(frames(peer)))
    watched.shown(peer, 1)
    watched.driver.repainted.append(Box(0, 0, 64, 64))
    await eventually(lambda: len(frames(peer)) == 2)
    assert boxes(frames(peer)[1]) == [Box(0, 0, 64, 64)]


async def test_a_slow_watcher_gets_fewer_frames_and_misses_nothing(watched: Watched) -> None:
    slow, quick = Keeper("slow"), Keeper("quick")
    await watched.watch(slow)
    await watched.watch(quick)
    for number in range(1, 4):
        await eventually(partial(has_frames, quick, number))
        watched.shown(quick, number)
        watched.driver.repainted.append(Box(64 * number, 0, 64, 64))
    await eventually(lambda: len(frames(quick)) == 4)
    assert len(frames(slow)) == 1
    watched.shown(slow, 1)
    await eventually(lambda: len(frames(slow)) == 2)
    assert boxes(frames(slow)[1]) == [Box(64 * number, 0, 64, 64) for number in range(1, 4)]


async def test_nobody_watches_and_nothing_looks(watched: Watched) -> None:
    peer = Keeper("a")
    await watched.watch(peer)
    await eventually(lambda: bool(frames(peer)))
    watched.watching.unwatch(peer)
    task = watched.watching._task
    assert task is not None
    await eventually(task.done)
    looks = watched.driver.looks
    await watched.watch(peer)
    await eventually(lambda: len(frames(peer)) == 2)
    assert watched.driver.looks > looks


async def test_the_pointer_is_told_when_it_moves(watched: Watched) -> None:
    peer = Keeper("a")
    await watched.watch(peer)
    await eventually(lambda: bool(frames(peer)))
    watched.shown(peer, 1)
    await watched.desktop.move(Point(5, 6))
    await eventually(lambda: len(frames(peer)) == 2)
    assert frames(peer)[1]["pointer"] == [5, 6]
    assert frames(peer)[1]["parts"] == []


async def test_a_watcher_that_is_behind_gets_one_box(watched: Watched) -> None:
    watcher = Watcher(Keeper("a"), 1.0, 80)
    watcher.changed([Box(64 * number, 0, 64, 64) for number in range(MOST_DIRTY + 1)])
    assert watcher.dirty == [Box(0, 0, 64 * (MOST_DIRTY + 1), 64)]
    watcher.changed([Box(0, 0, 10, 10)])
    assert len(watcher.dirty) == 1
    assert around([Box(-5, 0, 5, 5), Box(10, 10, 1, 1)]) == Box(-5, 0, 16, 11)


async def test_why_there_is_no_picture_is_told(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    async def blind() -> Point:
        raise DesktopUnavailable(say("The screen is locked."), say("Unlock it."))

    monkeypatch.setattr(watched.desktop, "pointer", blind)
    peer = Keeper("a")
    await watched.watch(peer)
    await eventually(lambda: bool(frames(peer)))
    assert frames(peer)[0]["reason"] == "The screen is locked."


async def test_watching_is_for_editors_and_ends_with_the_connection(session: Session) -> None:
    with pytest.raises(NotAllowed):
        await ask(session, Keeper("v", Role.VIEW), "desktop.watch")
    driver = FakeDesktopDriver()
    session.looking._driver = driver
    peer = Keeper("e", Role.EDIT)
    session.connect(peer)
    await ask(session, peer, "desktop.watch", scale=0.25)
    await eventually(lambda: bool(frames(peer)))
    assert (await ask(session, peer, "desktop.shown", frame=1)) == {}
    session.disconnect(peer)
    task = session.looking.watching._task
    assert task is not None
    await eventually(task.done)


def test_fakes_are_desktops() -> None:
    desktop: Desktop = FakeDesktopDriver().open(Brake())
    assert desktop.live().box == SCREEN
