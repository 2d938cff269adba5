"""Files that others write at the same time are read whole or not at all, and never written over."""

import errno
import os
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from flowdesk.model.errors import NodeError
from flowdesk.nodes.tabular import disk
from flowdesk.nodes.tabular.disk import placed
from flowdesk.nodes.tabular.files import add_rows, read_table_file
from flowdesk.nodes.tabular.table import Reading, named_rows


def test_a_file_that_is_being_written_is_read_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"n\n")
    begun = threading.Event()

    def write() -> None:
        with path.open("ab", buffering=0) as stream:
            for number in range(8000):
                stream.write(f"{number}\n".encode())
                begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    begun.wait(30)
    content, found = disk.read_settled(path)
    assert len(content) == found[1]
    writer.join()


def test_a_file_that_grows_all_the_time_is_not_read_by_halves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"n\n")
    real = disk.signature

    def grown(file: Path) -> disk.Signature:
        with file.open("ab") as stream:
            stream.write(b"1\n")
        return real(file)

    monkeypatch.setattr(disk, "signature", grown)
    monkeypatch.setattr(disk, "_BETWEEN_LOOKS", 0)
    with pytest.raises(NodeError, match="is still writing"):
        read_table_file(path, Reading())


def test_half_a_csv_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("name,price\na,1\nb,2\nc", "utf-8")
    table = read_table_file(path, Reading())
    assert any("may be incomplete" in str(note) for _, note in table.notes)
    assert named_rows(table, Reading())[1][-1]["name"] == "c"
    path.write_text("name,price\na,1\nb,2\nc\n", "utf-8")
    assert not read_table_file(path, Reading()).notes


@pytest.mark.parametrize("name", ["a.csv", "a.txt"])
def test_what_libreoffice_has_open_is_neither_added_to_nor_replaced(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("n\n1\n", "utf-8")
    (tmp_path / f".~lock.{name}#").write_text("Mei Li,mei,desk-7,30.11.2026 09:15,file:///x;", "utf-8")
    link = tmp_path / "link"
    os.symlink(path, link)
    for work in (
        lambda: add_rows(path, [{"n": 2}], ()),
        lambda: disk.write_whole(path, b""),
        lambda: disk.add_bytes(link, b"x"),
        lambda: disk.write_whole(link, b""),
    ):
        with pytest.raises(NodeError, match=r"by Mei Li \(desk-7\)"):
            work()
    assert path.read_text("utf-8") == "n\n1\n"
    assert sorted(each.name for each in tmp_path.iterdir()) == [f".~lock.{name}#", name, "link"]


def test_what_changed_since_it_was_read_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"one")
    known = disk.signature(path)
    path.write_bytes(b"other")
    with pytest.raises(NodeError, match="Another program changed"):
        disk.write_whole(path, b"mine", known)
    assert path.read_bytes() == b"other"
    path.unlink()
    with pytest.raises(NodeError):
        disk.write_whole(path, b"mine", known)


def test_rows_of_several_branches_all_arrive(tmp_path: Path) -> None:
    for name in ("a.csv", "a.json", "a.jsonl", "a.xlsx"):
        path = tmp_path / name
        add_rows(path, [{"n": "0"}], ())
        threads = [threading.Thread(target=add_rows, args=(path, [{"n": str(each)}], ())) for each in range(1, 13)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        rows = named_rows(read_table_file(path, Reading()), Reading())[1]
        assert sorted(row["n"] for row in rows) == sorted(map(str, range(13)))


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    pipe, folder = tmp_path / "pipe.csv", tmp_path / "folder.csv"
    os.mkfifo(pipe)
    folder.mkdir()
    round_about = tmp_path / "one.csv"
    os.symlink("two.csv", round_about)
    os.symlink("one.csv", tmp_path / "two.csv")
    for path in (pipe, folder, round_about):
        works: list[Callable[[], object]] = [
            partial(disk.write_whole, path, b"x"),
            partial(disk.add_bytes, path, b"x"),
            partial(add_rows, path, [{"n": 1}], ()),
            partial(read_table_file, path, Reading()),
        ]
        for work in works:
            with pytest.raises(NodeError, match="cannot be used"):
                work()
    with pytest.raises(NodeError):
        disk.file_named("x" * 252 + ".csv", tmp_path)
    assert folder.is_dir()
    assert pipe.is_fifo()


def test_a_tilde_is_the_users_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "me"))
    (tmp_path / "me").mkdir()
    assert placed("~/a/b.csv", tmp_path) == tmp_path / "me" / "a" / "b.csv"
    assert placed("~//a", tmp_path) == tmp_path / "me" / "a"
    assert placed("~", tmp_path) == tmp_path / "me"
    assert placed("~$orders.xlsx", tmp_path) == tmp_path / "~$orders.xlsx"
    assert placed("~other/x", tmp_path) == tmp_path / "~other" / "x"
    assert placed("a~/b", tmp_path) == tmp_path / "a~" / "b"


@pytest.mark.parametrize(
    ("number", "fix"),
    [(errno.ENOSPC, "Free up space"), (errno.EACCES, "permissions"), (errno.ENAMETOOLONG, "shorter"), (errno.ETXTBSY, "close the file")],
)  # fmt: skip
def test_what_to_do_about_a_file_goes_by_why_it_was_refused(number: int, fix: str, tmp_path: Path) -> None:
    assert fix in str(disk.unreadable(tmp_path, OSError(number, os.strerror(number))).fix)
