"""File names that clients send: read as paths, or refused in words."""

import contextlib
from pathlib import Path

from flowdesk.model.causes import system_cause
from flowdesk.model.errors import FileUnwritable, FlowdeskError, RequestInvalid
from flowdesk.model.sentence import say


def read_path(name: str, folder: Path) -> Path:
    """Return the absolute path that a name means; a relative one lies in ``folder``.

    Raises:
        RequestInvalid: If no file can have this name: it holds a NUL, a lone surrogate, ``~`` of an unknown user, is
            too long, or leads round in a circle of links.
    """
    try:
        path = Path(name).expanduser()
        path = (path if path.is_absolute() else folder / path).resolve()
        with contextlib.suppress(FileNotFoundError, NotADirectoryError, PermissionError):
            path.lstat()  # the system says of some names only then that they are none
    except (ValueError, RuntimeError, OSError) as error:
        raise RequestInvalid(
            say('"{name}" is not a file name.', name=name[:80]), say("Use letters, digits, - and _."), field="path"
        ) from error
    return path


def unusable(error: OSError) -> FlowdeskError:
    """Return what the system said of a file as an error for people.

    Raises:
        OSError: The error itself where it is not about a file.
    """
    if error.filename is None:
        raise error
    return FileUnwritable(
        say("{path} cannot be used: {reason}.", path=str(error.filename)[:300], reason=system_cause(error)),
        say("Check the name, the permissions, and the disk."),
    )
