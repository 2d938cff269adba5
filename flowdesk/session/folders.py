"""What lies in a folder that a trigger watches: names, and how each file is just now."""

import fnmatch
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flowdesk.model.trigger import FileArrives

MOST_FILES = 100_000
"""Names of one folder that are looked at."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A look at a folder."""

    identity: tuple[int, int] | None
    """Which folder it is, on which disk: another one when something was mounted there. ``None`` where there is none."""
    things: Mapping[str, str] = field(default_factory=dict)
    """Each file's stamp by its name: two equal ones mean that nobody wrote it in between."""
    times: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    """When each was last written or put there: what order they came in."""
    unnamed: tuple[str, ...] = ()
    """Names that are no text, in bytes of another encoding: nothing can be told of these files."""


def listed(place: Path, trigger: FileArrives) -> Listing:
    """Look at a folder, or at one file. What cannot be read counts as not there."""
    try:
        about = place.stat()
        folder = place if stat.S_ISDIR(about.st_mode) else place.parent
        single = None if folder == place else place.name
    except OSError:
        if trigger.match != "*" or not place.suffix:
            return Listing(None)  # a folder that is not there
        folder, single = place.parent, place.name
    try:
        where = folder.stat()
        things: dict[str, str] = {}
        times: dict[str, tuple[int, str]] = {}
        unnamed: list[str] = []
        with os.scandir(folder) as entries:
            for entry in entries:
                is_meant = entry.name == single if single is not None else _is_meant(entry.name, trigger.match)
                if is_meant and not _is_text(entry.name):
                    unnamed.append(entry.name.encode("utf-8", "replace").decode())
                elif is_meant and len(things) < MOST_FILES:
                    _take(entry, things, times)
    except OSError:
        return Listing(None)
    return Listing((where.st_dev, where.st_ino), things, times, tuple(unnamed))


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_meant(name: str, pattern: str) -> bool:
    """Hidden files, and what programs write before they rename it, count only where the pattern names them."""
    if name.startswith((".", "~$")) and not pattern.startswith((".", "~$")):
        return False
    return fnmatch.fnmatch(name, pattern)


def _take(entry: "os.DirEntry[str]", things: dict[str, str], times: dict[str, tuple[int, str]]) -> None:
    try:
        about = entry.stat()
    except OSError:
        return  # it went meanwhile
    if stat.S_ISREG(about.st_mode):
        things[entry.name] = f"{about.st_mtime_ns} {about.st_size}"
        times[entry.name] = (max(about.st_mtime_ns, about.st_ctime_ns), entry.name)
