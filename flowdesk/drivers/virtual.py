"""A desktop of its own on a machine that has none: X server, window manager, session bus and accessibility tree.

The tests run on it, and so does the program where there is no display. Everything it starts ends with it, by process
group, and what it writes lies in one temporary folder.
"""

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO

from flowdesk.drivers.x11.authority import EMPTY_AUTHORITY
from flowdesk.model.errors import DesktopUnavailable, MissingPiece
from flowdesk.model.sentence import say

START_SECONDS = 20.0
"""How long each part may take to come up, on a loaded machine."""

LAUNCHERS = (
    "/usr/libexec/at-spi-bus-launcher",
    "/usr/lib/at-spi2-core/at-spi-bus-launcher",
    "/usr/lib/at-spi2/at-spi-bus-launcher",
)
"""Where distributions keep the launcher of the accessibility bus; it is not on the path."""

OPENBOX_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <focus><focusNew>yes</focusNew><followMouse>no</followMouse></focus>
  <placement><policy>Smart</policy></placement>
  <desktops><number>1</number><popupTime>0</popupTime></desktops>
  <theme><animateIconify>no</animateIconify></theme>
  <keyboard><keybind key="A-F4"><action name="Close"/></keybind></keyboard>
  <mouse>
    <dragThreshold>1</dragThreshold><doubleClickTime>500</doubleClickTime>
    <context name="Titlebar">
      <mousebind button="Left" action="Press"><action name="Focus"/><action name="Raise"/></mousebind>
      <mousebind button="Left" action="Drag"><action name="Move"/></mousebind>
      <mousebind button="Left" action="DoubleClick"><action name="ToggleMaximize"/></mousebind>
    </context>
    <context name="Client">
      <mousebind button="Left" action="Press"><action name="Focus"/><action name="Raise"/></mousebind>
      <mousebind button="Middle" action="Press"><action name="Focus"/><action name="Raise"/></mousebind>
      <mousebind button="Right" action="Press"><action name="Focus"/><action name="Raise"/></mousebind>
    </context>
    <context name="Close"><mousebind button="Left" action="Click"><action name="Close"/></mousebind></context>
    <context name="Maximize">
      <mousebind button="Left" action="Click"><action name="ToggleMaximize"/></mousebind>
    </context>
    <context name="Iconify"><mousebind button="Left" action="Click"><action name="Iconify"/></mousebind></context>
  </mouse>
