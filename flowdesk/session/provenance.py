"""Whether a flow file came from somebody else: by the mark that browsers leave, its owner, and where it lies."""

import contextlib
import os
import sys
from pathlib import Path

MARKS = ("user.xdg.origin.url", "user.xdg.referrer.url")
"""Extended attributes in which downloads say where they are from (freedesktop.org, Common Extended Attributes)."""
ZONE = ":Zone.Identifier"
"""The stream in which Windows keeps the same."""
REMOVABLE = ("/media", "/run/media", "/Volumes")
"""Where sticks and the folders of other machines are mounted."""


def is_from_elsewhere(file: Path) -> bool:
    """Whether a file bears a sign that it was not made here.

    Signs are a download's mark, an owner who is neither this user nor the machine's administrator, and a place in the
    folder of downloads or on a medium that can be taken out. A file without any may still be a stranger's.
    """
    path = file.resolve()
    return _is_marked(path) or _is_of_another(path) or any(path.is_relative_to(folder) for folder in _folders())


def _is_marked(path: Path) -> bool:
    if sys.platform == "win32":
        return Path(f"{path}{ZONE}").exists()
    if hasattr(os, "listxattr"):
        with contextlib.suppress(OSError):
            return not set(MARKS).isdisjoint(os.listxattr(path))
    return False


def _is_of_another(path: Path) -> bool:
    if sys.platform == "win32":
        return False
    with contextlib.suppress(OSError):
        return path.stat().st_uid not in {0, os.getuid()}
    return False


def _folders() -> list[Path]:
    import platformdirs  # the file that names the folders is read each time

    return [platformdirs.user_downloads_path(), *map(Path, REMOVABLE)]
