"""Where a flow begins."""

import os
import shlex
import shutil
import sys
from typing import Any

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.engine.ports import Window
from flowdesk.model.config import Config, Duration
from flowdesk.model.errors import NodeError, TargetNotFound
from flowdesk.model.nodetype import node
from flowdesk.model.sentence import say

LAUNCH_TIMEOUT = 15.0
"""Seconds in which a started program must show a window."""


class StartConfig(Config):
    """Settings of `start`."""

    wait_time: Duration = Field(0.0, title="Pause first", description="How long to pause before anything else.")
    app_name: str = Field(
        "",
        title="Application",
        description="A program to start, with its arguments; the flow goes on when its window shows.",
        json_schema_extra={"widget": "command"},
    )


@node(
    "start",
    category="flow",
    title="Start",
    summary="{appName}",
    icon="play",
    outputs=("default",),
    kind="start",
    uses={"programs"},
)
async def start(run: Run, config: StartConfig) -> dict[str, Any] | None:
    """Begin the flow, and start an application if one is named.

    Waits `waitTime` first. The application counts as started when a new window shows, or when the one it already had
    comes to the front.

    Result: `pid` and `window` (its title), where an application was started.

    Raises:
        NodeError: If there is no such program.
        TargetNotFound: If no window shows within 15 s.
    """
    await run.sleep(config.wait_time)
    if not config.app_name.strip():
        return None
    await run.permit("programs", config.app_name)
    return await launch(run, command_of(config.app_name))


def command_of(text: str) -> list[str]:
    """Split a command line; ``flowdesk …`` is this program itself, wherever it is installed.

    Raises:
        NodeError: If a quote is not closed.
    """
    try:
        command = shlex.split(text, posix=os.name == "posix")
    except ValueError as error:
        raise NodeError(
            say('"{text}" is not a command line: {reason}.', text=text, reason=str(error)), say("Close every quote.")
        ) from error
    if command and command[0] == "flowdesk" and shutil.which("flowdesk") is None:
        own = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "flowdesk"]
        command = [*own, *command[1:]]
    return command


async def launch(run: Run, command: list[str], cwd: str | None = None) -> dict[str, Any]:
    """Start a program and wait until its window shows.

    Raises:
        TargetNotFound: If none shows in time.
    """
    before = {window.id for window in await run.eyes.windows()}
    active = {window.id for window in await run.eyes.windows() if window.is_active}
    pid = await (await run.hands()).launch(command, cwd)
    if run.is_dry:
        return {"pid": pid, "window": ""}
    found: list[Window] = []

    async def has_window() -> bool:
        for window in await run.eyes.windows():
            is_new = window.id not in before
            is_raised = window.is_active and window.id not in active
            is_own = window.pid == pid or is_named(window, command[0])
            if (is_new and is_own) or (is_raised and is_own):
                found.append(window)
                return True
        return False

    async def has_any_new() -> bool:
        found.extend(window for window in await run.eyes.windows() if window.id not in before)
        return bool(found)

    if not await run.wait_until(has_window, LAUNCH_TIMEOUT, 0.1) and not await has_any_new():
        raise TargetNotFound(
            say(
                "{program} was started, but no window showed within {seconds} s.",
                program=command[0],
                seconds=LAUNCH_TIMEOUT,
            ),
            say("Start it by hand to see what it says; a program without a window belongs in a command node."),
        )
    return {"pid": pid, "window": found[0].title}


def is_named(window: Window, program: str) -> bool:
    """Whether a window looks like it belongs to a program, for those that hand over to a running process."""
    name = os.path.basename(program).lower().removesuffix(".exe")
    return bool(name) and (name in window.app.lower() or name in window.title.lower())
