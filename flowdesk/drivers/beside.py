"""Looks in the threads of a pool, which is closed when its desktop is gone."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from flowdesk.drivers.x11.connection import display_gone

T = TypeVar("T")


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
