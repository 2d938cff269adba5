"""Processes, command lines and files of Linux and macOS."""

import codecs
import contextlib
import fcntl
import locale
import os
import shlex
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import IO, Any

from flowdesk.system.guarding import Guard

assert sys.platform != "win32"

MARK = "FLOWDESK_TASK"
"""The variable of the environment by which the processes of one task are known, on Linux."""
MOST_LOOKS = 20
"""Looks at the table of processes: one that is being ended may start others meanwhile."""
MARKS = ("user.xdg.origin.url", "user.xdg.referrer.url")
"""Extended attributes in which downloads say where they are from (freedesktop.org, Common Extended Attributes)."""


def prepare_display() -> None:
    """There is nothing to prepare."""


def is_alive(pid: int) -> bool:
    """Whether a process runs, this one or another's."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def birth(pid: int) -> str | None:
    """Return when a process began, as its system writes it, to know it from a later one of the same number.

    ``None`` where the system does not tell, or there is no such process.
    """
    try:
        # Field 22 of /proc/PID/stat (proc(5)); the second field is a name in brackets and may hold anything.
        return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return None


def split_command(text: str) -> list[str]:
    """Split a command line as a shell does.

    Raises:
        ValueError: If a quote is not closed.
    """
    return shlex.split(text)


def find_program(name: str, folder: str | None = None) -> str | None:
    """Return the path of a program, by name or path, also looked for in ``folder``; ``None`` where there is none."""
    path = None if folder is None else os.pathsep.join([folder, os.environ.get("PATH", os.defpath)])
    return shutil.which(name, path=path)


def window_options(output: int) -> dict[str, Any]:
    """Return how a program is started that lives on without flowdesk and prints to ``output``."""
    return {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": output, "start_new_session": True}


def console_encoding() -> str:
    """Return the encoding in which programs of this system write."""
    try:
        return codecs.lookup(locale.getencoding()).name
    except LookupError:
        return "utf-8"


def replace(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> None:
    """Put a file in the place of another, in one step."""
    os.replace(source, target)


def is_marked_as_foreign(path: Path) -> bool:
    """Whether a download's mark is on a file."""
    if hasattr(os, "listxattr"):
        with contextlib.suppress(OSError):
            return not set(MARKS).isdisjoint(os.listxattr(path))
    return False


def is_of_another(path: Path) -> bool:
    """Whether a file belongs to somebody who is neither this user nor the machine's administrator."""
    with contextlib.suppress(OSError):
        return path.stat().st_uid not in {0, os.getuid()}
    return False


class Family:
    """A program that is run to its end, and everything that it starts, also what leaves its session."""

    def __init__(self) -> None:
        """Think of a mark for its environment."""
        self._mark = uuid.uuid4().hex
        self._leader = 0
        self._guard: Guard | None = None

    def options(self, environment: Mapping[str, str]) -> dict[str, Any]:
        """Return how its first process is started. From now on a guard ends all of it should flowdesk be killed."""
        self._guard = Guard(f"{MARK}={self._mark}", MOST_LOOKS)
        return {"start_new_session": True, "env": {**environment, MARK: self._mark}}

    def began(self, process: Any) -> None:
        """Take its first process, which leads a group of its own."""
        self._leader = process.pid
        if self._guard is not None:
            self._guard.watch(self._leader)

    def end(self, *, is_led: bool) -> None:
        """End all of it. ``is_led``: its first process has not ended."""
        end_family(self._leader if is_led else 0, self._mark)

    def close(self) -> None:
        """Let what it left behind live."""
        guard, self._guard = self._guard, None
        if guard is not None:
            guard.dismiss()


def end_family(leader: int, mark: str) -> None:
    """End a program, its group, its descendants, and whatever carries its mark.

    Args:
        leader: The program that was started, which leads a group of its own; 0 if it has ended.
        mark: What ``MARK`` is set to in its environment.
    """
    found = _family(leader, mark)
    if leader:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal.SIGKILL)
    for _ in range(MOST_LOOKS):
        for process in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGKILL)
        found = _family(0, mark)
        if not found:
            return


def _family(leader: int, mark: str) -> set[int]:
    """The living descendants of a process, and all that carry the mark; none where there is no table to read."""
    wanted = f"{MARK}={mark}".encode()
    parents: dict[int, int] = {}
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (folder / "stat").read_bytes().rpartition(b")")[2].split()[:2]
            if state in (b"Z", b"X"):
                continue
            parents[int(folder.name)] = int(parent)
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                found.add(int(folder.name))
        except (OSError, ValueError):
            continue
    grown = {leader} if leader else set()
    while more := {child for child, parent in parents.items() if parent in grown} - grown:
        grown |= more
    return (found | grown) - {leader, os.getpid()}


def try_lock(file: IO[bytes]) -> bool:
    """Lock an open file for this process unless another has it. The system lets it go when the process ends."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def lock_folder(folder: Path) -> Callable[[], None] | None:
    """Lock a folder among programs that ask, unless another has it; return what lets it go. Ends with the process.

    Raises:
        OSError: If there is no such folder, or its file system locks nothing.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    except OSError:
        os.close(handle)
        raise
    return partial(os.close, handle)


def is_written(path: Path) -> bool:
    """Whether a program has a file open to write. Only Linux tells, of files of this user: a lease is refused then (fcntl(2))."""
    if not hasattr(fcntl, "F_SETLEASE"):
        return False
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(handle)
    return False


def login_way() -> str:
    """Return how a program is started at each login here: ``autostart``, or ``""`` where flowdesk knows no way."""
    return "" if sys.platform == "darwin" else "autostart"
