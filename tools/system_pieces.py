"""What flowdesk needs from the system beside Python, how to see whether it is there, and which package brings it.

Probes look at the thing itself (can the library be loaded, is the program on the path), not at a list of installed
packages: what works needs no package. Only the standard library is used.
"""

import ctypes
import os
import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

LAUNCHERS = (
    "/usr/libexec/at-spi-bus-launcher",
    "/usr/lib/at-spi2-core/at-spi-bus-launcher",
    "/usr/lib/at-spi2/at-spi-bus-launcher",
)
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")


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


def program(name: str, *packages: str, why: str) -> Piece:
    """Return the need for a program on the path."""
    return Piece(name, why, packages, lambda: shutil.which(name) is not None)


def _loads(soname: str) -> bool:
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def _has_launcher() -> bool:
    return any(os.access(place, os.X_OK) for place in LAUNCHERS)


def _has_chinese_font() -> bool:
    names = ("cjk", "wqy", "han", "droidsansfallback", "uming", "ukai", "noto serif sc", "noto sans sc")
    return any(
        any(name in file.name.lower() for name in names)
        for folder in FONT_FOLDERS
        for file in Path(folder).expanduser().rglob("*")
        if file.suffix.lower() in {".ttf", ".ttc", ".otf"}
    )


def _has_chromium() -> bool:
    return any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"))


def _has_venv() -> bool:
    try:
        import ensurepip  # noqa: F401 - whether it can be imported is the question
    except ImportError:
        return False
    return True


_MINOR = f"{sys.version_info.major}.{sys.version_info.minor}"

VENV = (
    Piece(
        "ensurepip",
        "makes the private Python environment in .venv",
        (f"python{_MINOR}-venv", "python3-venv"),
        _has_venv,
    ),
)
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
DESKTOP = (
    library("libxcb-randr.so.0", "libxcb-randr0", why="screenshots ask for the monitors with it"),
    library("libxcb-shm.so.0", "libxcb-shm0", why="screenshots are fast with it"),
    library("libxcb-xfixes.so.0", "libxcb-xfixes0", why="screenshots read the pointer with it"),
    library("libXrandr.so.2", "libxrandr2", why="screenshots ask for the monitors with it"),
    library("libXfixes.so.3", "libxfixes3", why="screenshots read the pointer with it"),
    Piece("at-spi-bus-launcher", "elements of other programs are read through it", ("at-spi2-core",), _has_launcher),
    program("dbus-daemon", "dbus", why="the accessibility tree lives on a session bus"),
    Piece("a Chinese font", "Chinese text would show as empty boxes", ("fonts-noto-cjk",), _has_chinese_font),
)
VIRTUAL = (
    program("Xvfb", "xvfb", why="a screen where there is none"),
    program("openbox", "openbox", why="the window manager of that screen"),
    program("dbus-send", "dbus", "dbus-bin", why="switches the accessibility tree of that screen on"),
    program("xkbcomp", "x11-xkb-utils", why="the keyboard of that screen"),
)
TEST = (
    program("mousepad", "mousepad", why="a GTK editor that the tests drive"),
    program("zenity", "zenity", why="GTK dialogs that the tests drive"),
    program("xterm", "xterm", why="a terminal that the tests drive"),
    Piece("chromium", "a browser that the tests drive", ("chromium", "chromium-browser"), _has_chromium),
    program("xdotool", "xdotool", why="a second opinion on windows and keys in the tests"),
    program("xclip", "xclip", why="a second opinion on the clipboard in the tests"),
    program("wmctrl", "wmctrl", why="a second opinion on windows in the tests"),
    program("import", "imagemagick", why="a second opinion on screenshots in the tests"),
    program("setxkbmap", "x11-xkb-utils", why="keyboard layouts that the tests try"),
)
PACKAGE = (
    program("objdump", "binutils", why="PyInstaller reads libraries with it"),
    library(f"libpython{_MINOR}.so.1.0", f"libpython{_MINOR}", why="the packaged application carries this Python"),
)

PURPOSES: dict[str, tuple[Piece, ...]] = {
    "base": VENV,
    "run": VENV + WINDOW + DESKTOP,
    "virtual": VENV + WINDOW + DESKTOP + VIRTUAL,
    "test": VENV + WINDOW + DESKTOP + VIRTUAL + TEST,
    "package": VENV + WINDOW + DESKTOP + VIRTUAL + PACKAGE,
}
"""What each purpose needs."""


def missing(purposes: Iterable[str]) -> list[Piece]:
    """Return the needs of ``purposes`` that are not there, each once."""
    wanted = {piece.name: piece for purpose in purposes for piece in PURPOSES[purpose]}
    return [piece for piece in wanted.values() if not piece.is_there()]
