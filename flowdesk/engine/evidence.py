"""The pictures that a failure leaves in the run's folder."""

import asyncio
import contextlib
import re
from pathlib import Path
from typing import Protocol

from flowdesk.engine.ports import Eyes
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.flow import Node

MOST_PICTURES = 100
"""Pictures of failures that a run keeps: one that fails in a loop would fill its folder with them."""
PATIENCE = 1.0
"""Seconds that a picture may take."""


class Folder(Protocol):
    """A run's folder: the only place where a run writes pictures."""

    path: Path

    def save(self, name: str, content: bytes) -> Path:
        """Write a file under the folder and return its path.

        Raises:
            NodeError: If the name would leave the folder, or the quota is used up.
        """


class Evidence:
    """Keeps the pictures of one run's failures."""

    def __init__(self, folder: Folder | None) -> None:
        """Keep them in ``folder``, where the run has one."""
        self._folder = folder
        self._count = 0

    async def keep(self, error: FlowdeskError, node: Node, eyes: Eyes | None) -> None:
        """Keep what the desktop looks like now, unless the error brought a picture or the run does not use the desktop."""
        if eyes is None or self._folder is None or error.details.get("picture") or self._count >= MOST_PICTURES:
            return
        self._count += 1
        with contextlib.suppress(FlowdeskError, TimeoutError):
            content = await asyncio.wait_for(eyes.screenshot(), PATIENCE)
            error.details["picture"] = str(self._folder.save(f"failed-{file_name(node.id)}.png", content))


def keep_picture(folder: Folder | None, name: str, content: bytes | None) -> str | None:
    """Write a picture if there is one and a place for it, and return its path. A full folder hides no other error."""
    if folder is None or content is None:
        return None
    try:
        return str(folder.save(name, content))
    except FlowdeskError:
        return None


def file_name(text: str) -> str:
    """Return a text, such as a node's id, as a part of a file's name."""
    return re.sub(r"[^\w\-]+", "-", text).strip("-")[:80] or "node"
