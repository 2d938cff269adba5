"""What people do at the hub: submit, look, cancel, retry. Each call is one short conversation with the database."""

import contextlib
import json
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flowdesk.fleet.bundle import Bundle
from flowdesk.fleet.connection import connect, told
from flowdesk.fleet.items import Item
from flowdesk.fleet.states import LOST_AFTER, JobState

if TYPE_CHECKING:
    import psycopg

MOST_LISTED = 1000
"""Jobs in one answer; ``before`` goes on from there."""
AT_ONCE, MOST_CHARS = 5000, 16_000_000
"""Rows in one statement, and their characters, roughly."""

_ZERO = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
_TOLD_BY = "concat_ws(' ', j.flow, j.key, j.message, j.row::text) ILIKE %(like)s ESCAPE '!'"
_FIELDS = """j.id, j.batch, j.number, j.flow, j.bundle, j.pool, j.labels, j.priority, j.deadline, j.row, j.key, j.state, j.kind,
    j.message, j.code, j.fix, j.node, j.result, j.acted, j.attempt, j.retry_of, j.submitted_by, j.submitted, j.started, j.ended,
    j.cancel IS NOT NULL AS cancelling, r.name AS robot"""
_RETRIES = """WITH RECURSIVE chain (first, id) AS (SELECT id, id FROM flowdesk.job WHERE id = ANY (%(ids)s)
    UNION ALL SELECT chain.first, n.id FROM chain JOIN flowdesk.job n ON n.retry_of = chain.id)"""
"""Jobs by their numbers, and those that retry them."""


@dataclass(frozen=True)
class Order:
    """A submission."""

    bundle: Bundle
    items: Sequence[Item]
    pool: str = "default"
    labels: Mapping[str, str] | None = None
    priority: int = 0
    deadline: datetime | None = None
    desktop: str = ""
    """``private:WxH``, or empty for whatever the robot has."""
    by: str = ""


@dataclass(frozen=True)
class Submitted:
    """What became of a submission."""

    batch: str
    jobs: tuple[int, ...]
    """The new jobs, in the order of the rows."""
    doubles: tuple[tuple[int, int], ...]
    """Rows that are jobs already: the row's number, and that job."""


