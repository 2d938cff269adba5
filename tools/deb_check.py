"""Install the Debian package, use it as a person would, remove it, and see that nothing is left.

    .venv/bin/python tools/deb_check.py      (make deb-check; needs root, else it says so and ends well)

Everything happens on a virtual desktop, with a home folder of its own.
"""

import configparser
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import TypeVar

from flowdesk.drivers.virtual import VirtualDesktop

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent
DESKTOP_FILE = Path("/usr/share/applications/flowdesk.desktop")
FLOW = Path("/usr/lib/flowdesk/_internal/resources/flows/practice-form.flow.json")
SEARCHED = ("/usr", "/etc", "/opt", "/var/lib", "/var/cache")
PATIENCE = 60.0


def main() -> int:
    """Install, use, remove, look. Returns the exit code."""
    packages = sorted((ROOT / "dist").glob("flowdesk_*.deb"))
    reason = obstacle(packages)
    if reason:
        print(f"The Debian package was not tried here: {reason}")
        return 0
    before = traces()
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt(["apt-get", "-qq", "install", "-y", "--no-install-recommends", str(packages[-1])], environment)
    try:
        listed = subprocess.run(["dpkg", "-L", "flowdesk"], capture_output=True, text=True, check=True).stdout.split(
            "\n"
        )
        print(f"installed: {len(listed)} files and folders")
        with tempfile.TemporaryDirectory() as home, VirtualDesktop() as desktop:
            here = {**desktop.environment(), "HOME": home, "PATH": "/usr/local/bin:/usr/bin:/bin"}
            here.pop("PYTHONPATH", None)
            check_types(Path(home), here)
            check_run(Path(home), here)
            check_window(desktop, here)
    finally:
        apt(["apt-get", "-qq", "purge", "-y", "flowdesk"], environment)
    left = sorted(traces() - before)
    if left:
        sys.exit("Left behind after the removal:\n  " + "\n  ".join(left))
    print("removed: nothing is left behind")
    return 0


def obstacle(packages: list[Path]) -> str:
    """Return why this cannot be tried here, or nothing."""
    if sys.platform != "linux" or shutil.which("apt-get") is None or shutil.which("dpkg") is None:
        return "this system has no apt-get and dpkg."
    if os.geteuid() != 0:
        return "installing needs root. Run: sudo .venv/bin/python tools/deb_check.py"
    if not packages:
        return "dist/ holds no .deb. Run first: make deb"
    if subprocess.run(["dpkg", "-s", "flowdesk"], capture_output=True, check=False).returncode == 0:
        return "flowdesk is installed on this system already."
    return ""


def apt(command: list[str], environment: dict[str, str]) -> None:
    """Run apt-get, with one look at the package lists if it fails."""
    done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        subprocess.run(["apt-get", "-qq", "update"], env=environment, check=False, stdin=subprocess.DEVNULL)
        subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)


def traces() -> set[str]:
    """Return every path of the system that bears the program's name, checkouts and caches of packages aside."""
    found = set()
    for top in SEARCHED:
        for folder, folders, files in os.walk(top):
            folders[:] = [name for name in folders if name not in {"site-packages", "dist-packages", "node_modules"}]
            found |= {os.path.join(folder, name) for name in (*folders, *files) if "flowdesk" in name.lower()}
    return found


def check_types(home: Path, environment: dict[str, str]) -> None:
    """Ask the desktop what a flow file is and who opens it, where the tools to ask are installed."""
    if shutil.which("gio") is None or shutil.which("update-mime-database") is None:
        print("MIME type: not asked, this system has no gio or no shared-mime-info")
        return
    shutil.copyfile(FLOW, home / "try.flow.json")
    command = ["gio", "info", "-a", "standard::content-type", str(home / "try.flow.json")]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    if "application/vnd.flowdesk.flow+json" not in told:
        sys.exit(f"A flow file is not known by its type:\n{told}")
    print("MIME type: *.flow.json is application/vnd.flowdesk.flow+json")


def check_run(home: Path, environment: dict[str, str]) -> None:
    """Run the example flow with the installed command."""
    command = ["flowdesk", "run", str(FLOW), "--json", "--report", str(home / "report")]
    done = subprocess.run(
        command,
        env=environment,
        cwd=home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode != 0 or json.loads(done.stdout.splitlines()[-1])["type"] != "execution.complete":
        sys.exit(f"The installed command could not run the example:\n{done.stdout}\n{done.stderr}")
    if not list((home / "report").rglob("*.png")):
        sys.exit("The run of the installed command left no picture")
    print("example flow: succeeded with the installed command")


def launcher() -> list[str]:
    """Return the command by which a desktop starts the application."""
    if shutil.which("gtk-launch"):
        return ["gtk-launch", "flowdesk"]
    if shutil.which("gio"):
        return ["gio", "launch", str(DESKTOP_FILE)]
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(DESKTOP_FILE, "utf-8")
    return [part for part in shlex.split(entry["Desktop Entry"]["Exec"]) if not part.startswith("%")]


def check_window(desktop: VirtualDesktop, environment: dict[str, str]) -> None:
    """Start the application by its desktop file, wait for its window, and end it."""
    from Xlib.display import Display

    display = Display(desktop.env["DISPLAY"])
    root = display.screen().root

    def windows() -> dict[int, int]:
        clients = root.get_full_property(display.intern_atom("_NET_CLIENT_LIST"), 0)
        owners = {}
        for window in clients.value if clients is not None else ():
            pid = display.create_resource_object("window", window).get_full_property(
                display.intern_atom("_NET_WM_PID"), 0
            )
            owners[int(window)] = int(pid.value[0]) if pid is not None else 0
        return owners

    before = windows()  # The practice window of the run is still open.
    command = launcher()
    with subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL) as started:
        new = wait(lambda: windows().keys() - before.keys(), f"a window after {shlex.join(command)}")
        pid = windows()[min(new)]
        program = os.readlink(f"/proc/{pid}/exe")
        if program != "/usr/lib/flowdesk/flowdesk":
            sys.exit(f"The window belongs to {program}")
        owners = {pid, *before.values()}
        for owner in owners:
            os.kill(owner, signal.SIGTERM)
        wait(lambda: not any(os.path.exists(f"/proc/{owner}/exe") for owner in owners), "the programs to end")
        started.wait(PATIENCE)
    display.close()
    print(f"window: started by {shlex.join(command)}, and ended on SIGTERM")


def wait(fact: Callable[[], T], what: str) -> T:
    """Return what ``fact`` says once it is true; end with ``what`` if that takes too long."""
    deadline = time.monotonic() + PATIENCE
    while not (found := fact()):
        if time.monotonic() > deadline:
            sys.exit(f"Waited {PATIENCE:g} s for {what}")
        Event().wait(0.05)
    return found


if __name__ == "__main__":
    sys.exit(main())
