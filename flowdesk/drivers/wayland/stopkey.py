"""The key that stops every run: Wayland lets no program listen for one, so the user binds `flowdesk stop` in sway's configuration.

No input is sent without it.
"""

import contextlib
import glob
import os
import re
import shlex
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from flowdesk.drivers.wayland import session
from flowdesk.drivers.wayland.sway import CONFIG, VERSION, Sway
from flowdesk.model.errors import DesktopUnavailable
from flowdesk.model.sentence import Sentence, say

KEYS = "Ctrl+Mod1+q"
"""What is proposed: Ctrl+Alt+Q, as elsewhere."""
SECONDS = 1.0
"""How long the configuration is taken for granted."""
_DEEPEST = 8
"""So many files may include each other."""
_EXEC = re.compile(r"^exec(?:_always)?\s+(?:--no-startup-id\s+)?(.+)$", re.S)
_BIND = re.compile(r"^bind(?:sym|code)\s+((?:--\S+\s+)*)(\S+)\s+(.+)$")


@dataclass(frozen=True, slots=True)
class StopKey:
    """A key that is bound to `flowdesk stop`."""

    keys: str
    program: str
    """What sway starts."""
    is_found: bool
    """Whether sway finds that program."""


def is_stop(command: str) -> bool:
    """Whether a command of sway starts `flowdesk stop`."""
    return bool(_program(command))


def _program(command: str) -> str:
    """Return the program that a command starts to stop the runs, empty where it does something else."""
    found = _EXEC.match(command.strip())
    return stopping_program(found[1].strip().strip("'\"")) if found is not None else ""


def stopping_program(command: str) -> str:
    """Return the program that a command line starts to stop the runs, empty where it does something else."""
    try:
        words = shlex.split(command)
    except ValueError:
        return ""
    if words[1:4] == ["-m", "flowdesk", "stop"] and len(words) == 4:
        return words[0]
    return words[0] if words[1:] == ["stop"] and os.path.basename(words[0]) == "flowdesk" else ""


def look(sway: Sway) -> StopKey | None:
    """Return the key that is bound now, the first whose program sway finds; None where there is none."""
    config = str(sway.ask(CONFIG).get("config", ""))
    place = str(sway.ask(VERSION).get("loaded_config_file_name", ""))
    path = _path_of(sway.process())
    best: StopKey | None = None
    for keys, command in bindings(config, place):
        program = _program(command)
        if not program:
            continue
        is_found = shutil.which(os.path.expanduser(program), path=path) is not None
        found = StopKey(keys, program, is_found)
        if is_found:
            return found
        best = best or found
    return best


def bindings(config: str, place: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    """Yield keys and command of each binding of the default mode, those of included files, too."""
    blocks: list[str] = []
    for line in config.replace("\\\n", " ").splitlines():
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if text.endswith("{"):
            blocks.append(text.split()[0])
            continue
        if text == "}":
            del blocks[-1:]
            continue
        if blocks == ["bindsym"] or blocks == ["bindcode"]:
            text = f"{blocks[0]} {text}"
        elif blocks:
            continue
        if text.startswith("include ") and depth < _DEEPEST:
            for file in _included(text.removeprefix("include ").strip(), place):
                try:
                    inner = Path(file).read_text("utf-8", "replace")
                except OSError:
                    continue
                yield from bindings(inner, file, depth + 1)
            continue
        if found := _BIND.match(text):
            yield found[2], found[3]


def _included(pattern: str, place: str) -> list[str]:
    plain = os.path.expandvars(os.path.expanduser(pattern.strip("'\"")))
    return sorted(glob.glob(os.path.join(os.path.dirname(place), plain)))


def _path_of(process: int) -> str | None:
    """Return where a process looks for programs; None where that is not told: then as this one does."""
    try:
        variables = Path(f"/proc/{process}/environ").read_bytes().split(b"\0")
    except OSError:
        return None
    return next((each[5:].decode("utf-8", "replace") for each in variables if each.startswith(b"PATH=")), None)


def line() -> str:
    """Return the line for sway's configuration."""
    return f"bindsym {KEYS} exec {own_command()}"


def own_command() -> str:
    """Return the command line that stops every run, with the program that this is."""
    program = shutil.which("flowdesk")
    own = os.path.join(os.path.dirname(sys.executable), "flowdesk")
    return f"{own if os.access(own, os.X_OK) else program or f'{sys.executable} -m flowdesk'} stop"


def fix() -> Sentence:
    """Say how to bind it."""
    return say("Add this line to ~/.config/sway/config and run swaymsg reload: {line}", line=line())


def complaint(found: StopKey | None) -> Sentence | None:
    """Say why nothing stops a run; None where a key does."""
    if found is None:
        return say("No key is bound to flowdesk stop, so nothing could stop a run. No input is sent.")
    if not found.is_found:
        return say(
            "{keys} is bound to {program}, which sway does not find. Nothing could stop a run, so no input is sent.",
            keys=found.keys, program=found.program,
        )  # fmt: skip
    return None


class Known:
    """The key that was found last, taken for granted for a while. All methods may be called from any thread."""

    def __init__(self, seconds: float) -> None:
        """Know nothing yet; take for granted what is found for so many seconds."""
        self._seconds = seconds
        self._lock = threading.Lock()
        self._last: tuple[float, str, StopKey | None] | None = None
        """When it was looked at, in which session, and what was found."""

    def forget(self) -> None:
        """Look again next time."""
        with self._lock:
            self._last = None

    def get(self, place: str, look: Callable[[], StopKey | None]) -> StopKey | None:
        """Return the key of a session; ``look`` finds it, and may take its time."""
        with self._lock:
            last = self._last
        if last is not None and last[1] == place and time.monotonic() - last[0] < self._seconds:
            return last[2]
        found = look()
        with self._lock:
            self._last = (time.monotonic(), place, found)
        return found


_known = Known(SECONDS)
forget = _known.forget


def require() -> None:
    """Return where a key stops every run.

    Raises:
        DesktopUnavailable: If none does; says which line to add.
    """
    session.check()
    reason = complaint(_known.get(os.environ.get("SWAYSOCK", ""), _look))
    if reason is not None:
        raise DesktopUnavailable(reason, fix())


def _look() -> StopKey | None:
    with contextlib.closing(Sway()) as sway:
        return look(sway)
