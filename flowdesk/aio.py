"""Tasks that cannot get lost, and threads that nobody has to wait for."""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

logger = logging.getLogger(__name__)

T = TypeVar("T")

_tasks: set[asyncio.Task[Any]] = set()
_left = threading.local()


def spawn(coroutine: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
    """Start a task that is kept until it ends and whose failure is logged if nobody awaits it.

    The event loop keeps only weak references: an unreferenced task may be collected in mid-run, and its exception
    is then never seen.
    """
    task = asyncio.get_running_loop().create_task(coroutine, name=name)
    _tasks.add(task)
    task.add_done_callback(_finished)
    return task


def spawn_if_running(work: Callable[[], Coroutine[Any, Any, Any]], name: str) -> None:
    """Start a task for a timer that is not the loop's own: it may be due when the loop has ended, and then nothing is to be done."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    spawn(work(), name)


def _finished(task: asyncio.Task[Any]) -> None:
    _tasks.discard(task)
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.error("the task %r failed", task.get_name(), exc_info=error)


async def end(tasks: Iterable[asyncio.Task[Any]], seconds: float) -> None:
    """Cancel tasks and wait at most ``seconds`` for their ends, so that none is pending when its loop is closed."""
    waiting = [task for task in tasks if not task.done()]
    for task in waiting:
        task.cancel()
    if waiting:
        await asyncio.wait(waiting, timeout=seconds)


async def in_thread(function: Callable[[], T], name: str) -> T:
    """Run a function that blocks in a daemon thread of its own and wait for it.

    Whoever waits may be cancelled: the thread is left behind, its result is dropped, and the end of the program does not
    wait for it, as it would for a thread of ``asyncio.to_thread``.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()
    left = threading.Event()

    def settle(error: BaseException | None, value: T | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(value)  # type: ignore[arg-type]

    def work() -> None:
        _left.event = left
        try:
            value = function()
        except Exception as error:  # noqa: BLE001 - handed over to the one who waits
            outcome: tuple[BaseException | None, T | None] = (error, None)
        else:
            outcome = (None, value)
        try:
            loop.call_soon_threadsafe(settle, *outcome)
        except RuntimeError:
            return  # the loop was closed meanwhile

    threading.Thread(target=work, name=name, daemon=True).start()
    try:
        return await future
    finally:
        left.set()


def is_left_behind() -> bool:
    """Whether nobody waits any longer for what this thread does: the run was stopped, and nothing more may come of it."""
    event: threading.Event | None = getattr(_left, "event", None)
    return event is not None and event.is_set()
