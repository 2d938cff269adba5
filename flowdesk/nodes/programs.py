"""Programs that are run to their end, with everything that they start."""

import codecs
import os
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from flowdesk.model.causes import system_cause
from flowdesk.model.errors import NodeError, NodeTimeout, RunStopped
from flowdesk.model.sentence import say
from flowdesk.nodes.tabular.disk import Replacement, unreadable
from flowdesk.nodes.tabular.encodings import MARKS
from flowdesk.system import Family, console_encoding
from flowdesk.system.homes import HOME_OF_PROGRAMS

LARGEST_OUTPUT = 1_000_000
"""Bytes of each output that are kept."""


@dataclass(frozen=True, slots=True)
class Task:
    """What to run."""

    command: Sequence[str]
    cwd: Path
    env: Mapping[str, str] = field(default_factory=dict)
    stdin: bytes = b""
    timeout: float = 0.0
    """Seconds; 0 is no limit."""
    save_to: Path | None = None
    """Where the standard output goes as it is."""
    on_line: Callable[[bytes], None] | None = None
    """Called for every line of the standard output, in a thread."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What came of a program."""

    exit_code: int
    stdout: bytes
    stderr: bytes
    is_cut: bool = False
    """Whether an output was longer than what is kept."""


class Program:
    """A program under way. ``kill`` may be called from any thread, also before it has begun."""

    def __init__(self, task: Task) -> None:
        """Remember what to run."""
        self._task = task
        self._lock = threading.Lock()
        self._is_killed = False
        self._process: subprocess.Popen[bytes] | None = None
        self._family = Family()

    def run(self) -> Ended:
        """Run it to its end, once. Blocks.

        Raises:
            NodeError: If it cannot be started, or its output not be saved.
            NodeTimeout: If it runs too long.
        """
        try:
            return self._run_saving() if self._task.save_to is not None else self._run(subprocess.PIPE)
        finally:
            with self._lock:
                self._family.close()

    def _run_saving(self) -> Ended:
        assert self._task.save_to is not None
        try:
            with Replacement(self._task.save_to) as new:
                ended = self._run(new.stream)
                if ended.exit_code == 0:
                    new.keep()
                return ended
        except OSError as error:
            raise unreadable(self._task.save_to, error) from error

    def _run(self, output: "int | IO[bytes]") -> Ended:
        process = self._start(output)
        kept = [_Kept(self._task.on_line), _Kept(None)]
        threads = [
            threading.Thread(target=_drain, args=(stream, each), daemon=True)
            for stream, each in zip((process.stdout, process.stderr), kept, strict=True)
            if stream is not None
        ]
        threads.append(threading.Thread(target=_feed, args=(process.stdin, self._task.stdin), daemon=True))
        for thread in threads:
            thread.start()
        try:
            process.wait(self._task.timeout or None)
        except subprocess.TimeoutExpired as error:
            self.kill()
            process.wait()
            raise NodeTimeout(
                say("{program} did not end within {seconds} s and was terminated.", program=self._task.command[0],
                    seconds=f"{self._task.timeout:g}"),
                say("Increase the timeout, or use a Start program node."),
            ) from error  # fmt: skip
        for thread in threads:
            thread.join(1.0)  # something it left behind may keep the pipe open
        out, err = kept
        return Ended(process.returncode, bytes(out.content), bytes(err.content), out.is_cut or err.is_cut)

    def kill(self) -> None:
        """End it and everything it started."""
        with self._lock:
            self._is_killed = True
            if self._process is None:
                return
            self._family.end(is_led=self._process.poll() is None)

    def _start(self, output: "int | IO[bytes]") -> "subprocess.Popen[bytes]":
        with self._lock:
            if self._is_killed:
                raise RunStopped(say("The run was stopped."))
            command, cwd = list(self._task.command), self._task.cwd
            try:
                self._process = subprocess.Popen(
                    command, cwd=cwd, stdin=subprocess.PIPE, stdout=output, stderr=subprocess.PIPE,
                    **self._family.options({**os.environ, **HOME_OF_PROGRAMS, **self._task.env}),
                )  # fmt: skip
                self._family.began(self._process)
            except FileNotFoundError as missing:
                if missing.filename != command[0]:
                    raise NodeError(
                        say("Folder not found: {path}.", path=str(cwd)),
                        say("Choose an existing folder, or leave it empty."),
                    ) from missing
                raise NodeError(
                    say('Program not found: "{program}".', program=command[0]),
                    say("Install it, or enter its full path. Enter each argument separately."),
                ) from missing
            except (OSError, ValueError) as error:
                raise NodeError(
                    say('Failed to start "{program}": {reason}', program=command[0], reason=system_cause(error)),
                    say("Check the program's name and the folder."),
                ) from error
            return self._process


