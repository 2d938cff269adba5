"""The line between a session and the flowdesk on a private desktop: messages as JSON, one a line, both ways."""

import contextlib
import json
import queue
import socket
import threading
from collections.abc import Callable
from typing import Any

from flowdesk.model.sentence import packed, unpacked


class Channel:
    """One end. A thread of its own sends, so that nobody waits for the other side."""

    def __init__(self, line: socket.socket, most: int = 0) -> None:
        """Take over a connected socket. ``most`` messages wait to be sent, then ``send`` waits, too; 0 is no limit."""
        self._line = line
        self._waiting: queue.Queue[bytes | None] = queue.Queue(most)
        self._sender = threading.Thread(target=self._send_on, name="flowdesk-channel-out", daemon=True)
        self._sender.start()

    def send(self, message: dict[str, Any]) -> None:
        """Send a message. From any thread; returns at once, also where nobody is there any more, unless too many wait."""
        self._waiting.put(json.dumps(packed(message), default=str).encode() + b"\n")

    def read(self, hear: Callable[[dict[str, Any]], None]) -> None:
        """Call ``hear`` with each message until the other side is gone."""
        with contextlib.suppress(OSError, ValueError), self._line.makefile("rb") as lines:
            for line in lines:
                hear(unpacked(json.loads(line)))

    def close(self) -> None:
        """Send what waits and hang up. Blocks while the other side reads it, a second at the most."""
        self._waiting.put(None)
        self._sender.join(1.0)
        with contextlib.suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)
        self._line.close()

    def _send_on(self) -> None:
        with contextlib.suppress(OSError):
            while (content := self._waiting.get()) is not None:
                self._line.sendall(content)
