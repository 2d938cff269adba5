"""Writing files so that nothing that was there is lost."""

import atexit
import contextlib
import errno
import os
import shutil
import stat
import tempfile
import threading
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from flowdesk.aio import is_left_behind
from flowdesk.model.causes import file_fix, system_cause
from flowdesk.model.errors import NodeError, RunStopped
from flowdesk.model.sentence import say
from flowdesk.system import lock_folder, replace

_LOOKS, _BETWEEN_LOOKS = 20, 0.1
"""How often a file that is being written is read again, and the seconds between."""
_BETWEEN_TURNS = 0.01
"""Seconds between two looks whether another process has finished."""
_turn = threading.Lock()
"""Held while a table is written: branches of a run may write to the same one."""
_unfinished: set[str] = set()
"""Files that are being made beside those that they will replace."""


Signature = tuple[int, int, int]
"""What changes when another program writes a file: time, size, and which file it is."""


def signature(path: Path) -> Signature:
    """Return what changes when another program writes a file.

    Raises:
        OSError: If it is not there.
    """
    found = os.stat(path)
    return found.st_mtime_ns, found.st_size, found.st_ino


def changed_meanwhile(path: Path) -> NodeError:
    """The error of a file that somebody else wrote between reading and writing it."""
    return NodeError(
        say('Another program changed "{path}" in the meantime.', path=path.name),
        say("Try again. Nothing was written."),
    )


def read_settled(path: Path) -> tuple[bytes, Signature]:
    """Return what a file holds, read while nobody wrote it, and its signature.

    Raises:
        OSError: If it cannot be read.
        NodeError: If somebody goes on writing it.
    """
    check_plain(path)
    for _ in range(_LOOKS):
        with path.open("rb") as stream:
            before = os.fstat(stream.fileno())
            content = stream.read()
        found = signature(path)
        if found == (before.st_mtime_ns, before.st_size, before.st_ino) and (
            len(content) == before.st_size or not stat.S_ISREG(before.st_mode)
        ):
            return content, found
        check_wanted()
        time.sleep(_BETWEEN_LOOKS)  # noqa: TID251 - in a thread of its own
    raise NodeError(
        say('Another program is still writing "{path}", so it was not read.', path=path.name),
        say("Add a Wait node that waits until the file is complete."),
    )


def unreadable(path: Path, error: Exception) -> NodeError:
    """The error of a file that cannot be read or written."""
    return NodeError(
        say('"{path}" cannot be used: {reason}.', path=str(path), reason=system_cause(error)),
        file_fix(error),
    )


def checked(path: Path) -> Path:
    """Return a path whose names may be given to a file.

    Raises:
        NodeError: If a name holds a line break, a tab or another control character: it would be written, and hardly
            found again.
    """
    for part in path.parts:
        if any(unicodedata.category(each) in {"Cc", "Cs", "Zl", "Zp"} for each in part):
            raise NodeError(
                say("The file name {name} contains a line break or another control character.", name=ascii(part)),
                say("Trim the text that forms the name, for example with the filter trim."),
            )
    return path


def _followed(path: Path) -> Path:
    """Return what a link leads to in the end, another path as it is.

    Raises:
        OSError: If links lead round in a circle.
    """
    try:
        return path.resolve() if path.is_symlink() else path
    except RuntimeError as error:
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP)) from error


