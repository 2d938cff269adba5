"""Plain files, read whole: what lies there may be a pipe that nobody writes to, a device, or larger than the memory."""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

from flowdesk.model.sentence import say


def open_plain_file(path: Path) -> BinaryIO:
    """Open a file to read it; a link is followed. Never waits for anybody.

    Raises:
        OSError: If it cannot be read, or is no plain file.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(path, flags)
    except OSError as refused:
        if refused.errno == errno.ENXIO:  # a socket
            raise _no_plain(path) from refused
        raise
    try:
        kind = os.fstat(handle).st_mode
        if stat.S_ISDIR(kind):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(kind):
            raise _no_plain(path)
    except OSError:
        os.close(handle)
        raise
    return os.fdopen(handle, "rb")


def read_plain_file(path: Path, most: int) -> bytes:
    """Read a file; a link is followed. Never waits for anybody.

    Raises:
        OSError: If it cannot be read, is no plain file, or holds more than ``most`` bytes.
    """
    with open_plain_file(path) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, say("it is larger than {count} MB", count=most // 1_048_576), str(path))
    return content


def _no_plain(path: Path) -> OSError:
    return OSError(errno.EINVAL, say("it is not a regular file"), str(path))
