"""Reports that the hub has not taken yet: kept on disk, so that neither a hub that is away nor an end of the robot loses one."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flowdesk.session.plainfiles import read_plain_file
from flowdesk.session.storage import make_private, write_atomically

LARGEST_FILE = 16 * 1024 * 1024
"""Bytes of a file that is gathered."""
MOST_BYTES = 64 * 1024 * 1024
"""Bytes that are gathered with one job."""
MOST_FILES = 500
LEFT_OUT = "not-gathered.txt"
"""Names what was too large, one file a line."""
_LARGEST_REPORT = 32 * 1024 * 1024


@dataclass(frozen=True)
class Report:
    """What became of a job, and the folder in which what it left lies."""

    job: int
    token: str
    """Proves that this robot took the job."""
    outcome: dict[str, Any]
    folder: Path
    """Everything of the job on this machine: ``run`` (its record) and ``work`` (the flow, and what it wrote beside itself)."""
    known: dict[str, str]
    """What lay in ``work`` at the beginning, and is not gathered unless it changed: digests by path."""

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield what is to be gathered: names and contents, in order, within the bounds; at last what was left out."""
        left_out, count, size = [], 0, 0
        for name, file in self._found():
            with contextlib.suppress(OSError):
                known = file.stat().st_size
                if known > LARGEST_FILE or count >= MOST_FILES or size + known > MOST_BYTES:
                    left_out.append(name)
                    continue
                content = file.read_bytes()
                count, size = count + 1, size + len(content)
                yield name, content
        if left_out:
            yield LEFT_OUT, "".join(f"{name}\n" for name in left_out).encode()

    def _found(self) -> Iterator[tuple[str, Path]]:
        for file in _plain_files(self.folder / "run"):
            yield file.relative_to(self.folder / "run").as_posix(), file
        for file in _plain_files(self.folder / "work"):
            name = file.relative_to(self.folder / "work").as_posix()
            if self.known.get(name) != stamp(file):
                yield f"work/{name}", file


def _plain_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.is_file() and not path.is_symlink():
            yield path


def stamp(file: Path) -> str:
    """Return what tells whether a file was written to since."""
    known = file.stat()
    return f"{known.st_mtime_ns}-{known.st_size}"


def stamps(folder: Path) -> dict[str, str]:
    """Return the stamps of all files in a folder, by path."""
    return {file.relative_to(folder).as_posix(): stamp(file) for file in _plain_files(folder)}


class Outbox:
    """The reports of one account at one hub, one file each. Several robots of a machine may share it."""

    def __init__(self, folder: Path) -> None:
        """Keep them in a folder, which only its owner may enter."""
        self.folder = make_private(folder)

    def put(self, report: Report) -> None:
        """Keep a report until it is delivered.

        Raises:
            OSError: If it cannot be written.
        """
        values = {**vars(report), "folder": str(report.folder)}
        write_atomically(self._file(report), json.dumps(values, default=str).encode())

    def waiting(self) -> list[Report]:
        """Return what is to be delivered, the oldest job first."""
        found = []
        for file in sorted(self.folder.glob("*.json")):
            with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
                values = json.loads(read_plain_file(file, _LARGEST_REPORT))
                found.append(Report(**{**values, "folder": Path(values["folder"])}))
        return sorted(found, key=lambda report: report.job)

    def has(self, report: Report) -> bool:
        """Whether it is still to be delivered: another robot of this machine may have done it."""
        return self._file(report).exists()

    def remove(self, report: Report) -> None:
        """Forget a report that was delivered."""
        self._file(report).unlink(missing_ok=True)

    def refuse(self, report: Report) -> None:
        """Put a report aside that the hub will never take; it stays for people."""
        with contextlib.suppress(OSError):
            self._file(report).rename(self._file(report).with_suffix(".refused"))

    def _file(self, report: Report) -> Path:
        return self.folder / f"{report.job:012}-{report.token[:8]}.json"
