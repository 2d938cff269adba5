"""How runs are told of: when they began and what they took."""

import time


def began(started: float) -> str:
    """Return when a run began: the time today, else with its day."""
    at = time.localtime(started)
    today = time.strftime("%Y-%m-%d") == time.strftime("%Y-%m-%d", at)
    return time.strftime("%H:%M:%S" if today else "%Y-%m-%d %H:%M", at)


def took(seconds: float | None) -> str:
    """Return a duration for people."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d} min" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02d} h"
