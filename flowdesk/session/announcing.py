"""Which flowdesk of this user listens where, in a folder of their own: so that another process finds it, and nobody else's."""

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flowdesk.session.plainfiles import read_plain_file
from flowdesk.session.storage import make_private, write_atomically
from flowdesk.system import birth, is_alive

FOLDER = "serving"
LARGEST = 4096


@dataclass(frozen=True, slots=True)
class Announced:
    """A flowdesk that listens: its address, and what its process is: ``window`` or ``serve``."""

    url: str
    process: str


def announce(state: Path, port: int, url: str, process: str) -> Path | None:
    """Say that this process listens; ``None`` where the folder cannot be written: it is then not found, and nothing else."""
    file = state / FOLDER / f"{port}.json"
    about = {"url": url, "process": process, "pid": os.getpid(), "birth": birth(os.getpid())}
    try:
        make_private(file.parent)
        write_atomically(file, json.dumps(about).encode())
    except OSError:
        return None
    return file


def withdraw(file: Path | None) -> None:
    """Say that it listens no more."""
    if file is not None:
        with contextlib.suppress(OSError):
            file.unlink()


def announced(state: Path) -> Iterator[Announced]:
    """Yield the flowdesks of this user that listen now, windows first. What a killed process left is removed."""
    found = []
    for file in sorted((state / FOLDER).glob("*.json")):
        try:
            about = json.loads(read_plain_file(file, LARGEST))
            pid, born = int(about["pid"]), about["birth"]
            is_there = is_alive(pid) and birth(pid) == born
            one = Announced(str(about["url"]), str(about["process"]))
        except (OSError, ValueError, KeyError, TypeError):
            is_there = False
        if is_there:
            found.append(one)
        else:
            withdraw(file)
    yield from sorted(found, key=lambda one: one.process != "window")
