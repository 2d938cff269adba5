"""Exit codes of the command line (contract §6)."""

SUCCEEDED = 0
FAILED = 1
"""The run failed."""
INVALID = 2
"""Usage, or an invalid flow."""
NO_DESKTOP = 3
"""No usable desktop: no display, Wayland, no permission."""
STOPPED = 130
