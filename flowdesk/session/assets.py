"""The pictures of a flow: stored beside it and read from there, never through a link that leads elsewhere."""

from __future__ import annotations

import base64
import binascii
import errno
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from flowdesk.model.causes import system_cause
from flowdesk.model.errors import FileUnwritable, FlowUnreadable, RequestInvalid
from flowdesk.model.measure import MOST_PIXELS, is_too_large, kind_of
from flowdesk.model.sentence import say
from flowdesk.session.names import fault_of
from flowdesk.session.storage import write_atomically

if TYPE_CHECKING:
    from flowdesk.protocol.replies import Picture

LARGEST = 16 * 1024 * 1024
"""Bytes of a picture."""
MOST = 2000
"""Pictures of a flow that are listed."""


def put_picture(folder: Path, name: str, data: str) -> str:
    """Store a picture that came as base64 and return its name. A name that is taken by another gets a number.

    Raises:
        RequestInvalid: If the name or the data is not a picture's, or it would be too large once it is decoded.
        FileUnwritable: If it cannot be written.
    """
    if not re.fullmatch(r"[\w\-. ]{1,80}", name) or name.startswith(".") or fault_of(name) is not None:
        raise RequestInvalid(
            say('"{name}" is not a file name.', name=name), say("Use letters, digits, - and _."), field="name"
        )
    content = _picture(data)
    suffix = "." + kind_of(content)
    stem = name.rsplit(".", 1)[0] if "." in name else name
    try:
        if _leads_elsewhere(folder):
            raise PermissionError(errno.EPERM, say("the folder is a link"))
        folder.mkdir(parents=True, exist_ok=True)
        target, number = folder / (stem + suffix), 1
        while os.path.lexists(target) and read_plain(target) != content:
            number += 1
            target = folder / f"{stem}-{number}{suffix}"
        write_atomically(target, content)
    except OSError as error:
        raise FileUnwritable(
            say("{path} cannot be written: {reason}.", path=folder, reason=system_cause(error)),
            say("Save the flow in a folder that you can write to."),
        ) from error
    return target.name


def get_picture(folder: Path, name: str | None) -> Picture:
    """Return a picture as base64, or all names.

    Raises:
        FlowUnreadable: If there is no such picture, or what is there is a link.
    """
    if name is None:
        return {"names": sorted(file.name for file in pictures(folder))[:MOST]}
    content = next((read_plain(file) for file in pictures(folder) if file.name == name), None)
    if content is None:
        raise FlowUnreadable(say('Image "{name}" not found.', name=name), say("Request the list without a name."))
    return {"name": name, "data": base64.b64encode(content).decode()}


def pictures(folder: Path) -> Iterator[Path]:
    """Yield the plain files of a folder of pictures; none where the folder itself is a link."""
    if _leads_elsewhere(folder) or not folder.is_dir():
        return
    for file in folder.iterdir():
        if stat.S_ISREG(file.lstat().st_mode) and not file.name.startswith("."):
            yield file


def read_plain(file: Path) -> bytes | None:
    """Read a file, unless it is a link, a pipe or the like, or larger than a picture may be."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(file, flags), "rb") as opened:
            known = os.fstat(opened.fileno())
            return opened.read() if stat.S_ISREG(known.st_mode) and known.st_size <= LARGEST else None
    except OSError:
        return None


def copy_pictures(source: Path, target: Path) -> None:
    """Copy what lies in one folder of pictures and not in the other.

    Raises:
        OSError: If it cannot be written.
    """
    if source == target:
        return
    for file in pictures(source):
        content = read_plain(file)
        if content is not None and not os.path.lexists(target / file.name):
            target.mkdir(parents=True, exist_ok=True)
            write_atomically(target / file.name, content)


def _leads_elsewhere(folder: Path) -> bool:
    return folder.is_symlink()


def _picture(data: str) -> bytes:
    if len(data) > LARGEST * 4 // 3 + 100:
        raise RequestInvalid(say("The image is larger than 16 MiB."), say("Send a smaller image."), field="data")
    try:
        content = base64.b64decode(data.partition("base64,")[2] or data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise RequestInvalid(say("The image is not base64."), say("Send it as base64."), field="data") from error
    if not kind_of(content):
        raise RequestInvalid(say("The image is not PNG, JPEG, or WebP."), say("Send an image."), field="data")
    if is_too_large(content):
        raise RequestInvalid(
            say("The image has more than {count} million pixels.", count=MOST_PIXELS // 1_000_000),
            say("Send a smaller image."),
            field="data",
        )  # fmt: skip
    return content
