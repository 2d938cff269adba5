"""Where the shipped files lie: icons, translations, example flows, the browser page."""

import os
import sys
from functools import cache
from pathlib import Path


def resource_root() -> Path:
    """Return the folder of shipped files.

    A frozen application unpacks it beside its libraries, a wheel carries it inside the package, and a source
    checkout has it beside the package.
    """
    return _root(getattr(sys, "_MEIPASS", None), __file__)


@cache
def _root(unpacked: str | None, module: str) -> Path:
    if unpacked is not None:
        return Path(unpacked) / "resources"
    package = Path(module).resolve().parent
    installed = package / "resources"
    return installed if installed.is_dir() else package.parent / "resources"


def is_packaged() -> bool:
    """Whether this is the application that brings its own Python, into which nothing is installed."""
    return getattr(sys, "_MEIPASS", None) is not None


def has_icon(name: str) -> bool:
    """Whether there is a shipped icon of that name."""
    return name.replace("-", "").isalnum() and resource_path("icons", "lucide", f"{name}.svg").is_file()


def resource_path(*parts: str) -> Path:
    """Return the path of a shipped file, such as ``resource_path("flows", "practice-form.flow.json")``.

    Args:
        parts: Folders and the file name below the root. The file need not exist.

    Raises:
        ValueError: If the parts lead out of the folder of shipped files.
    """
    root = resource_root()
    path = root.joinpath(*parts)
    if not Path(os.path.normpath(path)).is_relative_to(root):
        raise ValueError(f"{path} is outside the shipped files")
    return path
