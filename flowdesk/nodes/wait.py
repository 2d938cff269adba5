"""Wait for time, a target, or stillness."""

from typing import Any, Literal

from pydantic import Field

from flowdesk.engine.context import WAIT_TIMEOUT, Run
from flowdesk.model.config import Duration, OptionalTargetConfig
from flowdesk.model.errors import NodeTimeout, TargetNotFound
from flowdesk.model.geometry import Box
from flowdesk.model.nodetype import Outcome, node
from flowdesk.model.sentence import say

DEFAULT_DURATION = 1.0
"""Seconds that a wait for nothing in particular takes."""


class WaitConfig(OptionalTargetConfig):
    """Settings of `wait`."""

    duration: Duration | None = Field(
        None, title="Duration", description="How long to wait; 1 s if there is neither duration nor target.",
        json_schema_extra={"unit": "ms", "widget": "duration"},
    )  # fmt: skip
    state: Literal["appear", "disappear"] = Field(
        "appear", title="Until it", description="Whether to wait for the target to be there, or to be gone.",
        json_schema_extra={"when": {"selector": True}},
    )  # fmt: skip
    until: Literal["stable"] | None = Field(
        None, title="Until", description="`stable`: until the screen, the region or the target stops changing."
    )
    threshold: float = Field(
        1.0, ge=0, le=100, title="Changed pixels", description="Per cent of pixels that may still change while stable.",
        json_schema_extra={"when": {"until": "stable"}},
    )  # fmt: skip
    stable_for: Duration = Field(
        0.8,
        title="Still for",
        description="How long nothing may change.",
        json_schema_extra={"when": {"until": "stable"}},
    )
    wait_time: Duration = Field(0.0, title="Pause afterwards", description="How long to pause after the wait.")


@node(
    "wait",
    category="flow",
    title="Wait",
    summary="{duration} {state} {selector} {until}",
    icon="clock",
    outputs=("default", "timeout"),
    uses={"target"},
)
async def wait(run: Run, config: WaitConfig) -> Outcome:
    """Wait for a time, for a target to appear or disappear, or for the screen to settle.

    A wait is never shorter than asked and does not run while paused. When a target or stillness does not come within
    `timeout` (10 s), the flow goes on by the output `timeout`; without an edge there the node fails.

    Result: `waited` in ms; for a target that appeared also its `x`, `y`, `box`, `score`.

    Raises:
        TargetNotFound: If the target did not appear.
        NodeTimeout: If it did not disappear, or the screen did not settle.
    """
    begun = run.now()
    found: dict[str, Any] = {}
    try:
        if config.until == "stable":
            await _until_stable(run, config)
        elif config.selector and config.state == "disappear":
            await _until_gone(run, config, config.selector)
        elif config.selector:
            found = (await run.locate(config, config.selector, WAIT_TIMEOUT)).payload()
        else:
            await run.sleep(DEFAULT_DURATION if config.duration is None else config.duration)
    except (TargetNotFound, NodeTimeout) as error:
        error.port = "timeout"
        raise
    await run.sleep(config.wait_time)
    return Outcome(result={"waited": round((run.now() - begun) * 1000), **found})


async def _until_gone(run: Run, config: WaitConfig, selector: str | list[str]) -> None:
    async def is_gone() -> bool:
        return (await run.look(config, selector)).spot is None

    timeout = WAIT_TIMEOUT if config.timeout is None else config.timeout
    if not await run.wait_until(is_gone, timeout):
        raise NodeTimeout(
            say('"{selector}" was still there after {seconds} s.', selector=str(selector), seconds=f"{timeout:g}"),
            say("Wait longer, or wire the output `timeout`."),
        )


async def _until_stable(run: Run, config: WaitConfig) -> None:
    region = Box(*config.region) if config.region else None
    if config.selector:
        region = (await run.locate(config, config.selector, WAIT_TIMEOUT)).box
    still_since: list[float] = []
    key = f"{run.node.id}:{run.now()}"

    async def is_stable() -> bool:
        changed = await run.eyes.changed_fraction(region, key)
        if changed * 100 > config.threshold or not still_since:
            still_since[:] = [run.now()]
        return run.now() - still_since[0] >= config.stable_for

    timeout = WAIT_TIMEOUT if config.timeout is None else config.timeout
    if not await run.wait_until(is_stable, timeout, 0.1):
        raise NodeTimeout(
            say("The screen did not settle within {seconds} s.", seconds=f"{timeout:g}"),
            say("Watch a smaller region, or allow more changed pixels."),
        )
