"""Makes a database a hub: Procrastinate's tables, flowdesk's tables and functions, and the roles. May be done again at any time."""

import re
from collections.abc import Iterable
from importlib import resources
from typing import TYPE_CHECKING

from flowdesk.fleet.connection import connect, told
from flowdesk.fleet.extra import load_procrastinate
from flowdesk.fleet.functions import FOR_ROBOTS, FUNCTIONS
from flowdesk.fleet.schema import STEPS, VERSION
from flowdesk.model.errors import HubUnavailable
from flowdesk.model.sentence import say

if TYPE_CHECKING:
    import psycopg

OLDEST = 130_000
"""The oldest PostgreSQL that serves."""
ROBOTS = "flowdesk_robot"
"""The role that each robot's role belongs to."""
_LOCK = 70_160_819
_STEP = re.compile(r"(\d+)\.(\d+)\.(\d+)_(\d+)_")


def prepare(dsn: str) -> None:
    """Make a database a hub, or bring one up to date. What is in it stays.

    Raises:
        MissingPiece: If the extra is not installed.
        HubUnavailable: If it cannot be reached, is too old, or was prepared by a newer flowdesk.
        NotAllowed: If the account may not make tables.
    """
    with connect(dsn) as connection, told(), connection.transaction():
        if connection.info.server_version < OLDEST:
            raise HubUnavailable(
                say("This PostgreSQL is older than version 13."),
                say("Use a newer one, or let flowdesk hub start its own."),
            )
        run(connection, f"SELECT pg_advisory_xact_lock({_LOCK})")
        run(connection, "CREATE SCHEMA IF NOT EXISTS flowdesk")
        run(connection, "CREATE SCHEMA IF NOT EXISTS procrastinate")
        run(connection, "CREATE TABLE IF NOT EXISTS flowdesk.fact (name text PRIMARY KEY, value text NOT NULL)")
        facts: dict[str, str] = dict(connection.execute("SELECT name, value FROM flowdesk.fact").fetchall())
        _migrate(connection, int(facts.get("version", 0)), facts.get("procrastinate"))
        for sql in FUNCTIONS:
            run(connection, sql)
        _grant(connection)


def run(connection: "psycopg.Connection[psycopg.rows.TupleRow]", sql: str) -> None:
    """Execute SQL that this program wrote."""
    connection.execute(sql.encode())


def _migrate(connection: "psycopg.Connection[psycopg.rows.TupleRow]", version: int, queue: str | None) -> None:
    if version > VERSION:
        raise HubUnavailable(
            say("This hub was prepared by a newer flowdesk."), say("Update flowdesk here: pip install -U flowdesk")
        )
    run(connection, "SET LOCAL search_path = procrastinate, public")
    load_procrastinate()
    folder = resources.files("procrastinate.sql")
    steps = sorted(entry.name for entry in (folder / "migrations").iterdir() if _STEP.match(entry.name))
    if queue is None:
        run(connection, (folder / "schema.sql").read_text("utf-8"))
    for name in later_steps(steps, queue):
        run(connection, (folder / "migrations" / name).read_text("utf-8"))
    for step in STEPS[version:]:
        run(connection, step)
    for name, value in {"version": str(VERSION), "procrastinate": steps[-1]}.items():
        connection.execute(
            "INSERT INTO flowdesk.fact VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, value),
        )


def later_steps(steps: Iterable[str], last: str | None) -> list[str]:
    """Return the steps that follow the last one that was taken, in order; none where the whole was made at once."""
    return [] if last is None else sorted(step for step in steps if step > last)


def _grant(connection: "psycopg.Connection[psycopg.rows.TupleRow]") -> None:
    run(connection, "REVOKE ALL ON SCHEMA flowdesk, procrastinate FROM PUBLIC")
    run(connection, "REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA flowdesk FROM PUBLIC")
    if not can_make_roles(connection):
        return
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (ROBOTS,)).fetchone() is None:
        run(connection, f"CREATE ROLE {ROBOTS} NOLOGIN")
    run(connection, f"GRANT USAGE ON SCHEMA flowdesk TO {ROBOTS}")
    names: dict[str, str] = dict(connection.execute(
        "SELECT p.proname, pg_get_function_identity_arguments(p.oid) FROM pg_proc p "
        "JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'flowdesk'"
    ).fetchall())  # fmt: skip
    for name in FOR_ROBOTS:
        run(connection, f"GRANT EXECUTE ON FUNCTION flowdesk.{name}({names[name]}) TO {ROBOTS}")


def can_make_roles(connection: "psycopg.Connection[psycopg.rows.TupleRow]") -> bool:
    """Whether this account may make accounts for robots."""
    found = connection.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user").fetchone()
    return found is not None and bool(found[0])
