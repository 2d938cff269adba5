"""Connections to the hub's PostgreSQL, and what its errors mean to people."""

import contextlib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from flowdesk.fleet.addresses import parts_of
from flowdesk.fleet.extra import load_psycopg
from flowdesk.model.errors import FlowdeskError, HubUnavailable, NotAllowed
from flowdesk.model.sentence import say

if TYPE_CHECKING:
    import psycopg

CONNECT_SECONDS = 8
"""How long reaching the hub may take."""
_ALIVE: dict[str, Any] = {
    "connect_timeout": CONNECT_SECONDS, "keepalives": 1, "keepalives_idle": 5, "keepalives_interval": 3, "keepalives_count": 3,
    "tcp_user_timeout": 12_000, "application_name": "flowdesk",
}  # fmt: skip
"""A hub that is cut off is noticed within seconds, not within the hours that TCP takes."""
_NOT_PREPARED = {"3F000", "42P01", "42883", "42704", "42703"}
_FULL = {"53100", "53200", "58030"}


def connect(dsn: str) -> "psycopg.Connection[psycopg.rows.TupleRow]":
    """Connect to the hub. Each statement is a transaction of its own unless one is opened.

    Raises:
        MissingPiece: If the extra is not installed.
        HubUnavailable: If the hub cannot be reached, or does not let us in.
    """
    kind = load_psycopg()
    given = {name: value for name, value in _ALIVE.items() if name not in parts_of(dsn)}
    with told():
        connection = kind.connect(dsn, autocommit=True, **given)
        connection.prepare_threshold = None  # a pooler between may hand out another connection each time
        return connection


@contextlib.contextmanager
def told() -> "Iterator[None]":
    """Raise what the database says as an error for people.

    Raises:
        HubUnavailable: If it cannot be reached, is no hub, or has no room.
        NotAllowed: If this role may not do that.
    """
    import psycopg

    try:
        yield
    except psycopg.Error as error:
        raise meaning(error) from error


def meaning(error: Exception) -> FlowdeskError:
    """Return what an error of the database means."""
    state = getattr(error, "sqlstate", None) or ""
    reason = first_line(error)
    if state == "42501":
        return NotAllowed(
            say("This hub account is not allowed to do that: {reason}.", reason=reason),
            say("Use the address that flowdesk hub printed. A robot's account can only take and report jobs."),
        )
    if state in _NOT_PREPARED:
        return HubUnavailable(
            say("This database is not a flowdesk hub, or an older version prepared it: {reason}.", reason=reason),
            say("Prepare it: flowdesk hub --dsn DSN"),
        )
    if state in _FULL or "No space left" in reason:
        return HubUnavailable(
            say("The hub has no room left: {reason}.", reason=reason),
            say("Make room on the hub's disk, then try again."),
        )
    if state.startswith(("22", "23")):
        return HubUnavailable(say("The hub rejected the data: {reason}.", reason=reason), say("Check the values."))
    return HubUnavailable(
        say("The hub cannot be reached: {reason}.", reason=reason),
        say("Check that flowdesk hub runs, and the address in --hub or FLOWDESK_HUB."),
    )


def first_line(error: Exception) -> str:
    """Return the sentence of a database's error, on one line and without a password."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    plain = [line for line in lines if not line.startswith(("CONTEXT:", "LINE ", "HINT:", "Multiple connection"))]
    text = (plain or [type(error).__name__])[-1 if len(plain) > 1 and plain[0].endswith(":") else 0]
    return re.sub(r"(?<=password=)\S+|(?<=:)[^:/@\s]+(?=@)", "…", text).rstrip(".")
