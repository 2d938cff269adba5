"""A dialog that waits for an answer when a run ends: what was done is done, but the program may not have gone on."""

import asyncio
import logging
from collections.abc import Callable

from flowdesk.engine.ports import Desktop
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.sentence import Sentence, say
from flowdesk.model.told import LogLevel

logger = logging.getLogger(__name__)
PATIENCE = 1.0
"""Seconds that the look may take."""


async def question_of(desktop: Desktop | None) -> str:
    """Return the title of the dialog that has the keyboard and keeps its program waiting; empty where there is none."""
    if desktop is None:
        return ""
    try:
        return await asyncio.wait_for(desktop.question(), PATIENCE)
    except (FlowdeskError, TimeoutError):
        return ""
    except Exception:
        logger.exception("whether a dialog waits could not be looked at")
        return ""


async def warn_of_question(desktop: Desktop | None, log: Callable[[str, LogLevel], None]) -> None:
    """Say in the log that a run ends while a dialog waits for an answer."""
    if title := await question_of(desktop):
        log(say('The run ends while the dialog "{title}" is waiting for an answer.', title=title), "warn")


def meanwhile(title: str) -> Sentence | str:
    """Say that a dialog waits for an answer; empty where none does."""
    return say('The dialog "{title}" is waiting for an answer.', title=title) if title else ""
