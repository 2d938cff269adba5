"""Waits on the machine's own clock: never early, frozen by a pause, ended by a stop."""

import asyncio
import time

import pytest

from flowdesk.aio import spawn
from flowdesk.engine.brake import Brake
from flowdesk.engine.clock import RealClock
from flowdesk.engine.pauser import Pauser
from flowdesk.model.errors import RunStopped

WAITS = (0.001, 0.005, 0.0201, 0.033, 0.05, 0.1, 0.25)


async def took(pauser: Pauser, seconds: float) -> float:
    begun = time.monotonic()
    await pauser.sleep(seconds)
    return time.monotonic() - begun


async def all_of_them() -> list[float]:
    """Return by how much each wait was late."""
    pauser = Pauser(Brake(), RealClock())
    return [await took(pauser, seconds) - seconds for seconds in WAITS]


async def test_a_wait_is_never_early_on_asyncio() -> None:
    assert min(await all_of_them()) >= 0


@pytest.mark.usefixtures("qapp")
def test_a_wait_is_never_early_on_the_windows_loop() -> None:
    from PySide6.QtWidgets import QApplication
    from qasync import QEventLoop

    loop = QEventLoop(QApplication.instance())
    try:
        assert min(loop.run_until_complete(all_of_them())) >= 0
    finally:
        loop.close()


async def test_a_pause_does_not_count_and_a_stop_ends_a_wait() -> None:
    brake = Brake()
    pauser = Pauser(brake, RealClock())
    waiting = spawn(took(pauser, 0.1), "waiting")
    await asyncio.sleep(0.01)
    brake.pause()
    await asyncio.sleep(0.15)
    assert not waiting.done()
    brake.resume()
    assert await waiting >= 0.2
    endless = spawn(took(pauser, 3600), "endless")
    await asyncio.sleep(0)
    brake.stop()
    with pytest.raises(RunStopped):
        await endless
