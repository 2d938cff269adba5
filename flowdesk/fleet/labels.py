"""What a robot is, found out by itself: its system, language, screens and programs, as labels that jobs may ask for."""

import locale
import os
import platform
import shutil
from collections.abc import Callable, Mapping

from flowdesk.system import NAME as SYSTEM

PROGRAMS = (
    "chromium", "firefox", "firefox-esr", "gedit", "gimp", "google-chrome", "gnumeric", "inkscape", "libreoffice",
    "mousepad", "thunderbird", "xterm",
)  # fmt: skip
"""Programs that a robot looks for; others are labels that a person sets."""


def found_labels(
    environment: Mapping[str, str], where: Callable[[str], str | None] = shutil.which, *, is_private: bool
) -> dict[str, str]:
    """Return what this robot is.

    Args:
        environment: The process's environment.
        where: Finds a program by its name.
        is_private: Whether it runs jobs on desktops of its own, whose size a job chooses.
    """
    language = (environment.get("LC_ALL") or environment.get("LANG") or locale.getlocale()[0] or "").partition(".")[0]
    labels = {
        "os": SYSTEM,
        "host": _plain(platform.node()),
        "desktop": "private" if is_private else "this",
    }
    if language and language not in {"C", "POSIX"}:
        labels["language"] = _plain(language)
    labels |= {f"program.{name}": "yes" for name in PROGRAMS if where(name) is not None}
    return labels


def robot_name(environment: Mapping[str, str] = os.environ) -> str:
    """Return what a robot is called where nobody named it."""
    user = environment.get("USER") or environment.get("USERNAME") or ""
    host = platform.node() or "robot"
    return f"{user}@{host}" if user else host


def _plain(text: str) -> str:
    kept = "".join(letter if letter.isalnum() or letter in "._+-" else "-" for letter in text)
    return kept[:64] or "unknown"
