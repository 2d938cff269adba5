#!/usr/bin/env python3
"""What flowdesk, pandas and openpyxl make of the same twelve files: read, and with one row added. Writes a page of the docs.

    python -m pip install pandas openpyxl
    python tools/compare_tables.py          # writes docs/reference/tables-compared.md
    python tools/compare_tables.py --print  # only prints it

Each tool is used as its own documentation shows it, without settings for the file at hand. What Power Query and n8n do is taken
from their documentation, which the page names.
"""

import argparse
import json
import re
import shutil
import sys
import tempfile
import warnings
import zipfile
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from flowdesk.i18n import tr
from flowdesk.model.errors import FlowdeskError
from flowdesk.nodes.tabular.files import add_rows, read_table_file
from flowdesk.nodes.tabular.table import Reading, named_rows

ROOT = Path(__file__).parent.parent
TABLES = ROOT / "tests" / "data" / "tables"
PAGE = ROOT / "docs" / "reference" / "tables-compared.md"
CSV = {
    "excel-de.csv": "German Excel: semicolons, cp1252, decimal commas",
    "excel-cn.csv": "Chinese Excel: GB18030",
    "excel-unicode.txt": "Excel, Unicode text: UTF-16, tabs",
    "zeros.csv": "numbers with leading zeros",
    "sep-line.csv": "a first line `sep=;`",
    "surplus.csv": "rows with more cells than names",
}
BOOKS = {
    "openpyxl-formulas.xlsx": "formulas that were never calculated",
    "xlsxwriter-totals.xlsx": "a table with a row of totals",
    "hand-threads.xlsx": "threaded comments",
    "hand-slicer.xlsx": "a slicer",
    "xlsxwriter-sparklines.xlsx": "sparklines",
    "hand-macros.xlsm": "macros",
}
NEW = {"name": "new", "when": "2026-05-06", "price": 4.25}
FORMULA = re.compile(rb"<f[ >/]")


def said(error: Exception) -> str:
    """Return an error as a cell of the page."""
    text = tr(error.message) if isinstance(error, FlowdeskError) else f"{type(error).__name__}: {error}"
    return "refuses: " + " ".join(text.split())[:90]


def tried(work: Callable[[], str]) -> str:
    """Return what a tool does, or with which error it ends."""
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - any end of a tool is what the page tells
        return said(error)


# -- CSV files ------------------------------------------------------------------------------------------------------------


def told_row(found: dict[str, Any], expected: dict[str, Any]) -> str:
    """Say how a row that was read differs from what is written in the file."""
    shown = {str(key): value for key, value in found.items()}
    if list(shown) != list(expected) and not set(expected) <= set(shown):
        return f"columns {', '.join(f'`{key}`' for key in shown)[:80]}"
    wrong = [
        f"`{expected[key]}` becomes `{shown[key]}`" for key in expected if str(shown[key]) != str(expected[key] or "")
    ]
    return "as written" if not wrong else "; ".join(wrong[:2])


def told_bytes(before: bytes, after: bytes, expected: bytes) -> str:
    """Say whether the bytes that were there stand, and how the new row is written."""
    if not after.startswith(before):
        return "**old bytes changed**"
    added = after[len(before) :]
    if added == expected:
        return "like the rest"
    if added.rstrip(b"\r\n") == expected.rstrip(b"\r\n"):
        return "like the rest, with another line end"
    return f"not like the rest: `{added.decode('utf-8', 'replace').strip()[:40]}` in UTF-8"


def csv_flowdesk(path: Path, listed: dict[str, Any]) -> tuple[str, str]:
    """Read and append with flowdesk."""

    def read() -> str:
        return told_row(named_rows(read_table_file(path, Reading()), Reading())[1][0], listed["first"])

    def add() -> str:
        before = path.read_bytes()
        add_rows(path, [listed["row"]], ())
        return told_bytes(before, path.read_bytes(), bytes.fromhex(listed["added"]))

    return tried(read), tried(add)


def csv_pandas(path: Path, listed: dict[str, Any]) -> tuple[str, str]:
    """Read and append with pandas."""
    pandas = import_module("pandas")

    def read() -> str:
        return told_row(pandas.read_csv(path).iloc[0].to_dict(), listed["first"])

    def add() -> str:
        before = path.read_bytes()
        row = {name: listed["row"].get(name) for name in listed["first"]}
        pandas.DataFrame([row]).to_csv(path, mode="a", header=False, index=False)
        return told_bytes(before, path.read_bytes(), bytes.fromhex(listed["added"]))

    return tried(read), tried(add)


# -- workbooks ------------------------------------------------------------------------------------------------------------


