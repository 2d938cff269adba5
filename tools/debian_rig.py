"""Run the project's tests in a bare Debian of another release: what its users have, with its own Python, GTK and Qt libraries.

    python tools/debian_rig.py trixie                 `make test` in it (root; the first time takes ten minutes more)
    python tools/debian_rig.py trixie make ARG...     another target, for example: make test ARGS=tests/gate

debootstrap makes the system in ``build/debian/RELEASE``; what is committed is cloned into it anew each time, and what was installed
stays. Everything runs in namespaces of its own, so that nothing is left of a test that hangs: no process, no mount.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import debian_packages

ROOT = Path(__file__).resolve().parent.parent
ARCHIVE = "http://deb.debian.org/debian"
BARE = ("ca-certificates", "git", "make", "python3", "python3-venv")
"""What a person has before reading the README."""
FROM_HOST = ("/etc/resolv.conf", "/etc/hosts", "/etc/pip.conf", "/root/.config/pip/pip.conf")
"""How this machine reaches the network."""
CHECKOUT = "/root/flowdesk"
INSIDE = """
set -e
mount --rbind /dev "$1/dev"
mount -t proc proc "$1/proc"
mount -t tmpfs tmpfs "$1/tmp"
mount --bind /etc/ssl/certs "$1/etc/ssl/certs"
system=$1; shift
exec chroot "$system" /usr/bin/env -C "$CHECKOUT" "$@"
"""


def main(arguments: list[str]) -> int:
    """Do what is asked for. Returns the exit code."""
    if not arguments or arguments[0].startswith("-"):
        print(__doc__)
        return 2
    release, *command = arguments
    if os.geteuid() != 0:
        sys.exit("Making a system needs root.")
    system = ROOT / "build" / "debian" / release
    if not (system / "made").is_file():
        make(release, system)
    for name in FROM_HOST:
        if Path(name).is_file():
            (system / name[1:]).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(name, system / name[1:])
    clone(system)
    return run(system, command or ["make", "test"])


def make(release: str, system: Path) -> None:
    """Make a bare system."""
    debian_packages.require("debootstrap")
    shutil.rmtree(system, ignore_errors=True)
    system.mkdir(parents=True)
    command = ["debootstrap", "--variant=minbase", f"--include={','.join(BARE)}", release, str(system), ARCHIVE]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    (system / "made").touch()


def clone(system: Path) -> None:
    """Lay what is committed into it; its environment stays."""
    target = system / CHECKOUT[1:]
    git = ["git", "-c", "safe.directory=*"]
    if not (target / ".git").is_dir():
        subprocess.run([*git, "clone", "-q", "--no-hardlinks", str(ROOT), str(target)], check=True)
    subprocess.run([*git, "-C", str(target), "fetch", "-q", str(ROOT), "HEAD"], check=True)
    subprocess.run([*git, "-C", str(target), "reset", "-q", "--hard", "FETCH_HEAD"], check=True)
    subprocess.run([*git, "-C", str(target), "clean", "-qfd"], check=True)


def run(system: Path, command: list[str]) -> int:
    """Run a command in it, as root, with its own processes and mounts. Returns its exit code."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "REQUESTS_"))}
    env = {
        **kept, "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8",
        "CI": "true", "DEBIAN_FRONTEND": "noninteractive", "CHECKOUT": CHECKOUT,
    }  # fmt: skip
    front = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--ipc", "sh", "-c", INSIDE, "sh", str(system)]
    return subprocess.run([*front, *command], env=env, stdin=subprocess.DEVNULL, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
