"""Getting flowdesk's own windows out of the picture while something looks at the desktop."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from PySide6.QtWidgets import QApplication, QWidget

REDRAW_SECONDS = 0.35
"""What a desktop takes to redraw what the windows covered."""


@asynccontextmanager
async def aside(front: QWidget, keep: Collection[QWidget] = ()) -> AsyncIterator[None]:
    """Hide every window of flowdesk but ``keep``; bring them back at the end, ``front`` to the front."""
    hidden = [
        widget
        for widget in QApplication.topLevelWidgets()
        if widget.isVisible() and widget not in keep and widget.windowHandle() is not None
    ]
    for widget in hidden:
        widget.hide()
    try:
        await asyncio.sleep(REDRAW_SECONDS)
        yield
    finally:
        for widget in hidden:
            widget.show()
        front.raise_()
        front.activateWindow()
