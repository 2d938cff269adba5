"""Starts private desktops, each with a keeper and a flowdesk of its own on it, and ends them."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flowdesk.drivers.private.channel import Channel
from flowdesk.drivers.virtual import FOREIGN_VARIABLES, LAUNCHERS, OPENBOX_SETTINGS
from flowdesk.model.errors import DesktopUnavailable
from flowdesk.model.sentence import say

LAST_SECONDS = 10.0
"""How long the end of a desktop may take."""
AGAIN_SECONDS = 2.0
"""After a desktop that was ready is taken, the next one is made ready so much later: what runs there begins first."""
MOST_READY = 4
"""Desktops that are kept ready, about 150 MB each."""
PROGRAMS: dict[str, dict[str, str]] = {
    "Xvfb": {
        "apt-get": "xvfb", "dnf": "xorg-x11-server-Xvfb", "pacman": "xorg-server-xvfb", "zypper": "xorg-x11-server-Xvfb",
    },
    "xkbcomp": {"apt-get": "x11-xkb-utils", "dnf": "xkbcomp", "pacman": "xorg-xkbcomp", "zypper": "xkbcomp"},
    "openbox": dict.fromkeys(("apt-get", "dnf", "pacman", "zypper"), "openbox"),
    "dbus-daemon": {"apt-get": "dbus", "dnf": "dbus-daemon", "pacman": "dbus", "zypper": "dbus-1"},
    "dbus-send": {"apt-get": "dbus-bin" if shutil.which("dbus-daemon") else "dbus", "dnf": "dbus-tools", "pacman": "dbus", "zypper": "dbus-1"},
    "at-spi-bus-launcher": dict.fromkeys(("apt-get", "dnf", "pacman", "zypper"), "at-spi2-core"),
}  # fmt: skip
"""What a private desktop is made of, and the package that brings it, by the program that installs packages."""
_INSTALL = {"apt-get": "apt-get install", "dnf": "dnf install", "pacman": "pacman -S", "zypper": "zypper install"}
_ENV = {
    "XDG_SESSION_TYPE": "x11",
    "GDK_BACKEND": "x11",
    "QT_QPA_PLATFORM": "xcb",
    "GTK_MODULES": "gail:atk-bridge",
    "QT_ACCESSIBILITY": "1",
    "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
    "ACCESSIBILITY_ENABLED": "1",
}
"""What programs need to know to live on it."""


class KeptDesktops:
    """Implements ``engine.ports.PrivateDesktops``."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._started: list[KeptDesktop] = []
        self._ready: list[KeptDesktop] = []
        self._wanted: tuple[tuple[int, int], int] = ((0, 0), 0)
        self._later: threading.Timer | None = None
        self._lock = threading.RLock()

    def check(self) -> None:
        """Look whether a desktop could be started here.

        Raises:
            DesktopUnavailable: If not: what is missing, and the command that installs it.
        """
        find_programs()

    def start(
        self, size: tuple[int, int], hear: Callable[[dict[str, Any]], None], gone: Callable[[str], None]
    ) -> "KeptDesktop":
        """Begin to start a desktop, or give one that is ready. Does not wait for it.

        Raises:
            DesktopUnavailable: If something is missing.
        """
        with self._lock:
            for each in tuple(self._ready):
                if each.size == size:
                    self._ready.remove(each)
                    self._refill_later()
                    if each.take(hear, gone):
                        return each
            desktop = self._begin(size)
        if not desktop.take(hear, gone):
            gone(desktop.failed)
        return desktop

    def keep_ready(self, size: tuple[int, int], count: int) -> None:
        """Keep so many desktops of a size ready. Does not wait for them; where none can be started there are none."""
        with self._lock:
            self._wanted = (size, min(count, MOST_READY))
            self._refill()

    def _begin(self, size: tuple[int, int]) -> "KeptDesktop":
        sweep()
        self._started = [each for each in self._started if not each.is_over]
        desktop = KeptDesktop(find_programs(), size)
        self._started.append(desktop)
        return desktop

    def _refill_later(self) -> None:
        if self._later is None:
            self._later = threading.Timer(AGAIN_SECONDS, self._refill)
            self._later.daemon = True
            self._later.start()

    def _refill(self) -> None:
        """Make ready what is wanted and not there; end what is not wanted."""
        with self._lock:
            self._later = None
            size, count = self._wanted
            fitting = [each for each in self._ready if each.size == size and not each.is_over]
            for each in self._ready:
                if each not in fitting[:count]:
                    each.end()
            self._ready = fitting[:count]
            with contextlib.suppress(DesktopUnavailable, OSError):
                while len(self._ready) < count:
                    self._ready.append(self._begin(size))

    def close(self) -> None:
        """End all and wait until nothing of them is left."""
        with self._lock:
            self._wanted, self._ready = ((0, 0), 0), []
            if self._later is not None:
                self._later.cancel()
                self._later = None
        for each in self._started:
            each.end()
        for each in self._started:
            each.wait()


