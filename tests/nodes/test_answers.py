"""Web requests against a server that says what it likes, byte by byte."""

import gzip
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from flowdesk.model.run import RunState
from flowdesk.nodes.answers import LONGEST_NAME
from tests.nodes.conftest import Bench

PDF = b"%PDF-1.4\n" + bytes(range(256)) * 40


class Server:
    """Answers each request with the bytes it was given."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/last%20part.pdf"
        self.answer = b""
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def says(self, content: bytes, *headers: str, status: str = "200 OK") -> str:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(content)}", *headers, "", ""]
        self.answer = "\r\n".join(lines).encode() + content
        return self.url

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                request = b""
                while b"\r\n\r\n" not in request and (part := connection.recv(65_536)):
                    request += part
                if request:
                    connection.sendall(self.answer)

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


@pytest.mark.parametrize(
    "goal",
    [
        "file:///etc/passwd",
        "FILE:/etc/passwd",
        "ftp://127.0.0.1/x",
        "data:text/plain,hi",
        "javascript:1",
        "http://[::1",
    ],
)
async def test_a_redirect_leads_to_web_addresses_only(bench: Bench, server: Server, goal: str) -> None:
    finished = await bench.run(("http", {"url": server.says(b"", f"Location: {goal}", status="302 Found")}))
    assert finished.error is not None
    assert "not a web address" in finished.error["message"]
    assert goal in finished.error["message"]


@pytest.mark.parametrize(
    "name", ["base64", "hex", "zlib", "rot13", "idna", "punycode", "undefined", "unicode_escape", "klingon", "x" * 300]
)
async def test_a_character_set_that_is_none_is_said_and_passed_over(
    bench: Bench, server: Server, tmp_path: Path, name: str
) -> None:
    await bench.run(("http", {"url": server.says("Grüße".encode(), f"Content-Type: text/plain; charset={name}")}))
    assert bench.result()["text"] == "Grüße"
    assert any("is read as utf-8" in line for line in bench.logs)
    (tmp_path / "t.csv").write_text("a,b\n1,2\n")
    told = ("setVariable", {"name": "kind", "value": name})
    finished = await bench.run(told, ("readTable", {"path": "t.csv", "encoding": "{{kind}}"}))
    assert finished.error is not None
    assert "unknown encoding" in finished.error["message"].casefold()


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ('filename="../../etc/evil.txt"', "evil.txt"),
        ("filename=..\\..\\evil.txt", "evil.txt"),
        ('filename="/etc/passwd"', "passwd"),
        ("filename*=UTF-8''%2e%2e%2f%2e%2e%2fevil.txt", "evil.txt"),
        ('filename=".."', "last part.pdf"),
        ('filename=""', "last part.pdf"),
        ('filename="\u202e"', "last part.pdf"),
        ('filename="in\u202evoice.txt"', "invoice.txt"),
        ('filename="a\\"b.txt"', "ab.txt"),
        ('filename="CON"', "_CON"),
        ('filename="nul.tar.gz"', "_nul.tar.gz"),
        ('filename="a:b.txt"', "ab.txt"),
        ('filename=".bashrc"', "bashrc"),
        ('filename="name.pdf ."', "name.pdf"),
        ("filename*=klingon''a.txt", "a.txt"),
        ("filename*=utf-8''%E5%8F%91%E7%A5%A8.pdf; filename=\"other.pdf\"", "发票.pdf"),
        (f'filename="{"x" * 300}.txt"', "x" * (LONGEST_NAME - 4) + ".txt"),
        (f"filename*=utf-8''{'发' * 100}.pdf", "发" * 65 + ".pdf"),
    ],
)  # fmt: skip
async def test_the_name_that_a_server_gives_stays_in_the_folder(
    bench: Bench, server: Server, tmp_path: Path, said: str, name: str
) -> None:
    url = server.says(PDF, f"Content-Disposition: attachment; {said}")
    finished = await bench.run(("http", {"url": url, "saveTo": "in/"}))
    assert finished.state is RunState.SUCCEEDED, finished.error
    assert [each.relative_to(tmp_path) for each in tmp_path.rglob("*") if each.is_file()] == [Path("in") / name]
    assert (tmp_path / "in" / name).read_bytes() == PDF


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b'{"a":', "a value is missing"), (b"[" * 200_000, "nested too deep"), (b"{}x", "text after the end")],
)
async def test_what_is_called_json_and_is_none_stays_a_text(
    bench: Bench, server: Server, content: bytes, reason: str
) -> None:
    await bench.run(("http", {"url": server.says(content, "Content-Type: application/json")}))
    assert bench.result()["text"].encode() == content
    assert bench.result()["json"] is None
    assert any(reason in line for line in bench.logs), bench.logs


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nZZ\r\nxx", "incomplete"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "incomplete"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello", "incomplete"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhix", "incomplete"),
        (b"SSH-2.0-OpenSSH_9\r\n", "incomplete"),
        (b"", "incomplete"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(PDF)[:-9], "decompressed"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nplain", "decompressed"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip\r\n\r\nx", "decompressed"),
    ],
)
async def test_an_answer_that_is_cut_off_leaves_no_file(
    bench: Bench, server: Server, tmp_path: Path, answer: bytes, reason: str
) -> None:
    server.answer = answer
    (tmp_path / "kept.bin").write_bytes(b"before")
    finished = await bench.run(("http", {"url": server.url, "saveTo": "kept.bin"}))
    assert finished.error is not None
    assert reason in finished.error["message"]
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("kept.bin", b"before")]


async def test_a_bomb_is_refused_as_a_text(bench: Bench, server: Server) -> None:
    bomb = gzip.compress(b"\0" * 200_000_000)
    finished = await bench.run(("http", {"url": server.says(bomb, "Content-Encoding: gzip")}))
    assert finished.error is not None
    assert "larger than" in finished.error["message"]
