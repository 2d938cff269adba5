"""What the window does with the records of runs: reports and keeps them."""

import asyncio
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from flowdesk.aio import spawn
from flowdesk.i18n import language, tr
from flowdesk.model.causes import system_cause
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.sentence import say
from flowdesk.protocol.events import ListedRun
from flowdesk.session.history import keep_run, read_history
from flowdesk.session.storage import write_atomically

if TYPE_CHECKING:
    from flowdesk.ui.window import MainWindow

REPORT = "report.html"
MOST_PICTURES = 24 * 1024 * 1024
"""Bytes of pictures that a report carries."""


class RecordActions:
    """Carries out what the panel of the runs asks for."""

    def __init__(self, window: "MainWindow") -> None:
        """Hear the panel of ``window``."""
        self._window = window
        self._session = window.session
        panel = window.runs
        panel.report_wanted.connect(lambda run: spawn(self._report(run), "flowdesk.ui.report"))
        panel.keep_wanted.connect(lambda run, is_kept: spawn(self._keep(run, is_kept), "flowdesk.ui.keep"))

    async def read(self) -> None:
        """Show the runs of earlier days, whose records lie on the disk."""
        self._window.runs.show_earlier(await asyncio.to_thread(read_history, self._session.folders.runs))

    async def _report(self, run: ListedRun) -> None:
        write, folder = self._session.write_report, Path(str(run.get("folder")))
        assert write is not None
        target = folder / REPORT
        try:
            html = await asyncio.to_thread(partial(write, folder, language(), MOST_PICTURES))
            await asyncio.to_thread(partial(write_atomically, target, html.encode()))
        except FlowdeskError as error:
            self._window.show_notice(tr(error.message))
            return
        except OSError as error:
            told = say("{path} cannot be written: {reason}.", path=target, reason=system_cause(error))
            self._window.show_notice(tr(told))
            return
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(target)))

    async def _keep(self, run: ListedRun, is_kept: bool) -> None:
        try:
            await asyncio.to_thread(partial(keep_run, self._session.folders.runs, str(run["run_id"]), is_kept=is_kept))
        except FlowdeskError as error:
            self._window.show_notice(tr(error.message))
        await self.read()
