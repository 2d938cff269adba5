"""PDF files of LibreOffice and ReportLab are read and their pages put together; the given ones stay as they are."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from flowdesk.model.run import RunState
from tests.packages.conftest import PackageBench

DATA = Path(__file__).parents[1] / "data"


def write(path: Path, *pages: str) -> Path:
    """Write a PDF with a line of text on each page, none where it is empty."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(path))
    canvas.setTitle("Invoice")
    canvas.setAuthor("Ada")
    for text in pages:
        canvas.setFont("STSong-Light", 12)
        canvas.drawString(72, 720, text)
        canvas.rect(50, 50, 100, 100)
        canvas.showPage()
    canvas.save()
    return path


def texts(path: Path) -> list[str]:
    return [page.extract_text().strip() for page in PdfReader(path).pages]


async def test_a_pdf_of_libreoffice_is_read(bench: PackageBench, tmp_path: Path) -> None:
    shutil.copy(DATA / "invoice.pdf", tmp_path)
    done = await bench.run(("readPdf", {"file": "invoice.pdf"}))
    assert done.state is RunState.SUCCEEDED, done.error
    assert bench.result()["text"].splitlines() == [
        "Rechnung 2026-118",
        "你好，世界！发票号码：12345",
        "Grüße – Summe 12,50 €",
    ]
    assert (bench.result()["pages"], bench.result()["empty"]) == (1, [])


async def test_pages_are_read_one_by_one_and_those_without_text_are_named(bench: PackageBench, tmp_path: Path) -> None:
    write(tmp_path / "a.pdf", "One", "二", "", "Four")
    done = await bench.run(("readPdf", {"file": "a.pdf", "pages": "2-"}))
    assert done.state is RunState.SUCCEEDED, done.error
    result = bench.result()
    assert [text.strip() for text in result["texts"]] == ["二", "", "Four"]
    assert (result["pages"], result["empty"], result["title"], result["author"]) == (4, [3], "Invoice", "Ada")
    assert any("Pages without text, perhaps pictures: 3" in line for line in bench.logs)


@pytest.mark.parametrize(
    ("pages", "wanted"),
    [
        ("", "abcde"),
        ("2", "b"),
        ("2-3", "bc"),
        ("4-", "de"),
        ("-2", "ab"),
        ("5, 1-2", "eab"),
        ("1，3", "ac"),
        ("2,2", "bb"),
    ],
)
async def test_pages_are_written_as_people_write_them(
    bench: PackageBench, tmp_path: Path, pages: str, wanted: str
) -> None:
    write(tmp_path / "a.pdf", *"abcde")
    done = await bench.run(("pdfPages", {"file": "a.pdf", "pages": pages, "to": "b.pdf"}))
    assert done.state is RunState.SUCCEEDED, done.error
    assert "".join(texts(tmp_path / "b.pdf")) == wanted
    assert bench.result() == {"paths": [str(tmp_path / "b.pdf")], "pages": len(wanted)}


@pytest.mark.parametrize("pages", ["0", "6", "3-2", "x", "-", "1-2-3", "2-9", "1,,2"])
async def test_pages_that_are_not_there_are_refused(bench: PackageBench, tmp_path: Path, pages: str) -> None:
    write(tmp_path / "a.pdf", *"abcde")
    done = await bench.run(("pdfPages", {"file": "a.pdf", "pages": pages, "to": "b.pdf"}))
    assert done.state is RunState.FAILED
    assert "Write pages like 1-3, 5, 8-." in str(done.error)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.pdf"]


async def test_files_are_merged_split_and_rotated_and_the_given_ones_stay(bench: PackageBench, tmp_path: Path) -> None:
    given = [write(tmp_path / "a.pdf", "a1", "a2"), write(tmp_path / "b.pdf", "b1")]
    before = [path.read_bytes() for path in given]
    done = await bench.run(
        ("pdfPages", {"operation": "merge", "file": ["b.pdf", "a.pdf"], "to": "out/all.pdf"}),
        ("pdfPages", {"operation": "split", "file": "out/all.pdf", "to": "out/page.pdf"}),
        ("pdfPages", {"operation": "rotate", "file": "a.pdf", "pages": "2", "degrees": 270, "to": "turned.pdf"}),
    )
    assert done.state is RunState.SUCCEEDED, done.error
    assert texts(tmp_path / "out" / "all.pdf") == ["b1", "a1", "a2"]
    names = ["all.pdf", "page-1.pdf", "page-2.pdf", "page-3.pdf"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == names
    assert [texts(Path(path)) for path in bench.result("n2")["paths"]] == [["b1"], ["a1"], ["a2"]]
    assert [page.rotation for page in PdfReader(tmp_path / "turned.pdf").pages] == [0, 270]
    assert [path.read_bytes() for path in given] == before


async def test_an_existing_file_is_kept_unless_it_may_be_replaced(bench: PackageBench, tmp_path: Path) -> None:
    write(tmp_path / "a.pdf", "new", "other")
    goal = write(tmp_path / "b.pdf", "old")
    step: dict[str, Any] = {"file": "a.pdf", "pages": "1", "to": "b.pdf"}
    assert "exists already" in str((await bench.run(("pdfPages", step))).error)
    assert texts(goal) == ["old"]
    assert (await bench.run(("pdfPages", {**step, "overwrite": True}))).state is RunState.SUCCEEDED
    assert texts(goal) == ["new"]
    done = await bench.run(("pdfPages", {**step, "to": "a.pdf", "overwrite": True}))
    assert "written over itself" in str(done.error)
    assert texts(tmp_path / "a.pdf") == ["new", "other"]


async def test_a_protected_file_opens_with_its_password_alone(bench: PackageBench, tmp_path: Path) -> None:
    writer = PdfWriter()
    writer.append(write(tmp_path / "a.pdf", "secret"))
    writer.encrypt("open-me", algorithm="AES-256")
    writer.write(tmp_path / "locked.pdf")
    for password in ("", "wrong"):
        done = await bench.run(("readPdf", {"file": "locked.pdf", "password": password}))
        assert "needs a password" in str(done.error)
    done = await bench.run(("readPdf", {"file": "locked.pdf", "password": "open-me"}))
    assert done.state is RunState.SUCCEEDED, done.error
    assert bench.result()["text"].strip() == "secret"


async def test_a_file_that_is_no_pdf_a_cut_one_and_one_that_is_not_there_are_told(
    bench: PackageBench, tmp_path: Path
) -> None:
    whole = write(tmp_path / "a.pdf", "a").read_bytes()
    (tmp_path / "cut.pdf").write_bytes(whole[:100])
    (tmp_path / "text.pdf").write_bytes(b"Hello")
    (tmp_path / "empty.pdf").write_bytes(b"")
    for name in ("cut", "text", "empty"):
        done = await bench.run(("readPdf", {"file": f"{name}.pdf"}))
        assert "is damaged or no PDF" in str(done.error)
    assert "cannot be read" in str((await bench.run(("readPdf", {"file": "gone.pdf"}))).error)


async def test_a_rehearsal_writes_nothing(bench: PackageBench, tmp_path: Path) -> None:
    write(tmp_path / "a.pdf", "a")
    done = await bench.run(("pdfPages", {"file": "a.pdf", "to": "b.pdf"}), dry=True)
    assert done.state is RunState.SUCCEEDED, done.error
    assert not (tmp_path / "b.pdf").exists()
