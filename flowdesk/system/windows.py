"""Processes, command lines and files of Windows."""

import codecs
import contextlib
import ctypes
import hashlib
import importlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from ctypes import wintypes as w
from functools import cache
from pathlib import Path
from typing import IO, Any

_ctypes: Any = ctypes
_LIMITED, _SYNCHRONIZE, _REFUSED, _STILL_RUNS = 0x1000, 0x100000, 5, 0x102
_NEW_CONSOLE, _NEW_GROUP, _NO_WINDOW, _SUSPENDED = 0x10, 0x200, 0x08000000, 0x4
PATIENCE = 2.0
"""Seconds that another program, such as a virus scanner, may keep a file open that is to be replaced."""
PAUSE = 0.02
SHARING = frozenset({5, 32, 33})
"""Errors that say that somebody else has the file: access denied, sharing and lock violation."""
ZONE = ":Zone.Identifier"
"""The stream in which Windows keeps where a file is from."""
FOREIGN_ZONE = 3
"""The number of the internet's zone; 4 is that of restricted places."""
_PER_MONITOR = -4


@cache
def _kernel() -> Any:
    library = _ctypes.WinDLL("kernel32", use_last_error=True)
    library.OpenProcess.restype = ctypes.c_void_p
    library.CreateJobObjectW.restype = ctypes.c_void_p
    library.CreateJobObjectW.argtypes = (ctypes.c_void_p, ctypes.c_wchar_p)
    library.AssignProcessToJobObject.argtypes = (ctypes.c_void_p, ctypes.c_void_p)
    library.TerminateJobObject.argtypes = (ctypes.c_void_p, w.UINT)
    for name in ("WaitForSingleObject", "CloseHandle", "GetProcessTimes"):
        getattr(library, name).argtypes = {
            "WaitForSingleObject": (ctypes.c_void_p, w.DWORD),
            "CloseHandle": (ctypes.c_void_p,),
            "GetProcessTimes": (ctypes.c_void_p, *(ctypes.c_void_p,) * 4),
        }[name]
    return library


def prepare_display() -> None:
    """Ask for physical pixels on every monitor, before any library asks for something else: that holds for the whole process."""
    user = _ctypes.windll.user32
    with contextlib.suppress(AttributeError, OSError):
        user.SetProcessDpiAwarenessContext.argtypes = (ctypes.c_void_p,)
        if user.SetProcessDpiAwarenessContext(ctypes.c_void_p(_PER_MONITOR)):
            return
    with contextlib.suppress(AttributeError, OSError):
        _ctypes.windll.shcore.SetProcessDpiAwareness(2)  # Windows 8.1


def is_alive(pid: int) -> bool:
    """Whether a process runs. ``os.kill(pid, 0)`` would press Ctrl+C in it here."""
    kernel = _kernel()
    process = kernel.OpenProcess(_LIMITED | _SYNCHRONIZE, False, pid)
    if not process:
        return bool(_ctypes.get_last_error() == _REFUSED)
    try:
        return bool(kernel.WaitForSingleObject(process, 0) == _STILL_RUNS)
    finally:
        kernel.CloseHandle(process)


def birth(pid: int) -> str | None:
    """Return when a process began, to know it from a later one of the same number; ``None`` where that is not told."""
    kernel = _kernel()
    process = kernel.OpenProcess(_LIMITED, False, pid)
    if not process:
        return None
    try:
        began, *others = (w.FILETIME() for _ in range(4))
        if not kernel.GetProcessTimes(process, ctypes.byref(began), *(ctypes.byref(each) for each in others)):
            return None
        return str(began.dwHighDateTime << 32 | began.dwLowDateTime)
    finally:
        kernel.CloseHandle(process)


