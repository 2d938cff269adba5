"""Asks the hub for the panel of robots and jobs, while that is shown, and carries out what is wanted there."""

import asyncio
import shutil
import tempfile
import weakref
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from shiboken6 import isValid

from flowdesk.aio import spawn
from flowdesk.i18n import language, tr, tr_all
from flowdesk.model.causes import system_cause
from flowdesk.model.errors import FileUnwritable, FlowdeskError
from flowdesk.model.sentence import say
from flowdesk.ui.panels.fleet import FleetPanel
from flowdesk.ui.peer import WindowPeer

LOOK_MS = 2000
"""Between two looks, while the panel is shown."""


class FleetDesk(QObject):
    """Stands between the panel and the session."""

    def __init__(self, peer: WindowPeer, panel: FleetPanel, parent: QObject) -> None:
        """Ask nothing before the panel is shown."""
        super().__init__(parent)
        self._peer, self.panel = peer, panel
        self._looking: asyncio.Task[None] | None = None
        self._reports: Path | None = None
        """Where reports lie that were asked for, as long as this lives."""
        panel.asked.connect(self.look)
        panel.job_asked.connect(lambda job: self._spawn(self._show_job(job)))
        panel.cancel_wanted.connect(lambda jobs: self._spawn(self._act("fleet.cancel", jobs)))
        panel.retry_wanted.connect(lambda jobs: self._spawn(self._act("fleet.retry", jobs)))
        panel.report_wanted.connect(lambda job: self._spawn(self._report(job)))
        self._clock = QTimer(self)
        self._clock.setInterval(LOOK_MS)
        self._clock.timeout.connect(self._look_again)

    def show(self, is_shown: bool) -> None:
        """Look now and from time to time, or no more."""
        if is_shown:
            self._clock.start()
            self.look()
        else:
            self._clock.stop()

    @property
    def is_looking(self) -> bool:
        """Whether the hub is asked from time to time."""
        return self._clock.isActive()

    def look(self) -> None:
        """Ask, also where an answer is still to come: it may be to another question."""
        self._looking = self._spawn(self._look())

    def _look_again(self) -> None:
        if self._looking is None or self._looking.done():  # a hub that is slow is not asked twice
            self.look()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        return spawn(self._told(work), "window fleet")

    async def _told(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except FlowdeskError as error:
            self.panel.show_fault(tr_all(error.message, error.fix))
        except RuntimeError:
            if isValid(self.panel):  # else the window was closed meanwhile
                raise

    async def _look(self) -> None:
        asked = self.panel.query
        robots = await self._peer.request("fleet.robots", {})
        jobs = await self._peer.request("fleet.jobs", asked)
        self.panel.show_fault("")
        self.panel.show_robots(robots["robots"])
        if asked == self.panel.query:
            self.panel.show_jobs(jobs)
        if (chosen := self.panel.chosen_job) is not None:
            await self._show_job(chosen)

    async def _show_job(self, job: int) -> None:
        self.panel.show_job((await self._peer.request("fleet.job", {"id": job}))["job"])

    async def _act(self, kind: str, jobs: list[int]) -> None:
        answers = (await self._peer.request(kind, {"jobs": jobs}))["answers"]
        await self._look()
        self.panel.show_fault(" ".join(tr(answer["message"]) for answer in answers if not answer["done"]))

    async def _report(self, job: int) -> None:
        """Write the report where it goes away with the window, and show it."""
        told = await self._peer.request("fleet.report", {"id": job, "language": language()})
        target = await asyncio.to_thread(self._written, Path(told["name"]).name, told["html"])
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(target)))

    def _written(self, name: str, html: str) -> Path:
        try:
            if self._reports is None or not self._reports.is_dir():
                self._reports = Path(tempfile.mkdtemp(prefix="flowdesk-report-"))
                weakref.finalize(self, shutil.rmtree, self._reports, ignore_errors=True)
            (self._reports / name).write_text(html, "utf-8")
        except OSError as error:
            raise FileUnwritable(
                say("{path} cannot be written: {reason}.", path=self._reports or name, reason=system_cause(error)),
                say("Check the disk and the folder's permissions."),
            ) from error
        return self._reports / name
