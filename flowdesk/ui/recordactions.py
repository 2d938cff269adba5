"""What the window does with runs and their records: shows them on the canvas, stops, reports and keeps them."""

import asyncio
from functools import partial
from pathlib import Path

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
from flowdesk.ui.bench import Bench

REPORT = "report.html"
MOST_PICTURES = 24 * 1024 * 1024
"""Bytes of pictures that a report carries."""


class RecordActions:
    """Carries out what the panel of the runs asks for."""

    def __init__(self, bench: Bench) -> None:
        """Hear the panel of a window."""
        self._bench = bench
        self._session = bench.session
        panel = bench.runs
        panel.flow_chosen.connect(self._show_flow)
        panel.past_wanted.connect(self._show_past)
        panel.stop_wanted.connect(lambda flow, run: bench.peer.send("workflow.stop", {"run_id": run}, flow))
        panel.report_wanted.connect(lambda run: spawn(self._report(run), "flowdesk.ui.report"))
        panel.keep_wanted.connect(lambda run, is_kept: spawn(self._keep(run, is_kept), "flowdesk.ui.keep"))

    async def read(self) -> None:
        """Show the runs of earlier days, whose records lie on the disk."""
        self._bench.runs.show_earlier(await asyncio.to_thread(read_history, self._session.folders.runs))

    async def begin(self) -> None:
        """Show them, and say which of them were interrupted since the last start."""
        await self.read()
        for run in self._session.runs.interrupted:
            if run["is_new"]:
                name = run.get("name") or run["run_id"]
                self._bench.show_notice(tr(say("The last run of {name} was interrupted. See Runs.", name=name)))

    def _show_past(self, workflow_id: str, run_id: str) -> None:
        self._show_flow(workflow_id)
        tab = self._bench.tab_of(workflow_id)
        if tab is not None:
            tab.past_bar.show_run(run_id)

    def _show_flow(self, workflow_id: str, node_id: str = "") -> None:
        tab = self._bench.tab_of(workflow_id)
        if tab is None:
            self._bench.show_notice(tr("The flow of this run is not open."))
            return
        self._bench.tabs.setCurrentWidget(tab)
        if node_id:
            tab.jump_to(node_id)

    async def _report(self, run: ListedRun) -> None:
        write, folder = self._session.write_report, Path(str(run.get("folder")))
        assert write is not None
        target = folder / REPORT
        try:
            html = await asyncio.to_thread(partial(write, folder, language(), MOST_PICTURES))
            await asyncio.to_thread(partial(write_atomically, target, html.encode()))
        except FlowdeskError as error:
            self._bench.show_notice(tr(error.message))
            return
        except OSError as error:
            told = say("{path} cannot be written: {reason}.", path=target, reason=system_cause(error))
            self._bench.show_notice(tr(told))
            return
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(target)))

    async def _keep(self, run: ListedRun, is_kept: bool) -> None:
        try:
            await asyncio.to_thread(partial(keep_run, self._session.folders.runs, str(run["run_id"]), is_kept=is_kept))
        except FlowdeskError as error:
            self._bench.show_notice(tr(error.message))
        await self.read()
