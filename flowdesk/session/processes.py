"""Whether the process that left something behind is gone."""

import os


def is_alive(pid: int) -> bool:
    """Whether a process runs, this one or another's."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
