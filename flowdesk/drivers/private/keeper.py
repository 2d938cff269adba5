"""Keeps one private desktop: starts its parts, and ends them with everything that ran there, whoever dies first.

Run as a program of its own with nothing but the standard library, so that it starts in a few hundredths of a second::

    flowdesk ──lifeline──> guard ──lifeline──> keeper ──> Xvfb, D-Bus, accessibility, window manager, flowdesk on it

Guard and keeper both adopt what loses its parent below them (``PR_SET_CHILD_SUBREAPER``). Each ends all that is below it
when its lifeline, a pipe, is closed; the keeper also when the guard is gone, and the guard when the keeper is. So any one
of them may be killed, and nothing stays. What a killed X server leaves in ``/tmp`` is removed, too.

It reads its order as one line of JSON from standard input, which stays open as the lifeline, and writes lines of JSON to
standard output: ``{"failed": part}``, ``{"lost": part}``.
"""

import contextlib
import ctypes
import json
import os
import secrets
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from typing import Any

MARK = "FLOWDESK_PRIVATE_DESKTOP"
"""In the environment of everything that runs on a private desktop: which one."""
PREFIX = "flowdesk-desk-"
"""Begins the name of the folder of each."""
OWNER = "owner"
"""File in it: the process that keeps it, and when that began."""
assert sys.platform != "win32"

import fcntl  # noqa: E402 - there is none on Windows

START_SECONDS = 20.0
POLITE_SECONDS = 1.0
"""How long programs may take to end when they are asked to."""
LAST_SECONDS = 8.0
_SUBREAPER, _DEATH_SIGNAL = 36, 1
_libc = ctypes.CDLL(None, use_errno=True)

Ids = set[int]
"""Process ids."""


def main() -> None:
    """Read the order, and be the guard; the keeper is its child."""
    with contextlib.suppress(OSError):
        os.setsid()
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    order = json.loads(_line(0, time.monotonic() + START_SECONDS) or b"null")
    if order is None:
        return
    _libc.prctl(_SUBREAPER, 1, 0, 0, 0)
    folder = _own_folder()
    lifeline, held = os.pipe()
    sign, alive = os.pipe()
    guard = os.getpid()
    child = os.fork()
    if child == 0:
        os.close(held)
        os.close(sign)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        _be_keeper(order, folder, lifeline, guard)
        os._exit(0)
    os.close(lifeline)
    os.close(alive)
    os.close(order["channel"])
    ended: Ids = set()
    select.select([0, sign, _ending()], [], [])
    os.close(held)
    _wait_for(child, ended, POLITE_SECONDS + LAST_SECONDS)
    end_all(ended)
    clear(folder, ended)


