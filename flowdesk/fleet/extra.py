"""The libraries of the queue, which are an extra: one sentence where they are not installed."""

from types import ModuleType
from typing import TYPE_CHECKING

from flowdesk.model.errors import MissingPiece
from flowdesk.model.sentence import say

if TYPE_CHECKING:
    import psycopg

COMMAND = 'pip install "flowdesk[fleet]"'


def load_psycopg() -> "type[psycopg.Connection[psycopg.rows.TupleRow]]":
    """Return what connects to PostgreSQL.

    Raises:
        MissingPiece: If the extra is not installed.
    """
    try:
        import psycopg
    except ImportError as error:  # the package, or the library that it is built on
        raise _missing() from error
    return psycopg.Connection


def load_procrastinate() -> ModuleType:
    """Return the queue's library.

    Raises:
        MissingPiece: If the extra is not installed.
    """
    try:
        import procrastinate
    except ImportError as error:
        raise _missing() from error
    return procrastinate


def _missing() -> MissingPiece:
    return MissingPiece(
        say("Hubs, robots, and jobs need an optional part of flowdesk that is not installed."),
        say("Install it: {command}", command=COMMAND),
    )
