"""Programs that insist on one instance: started on a private desktop they would hand over to the one on yours, and open there."""

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path

from flowdesk.model.errors import NodeError
from flowdesk.model.sentence import say

FAMILIES: tuple[frozenset[str], ...] = (
    frozenset({"firefox", "firefox-esr", "firefox-bin"}),
    frozenset({"thunderbird", "thunderbird-bin"}),
    frozenset({"chromium", "chromium-browser", "chromium-browse"}),
    frozenset({"google-chrome", "google-chrome-stable", "chrome"}),
    frozenset({"brave-browser", "brave"}),
    frozenset({"microsoft-edge", "microsoft-edge-stable", "msedge"}),
    frozenset({"vivaldi", "vivaldi-stable", "vivaldi-bin"}),
    frozenset({"opera"}),
    frozenset({"code", "code-oss", "codium"}),
    frozenset(
        {"soffice", "soffice.bin", "libreoffice", "oosplash", "localc", "lowriter", "loimpress", "lodraw", "lobase"}
    ),
)
"""Names of programs that have one instance for each home folder: as they are started, and as their processes are called."""
OWN_PROFILE = ("--user-data-dir", "--profile", "-profile", "--no-remote", "-no-remote", "-env:UserInstallation")
"""Arguments that give a program a profile of its own."""


def refuse_second(command: Sequence[str], mark: str, processes: Path = Path("/proc")) -> None:
    """Return when a program can be started on a private desktop.

    Args:
        command: The program and its arguments.
        mark: ``NAME=VALUE`` that everything on this desktop has in its environment.
        processes: Where the system shows its processes.

    Raises:
        NodeError: If it insists on one instance and runs elsewhere.
    """
    names = {Path(command[0]).name, os.path.basename(os.path.realpath(command[0]))}
    family = next((each for each in FAMILIES if each & names), None)
    if family is None or any(each.startswith(OWN_PROFILE) for each in command[1:]):
        return
    if any(_is_elsewhere(place, family, mark) for place in processes.iterdir() if place.name.isdecimal()):
        raise NodeError(
            say('"{name}" is already running on another desktop, and would open its windows there.', name=command[0]),
            say('Close it there, or give this run a separate home folder: --home own, or "home": "own" in the flow.'),
        )


def _is_elsewhere(process: Path, family: frozenset[str], mark: str) -> bool:
    with contextlib.suppress(OSError):
        if (
            process.stat().st_uid == Path("/proc/self").stat().st_uid
            and (process / "comm").read_text().strip() in family
        ):
            environment = (process / "environ").read_bytes().split(b"\0")
            return environment != [b""] and mark.encode() not in environment
    return False
