"""Several processes add to one file at once: every row that was reported as written is there."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from flowdesk.nodes.tabular.files import add_rows, read_table_file, replace_rows
from flowdesk.nodes.tabular.table import Reading, named_rows
from flowdesk.system import lock_folder

EACH = 25
WRITE = """
import sys
from pathlib import Path
from flowdesk.nodes.tabular.files import add_rows
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[3])):
    add_rows(Path(sys.argv[1]), [{"who": sys.argv[2], "n": number}], [])
"""


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json", "jsonl"])
def test_rows_of_two_processes_are_all_there(tmp_path: Path, ending: str) -> None:
    path = tmp_path / "new" / f"t.{ending}"
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITE, str(path), who, str(EACH)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for who in "ABC"
    ]  # fmt: skip
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("\n")
        writer.stdin.flush()
    for writer in writers:
        _, said = writer.communicate(timeout=100)
        assert writer.returncode == 0, said
    table = read_table_file(path, Reading())
    rows = table.objects if table.objects is not None else named_rows(table, Reading())[1]
    assert sorted((row["who"], int(row["n"])) for row in rows) == [(who, n) for who in "ABC" for n in range(EACH)]
    assert [name for name in path.parent.iterdir() if name != path] == []


def test_a_folder_that_another_holds_is_waited_for(tmp_path: Path) -> None:
    let_go = lock_folder(tmp_path)
    assert let_go is not None
    assert lock_folder(tmp_path) is None
    let_go()
    replace_rows(tmp_path / "t.json", [{"a": 1}], [])
    add_rows(tmp_path / "t.json", [{"a": 2}], [])
    assert json.loads((tmp_path / "t.json").read_text("utf-8")) == [{"a": 1}, {"a": 2}]
