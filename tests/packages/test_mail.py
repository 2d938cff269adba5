"""Mail is sent and read by way of real servers; what goes wrong is said, and nothing is claimed that is not so."""

import asyncio
import email
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from flowdesk.aio import spawn
from flowdesk.model.run import RunState
from tests.packages.conftest import PackageBench
from tests.packages.servers import PASSWORD, Dovecot, Postman
from tests.ports import free_port

ROOT = Path(__file__).parents[2]


def reading(dovecot: Dovecot, user: str, **more: Any) -> tuple[str, dict[str, Any]]:
    return "readMail", {
        "server": "localhost", "port": dovecot.tls_port, "user": user, "password": PASSWORD, **more,
    }  # fmt: skip


def sending(postman: Postman, **more: Any) -> tuple[str, dict[str, Any]]:
    return "sendMail", {
        "server": "localhost", "port": postman.port, "security": "starttls", "user": "ada", "password": PASSWORD,
        "sender": "Ada <ada@example.org>", "to": "lin@example.org", "subject": "Hello", "text": "Text", **more,
    }  # fmt: skip


def letter(subject: str, text: str = "Text", sender: str = "ada@example.org", **files: bytes) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "lin@example.org", subject
    message["Date"] = "Mon, 30 Mar 2026 10:00:00 +0200"
    message.set_content(text)
    for name, content in files.items():
        message.add_attachment(content, maintype="text", subtype="plain", filename=name.replace("__", "../"))
    return message


@pytest.fixture
def postman(secured: Path, dovecot: Dovecot) -> Iterator[Postman]:
    server = Postman(secured, deliver=dovecot)
    server.start()
    yield server
    server.stop()


@pytest.mark.usefixtures("trusted")
async def test_what_is_sent_is_read_again_with_its_attachments(
    bench: PackageBench, dovecot: Dovecot, postman: Postman, tmp_path: Path
) -> None:
    (tmp_path / "发票 1.pdf").write_bytes(b"%PDF-1.4 \x00\xff")
    sent = sending(
        postman, to="林 <lin1@example.org>, lin2@example.org", bcc="boss@example.org", subject="发票 2026-118 – Grüße",
        text="你好！\n12,50 €", html="<b>你好！</b>", attachments=["发票 1.pdf"],
    )  # fmt: skip
    done = await bench.run(sent, reading(dovecot, "lin2", saveTo="in/"), reading(dovecot, "boss"))
    assert done.state is RunState.SUCCEEDED, done.error
    assert bench.result("n1")["recipients"] == ["lin1@example.org", "lin2@example.org", "boss@example.org"]
    mailbox = bench.result("n2")
    assert mailbox["count"] == 1
    message = mailbox["messages"][0]
    assert message["subject"] == "发票 2026-118 – Grüße"
    assert message["text"].replace("\r\n", "\n").strip() == "你好！\n12,50 €"
    assert message["html"].strip() == "<b>你好！</b>"
    assert (message["from"], message["to"], message["unread"]) == (
        "ada@example.org", ["lin1@example.org", "lin2@example.org"], True,
    )  # fmt: skip
    (attachment,) = message["attachments"]
    assert attachment["name"] == "发票 1.pdf"
    assert Path(attachment["path"]).read_bytes() == b"%PDF-1.4 \x00\xff"
    assert bench.result("n3")["count"] == 1
    content = postman.received[0].content
    assert isinstance(content, bytes)
    raw = email.message_from_bytes(content, policy=default)
    assert "boss" not in str(raw["To"]) + str(raw["Cc"]) + str(raw["Bcc"])
    assert raw["Message-ID"] == bench.result("n1")["messageId"]


@pytest.mark.usefixtures("trusted")
async def test_the_mailbox_stays_as_it_is_unless_marking_is_asked_for(bench: PackageBench, dovecot: Dovecot) -> None:
    dovecot.put("marks", letter("One"))
    dovecot.put("marks", letter("Two"))
    await bench.run(reading(dovecot, "marks"))
    assert [message["subject"] for message in bench.result()["messages"]] == ["One", "Two"]
    assert len(dovecot.flags("marks")) == 2
    done = await bench.run(reading(dovecot, "marks", subject="Two", markRead=True))
    assert done.state is RunState.SUCCEEDED, done.error
    assert dovecot.flags("marks") == [b"1"]
    await bench.run(reading(dovecot, "marks", unreadOnly=False))
    assert [message["unread"] for message in bench.result()["messages"]] == [True, False]


@pytest.mark.usefixtures("trusted")
async def test_messages_are_chosen_by_words_day_and_number(bench: PackageBench, dovecot: Dovecot) -> None:
    for subject in ("发票 1", "Other", "发票 2", "发票 3"):
        dovecot.put("words", letter(subject), "Belege")
    base: dict[str, Any] = {"folder": "Belege", "subject": "发票"}
    for more, wanted in (
        ({}, ["发票 1", "发票 2", "发票 3"]),
        ({"limit": 2}, ["发票 2", "发票 3"]),
        ({"sender": "nobody-else"}, []),
        ({"since": "2999-01-01"}, []),
    ):
        done = await bench.run(reading(dovecot, "words", **base, **more))
        assert done.state is RunState.SUCCEEDED, done.error
        assert [message["subject"] for message in bench.result()["messages"]] == wanted


