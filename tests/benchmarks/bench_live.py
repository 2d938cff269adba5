"""Watching and picking: what a live view costs while nothing moves and while much does, and how fast an outline follows."""

import asyncio
import statistics
import time
from typing import Any

import pytest

from flowdesk.drivers.eyes import RealEyes
from flowdesk.drivers.x11.windows import X11Windows
from flowdesk.model.geometry import Point
from flowdesk.protocol.messages import DesktopShown, Role, WatchDesktop
from flowdesk.session import picking
from flowdesk.session.peer import Message, Peer
from flowdesk.session.watching import Watching
from tests.drivers.looking import seen
from tests.rig import Apps, Rig

pytestmark = pytest.mark.benchmark

SECONDS = 6.0
BUSY = "while :; do date +%N; done"
"""A terminal that never stops scrolling."""


class Viewer(Peer):
    """A peer that shows every frame at once."""

    def __init__(self, watching: Watching) -> None:
        self.id = self.name = "viewer"
        self.role = Role.EDIT
        self.frames = self.size = 0
        self._watching = watching

    def deliver(self, message: Message) -> None:
        self.frames += 1
        self.size += sum(len(part["data"]) for part in message["payload"]["parts"])
        shown = DesktopShown(frame=message["payload"]["frame"])
        asyncio.get_running_loop().call_later(0.02, self._watching.shown, self, shown)


async def cost(viewer: Viewer) -> str:
    """Measure for some seconds: share of a core, frames and kilobytes a second."""
    viewer.frames = viewer.size = 0
    begun, used = time.perf_counter(), time.process_time()
    await asyncio.sleep(SECONDS)
    passed = time.perf_counter() - begun
    share = (time.process_time() - used) / passed
    return f"{share:5.1%} of a core, {viewer.frames / passed:5.1f} frames/s, {viewer.size / passed / 1024:7.0f} kB/s"


async def test_a_live_view(clean_desktop: Rig, apps: Apps) -> None:
    windows = X11Windows()
    eyes = RealEyes(windows)
    watching = Watching(lambda: eyes)
    viewer = Viewer(watching)
    apps.mousepad("still")
    await watching.watch(viewer, WatchDesktop(scale=1.0))
    await asyncio.sleep(2)
    print(f"\nlive view, 1600x1000, still:  {await cost(viewer)}")
    terminal = clean_desktop.start(["xterm", "-geometry", "120x40+50+50", "-e", "sh", "-c", BUSY])
    clean_desktop.wait_window(terminal)
    print(f"live view, 1600x1000, moving: {await cost(viewer)}")
    watching.close()
    eyes.close()
    windows.close()


async def test_an_outline_follows_the_pointer(apps: Apps) -> None:
    windows = X11Windows()
    eyes = RealEyes(windows)
    apps.zenity("--forms", "--title", "Login", "--add-entry", "User", "--add-password", "Password")
    dialog = (await seen(eyes, "button[name='OK']")).point
    apps.mousepad("hello")
    editor = (await seen(eyes, "app=Mousepad >> menu_item[name='File']")).point
    for name, at in (("dialog", dialog), ("editor", editor)):
        print(f"\n{name}: {await timed(eyes, at)}")
    eyes.close()
    windows.close()


async def timed(eyes: RealEyes, at: Point) -> str:
    """Say how long an outline and a whole pick take, as medians."""

    async def median(ask: Any) -> float:
        spent = []
        for _ in range(7):
            begun = time.perf_counter()
            await ask()
            spent.append((time.perf_counter() - begun) * 1000)
        return statistics.median(spent)

    outline = await median(lambda: picking.inspect(eyes, at))
    pick = await median(lambda: picking.candidates(eyes, at))
    return f"outline {outline:.0f} ms, all candidates {pick:.0f} ms"
