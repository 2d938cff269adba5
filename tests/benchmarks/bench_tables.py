"""A table of 100,000 rows read, filtered and looped over: time and memory of a whole process, beside pandas and openpyxl.

The peers are measured where they can be imported; `PYTHONPATH` may name a folder with them.
"""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROWS = 100_000
COLUMNS = ("id", "name", "city", "n", "price", "when", "a", "b", "c", "d")
MOST_MB = 300
FLOWDESK = """
import asyncio, sys
from pathlib import Path
from flowdesk.engine.context import Services
from flowdesk.engine.options import RunOptions
from flowdesk.engine.runner import Runner
from flowdesk.model.flow import Flow, new_edge, new_node
from flowdesk.nodes import builtin_catalogue
path = Path(sys.argv[1])
nodes = [
    new_node("start", id="start"),
    new_node("readTable", {"path": path.name}, id="read"),
    new_node("setVariable", {"name": "few", "value": "{{ read.rows|where('city', '==', 'Bern')|length }}"}, id="filter"),
    new_node("loop", {"type": "forEach", "items": "{{read.rows}}"}, id="loop"),
    new_node("setVariable", {"name": "last", "value": "{{item.id}}"}, id="set"),
]
edges = [new_edge("start", "read"), new_edge("read", "filter"), new_edge("filter", "loop"), new_edge("loop", "set", "body")]
runner = Runner(Flow(nodes=tuple(nodes), edges=tuple(edges)), builtin_catalogue(), Services(home=path.parent), lambda event: None, RunOptions())
finished = asyncio.run(runner.run())
assert finished.error is None, finished.error
few, last = runner.variables["few"], runner.variables["last"]
"""
PANDAS = """
import sys
import pandas
rows = pandas.read_csv(sys.argv[1], dtype=str) if sys.argv[1].endswith("csv") else pandas.read_excel(sys.argv[1], dtype=str)
few = int((rows["city"] == "Bern").sum())
for row in rows.itertuples():
    last = row.id
"""
OPENPYXL = """
import sys
import openpyxl
rows = openpyxl.load_workbook(sys.argv[1], read_only=True).active.iter_rows(values_only=True)
names = next(rows)
rows = [dict(zip(names, row)) for row in rows]
few = sum(row["city"] == "Bern" for row in rows)
for row in rows:
    last = row["id"]
"""
TOLD = """
import json, re, time
from pathlib import Path
most = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())  # getrusage remembers who started it
print(json.dumps([int(few), int(last), int(most[1]) / 1024, time.process_time()]))
"""


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the table as CSV and as XLSX."""
    folder = tmp_path_factory.mktemp("tables")
    rows = [
        [number, f"Name {number}", ("Bern", "Köln", "北京")[number % 3], number % 977, number * 37 % 10_000 / 100, "2026-03-05",
         f"a{number}", f"b{number}", f"c{number}", f"d{number}"]
        for number in range(ROWS)
    ]  # fmt: skip
    with (folder / "rows.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([COLUMNS, *rows])
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Rows")
    for row in (COLUMNS, *rows):
        sheet.append(row)
    book.save(folder / "rows.xlsx")
    return folder


def measured(program: str, path: Path) -> tuple[float, float] | None:
    """Run a program in a process of its own and return its megabytes and its seconds of the processor."""
    done = subprocess.run(
        [sys.executable, "-c", program + TOLD, str(path)], capture_output=True, text=True, timeout=600, check=False,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""},
    )  # fmt: skip
    if "ModuleNotFoundError" in done.stderr:
        return None
    assert done.returncode == 0, done.stderr
    few, last, megabytes, seconds = json.loads(done.stdout)
    assert (few, last) == ((ROWS + 2) // 3, ROWS - 1)
    return megabytes, seconds


@pytest.mark.benchmark
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", ["rows.csv", "rows.xlsx"])
def test_a_large_table_is_read_filtered_and_looped_in_bounded_memory(tables: Path, name: str) -> None:
    programs = {"flowdesk": FLOWDESK, "pandas": PANDAS, **({"openpyxl": OPENPYXL} if name.endswith("xlsx") else {})}
    figures = {each: measured(program, tables / name) for each, program in programs.items()}
    for each, figure in figures.items():
        print(
            f"\n{name} {each}: " + ("not installed" if figure is None else f"{figure[0]:.0f} MB, {figure[1]:.1f} s"),
            end="",
        )
    assert figures["flowdesk"] is not None
    assert figures["flowdesk"][0] < MOST_MB
