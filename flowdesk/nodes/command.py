"""Run a program to its end."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field, model_validator

from flowdesk.engine.context import Run
from flowdesk.model.config import Config, Duration, Unfit
from flowdesk.model.errors import NodeError, RunStopped
from flowdesk.model.nodetype import node
from flowdesk.model.sentence import say
from flowdesk.nodes.programs import LARGEST_OUTPUT, Ended, Program, Task, result_of
from flowdesk.nodes.tabular.disk import file_named, placed
from flowdesk.nodes.written import EncodingName


class CommandConfig(Config):
    """Settings of `command`."""

    secrets: ClassVar[frozenset[str]] = frozenset({"env", "stdin"})

    command: list[str] = Field(
        ..., min_length=1, title="Program", description="Program and arguments, one per line. No shell is used.",
        json_schema_extra={"widget": "json"},
    )  # fmt: skip
    cwd: str = Field(
        "", title="Folder", description="Working folder, relative to the flow's folder (the default).",
        json_schema_extra={"widget": "path"},
    )  # fmt: skip
    env: dict[str, str] = Field(
        default_factory=dict, title="Environment", description="Additional environment variables. {{secret:name}} inserts a secret.",
        json_schema_extra={"widget": "json"},
    )  # fmt: skip
    stdin: str = Field(
        "",
        title="Input",
        description="Text for the program's standard input. {{secret:name}} inserts a secret.",
        json_schema_extra={"widget": "multiline"},
    )
    save_to: str = Field(
        "", title="Save output to",
        description="File for the standard output, byte for byte. Leave empty to keep the output as text.",
        json_schema_extra={"widget": "path"},
    )  # fmt: skip
    encoding: EncodingName = Field(
        "", title="Encoding", description="Encoding of the outputs. Leave empty for UTF-8 or the system's encoding."
    )
    timeout: Duration = Field(60.0, title="Timeout", description="Maximum running time; 0 = unlimited.")
    accept_exit_code: bool = Field(
        False, title="Accept any exit code", description="Continue even if the exit code is not 0."
    )

    @model_validator(mode="after")
    def _names_a_program(self) -> "CommandConfig":
        if not self.command[0].strip():
            raise Unfit("command", say("the program is missing: its first line is empty"))
        return self


@node(
    "command",
    category="files",
    title="Run program",
    also="shell, cmd, terminal, bash, powershell, execute, exe, process, console, 命令行, 终端, 执行, 运行命令, 进程, 运行程序",
    summary="{command}",
    icon="terminal",
    uses={"programs"},
)
async def command(run: Run, config: CommandConfig) -> dict[str, Any]:
    """Run a program and wait until it ends.

    It is ended with everything it started when its time is over or the run is stopped. Of each output 1 MB is kept, without
    its final line break; what is saved to a file is kept whole.

    Result: `exitCode`, `stdout`, `stderr`, and `path` where the output was saved.

    Raises:
        NodeError: If there is no such program, or its exit code is not 0 and not accepted.
        NodeTimeout: If it runs longer than `timeout`.
    """
    line = " ".join(config.command)
    saved = file_named(config.save_to, run.home) if config.save_to else None
    if run.is_dry:
        run.log(say("would run {command}", command=line))
        return {"exitCode": 0, "stdout": "", "stderr": ""}
    await run.permit("programs", line, is_unseen=True)
    env = {name: await run.reveal(value) for name, value in config.env.items()}
    stdin = (await run.reveal(config.stdin)).encode()
    task = Task(config.command, folder_of(run, config.cwd), env, stdin, config.timeout, saved)
    ended = await to_its_end(run, Program(task))
    result, is_text = result_of(ended, config.encoding)
    if ended.is_cut:
        run.log(say("Only the first {limit} MB of each output are kept.", limit=LARGEST_OUTPUT // 1_000_000), "warn")
    if not is_text:
        run.log(say("The output is not text. Save it to a file, or set its encoding."), "warn")
    if result["exitCode"] != 0 and not config.accept_exit_code:
        raise _failed(config.command[0], result)
    return {**result, "path": str(saved)} if saved and result["exitCode"] == 0 else result


def _failed(program: str, result: Mapping[str, Any]) -> NodeError:
    code, told = result["exitCode"], (result["stderr"] or result["stdout"]).strip()[-300:]
    fix = say("See its output: {output}", output=told)
    if not told:
        fix = say("It wrote no output. Run it in a terminal to see what is wrong.")
    if code < 0:
        return NodeError(
            say("{program} was terminated by signal {signal}.", program=program, signal=-code), fix, **result
        )
    return NodeError(say("{program} failed with exit code {code}.", program=program, code=code), fix, **result)


async def to_its_end(run: Run, program: Program) -> Ended:
    """Wait for the end of a program, which a stop of the run brings about."""
    try:
        return await run.blocking(program.run)
    except (asyncio.CancelledError, RunStopped):
        program.kill()
        raise


def folder_of(run: Run, cwd: str) -> Path:
    """The folder in which a program starts: the flow's own if none is named, which is made if it is not there.

    Raises:
        NodeError: If the folder that is named does not exist.
    """
    folder = placed(cwd, run.home) if cwd else run.home
    if not cwd:
        folder.mkdir(parents=True, exist_ok=True)
    if not folder.is_dir():
        raise NodeError(
            say('Folder not found: "{path}".', path=str(folder)), say("Choose an existing folder, or leave it empty.")
        )
    return folder
