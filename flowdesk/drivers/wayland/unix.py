"""What only Unix has, where type checkers for Windows look, too."""

import os
import socket
import sys


def memory_file(name: str) -> int:
    """Return the descriptor of a new file that lies in memory only."""
    if sys.platform == "win32":
        raise OSError("there are no files in memory here")
    return os.memfd_create(name)


def unix_socket() -> socket.socket:
    """Return a new socket of the kind that has a path."""
    if sys.platform == "win32":
        raise OSError("there are no such sockets here")
    return socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)


def unblock(number: int) -> None:
    """Let reads and writes of a descriptor return at once."""
    if sys.platform != "win32":
        os.set_blocking(number, False)
