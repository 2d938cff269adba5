"""What programs take: which paste with other keys, which cannot paste, which only pass on what they get.

Known by the class of the window (``WM_CLASS``, ICCCM 4.1.2.5), because no program says so itself. What is not listed is taken for
a program in which ctrl+v pastes; where it then asks for nothing, nothing was pasted, and ``typing`` goes the other way.
"""

import contextlib
import re
from collections.abc import Collection
from pathlib import Path
from typing import Literal

from flowdesk import system

Habit = Literal["plain", "terminal", "viewer", "modal", "emacs"]
"""``plain``: ctrl+v pastes. ``terminal``: pastes with other keys, reads keys. ``viewer``: shows another desktop, to which the
clipboard may or may not go over. ``modal``: ctrl+v means something else. ``emacs``: pastes with shift+insert."""

TERMINALS = frozenset({
    "xterm", "uxterm", "urxvt", "rxvt", "st-256color", "st", "alacritty", "kitty", "gnome-terminal",
    "gnome-terminal-server", "konsole", "xfce4-terminal", "terminator", "tilix", "lxterminal", "mate-terminal",
    "qterminal", "foot", "org.wezfurlong.wezterm", "wezterm", "terminology", "cool-retro-term", "guake", "tilda",
    "yakuake", "com.mitchellh.ghostty", "ghostty", "deepin-terminal", "kgx", "org.gnome.console", "ptyxis",
    "org.gnome.ptyxis", "koi8rxterm", "eterm", "aterm", "mlterm", "hyper", "tabby", "rio", "contour", "sakura", "roxterm",
    "termite", "stterm", "zutty", "lilyterm", "evilvte", "terminal", "x-terminal-emulator", "blackbox", "com.raggesilver.blackbox",
    "xiterm+thai", "cutecom", "putty", "pterm", "warp", "dev.warp.warp", "deepin-terminal-gtk", "pantheon-terminal",
    "io.elementary.terminal", "tym", "vte-2.91", "ddterm", "com.github.amezin.ddterm",
})  # fmt: skip
"""Window classes in which ctrl+v does not paste."""

PRIMARY_PASTERS = frozenset({
    "xterm", "uxterm", "urxvt", "rxvt", "koi8rxterm", "eterm", "aterm", "mlterm", "xiterm+thai", "putty", "pterm", "zutty",
})  # fmt: skip
"""Terminals whose shift+insert pastes the primary selection and that know no ctrl+shift+v."""

VIEWERS = frozenset({
    "vncviewer", "tigervnc", "tigervnc viewer", "xtigervncviewer", "xvnc4viewer", "realvnc-vnc-viewer", "vnc viewer", "ssvnc", "turbovnc",
    "gvncviewer", "vinagre", "remmina", "org.remmina.remmina", "xfreerdp", "xfreerdp3", "sdl-freerdp", "wlfreerdp", "rdesktop",
    "krdc", "org.kde.krdc", "gnome-connections", "org.gnome.connections", "virt-viewer", "remote-viewer", "virt-manager", "spicy",
    "boxes", "gnome-boxes", "org.gnome.boxes", "virtualbox machine", "virtualboxvm", "vmware", "vmplayer", "qemu", "qemu-system-x86_64",
    "qemu-system-i386", "qemu-system-aarch64", "xephyr", "xnest", "x2goclient", "x2goagent", "nxagent", "nxplayer", "nxplayer.bin",
    "nomachine", "xpra", "anydesk", "teamviewer", "rustdesk", "parsec", "parsecd", "moonlight", "scrcpy", "weston", "wfica", "citrix",
    "vmware-view", "looking-glass-client", "gtkvncviewer", "directvnc", "tightvnc", "dwservice", "x11vnc",
})  # fmt: skip
"""Windows that show another desktop."""

MODAL = frozenset({
    "gvim", "vim", "nvim-qt", "neovide", "neovim", "gnvim", "goneovim", "neovim-gtk", "fvim", "vimr", "uivonim", "kakoune", "pygame", "love",
    "xedit", "axe", "xless", "blender",
})  # fmt: skip
"""Windows in which ctrl+v means something else than to paste."""

EMACS = frozenset({"emacs", "xemacs", "emacs-gtk", "emacs-lucid"})

EDITOR_WINDOWS = frozenset({"textshell"})
"""Windows that hold nothing but a text, and tell nobody: those of NEdit and XNEdit."""

SHEETS = frozenset({"libreoffice-calc", "gnumeric"})
"""Programs whose window is a sheet: what is typed there goes into a cell, and is completed."""

DRAWERS = re.compile(rb"--type=renderer|\0-contentproc\0|WebKitWebProcess|QtWebEngineProcess")
"""Command lines of the processes in which browsers draw pages."""
DEEPEST = 4
"""So many parents are climbed from such a process to the program."""

USER_HZ = 100
"""In how many parts of a second Linux counts when a process began (proc_pid_stat(5), starttime)."""

_NUMBERED = re.compile(r"(?:[-_ .]?\d+(?:\.\d+)*)+$")


def habit_of(names: Collection[str]) -> Habit:
    """Return what a program is by the lower-case class names of its window."""
    plain = {*names, *(_NUMBERED.sub("", name) for name in names)}
    if plain & EMACS:
        return "emacs"
    if plain & MODAL:
        return "modal"
    if plain & VIEWERS or any("qemu" in name or "vncviewer" in name or "freerdp" in name for name in plain):
        return "viewer"
    if plain & TERMINALS:
        return "terminal"
    return "plain"


def draws_in_child(process: int) -> bool:
    """Whether a program draws pages in other processes, as browsers do: what the program has read, the page has not yet."""
    if process <= 0:
        return False
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and DRAWERS.search((entry / "cmdline").read_bytes()) and _is_below(entry, process):
                return True
    return False


def _is_below(entry: Path, process: int) -> bool:
    number = entry.name
    for _ in range(DEEPEST):
        # The name of the program, in brackets, may hold anything.
        number = Path("/proc", number, "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[1]
        if int(number) == process:
            return True
        if int(number) <= 1:
            break
    return False


def age(process: int) -> float | None:
    """Return the seconds for which a process has run; ``None`` where that is not known. Linux only."""
    ticks = system.birth(process)
    with contextlib.suppress(OSError, ValueError):
        if ticks is not None:
            begun = int(ticks) / USER_HZ
            return float(Path("/proc/uptime").read_text("utf-8").split()[0]) - begun
    return None