def _be_keeper(order: dict[str, Any], folder: str, lifeline: int, guard: int) -> None:
    _libc.prctl(_SUBREAPER, 1, 0, 0, 0)
    ended: Ids = set()
    try:
        ending = _ending()
        _libc.prctl(_DEATH_SIGNAL, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != guard:
            return
        desk = Desk(order, folder, [lifeline, ending], ended)
        if desk.start():
            desk.keep()
        desk.say_goodbye()
    finally:
        end_all(ended)
        clear(folder, ended)


class Desk:
    """The parts of one desktop."""

    def __init__(self, order: dict[str, Any], folder: str, ends: list[int], ended: Ids) -> None:
        """Start nothing yet. ``ends`` become readable when all is to end; ``ended`` takes the ids of what is gone."""
        self._order, self._folder, self._ends, self._ended = order, folder, ends, ended
        self._parts: dict[int, str] = {}
        self._worker = 0
        self.env = self._environment()

    def start(self) -> bool:
        """Start every part. ``False`` if one did not come up, or all is to end."""
        programs = self._order["programs"]
        self._worker, orders = self._start_worker()
        runtime = os.path.join(self._folder, "run")
        os.mkdir(runtime, 0o700)
        bus = self._start_bus(programs["dbus-daemon"])
        display = self._start_server(programs["Xvfb"])
        if display is None:
            return self._fail("Xvfb")
        if not _line(bus, time.monotonic() + START_SECONDS, self._ends):
            return self._fail("dbus-daemon")
        os.close(bus)
        self.env["DISPLAY"] = display
        self._write_authority(display.removeprefix(":"))
        settings = os.path.join(self._folder, "rc.xml")
        self._write(settings, self._order["settings"].encode())
        self._spawn("openbox", [programs["openbox"], "--sm-disable", "--config-file", settings])
        address = self._start_accessibility(programs)
        if address is None:
            return self._fail("at-spi-bus-launcher")
        self.env["AT_SPI_BUS_ADDRESS"] = address
        with contextlib.suppress(BrokenPipeError):
            os.write(orders, json.dumps(self.env).encode() + b"\n")
        os.close(orders)
        return True

    def keep(self) -> None:
        """Wait until the work is done, a part is gone, or all is to end."""
        while True:
            gone = _reap(self._ended)
            lost = [self._parts[pid] for pid in gone if pid in self._parts]
            if lost:
                self._tell({"lost": lost[0]})
                self._end_server()
                _wait_for(self._worker, self._ended, POLITE_SECONDS, self._ends)
            if lost or self._worker in gone or select.select(self._ends, [], [], 0.05)[0]:
                return

    def say_goodbye(self) -> None:
        """Ask what works here and the programs to end, and give them a moment."""
        asked = [pid for pid in below(os.getpid()) if pid not in self._parts]
        for pid in asked:
            _kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + POLITE_SECONDS
        while time.monotonic() < deadline and any(map(_runs, asked)):
            _reap(self._ended)
            _pause(0.01)

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in self._order["foreign"]}
        runtime = os.path.join(self._folder, "run")
        return {
            **kept,
            MARK: os.path.basename(self._folder),
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={runtime}/bus",
            "XAUTHORITY": os.path.join(self._folder, "Xauthority"),
            "XDG_RUNTIME_DIR": runtime,
            **self._order["env"],
        }

    def _start_worker(self) -> tuple[int, int]:
        """Start flowdesk for this desktop, which loads while the rest comes up; return its id and where it is told."""
        read, write = os.pipe()
        channel = self._order["channel"]
        env = {**os.environ, MARK: os.path.basename(self._folder)}
        with open(os.path.join(self._folder, "errors"), "wb") as errors:
            worker = subprocess.Popen(
                [*self._order["worker"], str(channel)], env=env, stdin=read, stdout=subprocess.DEVNULL, stderr=errors,
                pass_fds=(channel,), preexec_fn=_die_with(os.getpid()), start_new_session=True,
            )  # fmt: skip
        worker.returncode = 0  # collected by `_reap` alone
        os.close(read)
        os.close(channel)
        return worker.pid, write

    def _start_bus(self, program: str) -> int:
        """Start the session bus; return what can be read once it listens."""
        read, write = os.pipe()
        address = self.env["DBUS_SESSION_BUS_ADDRESS"]
        command = [program, "--session", "--nofork", "--nopidfile", f"--print-address={write}", f"--address={address}"]
        self._spawn("dbus-daemon", command, (write,))
        os.close(write)
        return read

    def _start_server(self, program: str) -> str | None:
        read, write = os.pipe()
        server = os.path.join(self._folder, "server-authority")
        self._cookie = secrets.token_bytes(16)
        self._write(server, _entry(65535, b"", b"", self._cookie))
        width, height = self._order["size"]
        command = [program, "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-dpi", "96"]
        self._spawn("Xvfb", [*command, "-noreset", "-nolisten", "tcp", "-auth", server], (write,))
        os.close(write)
        line = _line(read, time.monotonic() + START_SECONDS, self._ends)
        os.close(read)
        return f":{line.decode().strip()}" if line else None

    def _start_accessibility(self, programs: dict[str, str]) -> str | None:
        self._spawn("at-spi-bus-launcher", [programs["at-spi-bus-launcher"], "--launch-immediately"])
        # Whoever asks it before it has its name has the bus start a second one, and the first one ends.
        if not self._has_owner(programs["dbus-send"], "org.a11y.Bus"):
            return None
        send = [programs["dbus-send"], "--session", "--print-reply=literal", "--dest=org.a11y.Bus", "/org/a11y/bus"]
        switch = [*send, "org.freedesktop.DBus.Properties.Set", "string:org.a11y.Status"]
        if self._ask([*switch, "string:IsEnabled", "variant:boolean:true"]) is None:
            return None
        # From at-spi 2.62 on there is no such switch; the other one is enough there.
        self._ask([*switch, "string:ScreenReaderEnabled", "variant:boolean:true"], may_refuse=True)
        address = self._ask([*send, "org.a11y.Bus.GetAddress"])
        if address is None:
            return None
        # The registry is started by the first who asks: asked now, the first program of the run finds it there.
        registry = [
            "--dest=org.a11y.atspi.Registry",
            "/org/a11y/atspi/accessible/root",
            "org.freedesktop.DBus.Peer.Ping",
        ]
        told = self._ask([programs["dbus-send"], f"--bus={address}", "--print-reply=literal", *registry])
        return address if told is not None else None

    def _has_owner(self, program: str, name: str) -> bool:
        """Wait until a name of the session bus has an owner."""
        bus = ["--dest=org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus.NameHasOwner"]
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            told = self._ask([program, "--session", "--print-reply=literal", *bus, f"string:{name}"])
            if told is None or "true" in told:
                return told is not None
            _pause(0.005)
        return False

    def _ask(self, command: list[str], *, may_refuse: bool = False) -> str | None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and not select.select(self._ends, [], [], 0)[0]:
            asked = subprocess.run(
                command, env=self.env, stdin=subprocess.DEVNULL, capture_output=True, preexec_fn=_die_with(os.getpid())
            )
            if asked.returncode == 0 or may_refuse:
                return asked.stdout.decode().strip()
            _pause(0.01)
        return None

    def _spawn(self, name: str, command: list[str], pass_fds: tuple[int, ...] = ()) -> None:
        part = subprocess.Popen(
            command, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            pass_fds=pass_fds, preexec_fn=_die_with(os.getpid()), start_new_session=True,
        )  # fmt: skip
        part.returncode = 0  # collected by `_reap` alone
        self._parts[part.pid] = name

    def _end_server(self) -> None:
        for pid, name in self._parts.items():
            if name == "Xvfb" and pid not in self._ended:
                _kill(pid, signal.SIGKILL)

    def _fail(self, part: str) -> bool:
        if not select.select(self._ends, [], [], 0)[0]:
            self._tell({"failed": part})
        return False

    def _tell(self, message: dict[str, str]) -> None:
        with contextlib.suppress(OSError):
            os.write(1, json.dumps(message).encode() + b"\n")

    def _write_authority(self, number: str) -> None:
        name, host = number.encode(), socket.gethostname().encode()
        entries = _entry(256, host, name, self._cookie) + _entry(65535, b"", name, self._cookie)
        self._write(self.env["XAUTHORITY"], entries)

    def _write(self, path: str, content: bytes) -> None:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)


