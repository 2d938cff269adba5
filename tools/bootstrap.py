"""Make a place where flowdesk runs: a Python environment in .venv, and the system packages that are missing.

    python3 tools/bootstrap.py --for run
    python3 tools/bootstrap.py --for test --groups test check

It says what it installs and why, and does nothing where nothing is missing. Only the standard library is used.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - said before anything that an older Python cannot read
    sys.exit("flowdesk needs Python 3.11 to 3.14. Call it as: make PYTHON=python3.11 run")

sys.path.insert(0, str(Path(__file__).resolve().parent))

import tomllib

from system_pieces import PURPOSES, missing

from flowdesk.system.pieces import Piece, packages_of

ROOT = Path(__file__).resolve().parent.parent
SUPPORTED = ((3, 11), (3, 12), (3, 13), (3, 14))
WINDOW_ONLY = ("pyside6", "qasync")


def tell(text: str) -> None:
    """Say a line on stdout at once, so that it stands before what a child process prints."""
    print(text, flush=True)


def find_python() -> str:
    """Return a Python of a supported version: this one, else the first on the path.

    Raises:
        SystemExit: If there is none.
    """
    if sys.version_info[:2] in SUPPORTED:
        return sys.executable
    for _, minor in SUPPORTED:
        found = shutil.which(f"python3.{minor}")
        if found and subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode == 0:
            return found
    sys.exit("flowdesk needs Python 3.11 to 3.14; none was found. Install one, such as: apt-get install python3")


def install_system(pieces: list[Piece]) -> None:
    """Install the Debian packages of what is missing, or end with the command to type.

    Raises:
        SystemExit: If packages are missing and cannot be installed from here.
    """
    if not pieces:
        return
    tell("Missing on this system:")
    for piece in pieces:
        tell(f"  {piece.name:<24} {piece.why} (package {piece.packages[0]})")
    apt = shutil.which("apt-get")
    if apt is None:
        sys.exit("This system has no apt-get. Install what is listed above with its own package tool, then try again.")
    front: list[str] = []
    if hasattr(os, "geteuid") and os.geteuid() != 0:
        sudo = shutil.which("sudo")
        if sudo is None:
            names = known_packages(pieces)
            sys.exit(f"Installing needs root. Run as root: apt-get update && apt-get install {' '.join(names)}")
        front = [sudo]
    environment = [*front, "env", "DEBIAN_FRONTEND=noninteractive"]
    subprocess.run([*environment, apt, "-qq", "update"], check=False, stdin=subprocess.DEVNULL)
    names = known_packages(pieces)
    command = [*environment, apt, "-qq", "install", "-y", "--no-install-recommends", *names]
    tell(f"Installing: {' '.join(names)}")
    done = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    if done.returncode != 0:
        sys.exit(f"apt-get could not install them. Try by hand: apt-get update && apt-get install {' '.join(names)}")


def known_packages(pieces: list[Piece]) -> list[str]:
    """Return the packages that bring some pieces, each by the first of its names that apt knows."""
    names: list[str] = []
    for piece in pieces:
        known = (package for package in piece.packages if len(piece.packages) == 1 or _is_known(package))
        names += [next(known, packages_of([piece])[0])]
    return list(dict.fromkeys(names))


def _is_known(package: str) -> bool:
    shown = subprocess.run(["apt-cache", "show", package], capture_output=True, check=False)
    return shown.returncode == 0 and bool(shown.stdout)


def requirements(groups: list[str], *, with_window: bool) -> list[str]:
    """Return what pip shall install, from ``pyproject.toml``.

    Args:
        groups: Names of dependency groups to add.
        with_window: Whether the window's libraries are wanted. Without them flowdesk is not installed
            itself (pip would bring them along) and runs from the checkout.
    """
    with (ROOT / "pyproject.toml").open("rb") as stream:
        project = tomllib.load(stream)
    wanted: list[str] = []
    if with_window:
        wanted += ["--editable", f"{ROOT}[fleet,ocr]"]
    else:
        wanted += [need for need in project["project"]["dependencies"] if not need.lower().startswith(WINDOW_ONLY)]
    for group in groups:
        wanted += project["dependency-groups"][group]
    return wanted


def make_environment(python: str, folder: Path, wanted: list[str]) -> Path:
    """Make the environment and install what is wanted, unless that is already done. Returns its Python."""
    inside = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = folder / "flowdesk-installed.json"
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    mark = {"requirements": wanted, "project": hashlib.sha256(text.encode()).hexdigest()}
    before = json.loads(stamp.read_text("utf-8")) if stamp.is_file() and inside.exists() else {}
    if before.get("project") == mark["project"] and set(wanted) <= set(before["requirements"]):
        return inside
    if not _works(inside):
        tell(f"Making the Python environment {folder}")
        if subprocess.run([python, "-m", "venv", "--clear", str(folder)], check=False).returncode != 0:
            sys.exit(f"{python} could not make the environment; what it says is above.")
        before = {}
    tell("Installing the Python packages; the first time takes a few minutes")
    command = [str(inside), "-m", "pip", "-qq", "--disable-pip-version-check", "install", *wanted]
    if subprocess.run(command, check=False, stdin=subprocess.DEVNULL).returncode != 0:
        sys.exit("pip could not install the packages; what it says is above.")
    known = before.get("requirements", []) if before.get("project") == mark["project"] else []
    stamp.write_text(json.dumps({**mark, "requirements": sorted({*known, *wanted})}, indent=1) + "\n", "utf-8")
    return inside


def _works(python: Path) -> bool:
    """Whether an environment was made to its end: its Python starts and has pip."""
    if not python.exists():
        return False
    return subprocess.run([python, "-c", "import pip"], capture_output=True, check=False).returncode == 0


def main() -> None:
    """Read the command line and do it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--for", dest="purposes", nargs="+", choices=sorted(PURPOSES), default=["run"])
    parser.add_argument("--groups", nargs="*", default=[], help="dependency groups of pyproject.toml to add")
    parser.add_argument("--venv", type=Path, default=ROOT / ".venv")
    parser.add_argument("--without-window", action="store_true", help="leave PySide6 and qasync out")
    options = parser.parse_args()
    python = find_python()
    if python != sys.executable:  # what is missing is looked for with the Python that is used
        os.execv(python, [python, *sys.argv])
    purposes = set(options.purposes)
    if "run" in purposes and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        purposes.add("virtual")
    if sys.platform == "linux":
        install_system(missing(purposes))
    wanted = requirements(options.groups, with_window=not options.without_window)
    make_environment(python, options.venv, wanted)


if __name__ == "__main__":
    main()