class KeptDesktop:
    """One desktop, which the keeper keeps as long as this process holds the lifeline."""

    def __init__(self, programs: dict[str, str], size: tuple[int, int]) -> None:
        """Start the keeper."""
        self.size = size
        self._taking = threading.Condition()
        self._taken: tuple[Callable[[dict[str, Any]], None], Callable[[str], None]] | None = None
        self._is_gone = False
        ours, theirs = socket.socketpair()
        self._channel = Channel(ours)
        self._failed = ""
        self._ending = threading.Lock()
        order = {
            "programs": programs, "size": size, "settings": OPENBOX_SETTINGS, "env": _ENV, "channel": theirs.fileno(),
            "foreign": sorted(FOREIGN_VARIABLES), "worker": _own_command("private-desktop"),
        }  # fmt: skip
        with theirs:
            self._keeper = subprocess.Popen(
                _keeper_command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=(theirs.fileno(),)
            )
        assert self._keeper.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._keeper.stdin.write(json.dumps(order).encode() + b"\n")
            self._keeper.stdin.flush()
        self._threads = [
            threading.Thread(target=self._hear_keeper, name="flowdesk-keeper", daemon=True),
            threading.Thread(target=self._listen, name="flowdesk-channel-in", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def take(self, hear: Callable[[dict[str, Any]], None], gone: Callable[[str], None]) -> bool:
        """Let somebody have it, who is told what comes from there, from threads. ``False`` where it is gone already."""
        with self._taking:
            if self._is_gone or self._failed or self.is_over:
                return False
            self._taken = (hear, gone)
            self._taking.notify_all()
            return True

    def send(self, message: dict[str, Any]) -> None:
        """Tell the flowdesk there something. From any thread; returns at once."""
        self._channel.send(message)

    def end(self) -> None:
        """Close the lifeline: the keeper ends everything. Returns at once. Idempotent."""
        with self._ending, contextlib.suppress(OSError):
            assert self._keeper.stdin is not None
            self._keeper.stdin.close()

    @property
    def pid(self) -> int:
        """The process of its guard."""
        return self._keeper.pid

    @property
    def failed(self) -> str:
        """The part that failed first; empty for none."""
        return self._failed

    @property
    def is_over(self) -> bool:
        """Whether nothing of it is left."""
        return self._keeper.poll() is not None

    def wait(self) -> None:
        """Wait until nothing of it is left, a few seconds at the most."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._keeper.wait(LAST_SECONDS)
        for thread in self._threads:
            thread.join(1.0)

    def _hear_keeper(self) -> None:
        assert self._keeper.stdout is not None
        with self._keeper.stdout as lines:
            for line in lines:
                told = json.loads(line)
                self._failed = self._failed or str(told.get("failed") or told.get("lost") or "")
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._keeper.wait(LAST_SECONDS)

    def _listen(self) -> None:
        self._channel.read(self._pass_on)
        self._threads[0].join(0.5)  # what failed may be told a moment later
        self.end()
        with self._taking:
            self._is_gone = True
            taken = self._taken
        if taken is not None:
            taken[1](self._failed)
        self._channel.close()

    def _pass_on(self, message: dict[str, Any]) -> None:
        """Tell who has it. The flowdesk there says nothing before it is asked, so somebody has it, or will in a moment."""
        with self._taking:
            self._taking.wait_for(lambda: self._taken is not None)
            assert self._taken is not None
            hear = self._taken[0]
        hear(message)


def find_programs() -> dict[str, str]:
    """Return where the programs are that a private desktop is made of.

    Raises:
        DesktopUnavailable: If one is missing, or the platform has no such desktops.
    """
    if sys.platform != "linux":
        raise DesktopUnavailable(
            say("Separate desktops require Linux. On this system, each logged-in user has one desktop."),
            say("Run the flow on this desktop, or log in as another user."),
        )
    found = {name: _place_of(name) for name in PROGRAMS}
    missing = [name for name, place in found.items() if place is None]
    if missing:
        tool = next((each for each in _INSTALL if shutil.which(each)), "apt-get")
        packages = " ".join(dict.fromkeys(PROGRAMS[name][tool] for name in missing))
        raise DesktopUnavailable(
            say(
                "A separate desktop requires programs that are not installed: {programs}.", programs=", ".join(missing)
            ),
            say("Run: sudo {command}", command=f"{_INSTALL[tool]} {packages}"),
        )
    return {name: place for name, place in found.items() if place is not None}


def _place_of(name: str) -> str | None:
    places = LAUNCHERS if name == "at-spi-bus-launcher" else ()
    return shutil.which(name) or next((place for place in places if os.access(place, os.X_OK)), None)


def _own_command(name: str) -> list[str]:
    return [sys.executable, name] if getattr(sys, "frozen", False) else [sys.executable, "-m", "flowdesk", name]


def _keeper_command() -> list[str]:
    if getattr(sys, "frozen", False):
        return _own_command("private-keeper")
    return [sys.executable, "-I", "-S", str(Path(__file__).with_name("keeper.py"))]


def sweep() -> None:
    """Remove the folders of desktops whose keepers were all killed at once."""
    if sys.platform != "linux":
        return
    import fcntl

    from flowdesk.drivers.private.keeper import OWNER, PREFIX

    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError), open(folder / OWNER, "r+b") as owner:
            fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
