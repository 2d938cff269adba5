"""What the window needs of the system beside Python, how to see whether it is there, and which package brings it.

Probes look at the thing itself (can the library be loaded, is the program on the path), not at a list of installed
packages: what works needs no package. Only the standard library is used, for ``tools/bootstrap.py`` reads this before anything is
installed. Qt itself says "Reinstalling the application may fix this problem" and aborts where a library is missing.
"""

import ctypes
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Piece:
    """One need: what it is, why, the Debian packages that bring it (the first that the system knows), the probe."""

    name: str
    why: str
    packages: tuple[str, ...]
    is_there: Callable[[], bool]


def library(soname: str, *packages: str, why: str) -> Piece:
    """Return the need for a shared library, probed by loading it."""
    return Piece(soname, why, packages, lambda: _loads(soname))


def _loads(soname: str) -> bool:
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


WINDOW = (
    library("libEGL.so.1", "libegl1", why="Qt draws the window with it"),
    library("libGL.so.1", "libgl1", why="Qt draws the window with it"),
    library("libfontconfig.so.1", "libfontconfig1", why="Qt finds fonts with it"),
    library("libdbus-1.so.3", "libdbus-1-3", why="Qt talks to the session with it"),
    library("libglib-2.0.so.0", "libglib2.0-0t64", "libglib2.0-0", why="Qt's event loop uses it"),
    library("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", why="Qt reads the keyboard layout with it"),
    library("libX11-xcb.so.1", "libx11-xcb1", why="Qt talks to the X server with it"),
    library("libxcb-cursor.so.0", "libxcb-cursor0", why="Qt's X11 platform cannot start without it"),
    library("libxcb-icccm.so.4", "libxcb-icccm4", why="Qt's X11 platform cannot start without it"),
    library("libxcb-image.so.0", "libxcb-image0", why="Qt's X11 platform cannot start without it"),
    library("libxcb-keysyms.so.1", "libxcb-keysyms1", why="Qt's X11 platform cannot start without it"),
    library("libxcb-render-util.so.0", "libxcb-render-util0", why="Qt's X11 platform cannot start without it"),
    library("libxcb-shape.so.0", "libxcb-shape0", why="Qt's X11 platform cannot start without it"),
    library("libxcb-sync.so.1", "libxcb-sync1", why="Qt's X11 platform cannot start without it"),
    library("libxcb-xkb.so.1", "libxcb-xkb1", why="Qt's X11 platform cannot start without it"),
)


def missing_for_window() -> list[Piece]:
    """Return what the window lacks here; nothing outside Linux, and in the packaged application, whose package names what it needs."""
    if sys.platform != "linux" or getattr(sys, "frozen", False):
        return []
    return [piece for piece in WINDOW if not piece.is_there()]


def packages_of(pieces: Sequence[Piece]) -> list[str]:
    """Return the Debian packages that bring some pieces, by the names that this release has for them."""
    return list(dict.fromkeys(_package_of(piece) for piece in pieces))


def install_command(pieces: Sequence[Piece]) -> str:
    """Return the command that installs some pieces; empty where the system has no apt-get."""
    return f"sudo apt-get install {' '.join(packages_of(pieces))}" if shutil.which("apt-get") else ""


def _package_of(piece: Piece) -> str:
    first = piece.packages[0]
    return piece.packages[-1] if first.endswith("t64") and not _has_t64() else first


def _has_t64() -> bool:
    """Whether packages of this release are called as since 2024, when those with 64-bit times were renamed."""
    return any(Path("/var/lib/dpkg/info").glob("*t64*.list"))
