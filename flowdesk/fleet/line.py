"""A robot's line to the hub: one thread with one connection that takes jobs, hears of cancels, and delivers reports.

::

    Robot --wants, state, reports--> Line --SQL functions--> hub
    Robot <--job, cancel, trouble--- Line <--notifications--

It listens, and it asks again twice a second while something runs: what is listened for does not come back by itself after the
hub restarts. When the line breaks it is made again; what the hub gave and the robot never got is given back first.
"""

import contextlib
import json
import logging
import select
import shutil
import socket
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flowdesk.fleet.client import json_text
from flowdesk.fleet.connection import connect, meaning
from flowdesk.fleet.outbox import Outbox, Report
from flowdesk.fleet.states import MOST_ATTEMPTS
from flowdesk.model.errors import FlowdeskError, HubUnavailable
from flowdesk.model.sentence import say

if TYPE_CHECKING:
    import psycopg

logger = logging.getLogger(__name__)

BUSY, IDLE = 0.5, 1.0
"""Seconds between looks at the hub while a job runs, and while none does."""
LONGEST_PAUSE = 3.0
"""Seconds between attempts to reach the hub again."""
LEAVING = 5.0
"""Seconds that saying goodbye may take."""
AGAIN = 5.0
"""Seconds after which a report is delivered again that the hub had no room for."""
MOST_BUNDLES = 8
"""Frozen flows that are kept in memory."""


@dataclass(frozen=True)
class About:
    """What a robot says of itself."""

    name: str
    pool: str
    labels: dict[str, str]
    version: str
    desktops: int
    allows: tuple[str, ...] | None
    """Hashes of the flows that it runs; ``None`` for any from this hub."""


