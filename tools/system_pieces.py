"""What running, testing and packaging flowdesk need from the system, beside what its window needs (``flowdesk.system.pieces``).

Only the standard library is used: this is read before anything is installed.
"""

import glob
import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from flowdesk.system.pieces import WINDOW, Piece, library

LAUNCHERS = (
    "/usr/libexec/at-spi-bus-launcher",
    "/usr/lib/at-spi2-core/at-spi-bus-launcher",
    "/usr/lib/at-spi2/at-spi-bus-launcher",
)
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")


def program(name: str, *packages: str, why: str) -> Piece:
    """Return the need for a program on the path."""
    return Piece(name, why, packages, lambda: shutil.which(name) is not None)


def file(path: str, *packages: str, why: str) -> Piece:
    """Return the need for a file of the system; ``*`` stands for anything in a name."""
    return Piece(path, why, packages, lambda: bool(glob.glob(path)))


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


def _has_binding(*names: str) -> bool:
    """Whether the system's Python has a typelib or module, wherever that is installed."""
    python = Path("/usr/lib/python3/dist-packages")
    folders = (python, *Path("/usr/lib").glob("*/girepository-1.0"), Path("/usr/lib/girepository-1.0"))
    return all(any((folder / name).exists() for folder in folders) for name in names)


def _has_java_bridge() -> bool:
    return Path("/usr/share/java/java-atk-wrapper.jar").exists()


def _has_postgresql() -> bool:
    return any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


def _has_tk() -> bool:
    return any(Path("/usr/lib").glob("python3*/lib-dynload/_tkinter*.so"))


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
    program("galculator", "galculator", why="a keypad of look-alikes that the tests look at"),
    program("pcmanfm", "pcmanfm", why="a list of look-alike files that the tests look at"),
    program("xterm", "xterm", why="a terminal that the tests drive"),
    Piece("chromium", "a browser that the tests drive", ("chromium", "chromium-browser"), _has_chromium),
    program("xdotool", "xdotool", why="a second opinion on windows and keys in the tests"),
    program("xclip", "xclip", why="a second opinion on the clipboard in the tests"),
    Piece("GTK for Python", "programs of GTK that the tests drive", ("python3-gi",), lambda: _has_binding("gi")),
    Piece(
        "GTK 3 for Python",
        "programs of GTK 3 that the tests drive",
        ("gir1.2-gtk-3.0",),
        lambda: _has_binding("Gtk-3.0.typelib"),
    ),
    Piece(
        "GTK 4 for Python",
        "programs of GTK 4 that the tests drive",
        ("gir1.2-gtk-4.0",),
        lambda: _has_binding("Gtk-4.0.typelib"),
    ),
    Piece(
        "wxWidgets for Python",
        "programs of wxWidgets that the tests drive",
        ("python3-wxgtk4.0",),
        lambda: _has_binding("wx"),
    ),
    file(
        "/usr/lib/python3/dist-packages/PyQt5/QtWidgets*.so",
        "python3-pyqt5",
        why="programs of Qt 5 that the tests drive",
    ),
    program("xrandr", "x11-xserver-utils", why="a second monitor in the tests"),
    program("wish", "tk", why="programs of Tk that the tests drive"),
    program("gvim", "vim-gtk3", why="an editor with modes that the tests drive"),
    program("i3lock", "i3lock", why="a locked screen that the tests meet"),
    Piece("Tk for Python", "programs of Tk that the tests drive", ("python3-tk",), _has_tk),
    program("javac", "default-jdk-headless", "default-jdk", why="programs of Swing that the tests drive"),
    Piece(
        "java-atk-wrapper",
        "programs of Swing publish their elements with it",
        ("libatk-wrapper-java-jni",),
        _has_java_bridge,
    ),
    program("wmctrl", "wmctrl", why="a second opinion on windows in the tests"),
    Piece("PostgreSQL", "the hub that the tests put jobs into", ("postgresql",), _has_postgresql),
    file("/usr/sbin/dovecot", "dovecot-imapd", why="the mail server that the tests read from"),
    program("openssl", "openssl", why="certificates of servers in the tests"),
    program("import", "imagemagick", why="a second opinion on screenshots in the tests"),
    program("setxkbmap", "x11-xkb-utils", why="keyboard layouts that the tests try"),
    file("/usr/lib/jvm/*/lib/libawt_xawt.so", "default-jre", why="windows of Swing programs"),
    file("/usr/share/java/java-atk-wrapper.jar", "libatk-wrapper-java", why="elements of Swing programs"),
    file("/usr/lib/*/jni/libatk-wrapper.so*", "libatk-wrapper-java-jni", why="elements of Swing programs"),
)
APPS = (
    program("soffice", "libreoffice-writer", why="an office that whole jobs are done in"),
    file(
        "/usr/lib/libreoffice/program/libvclplug_gtk3lo.so",
        "libreoffice-gtk3",
        why="its windows publish their elements",
    ),
    program("gnumeric", "gnumeric", why="a spreadsheet that whole jobs are done in"),
    program("abiword", "abiword", why="a word processor that whole jobs are done in"),
    program("kate", "kate", why="an editor of Qt 5 that whole jobs are done in"),
    program("featherpad", "featherpad", why="an editor of Qt that whole jobs are done in"),
    program("geany", "geany", why="an editor of GTK 3 that whole jobs are done in"),
    program("l3afpad", "l3afpad", why="an editor of GTK 3 that whole jobs are done in"),
    program("homebank", "homebank", why="a program for accounts that whole jobs are done in"),
    program("easytag", "easytag", why="an editor of tags that whole jobs are done in"),
    program("treesheets", "treesheets", why="a program of wxWidgets that whole jobs are done in"),
    program("kolourpaint", "kolourpaint", why="a program to draw with that whole jobs are done in"),
    program("xournalpp", "xournalpp", why="a program for notes that whole jobs are done in"),
    program("xfce4-terminal", "xfce4-terminal", why="a terminal that whole jobs are done in"),
    program("thunar", "thunar", why="a file manager that whole jobs are done in"),
    program("filezilla", "filezilla", why="a program of wx that whole jobs are done in"),
    program("zim", "zim", why="a desktop wiki that whole jobs are done in"),
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
    "apps": VENV + WINDOW + DESKTOP + VIRTUAL + TEST + APPS,
    "package": VENV + WINDOW + DESKTOP + VIRTUAL + PACKAGE,
}
"""What each purpose needs."""


def missing(purposes: Iterable[str]) -> list[Piece]:
    """Return the needs of ``purposes`` that are not there, each once."""
    wanted = {piece.name: piece for purpose in purposes for piece in PURPOSES[purpose]}
    return [piece for piece in wanted.values() if not piece.is_there()]
