"""What stands between cells, in the files of other programs, and lines around the rows that are none."""

from pathlib import Path

import pytest

from flowdesk.model.errors import NodeError
from flowdesk.nodes.tabular.files import add_rows, read_table_file, update_rows
from flowdesk.nodes.tabular.table import Reading, named_rows
from tests.nodes.conftest import Bench

NEW = {"a": "x", "b": "y"}


def read(path: Path, reading: Reading = Reading()) -> tuple[list[str], list[object], list[str]]:  # noqa: B008
    table = read_table_file(path, reading)
    columns, rows = named_rows(table, reading)
    return columns, rows, [str(sentence) for _, sentence in table.notes]


@pytest.mark.parametrize(
    "sign", ["^", "~", "\x1f", "\x01", "¦", "§", "||", "~|~", "^|^", "::", "|;|", "@@", "##", ",", ";", "\t", "|"]
)
def test_cells_are_cut_where_the_file_cuts_them_and_new_ones_too(tmp_path: Path, sign: str) -> None:
    path = tmp_path / "t.csv"
    before = f'a{sign}b\n1,5{sign}2\n"x{sign}""y"{sign}4\n'.encode()
    if sign in ",":
        before = before.replace(b"1,5", b'"1,5"')
    path.write_bytes(before)
    assert read(path)[:2] == (["a", "b"], [{"a": "1,5", "b": "2"}, {"a": f'x{sign}"y', "b": "4"}])
    add_rows(path, [NEW, {"a": f"p{sign[0]}", "b": 'q"'}], ())
    assert path.read_bytes().startswith(before)
    assert path.read_bytes()[len(before) :].startswith(f"x{sign}y\n".encode())
    assert read(path)[1][2:] == [NEW, {"a": f"p{sign[0]}", "b": 'q"'}]
    update_rows(path, [{"a": "x", "b": "new"}], "a")
    assert path.read_bytes().splitlines()[3] == f"x{sign}new".encode()
    assert path.read_bytes().startswith(before)
    add_rows(path, [{"a": "z", "c": "more"}], ())
    assert path.read_bytes().splitlines()[0] == f"a{sign}b{sign}c".encode()
    assert path.read_bytes().splitlines()[-1] == f"z{sign}{sign}more".encode()


@pytest.mark.parametrize(
    ("content", "columns"),
    [
        (b"path\n~/a\n~/b\n", ["path"]),
        (b"~a\n~b\n~c\n", ["~a"]),
        (b"a;;c\n1;;3\n4;;6\n", ["a", "column2", "c"]),
        (b"when\n12:30:45\n13:00:00\n", ["when"]),
        (b"a,b\n1^2,3^4\n5^6,7^8\n", ["a", "b"]),
        (b"a||b|c\n1||2|3\n", ["a", "column2", "b", "c"]),
    ],
)
def test_signs_inside_cells_cut_nothing(tmp_path: Path, content: bytes, columns: list[str]) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    assert read(tmp_path / "t.csv")[0] == columns


async def test_a_delimiter_of_several_characters_can_be_named(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"a::b\n")
    finished = await bench.run(
        ("writeTable", {"path": "t.csv", "delimiter": "::", "rows": [NEW]}),
        ("readTable", {"path": "t.csv", "delimiter": "::"}),
        ("writeTable", {"path": "new.txt", "delimiter": "\\t", "rows": [NEW]}),
    )
    assert finished.error is None
    assert bench.result("n2")["rows"] == [NEW]
    assert (tmp_path / "t.csv").read_bytes() == b"a::b\nx::y\n"
    assert (tmp_path / "new.txt").read_bytes() == b"\xef\xbb\xbfa\tb\r\nx\ty\r\n"
    told = ("setVariable", {"name": "sign", "value": 'x"'})
    assert (await bench.run(told, ("readTable", {"path": "t.csv", "delimiter": "{{sign}}"}))).error is not None


@pytest.mark.parametrize(
    ("content", "comments"),
    [
        (b"# exported\na,b\n1,2\n", 1),
        (b"# exported 2024-01-01\n#\n# by X, 1.2\na,b\n1,2\n3,4\n", 3),
        (b"#one, two, three\na,b\n1,2\n", 1),
        (b"\n# exported\n\na,b\n1,2\n", 1),
    ],
)
def test_comments_before_the_names_are_passed_over(tmp_path: Path, content: bytes, comments: int) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    columns, rows, notes = read(path)
    assert (columns, rows[0]) == (["a", "b"], {"a": "1", "b": "2"})
    assert any(note.startswith(str(comments)) and "#" in note for note in notes)
    add_rows(path, [NEW], ())
    assert path.read_bytes() == content + b"x,y\n"
    update_rows(path, [{"a": "x", "b": "z"}], "a")
    assert path.read_bytes() == content + b"x,z\n"


@pytest.mark.parametrize(
    ("content", "columns"),
    [
        (b"#id,name\n1,x\n2,y\n", ["#id", "name"]),
        (b"# x,y\n1.0,2.0\n3.0,4.0\n", ["# x", "y"]),
        (b"##VCF 4.2\n#CHROM\tPOS\n1\t100\n", ["#CHROM", "POS"]),
        (b"#\n1\n2\n", ["#"]),
        (b"#a,#b\n#1,#2\n", ["#a", "#b"]),
        (b"#sample,value\nA,n/a\nB,3.2\n", ["#sample", "value"]),
    ],
)
def test_names_may_begin_with_a_hash(tmp_path: Path, content: bytes, columns: list[str]) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    assert read(tmp_path / "t.csv")[0] == columns


