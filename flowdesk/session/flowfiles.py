"""Flow files in their folder: listed, renamed, copied and put into the trash, each with its pictures."""

from __future__ import annotations

import filecmp
import os
import shutil
import uuid
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from flowdesk.model.causes import system_cause
from flowdesk.model.errors import FileExists, FileUnwritable, FlowUnreadable, RequestInvalid
from flowdesk.model.flow import Flow
from flowdesk.model.sentence import say
from flowdesk.session.assets import copy_pictures
from flowdesk.session.names import SUFFIX, check_name, file_name_of, safe_name, stem_of
from flowdesk.session.storage import Fingerprint, assets_folder, make_private, open_flow, save_flow, sync_folder

if TYPE_CHECKING:
    from flowdesk.protocol.replies import FlowFile

MOST_FILES = 2000
DEEPEST = 6
"""How deep folders are looked through."""


def list_files(root: Path) -> tuple[list[FlowFile], list[str]]:
    """Return the flow files and the folders under a folder, as ``flow.list`` tells them. Links are not followed."""
    files: list[FlowFile] = []
    folders: list[str] = []
    for entry in _walk(root, DEEPEST):
        path = Path(entry.path)
        name = path.relative_to(root).as_posix()
        if entry.is_dir(follow_symlinks=False):
            folders.append(name)
        elif len(files) < MOST_FILES:
            files.append({
                "path": name, "name": stem_of(path.name), "modified_time": entry.stat(follow_symlinks=False).st_mtime,
                "folder": path.parent.relative_to(root).as_posix().removeprefix("."),
            })  # fmt: skip
    return sorted(files, key=lambda file: file["path"]), sorted(folders)


def _walk(folder: Path, depth: int) -> Iterator[os.DirEntry[str]]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            if not entry.name.endswith(".assets"):
                yield entry
                if depth > 1:
                    yield from _walk(Path(entry.path), depth - 1)
        elif entry.name.endswith(SUFFIX) and entry.is_file(follow_symlinks=False):
            yield entry


def make_folder(parent: Path, name: str) -> Path:
    """Make a folder for flows and return it.

    Raises:
        RequestInvalid: If one of the three systems cannot hold the name.
        FileExists: If there is something of that name.
        FileUnwritable: If it cannot be made.
    """
    check_name(name)
    if name.endswith(".assets"):
        raise RequestInvalid(
            say('"{name}" is reserved for the images of a flow.', name=name), say("Choose another name."), field="name"
        )
    folder = parent / name
    _refuse_taken(folder)
    try:
        folder.mkdir()
    except OSError as error:
        raise _unwritable(folder, error) from error
    return folder


def target_in(folder: Path, name: str) -> Path:
    """Return the path of a flow's file in a folder that is there.

    Raises:
        RequestInvalid: If the name cannot be a file's, or there is no such folder.
    """
    target = folder / file_name_of(check_name(name))
    if not folder.is_dir():
        raise RequestInvalid(
            say("Folder not found: {path}.", path=folder),
            say("Create it first, or choose an existing one."),
            field="path",
        )
    return target


def move_flow(source: Path, target: Path, flow: Flow, fingerprint: Fingerprint | None) -> tuple[Flow, Fingerprint]:
    """Give a flow's file another name, and its pictures and last version along with it.

    Args:
        source: The file.
        target: Its new path.
        flow: What the file holds.
        fingerprint: What it is known by.

    Returns:
        What the file holds now, whose name followed the file if nobody gave it another, and its fingerprint.

    Raises:
        FileExists: If there is a file of that name.
        FileUnwritable: If it cannot be renamed; then all is as before.
    """
    is_same_file = os.path.lexists(target) and os.path.samefile(source, target)  # only capitals changed
    old, new = assets_folder(source), assets_folder(target)
    if not is_same_file:
        _refuse_taken(target)
        if not _is_left_of(new, old):
            _refuse_taken(new)
    try:
        if is_same_file:
            _move_both(source, target)
        else:
            _move_by_links(source, target)
        backup = source.with_name(source.name + ".bak")
        if backup.is_file():
            backup.replace(target.with_name(target.name + ".bak"))
    except OSError as error:
        raise _unwritable(target, error) from error
    if flow.name not in {"", stem_of(source.name)}:
        return flow, fingerprint or open_flow(target).fingerprint
    flow = flow.model_copy(update={"name": stem_of(target.name)})
    return save_flow(flow, target, fingerprint, force=True)


