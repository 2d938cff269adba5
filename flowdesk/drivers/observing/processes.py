"""What processes are to a recording: how a program was started, by whom, and whether a terminal hides what is typed. Linux only."""

import contextlib
import importlib
import os
from pathlib import Path
from typing import Any

from flowdesk.engine.observing import Program

DEEPEST = 20
"""So many parents of a process are named."""
MOST = 4000
"""So many processes are looked through at the most for those below another."""


def program_of(pid: int) -> Program | None:
    """Return how a process was started; None where the system does not tell."""
    with contextlib.suppress(OSError):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").split(b"\0")
        command = tuple(word.decode("utf-8", "replace") for word in words if word)
        cwd = os.readlink(f"/proc/{pid}/cwd")
        needs_folder = any(not os.path.isabs(word) and os.path.exists(os.path.join(cwd, word)) for word in command[1:])
        return Program(command, cwd if needs_folder else "", parents_of(pid))
    return None


def parents_of(pid: int) -> tuple[int, ...]:
    """Return the processes above one, the nearest first."""
    found: list[int] = []
    while len(found) < DEEPEST and (above := _parent(pid)) > 1:
        found.append(above)
        pid = above
    return tuple(found)


def is_hushed(pid: int) -> bool:
    """Whether a terminal below a process takes lines without showing them, as a prompt for a password does.

    Shells switch the echo off, too, but take single keys.
    """
    return any(_hides(Path(f"/proc/{child}/fd/0")) for child in _below(pid))


def _parent(pid: int) -> int:
    with contextlib.suppress(OSError, ValueError, IndexError):
        # The name of the program, in brackets, may hold anything.
        return int(Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[1])
    return 0


def _below(pid: int) -> list[int]:
    found: list[int] = []
    waiting = [pid]
    while waiting and len(found) < MOST:
        with contextlib.suppress(OSError):
            children = Path(f"/proc/{waiting[-1]}/task/{waiting[-1]}/children").read_text("ascii").split()
            waiting.pop()
            numbers = [int(child) for child in children]
            found += numbers
            waiting += numbers
            continue
        waiting.pop()
    return found


def _hides(standard_input: Path) -> bool:
    try:
        termios: Any = importlib.import_module("termios")
    except ImportError:
        return False
    with contextlib.suppress(OSError, termios.error):
        if not os.readlink(standard_input).startswith("/dev/pts/"):
            return False
        terminal = os.open(standard_input, os.O_RDONLY | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_NONBLOCK", 0))
        try:
            local = termios.tcgetattr(terminal)[3]
        finally:
            os.close(terminal)
        return bool(local & termios.ICANON) and not local & termios.ECHO
    return False
