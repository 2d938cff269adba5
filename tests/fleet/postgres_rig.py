"""A real PostgreSQL for tests: Debian's programs, a cluster of its own in a temporary folder, never as root."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from flowdesk.fleet.postgres import find_programs
from tests.ports import free_port
from tests.rig import until

IS_ROOT = os.geteuid() == 0
UNPRIVILEGED = ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups") if IS_ROOT else ()
"""Begins a command that must not run as root: PostgreSQL refuses to."""
READING = ("--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search") if IS_ROOT else ()
"""For flowdesk itself as another user: its own files may lie where that user cannot look."""


@contextlib.contextmanager
def folder_of_nobody() -> Iterator[Path]:
    """Make a folder that the user who is not root owns; it is removed in the end."""
    folder = Path(tempfile.mkdtemp(prefix="flowdesk-pg-"))
    try:
        if IS_ROOT:
            shutil.chown(folder, "postgres", "postgres")
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def children(pid: int) -> list[int]:
    """Return the processes that one started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


def is_gone(pid: int) -> bool:
    """Whether a process has let go of all it had; its first parent may still not have asked how it ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


class Cluster:
    """A PostgreSQL cluster that can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        """Make it, with trust for everybody of this machine."""
        self.folder, self.port = folder, free_port()
        self._programs = find_programs()
        self._process: subprocess.Popen[bytes] | None = None
        self._count = 0
        self._log = folder.with_suffix(".log")
        self._run(
            "initdb", "-D", str(folder / "data"), "-U", "flowdesk", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"
        )

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run([*UNPRIVILEGED, str(self._programs / program), *arguments], cwd="/", capture_output=True, text=True, check=False)  # fmt: skip
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        """Start it and wait until it answers."""
        settings = {
            "port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "max_connections": 300,
            "fsync": "off", "shared_buffers": "32MB",
        }  # fmt: skip
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [*UNPRIVILEGED, str(self._programs / "postgres"), "-D", str(self.folder / "data"), *options]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(command, cwd="/", stdout=log, stderr=log)
        self.wait()

    def _is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def wait(self, seconds: float = 30.0) -> None:
        """Wait until it answers."""
        import psycopg

        deadline = time.monotonic() + seconds
        while True:
            try:
                psycopg.connect(self.dsn("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                assert self._is_running(), self._log.read_text("utf-8", "replace")
                assert time.monotonic() < deadline, "PostgreSQL does not answer"
                threading.Event().wait(0.05)
            else:
                return

    def kill(self) -> None:
        """
        Kill all of it at once, as a power cut does.

        Each of its processes has a session of its own, outlives the first by a moment, and as long as one is there
        PostgreSQL refuses to start on the same data.
        """
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        parts = children(self._process.pid)
        for part in (self._process.pid, *parts):
            with contextlib.suppress(ProcessLookupError):
                os.kill(part, signal.SIGKILL)
        self._process.wait()
        until(lambda: all(is_gone(part) for part in parts), "PostgreSQL is gone")

    def stop(self) -> None:
        """End it."""
        if self._process is not None and self._is_running():
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()
        self._log.unlink(missing_ok=True)

    def dsn(self, database: str) -> str:
        """Return the address of a database."""
        return f"postgresql://flowdesk@127.0.0.1:{self.port}/{database}"

    def new_hub(self) -> str:
        """Make a database of its own and prepare it as a hub. Returns its address."""
        import psycopg

        from flowdesk.fleet.preparing import prepare

        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            if self._count == 0:
                connection.execute("CREATE DATABASE pattern")
                prepare(self.dsn("pattern"))
            self._count += 1
            connection.execute(f"CREATE DATABASE hub{self._count} TEMPLATE pattern".encode())
        return self.dsn(f"hub{self._count}")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One PostgreSQL for the session."""
    with folder_of_nobody() as folder:
        made = Cluster(folder)
        made.start()
        yield made
        made.stop()


@pytest.fixture
def hub_dsn(cluster: Cluster) -> str:
    """The address of a hub of the test's own."""
    return cluster.new_hub()
