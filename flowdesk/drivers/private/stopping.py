"""`flowdesk stop` where there is no X server: processes with runs on desktops of their own hear it by a socket.

The socket has a name without a file (unix(7), "abstract"), so nothing is left of a process that is killed. Only the same
person is heard. The name tells the Wayland session of the process, so that a stop in another session leaves it alone.
"""

import contextlib
import hashlib
import json
import os
import re
import select
import socket
import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

_PREFIX = "flowdesk-stop-"
PATIENCE = 1.0
"""Seconds that an answer may take."""
LONGEST, MOST_NAMES = 200, 50
"""Characters of a name, and names, in an answer."""
NOWHERE = "none"
"""In the name of a socket: the process is in no Wayland session. Everybody stops it."""


def hear(process: str, stop: Callable[[], Sequence[str]], bell: socket.socket) -> None:
    """Call ``stop`` whenever somebody asks, and tell them the names of runs that it returns, until ``bell`` can be read."""
    if sys.platform != "linux":
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(f"\0{_PREFIX}{os.getuid()}-{os.getpid()}-{_session()}")
        listener.listen()
        while True:
            ready, _, _ = select.select([listener, bell], [], [])
            if bell in ready:
                return
            with contextlib.suppress(OSError), listener.accept()[0] as asker:
                asker.settimeout(PATIENCE)
                if _person_at(asker) in (0, os.getuid()):
                    names = [name[:LONGEST] for name in stop()]
                    told = {"process": process, "pid": os.getpid(), "count": len(names), "runs": names[:MOST_NAMES]}
                    asker.sendall(json.dumps(told).encode())


def ask_all() -> Iterator[dict[str, Any]]:
    """Stop the runs of every process that hears, and yield what each says: ``process``, ``pid``, ``count``, ``runs``.

    Asked are those of this Wayland session and those of none; from a shell without a desktop, all.
    """
    if sys.platform != "linux":
        return
    for pid, session in _listeners():
        told: dict[str, Any] = {"process": "flowdesk", "pid": pid, "count": None, "runs": []}
        with contextlib.suppress(OSError, ValueError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(PATIENCE)
            line.connect(f"\0{_PREFIX}{os.getuid()}-{pid}-{session}")
            if _person_at(line) == os.getuid():
                with line.makefile("rb") as answer:
                    told |= json.loads(answer.read())
        yield told


def _session() -> str:
    """Name the Wayland session of this process by its socket."""
    name = os.environ.get("WAYLAND_DISPLAY")
    if not name:
        return NOWHERE
    path = os.path.join(os.environ.get("XDG_RUNTIME_DIR", ""), name)
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]


def _listeners() -> list[tuple[int, str]]:
    """Return process id and session of everybody who is to be asked."""
    if sys.platform != "linux":
        return []
    mine = _session()
    is_nowhere = mine == NOWHERE and not os.environ.get("DISPLAY")
    with contextlib.suppress(OSError):
        names = Path("/proc/net/unix").read_text("utf-8", "replace")
        found = {(int(pid), at) for pid, at in re.findall(rf"@{_PREFIX}{os.getuid()}-(\d+)-(\w+)", names)}
        return sorted(each for each in found if is_nowhere or each[1] in (mine, NOWHERE))
    return []


def _person_at(line: socket.socket) -> int:
    """Return who is at the other end."""
    if sys.platform != "linux":
        return -1
    size = struct.calcsize("3i")
    return int(struct.unpack("3i", line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))[1])
