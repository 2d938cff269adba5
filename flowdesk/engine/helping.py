"""A run that cannot find its target asks for help: look again, point at it anew, go past the node, or stop."""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from flowdesk.engine.context import Question
from flowdesk.engine.failures import as_flowdesk
from flowdesk.engine.plan import Step
from flowdesk.engine.scheduler import Visit
from flowdesk.model.config import Config
from flowdesk.model.errors import FlowdeskError, NodeError, RunStopped, TargetAmbiguous, TargetNotFound
from flowdesk.model.nodetype import Outcome

LARGEST_PICTURE = 4 * 1024 * 1024
"""Bytes of a picture that goes along with a question."""


async def attempted(
    visit: Visit,
    attempt: Callable[[Visit], Awaitable[Outcome]],
    config_of: Callable[[Step], Config],
    configs: dict[int, Config],
    ask: Callable[[Question], Awaitable[Mapping[str, Any]]] | None,
) -> Outcome | FlowdeskError:
    """Return what a node's attempt came to: its outcome, or the error that people could not help with.

    Args:
        visit: The visit of the node.
        attempt: Tries it once, with its own retries.
        config_of: Returns the config of a step, filled.
        configs: The configs of the rest of the run, in which a repaired one takes its place.
        ask: Asks a person; ``None`` where nobody is to be asked.

    Raises:
        RunStopped: If the run is stopped meanwhile.
    """
    step = visit.step
    while True:
        try:
            return await attempt(visit)
        except (FlowdeskError, ValidationError) as error:
            if isinstance(error, RunStopped):
                raise
            failure = as_flowdesk(error, step.node)
        if ask is None or not isinstance(failure, TargetNotFound | TargetAmbiguous):
            return failure
        key = "to" if _is_text(step.node.config.get("to"), failure) else "selector"
        try:
            answer = await ask(await _question(step, failure, key))
        except NodeError:
            return failure  # nobody is there
        action, value = answer.get("action"), answer.get("value")
        if action == "answer" and value:
            configs[step.index] = config_of(step).model_copy(update={key: value})
        elif action == "skip":
            return Outcome(step.type.bypass_output or None)
        elif action != "retry":
            return failure


def handling_of(step: Step, is_wired: bool) -> str:
    """Return what a node's failure leads to: ``stop``, ``continue`` or ``branch``.

    Args:
        step: The node.
        is_wired: Whether its output for errors leads anywhere.
    """
    return str(step.node.option("onError") or ("branch" if is_wired else "stop"))


async def _question(step: Step, failure: FlowdeskError, key: str) -> Question:
    details = failure.details
    return Question(
        "help",
        str(failure.message),
        step.node.label,
        details={
            "node_id": step.node.id,
            "key": key,
            "selector": details.get("selector"),
            "fix": str(failure.fix),
            "best_score": details.get("best_score"),
            "best_box": details.get("best_box"),
            "candidates": details.get("candidates", []),
            "picture": await asyncio.to_thread(_picture, details.get("picture")),
        },
    )


def _picture(path: Any) -> str | None:
    """Return the picture of where was looked as base64, for editors on other machines too."""
    try:
        content = Path(str(path)).read_bytes() if path else b""
    except OSError:
        return None
    return base64.b64encode(content).decode() if 0 < len(content) <= LARGEST_PICTURE else None


def _is_text(value: Any, failure: FlowdeskError) -> bool:
    text = " | ".join(map(str, value)) if isinstance(value, list) else value
    return bool(text) and text == failure.details.get("selector")
