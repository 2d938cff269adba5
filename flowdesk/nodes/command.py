"""Run a program to its end."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.model.config import Config, Duration
from flowdesk.model.errors import NodeError, NodeTimeout, RunStopped
from flowdesk.model.nodetype import node
from flowdesk.model.sentence import say

LARGEST_OUTPUT = 1_000_000
"""Bytes of each output that are kept."""


class CommandConfig(Config):
    """Settings of `command`."""

    command: list[str] = Field(
        ..., min_length=1, title="Program", description="The program and its arguments, one each. No shell reads it.",
        json_schema_extra={"widget": "json"},
    )  # fmt: skip
    cwd: str = Field(
        "", title="Folder", description="Where it runs; relative to the flow's folder, which is the default.",
        json_schema_extra={"widget": "path"},
    )  # fmt: skip
    env: dict[str, str] = Field(
        default_factory=dict, title="Environment", description="Variables added to the environment.",
        json_schema_extra={"widget": "json"},
    )  # fmt: skip
    stdin: str = Field(
        "", title="Input", description="A text for it to read.", json_schema_extra={"widget": "multiline"}
    )
    timeout: Duration = Field(60.0, title="Timeout", description="How long it may run; 0 is no limit.")
    accept_exit_code: bool = Field(
        False, title="Accept any exit code", description="Go on also when the exit code is not 0."
    )


@node("command", category="files", title="Run program", summary="{command}", icon="terminal", uses={"programs"})
async def command(run: Run, config: CommandConfig) -> dict[str, Any]:
    """Run a program and wait for its end.

    It is ended with everything it started when its time is over or the run is stopped. Of each output 1 MB is kept.

    Result: `exitCode`, `stdout`, `stderr`.

    Raises:
        NodeError: If there is no such program, or its exit code is not 0 and not accepted.
        NodeTimeout: If it runs longer than `timeout`.
    """
    line = " ".join(config.command)
    if run.is_dry:
        run.log(say("would run {command}", command=line))
        return {"exitCode": 0, "stdout": "", "stderr": ""}
    await run.permit("programs", line, is_unseen=True)
    program = Program(config, folder_of(run, config.cwd))
    try:
        result = await run.blocking(program.run)
    except (asyncio.CancelledError, RunStopped):
        program.kill()
        raise
    if result["exitCode"] != 0 and not config.accept_exit_code:
        raise NodeError(
            say("{program} ended with exit code {code}.", program=config.command[0], code=result["exitCode"]),
            say("Look at its output: {output}", output=(result["stderr"] or result["stdout"])[-300:]),
            **result,
        )
    return result


def folder_of(run: Run, cwd: str) -> Path:
    """The folder in which a program starts: the flow's own if none is named, which is made if it is not there.

    Raises:
        NodeError: If the folder that is named does not exist.
    """
    folder = (run.home / cwd).expanduser() if cwd else run.home
    if not cwd:
        folder.mkdir(parents=True, exist_ok=True)
    if not folder.is_dir():
        raise NodeError(
            say('There is no folder "{path}".', path=str(folder)), say("Name a folder that exists, or none.")
        )
    return folder


class Program:
    """A program under way. ``kill`` may be called from any thread, also before it has begun."""

    def __init__(self, config: CommandConfig, cwd: Path) -> None:
        """Remember what to run."""
        self._config = config
        self._cwd = cwd
        self._lock = threading.Lock()
        self._is_killed = False
        self._process: subprocess.Popen[bytes] | None = None

    def run(self) -> dict[str, Any]:
        """Run it to its end and return ``exitCode``, ``stdout`` and ``stderr``. Blocks.

        Raises:
            NodeError: If it cannot be started.
            NodeTimeout: If it runs too long.
        """
        process = self._start()
        outputs = [bytearray(), bytearray()]
        threads = [
            threading.Thread(target=_drain, args=(stream, kept), daemon=True)
            for stream, kept in zip((process.stdout, process.stderr), outputs, strict=True)
        ]
        threads.append(threading.Thread(target=_feed, args=(process.stdin, self._config.stdin.encode()), daemon=True))
        for thread in threads:
            thread.start()
        try:
            process.wait(self._config.timeout or None)
        except subprocess.TimeoutExpired as error:
            self.kill()
            process.wait()
            raise NodeTimeout(
                say("{program} ran longer than {seconds} s and was ended.", program=self._config.command[0],
                    seconds=f"{self._config.timeout:g}"),
                say("Give it more time, or start it with a launch node."),
            ) from error  # fmt: skip
        for thread in threads:
            thread.join(1.0)  # something it left behind may keep the pipe open
        stdout, stderr = (bytes(kept).decode("utf-8", "replace") for kept in outputs)
        return {"exitCode": process.returncode, "stdout": stdout, "stderr": stderr}

    def kill(self) -> None:
        """End it and everything it started."""
        with self._lock:
            self._is_killed = True
            if self._process is None or self._process.poll() is not None:
                return
            if sys.platform == "win32":
                subprocess.run(
                    ["taskkill", "/T", "/F", "/PID", str(self._process.pid)], capture_output=True, check=False
                )
            else:
                os.killpg(self._process.pid, signal.SIGKILL)

    def _start(self) -> "subprocess.Popen[bytes]":
        with self._lock:
            if self._is_killed:
                raise RunStopped(say("The run was stopped."))
            try:
                self._process = subprocess.Popen(
                    self._config.command, cwd=self._cwd, env={**os.environ, **self._config.env},
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                    start_new_session=sys.platform != "win32",
                )  # fmt: skip
            except FileNotFoundError as missing:
                raise NodeError(
                    say('There is no program "{program}".', program=self._config.command[0])
                    if missing.filename == self._config.command[0]
                    else say("There is no folder {path}.", path=str(self._cwd)),
                    say("Install it, or write its whole path; its arguments are entries of their own."),
                ) from missing
            except (OSError, ValueError) as error:
                raise NodeError(
                    say('"{program}" cannot be started: {reason}', program=self._config.command[0], reason=str(error)),
                    say("Check the program's name and the folder."),
                ) from error
            return self._process


def _drain(stream: IO[bytes], kept: bytearray) -> None:
    with stream:
        while part := stream.read1(65536):  # type: ignore[attr-defined]  # a buffered reader
            kept += part[: max(0, LARGEST_OUTPUT - len(kept))]


def _feed(stream: IO[bytes], text: bytes) -> None:
    try:
        with stream:
            stream.write(text)
    except OSError:
        return  # it ended without reading