def end_all(ended: Ids) -> None:
    """End every process below this one and collect it. Returns when none is left, or after a while."""
    deadline = time.monotonic() + LAST_SECONDS
    while time.monotonic() < deadline:
        left = below(os.getpid())
        for pid in left:
            ended.add(pid)
            _kill(pid, signal.SIGKILL)
        _reap(ended)
        if not left:
            return
        _pause(0.005)


def below(root: int) -> list[int]:
    """Return the processes below one, however deep, those nearest to it first. Dead ones that wait to be collected count."""
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdecimal():
            with contextlib.suppress(OSError, ValueError, IndexError):
                with open(f"/proc/{name}/stat", "rb") as file:
                    parent = int(file.read().rpartition(b")")[2].split()[1])
                children.setdefault(parent, []).append(int(name))
    found = list(children.get(root, ()))
    for pid in found:
        found += children.get(pid, ())
    return found


def clear(folder: str, ended: Ids) -> None:
    """Remove what processes that are gone left: the lock and socket of their X servers, shared memory, the folder."""
    for name in os.listdir("/tmp") if ended else ():
        if name.startswith(".X") and name.endswith("-lock"):
            with contextlib.suppress(OSError, ValueError):
                with open(f"/tmp/{name}", "rb") as file:
                    is_ours = int(file.read().strip() or b"0") in ended
                if is_ours:
                    with contextlib.suppress(OSError):
                        os.unlink(f"/tmp/.X11-unix/X{name[2:-5]}")
                    os.unlink(f"/tmp/{name}")
    with contextlib.suppress(OSError), open("/proc/sysvipc/shm", encoding="ascii") as file:
        for line in file.readlines()[1:]:
            fields = line.split()
            if int(fields[4]) in ended and fields[6] == "0":
                _libc.shmctl(int(fields[1]), 0, None)
    shutil.rmtree(folder, ignore_errors=True)