def check_plain(path: Path) -> None:
    """Refuse what is no file: a pipe would wait for somebody at its other end, a device has no content.

    Raises:
        OSError: If there is such a thing, or a folder.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return
    if stat.S_ISDIR(mode):
        raise OSError(errno.EISDIR, "it is a folder")
    if not stat.S_ISREG(mode):
        raise OSError(errno.ENXIO, "it is a pipe or a device and no file")


def check_replaceable(path: Path) -> None:
    """Refuse to replace a file that may only be read: renaming another one onto it would not ask.

    Raises:
        PermissionError: If it may only be read.
    """
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(13, "it may only be read")


def check_closed(path: Path) -> None:
    """Refuse to write a file that an office program has open: it would write over what is added, or the other way round.

    Raises:
        NodeError: If Excel's or LibreOffice's mark lies beside it; says who has it open, where the mark does.
    """
    path = _followed(path)
    for lock in (path.with_name(f"~${path.name}"), path.with_name(f".~lock.{path.name}#")):
        try:
            if not lock.exists():
                continue
        except OSError:
            continue  # a name that is too long has no mark beside it
        who = _owner(lock)
        message = (
            say('"{path}" is open in another program, used by {who}.', path=path.name, who=who)
            if who
            else say('"{path}" is open in another program.', path=path.name)
        )
        raise NodeError(message, say('Close it there. If nobody has it open, delete "{lock}".', lock=lock.name))


def _owner(lock: Path) -> str:
    """Who made a mark, and on which machine, as far as it can be read."""
    try:
        with lock.open("rb") as stream:
            content = stream.read(400)
    except OSError:
        return ""
    if lock.name.startswith("~$"):  # a length, and so many bytes of the name
        name = content[1 : 1 + content[0]].decode("cp1252", "replace") if content else ""
    else:  # name, user, machine, time, profile; each may be empty
        fields = [each.strip() for each in content.decode("utf-8", "replace").split(",")]
        person = next((each for each in fields[:2] if each), "")
        name = f"{person} ({fields[2]})" if person and len(fields) > 2 and fields[2] else person
    return "".join(each for each in name if each.isprintable()).strip()[:100]


class Replacement:
    """A file made beside the one that it replaces: at once when it is kept, or not at all. Use as a context manager.

    A link stays one: what it leads to is replaced. What is not kept leaves no file behind, also when the run is stopped or
    the program ends meanwhile.
    """

    def __init__(self, path: Path, known: Signature | None = None) -> None:
        """Make an empty file beside ``path``.

        Args:
            path: What it will replace.
            known: The signature of the file that the new content was made of: another one is not replaced.

        Raises:
            OSError: If it cannot be made, or the file that is there may only be read.
            NodeError: If the name is not one for a file.
        """
        self.path = _followed(checked(path))
        check_plain(self.path)
        self._known = known
        self.path.parent.mkdir(parents=True, exist_ok=True)
        check_replaceable(self.path)
        check_closed(self.path)
        self._mode = stat.S_IMODE(self.path.stat().st_mode) if self.path.exists() else None
        handle, self._temporary = tempfile.mkstemp(prefix=f".{self.path.name[:60]}.", dir=self.path.parent)
        _unfinished.add(self._temporary)
        self.stream = os.fdopen(handle, "wb")

    def __enter__(self) -> "Replacement":
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()
        with contextlib.suppress(OSError):
            os.unlink(self._temporary)
        _unfinished.discard(self._temporary)

    def keep(self) -> None:
        """Put it in its place.

        Raises:
            OSError: If it cannot be written.
            NodeError: If another program wrote the file since it was read.
            RunStopped: If the run was stopped meanwhile: nothing is replaced then.
        """
        self.stream.flush()
        os.fsync(self.stream.fileno())
        self.stream.close()
        os.chmod(self._temporary, _usual_mode() if self._mode is None else self._mode)
        check_wanted()
        if self._known is not None and signature(self.path) != self._known:
            raise changed_meanwhile(self.path)
        replace(self._temporary, self.path)


def check_wanted() -> None:
    """Refuse to go on with what nobody waits for any longer.

    Raises:
        RunStopped: If the run was stopped while this thread worked.
    """
    if is_left_behind():
        raise RunStopped(say("The run was stopped."))


@contextlib.contextmanager
def unfinished_folder(parent: Path) -> Iterator[str]:
    """Make a folder for what is not whole yet, and remove it in the end, also when the program ends meanwhile."""
    folder = tempfile.mkdtemp(prefix=".flowdesk-", dir=parent)
    _unfinished.add(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        _unfinished.discard(folder)


@atexit.register
def _sweep() -> None:
    """Remove what is unfinished when the program ends in the middle of it."""
    for temporary in list(_unfinished):
        if os.path.isdir(temporary):
            shutil.rmtree(temporary, ignore_errors=True)
        with contextlib.suppress(OSError):
            os.unlink(temporary)


def write_whole(path: Path, content: bytes, known: Signature | None = None) -> None:
    """Replace a file at once or not at all. A link stays one: what it leads to is replaced.

    Args:
        path: The file.
        content: What it shall hold.
        known: The signature of the file that the content was made of; ``None`` where nothing of it is kept.

    Raises:
        NodeError: If it cannot be written, or another program wrote it since.
    """
    try:
        with Replacement(path, known) as new:
            new.stream.write(content)
            new.keep()
    except OSError as error:
        raise unreadable(path, error) from error


def placed(text: str, home: Path) -> Path:
    """Return the path that people mean by a text: below ``home``, absolute, or ``~/`` for that of the user's own folder."""
    if text == "~" or text.startswith(("~/", "~\\")):
        return Path.home() / text[2:].lstrip("/\\")  # a second slash would make it absolute
    return home / text


def file_named(text: str, home: Path) -> Path:
    """Return the path of a file that is to be written, from how people write it.

    Raises:
        NodeError: If it names a folder: by a slash at its end, or because there is one.
    """
    path = checked(placed(text, home))
    try:
        is_folder = text.endswith(("/", "\\")) or path.is_dir()
    except OSError as error:
        raise unreadable(path, error) from error
    if is_folder:
        raise NodeError(say('"{path}" is a folder, not a file.', path=text), say("Add the file name to the path."))
    return path


@contextlib.contextmanager
def turn(path: Path) -> Iterator[None]:
    """Hold the folder of a file while that is read and written anew: other branches and flowdesk processes wait for their turn.

    Programs that do not ask are found out by what they change. Where a file system locks nothing, that alone holds.

    Raises:
        RunStopped: If the run was stopped while it waited.
    """
    with _turn, contextlib.ExitStack() as held:
        with contextlib.suppress(OSError):
            folder = _followed(path).parent
            folder.mkdir(parents=True, exist_ok=True)
            while (let_go := lock_folder(folder)) is None:
                check_wanted()
                time.sleep(_BETWEEN_TURNS)  # noqa: TID251 - in a thread of its own
            held.callback(let_go)
        yield


def add_bytes(path: Path, content: bytes) -> None:
    """Add bytes behind what a file holds, all of them or none.

    Raises:
        NodeError: If they cannot be written; the file is then as it was.
    """
    try:
        checked(path).parent.mkdir(parents=True, exist_ok=True)
        check_plain(path)
        check_closed(path)
        with path.open("ab", buffering=0) as stream:
            size = os.fstat(stream.fileno()).st_size
            try:
                rest = memoryview(content)
                while rest:
                    rest = rest[stream.write(rest) :]
                os.fsync(stream.fileno())
            except OSError:
                os.ftruncate(stream.fileno(), size)
                raise
    except OSError as error:
        raise unreadable(path, error) from error


def _usual_mode() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
