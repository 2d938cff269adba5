"""What a run leaves behind: a folder with its messages, its pictures and, in the end, its outcome."""

import contextlib
import json
import os
import re
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flowdesk.model.causes import system_cause
from flowdesk.model.errors import NodeError
from flowdesk.model.sentence import say
from flowdesk.session.lines import Lines
from flowdesk.session.peer import Message, text_of
from flowdesk.session.plainfiles import read_plain_file
from flowdesk.session.recordfiles import MOST_ABOUT, about_of, lines_of, message_of
from flowdesk.session.storage import write_atomically
from flowdesk.system import birth, is_alive

MOST_FILES = 2000
MOST_BYTES = 500 * 1024 * 1024
MOST_MESSAGE_BYTES = 64 * 1024 * 1024
KEPT_RUNS = 200
KEPT_DAYS = 90
MOST_RUNS_BYTES = 2 * 1024 * 1024 * 1024
MOST_INTERRUPTED = 20
ABOUT = "run.json"
RESERVED = 8192
"""Bytes that ``run.json`` takes from its beginning, so that the end of a run fits in although the disk is full by then."""
KEPT = "kept"
"""A file in a run's folder: the run is kept, whatever its age."""
_GONE = ".gone"
"""Ends the name of a folder that is being removed."""
_ENDS = frozenset({"execution.complete", "execution.error", "node.error"})
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


class RunFolder:
    """The folder of one run. Pictures are written here and nowhere else."""

    def __init__(self, path: Path) -> None:
        """Use ``path``, which is made when something is first written."""
        self.path = path
        self._files = 0
        self.bytes = 0
        """What was saved into it so far."""

    def save(self, name: str, content: bytes) -> Path:
        """Write a file, under another number if the name is taken.

        Raises:
            NodeError: If the name would leave the folder or cannot be a file's, the quota is used up, or the disk is full.
        """
        target = self._place(name)
        if self._files + 1 > MOST_FILES or self.bytes + len(content) > MOST_BYTES:
            raise NodeError(
                say(
                    "The run's folder is full: {files} files or {size} MB.",
                    files=MOST_FILES,
                    size=MOST_BYTES // 1_048_576,
                ),
                say("Take fewer or smaller screenshots."),
            )
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target = _free(target)
            write_atomically(target, content)
        except OSError as error:
            raise NodeError(
                say("{path} cannot be written: {reason}.", path=target, reason=system_cause(error)),
                say("Check the disk and the folder's permissions, or run with --report DIR."),
            ) from error
        self._files += 1
        self.bytes += len(content)
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
                say('The file name "{name}" is not valid, or is outside the run\'s folder.', name=name),
                say("Use a plain name such as picture.png."),
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
    """Writes a run's messages as they happen: ``messages.jsonl``, and ``run.json`` at the start and the end.

    A disk that is full does not end the run. What could not be kept is in ``lost``, and ``run.json`` tells the end all the
    same: it takes ``RESERVED`` bytes from the beginning, in which its end is written where no new file can be.
    """

    def __init__(self, folder: RunFolder, about: dict[str, Any], known_at: Path | None = None) -> None:
        """Begin the record.

        Args:
            folder: The run's folder.
            about: ``run_id``, ``workflow_id``, ``name``.
            known_at: A folder among flowdesk's own that tells of the run, where the run's folder lies elsewhere.
        """
        self.folder = folder
        process = {"pid": os.getpid(), "birth": birth(os.getpid())}
        lies = str(folder.path.absolute())  # found again from any folder
        self._about = {**about, **process, "started": time.time(), "status": "running", "folder": lies}
        self._places = [folder.path, *([] if known_at is None else [known_at])]
        self._faults: dict[str, str] = {}
        for place in self._places:
            try:
                place.mkdir(parents=True, exist_ok=True)
                write_atomically(place / ABOUT, self._content().ljust(RESERVED))
            except OSError as error:
                self._faults[ABOUT] = system_cause(error)
        self._lines = Lines(folder.path / "messages.jsonl")

    @property
    def lost(self) -> dict[str, str]:
        """What of the record could not be written, by file, and why."""
        self._lines.flush()
        return {**self._faults, **self._lines.faults()}

    def add(self, message: Message) -> None:
        """Append a message; after 64 MiB only what ends something is kept."""
        if self._lines.size < MOST_MESSAGE_BYTES or message["type"] in _ENDS:
            self._lines.add(text_of(message))

    def flush(self) -> None:
        """Write the messages that wait."""
        self._lines.flush()

    def close(self) -> None:
        """Add no more messages."""
        self._lines.close()

    def finish(self, status: str, outcome: Mapping[str, Any]) -> None:
        """Tell how the run ended: once this returns it is on the disk, or ``lost`` says why not. Blocks as long as the disk does.

        The messages that tell of the end may still be added.
        """
        self._about["bytes"] = self.folder.bytes + self._lines.size
        self._about.update(status=status, ended=time.time(), outcome=outcome)
        if lost := {**self._faults, **self._lines.faults()}:
            self._about["lost"] = lost
        for place in self._places:
            try:
                write_atomically(place / ABOUT, self._content())
            except OSError as error:
                self._write_in_place(place / ABOUT, system_cause(error))

    def _content(self) -> bytes:
        return json.dumps(self._about, ensure_ascii=True, indent=2, default=str).encode()

    def _write_in_place(self, file: Path, reason: str) -> None:
        """Write the end into the bytes that the file has, shortened if need be."""
        flags = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        try:
            with os.fdopen(os.open(file, flags), "r+b") as opened:
                room = os.fstat(opened.fileno()).st_size
                content = self._content()
                if len(content) > room:
                    outcome = self._about["outcome"]
                    self._about["outcome"] = {
                        key: str(outcome[key])[:300] for key in ("status", "message") if key in outcome
                    }
                    content = self._content()
                if len(content) > room:
                    raise OSError(0, reason)
                opened.write(content.ljust(room))
                opened.flush()
                os.fsync(opened.fileno())
        except OSError:
            self._faults[ABOUT] = reason