def parts(path: Path) -> dict[str, bytes]:
    """Return the parts of a workbook."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def told_loss(before: dict[str, bytes], after: dict[str, bytes]) -> str:
    """Say which parts of a workbook are gone, and what else of its content."""
    left = [
        name
        for name in before.keys() - after.keys()
        if not name.endswith((".rels", "sharedStrings.xml", "calcChain.xml"))
    ]
    gone = sorted({name.split("/")[1] if name.count("/") > 1 else Path(name).name for name in left} - {"theme"})
    lost = [f"loses {', '.join(f'`{name}`' for name in gone)}"] if gone else []
    if any(b"sparklineGroup" in part for part in before.values()) and not any(
        b"sparklineGroup" in part for part in after.values()
    ):
        lost.append("loses the sparklines")
    old, new = (b"".join(part for name, part in each.items() if "worksheets/sheet" in name) for each in (before, after))
    values = [len(re.findall(rb"</f><v>[^<]", each)) for each in (old, new)]
    if len(FORMULA.findall(new)) < len(FORMULA.findall(old)):
        lost.append("loses formulas")
    elif values[1] < values[0]:
        lost.append("loses the results of formulas")
    return "; ".join(lost) or "nothing is lost"


def book_flowdesk(path: Path) -> tuple[str, str]:
    """Read and append with flowdesk."""

    def read() -> str:
        table = read_table_file(path, Reading())
        rows = named_rows(table, Reading())[1]
        notes = [tr(sentence) for level, sentence in table.notes if level == "warn"]
        return told_values(rows) + (f"; warns: {notes[0]}" if notes else "")

    def add() -> str:
        before = parts(path)
        add_rows(path, [NEW], ())
        return told_loss(before, parts(path))

    return tried(read), tried(add)


def told_values(rows: list[Any]) -> str:
    """Say how many rows were read, and how many cells of the last column are empty."""
    empty = sum(
        list(row.values())[-1] in (None, "") or list(row.values())[-1] != list(row.values())[-1] for row in rows
    )
    return f"{len(rows)} rows" + (f", {empty} results empty" if empty else "")


def book_pandas(path: Path) -> tuple[str, str]:
    """Read and append with pandas."""
    pandas = import_module("pandas")

    def read() -> str:
        return told_values(pandas.read_excel(path).to_dict("records"))

    def add() -> str:
        before = parts(path)
        begin = len(pandas.read_excel(path)) + 1
        with pandas.ExcelWriter(path, mode="a", if_sheet_exists="overlay", engine="openpyxl") as writer:
            sheet = writer.book.sheetnames[0]
            pandas.DataFrame([NEW]).to_excel(writer, sheet_name=sheet, startrow=begin, header=False, index=False)
        return told_loss(before, parts(path)) + below_totals(path)

    return tried(read), tried(add)


def book_openpyxl(path: Path) -> tuple[str, str]:
    """Read and append with openpyxl."""
    import openpyxl

    def read() -> str:
        sheet = openpyxl.load_workbook(path, data_only=True).active
        head, *rows = sheet.iter_rows(values_only=True)
        return told_values([dict(zip(map(str, head), row, strict=True)) for row in rows])

    def add() -> str:
        before = parts(path)
        book = openpyxl.load_workbook(path)
        book.active.append(list(NEW.values()))
        book.save(path)
        return told_loss(before, parts(path)) + below_totals(path)

    return tried(read), tried(add)


def below_totals(path: Path) -> str:
    """Say that the row went below the totals of a table."""
    return "; the row is below the totals" if "totals" in path.name else ""


# -- the page -------------------------------------------------------------------------------------------------------------


HEAD = """<!-- Written by tools/compare_tables.py, which runs the tools on the files. Do not edit. -->

# Twelve files compared

The same files, read and given one more row: by `readTable` and `writeTable`, and by pandas {pandas} and openpyxl {openpyxl} as
their documentation shows it, without settings for the file at hand. The files are in `tests/data/tables`.
"""
DOCUMENTED = """
## Power Query and n8n, as documented

| | Power Query | n8n |
| --- | --- | --- |
| encoding of a CSV file | [not inferred](https://learn.microsoft.com/power-query/connectors/text-csv), except UTF-8 with a byte order mark; people choose *File Origin* | nothing is said about it |
| `007` | a number where the first 200 rows look like numbers; *Do not detect data types* keeps it | nothing is said about it |
| adding a row to a CSV file | not possible: it only imports | [*Append*](https://docs.n8n.io/integrations/builtin/core-nodes/n8n-nodes-base.readwritefile/) adds the bytes of a file that *Convert to File* made |
| adding a row to a workbook | not possible | [*Convert to File*](https://docs.n8n.io/integrations/builtin/core-nodes/n8n-nodes-base.converttofile/) makes a new workbook of the rows; the old one with its other sheets, formats and formulas is replaced |
"""


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a table of Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def page(folder: Path) -> str:
    """Run the tools and return the page."""
    listed = {each["name"]: each for each in json.loads((TABLES / "csv.json").read_text("utf-8"))}
    tools: list[Callable[[Path, dict[str, Any]], tuple[str, str]]] = [csv_flowdesk, csv_pandas]
    rows = []
    for name, about in CSV.items():
        cells = [cell for tool in tools for cell in tool(_copy(name, folder), listed[name])]
        rows.append([f"`{name}`: {about}", *cells])
    head = ["file", "flowdesk reads", "flowdesk adds", "pandas reads", "pandas adds"]
    text = (
        HEAD.format(pandas=version("pandas"), openpyxl=version("openpyxl")) + "\n## CSV files\n\n" + table(head, rows)
    )
    books = []
    for name, about in BOOKS.items():
        cells = [cell for run in (book_flowdesk, book_pandas, book_openpyxl) for cell in run(_copy(name, folder))]
        books.append([f"`{name}`: {about}", *cells])
    head = ["file", "flowdesk reads", "flowdesk adds", "pandas reads", "pandas adds", "openpyxl reads", "openpyxl adds"]
    return text + "\n\n## Workbooks\n\n" + table(head, books) + "\n" + DOCUMENTED


def _copy(name: str, folder: Path) -> Path:
    return Path(shutil.copy(TABLES / name, folder / name))


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--print", action="store_true", help="print the page instead of writing it")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        text = page(Path(folder))
    if arguments.print:
        sys.stdout.write(text)
    else:
        PAGE.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