def _move_by_links(source: Path, target: Path) -> None:
    """Move a file and its pictures. Whoever ends the process at any moment leaves a file with all its pictures beside it."""
    old, new = assets_folder(source), assets_folder(target)
    has_pictures = old.is_dir() and not old.is_symlink()
    try:
        if has_pictures:
            shutil.copytree(old, new, symlinks=True, copy_function=_link, dirs_exist_ok=True)
            sync_folder(new)
        source.rename(target)
    except OSError:
        if has_pictures and new.is_dir():
            shutil.rmtree(new, ignore_errors=True)
        raise
    sync_folder(target.parent)
    if has_pictures:
        shutil.rmtree(old, ignore_errors=True)


def _move_both(source: Path, target: Path) -> None:
    old, new = assets_folder(source), assets_folder(target)
    if old.is_dir() and not old.is_symlink():
        old.rename(new)
    source.rename(target)


def _link(source: str, target: str) -> str:
    """Give a picture a second name, or copy it where the disk has no second names."""
    if os.path.lexists(target):
        return target  # an earlier move that was broken off got that far
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)
    return target


def _is_left_of(new: Path, old: Path) -> bool:
    """Whether a folder of pictures is what a move left that was broken off: nothing is in it but what is in the other, too."""
    if new.is_symlink() or not new.is_dir() or old.is_symlink() or not old.is_dir():
        return False
    for path in new.rglob("*"):
        other = old / path.relative_to(new)
        if path.is_symlink() or (
            not path.is_dir() and not (other.is_file() and filecmp.cmp(path, other, shallow=False))
        ):
            return False
    return True


def copy_flow(flow: Flow, pictures: Path, target: Path) -> Flow:
    """Write a copy of a flow, with an id and a name of its own, and its pictures.

    Raises:
        FileExists: If there is a file of that name.
        FileUnwritable: If it cannot be written.
    """
    copy = flow.model_copy(update={"id": uuid.uuid4().hex, "name": stem_of(target.name)})
    _refuse_taken(target)
    saved, _ = save_flow(copy, target, None)
    try:
        copy_pictures(pictures, assets_folder(target))
    except OSError as error:
        raise _unwritable(assets_folder(target), error) from error
    return saved


def free_copy_name(folder: Path, name: str) -> str:
    """Return a name for a copy that no file of a folder has."""
    number = 2
    while os.path.lexists(folder / file_name_of(found := safe_name(f"{name} {number}"))):
        number += 1
    return found


def trash_flow(path: Path) -> None:
    """Put a flow's file and its pictures into the system's trash.

    Raises:
        FlowUnreadable: If there is no such file.
        FileUnwritable: If there is no trash for it.
    """
    send2trash = import_module("send2trash").send2trash  # loads the system's libraries, and is rarely needed
    if not path.is_file():
        raise FlowUnreadable(say("File not found: {path}.", path=path), say("Check the list of flows."))
    pictures, backup = assets_folder(path), path.with_name(path.name + ".bak")
    try:
        send2trash(str(path))
        for rest in (pictures, backup):
            if os.path.lexists(rest):
                send2trash(str(rest))
    except OSError as error:
        raise FileUnwritable(
            say("{path} cannot be moved to the trash: {reason}.", path=path, reason=system_cause(error)),
            say("Delete it in the file manager."),
        ) from error


def private_root(root: Path) -> Path:
    """Return the folder of flows, which is made for its owner alone if it is not there."""
    return root if root.is_dir() else make_private(root)


def _refuse_taken(path: Path) -> None:
    if os.path.lexists(path):
        raise FileExists(
            say("The file {path} already exists.", path=path),
            say("Choose another name."),
            path=str(path),
        )


def _unwritable(path: Path, error: OSError) -> FileUnwritable:
    return FileUnwritable(
        say("{path} cannot be written: {reason}.", path=path, reason=system_cause(error)),
        say("Check the folder's permissions and the free disk space."),
    )