class _Kept:
    """The beginning of an output, and its lines one by one."""

    def __init__(self, on_line: Callable[[bytes], None] | None) -> None:
        self.content = bytearray()
        self.is_cut = False
        self._on_line = on_line
        self._line = bytearray()

    def add(self, part: bytes) -> None:
        room = LARGEST_OUTPUT - len(self.content)
        self.is_cut = self.is_cut or len(part) > room
        self.content += part[: max(0, room)]
        if self._on_line is None:
            return
        *lines, rest = (bytes(self._line) + part).split(b"\n")
        self._line = bytearray(rest[:LARGEST_OUTPUT])
        for line in lines:
            self._on_line(line)

    def end(self) -> None:
        if self._on_line is not None and self._line:
            self._on_line(bytes(self._line))


def _drain(stream: IO[bytes], kept: _Kept) -> None:
    with stream:
        while part := stream.read1(65536):  # type: ignore[attr-defined]  # a buffered reader
            kept.add(part)
        kept.end()


def _feed(stream: IO[bytes], text: bytes) -> None:
    try:
        with stream:
            stream.write(text)
    except OSError:
        return  # it ended without reading


def output_text(content: bytes, encoding: str = "", *, is_cut: bool = False) -> tuple[str, bool]:
    """Return an output as text, without one final line break.

    A mark at the beginning decides, and goes. Else UTF-8 is tried before the system's encoding: many programs write it everywhere, and other text is hardly ever valid in it.

    Returns:
        The text, and whether it is all there: what is no text has replacement characters.

    Raises:
        NodeError: If there is no such encoding.
    """
    mark, marked = next(((mark, name) for mark, name in MARKS if content.startswith(mark)), (b"", ""))
    if not encoding and marked:  # as PowerShell and wmic write
        content, encoding = content[len(mark) :], marked
    names = [encoding] if encoding else list(dict.fromkeys(["utf-8", console_encoding()]))
    text, is_whole = content.decode("utf-8", "replace"), False
    for name in names:
        try:
            text = codecs.getincrementaldecoder(name)().decode(content, final=not is_cut)
            is_whole = "\0" not in text
            break
        except UnicodeDecodeError:
            continue
        except LookupError as error:
            raise NodeError(
                say('Unknown encoding "{encoding}".', encoding=name),
                say("Use a name such as utf-8, cp1252, gb18030, shift_jis or utf-16."),
            ) from error
    for end in ("\r\n", "\n", "\r"):
        if text.endswith(end) and not is_cut:
            return text[: -len(end)], is_whole
    return text, is_whole


def result_of(ended: Ended, encoding: str) -> tuple[dict[str, Any], bool]:
    """Return a program's exit code and outputs as values, and whether all of them are text."""
    stdout, is_text = output_text(ended.stdout, encoding, is_cut=ended.is_cut)
    stderr, is_also = output_text(ended.stderr, encoding, is_cut=ended.is_cut)
    return {"exitCode": ended.exit_code, "stdout": stdout, "stderr": stderr}, is_text and is_also
