"""A robot: takes jobs from the hub and runs each on a desktop, one at a time on each, in its own process tree.

The runs are those of any session: with its lease, its brake, its emergency stop and its records. A person who stops a run at
the robot stops the robot: it takes nothing more.
"""

import asyncio
import logging
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flowdesk.aio import in_thread
from flowdesk.engine.context import Called, Services
from flowdesk.engine.options import RunOptions
from flowdesk.fleet.bundle import Bundle, thaw
from flowdesk.fleet.line import About, Line
from flowdesk.fleet.outbox import Outbox, Report, stamps
from flowdesk.fleet.states import JobState, Outcome, outcome_of, unable
from flowdesk.model.errors import DesktopUnavailable, FlowdeskError, NotAllowed
from flowdesk.model.sentence import say
from flowdesk.session.names import SUFFIX
from flowdesk.session.paths import read_path
from flowdesk.session.runs import LiveRun
from flowdesk.session.session import Session
from flowdesk.session.storage import assets_folder, open_flow

logger = logging.getLogger(__name__)

LAST_SECONDS = 10.0
"""How long the last reports may take when the robot ends."""
Tell = Callable[[str], None]


@dataclass
class Work:
    """A job that this robot has."""

    job: Mapping[str, Any]
    folder: Path
    begun: float = field(default_factory=time.time)
    live: LiveRun | None = None
    stopped_for: str = ""
    """Why the robot stops it."""

    def is_stopped(self) -> bool:
        """Whether the robot stops it."""
        return self.stopped_for != ""

    def stop(self, reason: str) -> None:
        """Stop it, now or as soon as it begins."""
        self.stopped_for = self.stopped_for or reason
        if self.live is not None:
            self.live.runner.stop(reason)


