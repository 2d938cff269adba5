"""Nodes that touch files, programs and the network."""

import asyncio
import contextlib
import json
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from flowdesk.model.run import RunState
from flowdesk.system.homes import HOME_OF_PROGRAMS
from tests.nodes.conftest import Bench

ROWS = [{"name": "张三", "age": "3"}, {"name": "=1+1", "age": 'x,\n"y"'}]


@pytest.mark.parametrize("name", ["t.csv", "t.xlsx"])
async def test_table_written_is_read_back(bench: Bench, name: str) -> None:
    await bench.run(
        ("writeTable", {"path": name, "rows": ROWS[:1]}),
        ("writeTable", {"path": name, "rows": ROWS[1]}),
        ("readTable", {"path": name}),
    )
    assert bench.result("n3") == {"rows": ROWS, "columns": ["name", "age"], "count": 2}


async def test_days_of_a_workbook_are_days(bench: Bench, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["day", "moment"], [date(2026, 1, 2), datetime(2026, 1, 2, 3, 4)]):
        book.worksheets[0].append(row)
    book.save(tmp_path / "t.xlsx")
    await bench.run(("readTable", {"path": "t.xlsx"}))
    assert bench.result()["rows"] == [{"day": "2026-01-02", "moment": "2026-01-02T03:04:00"}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
async def test_encoding_of_csv_is_found_out(bench: Bench, tmp_path: Path, encoding: str) -> None:
    (tmp_path / "t.csv").write_bytes("姓名;数\r\n张三;1\r\n".encode(encoding))
    await bench.run(("readTable", {"path": "t.csv"}))
    assert bench.result()["rows"] == [{"姓名": "张三", "数": "1"}]


async def test_missing_table_is_one_clear_error(bench: Bench) -> None:
    finished = await bench.run(("readTable", {"path": "none.xlsx"}))
    assert finished.error is not None
    assert finished.error["code"] == "node.failed"


async def test_files_are_written_listed_moved_and_deleted(bench: Bench, tmp_path: Path) -> None:
    finished = await bench.run(
        ("file", {"operation": "write", "path": "d/a.txt", "text": "é"}),
        ("file", {"operation": "append", "path": "d/a.txt", "text": "!"}),
        ("file", {"operation": "copy", "path": "d/a.txt", "to": "d/b.txt"}),
        ("file", {"operation": "list", "path": "d"}),
        ("file", {"operation": "read", "path": "d/b.txt"}),
        ("file", {"operation": "delete", "path": "d/a.txt"}),
        ("file", {"operation": "exists", "path": "d/a.txt"}),
    )
    assert finished.state is RunState.SUCCEEDED, finished.error
    assert [Path(path).name for path in bench.result("n4")["files"]] == ["a.txt", "b.txt"]
    assert bench.result("n5")["text"] == "é!"
    assert bench.result("n7")["exists"] is False


async def test_copy_does_not_replace_unless_told(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    (tmp_path / "b").write_text("b")
    assert (await bench.run(("file", {"operation": "copy", "path": "a", "to": "b"}))).state is RunState.FAILED
    assert (tmp_path / "b").read_text() == "b"


async def test_dry_run_changes_no_file_and_runs_no_program(bench: Bench, tmp_path: Path) -> None:
    finished = await bench.run(
        ("file", {"operation": "write", "path": "a", "text": "a"}),
        ("writeTable", {"path": "t.csv", "rows": ROWS}),
        ("command", {"command": [sys.executable, "-c", "open('made', 'w')"]}),
        ("http", {"url": "http://127.0.0.1:1/"}),
        dry=True,
    )
    assert finished.state is RunState.SUCCEEDED, finished.error
    assert list(tmp_path.iterdir()) == []


async def test_command_returns_its_outputs(bench: Bench) -> None:
    code = "import sys; print(sys.stdin.read() + sys.argv[1]); print('x' * 2_000_000, file=sys.stderr)"
    await bench.run(("command", {"command": [sys.executable, "-c", code, "; $HOME"], "stdin": "in"}))
    result = bench.result()
    assert (result["exitCode"], result["stdout"].strip()) == (0, "in; $HOME")
    assert len(result["stderr"]) == 1_000_000


async def test_command_has_the_home_that_the_programs_of_its_run_have(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(HOME_OF_PROGRAMS, "HOME", str(tmp_path))
    await bench.run(("command", {"command": [sys.executable, "-c", "import os; print(os.environ['HOME'])"]}))
    assert bench.result()["stdout"].strip() == str(tmp_path)


async def test_command_fails_on_exit_code_and_on_unknown_program(bench: Bench) -> None:
    bad = [sys.executable, "-c", "raise SystemExit(3)"]
    assert (await bench.run(("command", {"command": bad}))).state is RunState.FAILED
    await bench.run(("command", {"command": bad, "acceptExitCode": True}))
    assert bench.result()["exitCode"] == 3
    for config, what in (
        ({"command": ["no-such-program-here"]}, 'not found: "no-such-program-here"'),
        ({"command": [sys.executable], "cwd": "no-such-folder"}, "Folder not found"),
    ):
        finished = await bench.run(("command", config))
        assert finished.error is not None
        assert what in finished.error["message"]


async def test_command_is_ended_when_its_time_is_over(bench: Bench) -> None:
    endless = [sys.executable, "-c", "import threading; threading.Event().wait()"]
    finished = await bench.run(("command", {"command": endless, "timeout": 200}))
    assert finished.error is not None
    assert finished.error["code"] == "node.timeout"


class Answers(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(404 if self.path == "/none" else 200)
        self.end_headers()
        self.wfile.write(b'{"got": ' + body + b"}")

    def do_GET(self) -> None:
        if self.path.startswith("/to/"):
            host = self.path.removeprefix("/to/")
            self.send_response(302)
            self.send_header("Location", f"http://{host}:{self.server.server_port}/seen")  # type: ignore[attr-defined]
            self.end_headers()
            return
        if self.path == "/round":
            self.send_response(302)
            self.send_header("Location", "/round")
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({name.lower(): value for name, value in self.headers.items()}).encode())

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


async def test_http_sends_json_and_reads_json(bench: Bench, site: str) -> None:
    finished = await bench.run(("http", {"method": "POST", "url": site + "/", "json": [1, "{{x}}"]}), x=2)
    assert finished.state is RunState.SUCCEEDED, finished.error
    assert bench.result()["json"] == {"got": [1, 2]}


async def test_http_status_of_400_or_more_fails_unless_accepted(bench: Bench, site: str) -> None:
    request = {"method": "POST", "url": site + "/none", "body": "0"}
    assert (await bench.run(("http", request))).state is RunState.FAILED
    await bench.run(("http", {**request, "acceptStatus": True}))
    assert bench.result()["status"] == 404


async def test_http_to_nowhere_is_one_clear_error(bench: Bench) -> None:
    finished = await bench.run(("http", {"url": "nowhere"}))
    assert finished.error is not None
    assert finished.error["code"] == "node.failed"


@pytest.mark.parametrize(("host", "arrives"), [("127.0.0.1", True), ("localhost", False)])
async def test_headers_follow_a_redirect_only_to_the_same_origin(
    bench: Bench, site: str, host: str, arrives: bool
) -> None:
    bench.services.secret = lambda name: f"the {name} itself"
    headers = {"X-Key": "{{secret:key}}", "Authorization": "Bearer {{secret:key}}", "Accept": "application/json"}
    finished = await bench.run(("http", {"url": f"{site}/to/{host}", "headers": headers}))
    assert finished.state is RunState.SUCCEEDED, finished.error
    seen = bench.result()["json"]
    assert seen["accept"] == "application/json"
    assert ("x-key" in seen, "authorization" in seen) == (arrives, arrives)


async def test_redirects_without_end_are_one_clear_error(bench: Bench, site: str) -> None:
    finished = await bench.run(("http", {"url": f"{site}/round"}))
    assert finished.error is not None
    assert "too many times" in finished.error["message"]


PICTURE = bytes(range(256)) * 300


class Files(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        kinds = {"/a.png": ("image/png", PICTURE), "/latin": ("text/html; charset=windows-1252", "Größe €".encode("cp1252")),
                 "/meta": ("text/html", '<meta charset="gb2312">你好，世界'.encode("gbk")), "/bare": ("text/plain", "é".encode())}  # fmt: skip
        kind, content = kinds[self.path.partition("?")[0]]
        self.send_response(200)
        self.send_header("Content-Type", kind)
        if "named" in self.path:
            self.send_header("Content-Disposition", "attachment; filename*=UTF-8''..%2F..%2F%E5%9B%BE%E7%89%87.png")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def files() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Files) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("address", "to", "name"),
    [("/a.png", "out/b.png", "out/b.png"), ("/a.png", "out/", "out/a.png"), ("/a.png?named", "out/", "out/图片.png")],
)
async def test_http_saves_an_answer_byte_for_byte(
    bench: Bench, files: str, tmp_path: Path, address: str, to: str, name: str
) -> None:
    finished = await bench.run(("http", {"url": files + address, "saveTo": to}))
    assert finished.state is RunState.SUCCEEDED, finished.error
    assert (tmp_path / name).read_bytes() == PICTURE
    assert bench.result()["path"] == str(tmp_path / name)
    assert [each.name for each in (tmp_path / "out").iterdir()] == [Path(name).name]


async def test_http_puts_no_bytes_into_a_text(bench: Bench, files: str) -> None:
    finished = await bench.run(("http", {"url": files + "/a.png"}))
    assert finished.error is not None
    assert "not text: image/png" in finished.error["message"]


@pytest.mark.parametrize(("address", "text"), [("/latin", "Größe €"), ("/meta", "你好，世界"), ("/bare", "é")])
async def test_http_reads_text_by_its_character_set(bench: Bench, files: str, address: str, text: str) -> None:
    await bench.run(("http", {"url": files + address}))
    assert bench.result()["text"].endswith(text)


@pytest.mark.parametrize(
    ("written", "kept"), [("a\\n", "a"), ("a\\n\\n", "a\n"), ("a\\r\\n", "a"), ("a", "a"), ("a \\n", "a ")]
)
async def test_command_drops_one_final_line_break(bench: Bench, written: str, kept: str) -> None:
    code = f"import sys; sys.stdout.buffer.write(b'{written}')"
    await bench.run(("command", {"command": [sys.executable, "-c", code]}))
    assert bench.result()["stdout"] == kept


async def test_command_saves_its_output_byte_for_byte(bench: Bench, tmp_path: Path) -> None:
    code = "import sys; sys.stdout.buffer.write(bytes(range(256)) * 8000)"
    await bench.run(("command", {"command": [sys.executable, "-c", code], "saveTo": "out/raw.bin"}))
    assert (tmp_path / "out" / "raw.bin").read_bytes() == bytes(range(256)) * 8000
    assert bench.result()["stdout"] == ""
    await bench.run(("command", {"command": [sys.executable, "-c", code + "; sys.exit(1)"], "saveTo": "out/no.bin"}))
    assert [each.name for each in (tmp_path / "out").iterdir()] == ["raw.bin"]


async def test_command_reads_other_encodings_and_says_what_is_not_text(bench: Bench) -> None:
    code = "import sys; sys.stdout.buffer.write('你好'.encode('gbk'))"
    await bench.run(("command", {"command": [sys.executable, "-c", code], "encoding": "gbk"}))
    assert bench.result()["stdout"] == "你好"
    await bench.run(
        ("command", {"command": [sys.executable, "-c", "import sys; sys.stdout.buffer.write(b'\\xff\\0')"]})
    )
    assert any("not text" in line for line in bench.logs)


class Odd(BaseHTTPRequestHandler):
    """Answers as broken and hostile servers give them."""

    gone = threading.Event()

    def do_GET(self) -> None:
        way = self.path.strip("/")
        if way.startswith("drip"):
            self._drip(way)
            return
        self.send_response(200)
        content = {"json": b"OK", "nan": b"[NaN, 1e400, 12345678901234567890]", "wrong": "Größe".encode("cp1252")}.get(
            way, b"abc"
        )
        kind = {"wrong": "text/plain; charset=utf-8"}.get(way, "application/json")
        self.send_header("Content-Type", kind)
        if way == "packed":
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content) + 9 * (way == "short")))
        self.end_headers()
        self.wfile.write(content)

    def _drip(self, way: str) -> None:
        """A byte now and then, for ever: no silence is long."""
        with contextlib.suppress(OSError):
            if way == "drip-body":
                self.send_response(200)
                self.end_headers()
            else:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
            while not self.server.__dict__["ending"].wait(0.05):
                self.wfile.write(b"a")
                self.wfile.flush()
        self.gone.set()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def odd() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Odd) as server:
        server.__dict__["ending"] = threading.Event()
        Odd.gone.clear()
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.__dict__["ending"].set()
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("way", ["drip-body", "drip-head"])
async def test_http_timeout_bounds_the_whole_answer_and_hangs_up(
    bench: Bench, odd: str, tmp_path: Path, way: str
) -> None:
    for saving in ({}, {"saveTo": "out/a.bin"}):
        finished = await bench.run(("http", {"url": f"{odd}/{way}", "timeout": 400, **saving}))
        assert finished.error is not None
        assert finished.error["code"] == "node.timeout"
    assert await asyncio.to_thread(Odd.gone.wait, 30)
    assert not [each for each in tmp_path.rglob("*") if each.is_file() and each.suffix == ".bin"]


