"""Run tests, or any command, in a sway of their own that shows nothing: no screen, no seat, no graphics card.

    python tools/sway_rig.py setup            install what is missing (Debian; root, or sudo)
    python tools/sway_rig.py test ARG...      run pytest in it
    python tools/sway_rig.py run COMMAND...   run a command in it

sway refuses to run as root: then it runs as nobody, and what runs in it as root. Everything ends with the command, and a command that
hangs is ended.
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
import uuid
from collections.abc import Iterator
from pathlib import Path

import debian_packages

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = (
    "sway", "dbus", "at-spi2-core", "xkb-data", "python3-gi", "gir1.2-gtk-3.0", "gir1.2-gtk-4.0", "gir1.2-atspi-2.0",
    "fonts-noto-cjk", "fonts-dejavu-core", "wl-clipboard", "swaylock",
)  # fmt: skip
SIZE = "1600x1000"
START_SECONDS = 60.0
MOST_SECONDS = 900.0
"""After so many seconds a command is ended."""
MARK = "FLOWDESK_SWAY_RIG"
"""In the environment of all that runs in it."""
CONFIG = f"""
output HEADLESS-1 resolution {SIZE}
output * bg #336699 solid_color
xwayland disable
focus_follows_mouse no
for_window [app_id=".*"] floating enable
bindsym Ctrl+Mod1+q exec {{stop}} stop
"""


def main(arguments: list[str]) -> int:
    """Do what is asked for. Returns the exit code."""
    command, *rest = arguments or ["help"]
    if command == "setup":
        debian_packages.require(*PACKAGES)
        return 0
    if command in ("test", "run"):
        pytest = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *(rest or ["tests/wayland"])]
        with sway() as variables:
            return run(pytest if command == "test" else rest, variables)
    print(__doc__)
    return 2


def run(command: list[str], variables: dict[str, str]) -> int:
    """Run a command in it, and end it with all that it started."""
    child = subprocess.Popen(command, env=variables, cwd=ROOT, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        return child.wait(MOST_SECONDS)
    except subprocess.TimeoutExpired:
        print(f"ended after {MOST_SECONDS:g} s: {' '.join(command)}", file=sys.stderr)
        return 124
    finally:
        _end(child)


@contextlib.contextmanager
def sway() -> Iterator[dict[str, str]]:
    """Start it, and return the environment of what runs in it."""
    folder = Path(tempfile.mkdtemp(prefix="flowdesk-sway-"))
    mark = uuid.uuid4().hex
    children: list[subprocess.Popen[bytes]] = []
    try:
        yield _started(folder, mark, children)
    finally:
        for child in reversed(children):
            _end(child)
        _end_marked(mark)
        shutil.rmtree(folder, ignore_errors=True)


def _started(folder: Path, mark: str, children: "list[subprocess.Popen[bytes]]") -> dict[str, str]:
    runtime, home = folder / "run", folder / "home"
    folder.chmod(0o755)
    runtime.mkdir(mode=0o700)
    home.mkdir()
    gone = ("DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY", "SWAYSOCK", "AT_SPI_BUS_ADDRESS", "QT_QPA_PLATFORM", "XDG_CONFIG_HOME",
            "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "DBUS_SESSION_BUS_ADDRESS")  # fmt: skip
    variables = {name: value for name, value in os.environ.items() if name not in gone}
    variables |= {
        MARK: mark, "HOME": str(home), "XDG_RUNTIME_DIR": str(runtime), "XDG_SESSION_TYPE": "wayland",
        "XDG_CURRENT_DESKTOP": "sway", "LIBGL_ALWAYS_SOFTWARE": "1", "GSK_RENDERER": "cairo", "GTK_A11Y": "atspi",
        "NO_AT_BRIDGE": "0", "ACCESSIBILITY_ENABLED": "1", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1", "LC_ALL": "C.UTF-8",
    }  # fmt: skip
    bus = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1"]
    with (folder / "bus.log").open("wb") as file:
        daemon = subprocess.Popen(
            bus, env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=file, start_new_session=True
        )
    children.append(daemon)
    assert daemon.stdout is not None
    if not select.select([daemon.stdout], [], [], START_SECONDS)[0]:
        raise SystemExit("dbus-daemon did not start")
    variables["DBUS_SESSION_BUS_ADDRESS"] = daemon.stdout.readline().decode().strip()
    config, log = runtime / "config", folder / "sway.log"
    config.write_text(CONFIG.format(stop=Path(sys.executable).parent / "flowdesk"), "utf-8")
    front: list[str] = []
    if os.geteuid() == 0:
        front = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        for path in (runtime, config):
            os.chown(path, 65534, 65534)
    own = {**variables, "WLR_BACKENDS": "headless", "WLR_LIBINPUT_NO_DEVICES": "1", "WLR_RENDERER": "pixman"}
    with log.open("wb") as file:
        child = subprocess.Popen(
            [*front, "sway", "-c", str(config)],
            env=own,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    children.append(child)
    deadline = time.monotonic() + START_SECONDS
    while True:
        sockets = [*runtime.glob("sway-ipc.*.sock")]
        displays = [each for each in runtime.glob("wayland-*") if each.suffix != ".lock"]
        if sockets and displays:
            break
        if child.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"sway did not start:\n{log.read_text('utf-8', 'replace')[-2000:]}")
        threading.Event().wait(0.05)
    return {**variables, "SWAYSOCK": str(sockets[0]), "WAYLAND_DISPLAY": displays[0].name}


def _end(child: "subprocess.Popen[bytes]") -> None:
    """End a process and its group, politely first."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(5)
            break
    if child.stdout is not None:
        child.stdout.close()


def _end_marked(mark: str) -> None:
    """End what was started in it and left its group."""
    wanted = f"{MARK}={mark}".encode()
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and wanted in (entry / "environ").read_bytes().split(b"\0"):
                os.kill(int(entry.name), signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
