"""Node types without a desktop, to try the engine with."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.model.config import Config, TargetConfig
from flowdesk.model.errors import NodeError
from flowdesk.model.nodetype import Catalogue, Outcome, node
from flowdesk.nodes import declared


class Empty(Config):
    """No settings."""


class Work(Config):
    """What a step does."""

    port: str = Field("default")
    fails: int = Field(0)
    seconds: float = Field(0.0)
    result: Any = Field(None)


class Count(Config):
    """How often a loop runs."""

    count: int = Field(1)


@node("start", category="flow", title="Start", outputs=("default",), kind="start")
async def start(run: Run, config: Empty) -> None:
    """Begin."""


@node("work", category="flow", title="Work", outputs=("default", "true", "false", "error"))
async def work(run: Run, config: Work) -> Outcome:
    """Wait, fail or choose."""
    if config.seconds:
        await run.sleep(config.seconds)
    failures = int(run.variables.get("failures." + run.node.id, 0))
    if failures < config.fails:
        run.set_variable("failures." + run.node.id, failures + 1)
        raise NodeError("it failed", "mend it")
    return Outcome(config.port, config.result)


@node("plain", category="flow", title="Plain")
async def plain(run: Run, config: Work) -> Any:
    """Return the result."""
    if config.seconds:
        await run.sleep(config.seconds)
    if config.fails:
        raise NodeError("it failed", "mend it")
    return config.result


@node("loop", category="flow", title="Loop", outputs=("body", "done"), kind="loop")
async def loop(run: Run, config: Count) -> Outcome:
    """Run the body so often."""
    index = run.memory.get("index", -1) + 1
    run.memory["index"] = index
    run.set_variable("index", index)
    return Outcome("body" if index < config.count else "done", {"iterationCount": index})


@node("parallel", category="flow", title="Parallel", outputs=("default", "done"), kind="parallel")
async def parallel(run: Run, config: Empty) -> None:
    """Overlap the branches."""


@node("break", category="flow", title="Break", outputs=(), kind="break")
async def leave(run: Run, config: Empty) -> None:
    """Leave the loop."""


@node("continue", category="flow", title="Continue", outputs=(), kind="continue")
async def go_on(run: Run, config: Empty) -> None:
    """Go on with the loop."""


class Look(Work):
    """What is looked for."""

    selector: str = Field("text=target")
    times: int = Field(0)
    timeout: float = Field(100.0)
    acts: bool = Field(False)


@node("look", category="flow", title="Look", outputs=("default", "error"))
async def look(run: Run, config: Look) -> Any:
    """Look for something until it is there, or act on nothing in particular."""
    if config.acts:
        await (await run.hands()).press_keys(("a",))
        return None
    target = TargetConfig(selector=config.selector, timeout=config.timeout * 1000)
    return (await run.locate(target, config.selector)).payload()


@node("handle", category="flow", title="Handle", outputs=("default", "appeared"), kind="handle")
async def handle(run: Run, config: Look) -> None:
    """Run what hangs on `appeared` whenever something shows."""
    run.handle(run.query(TargetConfig(selector=config.selector), config.selector), config.times)


TIDIED: list[str] = []
"""Ids of `tidy` nodes that were left to finish what they do when cancelled."""


@node("tidy", category="flow", title="Tidy")
async def tidy(run: Run, config: Empty) -> None:
    """Take a few turns of the event loop to end when cancelled."""
    try:
        await run.sleep(1e9)
    finally:
        for _ in range(5):
            await asyncio.sleep(0)
        TIDIED.append(run.node.id)


STUBBORN = asyncio.Event()
"""Set to let `stubborn` nodes go."""


@node("stubborn", category="flow", title="Stubborn")
async def stubborn(run: Run, config: Empty) -> None:
    """Go on whatever happens, until `STUBBORN` is set."""
    while not STUBBORN.is_set():
        with contextlib.suppress(asyncio.CancelledError):
            await STUBBORN.wait()


@node("crash", category="flow", title="Crash")
async def crash(run: Run, config: Empty) -> None:
    """Fail as no node should."""
    raise AttributeError("inside")


@node("end", category="flow", title="End", outputs=(), kind="end")
async def end(run: Run, config: Work) -> Any:
    """End the run."""
    return config.result


def catalogue() -> Catalogue:
    """The types above."""
    functions: tuple[Callable[..., Any], ...] = (
        start,
        work,
        plain,
        loop,
        parallel,
        look,
        handle,
        leave,
        go_on,
        tidy,
        stubborn,
        crash,
        end,
    )
    return Catalogue(tuple(declared(function) for function in functions))
