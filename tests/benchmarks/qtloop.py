"""The loop that Qt and asyncio share, as the window has it."""

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def run_beside_qt(measure: Callable[[Path], Awaitable[T]]) -> T:
    """Await a measurement, which is given an empty folder, on a dressed application's loop."""
    os.environ["QT_API"] = "pyside6"
    import qasync
    from PySide6.QtWidgets import QApplication

    from flowdesk.ui.style import dress
    from flowdesk.ui.theme import theme

    application = QApplication.instance() or QApplication(["flowdesk"])
    assert isinstance(application, QApplication)
    application.setQuitOnLastWindowClosed(False)
    theme.set_mode("light")
    dress(application)
    loop = qasync.QEventLoop(application)
    asyncio.set_event_loop(loop)
    try:
        with tempfile.TemporaryDirectory() as folder:
            found: T = loop.run_until_complete(measure(Path(folder)))
            return found
    finally:
        loop.close()
        asyncio.set_event_loop(None)
