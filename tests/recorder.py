"""Records every event of mouse and keyboard, in a process of its own with an X connection of its own (XRecord).

What flowdesk says of itself is no proof that it is still: this asks the X server. Times are the server's own, which
on Linux is the monotonic clock in milliseconds, so they compare with ``time.monotonic()`` of any process.
"""

import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests.rig import until

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Seen:
    """An event as the X server told it."""

    at: float
    """Seconds of the monotonic clock."""
    kind: str
    """``key+``, ``key-``, ``button+``, ``button-`` or ``motion``."""
    detail: int
    """The key code or the button."""


class Recorder:
    """Use as a context: it records from when the context is entered."""

    def __init__(self, display: str) -> None:
        """Record on ``display``."""
        self.events: list[Seen] = []
        self._process = subprocess.Popen(
            [sys.executable, __file__, display],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        self._reader = threading.Thread(target=self._read, name="test-recorder", daemon=True)

    def __enter__(self) -> Self:
        """Wait until the server records."""
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        self._reader.join()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            at, kind, detail = line.split()
            self.events.append(Seen(int(at) / 1000, kind, int(detail)))

    def quiet(self, seconds: float = 0.15) -> None:
        """Wait until nothing more came for ``seconds``."""

        def is_quiet() -> bool:
            before = len(self.events)
            threading.Event().wait(seconds)
            return len(self.events) == before

        until(is_quiet, "the input to end")

    def last(self, *, without: frozenset[int] = frozenset()) -> Seen | None:
        """Return the last event, those of the key codes ``without`` left out."""
        for event in reversed(self.events):
            if not (event.kind.startswith("key") and event.detail in without):
                return event
        return None


def record(name: str) -> None:
    """Print each event on display ``name`` as a line, until killed."""
    from Xlib import X, display
    from Xlib.ext import record as extension
    from Xlib.protocol import rq

    kinds = {
        X.KeyPress: "key+",
        X.KeyRelease: "key-",
        X.ButtonPress: "button+",
        X.ButtonRelease: "button-",
        X.MotionNotify: "motion",
    }
    control, data = display.Display(name), display.Display(name)
    # Where the server's clock wraps (32 bit) or counts from: the whole seconds that bring it to the monotonic clock.
    wraps = int(time.monotonic() * 1000) >> 32 << 32
    ranges: dict[str, Any] = {
        "core_requests": (0, 0),
        "core_replies": (0, 0),
        "ext_requests": (0, 0, 0, 0),
        "ext_replies": (0, 0, 0, 0),
        "delivered_events": (0, 0),
        "device_events": (X.KeyPress, X.MotionNotify),
        "errors": (0, 0),
        "client_started": False,
        "client_died": False,
    }
    context = control.record_create_context(0, [extension.AllClients], [ranges])
    control.sync()

    def tell(reply: Any) -> None:
        if reply.category == extension.StartOfData:
            print("ready", flush=True)
        if reply.category != extension.FromServer or reply.client_swapped:
            return
        rest = reply.data
        while len(rest):
            event, rest = rq.EventField(None).parse_binary_value(rest, data.display, None, None)
            if event.type in kinds:
                print(wraps + event.time, kinds[event.type], event.detail, flush=True)

    data.record_enable_context(context, tell)


if __name__ == "__main__":
    record(sys.argv[1])