class Hub:
    """A conversation with the hub."""

    def __init__(self, connection: "psycopg.Connection[psycopg.rows.TupleRow]") -> None:
        """Talk over a connection."""
        self._connection = connection

    def submit(self, order: Order) -> Submitted:
        """Put jobs into the queue: all of them, or none.

        Raises:
            HubUnavailable: If the hub cannot be reached, or has no room.
        """
        bundle, batch = order.bundle, uuid.uuid4().hex[:12]
        about = {
            "batch": batch, "flow": bundle.flow.name, "bundle": bundle.hash, "pool": order.pool,
            "labels": dict(order.labels or {}), "priority": order.priority, "desktop": order.desktop, "by": order.by,
            "deadline": order.deadline.isoformat() if order.deadline else None, "repeatable": bundle.is_repeatable,
        }  # fmt: skip
        jobs: list[tuple[int, int]] = []
        doubles: list[tuple[int, int]] = []
        with told(), self._connection.transaction():
            self._connection.execute(
                "INSERT INTO flowdesk.bundle (hash, name, content) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                (bundle.hash, bundle.flow.name, bundle.pack()),
            )
            for items in _portions(order.items):
                given = (json_text(about), f"[{','.join(items)}]")
                for number, job, other in self._connection.execute(
                    "SELECT * FROM flowdesk.submit(%s::jsonb, %s::jsonb)", given
                ):
                    (jobs if other is None else doubles).append((number, job if other is None else other))
        return Submitted(batch, tuple(job for _, job in sorted(jobs)), tuple(sorted(doubles)))

    def counts(self, batch: str) -> dict[str, int]:
        """Return how many jobs of a batch are in each state; an automatic second attempt counts in place of the first."""
        return dict(self._rows(
            "SELECT state, count(*) FROM flowdesk.job j WHERE batch = %s"
            " AND NOT EXISTS (SELECT FROM flowdesk.job n WHERE n.retry_of = j.id) GROUP BY state", (batch,),
        ))  # fmt: skip

    def jobs(
        self,
        *,
        state: str = "",
        pool: str = "",
        batch: str = "",
        text: str = "",
        before: int | None = None,
        limit: int = 50,
    ) -> list[dict[str, Any]]:
        """Return jobs, the newest first, as JSON values. ``text`` stands in the flow's name, the key, the row or the message."""
        where = ["TRUE"]
        given: dict[str, Any] = {
            "limit": min(limit, MOST_LISTED),
            "state": state,
            "pool": pool,
            "batch": batch,
            "before": before,
            "like": "%" + re.sub("([%_!])", "!\\1", text) + "%",
        }
        where += [f"j.{name} = %({name})s" for name in ("state", "pool", "batch") if given[name]]
        where += [_TOLD_BY] if text else []
        where += ["j.id < %(before)s"] if before is not None else []
        self.sweep()
        return self._dicts(
            f"SELECT {_FIELDS} FROM flowdesk.job j LEFT JOIN flowdesk.robot r ON r.id = j.robot"
            f" WHERE {' AND '.join(where)} ORDER BY j.id DESC LIMIT %(limit)s", given,
        )  # fmt: skip

    def all_counts(self) -> dict[str, int]:
        """Return how many jobs there are in each state."""
        return dict(self._rows("SELECT state, count(*) FROM flowdesk.job GROUP BY state", ()))

    def file(self, number: int, name: str, most: int) -> bytes | None:
        """Return a file that was gathered with a job, ``None`` if there is none or it has more than ``most`` bytes."""
        found = self._rows(
            "SELECT content FROM flowdesk.file WHERE job = %s AND name = %s AND length(content) <= %s", (number, name, most)
        )  # fmt: skip
        return bytes(found[0][0]) if found else None

    def results(self, batch: str) -> list[dict[str, Any]]:
        """Return the last attempt of each row of a batch, in the order of the rows."""
        self.sweep()
        return self._dicts(
            f"SELECT DISTINCT ON (j.number) {_FIELDS} FROM flowdesk.job j LEFT JOIN flowdesk.robot r ON r.id = j.robot"
            " WHERE j.batch = %(batch)s ORDER BY j.number, j.id DESC", {"batch": batch},
        )  # fmt: skip

    def open_among(self, numbers: Sequence[int]) -> int:
        """Return how many of these jobs, or of the jobs that retry them, have not ended."""
        sql = f"{_RETRIES} SELECT count(*) FROM chain JOIN flowdesk.job j ON j.id = chain.id WHERE j.state IN ('waiting', 'running')"
        return int(self._dicts(sql, {"ids": list(numbers)})[0]["count"])

    def those(self, numbers: Sequence[int]) -> dict[int, dict[str, Any]]:
        """Return jobs by their numbers, as JSON values: of one that was retried, its last retry."""
        found = self._dicts(
            f"{_RETRIES} SELECT DISTINCT ON (chain.first) chain.first AS asked, {_FIELDS} FROM chain"
            " JOIN flowdesk.job j ON j.id = chain.id LEFT JOIN flowdesk.robot r ON r.id = j.robot"
            " ORDER BY chain.first, j.id DESC", {"ids": list(numbers)},
        )  # fmt: skip
        return {job.pop("asked"): job for job in found}

    def job(self, number: int) -> dict[str, Any] | None:
        """Return one job with its files, the job that retries it, and why it waits; ``None`` if there is none."""
        self.sweep()
        found = self._dicts(
            f"SELECT {_FIELDS}, j.variables, j.desktop, j.repeatable FROM flowdesk.job j"
            " LEFT JOIN flowdesk.robot r ON r.id = j.robot WHERE j.id = %(id)s", {"id": number},
        )  # fmt: skip
        if not found:
            return None
        files = self._rows("SELECT name, length(content) FROM flowdesk.file WHERE job = %s ORDER BY name", (number,))
        retried = self._rows("SELECT id FROM flowdesk.job WHERE retry_of = %s ORDER BY id", (number,))
        return {
            **found[0],
            "files": [{"name": name, "size": size} for name, size in files],
            "retried_by": retried[0][0] if retried else None,
            "waits_for": self._waits_for(found[0]) if found[0]["state"] == JobState.WAITING else "",
        }

    def _waits_for(self, job: Mapping[str, Any]) -> str:
        """Return what keeps a job waiting: ``robot``, ``label``, ``permission`` or ``turn``."""
        (pool, labels, allowed), *_ = self._rows(
            "SELECT count(*), count(*) FILTER (WHERE %(labels)s::jsonb <@ labels),"
            " count(*) FILTER (WHERE %(labels)s::jsonb <@ labels AND (allows IS NULL OR %(bundle)s = ANY (allows)))"
            " FROM flowdesk.robot WHERE pool = %(pool)s AND state = 'here' AND seen > now() - %(lost)s * interval '1 second'",
            {"labels": json_text(job["labels"]), "bundle": job["bundle"], "pool": job["pool"], "lost": LOST_AFTER},
        )  # fmt: skip
        return "robot" if not pool else "label" if not labels else "permission" if not allowed else "turn"

    def files(self, number: int) -> Iterator[tuple[str, bytes]]:
        """Yield the files that were gathered with a job, by name."""
        names = self._rows("SELECT name FROM flowdesk.file WHERE job = %s ORDER BY name", (number,))
        for (name,) in names:
            for (content,) in self._rows(
                "SELECT content FROM flowdesk.file WHERE job = %s AND name = %s", (number, name)
            ):
                yield str(name), bytes(content)

    def cancel(self, number: int, reason: str) -> str | None:
        """Cancel a job.

        Returns:
            ``cancelled``; ``asked`` where its robot stops it now; its state where it has ended; ``None`` if there is none.
        """
        return str(found) if (found := self._rows("SELECT flowdesk.cancel(%s, %s)", (number, reason))[0][0]) else None

    def retry(self, number: int) -> tuple[str, int | None] | None:
        """Have a job run again as a new one.

        Returns:
            Its state and the new job; or why not (``retried``, ``double``, its state) and the other job; ``None`` if there is none.
        """
        found = self._rows("SELECT * FROM flowdesk.retry(%s)", (number,))
        return (str(found[0][0]), found[0][1]) if found else None

    def in_batch(self, batch: str) -> list[int]:
        """Return the jobs of a batch."""
        return [
            number for (number,) in self._rows("SELECT id FROM flowdesk.job WHERE batch = %s ORDER BY id", (batch,))
        ]

    def robots(self) -> list[dict[str, Any]]:
        """Return the robots that were here within a day, as JSON values: ``state`` is busy, idle, draining, lost or gone."""
        self.sweep()
        return self._dicts(
            "SELECT r.id, r.name, r.pool, r.labels, r.version, r.desktops, r.allows, r.owner AS account, r.joined, r.seen, b.busy,"
            " CASE WHEN r.state = 'gone' THEN 'gone' WHEN r.seen < now() - %(lost)s * interval '1 second' THEN 'lost'"
            " WHEN r.state = 'draining' THEN 'draining' WHEN b.busy > 0 THEN 'busy' ELSE 'idle' END AS state"
            " FROM flowdesk.robot r, LATERAL (SELECT count(*) AS busy FROM flowdesk.job j WHERE j.robot = r.id"
            " AND j.state = 'running') b WHERE r.seen > now() - interval '1 day' ORDER BY r.id DESC LIMIT 1000",
            {"lost": LOST_AFTER},
        )  # fmt: skip

    def sweep(self) -> None:
        """Let the hub look for what is overdue: deadlines that passed, robots that are silent."""
        self._rows("SELECT flowdesk.sweep()", ())

    def _rows(self, sql: str, given: Any) -> list[tuple[Any, ...]]:
        with told():
            return self._connection.execute(sql, given).fetchall()

    def _dicts(self, sql: str, given: Any) -> list[dict[str, Any]]:
        with told():
            cursor = self._connection.execute(sql, given)
            names = [column.name for column in cursor.description or ()]
            return [{name: plain(value) for name, value in zip(names, row, strict=True)} for row in cursor.fetchall()]


def _portions(items: Sequence[Item]) -> Iterator[list[str]]:
    """Yield items as JSON texts, as many at once as a statement may hold."""
    portion: list[str] = []
    size = 0
    for item in items:
        portion.append(json_text(item.payload()))
        size += len(portion[-1])
        if len(portion) >= AT_ONCE or size >= MOST_CHARS:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion


@contextlib.contextmanager
def hub_at(dsn: str) -> Iterator[Hub]:
    """Talk to the hub for a while.

    Raises:
        MissingPiece: If the extra is not installed.
        HubUnavailable: If it cannot be reached.
    """
    with contextlib.closing(connect(dsn)) as connection:
        yield Hub(connection)


def plain(value: Any) -> Any:
    """Return a value of the database as JSON has it."""
    return value.isoformat() if isinstance(value, datetime) else value


def json_text(values: Any) -> str:
    """Return JSON as the database takes it: without the character zero and halves of characters, which it cannot keep."""
    return _ZERO.sub(
        r"\1\\ufffd", json.dumps(values, ensure_ascii=False, default=str).encode("utf-8", "replace").decode()
    )
