"""The addresses of hubs: PostgreSQL's own form, as a URL or as ``host=… dbname=…``."""

import hashlib
from typing import Any

from flowdesk.fleet.extra import load_psycopg
from flowdesk.model.errors import RequestInvalid
from flowdesk.model.sentence import say


def parts_of(dsn: str) -> dict[str, Any]:
    """Return the parts of an address by PostgreSQL's names.

    Raises:
        MissingPiece: If the extra is not installed.
        RequestInvalid: If it is no address.
    """
    load_psycopg()
    from psycopg import Error
    from psycopg.conninfo import conninfo_to_dict

    try:
        return dict(conninfo_to_dict(dsn))
    except Error as error:
        raise RequestInvalid(
            say("This is not an address of PostgreSQL."),
            say("Write postgresql://user:password@host:port/database."),
            field="hub",
        ) from error


def known_as(dsn: str) -> str:
    """Return what a hub and an account at it are known by, without the password."""
    values = parts_of(dsn)
    text = "\n".join(str(values.get(name, "")) for name in ("host", "port", "dbname", "user"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def reached_at(dsn: str) -> tuple[str, int]:
    """Return the host and port of an address."""
    values = parts_of(dsn)
    return str(values.get("host") or "127.0.0.1"), int(str(values.get("port") or 5432))
