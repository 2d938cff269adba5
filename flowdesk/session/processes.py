"""Whether the process that left something behind is gone."""

import os
from pathlib import Path


def is_alive(pid: int) -> bool:
    """Whether a process runs, this one or another's."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def birth(pid: int) -> str | None:
    """Return when a process began, as its system writes it, to know it from a later one of the same number.

    ``None`` where the system does not tell, or there is no such process.
    """
    try:
        # Field 22 of /proc/PID/stat (proc(5)); the second field is a name in brackets and may hold anything.
        return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return None
