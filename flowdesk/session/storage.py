"""Flow files on disk: read, saved atomically, never overwritten unseen, recovered after a crash."""

import base64
import binascii
import codecs
import contextlib
import errno
import hashlib
import os
import re
import secrets
import stat
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flowdesk.model.causes import system_cause
from flowdesk.model.errors import FileChanged, FileExists, FileUnwritable, FlowUnreadable
from flowdesk.model.flow import Flow
from flowdesk.model.pieces import Pieces
from flowdesk.model.reading import parse_flow, write_flow
from flowdesk.model.sentence import say
from flowdesk.session.names import stem_of
from flowdesk.session.plainfiles import read_plain_file
from flowdesk.system import is_alive, replace

DRAFT = ".flowdesk-"
"""Begins the name of a file that is being written; the number of the process follows."""
DRAFT_SECONDS = 600.0
"""How old a draft is at least that is removed: the process may be one of another machine that shares the folder."""
LARGEST_FILE = 64 * 1024 * 1024
_DATA_URI = re.compile(r"^data:image/(png|jpeg|webp);base64,(.+)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a file held when it was read or written last."""

    digest: str
    leads: str = ""
    """Where its name led then, as a link; empty for a file that is none."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A flow with the file that it came from."""

    flow: Flow
    path: Path
    fingerprint: Fingerprint


def open_flow(path: Path) -> Opened:
    """Read a flow file.

    Raises:
        FlowUnreadable: If there is no such file, or it is not a flow.
        FlowTooNew: If a newer flowdesk wrote it.
    """
    content = read_content(path)
    flow = flow_in(content, path.name)
    if not flow.name:
        flow = flow.model_copy(update={"name": stem_of(path.name)})
    return Opened(flow, path, Fingerprint(digest(content), leads_to(path)))


def fingerprint_of(path: Path) -> Fingerprint:
    """Return what a file is known by, whether it is a flow or not.

    Raises:
        FlowUnreadable: If it cannot be read.
    """
    return Fingerprint(digest(read_content(path)), leads_to(path))


def leads_to(path: Path) -> str:
    """Return where a link leads in the end, ``""`` for what is no link."""
    return os.path.realpath(path) if path.is_symlink() else ""


def read_content(path: Path) -> bytes:
    """Return what a flow file holds.

    Raises:
        FlowUnreadable: If there is no such file, or it is too large.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise FlowUnreadable(
                say("{path} is larger than 64 MiB.", path=path), say("Save images as files beside the flow.")
            )
        return read_plain_file(path, LARGEST_FILE)
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> FlowUnreadable:
    whole = path.absolute()
    if isinstance(error, FileNotFoundError):
        return FlowUnreadable(
            say("File not found: {path}.", path=whole), say("Check the name, or change to the folder of the flow.")
        )
    if isinstance(error, IsADirectoryError):
        return FlowUnreadable(say("{path} is a folder.", path=whole), say("Open a flow file (.flow.json)."))
    fix = (
        say("Check the permissions of the file.")
        if isinstance(error, PermissionError)
        else say("Check the file and the disk.")
    )
    return FlowUnreadable(say("{path} cannot be opened: {reason}.", path=whole, reason=system_cause(error)), fix)


def flow_in(content: bytes, name: str) -> Flow:
    """Read the flow in a file's content.

    Args:
        content: The bytes of the file.
        name: What the file is called, for the error.

    Raises:
        FlowUnreadable: If it is not a flow.
        FlowTooNew: If a newer flowdesk wrote it.
    """
    if not content.removeprefix(codecs.BOM_UTF8).strip(b"\0 \t\r\n"):
        raise FlowUnreadable(say("{path} is empty.", path=name), say("Open a flow file (.flow.json)."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if b"\0" in content and not content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise FlowUnreadable(
                say("{path} is not a text file.", path=name), say("Open a flow file (.flow.json).")
            ) from error
        raise FlowUnreadable(say("{path} is not UTF-8 text.", path=name), say("Save it as UTF-8.")) from error
    try:
        return parse_flow(text)
    except FlowUnreadable as error:
        raise FlowUnreadable(f"{name}: {error.message}", error.fix, **error.details) from error


def save_flow(
    flow: Flow, path: Path, known: Fingerprint | None, *, force: bool = False, pieces: Pieces | None = None
) -> tuple[Flow, Fingerprint]:
    """Write a flow file atomically; ``data:`` pictures become files in ``NAME.assets/``. The last version stays as ``.bak``.

    A flow that was opened by a link is written where the link leads. A link that somebody put in the place of a flow counts as
    another file, and is overwritten itself.

    Args:
        flow: The flow.
        path: Where; without ``.json`` at its end, ``.flow.json`` is added by the caller.
        known: What the file held when it was opened or saved last, ``None`` for a file that should not exist yet.
        force: Overwrite a file that changed since.
        pieces: Of a document that is saved again and again.

    Returns:
        The flow as it was written, and what the file holds now.

    Raises:
        FileExists: If there is a file although ``known`` says there should be none, and ``force`` is off.
        FileChanged: If the file on disk is another one than ``known``, and ``force`` is off.
        FileUnwritable: If it cannot be written. The old file is then untouched.
    """
    try:
        leads, is_there = leads_to(path), os.path.lexists(path)
        is_planted = bool(leads) and known is not None and known.leads != leads
        path = Path(leads) if leads and not is_planted else path
        current = read_plain_file(path, LARGEST_FILE) if path.exists() and not is_planted else None
        if is_there and not force:
            _refuse_other(path, known, current, is_planted=is_planted)
        flow = _with_assets(flow, assets_folder(path))
        content = write_flow(flow, pieces).encode()
        if current is not None and current != content:
            write_atomically(path.with_name(path.name + ".bak"), current)
        write_atomically(path, content)
    except OSError as error:
        raise FileUnwritable(
            say("{path} cannot be written: {reason}.", path=path, reason=system_cause(error)),
            _fix_of(error),
            path=str(path),
        ) from error
    return flow, Fingerprint(digest(content), "" if is_planted else leads)


def _refuse_other(path: Path, known: Fingerprint | None, current: bytes | None, *, is_planted: bool) -> None:
    """Refuse to overwrite a file that is there and not the one that is known."""
    fix = say("Save under another name, or confirm to overwrite it.")
    if known is None:
        raise FileExists(say("The file {path} already exists.", path=path), fix, path=str(path))
    if is_planted or (current is not None and known.digest != digest(current)):
        raise FileChanged(say("{path} changed on disk after it was opened.", path=path), fix, path=str(path))


def _fix_of(error: OSError) -> str:
    """Return what helps where a file cannot be written."""
    if error.errno in {errno.EFBIG, errno.EISDIR, errno.EINVAL, errno.ELOOP}:
        return say("Save under another name.")
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return say("Free some disk space, then save it again.")
    return say("Save it in a folder that you can write to.")


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that a reader, and a crash, finds the old content or the new, never a part.

    Raises:
        OSError: If it cannot be written.
    """
    draft = write_draft(path, content, is_synced=True)
    try:
        with contextlib.suppress(OSError):
            before = path.lstat()
            if stat.S_ISREG(before.st_mode):
                os.chmod(draft, stat.S_IMODE(before.st_mode))
        replace(draft, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(draft)
        raise
    sync_folder(path.parent)


def write_draft(path: Path, content: bytes, *, is_synced: bool = False) -> Path:
    """Write a file beside its place and return where; one that could not be written whole is removed.

    Raises:
        OSError: If it cannot be written.
    """
    draft = path.with_name(f"{DRAFT}{os.getpid()}-{secrets.token_hex(8)}")
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(draft, flags, 0o666)  # the umask says who may read it
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            if is_synced:
                file.flush()
                os.fsync(file.fileno())
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(draft)
        raise
    return draft


def sync_folder(folder: Path) -> None:
    """Make sure that the names in a folder are on the disk."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def sweep(folder: Path, seconds: float = DRAFT_SECONDS) -> None:
    """Remove what processes that were killed in the middle of writing left in a folder, if it is so many seconds old."""
    with contextlib.suppress(OSError):
        for draft in folder.glob(f"{DRAFT}*-*"):
            pid = draft.name.removeprefix(DRAFT).partition("-")[0]
            if pid.isdecimal() and not is_alive(int(pid)) and time.time() - draft.lstat().st_mtime >= seconds:
                draft.unlink()


def make_private(folder: Path) -> Path:
    """Make a folder that only its owner may enter, and close one of ours that others may enter.

    A folder that is everyone's, such as the one for temporary files, or somebody else's stays as it is.

    Raises:
        OSError: If there is no such folder and none can be made.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            found = folder.stat()
            is_ours = found.st_uid == os.geteuid() and not found.st_mode & stat.S_ISVTX and folder != Path.home()
            if is_ours and stat.S_IMODE(found.st_mode) & 0o077:
                folder.chmod(0o700)
    return folder


def assets_folder(path: Path) -> Path:
    """The folder of a flow file's pictures: ``NAME.assets`` beside ``NAME.flow.json``."""
    return path.with_name(stem_of(path.name) + ".assets")


def _with_assets(flow: Flow, folder: Path) -> Flow:
    """Move pictures given as ``data:`` URIs in selectors into files."""
    nodes = []
    for node in flow.nodes:
        config = {key: _asset(value, folder) for key, value in node.config.items()}
        nodes.append(
            node
            if config == node.config
            else node.model_copy(update={"data": node.data.model_copy(update={"config": config})})
        )
    return flow.model_copy(update={"nodes": tuple(nodes)})


def _asset(value: Any, folder: Path) -> Any:
    if isinstance(value, list):
        return [_asset(item, folder) for item in value]
    if not isinstance(value, str):
        return value
    scope, mark, last = value.rpartition(">>")  # a picture may be looked for within a window
    before = scope + mark + last[: len(last) - len(last.lstrip())]
    match = _DATA_URI.match(last.lstrip().removeprefix("image="))
    if match is None:
        return value
    try:
        content = base64.b64decode(match.group(2), validate=True)
    except binascii.Error:
        return value
    if folder.is_symlink():
        raise PermissionError(errno.EPERM, say("the folder is a link"))
    folder.mkdir(parents=True, exist_ok=True)
    name = f"picture-{digest(content)[:12]}.{'jpg' if match.group(1) == 'jpeg' else match.group(1)}"
    write_atomically(folder / name, content)
    return f"{before}image={name}"


def digest(content: bytes) -> str:
    """Return what a content is known by."""
    return hashlib.sha256(content).hexdigest()
