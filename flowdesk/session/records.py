"""What a run leaves behind: a folder with its messages, its pictures and, in the end, its outcome."""

import asyncio
import contextlib
import json
import os
import re
import shutil
import time
from pathlib import Path
from typing import IO, Any

from flowdesk.model.errors import NodeError
from flowdesk.model.sentence import say
from flowdesk.session.peer import Message, text_of
from flowdesk.session.processes import is_alive
from flowdesk.session.storage import write_atomically

MOST_FILES = 2000
MOST_BYTES = 500 * 1024 * 1024
MOST_MESSAGE_BYTES = 64 * 1024 * 1024
KEPT_RUNS = 50
_ENDS = frozenset({"execution.complete", "execution.error", "node.error"})
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


class RunFolder:
    """The folder of one run. Pictures are written here and nowhere else."""

    def __init__(self, path: Path) -> None:
        """Use ``path``, which is made when something is first written."""
        self.path = path
        self._files = 0
        self._bytes = 0

    def save(self, name: str, content: bytes) -> Path:
        """Write a file, under another number if the name is taken.

        Raises:
            NodeError: If the name would leave the folder or cannot be a file's, the quota is used up, or the disk is full.
        """
        target = self._place(name)
        if self._files + 1 > MOST_FILES or self._bytes + len(content) > MOST_BYTES:
            raise NodeError(
                say(
                    "The run's folder is full: {files} files or {size} MB.",
                    files=MOST_FILES,
                    size=MOST_BYTES // 1_048_576,
                ),
                say("Take fewer screenshots, or smaller ones."),
            )
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target = _free(target)
            write_atomically(target, content)
        except OSError as error:
            raise NodeError(
                say("{path} cannot be written: {reason}.", path=target, reason=error.strerror or str(error)),
                say("Check the disk and the folder's permissions, or run with --report DIR."),
            ) from error
        self._files += 1
        self._bytes += len(content)
        return target

    def _place(self, name: str) -> Path:
        parts = name.replace("\\", "/").split("/")
        is_bad = (
            not name.strip()
            or len(name) > 200
            or name.startswith(("/", "~"))
            or ":" in name
            or any(part in {"", ".", ".."} or _RESERVED.match(part) or part != part.strip() for part in parts)
            or any(ord(letter) < 32 for letter in name)
        )
        root = self.path.resolve()
        target = (root / Path(*parts)).resolve() if not is_bad else root
        if is_bad or not target.is_relative_to(root):
            raise NodeError(
                say('The file name "{name}" would leave the run\'s folder or is not a file name.', name=name),
                say("Give a plain name such as picture.png."),
            )
        return target


def _free(target: Path) -> Path:
    number = 1
    free = target
    while free.exists():
        number += 1
        free = target.with_name(f"{target.stem}-{number}{target.suffix}")
    return free


class RunRecord:
    """Writes a run's messages as they happen: ``messages.jsonl``, and ``run.json`` at the start and the end."""

    def __init__(self, folder: RunFolder, about: dict[str, Any]) -> None:
        """Begin the record. ``about`` holds ``run_id``, ``workflow_id``, ``name``."""
        self.folder = folder
        self._about = {**about, "pid": os.getpid(), "started": time.time(), "status": "running"}
        self._file: IO[bytes] | None = None
        self._lines: list[str] = []
        self._size = 0
        with contextlib.suppress(OSError):
            folder.path.mkdir(parents=True, exist_ok=True)
            self._write_about()
            self._file = (folder.path / "messages.jsonl").open("ab", buffering=0)

    def add(self, message: Message) -> None:
        """Append a message; after 64 MiB only what ends something is kept.

        It is in the file once the event loop has had a turn, so a process that is killed leaves what it was doing.
        """
        if self._file is None:
            return
        if self._size > MOST_MESSAGE_BYTES and message["type"] not in _ENDS:
            return
        line = text_of(message)
        self._size += len(line)
        if not self._lines:
            asyncio.get_running_loop().call_soon(self._write)
        self._lines.append(line)

    def _write(self) -> None:
        lines, self._lines = self._lines, []
        if lines and self._file is not None:
            with contextlib.suppress(OSError):
                self._file.write("\n".join([*lines, ""]).encode("ascii"))

    def finish(self, status: str, outcome: dict[str, Any]) -> None:
        """End the record."""
        self._write()
        self._about.update(status=status, ended=time.time(), outcome=outcome)
        with contextlib.suppress(OSError):
            if self._file is not None:
                self._file.close()
                self._file = None
            self._write_about()

    def _write_about(self) -> None:
        write_atomically(
            self.folder.path / "run.json", json.dumps(self._about, ensure_ascii=True, indent=2, default=str).encode()
        )


def interrupted(runs: Path) -> list[dict[str, Any]]:
    """Return the runs that a process which is gone left unfinished, each with the node it was at, and mark them."""
    found = []
    for file in sorted(runs.glob("*/run.json")) if runs.is_dir() else []:
        try:
            about = json.loads(file.read_text("utf-8"))
            pid = int(about["pid"])
            # This process has begun no run yet: a record with its number is of an earlier one.
            if about.get("status") != "running" or (is_alive(pid) and pid != os.getpid()):
                continue
            about["node_id"] = _last_node(file.parent / "messages.jsonl")
            about["status"] = "interrupted"
            write_atomically(file, json.dumps(about, indent=2).encode())
            found.append(about)
        except (OSError, ValueError, KeyError):
            continue
    return found


def prune(runs: Path, keep: int = KEPT_RUNS) -> None:
    """Remove the oldest run folders beyond ``keep``."""
    folders = sorted(
        (file.parent for file in runs.glob("*/run.json")), key=lambda folder: folder.stat().st_mtime, reverse=True
    ) if runs.is_dir() else []  # fmt: skip
    for folder in folders[keep:]:
        shutil.rmtree(folder, ignore_errors=True)


def _last_node(messages: Path) -> str | None:
    node_id = None
    with contextlib.suppress(OSError), messages.open(encoding="utf-8") as file:
        for line in file:
            with contextlib.suppress(ValueError):
                message = json.loads(line)
                if message.get("type") == "node.running":
                    node_id = message["payload"]["node_id"]
    return node_id
