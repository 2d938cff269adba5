"""Copying and moving files so that no source is lost: looked at before anything is touched, proven before one goes."""

import errno
import filecmp
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from flowdesk.model.causes import system_cause
from flowdesk.model.errors import NodeError
from flowdesk.model.sentence import say
from flowdesk.nodes.tabular.disk import (
    check_closed,
    check_plain,
    check_replaceable,
    check_wanted,
    checked,
    placed,
    unfinished_folder,
    unreadable,
)
from flowdesk.system import replace


@dataclass(frozen=True, slots=True)
class Transfer:
    """What is to be copied or moved, and where to."""

    sources: tuple[Path, ...]
    targets: tuple[Path, ...]
    is_move: bool
    overwrite: bool
    done: list[Path] = field(default_factory=list)


def is_folder_name(text: str) -> bool:
    """Whether a path as written names a folder by its end."""
    return text.endswith(("/", "\\"))


def planned(
    sources: Sequence[Path], to: str, home: Path, *, is_move: bool, overwrite: bool, moved: Mapping[str, str]
) -> Transfer:
    """Return what is to be done, looked at as a whole: nothing is touched yet.

    Args:
        sources: The files and folders.
        to: Where to, as written.
        home: Where relative paths start.
        is_move: Whether the sources go.
        overwrite: Whether what is there may be replaced.
        moved: What this run moved before: where each came from, by where it is.

    Raises:
        NodeError: If a source is not there, two would become one, or something is in the way.
    """
    target = checked(placed(to.replace("\\", "/") if is_folder_name(to) else to, home))
    into = is_folder_name(to) or len(sources) > 1 or target.is_dir()
    if into and target.exists() and not target.is_dir():
        raise NodeError(
            say('"{path}" is a file, not a folder.', path=str(target)), say("Choose another folder. Nothing was done.")
        )
    targets = tuple(target / source.name if into else target for source in sources)
    if is_move:
        _check_apart(sources)
    taken: dict[str, Path] = {}
    for source, goal in zip(sources, targets, strict=True):
        _check(source, goal, taken, is_move=is_move, overwrite=overwrite)
        before = moved.get(str(goal)) if is_move and goal.exists() and not goal.is_dir() else None
        if before is not None:
            raise NodeError(
                say("This run moved \"{one}\" to \"{path}\". \"{two}\" would overwrite it.", one=before, path=str(goal),
                    two=str(source)),
                say("End the path with / if it is a folder, or give each file a different name. Nothing was done."),
            )  # fmt: skip
    return Transfer(tuple(sources), targets, is_move, overwrite)


def _check_apart(sources: Sequence[Path]) -> None:
    """Refuse to move what lies inside a folder that is moved, too: it would be gone when its turn comes.

    Raises:
        NodeError: If there is such a source.
    """
    named = {*map(os.path.abspath, sources)}
    for source in sources:
        around = next((str(each) for each in Path(os.path.abspath(source)).parents if str(each) in named), "")
        if around:
            raise NodeError(
                say('"{one}" is inside "{two}", which would also be moved.', one=str(source), two=around),
                say("Move only the folder, or only what is inside it. Nothing was done."),
            )


def _check(source: Path, goal: Path, taken: dict[str, Path], *, is_move: bool, overwrite: bool) -> None:
    checked(goal)
    if not os.path.lexists(source):
        raise NodeError(say('File not found: "{path}".', path=str(source)), say("Check the path. Nothing was done."))
    other = taken.setdefault(os.path.normcase(str(goal)).casefold(), source)
    if other is not source:
        raise NodeError(
            say(
                '"{one}" and "{two}" would have the same destination, "{path}".',
                one=str(other),
                two=str(source),
                path=str(goal),
            ),
            say("Use different names or folders. Nothing was done."),
        )
    if not is_move and not source.exists():
        raise NodeError(
            say('The link "{path}" points to a file that does not exist.', path=str(source)),
            say("Repair the link. Nothing was done."),
        )
    if not is_move and source.is_dir():
        _check_copyable(source)
    if not os.path.lexists(goal):
        if source.is_dir() and _is_inside(goal, source):
            raise NodeError(
                say('"{path}" cannot be moved into itself.', path=str(source))
                if is_move
                else say('"{path}" cannot be copied into itself.', path=str(source)),
                say("Choose another folder. Nothing was done."),
            )
        return
    if goal.exists() and source.exists() and goal.samefile(source):
        raise NodeError(
            say('The source and the destination are the same: "{path}".', path=str(source)),
            say("Choose another name. Nothing was done."),
        )
    if not overwrite:
        raise NodeError(
            say('"{path}" already exists.', path=str(goal)),
            say("Choose another name, or turn on Overwrite. Nothing was done."),
        )
    check_closed(goal)
    _check_file(goal)
    if source.is_dir() != goal.is_dir() or _is_inside(goal, source):
        raise NodeError(
            say('"{path}" cannot be replaced: one is a folder and the other a file.', path=str(goal)),
            say("Choose another name. Nothing was done."),
        )


