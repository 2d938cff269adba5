"""`flowdesk hub` as people start it: its own PostgreSQL with TLS, codes for robots, and what a robot's account may not do."""

import json
import os
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from flowdesk.fleet.certificates import fetch_certificate, fingerprint
from flowdesk.fleet.connection import connect
from flowdesk.fleet.joining import Code, invite, join, joined, read_code, revoke
from flowdesk.model.errors import HubUnavailable, RequestInvalid
from tests.fleet.conftest import Bench, ask, step, submit, wait_for, write_flow_file
from tests.fleet.postgres_rig import READING, UNPRIVILEGED, folder_of_nobody
from tests.fleet.test_robot import Benches, ended
from tests.ports import free_port
from tests.rig import until

HOST = "127.0.0.2"
"""An address of this machine that is not the one for which the hub does without TLS."""


class OwnHub:
    """A hub that `flowdesk hub` keeps."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.environment = {
            **os.environ,
            "FLOWDESK_STATE_DIR": str(folder / "state"),
            "HOME": str(folder),
            "LANG": "C.UTF-8",
        }
        self.process = subprocess.Popen(
            self.command("--host", HOST, "--port", str(self.port), "--json"),
            env=self.environment, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.process.communicate()[1]
        self.dsn = str(json.loads(line)["dsn"])

    def command(self, *arguments: str) -> list[str]:
        """Return the command line of `flowdesk hub`, as somebody who is not root."""
        return [*UNPRIVILEGED, *READING, sys.executable, "-m", "flowdesk", "hub", *arguments]

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Call `flowdesk hub` beside the one that runs."""
        return subprocess.run(self.command(*arguments), env=self.environment, cwd=self.folder, capture_output=True, text=True, check=False)  # fmt: skip

    def invite(self) -> Code:
        """Make a code for one robot."""
        return invite(self.dsn, HOST, self.port, fetch_certificate(HOST, self.port))


@pytest.fixture(scope="module")
def own_hub() -> Iterator[OwnHub]:
    """A hub with a PostgreSQL of its own."""
    with folder_of_nobody() as folder:
        hub = OwnHub(folder)
        yield hub
        hub.process.send_signal(signal.SIGTERM)
        _, told = hub.process.communicate(timeout=30)
        assert hub.process.returncode == 0, told
        with pytest.raises(HubUnavailable):
            connect(hub.dsn)


async def test_a_robot_joins_by_a_code_over_tls_and_works_with_an_account_of_its_own(
    own_hub: OwnHub, bench: Benches, tmp_path: Path
) -> None:
    told = own_hub.run("--invite", HOST, "--json")
    dsn = join(read_code(str(json.loads(told.stdout)["code"])), tmp_path / "robot", any_flow=True)
    assert joined(tmp_path / "robot") == (dsn, True)
    assert (tmp_path / "robot" / "joined.json").stat().st_mode & 0o077 == 0
    with connect(dsn) as connection:
        assert connection.pgconn.ssl_in_use
        assert connection.info.user.startswith("flowdesk_robot_")
    made = submit(own_hub.dsn, write_flow_file(tmp_path, step("log", "log", message="hello")))
    worker: Bench = bench(dsn=dsn)
    async with worker.working():
        (job,) = await wait_for(ended(own_hub.dsn, made.jobs), "the job")
    assert (job["state"], [file["name"] for file in job["files"]][:1]) == ("succeeded", ["messages.jsonl"])


def test_a_code_is_good_once(own_hub: OwnHub, tmp_path: Path) -> None:
    code = own_hub.invite()
    join(code, tmp_path / "one", any_flow=False)
    with pytest.raises(HubUnavailable, match="used before"):
        join(code, tmp_path / "two", any_flow=False)
    assert joined(tmp_path / "two") is None


def test_another_certificate_than_the_codes_is_refused_before_anything_secret_is_sent(
    own_hub: OwnHub, tmp_path: Path
) -> None:
    code = own_hub.invite()
    with pytest.raises(HubUnavailable, match="not the hub of this code"):
        join(replace(code, print="0" * 64), tmp_path / "robot", any_flow=False)
    join(code, tmp_path / "robot", any_flow=False)  # it was not used


def test_a_robot_that_knows_another_certificate_does_not_connect(own_hub: OwnHub, tmp_path: Path) -> None:
    dsn = join(own_hub.invite(), tmp_path / "robot", any_flow=False)
    pem = tmp_path / "robot" / "hub.pem"
    assert fingerprint(pem.read_text()) == fingerprint(fetch_certificate(HOST, own_hub.port))
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=other",
         "-keyout", str(tmp_path / "key.pem"), "-out", str(pem)], check=True, capture_output=True,
    )  # fmt: skip
    with pytest.raises(HubUnavailable, match="certificate"):
        connect(dsn)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM flowdesk.job", "SELECT * FROM flowdesk.bundle", "SELECT * FROM flowdesk.robot", "SELECT * FROM flowdesk.file",
        "SELECT * FROM procrastinate.procrastinate_jobs", "SELECT flowdesk.submit('{}', '[]')", "SELECT flowdesk.cancel(1, '')",
        "SELECT flowdesk.retry(1)", "SELECT flowdesk.become('01234567890123456789')", "SELECT flowdesk.enqueue(ARRAY[1::bigint], NULL)",
        "SELECT flowdesk.take(1)", "SELECT flowdesk.report(1, 'x', '{}', 3)", "SELECT flowdesk.gather(1, 'x', 'n', 'c')",
        "SELECT flowdesk.bundle_of(1, 'x')", "SELECT * FROM flowdesk.beat(1, 'here')", "SELECT flowdesk.leave(1)",
        "SELECT flowdesk.give_back(1, ARRAY['x'])", "CREATE TABLE flowdesk.mine (n int)", "CREATE ROLE other", "SELECT pg_read_file('/etc/passwd')",
        "COPY (SELECT 1) TO PROGRAM 'true'",
    ],
)  # fmt: skip
def test_a_robots_account_may_not(own_hub: OwnHub, tmp_path_factory: pytest.TempPathFactory, statement: str) -> None:
    place = tmp_path_factory.getbasetemp() / "limited"
    known = joined(place)
    dsn = known[0] if known is not None else join(own_hub.invite(), place, any_flow=False)
    with psycopg.connect(own_hub.dsn, autocommit=True) as owner:
        if owner.execute("SELECT count(*) FROM flowdesk.robot WHERE owner = 'flowdesk'").fetchone() == (0,):
            owner.execute("SELECT flowdesk.join('owner', 'p', '{}', '0', 1, NULL)")
    with psycopg.connect(dsn, autocommit=True) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement.encode())


