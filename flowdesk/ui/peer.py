"""The window as a peer of the session: it asks like a browser does and hears the same events."""

import asyncio
import logging
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from flowdesk.aio import spawn
from flowdesk.model.errors import FlowdeskError
from flowdesk.protocol.asking import Asking
from flowdesk.protocol.messages import REQUESTS, Role
from flowdesk.session.peer import Message
from flowdesk.session.session import Session

logger = logging.getLogger(__name__)

FRAME = 16
"""Milliseconds in which states of nodes, lines of the log and progress are gathered before they are shown."""
_AFTER_THE_REST = frozenset({"execution.complete", "execution.error", "execution.snapshot"})
"""What is told only after everything before it."""


class WindowPeer(QObject):
    """Turns the session's events into Qt signals."""

    message = Signal(object)
    """Every event but those that are gathered, as it comes."""
    logs = Signal(str, object)
    """Workflow id and the payloads of log lines since the last frame, in order."""
    progress = Signal(str, object)
    """Workflow id and the payload of the last progress since the last frame."""
    nodes = Signal(str, object)
    """Workflow id and the payloads of node events since the last frame, in order; the first has the ways of all."""
    failed = Signal(object)
    """A ``FlowdeskError`` of a request that nobody awaits."""

    name = "window"
    role = Role.RUN
    is_local = is_owner = shows_checks = True
    hand = person = ""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        """Belong to a session; ``connect_to_session`` makes it known there."""
        super().__init__(parent)
        self.id = f"window-{uuid.uuid4().hex[:8]}"
        self.session = session
        self.request: Asking = self._request
        """Asks the session and returns the payload of its reply; raises a ``FlowdeskError`` if it refuses."""
        self._gathered: dict[tuple[str, str, bool], dict[str, Any]] = {}
        self._lines: dict[str, list[dict[str, Any]]] = {}
        self._progress: dict[str, dict[str, Any]] = {}
        self._ways: dict[str, dict[str, int]] = {}
        self._sent: set[asyncio.Task[None]] = set()
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.setInterval(FRAME)
        self._frame.timeout.connect(self.flush)

    def connect_to_session(self) -> None:
        """Come to the session: the status is told at once."""
        self.session.connect(self)

    def deliver(self, message: Message) -> None:
        """Take a message of the session."""
        kind = message["type"]
        if kind.startswith("node."):
            payload = message["payload"]
            key = (message["workflow_id"], payload["node_id"], kind == "node.running")
            self._gathered.pop(key, None)
            self._gathered[key] = payload
            if "ways" in payload:
                self._ways.setdefault(message["workflow_id"], {}).update(payload["ways"])
        elif kind == "execution.log":
            self._lines.setdefault(message["workflow_id"], []).append(message["payload"])
        elif kind == "execution.progress":
            self._progress[message["workflow_id"]] = message["payload"]
        else:
            if kind in _AFTER_THE_REST or (kind == "system.status" and message["workflow_id"]):
                self.flush()
            self.message.emit(message)
            return
        if not self._frame.isActive():
            self._frame.start()

    def flush(self) -> None:
        """Show what was gathered so far."""
        self._frame.stop()
        lines, self._lines = self._lines, {}
        progress, self._progress = self._progress, {}
        gathered, self._gathered = self._gathered, {}
        by_flow: dict[str, list[dict[str, Any]]] = {}
        for (workflow_id, _, _), payload in gathered.items():
            by_flow.setdefault(workflow_id, []).append(payload)
        ways, self._ways = self._ways, {}
        for workflow_id, payloads in by_flow.items():
            if workflow_id in ways:
                payloads[0] = {**payloads[0], "ways": ways[workflow_id]}
            self.nodes.emit(workflow_id, payloads)
        for workflow_id, payloads in lines.items():
            self.logs.emit(workflow_id, payloads)
        for workflow_id, payload in progress.items():
            self.progress.emit(workflow_id, payload)

    async def _request(self, type: str, payload: Mapping[str, Any] | None = None, workflow_id: str = "") -> Any:
        model = REQUESTS[type].payload.model_validate(dict(payload or {}))
        return await self.session.submit(self, type, model, workflow_id, uuid.uuid4().hex)

    def send(
        self,
        type: str,
        payload: Mapping[str, Any] | None = None,
        workflow_id: str = "",
        refused: Callable[[FlowdeskError], bool] | None = None,
    ) -> None:
        """Ask the session and tell a refusal by ``failed``, unless ``refused`` takes care of it."""
        task = spawn(self._report(type, payload, workflow_id, refused), f"window {type}")
        self._sent.add(task)
        task.add_done_callback(self._sent.discard)

    async def settle(self) -> None:
        """Wait until everything that was sent is answered."""
        while self._sent:
            await asyncio.wait(set(self._sent))

    async def _report(
        self,
        type: str,
        payload: Mapping[str, Any] | None,
        workflow_id: str,
        refused: Callable[[FlowdeskError], bool] | None,
    ) -> None:
        try:
            await self.request(type, payload, workflow_id)
        except FlowdeskError as error:
            if refused is None or not refused(error):
                self.failed.emit(error)
