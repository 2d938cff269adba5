"""Jobs of people, as the example flows do them, from their files to their files."""

import json
import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from flowdesk.model.flow import Flow
from flowdesk.model.run import RunState
from flowdesk.resource import resource_path
from tests.nodes.conftest import Bench


async def play(bench: Bench, name: str, **variables: Any) -> Any:
    """Run an example in the test's folder and return its result."""
    flow = Flow.model_validate_json(resource_path("flows", f"{name}.flow.json").read_text("utf-8"))
    finished = await bench.run_flow(flow, **variables)
    assert finished.state is RunState.SUCCEEDED, finished.error
    assert bench.runner is not None
    return bench.runner.result


def given(folder: Path, *names: str) -> None:
    for name in names:
        shutil.copy(resource_path("flows", name), folder / name)


async def test_invoices_are_sorted_by_the_dates_in_their_names(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    names = ["Invoice 42 of 05.11.2026.pdf", "Invoice 7 of 30.12.2026 (copy).pdf", "Invoice 43 of 06.11.2026.pdf"]
    for name in names:
        (tmp_path / "inbox" / name).write_text(name)
    files = await play(bench, "invoices-by-date")
    assert [str(Path(file).relative_to(tmp_path / "invoices")) for file in files] == [
        "2026-11/INV-0042.pdf",
        "2026-11/INV-0043.pdf",
        "2026-12/INV-0007.pdf",
    ]
    assert Path(files[0]).read_text() == names[0]
    assert list((tmp_path / "inbox").iterdir()) == []


async def test_two_invoices_with_one_number_stop_before_one_is_lost(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    for name in ("Invoice 42 of 05.11.2026.pdf", "Invoice 42 of 06.11.2026.pdf"):
        (tmp_path / "inbox" / name).write_text(name)
    flow = Flow.model_validate_json(resource_path("flows", "invoices-by-date.flow.json").read_text("utf-8"))
    assert (await bench.run_flow(flow)).state is RunState.FAILED
    assert len(list(tmp_path.rglob("*.pdf"))) == 2


async def test_orders_are_added_up(bench: Bench, tmp_path: Path) -> None:
    given(tmp_path, "orders.csv")
    rows = await play(bench, "totals")
    assert rows == [
        {"Customer": "Böhm", "Orders": 1, "Total": 12},
        {"Customer": "Groß", "Orders": 2, "Total": 90.1},
        {"Customer": "Müller", "Orders": 2, "Total": 1234.6},
    ]
    assert "1.336,70" in (tmp_path / "total.txt").read_text("utf-8")
    assert any("cp1252" in line for line in bench.logs)


async def test_a_function_gives_two_prices_and_its_failure_is_handled_in_one_place(bench: Bench) -> None:
    await play(bench, "functions")
    assert [line for line in bench.logs if line.startswith(("Paper", "Ink", "Pens"))] == [
        "Paper: 13.5, members 12.15",
        'Ink: The function "Price" failed: Nothing was ordered.',
        "Pens: 12, members 10.8",
    ]


async def test_a_status_goes_back_to_its_row_and_nothing_else_changes(bench: Bench, tmp_path: Path) -> None:
    given(tmp_path, "tasks.xlsx", "letters.txt")
    await play(bench, "status-to-the-row")
    sheet = openpyxl.load_workbook(tmp_path / "tasks.xlsx").active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [row[3] for row in rows] == ["missing", "done", "done"]
    assert [row[5] for row in rows] == [f'=IF(D{row}="done",0,{days})' for row, days in ((2, 5), (3, 2), (4, 1))]
    assert sheet["A1"].font.b
    assert isinstance(sheet["E2"].value, datetime)
    assert abs((sheet["E2"].value.replace(tzinfo=UTC) - datetime.now(UTC)).days) <= 2
    assert sheet["E2"].number_format == "dd.mm.yyyy"


async def test_addresses_are_found_once_and_added_once(bench: Bench, tmp_path: Path) -> None:
    given(tmp_path, "letters.txt")
    expected = ["bob@example.org", "carol.lee+news@example.com", "ann@example.org", "dave@mail.example.net"]
    assert await play(bench, "addresses-from-text") == expected
    before = (tmp_path / "addresses.csv").read_bytes()
    with (tmp_path / "letters.txt").open("a") as stream:
        stream.write("eve@example.org\n")
    assert await play(bench, "addresses-from-text") == [*expected, "eve@example.org"]
    assert (tmp_path / "addresses.csv").read_bytes().startswith(before)


class Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        page = int(self.path.rpartition("=")[2])
        answer = {"items": [{"id": page * 10 + n} for n in range(3)], "next": page + 1 if page < 4 else None}
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def service() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Pages) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/items"
        server.shutdown()
        thread.join()


async def test_all_pages_of_a_service_are_read(bench: Bench, service: str) -> None:
    rows = await play(bench, "pages-of-a-service", service=service)
    assert [row["id"] for row in rows] == [page * 10 + n for page in range(1, 5) for n in range(3)]


async def test_a_script_works_on_the_rows(bench: Bench, tmp_path: Path) -> None:
    given(tmp_path, "orders.csv")
    assert await play(bench, "script") == {"median": 12.0, "largest": 1234.5}
    assert "5 orders" in bench.logs


async def test_a_csv_file_of_another_country_becomes_a_workbook(bench: Bench, tmp_path: Path) -> None:
    given(tmp_path, "orders.csv")
    finished = await bench.run(
        ("readTable", {"path": "orders.csv"}),
        ("writeTable", {"path": "orders.xlsx", "rows": "{{n1.rows}}"}),
        ("writeTable", {"path": "orders.json", "rows": "{{n1.rows}}"}),
        ("readTable", {"path": "orders.xlsx"}),
        ("readTable", {"path": "orders.json"}),
    )
    assert finished.state is RunState.SUCCEEDED, finished.error
    assert bench.result("n4")["rows"] == bench.result("n5")["rows"] == bench.result("n1")["rows"]


async def test_the_table_of_a_program_is_saved_and_read(bench: Bench) -> None:
    import sys

    code = "print('a;b'); print('1;Größe')"
    finished = await bench.run(
        ("command", {"command": [sys.executable, "-X", "utf8", "-c", code], "saveTo": "out/table.csv"}),
        ("readTable", {"path": "{{n1.path}}"}),
    )
    assert finished.state is RunState.SUCCEEDED, finished.error
    assert bench.result("n2")["rows"] == [{"a": "1", "b": "Größe"}]


async def test_many_files_become_one_table_whatever_they_are_written_in(bench: Bench, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "a.csv").write_bytes("Kunde;Ort;PLZ\r\nMüller;Köln;01067\r\n".encode("cp1252"))
    (inbox / "b.csv").write_bytes('Ort,Kunde,Note\nWien,Böhm,"two\nlines"\n'.encode("utf-8-sig"))
    (inbox / "c.csv").write_bytes("sep=\t\r\nKunde\tPLZ\r\n张三\t123456789012345678\r\n".encode("utf-16"))
    (inbox / "d.txt").write_text("no table")
    assert await play(bench, "one-table-of-many") == [
        {"Kunde": "Müller", "Ort": "Köln", "PLZ": "01067", "Note": None},
        {"Kunde": "Böhm", "Ort": "Wien", "PLZ": None, "Note": "two\nlines"},
        {"Kunde": "张三", "Ort": None, "PLZ": "123456789012345678", "Note": None},
    ]


async def test_invoices_that_are_not_paid_are_found_to_the_cent(bench: Bench, tmp_path: Path) -> None:
    given(tmp_path, "invoices.csv", "payments.csv")
    assert await play(bench, "open-invoices") == [
        {"Number": "0042", "Customer": "Groß", "Open": "89.9"},  # paid to "42", which is another number
        {"Number": "0044", "Customer": "Li", "Open": "50"},
    ]


async def test_a_table_is_split_into_a_file_for_each_customer(bench: Bench, tmp_path: Path) -> None:
    given(tmp_path, "orders.csv")
    with (tmp_path / "orders.csv").open("ab") as stream:
        stream.write("../A/B;10.11.2026;1,00\n".encode("cp1252"))
    files = [Path(file) for file in await play(bench, "one-file-for-each")]
    assert [file.name for file in files] == ["1 Müller.csv", "2 Groß.csv", "3 Böhm.csv", "4 ___A_B.csv"]
    assert {file.parent for file in files} == {tmp_path / "customers"}
    lines = (tmp_path / "customers" / "1 Müller.csv").read_text("utf-8-sig").splitlines()
    assert lines == ["Kunde,Datum,Betrag", 'Müller,02.11.2026,"1.234,50"', 'Müller,05.11.2026,"0,10"']
