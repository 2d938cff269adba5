"""Wait for time, a target, stillness, a change, or a file."""

from typing import Any, Literal

from pydantic import Field, model_validator

from flowdesk.engine.context import WAIT_TIMEOUT, Run
from flowdesk.model.config import Duration, OptionalTargetConfig, SelectorText, Unfit, patience
from flowdesk.model.errors import NodeTimeout, TargetNotFound
from flowdesk.model.geometry import Box
from flowdesk.model.nodetype import Outcome, node
from flowdesk.model.sentence import say
from flowdesk.nodes.arriving import file_arrived
from flowdesk.nodes.tabular.disk import placed

DEFAULT_DURATION = 1.0
"""Seconds that a wait for nothing in particular takes."""

STILL = 1.0
"""Per cent of pixels that may change in what counts as still."""

CURSOR = 64
"""So many pixels change where a text cursor blinks: more is a change."""


class WaitConfig(OptionalTargetConfig):
    """Settings of `wait`."""

    duration: Duration | None = Field(
        None, title="Duration", description="How long to wait. Default: 1 s if no target is set.",
        json_schema_extra={"unit": "ms", "widget": "duration"},
    )  # fmt: skip
    selector: SelectorText | None = Field(
        None, title="Target", description="Target to wait for or to watch (optional).",
        json_schema_extra={"widget": "target"},
    )  # fmt: skip
    state: Literal["appear", "disappear"] = Field(
        "appear", title="Until the target", description="Wait until the target appears or disappears.",
        json_schema_extra={"when": {"selector": True}},
    )  # fmt: skip
    until: Literal["stable", "changed", "file"] | None = Field(
        None, title="Until",
        description="Stable: until the screen, region, or target stops changing. Changed: until it changes. File: until a file exists and no longer grows.",
    )  # fmt: skip
    path: str = Field(
        "", title="File", description="File to wait for, relative to the flow's folder.",
        json_schema_extra={"widget": "path", "when": {"until": "file"}},
    )  # fmt: skip
    threshold: float | None = Field(
        None, ge=0, le=100, title="Changed pixels",
        description="Percentage of pixels that may still change (Stable, default 1), or must change (Changed). Leave empty for any change larger than a text cursor.",
        json_schema_extra={"when": {"until": ["stable", "changed"]}},
    )  # fmt: skip
    stable_for: Duration = Field(
        0.8,
        title="Stable for",
        description="How long the screen must stay unchanged, or the file must stay the same size.",
        json_schema_extra={"when": {"until": ["stable", "file"]}},
    )
    timeout: Duration | None = patience("How long to wait for the target or the file; 0 = look once. Default: 10 s.")
    wait_time: Duration = Field(0.0, title="Delay after action", description="How long to wait after this node.")

    @model_validator(mode="after")
    def _fits(self) -> "WaitConfig":
        if self.until == "file" and not self.path:
            raise Unfit("path", say("waiting for a file requires a path"))
        return self


@node(
    "wait",
    category="flow",
    title="Wait",
    also="sleep, delay, pause, wait for, timeout, appear, disappear, 延时, 延迟, 暂停, 睡眠, 等候, 出现, 消失, 等待",
    summary="{duration} {state} {selector} {until} {path}",
    icon="clock",
    outputs=("default", "timeout"),
    uses={"target"},
    looks=lambda config: config.get("until") not in (None, "", "file"),
    acts_by=lambda config: ("picture",) if config["until"] in ("stable", "changed") else (),
)
async def wait(run: Run, config: WaitConfig) -> Outcome:
    """Wait for a time, a target, a file, or for the screen to settle or change.

    A wait is never shorter than asked and does not run while paused. When what is waited for does not come within
    `timeout` (10 s), the flow goes on by the output `timeout`; without an edge there the node fails. A change is one of the
    screen, the region or the target's place against how it looked when the node began. A file has come when its size and
    time did not change for `stableFor`, and no browser is still loading it.

    Result: `waited` in ms; for a target that appeared also its `x`, `y`, `box`, `score`; for a file `path` and `size`.

    Raises:
        TargetNotFound: If the target did not appear.
        NodeTimeout: If it did not disappear, the screen did not settle or change, or the file did not come.
    """
    begun = run.now()
    found: dict[str, Any] = {}
    try:
        if config.until == "stable":
            await _until_stable(run, config)
        elif config.until == "changed":
            await _until_changed(run, config)
        elif config.until == "file":
            timeout = WAIT_TIMEOUT if config.timeout is None else config.timeout
            found = await file_arrived(run, placed(config.path, run.home), config.stable_for, timeout)
        elif config.selector and config.state == "disappear":
            await _until_gone(run, config, config.selector)
        elif config.selector:
            found = dict((await run.locate(config, config.selector, WAIT_TIMEOUT, any_will_do=True)).payload())
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
            say('"{selector}" is still there after {seconds} s.', selector=str(selector), seconds=f"{timeout:g}"),
            say("Increase the timeout, or connect the timeout output."),
        )


async def _watched(run: Run, config: WaitConfig) -> Box | None:
    """Return where to watch: where the target is, the region, or, ``None``, the whole screen."""
    if config.selector:
        return (await run.locate(config, config.selector, WAIT_TIMEOUT)).box
    return Box(*config.region) if config.region else None


async def _until_stable(run: Run, config: WaitConfig) -> None:
    region = await _watched(run, config)
    threshold = STILL if config.threshold is None else config.threshold
    still_since: list[float] = []
    key = f"{run.node.id}:{run.now()}"

    async def is_stable() -> bool:
        changed = await run.eyes.changed_fraction(region, key)
        if changed * 100 > threshold or not still_since:
            still_since[:] = [run.now()]
        return run.now() - still_since[0] >= config.stable_for

    timeout = WAIT_TIMEOUT if config.timeout is None else config.timeout
    if not await run.wait_until(is_stable, timeout, 0.1):
        raise NodeTimeout(
            say("The screen did not settle within {seconds} s.", seconds=f"{timeout:g}"),
            say("Watch a smaller region, or increase Changed pixels."),
        )


async def _until_changed(run: Run, config: WaitConfig) -> None:
    region = await _watched(run, config)
    if config.threshold is not None:
        threshold = config.threshold / 100
    else:
        boxes = [region] if region is not None else [monitor.box for monitor in await run.eyes.monitors()]
        threshold = min(0.5, CURSOR / max(1, sum(box.width * box.height for box in boxes)))
    key = f"{run.node.id}:{run.now()}"
    await run.eyes.changed_fraction(region, key, since_first=True)

    async def has_changed() -> bool:
        return await run.eyes.changed_fraction(region, key, since_first=True) > threshold

    timeout = WAIT_TIMEOUT if config.timeout is None else config.timeout
    if not await run.wait_until(has_changed, timeout, 0.1):
        raise NodeTimeout(
            say("Nothing changed within {seconds} s.", seconds=f"{timeout:g}"),
            say("Increase the timeout, watch another region, or lower Changed pixels."),
        )