@pytest.mark.parametrize(("way", "told"), [("packed", "cannot be decompressed"), ("short", "is incomplete")])
async def test_http_answer_that_is_broken_is_one_clear_error(bench: Bench, odd: str, way: str, told: str) -> None:
    finished = await bench.run(("http", {"url": f"{odd}/{way}"}))
    assert finished.error is not None
    assert told in finished.error["message"]


async def test_http_answer_that_is_not_what_it_is_called_is_said(bench: Bench, odd: str) -> None:
    await bench.run(("http", {"url": f"{odd}/json"}))
    assert (bench.result()["text"], bench.result()["json"]) == ("OK", None)
    assert any("labeled JSON, but is not valid JSON" in line for line in bench.logs)
    await bench.run(("http", {"url": f"{odd}/wrong"}))
    assert bench.result()["text"] == "Größe"
    assert any("labeled utf-8, but is read as" in line for line in bench.logs)
    await bench.run(("http", {"url": f"{odd}/nan"}))
    assert bench.result()["json"] == ["NaN", "1e400", 12345678901234567890]


def make_certificate(key: Path, certificate: Path) -> None:
    """A certificate that nobody vouches for."""
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "2"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)


async def test_http_to_a_server_that_does_not_prove_who_it_is(bench: Bench, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    make_certificate(key, certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        finished = await bench.run(("http", {"url": f"https://localhost:{server.server_port}/"}))
        server.shutdown()
        thread.join()
    assert finished.error is not None
    assert "is not trusted: self-signed certificate" in finished.error["message"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
async def test_command_reads_a_mark_and_drops_it(bench: Bench, encoding: str) -> None:
    code = f"import sys; sys.stdout.buffer.write('名字 é\\r\\n'.encode('{encoding}'))"
    await bench.run(("command", {"command": [sys.executable, "-X", "utf8", "-c", code]}))
    assert bench.result("n1")["stdout"] == "名字 é"


@pytest.mark.parametrize(
    ("command", "told", "fix"),
    [
        (["{python}", "-c", "import sys; sys.exit(3)"], "failed with exit code 3", "It wrote no output"),
        (["{python}", "-c", "import sys; sys.exit('why')"], "failed with exit code 1", "See its output: why"),
        (["{python}", "a\0b"], "a text contains a zero character", ""),
        (["{python}", "a\ud800"], "a text contains half a character", ""),
    ],
)
async def test_command_that_fails_says_why_in_plain_words(
    bench: Bench, command: list[str], told: str, fix: str
) -> None:
    finished = await bench.run(("command", {"command": [part.format(python=sys.executable) for part in command]}))
    assert finished.error is not None
    assert told in finished.error["message"]
    assert fix in finished.error["fix"]
    assert "codec" not in str(finished.error)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX")
async def test_command_that_was_killed_names_the_signal(bench: Bench) -> None:
    code = "import os; os.kill(os.getpid(), 9)"
    finished = await bench.run(("command", {"command": [sys.executable, "-c", code]}))
    assert finished.error is not None
    assert "was terminated by signal 9" in finished.error["message"]
