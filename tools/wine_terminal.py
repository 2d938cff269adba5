"""Run a program of Windows in a wide pseudo-terminal and copy what it prints: ``wine_terminal.py SECONDS COMMAND…``.

Wine's console programs die with plain files as standard streams, and a pipe is kept open by whatever they started; here the
end is the end of the program itself. Exits with its status, 124 after ``SECONDS``.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

ESCAPE = re.compile(rb"\x1b\[(\d*)C|\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\r")
TOO_LATE = 124


class Printed:
    """Copies whole lines, so that no escape sequence is cut in two."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._rest = b""

    def take(self, content: bytes, *, is_last: bool = False) -> None:
        """Copy what is whole."""
        self._rest += content
        cut = len(self._rest) if is_last else self._rest.rfind(b"\n") + 1
        whole, self._rest = self._rest[:cut], self._rest[cut:]
        sys.stdout.buffer.write(plain(whole))
        sys.stdout.buffer.flush()


def plain(content: bytes) -> bytes:
    """Return what a terminal shows of it."""
    return ESCAPE.sub(lambda found: b" " * int(found[1] or 1) if found[0].endswith(b"C") else b"", content)


def main(seconds: float, command: list[str]) -> int:
    """Run a program. Returns its exit status."""
    process, terminal = pty.fork()
    if not process:
        os.execvp(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 400, 0, 0))
    until, printed = time.monotonic() + seconds, Printed()
    status: int | None = None
    while time.monotonic() < until:
        ready, _, _ = select.select([terminal], [], [], 0.2)
        content = _read(terminal) if ready else None
        if content:
            printed.take(content)
            continue
        if status is None:
            ended, code = os.waitpid(process, 0 if content == b"" else os.WNOHANG)
            status = os.waitstatus_to_exitcode(code) if ended else None
            if status is not None and content is None:
                continue  # what is still in the terminal
        if status is not None:
            break
    else:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        status = TOO_LATE
    printed.take(b"", is_last=True)
    return status if status >= 0 else 128 - status


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), sys.argv[2:]))