class Robot:
    """Runs jobs until it is told to end. Everything but ``end`` is called on its event loop."""

    def __init__(self, session: Session, dsn: str, about: About, folder: Path, tell: Tell, *, is_private: bool) -> None:
        """Make a robot.

        Args:
            session: Runs the flows.
            dsn: The hub.
            about: What it says of itself.
            folder: Where it keeps what it was given and what it has not reported yet.
            tell: Hears sentences for people.
            is_private: Whether each job gets a desktop of its own.
        """
        self._session, self._about, self._folder, self._tell = session, about, folder, tell
        self._is_private = is_private
        self._works: dict[int, Work] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._free = list(range(about.desktops, 0, -1))
        self._is_ending = asyncio.Event()
        self._is_stopping = asyncio.Event()
        self._was_stopped = False
        """Whether a person stopped a run here."""
        self._loop = asyncio.get_running_loop()
        self._line = Line(dsn, about, Outbox(folder / "outbox"), self._given, self._asked_to_cancel, self._told)

    async def run(self, patience: float, *, waits: bool = False) -> None:
        """Work until ``end``; then wait so many seconds for what is under way before it is stopped.

        ``waits`` goes on although the hub cannot be reached at the beginning.

        Raises:
            FlowdeskError: If the hub cannot be reached at the beginning, or does not let this robot in.
        """
        try:
            await asyncio.to_thread(lambda: self._line.start(waits=waits))
        except BaseException:
            self._line.end(0.0)
            raise
        self._tell(say("{name} is waiting for jobs in the pool {pool}.", name=self._about.name, pool=self._about.pool))
        self._line.want(len(self._free))
        try:
            await self._is_ending.wait()
            self._line.drain()
            if self._tasks:
                if not self._was_stopped:
                    self._tell(say("Shutting down. {count} running jobs finish first. Press Ctrl+C again to stop them.", count=len(self._tasks)))  # fmt: skip
                await self._finish(patience)
        finally:
            for work in self._works.values():
                work.stop(say("The robot was shut down."))
            if self._tasks:
                await asyncio.wait(self._tasks)
            await asyncio.to_thread(self._line.end, LAST_SECONDS)

    async def _finish(self, patience: float) -> None:
        """Wait for what is under way, until it is to be stopped."""
        stopping = self._loop.create_task(self._is_stopping.wait(), name="flowdesk.robot.stopping")
        working = self._loop.create_task(self._all_done(), name="flowdesk.robot.finishing")
        await asyncio.wait((stopping, working), timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        for task in (stopping, working):
            task.cancel()

    async def _all_done(self) -> None:
        while self._tasks:
            await asyncio.wait(self._tasks)

    def end(self) -> None:
        """Take no more jobs and end when those under way have; called again, stop them. From any thread."""
        self._loop.call_soon_threadsafe(self._end)

    def _end(self) -> None:
        (self._is_stopping if self._is_ending.is_set() else self._is_ending).set()

    # -- what the line says, in its thread ----------------------------------------------------------------------------

    def _given(self, job: dict[str, Any], packed: bytes) -> None:
        self._loop.call_soon_threadsafe(self._begin, job, packed)

    def _asked_to_cancel(self, job: int, reason: str) -> None:
        work = self._works.get(job)
        if work is not None and not work.is_stopped():
            work.stop(reason)

    def _told(self, error: FlowdeskError | None) -> None:
        if error is None:
            self._tell(say("The hub is back."))
        else:
            self._tell(say("{message} Running jobs continue and are reported later.", message=error.message))

    # -- a job --------------------------------------------------------------------------------------------------------

    def _begin(self, job: dict[str, Any], packed: bytes) -> None:
        slot = self._free.pop()
        work = self._works[job["id"]] = Work(job, self._folder / "jobs" / f"{job['id']}-{job['token'][:8]}")
        task = self._loop.create_task(self._carry_out(work, packed, slot), name=f"flowdesk.job.{job['id']}")
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._ended(done, work, slot))

    def _ended(self, task: "asyncio.Task[None]", work: Work, slot: int) -> None:
        self._tasks.discard(task)
        self._works.pop(work.job["id"], None)
        self._free.append(slot)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("job %s failed inside flowdesk", work.job["id"], exc_info=error)
        if not self._is_ending.is_set():
            self._line.want(1)

    async def _carry_out(self, work: Work, packed: bytes, slot: int) -> None:
        job, known = work.job, dict[str, str]()
        self._tell(say("Job {id} started: {flow}", id=job["id"], flow=job["flow"]))
        try:
            bundle, known = await in_thread(lambda: self._unpack(work, packed), "flowdesk.unpack")
            outcome = await self._run(work, bundle, slot)
        except DesktopUnavailable as error:
            outcome = replace(unable(str(error.message), str(error.fix), error.code), again=True)
        except FlowdeskError as error:
            outcome = unable(str(error.message), str(error.fix), error.code)
        except OSError as error:
            reason = error.strerror or str(error)
            outcome = unable(
                say("The robot could not save the job's files: {reason}.", reason=reason), "", "fleet.disk"
            )
        if outcome.state is JobState.CANCELLED and not work.is_stopped():
            self._tell(say("A run was stopped at this robot. The robot takes no more jobs."))
            self._was_stopped = True
            self._is_ending.set()
        report = Report(job["id"], job["token"], outcome.payload(), work.folder, known)
        while True:
            try:
                await asyncio.to_thread(self._line.post, report)
            except OSError as error:
                self._tell(say("The report of job {id} cannot be saved: {reason}.", id=job["id"], reason=str(error)))
                await asyncio.sleep(1.0)
            else:
                break
        self._tell(
            say("Job {id} ended: {state}. {message}", id=job["id"], state=outcome.state, message=outcome.message)
        )

    def _unpack(self, work: Work, packed: bytes) -> tuple[Bundle, dict[str, str]]:
        """Lay out what the job brings; return it, and what its files are like before it runs."""
        if self._about.allows is not None and work.job["bundle"] not in self._about.allows:
            raise NotAllowed(
                say("This robot is not allowed to run this flow."),
                say("Allow it at the robot: flowdesk worker --allow {hash}", hash=work.job["bundle"]),
            )
        bundle = thaw(packed, work.job["bundle"])
        shutil.rmtree(work.folder, ignore_errors=True)
        bundle.lay_out(work.folder / "work")
        return bundle, stamps(work.folder / "work")

    async def _run(self, work: Work, bundle: Bundle, slot: int) -> Outcome:
        job, session = work.job, self._session
        place, desktop = work.folder / "work" / bundle.main, job["desktop"]
        asked = desktop or str((bundle.flow.model_extra or {}).get("desktop") or "")
        if self._is_private and not asked.startswith("private"):
            desktop = "private"
        options = RunOptions(variables=variables_of(job), desktop=desktop)
        if work.is_stopped():
            return Outcome(JobState.CANCELLED, message=work.stopped_for)
        workflow_id = f"fleet-{slot}"
        work.live = session.runs.start(
            workflow_id, bundle.flow, session.journal(workflow_id), options,
            services=self._services(place), started_by=say("job {id}", id=job["id"]), report=work.folder / "run",
        )  # fmt: skip
        if work.is_stopped():  # it came meanwhile, in the line's thread
            work.live.runner.stop(work.stopped_for)
        assert work.live.task is not None
        finished = await work.live.task
        return outcome_of(finished, work.stopped_for, is_repeatable=bundle.is_repeatable)

    def _services(self, place: Path) -> Services:
        """Return what a run is given: nobody is asked, and what it calls came with it."""
        root = place.parent

        def load(folder: Path, name: str) -> Called:
            path = read_path(name if name.endswith(".json") else name + SUFFIX, folder)
            if not path.resolve().is_relative_to((self._folder / "jobs").resolve()):
                raise NotAllowed(
                    say('The flow "{name}" is not part of the job.', name=name),
                    say("Name subflows by a path relative to the flow, then submit it again."),
                )
            return Called(open_flow(path).flow, path.parent, assets_folder(path), None)

        shared = self._session.services
        return replace(shared, assets=assets_folder(place), home=root, ask=None, permit=None, load_flow=load)


def variables_of(job: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables that a job's run begins with: those for all, the row's columns, ``row`` and ``job``."""
    row = job["row"] or {}
    about = {name: job[name] for name in ("id", "key", "number", "batch", "attempt", "pool")}
    return {**job["variables"], **row, **({"row": row} if job["row"] is not None else {}), "job": about}
