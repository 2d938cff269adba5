"""Build a Debian package of the application that `make package` left in dist/flowdesk.

    .venv/bin/python tools/deb.py            (make deb)

``dpkg-deb`` does the packing; this lays out the files and says what the package needs.
"""

import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from system_pieces import DESKTOP

import flowdesk
from flowdesk.system.pieces import WINDOW

ROOT = Path(__file__).resolve().parent.parent
APPLICATION = ROOT / "dist" / "flowdesk"
ICON_SIZES = (16, 32, 48, 64, 128, 256, 512)
RECOMMENDED = ("fonts-noto-cjk", "xdg-utils", "desktop-file-utils", "shared-mime-info", "hicolor-icon-theme")

CONTROL = """\
Package: flowdesk
Version: {version}
Section: utils
Priority: optional
Architecture: {architecture}
Maintainer: flowdesk developers <flowdesk@localhost>
Installed-Size: {kilobytes}
Depends: {depends}
Recommends: {recommends}
Description: build flows that drive the desktop, and run them
 Nodes that click, type, wait, look, decide and repeat are drawn on a canvas,
 joined by lines, and run on the real desktop with mouse and keyboard.
 Targets are found by accessible name, by text, or by picture.
 .
 This package carries its own Python and Qt.
"""


def main() -> int:
    """Build the package and print where it is. Returns the exit code."""
    if shutil.which("dpkg-deb") is None:
        print("There is no dpkg-deb here: a .deb is built on Debian, Ubuntu and their kin.")
        return 0
    if not (APPLICATION / "flowdesk").exists():
        sys.exit("dist/flowdesk is not there. Run first: make package")
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        lay_out(tree)
        target = ROOT / "dist" / f"flowdesk_{flowdesk.__version__}_{architecture()}.deb"
        (tree / "DEBIAN").mkdir()
        (tree / "DEBIAN" / "control").write_text(control(tree, architecture()), "utf-8")
        subprocess.run(
            ["dpkg-deb", "--root-owner-group", "-Zzstd", "-z3", "--build", str(tree), str(target)],
            check=True,
            stdout=subprocess.DEVNULL,
        )
    print(f"{target} ({target.stat().st_size / 1e6:.0f} MB)")
    return 0


def lay_out(tree: Path) -> None:
    """Put every file where the package shall install it, below ``tree``."""
    tree.chmod(0o755)
    shutil.copytree(APPLICATION, tree / "usr/lib/flowdesk", symlinks=True)
    (tree / "usr/bin").mkdir(parents=True)
    (tree / "usr/bin/flowdesk").symlink_to("../lib/flowdesk/flowdesk")
    desktop, icons = ROOT / "resources" / "desktop", ROOT / "resources" / "icons"
    places = {
        desktop / "flowdesk.desktop": "applications/flowdesk.desktop",
        desktop / "flowdesk.xml": "mime/packages/flowdesk.xml",
        icons / "flowdesk.svg": "icons/hicolor/scalable/apps/flowdesk.svg",
        ROOT / "LICENSE": "doc/flowdesk/copyright",
    }
    for size in ICON_SIZES:
        places[icons / f"flowdesk-{size}.png"] = f"icons/hicolor/{size}x{size}/apps/flowdesk.png"
    for source, place in places.items():
        target = tree / "usr/share" / place
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        target.chmod(0o644)


def control(tree: Path, machine: str) -> str:
    """Return the package's control file for the files below ``tree`` and a machine such as ``amd64``."""
    total = sum(path.stat().st_size for path in tree.rglob("*") if path.is_file() and not path.is_symlink())
    needs = [piece for piece in (*WINDOW, *DESKTOP) if piece.packages[0] not in RECOMMENDED]
    return CONTROL.format(
        version=flowdesk.__version__,
        architecture=machine,
        kilobytes=total // 1024,
        depends=", ".join(dict.fromkeys([_library_of_c(), *(" | ".join(piece.packages) for piece in needs)])),
        recommends=", ".join(RECOMMENDED),
    )


def _library_of_c() -> str:
    """Return the need for this system's C library: what is built with it does not start with an older one."""
    return f"libc6 (>= {platform.libc_ver()[1]})"


def architecture() -> str:
    """Return Debian's name for this machine, such as ``amd64``."""
    done = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True)
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
