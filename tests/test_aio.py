"""Tasks end within bounds, and threads are left behind."""

import asyncio
import threading

import pytest

from flowdesk.aio import end, in_thread, spawn, spawn_if_running


async def test_a_thread_gives_its_value_or_its_error() -> None:
    assert await in_thread(lambda: 3, "t") == 3
    with pytest.raises(ZeroDivisionError):
        await in_thread(lambda: 1 // 0, "t")


async def test_who_waits_for_a_thread_may_be_cancelled() -> None:
    go = threading.Event()
    waiting = spawn(in_thread(go.wait, "t"), "waiting")
    await asyncio.sleep(0)
    await end([waiting], 10)
    assert waiting.cancelled()
    go.set()


async def test_ending_does_not_wait_for_what_does_not_yield() -> None:
    go = asyncio.Event()

    async def stubborn() -> None:
        while not go.is_set():
            try:
                await go.wait()
            except asyncio.CancelledError:
                continue

    task = spawn(stubborn(), "stubborn")
    await asyncio.sleep(0)
    await end([task], 0.01)
    assert not task.done()
    go.set()
    await task


def test_a_timer_that_is_due_after_the_loop_has_ended_does_nothing() -> None:
    begun: list[int] = []

    async def work() -> None:
        begun.append(len(begun))

    async def live() -> None:
        spawn_if_running(work, "in time")
        await asyncio.sleep(0)

    asyncio.run(live())
    spawn_if_running(work, "late")
    assert begun == [0]