</openbox_config>
"""
"""One workspace, clicks focus, and no shortcuts of the window manager that would swallow keys."""


class VirtualDesktop:
    """A private desktop. Use it as a context manager, or call ``start`` and ``stop``.

    Programs started with ``env`` added to their environment live on it.
    """

    def __init__(self, width: int = 1600, height: int = 1000) -> None:
        """Choose the size of the screen in pixels. Nothing is started yet."""
        self._size = (width, height)
        self._children: list[subprocess.Popen[bytes]] = []
        self._folder: Path | None = None
        self.env: dict[str, str] = {}
        """Variables that a program needs to live on this desktop. Empty before ``start``."""

    def __enter__(self) -> "VirtualDesktop":
        """Start it."""
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        """Stop it."""
        self.stop()

    def start(self) -> None:
        """Start every part and wait until each answers.

        Raises:
            MissingPiece: If a program is not installed.
            DesktopUnavailable: If a part does not come up.
        """
        programs = {name: _program(name, package) for name, package in _PROGRAMS.items()}
        self._folder = Path(tempfile.mkdtemp(prefix="flowdesk-desk-"))
        try:
            self._start_parts(programs, self._folder)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End everything that was started, last first. Idempotent."""
        for child in reversed(self._children):
            _end_group(child)
        self._children.clear()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
        self.env = {}

    def _start_parts(self, programs: dict[str, str], folder: Path) -> None:
        runtime, settings, authority = folder / "run", folder / "rc.xml", folder / "Xauthority"
        runtime.mkdir(mode=0o700)
        settings.write_text(OPENBOX_SETTINGS, encoding="utf-8")
        authority.touch(mode=0o600)
        authority.write_bytes(EMPTY_AUTHORITY)
        self.env = {
            "DISPLAY": self._start_server(programs["Xvfb"]),
            "XAUTHORITY": str(authority),
            "XDG_RUNTIME_DIR": str(runtime),
            "XDG_SESSION_TYPE": "x11",
            "GDK_BACKEND": "x11",
            "GTK_MODULES": "gail:atk-bridge",
            "QT_ACCESSIBILITY": "1",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            "ACCESSIBILITY_ENABLED": "1",
        }
        self.env["DBUS_SESSION_BUS_ADDRESS"] = self._start_bus(programs["dbus-daemon"], runtime)
        self.env["AT_SPI_BUS_ADDRESS"] = self._start_accessibility(programs)
        self._start_window_manager([programs["openbox"], "--sm-disable", "--config-file", str(settings)])

    def _start_server(self, program: str) -> str:
        width, height = self._size
        reader, writer = os.pipe()
        try:
            screen = ["-screen", "0", f"{width}x{height}x24", "-dpi", "96"]
            command = [program, "-displayfd", str(writer), *screen, "-noreset", "-nolisten", "tcp"]
            self._spawn(command, pass_fds=(writer,))
            os.close(writer)
            writer = -1
            with os.fdopen(reader, "rb", buffering=0) as answers:
                reader = -1
                return f":{_first_line(answers, 'Xvfb')}"
        finally:
            for descriptor in (reader, writer):
                if descriptor >= 0:
                    os.close(descriptor)

    def _start_bus(self, program: str, runtime: Path) -> str:
        child = self._spawn(
            [program, "--session", "--nofork", "--nopidfile", "--print-address=1", f"--address=unix:dir={runtime}"],
            stdout=subprocess.PIPE,
        )
        assert child.stdout is not None
        with child.stdout as answers:
            return _first_line(answers, "dbus-daemon")

    def _start_accessibility(self, programs: dict[str, str]) -> str:
        self._spawn([programs["at-spi-bus-launcher"], "--launch-immediately"])
        send = [programs["dbus-send"], "--session", "--print-reply=literal", "--dest=org.a11y.Bus"]
        switch = [*send, "/org/a11y/bus", "org.freedesktop.DBus.Properties.Set", "string:org.a11y.Status"]
        self._ask([*switch, "string:IsEnabled", "variant:boolean:true"])
        # From at-spi 2.62 on there is no such switch; the other one is enough there.
        self._ask([*switch, "string:ScreenReaderEnabled", "variant:boolean:true"], may_refuse=True)
        return self._ask([*send, "/org/a11y/bus", "org.a11y.Bus.GetAddress"]).strip()

    def _start_window_manager(self, command: list[str]) -> None:
        self._spawn(command)
        from flowdesk.drivers.x11 import connection as x11

        display = x11.connect(self.env["DISPLAY"])
        try:
            check = display.intern_atom("_NET_SUPPORTING_WM_CHECK")
            window = display.intern_atom("WINDOW")
            deadline = time.monotonic() + START_SECONDS
            while display.screen().root.get_property(check, window, 0, 1) is None:
                _pause_until(deadline, "openbox")
        finally:
            display.close()

    def _spawn(
        self, command: list[str], *, pass_fds: tuple[int, ...] = (), stdout: int = subprocess.DEVNULL
    ) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            command,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=pass_fds,
        )
        self._children.append(child)
        return child

    def environment(self) -> dict[str, str]:
        """Return this process's environment as a program on the virtual desktop must see it."""
        kept = {name: value for name, value in os.environ.items() if name not in FOREIGN_VARIABLES}
        return {**kept, **self.env}

    def _ask(self, command: list[str], *, may_refuse: bool = False) -> str:
        deadline = time.monotonic() + START_SECONDS
        while True:
            answer = subprocess.run(command, env=self.environment(), capture_output=True, text=True, check=False)
            if answer.returncode == 0 or may_refuse:
                return answer.stdout
            _pause_until(deadline, "at-spi-bus-launcher")


FOREIGN_VARIABLES = frozenset({
    "NO_AT_BRIDGE", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "AT_SPI_BUS_ADDRESS", "DBUS_STARTER_ADDRESS", "DBUS_STARTER_BUS_TYPE",
    "GTK_IM_MODULE", "QT_IM_MODULE", "XMODIFIERS", "QT_QPA_PLATFORM",
})  # fmt: skip
"""Variables of the surrounding session that would lead a program away from this desktop."""

_PROGRAMS = {
    "Xvfb": "xvfb",
    "openbox": "openbox",
    "dbus-daemon": "dbus",
    "dbus-send": "dbus",
    "at-spi-bus-launcher": "at-spi2-core",
}


def _program(name: str, package: str) -> str:
    places = LAUNCHERS if name == "at-spi-bus-launcher" else ()
    found = shutil.which(name) or next((place for place in places if os.access(place, os.X_OK)), None)
    if found is None:
        raise MissingPiece(
            say("A virtual desktop requires {program}, which is not installed.", program=name),
            say("Run: sudo apt-get install {package}", package=package),
        )
    return found


def _first_line(answers: IO[bytes], program: str) -> str:
    deadline = time.monotonic() + START_SECONDS
    line = b""
    while not line.endswith(b"\n"):
        ready, _, _ = select.select([answers], [], [], max(0.0, deadline - time.monotonic()))
        piece = os.read(answers.fileno(), 4096) if ready else b""
        if not piece:
            raise _did_not_start(program)
        line += piece
    return line.decode().strip()


def _pause_until(deadline: float, program: str) -> None:
    if time.monotonic() > deadline:
        raise _did_not_start(program)
    threading.Event().wait(0.02)


def _did_not_start(program: str) -> DesktopUnavailable:
    return DesktopUnavailable(
        say("Failed to start {program} of the virtual desktop.", program=program),
        say("Run {program} in a terminal to see its messages.", program=program),
    )


def _end_group(child: subprocess.Popen[bytes]) -> None:
    """End a process and what it started, politely first."""
    if sys.platform == "win32":  # there are no process groups, and no X server either
        return
    for number, seconds in ((signal.SIGTERM, 3.0), (signal.SIGKILL, 3.0)):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(seconds)
            break
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    if child.stdout is not None:
        child.stdout.close()
