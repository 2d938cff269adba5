"""sway's own interface (sway-ipc(7)): the tree of windows, commands, the configuration, events."""

import contextlib
import json
import os
import socket
import struct
import sys
import threading
from typing import Any

from flowdesk.drivers.wayland import session
from flowdesk.drivers.wayland.unix import unix_socket
from flowdesk.model.errors import DesktopUnavailable, NodeError
from flowdesk.model.sentence import say

MAGIC = b"i3-ipc"
_HEAD = struct.Struct("=6sII")
COMMAND, SUBSCRIBE, OUTPUTS, TREE, VERSION, CONFIG = 0, 2, 3, 4, 7, 9
EVENT = 1 << 31
PATIENCE = 3.0
"""Seconds that sway may take to answer."""


class Sway:
    """A connection to sway. All methods may be called from any thread."""

    def __init__(self, place: str | None = None) -> None:
        """Connect.

        Raises:
            DesktopUnavailable: If sway does not answer.
        """
        self._lock = threading.Lock()
        self._line = unix_socket()
        self._line.settimeout(PATIENCE)
        try:
            self._line.connect(place or os.environ.get("SWAYSOCK", ""))
        except OSError as refused:
            self._line.close()
            raise DesktopUnavailable(
                say("sway does not respond at SWAYSOCK: {reason}", reason=refused.strerror or str(refused)),
                say("Start flowdesk from a terminal in the session."),
            ) from refused

    def close(self) -> None:
        """Disconnect. Idempotent."""
        self._line.close()

    def fileno(self) -> int:
        """Return what can be waited for."""
        return self._line.fileno()

    def ask(self, kind: int, payload: str = "") -> Any:
        """Ask, and return the answer.

        Raises:
            DesktopUnavailable: If sway is gone or does not answer.
        """
        raw = payload.encode()
        with self._lock:
            try:
                self._line.sendall(_HEAD.pack(MAGIC, len(raw), kind) + raw)
                while True:
                    told, answer = self._message()
                    if told == kind:
                        return answer
            except (OSError, ValueError) as broken:
                self.close()
                raise session.lost() from broken

    def event(self) -> tuple[int, Any]:
        """Read the next event: its number and what it says.

        Raises:
            DesktopUnavailable: If sway is gone.
        """
        try:
            return self._message()
        except (OSError, ValueError) as broken:
            raise session.lost() from broken

    def _message(self) -> tuple[int, Any]:
        head = self._exactly(_HEAD.size)
        _, length, kind = _HEAD.unpack(head)
        return kind, json.loads(self._exactly(length) or b"null")

    def _exactly(self, count: int) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            piece = self._line.recv(count - len(parts))
            if not piece:
                raise ConnectionResetError("sway closed the connection")
            parts += piece
        return bytes(parts)

    def tree(self) -> dict[str, Any]:
        """Return the tree of outputs, workspaces and windows."""
        found: dict[str, Any] = self.ask(TREE)
        return found

    def outputs(self) -> list[dict[str, Any]]:
        """Return the outputs that are on."""
        return [each for each in self.ask(OUTPUTS) if each.get("active")]

    def command(self, text: str) -> None:
        """Have a command done.

        Raises:
            NodeError: If sway refuses it.
        """
        for answer in self.ask(COMMAND, text):
            if not answer.get("success"):
                raise NodeError(
                    say("sway refused: {reason}", reason=answer.get("error", text)),
                    say("Find the window again before you use it."),
                )

    def process(self) -> int:
        """Return sway's process, 0 where that is not known."""
        if sys.platform != "linux":
            return 0
        with contextlib.suppress(OSError):
            size = struct.calcsize("3i")
            told = self._line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
            return int(struct.unpack("3i", told)[0])
        return 0
