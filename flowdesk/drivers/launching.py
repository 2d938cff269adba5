"""Starting programs that outlive flowdesk: no shell, no terminal, a process group of their own."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence

from flowdesk.model.errors import NodeError
from flowdesk.model.sentence import say

_children: list["subprocess.Popen[bytes]"] = []
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
        raise NodeError(say("There is no program to start."), say("Name a program, such as mousepad."))
    program = shutil.which(command[0]) if cwd is None else shutil.which(command[0], path=_search_path(cwd))
    if program is None:
        raise NodeError(
            say('There is no program "{name}".', name=command[0]),
            say("Install it, or give the full path of the program."),
        )
    if cwd is not None and not os.path.isdir(cwd):
        raise NodeError(say('There is no folder "{folder}".', folder=cwd), say("Create the folder, or name another."))
    try:
        child = subprocess.Popen(
            [program, *command[1:]],
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=sys.platform != "win32",
        )
    except (OSError, ValueError) as failure:
        raise NodeError(
            say('"{name}" cannot be started: {reason}', name=command[0], reason=str(failure)),
            say("Check that the file is a program that may be run."),
        ) from failure
    with _lock:
        # Kept until they end, so that ended ones are collected and leave no zombie behind.
        _children[:] = [each for each in _children if each.poll() is None]
        _children.append(child)
    return child.pid


def _search_path(folder: str) -> str:
    return os.pathsep.join([os.environ.get("PATH", os.defpath), folder])