async def test_a_robot_cannot_report_what_another_took(own_hub: OwnHub, tmp_path: Path) -> None:
    mine, theirs = (join(own_hub.invite(), tmp_path / name, any_flow=True) for name in ("mine", "theirs"))
    made = submit(own_hub.dsn, write_flow_file(tmp_path, step("log", "log", message="x")), pool="held")
    with psycopg.connect(mine, autocommit=True) as one, psycopg.connect(theirs, autocommit=True) as other:
        (robot,) = one.execute("SELECT flowdesk.join('one', 'held', '{}', '0', 1, NULL)").fetchone() or (None,)
        (token,) = one.execute("SELECT token FROM flowdesk.take(%s)", (robot,)).fetchone() or (None,)
        report = ("SELECT flowdesk.report(%s, %s, %s::jsonb, 3)", (made.jobs[0], token, '{"state": "succeeded", "kind": "", "message": "", "code": "", "fix": "", "node": ""}'))  # fmt: skip
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            other.execute(*report)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            other.execute("SELECT flowdesk.take(%s)", (robot,))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            one.execute("SELECT flowdesk.report(%s, 'guess', '{}', 3)", (made.jobs[0],))
        assert one.execute(*report).fetchone() == ("succeeded",)


def test_a_revoked_robot_is_cut_off(own_hub: OwnHub, tmp_path: Path) -> None:
    dsn = join(own_hub.invite(), tmp_path / "robot", any_flow=True)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SELECT flowdesk.join('one', 'p', '{}', '0', 1, NULL)")
        account = connection.info.user
        assert account in [robot["account"] for robot in ask(own_hub.dsn, lambda hub: hub.robots())]
        assert own_hub.run("--revoke", account).returncode == 0
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    with pytest.raises(HubUnavailable, match="not permitted"):
        connect(dsn)
    assert not revoke(own_hub.dsn, "flowdesk")


def test_nobody_gets_in_without_a_password_nor_without_tls_from_elsewhere(own_hub: OwnHub) -> None:
    with pytest.raises(HubUnavailable, match="password"):
        connect(f"postgresql://flowdesk@{HOST}:{own_hub.port}/flowdesk")
    with pytest.raises(HubUnavailable, match="authentication failed") as caught:
        connect(f"postgresql://flowdesk:secret-guess@{HOST}:{own_hub.port}/flowdesk")
    assert "secret-guess" not in str(caught.value.message)


def answers(dsn: str) -> bool:
    """Whether a hub is there."""
    try:
        connect(dsn).close()
    except HubUnavailable:
        return False
    return True


def test_postgresql_that_dies_is_started_again(own_hub: OwnHub) -> None:
    pid = int((own_hub.folder / "state" / "fleet" / "hub" / "data" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    assert own_hub.process.stderr is not None
    assert "Starting it again" in own_hub.process.stderr.readline()
    until(lambda: answers(own_hub.dsn), "PostgreSQL")
    assert ask(own_hub.dsn, lambda hub: hub.robots())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be refused as root")
def test_it_does_not_run_as_root(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "flowdesk", "hub", "--data", str(tmp_path)], capture_output=True, text=True, check=False,
        env={**os.environ, "LANG": "C.UTF-8"},
    )  # fmt: skip
    assert done.returncode == 2
    assert "does not run as root" in done.stderr
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("text", ["", "fd1-", "fd1-xxxx", "fd1-W10", "hello world", "fd1-" + "A" * 5000])
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(RequestInvalid, match="not a join code"):
        read_code(text)


def test_a_code_is_read_as_it_was_written() -> None:
    code = Code("h", 1, "d", "r", "p", "f" * 64)
    assert read_code(f" {code}\n") == code


def test_a_certificate_is_known_by_what_it_says(own_hub: OwnHub) -> None:
    pem = fetch_certificate(HOST, own_hub.port)
    assert len(fingerprint(pem)) == 64
    assert ssl.PEM_cert_to_DER_cert(pem)


def test_a_second_keeper_of_the_same_hub_is_refused(own_hub: OwnHub) -> None:
    done = own_hub.run("--host", HOST, "--port", str(own_hub.port))
    assert (done.returncode, "is running already" in done.stderr) == (2, True), done.stderr
