"""Tasks that cannot get lost, and threads that nobody has to wait for."""

import asyncio
import logging
import queue
import threading
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

logger = logging.getLogger(__name__)

T = TypeVar("T")

_tasks: set[asyncio.Task[Any]] = set()
_left = threading.local()
IDLE_SECONDS = 5.0
"""How long a thread waits for more to do."""
MOST_IDLE = 4
"""Threads that wait so."""


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


class _Worker:
    """A daemon thread that does one piece of work after another, and ends when there was none for a while.

    Starting a thread waits until it runs, which on a busy machine holds the event loop for a turn of the scheduler;
    handing work to one that waits does not.
    """

    def __init__(self) -> None:
        self._given: queue.SimpleQueue[tuple[str, Callable[[], None]]] = queue.SimpleQueue()

    def begin(self, name: str, work: Callable[[], None]) -> None:
        """Start the thread with its first piece of work."""
        self._given.put((name, work))
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def give(self, name: str, work: Callable[[], None]) -> None:
        """Hand over the next piece; it must be one of the idle ones."""
        self._given.put((name, work))

    def _run(self) -> None:
        given: tuple[str, Callable[[], None]] | None = self._given.get()
        while given is not None:
            threading.current_thread().name, work = given
            del given
            work()
            del work  # what it holds is not kept while nothing is done
            given = self._next()

    def _next(self) -> tuple[str, Callable[[], None]] | None:
        threading.current_thread().name = "flowdesk.idle"
        with _resting:
            if len(_idle) >= MOST_IDLE:
                return None
            _idle.append(self)
        try:
            return self._given.get(timeout=IDLE_SECONDS)
        except queue.Empty:
            with _resting:
                if self in _idle:
                    _idle.remove(self)
                    return None
            return self._given.get()  # it was chosen at this moment: its work is on the way


_idle: list[_Worker] = []
_resting = threading.Lock()


def _start(name: str, work: Callable[[], None]) -> None:
    """Have a thread do something, one that is idle where there is one."""
    with _resting:
        worker = _idle.pop() if _idle else None
    if worker is not None:
        worker.give(name, work)
    else:
        _Worker().begin(name, work)


async def in_thread(function: Callable[[], T], name: str) -> T:
    """Run a function that blocks in a daemon thread that does nothing else meanwhile, and wait for it.

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

    _start(name, work)
    try:
        return await future
    finally:
        left.set()


def is_left_behind() -> bool:
    """Whether nobody waits any longer for what this thread does: the run was stopped, and nothing more may come of it."""
    event: threading.Event | None = getattr(_left, "event", None)
    return event is not None and event.is_set()
