"""Web requests: what is sent, what is refused before it is, and what is said of answers that are none."""

import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from flowdesk.model.config import read_config
from flowdesk.model.flow import Flow, new_edge, new_node
from flowdesk.model.run import RunState
from flowdesk.model.validation import validate
from flowdesk.nodes import builtin_catalogue
from flowdesk.nodes.http import HttpConfig
from tests.nodes.conftest import Bench


class Echo(BaseHTTPRequestHandler):
    """Answers with what came in; under ``/away`` it sends elsewhere, with the body."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        if self.path.startswith("/away"):
            self.send_response(307)
            self.send_header("Location", f"http://localhost:{(self.headers['Host'] or '').rpartition(':')[2]}/")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        content = json.dumps({"body": body, "key": self.headers.get("X-Key")}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def echo() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@contextmanager
def answering(content: bytes) -> Iterator[int]:
    """Answer one connection with bytes, whatever it asks."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                connection.recv(65_536)
                connection.sendall(content)

        thread = threading.Thread(target=answer)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


async def test_secrets_are_sent_in_the_body_and_in_json_and_stay_out_of_the_settings(bench: Bench, echo: str) -> None:
    bench.services.secret = lambda name: f"<{name}>"
    request = {"url": echo, "method": "POST"}
    await bench.run(("http", {**request, "body": "pw={{secret:bank}}&n={{n}}"}), n=3)
    assert bench.result()["json"]["body"] == "pw=<bank>&n=3"
    await bench.run(("http", {**request, "json": {"user": ["{{secret:one}}"], "n": "{{n}}"}}), n=3)
    assert json.loads(bench.result()["json"]["body"]) == {"user": ["<one>"], "n": 3}


async def test_a_secret_in_a_body_goes_to_no_other_server(bench: Bench, echo: str) -> None:
    bench.services.secret = lambda name: f"<{name}>"
    request = {"url": f"{echo}/away", "method": "POST"}
    finished = await bench.run(("http", {**request, "body": "pw={{secret:bank}}"}))
    assert finished.error is not None
    assert "redirects to another server" in finished.error["message"]
    assert (await bench.run(("http", {**request, "body": "plain"}))).state is RunState.SUCCEEDED
    assert bench.result()["json"]["body"] == "plain"


async def test_secrets_reach_a_program_by_its_input_and_environment(bench: Bench) -> None:
    bench.services.secret = lambda name: f"<{name}>"
    line = ["sh", "-c", 'cat; echo " $KEY"']
    await bench.run(("command", {"command": line, "stdin": "{{secret:a}}", "env": {"KEY": "{{secret:b}}"}}))
    assert bench.result()["stdout"] == "<a> <b>"


@pytest.mark.parametrize(
    ("kind", "config", "code", "field"),
    [
        ("http", {"url": "http://x/?k={{secret:k}}"}, "secret.unread", "url"),
        ("command", {"command": ["echo", "{{secret:k}}"]}, "secret.unread", "command"),
        ("file", {"operation": "write", "path": "a", "text": "{{secret:k}}"}, "secret.unread", "text"),
        ("writeTable", {"path": "a.csv", "rows": [{"a": "{{ secret:k }}"}]}, "secret.unread", "rows"),
        ("input", {"text": "{{secret:}}"}, "secret.nameless", "text"),
        ("setVariable", {"name": "a", "value": "{{secret: }}"}, "secret.nameless", "value"),
    ],
)
def test_a_secret_that_nobody_reads_is_a_problem(kind: str, config: dict[str, Any], code: str, field: str) -> None:
    nodes = (new_node("start", id="s"), new_node(kind, config, id="n"))
    problems = validate(Flow(nodes=nodes, edges=(new_edge("s", "n"),)), builtin_catalogue())
    assert [(each.code, each.field, each.level) for each in problems] == [(code, field, "error")]


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        ("http", {"url": "http://x/", "json": {"a": "{{secret:k}}"}, "headers": {"X": "{{secret:k}}"}}),
        ("command", {"command": ["a"], "env": {"K": "{{secret:k}}"}}),
        ("input", {"text": "{{secret:k}}"}),
        ("setVariable", {"name": "a", "value": "{{secret:k}}"}),
    ],
)
def test_a_secret_that_is_read_or_passed_on_is_none(kind: str, config: dict[str, Any]) -> None:
    nodes = (new_node("start", id="s"), new_node(kind, config, id="n"))
    assert not validate(Flow(nodes=nodes, edges=(new_edge("s", "n"),)), builtin_catalogue())


@pytest.mark.parametrize("name", ["Content-Length", "transfer-encoding", "Bad Name", "", "a:b", "é"])
def test_a_header_that_cannot_be_sent_is_a_problem_before_the_run(name: str) -> None:
    [(field, reason)] = read_config(HttpConfig, {"url": "http://x/", "headers": {name: "1"}})[1]
    assert field == "headers"
    assert f'"{name}"' in reason


@pytest.mark.parametrize(
    ("value", "reason"), [("é", "other than ASCII"), (" x", "begins or ends"), ("a\nb", "line break")]
)
async def test_a_value_that_cannot_be_sent_names_its_header(bench: Bench, echo: str, value: str, reason: str) -> None:
    finished = await bench.run(("http", {"url": echo, "headers": {"X-Key": "{{v}}"}}), v=value)
    assert finished.error is not None
    assert '"X-Key"' in finished.error["message"]
    assert reason in finished.error["message"]
    assert value not in finished.error["message"]


async def test_a_port_that_there_is_not_asks_nobody(bench: Bench, echo: str) -> None:
    port = int(echo.rpartition(":")[2]) + 65_536
    finished = await bench.run(("http", {"url": f"http://127.0.0.1:{port}/", "method": "POST"}))
    assert finished.error is not None
    assert "port over 65535" in finished.error["message"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"GARBAGE\r\n\r\n", "does not answer like a web server"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n", "is incomplete: the server"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000, "headers in the response of .* are too long"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "is incomplete: the server broke"),
    ],
)
async def test_what_is_no_answer_is_told_in_plain_words(bench: Bench, content: bytes, reason: str) -> None:
    with answering(content) as port:
        finished = await bench.run(("http", {"url": f"http://127.0.0.1:{port}/"}))
    assert finished.error is not None
    assert re.search(reason, finished.error["message"])
    assert "bytearray" not in finished.error["message"]


async def test_https_to_a_server_without_it_is_told_in_plain_words(bench: Bench, echo: str) -> None:
    finished = await bench.run(("http", {"url": echo.replace("http:", "https:")}))
    assert finished.error is not None
    assert "does not use https" in finished.error["message"]
    assert "_ssl" not in finished.error["message"]