def _check_file(goal: Path) -> None:
    """Refuse to replace a pipe or a device by a file.

    Raises:
        NodeError: If it is one.
    """
    if not goal.is_dir():
        try:
            check_plain(goal)
        except OSError as error:
            raise unreadable(goal, error) from error


def _check_copyable(folder: Path) -> None:
    """Refuse a folder with something that cannot be copied, before half of it is.

    Raises:
        NodeError: If a pipe or a device lies in it.
    """
    for parent, _, names in os.walk(folder):
        for name in names:
            each = Path(parent, name)
            if not each.is_symlink():
                try:
                    check_plain(each)
                except OSError as error:
                    raise unreadable(each, error) from error


def _is_inside(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def carried_out(transfer: Transfer) -> list[Path]:
    """Do it, file by file.

    Raises:
        NodeError: If one cannot be done; it says which were, and which were not.
    """
    for source, goal in zip(transfer.sources, transfer.targets, strict=True):
        try:
            check_wanted()
            goal.parent.mkdir(parents=True, exist_ok=True)
            if transfer.is_move:
                _move(source, goal)
            else:  # a link that is named itself stands for what it leads to: elsewhere it would lead nowhere
                _copy(source.resolve() if source.is_symlink() else source, goal)
        except (OSError, shutil.Error) as error:
            if len(transfer.sources) == 1:
                is_full = error.errno in {errno.ENOSPC, errno.EDQUOT}
                raise unreadable(goal if is_full else source, error) from error
            done, rest = transfer.done, transfer.sources[len(transfer.done) :]
            raise NodeError(
                say(
                    "\"{path}\" failed: {reason}. {done} of {count} finished. Not finished: {names}.", path=source.name,
                    reason=system_cause(error), done=len(done), count=len(transfer.sources),
                    names=", ".join(each.name for each in rest[:20]),
                ),
                say("Fix the cause, then run the node for the remaining files."),
                done=[str(each) for each in done],
                left=[str(each) for each in rest],
            ) from error  # fmt: skip
        transfer.done.append(goal)
    return list(transfer.done)


def _move(source: Path, goal: Path) -> None:
    if goal.is_dir() and source.is_dir():
        _copy(source, goal)
        _prove(source, goal)
        shutil.rmtree(source)
        return
    check_replaceable(goal)
    try:
        replace(source, goal)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _copy(source, goal)
        _prove(source, goal)
        if source.is_dir() and not source.is_symlink():
            shutil.rmtree(source)
        else:
            source.unlink()


def _copy(source: Path, goal: Path) -> None:
    """Copy beside the goal first: what stood there goes only when the copy is whole."""
    if source.is_symlink():
        _replace(goal, lambda temporary: os.symlink(os.readlink(source), temporary))
    elif source.is_dir():
        goal.mkdir(parents=True, exist_ok=True)
        for each in sorted(source.iterdir()):
            _copy(each, goal / each.name)
        shutil.copystat(source, goal)
    else:
        check_plain(source)
        _replace(goal, lambda temporary: _copy_file(source, temporary))


def _copy_file(source: Path, goal: str) -> None:
    shutil.copy2(source, goal)
    with open(goal, "rb+") as stream:
        os.fsync(stream.fileno())


def _replace(goal: Path, make: Callable[[str], None]) -> None:
    check_replaceable(goal)
    with unfinished_folder(goal.parent) as folder:
        temporary = os.path.join(folder, "copy")
        make(temporary)
        check_wanted()
        replace(temporary, goal)


def _prove(source: Path, goal: Path) -> None:
    """Make sure that a copy is what it was made of.

    Raises:
        OSError: If it is not.
    """
    if source.is_symlink():
        is_same = goal.is_symlink() and os.readlink(source) == os.readlink(goal)
    elif source.is_dir():
        for each in source.iterdir():
            _prove(each, goal / each.name)
        is_same = True
    else:
        filecmp.clear_cache()
        is_same = filecmp.cmp(source, goal, shallow=False)
    if not is_same:
        raise OSError(errno.EIO, "the copy is not what it was made of; the source is kept")
