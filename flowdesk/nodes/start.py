"""Where a flow begins."""

import os
import shutil
import sys
from collections.abc import Mapping
from typing import Any

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.engine.ports import Window
from flowdesk.model.config import Config, Duration
from flowdesk.model.errors import NodeError, TargetNotFound
from flowdesk.model.nodetype import node
from flowdesk.model.sentence import say
from flowdesk.system import split_command

LAUNCH_TIMEOUT = 15.0
"""Seconds in which a started program must show a window."""
FRONT_TIMEOUT = 2.0
"""Seconds in which its window comes to the front by itself; then it is brought there."""
HANDED_OVER = 1.0
"""Seconds after the end of a program in which the one that it handed over to may open a new window."""
OUTPUT_SHOWN = 300
"""Characters of a program's last output that an error shows."""


class StartConfig(Config):
    """Settings of `start`."""

    wait_time: Duration = Field(0.0, title="Initial delay", description="How long to wait before the flow starts.")
    app_name: str = Field(
        "",
        title="Application",
        description="Program to start, with its arguments. The flow continues when its window appears.",
        json_schema_extra={"widget": "command"},
    )


@node(
    "start",
    category="flow",
    title="Start",
    also="begin, trigger, open app, 开始, 启动, 打开应用, 触发",
    summary="{appName}",
    icon="play",
    outputs=("default",),
    kind="start",
    uses={"programs"},
    looks=lambda config: bool(config.get("appName")),
)
async def start(run: Run, config: StartConfig) -> dict[str, Any] | None:
    """Start the flow, and optionally an application.

    Waits `waitTime` first. The application counts as started when a new window shows, or when the one it already had
    comes to the front.

    Result: `pid` and `window` (its title), where an application was started.

    Raises:
        NodeError: If there is no such program.
        TargetNotFound: If no window shows within 15 s, or the program fails; says how it ended and what it printed last.
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
        command = split_command(text)
    except ValueError as error:
        raise NodeError(
            say('"{text}" has an unclosed quote.', text=text),
            say("Close all quotes."),
        ) from error
    if command and command[0] == "flowdesk" and shutil.which("flowdesk") is None:
        own = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "flowdesk"]
        command = [*own, *command[1:]]
    return command


async def launch(run: Run, command: list[str], cwd: str | None = None) -> dict[str, Any]:
    """Start a program and wait until its window is there and in front.

    A program that hands over to one that runs already, as editors of one window do, counts by that one's window.

    Raises:
        TargetNotFound: If none shows in time, or the program ended; says how, and what it printed last.
    """
    listed = await run.eyes.windows()
    before = {window.id: window for window in listed}
    hands = await run.hands()
    pid = await hands.launch(command, cwd)
    if run.is_dry:
        return {"pid": pid, "window": ""}
    arrival = _Arrival(run, command[0], pid, before)
    if not await run.wait_until(arrival.is_there, LAUNCH_TIMEOUT, 0.1) and not await arrival.is_any_new():
        raise arrival.missing()
    window = arrival.window
    assert window is not None
    if not await run.wait_until(lambda: _is_in_front(run, window.id), FRONT_TIMEOUT, 0.05):
        await hands.window(window, "activate")
    shown = next((one for one in await run.eyes.windows() if one.id == window.id), window)
    return {"pid": shown.pid or pid, "window": shown.title}


async def _is_in_front(run: Run, number: int) -> bool:
    """Whether a window has the keyboard, or a dialog of its program has."""
    windows = await run.eyes.windows()
    mine = next((one for one in windows if one.id == number), None)
    return mine is None or any(one.is_active and one.pid == mine.pid for one in windows)


class _Arrival:
    """Waits for the window of a program that was started."""

    def __init__(self, run: Run, program: str, pid: int, before: Mapping[int, Window]) -> None:
        self._run = run
        self._program = program
        self._pid = pid
        self._before = before
        self._was_active = next((window.id for window in before.values() if window.is_active), None)
        self._over: tuple[int, str] | None = None
        self._over_since = 0.0
        self.window: Window | None = None

    async def is_there(self) -> bool:
        """Whether its window is there: a new one, one that came to the front, or that of the program it handed over to."""
        windows = await self._run.eyes.windows()
        await self._look_at_process()
        own = [window for window in windows if window.pid == self._pid or is_named(window, self._program)]
        for window in own:
            known = self._before.get(window.id)
            is_raised = window.is_active and window.id != self._was_active
            is_changed = known is not None and known.title != window.title and self._over is not None
            if known is None or is_raised or is_changed:
                self.window = window
                return True
        if self._over is not None and self._over[0] == 0 and own and self._run.now() - self._over_since > HANDED_OVER:
            self.window = next((window for window in own if not window.is_minimized), own[0])
            return True
        return False

    async def _look_at_process(self) -> None:
        if self._over is not None:
            return
        self._over = await (await self._run.hands()).ended(self._pid)
        self._over_since = self._run.now()
        if self._over is not None and self._over[0] != 0:
            raise self.missing()

    async def is_any_new(self) -> bool:
        """Whether any new window showed: some programs are called otherwise than their command."""
        new = [window for window in await self._run.eyes.windows() if window.id not in self._before]
        self.window = new[0] if new else None
        return bool(new)

    def missing(self) -> TargetNotFound:
        """Return the error that says what became of the program."""
        if self._over is None:
            return TargetNotFound(
                say(
                    "{program} started, but no window appeared within {seconds} s.",
                    program=self._program,
                    seconds=LAUNCH_TIMEOUT,
                ),
                say(
                    "Start it in a terminal to see its messages. For a program without a window, use a Run program node."
                ),
            )
        code, output = self._over
        last = output[-OUTPUT_SHOWN:].strip()
        return TargetNotFound(
            say("{program} ended with exit code {code} before a window appeared. Its output: \"{output}\"",
                program=self._program, code=code, output=last)
            if last
            else say("{program} ended with exit code {code} before a window appeared.", program=self._program, code=code),
            say("Start it in a terminal to see its messages. For a program without a window, use a Run program node."),
            exit_code=code,
            output=output,
        )  # fmt: skip


def is_named(window: Window, program: str) -> bool:
    """Whether a window looks like it belongs to a program, for those that hand over to a running process."""
    name = os.path.basename(program).lower().removesuffix(".exe")
    return bool(name) and (name in window.app.lower() or name in window.title.lower())
