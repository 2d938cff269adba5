"""Start a program."""

from typing import Any, ClassVar

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.model.config import Config, Duration
from flowdesk.model.errors import NodeError
from flowdesk.model.nodetype import node
from flowdesk.model.sentence import say
from flowdesk.nodes.start import command_of
from flowdesk.nodes.start import launch as launch_and_wait
from flowdesk.nodes.tabular.disk import placed


class LaunchConfig(Config):
    """Settings of `launch`."""

    secrets: ClassVar[frozenset[str]] = frozenset()

    command: str | list[str] = Field(
        ..., min_length=1, title="Program",
        description="Program and arguments, as one line or a list. No shell is used.",
        json_schema_extra={"widget": "command"},
    )  # fmt: skip
    cwd: str = Field(
        "", title="Folder", description="Working folder, relative to the flow's folder.",
        json_schema_extra={"widget": "path"},
    )  # fmt: skip
    wait_for_window: bool = Field(
        True, title="Wait for its window", description="Continue only when its window appears."
    )
    wait_time: Duration = Field(0.0, title="Delay after action", description="How long to wait after the start.")


@node(
    "launch",
    category="windows",
    title="Start program",
    also="open, app, application, open application, exe, browser, start app, run app, 打开, 打开程序, 应用, 软件, 启动应用, 浏览器, 启动程序",
    summary="{command}",
    icon="rocket",
    uses={"programs"},
)
async def launch(run: Run, config: LaunchConfig) -> dict[str, Any]:
    """Start a program and leave it running.

    It outlives the run. To wait for a program's output and exit code, use `command`.

    Result: `pid`, and `window` (its title) when waited for.

    Raises:
        NodeError: If there is no such program.
        TargetNotFound: If no window shows within 15 s, or the program fails; says how it ended and what it printed last.
    """
    command = command_of(config.command) if isinstance(config.command, str) else list(config.command)
    if not command:
        raise NodeError(say("The program to start is missing."), say("Enter a program, such as mousepad."))
    await run.permit("programs", " ".join(command))
    cwd = str(placed(config.cwd, run.home)) if config.cwd else None
    if config.wait_for_window:
        result = await launch_and_wait(run, command, cwd)
    else:
        result = {"pid": await (await run.hands()).launch(command, cwd)}
    await run.sleep(config.wait_time)
    return result
