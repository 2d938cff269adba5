"""Waiting in tests for what another task does."""

import asyncio
from collections.abc import Callable


async def eventually(fact: Callable[[], bool], seconds: float = 60) -> None:
    """Let other tasks run until ``fact`` holds."""
    async with asyncio.timeout(seconds):
        while not fact():  # noqa: ASYNC110 - the fact is the work of another task, which tells nobody
            await asyncio.sleep(0)


async def comes(fact: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until ``fact`` holds, which threads, files and other processes bring about."""
    async with asyncio.timeout(seconds):
        while not fact():  # noqa: ASYNC110 - these tell nobody
            await asyncio.sleep(0.02)
