"""How a robot joins: a code that works once, for ten minutes, becomes an account of its own that may only take and report jobs."""

import base64
import contextlib
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from flowdesk.fleet.certificates import fetch_certificate, fingerprint
from flowdesk.fleet.connection import connect, told
from flowdesk.fleet.preparing import ROBOTS, can_make_roles
from flowdesk.model.errors import HubUnavailable, NotAllowed, RequestInvalid
from flowdesk.model.sentence import say
from flowdesk.session.plainfiles import read_plain_file
from flowdesk.session.storage import make_private, write_atomically

if TYPE_CHECKING:
    import psycopg

MINUTES = 10
"""How long a code is good."""
_MARK = "fd1-"

FUNCTION = f"""
CREATE OR REPLACE FUNCTION flowdesk.become(p_password text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE made text := 'flowdesk_robot_' || substr(md5(gen_random_uuid()::text), 1, 10);
BEGIN
    IF session_user NOT LIKE 'flowdesk_join_%' OR length(p_password) < 20 THEN RAISE insufficient_privilege; END IF;
    EXECUTE format('ALTER ROLE %I NOLOGIN', session_user);
    EXECUTE format('CREATE ROLE %I LOGIN PASSWORD %L IN ROLE {ROBOTS}', made, p_password);
    RETURN made;
END $$;
REVOKE EXECUTE ON FUNCTION flowdesk.become(text) FROM PUBLIC;
"""


@dataclass(frozen=True)
class Code:
    """What a join code says."""

    host: str
    port: int
    database: str
    role: str
    password: str
    print: str
    """Fingerprint of the hub's certificate; empty for a hub of this machine, without TLS."""

    def __str__(self) -> str:
        """The code as people copy it."""
        text = json.dumps(list(asdict(self).values()), separators=(",", ":"))
        return _MARK + base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_code(text: str) -> Code:
    """Read a join code.

    Raises:
        RequestInvalid: If it is none.
    """
    body = text.strip().removeprefix(_MARK)
    try:
        host, port, database, role, password, known = json.loads(
            base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        )
        return Code(str(host), int(port), str(database), str(role), str(password), str(known))
    except (ValueError, TypeError) as error:
        raise RequestInvalid(
            say("This is not a join code."), say("Copy the whole of what flowdesk hub --invite printed."), field="join"
        ) from error


def invite(dsn: str, host: str, port: int, certificate: str) -> Code:
    """Make a code for one robot.

    Args:
        dsn: The hub, as its owner.
        host: By which name or address the robot's machine reaches it.
        port: The port there.
        certificate: The hub's, as PEM; empty where it has none.

    Raises:
        NotAllowed: If the account may not make others.
    """
    role, password = f"flowdesk_join_{secrets.token_hex(5)}", secrets.token_urlsafe(18)
    with contextlib.closing(connect(dsn)) as connection, told():
        if not can_make_roles(connection):
            raise NotAllowed(
                say("This hub account cannot create accounts for robots."),
                say("Have a database administrator grant it CREATEROLE, or give the robots a DSN."),
            )
        _forget_old(connection)
        connection.execute(FUNCTION.encode())
        connection.execute(
            f"CREATE ROLE {role} LOGIN PASSWORD '{password}' VALID UNTIL '{_soon(connection)}'; "
            f"GRANT USAGE ON SCHEMA flowdesk TO {role}; GRANT EXECUTE ON FUNCTION flowdesk.become(text) TO {role}".encode()
        )
        database = str(connection.info.dbname)
    return Code(host, port, database, role, password, fingerprint(certificate) if certificate else "")


def _soon(connection: "psycopg.Connection[psycopg.rows.TupleRow]") -> str:
    rows = connection.execute(f"SELECT (now() + interval '{MINUTES} minutes')::text".encode()).fetchall()
    return str(rows[0][0])


def _forget_old(connection: "psycopg.Connection[psycopg.rows.TupleRow]") -> None:
    """Remove the accounts of codes that were used or ran out."""
    rows = connection.execute(
        "SELECT rolname FROM pg_roles WHERE rolname LIKE 'flowdesk\\_join\\_%' AND (NOT rolcanlogin OR rolvaliduntil < now())"
    ).fetchall()
    for (role,) in rows:
        connection.execute(f"DROP OWNED BY {role}; DROP ROLE {role}".encode())


def join(code: Code, folder: Path, *, any_flow: bool) -> str:
    """Turn a code into an account of this robot, and remember it. Returns the address of the hub.

    Raises:
        HubUnavailable: If the hub cannot be reached, is another one, or the code was used or ran out.
    """
    make_private(folder)
    pem = ""
    if code.print:
        pem = fetch_certificate(code.host, code.port)
        if not secrets.compare_digest(fingerprint(pem), code.print):
            raise HubUnavailable(
                say(
                    "The machine at {host} is not the hub of this code: its certificate is different.",
                    host=code.host,
                ),
                say("Check the address, and ask for a new code. Somebody may be intercepting the connection."),
            )
        write_atomically(folder / "hub.pem", pem.encode())
    password = secrets.token_urlsafe(24)
    try:
        with contextlib.closing(connect(_address(code, code.role, code.password, folder))) as connection, told():
            row = connection.execute("SELECT flowdesk.become(%s)", (password,)).fetchone()
    except HubUnavailable as error:
        if "authentication failed" in str(error.message) or "not permitted to log in" in str(error.message):
            raise HubUnavailable(
                say(
                    "The hub rejected this join code. It was used before, or is older than {minutes} minutes.",
                    minutes=MINUTES,
                ),
                say("Make a new one at the hub: flowdesk hub --invite"),
            ) from error
        raise
    assert row is not None
    dsn = _address(code, str(row[0]), password, folder)
    known = folder / "joined.json"
    write_atomically(known, json.dumps({"dsn": dsn, "any_flow": any_flow}).encode())
    os.chmod(known, 0o600)
    return dsn


def joined(folder: Path) -> tuple[str, bool] | None:
    """Return the hub that this robot joined, and whether it runs any flow from it; ``None`` if it joined none."""
    try:
        known = json.loads(read_plain_file(folder / "joined.json", 1_000_000))
        return str(known["dsn"]), bool(known["any_flow"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _address(code: Code, role: str, password: str, folder: Path) -> str:
    host = f"[{code.host}]" if ":" in code.host else code.host
    tls = (
        f"sslmode=verify-ca&sslrootcert={quote(str(folder / 'hub.pem'), safe='')}" if code.print else "sslmode=disable"
    )
    return f"postgresql://{role}:{quote(password, safe='')}@{host}:{code.port}/{code.database}?{tls}"


def revoke(dsn: str, role: str) -> bool:
    """Take a robot's account away: its lines break, and it is not let in again. Returns whether there was one."""
    with contextlib.closing(connect(dsn)) as connection, told():
        found = connection.execute(
            "SELECT 1 FROM pg_roles WHERE rolname = %s AND rolname LIKE 'flowdesk\\_robot\\_%%'", (role,)
        )
        if found.fetchone() is None:
            return False
        connection.execute(f"ALTER ROLE {role} NOLOGIN".encode())
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", (role,))
        return True
