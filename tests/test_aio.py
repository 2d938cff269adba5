"""Tasks end within bounds, and threads are left behind."""

import asyncio
import threading
import weakref

import pytest

from flowdesk import aio
from flowdesk.aio import MOST_IDLE, end, in_thread, spawn, spawn_if_running


async def test_a_thread_gives_its_value_or_its_error() -> None:
    assert await in_thread(lambda: 3, "t") == 3
    with pytest.raises(ZeroDivisionError):
        await in_thread(lambda: 1 // 0, "t")


async def test_a_thread_that_is_done_does_what_comes_next() -> None:
    async def thread() -> int:
        return await in_thread(threading.get_ident, "t")

    first = await thread()
    until = asyncio.get_running_loop().time() + 10
    while await thread() != first:  # the first time it may not be back yet when the next work comes
        assert asyncio.get_running_loop().time() < until
    go = threading.Event()
    busy = [spawn(in_thread(go.wait, "busy"), "busy") for _ in range(3 * MOST_IDLE)]
    assert await in_thread(lambda: 5, "t") == 5, "what blocks keeps nobody waiting"
    go.set()
    await asyncio.gather(*busy)


async def test_what_a_thread_did_is_not_kept_by_it() -> None:
    class Large:
        pass

    large = Large()
    gone = weakref.ref(large)
    await in_thread(lambda held=large: None, "t")  # type: ignore[misc]
    del large
    until = asyncio.get_running_loop().time() + 10
    while gone() is not None:
        assert asyncio.get_running_loop().time() < until
        await asyncio.sleep(0.01)


async def test_idle_threads_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aio, "IDLE_SECONDS", 0.02)

    def idle() -> int:
        return sum(thread.name == "flowdesk.idle" for thread in threading.enumerate())

    until = asyncio.get_running_loop().time() + 10
    results = await asyncio.gather(*(in_thread(lambda number=number: number, "t") for number in range(200)))  # type: ignore[misc]
    assert results == list(range(200))
    while idle():
        assert asyncio.get_running_loop().time() < until
        await asyncio.sleep(0.01)
    for number in range(300):  # handed over just as the thread wants to end
        assert await in_thread(lambda number=number: number, "t") == number  # type: ignore[misc]
        await asyncio.sleep(0.02)


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
