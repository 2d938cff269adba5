"""`flowdesk stop` where there is no X server: processes with runs on desktops of their own hear it by a socket.

The socket has a name without a file (unix(7), "abstract"), so nothing is left of a process that is killed. Only the same
person is heard.
"""

import contextlib
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

from flowdesk.drivers.stopped import Answer

_PREFIX = "flowdesk-stop-"
PATIENCE = 1.0
"""Seconds that an answer may take."""
LONGEST, MOST_NAMES = 200, 50
"""Characters of a name, and names, in an answer."""


def hear(process: str, stop: Callable[[], Sequence[str]], bell: socket.socket) -> None:
    """Call ``stop`` whenever somebody asks, and tell them the names of runs that it returns, until ``bell`` can be read."""
    if sys.platform != "linux":
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(f"\0{_PREFIX}{os.getuid()}-{os.getpid()}-{_desktop()}")
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

    One that was started on another desktop than this process does not count.
    """
    if sys.platform != "linux":
        return
    for pid, desktop in _listeners():
        if desktop and _desktop() and desktop != _desktop():
            continue
        told: dict[str, Any] = {"process": "flowdesk", "pid": pid, "count": None, "runs": []}
        with contextlib.suppress(OSError, ValueError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(PATIENCE)
            line.connect(f"\0{_PREFIX}{os.getuid()}-{pid}-{desktop}")
            if _person_at(line) == os.getuid():
                with line.makefile("rb") as answer:
                    told |= json.loads(answer.read())
        yield told


def answers() -> list[Answer]:
    """Stop the runs of every process that hears, and return what they say."""
    return [Answer(one["process"], one["pid"], one["count"], tuple(one["runs"])) for one in ask_all()]


def _desktop() -> str:
    """Return which desktop this process was started on, empty where it was on none."""
    name = os.environ.get("WAYLAND_DISPLAY") or re.sub(r"\.\d+$", "", os.environ.get("DISPLAY", ""))
    return re.sub(r"[^\w.:-]", "_", name, flags=re.ASCII)[:60]


def _listeners() -> list[tuple[int, str]]:
    if sys.platform != "linux":
        return []
    with contextlib.suppress(OSError):
        names = Path("/proc/net/unix").read_text("utf-8", "replace")
        found = re.findall(rf"@{_PREFIX}{os.getuid()}-(\d+)-([\w.:-]*)$", names, re.MULTILINE)
        return sorted({(int(pid), desktop) for pid, desktop in found})
    return []


def _person_at(line: socket.socket) -> int:
    """Return who is at the other end."""
    if sys.platform != "linux":
        return -1
    size = struct.calcsize("3i")
    return int(struct.unpack("3i", line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))[1])