def _own_folder() -> str:
    """Make the folder, whose lock is held as long as this process or its child lives: whoever gets it may remove the folder."""
    made = tempfile.mkdtemp(prefix=f".{PREFIX}")
    handle = os.open(os.path.join(made, OWNER), os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(handle, fcntl.LOCK_EX)
    folder = os.path.join(os.path.dirname(made), os.path.basename(made)[1:])
    os.rename(made, folder)
    return folder


def _entry(family: int, address: bytes, number: bytes, cookie: bytes) -> bytes:
    """Return one entry of an ``.Xauthority`` (Xau(3))."""
    parts = (address, number, b"MIT-MAGIC-COOKIE-1", cookie)
    return struct.pack(">H", family) + b"".join(struct.pack(">H", len(part)) + part for part in parts)


def _die_with(parent: int) -> Callable[[], None]:
    """Return what a new process does first: it is ended with its parent, and not begun if that is gone."""

    def prepare() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        _libc.prctl(_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def _ending() -> int:
    """Return a file that can be read once this process was asked to end."""
    read, write = os.pipe()
    os.set_blocking(write, False)

    def hear(number: int, frame: object) -> None:
        with contextlib.suppress(OSError):
            os.write(write, b"x")

    signal.signal(signal.SIGTERM, hear)
    return read


def _line(handle: int, deadline: float, ends: Sequence[int] = ()) -> bytes:
    """Read one line; what was there where it ends early, or all is to end."""
    line = b""
    while not line.endswith(b"\n"):
        ready = select.select([handle, *ends], [], [], max(0.0, deadline - time.monotonic()))[0]
        piece = os.read(handle, 1) if ready == [handle] else b""
        if not piece:
            return b""
        line += piece
    return line


def _reap(ended: Ids) -> Ids:
    """Collect the children that ended, the adopted ones too."""
    gone = set()
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, _ = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            gone.add(pid)
    ended |= gone
    return gone


def _wait_for(child: int, ended: Ids, seconds: float, ends: Sequence[int] = ()) -> None:
    deadline = time.monotonic() + seconds
    while child not in ended and time.monotonic() < deadline:
        _reap(ended)
        if ends and select.select(ends, [], [], 0)[0]:
            return
        _pause(0.005)


def _runs(pid: int) -> bool:
    """Whether a process is there and not only waits to be collected."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()[0] not in (b"Z", b"X")
    except OSError:
        return False


def _pause(seconds: float) -> None:
    select.select([], [], [], seconds)


def _kill(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


if __name__ == "__main__":
    main()
