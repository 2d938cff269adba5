"""File names that clients send: read as paths, or refused in words."""

from pathlib import Path

from flowdesk.model.errors import RequestInvalid
from flowdesk.model.sentence import say


def read_path(name: str, folder: Path) -> Path:
    """Return the absolute path that a name means; a relative one lies in ``folder``.

    Raises:
        RequestInvalid: If no file can have this name: it holds a NUL, a lone surrogate, ``~`` of an unknown user, or
            leads round in a circle of links.
    """
    try:
        path = Path(name).expanduser()
        return (path if path.is_absolute() else folder / path).resolve()
    except (ValueError, RuntimeError, OSError) as error:
        raise RequestInvalid(
            say('"{name}" is not a file name.', name=name), say("Use letters, digits, - and _."), field="path"
        ) from error
