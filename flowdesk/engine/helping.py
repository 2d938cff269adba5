"""A run that cannot find its target asks for help: look again, point at it anew, go past the node, or stop."""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from flowdesk.engine.context import Question
from flowdesk.engine.failures import as_flowdesk
from flowdesk.engine.plan import Step
from flowdesk.engine.settings import Settings
from flowdesk.model.errors import FlowdeskError, NodeError, RunStopped, TargetAmbiguous, TargetNotFound
from flowdesk.model.flow import Node
from flowdesk.model.nodetype import Outcome

PATIENCE = 600.0
"""Seconds after which a question that nobody answers counts as one that nobody can: a run never hangs for good."""
LARGEST_PICTURE = 4 * 1024 * 1024
"""Bytes of a picture that goes along with a question."""


async def repaired(
    step: Step,
    failure: FlowdeskError,
    ask: Callable[[Question], Awaitable[Mapping[str, Any]]] | None,
    settings: Settings,
    attempt: Callable[[], Awaitable[Outcome]],
    caller: Node | None = None,
) -> Outcome | FlowdeskError:
    """Ask people what to do about a node's failure, and do it, until it is repaired or they give up.

    Args:
        step: The node.
        failure: Why it failed, after its own retries.
        ask: Asks a person; ``None`` where nobody is to be asked.
        settings: The run's settings, in which a target that was pointed at anew takes its place.
        attempt: Runs the node again.
        caller: Of a node in a subflow: the node that called it. What is pointed at then is not kept in any file.

    Raises:
        RunStopped: If the run is stopped meanwhile.
    """
    while ask is not None and isinstance(failure, TargetNotFound | TargetAmbiguous):
        config = step.node.config
        key = next(
            (key for key in sorted(step.type.target_keys) if _is_text(config.get(key), failure)), step.type.main_target
        )
        try:
            answer = await ask(await _question(step, failure, key, caller))
        except NodeError:
            break  # nobody is there
        action, value = answer.get("action"), answer.get("value")
        if action == "skip":
            return Outcome(step.type.bypass_output or None)
        if action == "answer" and value:
            settings.repair(step, {key: value})
        elif action != "retry":
            break
        try:
            return await attempt()
        except RunStopped:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a node raises ends the node, not flowdesk
            failure = as_flowdesk(error, step.node, step.type.config)
    return failure


async def _question(step: Step, failure: FlowdeskError, key: str, caller: Node | None) -> Question:
    details = failure.details
    return Question(
        "help",
        str(failure.message),
        step.node.label if caller is None else f"{caller.label} › {step.node.label}",
        details={
            "node_id": (caller or step.node).id,
            "key": key if caller is None else "",
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
