"""What differs between systems outside the desktop: processes, command lines, files. Chosen here, once, for the whole program.

``posix.py`` and ``windows.py`` offer the same names. What drives the desktop is chosen in ``drivers/platforms.py``.
"""

import sys

if sys.platform == "win32":
    from flowdesk.system.windows import (
        Family,
        birth,
        console_encoding,
        find_program,
        is_alive,
        is_marked_as_foreign,
        is_of_another,
        is_written,
        lock_folder,
        login_way,
        prepare_display,
        replace,
        split_command,
        try_lock,
        window_options,
    )
else:
    from flowdesk.system.posix import (
        Family,
        birth,
        console_encoding,
        find_program,
        is_alive,
        is_marked_as_foreign,
        is_of_another,
        is_written,
        lock_folder,
        login_way,
        prepare_display,
        replace,
        split_command,
        try_lock,
        window_options,
    )

NAME = {"win32": "windows", "darwin": "darwin"}.get(sys.platform, "linux")
"""What the system is called."""

__all__ = [
    "NAME",
    "Family",
    "birth",
    "console_encoding",
    "find_program",
    "is_alive",
    "is_marked_as_foreign",
    "is_of_another",
    "is_written",
    "lock_folder",
    "login_way",
    "prepare_display",
    "replace",
    "split_command",
    "try_lock",
    "window_options",
]