class Line:
    """The thread. Its callbacks come from it; everything else may be called from any thread."""

    def __init__(
        self,
        dsn: str,
        about: About,
        outbox: Outbox,
        take: Callable[[dict[str, Any], bytes], None],
        cancel: Callable[[int, str], None],
        trouble: Callable[[FlowdeskError | None], None],
    ) -> None:
        """Make the line.

        Args:
            dsn: The hub.
            about: The robot.
            outbox: What is to be delivered.
            take: Hears of a job that is ours now, and its frozen flow.
            cancel: Hears that a job of ours is to be stopped, and why; more than once.
            trouble: Hears that the hub is away, and with ``None`` that it is back.
        """
        self._dsn, self._about, self._outbox = dsn, about, outbox
        self._take, self._cancel, self._trouble = take, cancel, trouble
        self._lock = threading.Lock()
        self._wants = 0
        self._known: dict[str, int] = {}
        """Jobs that are ours, by their tokens, from when they were taken until their reports are delivered."""
        self._state = "here"
        self._robot: int | None = None
        self._is_ending = threading.Event()
        self._is_away: str | None = None
        self._bundles: OrderedDict[str, bytes] = OrderedDict()
        self._posted: dict[str, Report] = {}
        self._delivers_at = 0.0
        self._ear, self._bell = socket.socketpair()
        self._bell.setblocking(False)
        self._ear.setblocking(False)
        self._thread = threading.Thread(target=self._run, name="flowdesk-hub", daemon=True)

    def start(self, *, waits: bool) -> None:
        """Reach the hub, and go on from there in the thread.

        Args:
            waits: Whether to go on although the hub cannot be reached now: it is known, and may come up later than this machine.

        Raises:
            FlowdeskError: If the hub cannot be reached now, or does not let this robot in.
        """
        try:
            with contextlib.closing(connect(self._dsn)) as connection:
                self._join(connection)
        except HubUnavailable:
            if not waits:
                raise
        self._thread.start()

    def want(self, jobs: int) -> None:
        """Say how many more jobs could begin now."""
        with self._lock:
            self._wants += jobs
        self._ring()

    def drain(self) -> None:
        """Take no more jobs, and say so."""
        self._state = "draining"
        self._ring()

    def post(self, report: Report) -> None:
        """Deliver a report as soon as the hub takes it."""
        self._outbox.put(report)
        self._posted[report.token] = report
        self._ring()

    def end(self, seconds: float) -> None:
        """Deliver what is left, for so long at the most, leave the hub, and end the thread."""
        deadline = time.monotonic() + seconds
        while self._known and self._thread.is_alive() and time.monotonic() < deadline:
            self._thread.join(0.05)
        self._is_ending.set()
        self._ring()
        if self._thread.is_alive():
            self._thread.join(LEAVING)
        self._bell.close()
        self._ear.close()

    def _ring(self) -> None:
        with contextlib.suppress(OSError):
            self._bell.send(b".")

    # -- the thread ---------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        pause = 0.25
        while not self._is_ending.is_set():
            try:
                with contextlib.closing(connect(self._dsn)) as connection:
                    self._talk(connection, lambda: self._tell(None))
                    with contextlib.suppress(Exception):
                        connection.execute("SELECT flowdesk.leave(%s)", (self._robot,))
            except FlowdeskError as error:
                self._tell(error)
            except Exception as error:  # noqa: BLE001 - the robot outlives whatever the hub or its library does
                self._tell(meaning(error) if _is_of_database(error) else _unforeseen(error))
            else:
                continue
            self._is_ending.wait(pause)
            pause = LONGEST_PAUSE if self._is_away is not None and pause > 1 else pause * 2

    def _tell(self, error: FlowdeskError | None) -> None:
        """Say that the hub is away, once, and that it is back."""
        told = None if error is None else str(error.message)
        if (told is None) != (self._is_away is None):
            self._is_away = told
            self._trouble(error)

    def _talk(self, connection: "psycopg.Connection[psycopg.rows.TupleRow]", is_back: Callable[[], None]) -> None:
        self._join(connection)
        pool = connection.execute("SELECT md5(%s)", (self._about.pool,)).fetchone()
        assert pool is not None
        for channel in (f"flowdesk_robot_{self._robot}", f"flowdesk_pool_{pool[0]}"):
            connection.execute(f'LISTEN "{channel}"'.encode())
        connection.execute("SELECT flowdesk.give_back(%s, %s)", (self._robot, list(self._known)))
        is_back()
        asked, beaten, state, heard = 0.0, 0.0, "", frozenset({""})
        while not self._is_ending.is_set():
            # A job that came into the pool is taken at once: the hub is told of this robot first only where that is due, or it asks.
            if f"flowdesk_robot_{self._robot}" in heard or state != self._state or time.monotonic() - beaten >= BUSY:
                beaten, state = time.monotonic(), self._state
                self._beat(connection)
            self._deliver(connection)  # before the next job of the same desktop is taken
            if heard or time.monotonic() - asked >= IDLE:
                asked = time.monotonic()
                self._take_jobs(connection)
            heard = self._wait(connection, BUSY if self._known else IDLE)

    def _join(self, connection: "psycopg.Connection[psycopg.rows.TupleRow]") -> None:
        """Tell the hub of this robot, unless it knows it already; a hub that was made anew does not."""
        if self._robot is not None:
            try:
                connection.execute("SELECT * FROM flowdesk.beat(%s, %s)", (self._robot, self._state))
            except Exception as error:
                if getattr(error, "sqlstate", None) != "42501":
                    raise
            else:
                return
        about = self._about
        try:
            made = connection.execute(
                "SELECT flowdesk.join(%s, %s, %s::jsonb, %s, %s, %s)",
                (about.name, about.pool, json.dumps(about.labels), about.version, about.desktops,
                 None if about.allows is None else list(about.allows)),
            ).fetchone()  # fmt: skip
        except Exception as error:
            raise meaning(error) from error
        assert made is not None
        self._robot = made[0]

    def _beat(self, connection: "psycopg.Connection[psycopg.rows.TupleRow]") -> None:
        for job, reason in connection.execute(
            "SELECT * FROM flowdesk.beat(%s, %s)", (self._robot, self._state)
        ).fetchall():
            self._cancel(job, reason)

    def _wait(self, connection: "psycopg.Connection[psycopg.rows.TupleRow]", seconds: float) -> frozenset[str]:
        """Wait until the hub or the robot says something; return the channels on which the hub did, ``""`` for the robot."""
        said = {
            notice.channel for notice in connection.notifies(timeout=0)
        }  # what came with answers to other questions
        waits = 0.0 if said else seconds
        ready, _, _ = select.select([connection.fileno(), self._ear.fileno()], [], [], waits)
        with contextlib.suppress(BlockingIOError):
            self._ear.recv(4096)
        said |= {notice.channel for notice in connection.notifies(timeout=0)}
        return frozenset(said | ({""} if ready else set()))

    def _take_jobs(self, connection: "psycopg.Connection[psycopg.rows.TupleRow]") -> None:
        while self._state == "here" and self._wants > 0 and not self._is_ending.is_set():
            cursor = connection.execute("SELECT * FROM flowdesk.take(%s)", (self._robot,))
            row = cursor.fetchone()
            if row is None:
                return
            names = [column.name for column in cursor.description or ()]
            job = dict(zip(names, row, strict=True))
            self._known[job["token"]] = job["id"]
            with self._lock:
                self._wants -= 1
            self._take(job, self._bundle(connection, job))

    def _bundle(self, connection: "psycopg.Connection[psycopg.rows.TupleRow]", job: dict[str, Any]) -> bytes:
        packed = self._bundles.get(job["bundle"])
        if packed is None:
            try:
                found = connection.execute("SELECT flowdesk.bundle_of(%s, %s)", (job["id"], job["token"])).fetchone()
            except Exception:
                del self._known[job["token"]]  # it never began: it is given back when the hub is there again
                with self._lock:
                    self._wants += 1
                raise
            packed = self._bundles[job["bundle"]] = bytes(found[0]) if found is not None and found[0] else b""
            while len(self._bundles) > MOST_BUNDLES:
                self._bundles.popitem(last=False)
        return packed

    def _deliver(self, connection: "psycopg.Connection[psycopg.rows.TupleRow]") -> None:
        """Deliver reports. What the hub has no room for is tried again later: the line lives on meanwhile."""
        if time.monotonic() >= self._delivers_at:
            for report in self._outbox.waiting():
                try:
                    self._deliver_one(connection, report)
                except Exception as error:
                    if not _is_of_database(error) or connection.closed or connection.broken:
                        raise
                    self._keep_back(report, error)
        for token, report in tuple(self._posted.items()):
            if not self._outbox.has(report):
                del self._posted[token]
                self._known.pop(token, None)

    def _deliver_one(self, connection: "psycopg.Connection[psycopg.rows.TupleRow]", report: Report) -> None:
        for name, content in report.files():
            known = name.encode("utf-8", "replace").decode()
            connection.execute("SELECT flowdesk.gather(%s, %s, %s, %s)", (report.job, report.token, known, content))
            self._beat(connection)
        given = (report.job, report.token, json_text(report.outcome), MOST_ATTEMPTS)
        connection.execute("SELECT flowdesk.report(%s, %s, %s::jsonb, %s)", given)
        self._outbox.remove(report)
        shutil.rmtree(report.folder, ignore_errors=True)

    def _keep_back(self, report: Report, error: Exception) -> None:
        state = getattr(error, "sqlstate", None) or ""
        if state == "42501":
            logger.warning("the report of job %s was refused: %s", report.job, error)
            self._outbox.refuse(report)
        elif state.startswith("22") and report.outcome.get("result") is not None:
            self._outbox.put(replace(report, outcome={**report.outcome, "result": None}))
        else:
            logger.warning("the report of job %s could not be delivered: %s", report.job, error)
            self._delivers_at = time.monotonic() + AGAIN


def _is_of_database(error: Exception) -> bool:
    return type(error).__module__.partition(".")[0] == "psycopg"


def _unforeseen(error: Exception) -> FlowdeskError:
    logger.error("the line to the hub failed inside flowdesk", exc_info=error)
    return HubUnavailable(f"{type(error).__name__}: {error}", say("Check the log, and report the problem."))