@pytest.mark.usefixtures("trusted")
async def test_an_attachment_never_leaves_its_folder_and_never_replaces_a_file(
    bench: PackageBench, dovecot: Dovecot, tmp_path: Path
) -> None:
    dovecot.put("files", letter("One", __evil=b"first"))
    dovecot.put("files", letter("Two", __evil=b"second"))
    await bench.run(reading(dovecot, "files", saveTo="deep/in"))
    paths = [Path(message["attachments"][0]["path"]) for message in bench.result()["messages"]]
    assert [path.parent for path in paths] == [tmp_path / "deep" / "in"] * 2
    assert [path.name for path in paths] == ["evil", "evil (2)"]
    assert [path.read_bytes().strip() for path in paths] == [b"first", b"second"]


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"password": "wrong"}, 'localhost refused the login of "errors".'),
        ({"folder": "Nowhere"}, 'localhost has no folder "Nowhere".'),
        ({"security": "none", "server": "mail.example.invalid"}, "would be sent without encryption"),
    ],
)
async def test_what_keeps_a_mailbox_from_being_read_is_said(
    bench: PackageBench, dovecot: Dovecot, more: dict[str, Any], told: str
) -> None:
    done = await bench.run(reading(dovecot, "errors", **more))
    assert done.state is RunState.FAILED
    assert told in str(done.error)
    assert PASSWORD not in str(done.error)


async def test_a_certificate_that_nobody_trusts_ends_it(
    bench: PackageBench, dovecot: Dovecot, postman: Postman
) -> None:
    for step in (reading(dovecot, "errors"), sending(postman)):
        done = await bench.run(step)
        assert "certificate of localhost is not trusted" in str(done.error)
    assert postman.received == []


@pytest.mark.usefixtures("trusted")
async def test_a_server_that_is_not_there_or_says_nothing_is_told_apart(bench: PackageBench) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        for kind in ("readMail", "sendMail"):
            config = {"server": "127.0.0.1", "sender": "a@b.c", "to": "a@b.c", "timeout": 300}
            done = await bench.run((kind, {**config, "port": silent.getsockname()[1]}))
            assert "was not done within 0.3 s" in str(done.error)
            done = await bench.run((kind, {**config, "timeout": 60_000, "port": free_port()}))
            assert "cannot be used" in str(done.error)


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"to": "lin@example.org, nobody@example.org"}, "refused the recipient nobody@example.org"),
        ({"password": "wrong"}, "refused the login"),
        ({"to": "lin"}, "is not a mail address"),
        ({"subject": "Hello\nBcc: spy@example.org"}, "cannot be written"),
        ({"attachments": ["gone.pdf"]}, "cannot be attached"),
    ],
)
async def test_a_message_that_cannot_go_to_all_goes_to_nobody(
    bench: PackageBench, postman: Postman, more: dict[str, Any], told: str
) -> None:
    done = await bench.run(sending(postman, **more))
    assert done.state is RunState.FAILED
    assert told in str(done.error)
    assert postman.received == []


@pytest.mark.usefixtures("trusted")
async def test_where_nobody_can_know_whether_it_was_sent_that_is_said(bench: PackageBench, postman: Postman) -> None:
    postman.is_to_hang_up = True
    done = await bench.run(sending(postman))
    assert "was lost while it took the message" in str(done.error)


@pytest.mark.usefixtures("trusted")
async def test_a_rehearsal_sends_and_reads_nothing(bench: PackageBench, dovecot: Dovecot, postman: Postman) -> None:
    done = await bench.run(sending(postman), reading(dovecot, "lin"), dry=True)
    assert done.state is RunState.SUCCEEDED, done.error
    assert postman.received == []
    assert any("would send mail to lin@example.org" in line for line in bench.logs)


def test_a_flow_reads_mail_from_the_command_line(shelf: Path, dovecot: Dovecot, secured: Path, tmp_path: Path) -> None:
    dovecot.put("shell", letter("From the shell"))
    kind, config = reading(dovecot, "shell")
    nodes = [("start", "start", {}), ("mail", kind, config), ("end", "end", {"result": "{{mail.messages[0].subject}}"})]
    flow = {
        "nodes": [
            {"id": id_, "type": type_, "position": {"x": 0, "y": 0}, "data": {"config": given}}
            for id_, type_, given in nodes
        ],
        "edges": [{"id": "1", "source": "start", "target": "mail"}, {"id": "2", "source": "mail", "target": "end"}],
    }
    (tmp_path / "mail.flow.json").write_text(json.dumps(flow), "utf-8")
    environment = {
        **os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(shelf)]), "FLOWDESK_STATE_DIR": str(tmp_path / "state"),
        "FLOWDESK_FLOWS_DIR": str(tmp_path / "flows"), "SSL_CERT_FILE": str(secured / "certificate.pem"),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "flowdesk", "run", str(tmp_path / "mail.flow.json"), "--json"], env=environment,
        cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["payload"]["result"] == "From the shell"


@pytest.mark.usefixtures("trusted")
async def test_a_stop_ends_a_node_that_waits_for_a_server(bench: PackageBench) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        config = {"server": "127.0.0.1", "port": silent.getsockname()[1], "timeout": 600_000}
        silent.setblocking(False)
        running = spawn(bench.run(("readMail", config)), "tests.reading")
        accepted, _ = await asyncio.get_running_loop().sock_accept(silent)
        assert bench.runner is not None
        bench.runner.stop()
        assert (await running).state is RunState.STOPPED
        accepted.close()
