"""Starting programs that outlive flowdesk: no shell, no terminal, a process group of their own."""

import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from flowdesk.model.causes import system_cause
from flowdesk.model.errors import NodeError
from flowdesk.model.sentence import say
from flowdesk.system import find_program, window_options
from flowdesk.system.homes import HOME_OF_PROGRAMS

KEPT = 100
"""Of so many programs it is known how they ended."""
LAST = 2000
"""Bytes that are kept of what a program printed last."""
WORDS_SECONDS = 0.2
"""How long what a program printed last may take to be there after its end."""


@dataclass
class _Child:
    """A program that was started, and the file into which its last words go when it ends."""

    process: "subprocess.Popen[bytes]"
    words: int
    """File descriptor, -1 where there is none."""


PRIVATE = "FLOWDESK_PRIVATE_DESKTOP"
"""In the environment of everything that runs on a private desktop: which one (``flowdesk.drivers.private.keeper``)."""
_children: dict[int, _Child] = {}
_lock = threading.Lock()


def launch(command: Sequence[str], cwd: str | None = None) -> int:
    """Start a program detached from flowdesk and return its process id.

    Args:
        command: The program, by name or path, and its arguments. No shell reads it.
        cwd: The folder in which it starts, by default flowdesk's own.

    Raises:
        NodeError: If there is no such program or folder, or it cannot be started.
    """
    if not command or not command[0].strip():
        raise NodeError(say("The program to start is missing."), say("Enter a program, such as mousepad."))
    program = find_program(command[0], cwd)
    if program is None:
        raise NodeError(
            say('Program not found: "{name}".', name=command[0]),
            say("Install it, or enter the full path of the program."),
        )
    if cwd is not None and not os.path.isdir(cwd):
        raise NodeError(
            say('Folder not found: "{folder}".', folder=cwd), say("Create the folder, or choose another one.")
        )
    _refuse_elsewhere([program, *command[1:]])
    words, pipe = _last_words()
    try:
        child = subprocess.Popen(
            [program, *command[1:]], cwd=cwd, env={**os.environ, **HOME_OF_PROGRAMS}, **window_options(pipe)
        )
    except (OSError, ValueError) as failure:
        if words >= 0:
            os.close(words)
        raise NodeError(
            say('Failed to start "{name}": {reason}', name=command[0], reason=system_cause(failure)),
            say("Check that the file is an executable program."),
        ) from failure
    finally:
        if pipe >= 0:
            os.close(pipe)
    with _lock:
        # Polled, so that ended ones are collected and leave no zombie behind.
        over = [pid for pid, each in _children.items() if each.process.poll() is not None]
        for pid in over[: max(0, len(_children) - KEPT)]:
            _forget(pid)
        _children[child.pid] = _Child(child, words)
    return child.pid


def _refuse_elsewhere(command: Sequence[str]) -> None:
    """On a private desktop, refuse a program that would hand over to an instance elsewhere."""
    if PRIVATE in os.environ and not HOME_OF_PROGRAMS:
        from flowdesk.drivers.private.instances import refuse_second

        refuse_second(command, f"{PRIVATE}={os.environ[PRIVATE]}")


def ended(pid: int) -> tuple[int, str] | None:
    """Return the exit code of a program that was started here and has ended, and what it printed last; None while it runs."""
    with _lock:
        child = _children.get(pid)
        code = child.process.poll() if child is not None else None
        if child is None or code is None:
            return None
        words = child.words
    if words < 0:
        return code, ""
    deadline = time.monotonic() + WORDS_SECONDS
    while not os.fstat(words).st_size and time.monotonic() < deadline:
        threading.Event().wait(0.01)  # what keeps its last words writes them when it has gone
    os.lseek(words, 0, os.SEEK_SET)
    return code, os.read(words, LAST).decode("utf-8", "replace").strip()


def _forget(pid: int) -> None:
    child = _children.pop(pid)
    if child.words >= 0:
        os.close(child.words)


def _last_words() -> tuple[int, int]:
    """Return a file that gets what a program prints last, once it has ended, and where the program is to print.

    A file that the program wrote itself could grow without end, and a pipe to flowdesk would end with it: ``tail`` keeps the
    last bytes only, and lives as long as the program does. The shell between makes it nobody's child.
    """
    if shutil.which("tail") is None or not os.path.exists("/bin/sh"):
        return -1, subprocess.DEVNULL
    words, name = tempfile.mkstemp()
    os.unlink(name)
    read, write = os.pipe()
    try:
        # Its own copy: what is begun in the background reads nothing from the shell's input.
        keep = f"exec 3<&0; tail -c {LAST} <&3 3<&- &"
        shell = ["/bin/sh", "-c", keep]
        subprocess.run(shell, stdin=read, stdout=words, stderr=subprocess.DEVNULL, start_new_session=True, check=True)
    except (OSError, subprocess.SubprocessError):
        os.close(write)
        os.close(words)
        return -1, subprocess.DEVNULL
    finally:
        os.close(read)
    return words, write
