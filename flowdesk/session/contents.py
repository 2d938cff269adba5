"""What a flow with its pictures is known by: a start is allowed for just this content, and so is each flow that it calls."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from flowdesk.model.flow import Flow
from flowdesk.session.doings import whole_digest
from flowdesk.session.storage import assets_folder

MOST_PICTURES = 2000
"""Pictures of one flow that are looked at."""


def content_of(flow: Flow, path: Path) -> str:
    """Return what a flow of a file is known by, with the pictures beside it. Reads files."""
    return hashed(json.dumps([whole_digest(flow), *pictures_in(assets_folder(path))]).encode())


def pictures_in(folder: Path | None) -> Iterator[list[str]]:
    """Yield the name of each picture of a flow with what is in it: another picture is another target."""
    if folder is None or folder.is_symlink() or not folder.is_dir():
        return
    for number, path in enumerate(
        sorted(path for path in folder.iterdir() if path.is_file() and not path.is_symlink())
    ):
        about = path.stat()
        known = hashed(path.read_bytes()) if number < MOST_PICTURES else f"{about.st_size} {about.st_mtime_ns}"
        yield [path.name, known]


def hashed(content: bytes) -> str:
    """Return the digest of bytes."""
    return hashlib.sha256(content).hexdigest()