@pytest.mark.parametrize("name", ["t.csv", "t.xlsx"])
@pytest.mark.parametrize("title", [["Report 2024"], ["Other", "names"]])
async def test_rows_with_none_of_the_names_do_not_widen_a_table(
    bench: Bench, tmp_path: Path, name: str, title: list[str]
) -> None:
    await bench.run(("writeTable", {"path": name, "rows": [title, ["a", "b"], [1, 2]]}))
    before = (tmp_path / name).read_bytes()
    finished = await bench.run(("writeTable", {"path": name, "rows": NEW}))
    assert finished.error is not None
    assert 'no column "a", "b"' in str(finished.error["message"])
    assert (tmp_path / name).read_bytes() == before
    done = await bench.run(("writeTable", {"path": name, "rows": {**NEW, "c": 3}, "headerRow": 2}))
    assert done.error is None
    assert any('New columns: "c"' in line for line in bench.logs)
    await bench.run(("readTable", {"path": name, "headerRow": 2}))
    assert bench.result()["rows"][-1] in ({**NEW, "c": "3"}, {**NEW, "c": 3})


@pytest.mark.parametrize("content", [b"a,b\r\n1,2\r\n\x1a", b"a,b\r\n1,2\x1a", b"a,b\r\n1,2\r\n" + b"\x1a" * 100])
def test_an_end_mark_of_dos_is_no_cell_and_nothing_goes_behind_it(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    assert read(path)[1] == [{"a": "1", "b": "2"}]
    with pytest.raises(NodeError, match="Ctrl"):
        add_rows(path, [NEW], ())
    assert path.read_bytes() == content
    path.write_bytes(content.replace(b"1", b"Gr\xfc\xdfe aus M\xfcnchen"))
    assert read(path)[1] == [{"a": "Grüße aus München", "b": "2"}]


@pytest.mark.parametrize("sign", ["||", "^", "§"])
def test_an_end_mark_of_dos_hides_no_delimiter(tmp_path: Path, sign: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(f"a{sign}b\r\n1{sign}2\r\n\x1a".encode())
    assert read(path) == (["a", "b"], [{"a": "1", "b": "2"}], [])


def test_a_last_row_with_fewer_cells_is_whole_before_an_end_mark(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b,c\r\n1,2,3\r\n4,5\r\n\x1a")
    assert read(path)[2] == []


def test_a_huge_cell_below_the_names_is_no_obstacle_to_adding(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    content = b"a,b\n" + b"x" * 10_000_001 + b",1\n"
    path.write_bytes(content)
    add_rows(path, [NEW], ())
    assert path.read_bytes() == content + b"x,y\n"


@pytest.mark.parametrize("line_end", ["\n", "\r", "\r\n"])
@pytest.mark.parametrize("cell", ["x\ny", "x\ry", "x\r\ny", "x\r", "\n"])
def test_a_line_break_stays_in_its_cell(tmp_path: Path, line_end: str, cell: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(f"a,b{line_end}1,2{line_end}".encode())
    add_rows(path, [{"a": cell, "b": 1.5}], ())
    assert read(path)[1] == [{"a": "1", "b": "2"}, {"a": cell, "b": "1.5"}]


@pytest.mark.parametrize("content", ['a,b\n"x"y",1\n"open', 'a,b\n1,"', 'a,b\n"x""y\n', 'a,b\n1,"x\n\n'])
def test_nothing_goes_into_a_cell_that_is_open(tmp_path: Path, content: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(content)
    with pytest.raises(NodeError, match="inside a quoted cell"):
        add_rows(path, [NEW], ())
    assert path.read_text() == content


@pytest.mark.parametrize("content", ['a,b\n"x"y",1\n', 'a,b\n"x",1', 'a,b\n1,x"\n', 'a,b\n1,""'])
def test_a_cell_that_is_closed_is_no_obstacle(tmp_path: Path, content: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(content)
    add_rows(path, [NEW], ())
    assert read(path)[1][-1] == NEW


def test_a_table_of_r_is_cut_at_its_spaces(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    before = b'"a" "b"\n"O\'Neil, \\"Bob\\"" 1.5\n"x y" 2\n'
    path.write_bytes(before)
    assert read(path)[1] == [{"a": 'O\'Neil, "Bob"', "b": "1.5"}, {"a": "x y", "b": "2"}]
    add_rows(path, [{"a": 'p "q" r', "b": 3}], ())
    assert read(path)[1][2:] == [{"a": 'p "q" r', "b": "3"}]
    assert path.read_bytes().startswith(before)


def test_the_comment_of_powershell_does_not_hide_that_all_cells_are_quoted(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b'#TYPE System.Object\r\n"a","b"\r\n"1","2"\r\n')
    add_rows(path, [NEW], ())
    assert path.read_bytes() == b'#TYPE System.Object\r\n"a","b"\r\n"1","2"\r\n"x","y"\r\n'


def test_single_quotes_around_all_names_are_said(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"'a'\t'b'\n'1\n2'\t3\n")
    assert any("single quotes" in note for note in read(tmp_path / "t.csv")[2])
    (tmp_path / "t.csv").write_bytes(b"a\t'b'\n'1'\t3\n")
    assert not any("single quotes" in note for note in read(tmp_path / "t.csv")[2])
