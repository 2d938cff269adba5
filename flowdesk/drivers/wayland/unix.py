"""What only Linux or Unix has, where type checkers for Windows and macOS look, too."""

import os
import socket
import sys


def memory_file(name: str) -> int:
    """Return the descriptor of a new file that lies in memory only."""
    if sys.platform == "linux":
        return os.memfd_create(name)
    raise OSError("there are no files in memory here")


def unix_socket() -> socket.socket:
    """Return a new socket of the kind that has a path."""
    if sys.platform == "win32":
        raise OSError("there are no such sockets here")
    return socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)


def unblock(number: int) -> None:
    """Let reads and writes of a descriptor return at once."""
    if sys.platform != "win32":
        os.set_blocking(number, False)