def interrupted(runs: Path) -> list[dict[str, Any]]:
    """Return the runs that processes which are gone left unfinished, newest first, each with the node it was at.

    They are marked, and stay known until their folders are removed; ``is_new`` says which no start has told of before.
    """
    found = []
    for file in runs.glob(f"*/{ABOUT}") if runs.is_dir() else []:
        try:
            content = read_plain_file(file, MOST_ABOUT)
            if b'"running"' not in content and b'"interrupted"' not in content:
                continue
            about = about_of(file)
            is_new = about["status"] == "running" and not _is_under_way(about)
            if not is_new and about["status"] != "interrupted":
                continue
            if is_new:
                about["node_id"] = _last_node(Path(about["folder"]) / "messages.jsonl")
                about["status"] = "interrupted"
                write_atomically(file, json.dumps(about, indent=2).encode())
            found.append({**about, "is_new": is_new})
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return sorted(found, key=lambda about: float(about.get("started", 0)), reverse=True)[:MOST_INTERRUPTED]


def is_interrupted(about: Mapping[str, Any]) -> bool:
    """Whether what ``run.json`` holds tells of a run whose process is gone."""
    return about.get("status") == "interrupted" or (about.get("status") == "running" and not _is_under_way(about))


def _is_under_way(about: Mapping[str, Any]) -> bool:
    """Whether the process that began a run still runs: the same one, not another that got its number."""
    pid = int(about.get("pid") or 0)
    if not pid:
        return False
    if pid == os.getpid():
        return about.get("birth") is not None and about.get("birth") == birth(pid)
    return is_alive(pid) and about.get("birth") in (None, birth(pid))


def prune(
    runs: Path,
    keep: int = KEPT_RUNS,
    most_bytes: int = MOST_RUNS_BYTES,
    *,
    days: int = KEPT_DAYS,
    now: float | None = None,
) -> None:
    """Remove the folders of the oldest runs beyond ``keep`` runs or ``most_bytes``, and those older than ``days``; 0 is no limit.

    A run under way keeps its own, and one that is marked to be kept is neither removed nor counted. Blocks for long
    where there is much to remove. What a process that ended meanwhile left is removed, too.
    """
    oldest = (time.time() if now is None else now) - days * 86_400 if days else 0.0
    for left in runs.glob(f"*{_GONE}") if runs.is_dir() else []:
        shutil.rmtree(left, ignore_errors=True)
    known: list[tuple[float, Path, dict[str, Any]]] = []
    for file in runs.glob(f"*/{ABOUT}") if runs.is_dir() else []:
        with contextlib.suppress(OSError, ValueError):
            if (file.parent / KEPT).exists():
                continue
            known.append((file.stat().st_mtime, file.parent, _known_of(file)))
    used = 0
    for count, (changed, folder, about) in enumerate(sorted(known, key=lambda each: each[0], reverse=True), 1):
        used += int(about.get("bytes", 0))
        is_too_much = count > keep or (used > most_bytes and count > 1) or changed < oldest
        if is_too_much and not (about.get("status") == "running" and _is_under_way(about)):
            # Renamed first: a folder that is half removed must not count as a run.
            gone = folder.with_name(folder.name + _GONE)
            with contextlib.suppress(OSError):
                folder.rename(gone)
                shutil.rmtree(gone, ignore_errors=True)


def _known_of(file: Path) -> dict[str, Any]:
    try:
        return about_of(file)
    except ValueError:
        return {}  # damaged: it goes by its age


def _last_node(messages: Path) -> str | None:
    """Return the node that was under way last: one that began and did not end."""
    under_way: dict[str, None] = {}
    for line in lines_of(messages):
        with contextlib.suppress(ValueError, KeyError):
            kind, payload, _ = message_of(line)
            if kind.startswith("node."):
                node_id = str(payload["node_id"])
                under_way.pop(node_id, None)
                if kind in {"node.running", "node.pending"}:
                    under_way[node_id] = None
    return next(reversed(under_way), None)
