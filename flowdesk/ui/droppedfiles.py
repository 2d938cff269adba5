"""Files dropped on the canvas become nodes: a picture is clicked, a table read, a program started."""

import asyncio
import base64
import os
import re
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPointF

from flowdesk.i18n import tr
from flowdesk.model.flow import new_node
from flowdesk.model.naming import fresh_id
from flowdesk.model.sentence import say
from flowdesk.ui.canvas import editing, placing
from flowdesk.ui.canvas.card import WIDTH, snapped
from flowdesk.ui.tab import FlowTab

PICTURES = frozenset({".png", ".jpg", ".jpeg"})
TABLES = frozenset({".csv", ".tsv", ".xlsx"})


async def add_dropped(tab: FlowTab, path: str, at: QPointF) -> None:
    """Add the node that fits a file at a place of the scene; a picture is stored beside the flow.

    Raises:
        FlowdeskError: If a picture cannot be stored.
    """
    file = Path(path)
    kind, config = await node_for(tab, file)
    x, y = snapped(at.x() - WIDTH / 2), snapped(at.y() - 30)
    node = new_node(
        kind, id=fresh_id(kind, tab.scene.draft, tab.catalogue.functions), x=x, y=y, label=file.stem[:60], config=config
    )
    node = placing.moved(node, placing.place_of(tab.scene.draft, tab.catalogue, node))
    changes = editing.add_node(tab.scene.draft, tab.catalogue, node, None)
    tab.view.request(changes, tr(say("Add {title}", title=file.name)), select=[node.id])


async def node_for(tab: FlowTab, file: Path) -> tuple[str, dict[str, Any]]:
    """Return the type and the config of the node that a file becomes.

    Raises:
        FlowdeskError: If a picture cannot be stored.
    """
    suffix = file.suffix.lower()
    if suffix in PICTURES:
        content = await asyncio.to_thread(file.read_bytes)
        name = re.sub(r"[^\w\-. ]", "-", file.name)[-80:]
        picture = {"name": name, "data": base64.b64encode(content).decode()}
        stored = await tab.peer.request("asset.put", picture, tab.workflow_id)
        return "click", {"selector": f"image={stored['name']}"}
    written = _written(file, tab.path)
    if suffix in TABLES:
        return "readTable", {"path": written}
    is_program = await asyncio.to_thread(lambda: file.is_file() and os.access(file, os.X_OK))
    if is_program:
        return "launch", {"command": [str(file)]}
    return "file", {"operation": "read", "path": written}


def _written(file: Path, flow: str | None) -> str:
    """Return a path as it goes into the flow: relative to the flow's folder where it lies below it."""
    folder = Path(flow).parent if flow else None
    return file.relative_to(folder).as_posix() if folder is not None and file.is_relative_to(folder) else str(file)
