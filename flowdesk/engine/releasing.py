"""The end of a run: everything that is held down is let go of."""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from flowdesk.engine.failures import internal
from flowdesk.engine.ports import Desktop
from flowdesk.model.errors import FlowdeskError, RunStopped
from flowdesk.model.told import LogLevel

logger = logging.getLogger(__name__)


async def release(desktop: Desktop | None, patience: float, log: Callable[[str, LogLevel], None]) -> None:
    """Let go of every key and button that a run holds down, within ``patience`` seconds. Never raises."""
    try:
        if desktop is not None:
            with contextlib.suppress(RunStopped, asyncio.TimeoutError):
                await asyncio.wait_for(desktop.release_all(), patience)
    except FlowdeskError as error:
        log(str(error.message), "error")
    except Exception as error:
        logger.exception("what a run holds down could not be released")
        log(str(internal(error).message), "error")
