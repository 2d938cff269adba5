"""Looks in the threads of a pool, which is closed when its desktop is gone."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar

from flowdesk.drivers.x11.connection import display_gone

T = TypeVar("T")

PATIENCE = 0.25
"""Seconds that the end of a pool waits for what is under way."""
_left: set["Future[Any]"] = set()
"""What pools that ended have left behind and goes on."""


class LookPool(ThreadPoolExecutor):
    """Threads that look. Its end does not wait for what cannot be ended, such as a library that is being loaded."""

    def __init__(self, threads: int) -> None:
        """Start nothing yet."""
        super().__init__(threads, thread_name_prefix="flowdesk-eyes")
        self._under_way: set[Future[Any]] = set()

    def submit(self, work: Callable[..., T], /, *args: Any, **kwargs: Any) -> "Future[T]":
        """Have a thread do something."""
        submitted = super().submit(work, *args, **kwargs)
        self._under_way.add(submitted)
        submitted.add_done_callback(self._under_way.discard)
        return submitted

    def close(self) -> None:
        """End the threads; leave behind what takes longer than ``PATIENCE``. Idempotent."""
        self.shutdown(wait=False, cancel_futures=True)
        for late in wait(tuple(self._under_way), PATIENCE).not_done:
            _left.add(late)
            late.add_done_callback(_left.discard)


def is_left_behind() -> bool:
    """Whether something goes on that nobody waits for: a process that has nothing else to do may end all the same."""
    return bool(_left)


async def in_pool(pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    """Work in a thread of a pool and wait for it.

    Raises:
        DesktopUnavailable: If the pool is closed, or is before the work began: another run found the desktop gone.
    """
    try:
        submitted = pool.submit(work)
    except RuntimeError as closed:
        raise display_gone() from closed
    try:
        return await asyncio.wrap_future(submitted)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if submitted.cancelled() and (task is None or not task.cancelling()):
            raise display_gone() from None
        raise
