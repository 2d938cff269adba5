"""Run a short Python program."""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.model.config import Config, Duration
from flowdesk.model.errors import NodeError
from flowdesk.model.nodetype import node
from flowdesk.model.sentence import say
from flowdesk.nodes.command import folder_of, to_its_end
from flowdesk.nodes.programs import Program, Task

LARGEST_RESULT = 16_000_000
"""Bytes of the result as JSON."""
MOST_LINES = 1000
LONGEST_LINE = 2000
"""What is kept of what a script prints: lines, and characters of each."""
HOST = """
import json, sys, traceback
folder, megabytes = sys.argv[1], int(sys.argv[2])
del sys.argv[1:]
with open(folder + "/in.json", encoding="utf-8") as stream:
    given = json.load(stream)
if megabytes:
    try:
        import resource
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    except (ImportError, ValueError, OSError):
        pass
def tell(said):
    with open(folder + "/out.json", "w", encoding="utf-8") as stream:
        json.dump(said, stream)
def failed(error):
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == "<script>"]
    line = error.lineno if isinstance(error, SyntaxError) and error.filename == "<script>" else lines[-1] if lines else 0
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    tell({"line": line, "kind": type(error).__name__, "text": text[:2000]})
    sys.stdout.flush()
    sys.exit(1)
names = {"__name__": "__main__", "input": given["input"], "variables": given["variables"], "result": None}
import linecache
linecache.cache["<script>"] = (len(given["code"]), None, given["code"].splitlines(True), "<script>")
try:
    exec(compile(given["code"], "<script>", "exec"), names)
    said = json.dumps(names["result"], allow_nan=False)
except SystemExit as end:
    if end.code not in (None, 0):
        failed(end)
    said = json.dumps(names["result"], allow_nan=False)
except BaseException as error:
    failed(error)
with open(folder + "/out.json", "w", encoding="utf-8") as stream:
    stream.write('{"result": ' + said + "}")
sys.stdout.flush()
"""
"""What the interpreter runs around the script. It stands by itself: another interpreter has no flowdesk."""


class ScriptConfig(Config):
    """Settings of `script`."""

    secrets: ClassVar[frozenset[str]] = frozenset()

    code: str = Field(
        ..., min_length=1, title="Program",
        description="Python code. It reads input and variables, and sets result. Printed lines go to the log.",
        json_schema_extra={"widget": "multiline", "literal": True},
    )  # fmt: skip
    input: Any = Field(
        None, title="Input", description="Value for the program, available there as input.",
        json_schema_extra={"widget": "json"},
    )  # fmt: skip
    python: str = Field(
        "", title="Interpreter", description="Python that runs the script. Leave empty for flowdesk's own; required if flowdesk is packaged.",
        json_schema_extra={"widget": "path"},
    )  # fmt: skip
    timeout: Duration = Field(60.0, title="Timeout", description="Maximum running time; 0 = unlimited.")
    memory: int = Field(
        1024, ge=0, title="Memory", description="Maximum memory in MB (Linux only); 0 = unlimited.",
        json_schema_extra={"unit": "MB"},
    )  # fmt: skip
    variable: str = Field("", title="Variable", description="Variable for the result (optional).")


@node(
    "script",
    category="data",
    title="Script",
    also="python, code, program, javascript, function, 代码, 脚本, 编程, 程序",
    summary="{code}",
    icon="braces",
    uses={"programs"},
)
async def script(run: Run, config: ScriptConfig) -> Any:
    """Run a short Python program in a separate process.

    The program finds `input` and the run's `variables`, both JSON values, and sets `result` to a JSON value. It cannot
    change the run otherwise. Braces in it are Python's: values of the run come in by `input` and `variables`. It is ended with everything it started when its time is over or the run is stopped.

    Result: the program's `result`.

    Raises:
        NodeError: If it fails (with the line), or its result is not a JSON value.
        NodeTimeout: If it runs longer than `timeout`.
    """
    if run.is_dry:
        run.log(say("would run a script of {count} lines", count=len(config.code.splitlines())))
        return None
    await run.permit("programs", f"Python: {config.code[:300]}", is_unseen=True)
    with tempfile.TemporaryDirectory(prefix="flowdesk-script-", ignore_cleanup_errors=True) as folder:
        given = {"code": config.code.removeprefix("\ufeff"), "input": config.input, "variables": dict(run.variables)}
        (Path(folder) / "in.json").write_text(json.dumps(given, default=str), "utf-8")
        command = [interpreter(config.python), "-X", "utf8", "-c", HOST, folder, str(config.memory)]
        env = {"PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": "1"}
        task = Task(command, folder_of(run, ""), env, timeout=config.timeout, on_line=_lines_to(run))
        ended = await to_its_end(run, Program(task))
        said = _said(Path(folder) / "out.json")
    for line in ended.stderr.decode("utf-8", "replace").splitlines()[:MOST_LINES]:
        run.log(line[:LONGEST_LINE], "warn")
    result = _result(said, config.code, ended.exit_code)
    if config.variable:
        run.assign(config.variable, result)
    return result


def interpreter(python: str) -> str:
    """Return the Python that runs scripts.

    Raises:
        NodeError: If flowdesk is packaged, so that it has none of its own, and none is named.
    """
    if python:
        return os.path.expanduser(python)
    if getattr(sys, "frozen", False) or not sys.executable:
        raise NodeError(
            say("The packaged flowdesk does not include Python for scripts."),
            say("Install Python, then set Interpreter to it, such as /usr/bin/python3 or py."),
        )
    return sys.executable


def _lines_to(run: Run) -> Callable[[bytes], None]:
    """Bring what a script prints to the log while it runs."""
    loop = asyncio.get_running_loop()
    count = 0

    def tell(line: bytes) -> None:
        nonlocal count
        count += 1
        if count > MOST_LINES + 1:
            return
        text = line.decode("utf-8", "replace").rstrip("\r")[:LONGEST_LINE]
        sentence = text if count <= MOST_LINES else say("The remaining output of the script is omitted.")
        if not loop.is_closed():
            loop.call_soon_threadsafe(run.log, sentence)

    return tell


def _said(file: Path) -> dict[str, Any] | None:
    try:
        if file.stat().st_size > LARGEST_RESULT:
            raise NodeError(
                say("The script's result is larger than {limit} MB.", limit=LARGEST_RESULT // 1_000_000),
                say("Write it to a file, and return the file name as the result."),
            )
        said = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return said if isinstance(said, dict) else None


def _result(said: dict[str, Any] | None, code: str, exit_code: int) -> Any:
    if said is not None and "result" in said:
        return said["result"]
    if said is None:
        raise NodeError(
            say("The script ended with exit code {code} and without a result.", code=exit_code),
            say("See the log. The script may have exceeded its memory limit."),
        )
    number, lines = int(said.get("line") or 0), code.splitlines()
    place = lines[number - 1].strip() if 0 < number <= len(lines) else ""
    if not number:
        raise NodeError(
            say(
                "The script's result is not a JSON value: {reason}",
                reason=f"{said.get('kind')}: {said.get('text')}",
            ),
            say("Set result to texts, numbers, true, false, none, or lists and objects of them."),
        )
    raise NodeError(
        say("Line {line} of the script: {kind}: {reason}", line=number, kind=said.get("kind"), reason=said.get("text")),
        say('Line: "{text}".', text=place[:200]),
        line=number,
    )
