"""Nodes that touch files, programs and the network."""

import json
import sys
import threading
from collections.abc import Iterator
from datetime import date, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from flowdesk.model.run import RunState
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


async def test_command_fails_on_exit_code_and_on_unknown_program(bench: Bench) -> None:
    bad = [sys.executable, "-c", "raise SystemExit(3)"]
    assert (await bench.run(("command", {"command": bad}))).state is RunState.FAILED
    await bench.run(("command", {"command": bad, "acceptExitCode": True}))
    assert bench.result()["exitCode"] == 3
    for config, what in (
        ({"command": ["no-such-program-here"]}, 'no program "no-such-program-here"'),
        ({"command": [sys.executable], "cwd": "no-such-folder"}, "no folder"),
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
    assert "without end" in finished.error["message"]