def split_command(text: str) -> list[str]:
    r"""Split a command line as the programs of Windows do (``CommandLineToArgvW``).

    Double quotes hold words together and are no part of them; a backslash means itself except before one.

    Raises:
        ValueError: If a quote is not closed.
    """
    words: list[str] = []
    word, slashes, is_quoted, is_begun = "", 0, False, False
    for letter in text:
        if letter == "\\":
            slashes += 1
            is_begun = True
            continue
        if letter == '"':
            word += "\\" * (slashes // 2)
            if slashes % 2:
                word += letter
            else:
                is_quoted = not is_quoted
            slashes, is_begun = 0, True
            continue
        word, slashes = word + "\\" * slashes, 0
        if letter in " \t\r\n" and not is_quoted:
            if is_begun:
                words.append(word)
            word, is_begun = "", False
        else:
            word, is_begun = word + letter, True
    if is_quoted:
        raise ValueError("No closing quotation")
    if is_begun:
        words.append(word + "\\" * slashes)
    return words


def find_program(name: str, folder: str | None = None) -> str | None:
    """Return the path of a program: by path, on ``PATH``, in ``folder``, or as the start menu knows it (``App Paths``)."""
    path = None if folder is None else os.pathsep.join([folder, os.environ.get("PATH", os.defpath)])
    return shutil.which(name, path=path) or _registered(name)


def _registered(name: str) -> str | None:
    if sys.platform == "win32" and not os.path.dirname(name):
        import winreg

        entry = name if name.lower().endswith(".exe") else f"{name}.exe"
        for place in (winreg.HKEY_CURRENT_USER, winreg.HKEY_LOCAL_MACHINE):
            with contextlib.suppress(OSError):
                found = winreg.QueryValue(place, rf"Software\Microsoft\Windows\CurrentVersion\App Paths\{entry}")
                program = os.path.expandvars(found).strip('"')
                if os.path.isfile(program):
                    return program
    return None


def window_options(output: int) -> dict[str, Any]:
    """Return how a program is started that lives on without flowdesk: one that writes gets a console of its own for that."""
    del output
    return {"creationflags": _NEW_CONSOLE | _NEW_GROUP}


def console_encoding() -> str:
    """Return the encoding in which programs write: the code page of consoles."""
    try:
        return codecs.lookup("oem").name
    except LookupError:
        return "utf-8"


def replace(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> None:
    """Put a file in the place of another, in one step, once whoever reads it has closed it.

    Raises:
        OSError: If it stays open.
    """
    until = time.monotonic() + PATIENCE
    while True:
        try:
            os.replace(source, target)
            return
        except OSError as error:
            if getattr(error, "winerror", None) not in SHARING or time.monotonic() > until:
                raise
        threading.Event().wait(PAUSE)


def is_marked_as_foreign(path: Path) -> bool:
    """Whether Windows has noted that a file is from the internet."""
    try:
        told = Path(f"{path}{ZONE}").read_text("utf-8", "replace")
    except OSError:
        return False
    return zone_in(told) >= FOREIGN_ZONE


def zone_in(told: str) -> int:
    """Return the zone that a mark names; one that cannot be read counts as the internet."""
    for line in told.splitlines():
        name, _, value = line.partition("=")
        if name.strip().casefold() == "zoneid":
            return int(value) if value.strip().isdecimal() else FOREIGN_ZONE
    return FOREIGN_ZONE


def is_of_another(path: Path) -> bool:
    """Whether a file belongs to somebody else: not asked here, where what a person may read is theirs as a rule."""
    del path
    return False


class Family:
    """A program that is run to its end, and everything that it starts: a job object, which nothing leaves unnoticed."""

    def __init__(self) -> None:
        """Make the job."""
        self._job = _kernel().CreateJobObjectW(None, None)
        self._process: Any = None

    def options(self, environment: Mapping[str, str]) -> dict[str, Any]:
        """Return how its first process is started: without a console that flashes, and not before it is in the job."""
        return {"creationflags": _NO_WINDOW | _NEW_GROUP | _SUSPENDED, "env": dict(environment)}

    def began(self, process: Any) -> None:
        """Take its first process into the job, and let it run."""
        self._process = process
        handle = int(process._handle)
        _kernel().AssignProcessToJobObject(self._job, handle)
        resume = _ctypes.windll.ntdll.NtResumeProcess
        resume.argtypes = (ctypes.c_void_p,)
        if resume(handle):
            process.kill()
            raise OSError("the process cannot be resumed")

    def end(self, *, is_led: bool) -> None:
        """End all of it. ``is_led``: its first process has not ended."""
        ended = self._job and _kernel().TerminateJobObject(self._job, 1)
        if not ended and is_led and self._process is not None:
            subprocess.run(
                ["taskkill", "/T", "/F", "/PID", str(self._process.pid)],
                capture_output=True,
                check=False,
                creationflags=_NO_WINDOW,
            )

    def close(self) -> None:
        """Let what it left behind live."""
        job, self._job = self._job, None
        if job:
            _kernel().CloseHandle(job)


def try_lock(file: IO[bytes]) -> bool:
    """Lock an open file for this process unless another has it. The system lets it go when the process ends."""
    msvcrt: Any = importlib.import_module("msvcrt")
    file.seek(1 << 20)  # a byte far behind the text, which others may read
    try:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    except OSError:
        return False
    finally:
        file.seek(0)
    return True


def lock_folder(folder: Path) -> Callable[[], None] | None:
    """Lock a folder among programs of this user that ask, unless another has it; return what lets it go.

    Raises:
        OSError: If it cannot be locked at all.
    """
    known = hashlib.sha256(os.path.normcase(folder.resolve()).encode()).hexdigest()[:24]
    file = Path(tempfile.gettempdir(), f"flowdesk-{known}.lock").open("a+b", buffering=0)  # noqa: SIM115 - held until it is let go
    if try_lock(file):
        return file.close
    file.close()
    return None


def is_written(path: Path) -> bool:
    """Whether a program has a file open to write: not known here."""
    return False


def login_way() -> str:
    """Return how a program is started at each login here."""
    return "task"
