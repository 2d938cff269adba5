"""A letter with a table in Writer, a sheet in Gnumeric, a text in AbiWord."""

import gzip
import re
import zipfile

import pytest

from tests.apps.conftest import Job

pytestmark = [pytest.mark.apps, pytest.mark.desktop, pytest.mark.timeout(240)]


def test_a_letter_with_a_table_in_writer(job: Job) -> None:
    letter = job.folder / "letter.odt"
    writer = "window=/LibreOffice Writer/"
    dialog = "window=Insert Table"
    texts = ["Item", "Price", "Äpfel", "one Euro", "梨", "half of it"]
    job.runs(
        (
            "launch",
            {
                "command": ["soffice", "--writer", "--norestore", "--nologo", "--nofirststartwizard"],
                "waitForWindow": False,
            },
        ),
        ("wait", {"selector": writer, "timeout": 90_000}),
        ("input", {"text": "Dear Ms. Müller,\nplease find our prices below.\n"}),
        ("menu", {"selector": writer, "path": ["Table", "Insert Table"]}),
        ("input", {"selector": f"{dialog} >> text_field[name='Name']", "text": "Prices", "clearFirst": True}),
        ("input", {"selector": f"{dialog} >> spin_button[name='Rows']", "text": "3", "clearFirst": True}),
        ("check", {"selector": f"{dialog} >> check_box[name='Heading']"}),
        ("choose", {"selector": f"{dialog} >> table", "option": "Financial"}),
        ("click", {"selector": f"{dialog} >> button[name='Insert']"}),
        ("wait", {"selector": dialog, "state": "disappear"}),
        *[step for text in texts for step in (("input", {"text": text}), ("keys", {"keys": ["tab"]}))][:-1],
        ("menu", {"selector": writer, "path": ["File", "Save As"]}),
        ("input", {"selector": "window=/Save/ >> text_field[name='Name']", "text": str(letter), "clearFirst": True}),
        ("click", {"selector": "window=/Save/ >> button[name='Save']"}),
        ("wait", {"until": "file", "path": str(letter)}),
    )  # fmt: skip
    content = zipfile.ZipFile(letter).read("content.xml").decode()
    written = [re.sub("<[^>]+>", "", part) for part in re.findall(r"<text:[ph][ >].*?</text:[ph]>", content)]
    assert [text for text in written if text] == ["Dear Ms. Müller,", "please find our prices below.", *texts]
    assert 'table:name="Prices"' in content
    assert "table:table-header-rows" in content


def test_a_sheet_in_gnumeric(job: Job) -> None:
    sheet = job.folder / "sums.gnumeric"
    window = "window=/Gnumeric/"
    job.runs(
        ("launch", {"command": ["gnumeric"]}),
        ("wait", {"selector": window, "timeout": 60_000}),
        *(step for text in ("12.5", "30", "=A1+A2") for step in (("input", {"text": text}), ("keys", {"keys": ["enter"]}))),
        ("menu", {"selector": window, "path": ["File", "Save As"]}),
        ("input", {"selector": "window=/Save/ >> text_field[name='Name']", "text": str(sheet), "clearFirst": True}),
        ("click", {"selector": "window=/Save/ >> button[name='Save']"}),
        ("wait", {"until": "file", "path": str(sheet)}),
    )  # fmt: skip
    content = gzip.decompress(sheet.read_bytes()).decode()
    assert re.findall(r"<gnm:Cell [^>]*>([^<]+)<", content) == ["12.5", "30", "=A1+A2"]


def test_a_sheet_completes_nothing_in_gnumeric(job: Job) -> None:
    sheet = job.folder / "names.gnumeric"
    window = "window=/Gnumeric/"
    job.runs(
        ("launch", {"command": ["gnumeric"]}),
        ("wait", {"selector": window, "timeout": 60_000}),
        ("input", {"text": "Apfelsaft\t12.5\nApfel\t7\nÄpfel\t=B1+B2\nApfels\nBirnen\nBirne\nBir\n"}),
        ("menu", {"selector": window, "path": ["File", "Save As"]}),
        ("input", {"selector": "window=/Save/ >> text_field[name='Name']", "text": str(sheet), "clearFirst": True}),
        ("click", {"selector": "window=/Save/ >> button[name='Save']"}),
        ("wait", {"until": "file", "path": str(sheet)}),
    )
    content = gzip.decompress(sheet.read_bytes()).decode()
    kept = re.findall(r"<gnm:Cell [^>]*>([^<]+)<", content)
    assert kept == ["Apfelsaft", "12.5", "Apfel", "7", "Äpfel", "=B1+B2", "Apfels", "Birnen", "Birne", "Bir"]


def test_a_text_in_abiword(job: Job) -> None:
    text = job.folder / "note.abw"
    window = "window=/AbiWord|Untitled/"
    job.runs(
        ("launch", {"command": ["abiword"]}),
        ("input", {"selector": window, "text": "Meeting at noon: Zoë & 张三", "timeout": 30_000}),
        ("menu", {"selector": window, "path": ["File", "Save As"]}),
        ("input", {"selector": "window=/Save/ >> text_field[name='Name']", "text": str(text), "clearFirst": True}),
        ("click", {"selector": "window=/Save/ >> button[name='Save']"}),
        ("wait", {"until": "file", "path": str(text)}),
    )
    assert "Meeting at noon: Zoë &amp; 张三" in re.sub(r"</?c[^>]*>", "", text.read_text("utf-8"))
