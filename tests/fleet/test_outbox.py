"""Reports on disk: what is gathered, within which bounds, and what survives."""

from pathlib import Path

from flowdesk.fleet.outbox import LARGEST_FILE, LEFT_OUT, MOST_FILES, Outbox, Report, stamps


def report(folder: Path, job: int = 1) -> Report:
    return Report(job, "t" * 36, {"state": "succeeded"}, folder, stamps(folder / "work"))


def test_a_report_is_read_back_until_it_is_removed_and_a_broken_file_is_no_report(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox")
    one, two = report(tmp_path / "a", 2), report(tmp_path / "b", 1)
    outbox.put(one)
    outbox.put(two)
    (outbox.folder / "000000000003-broken.json").write_text('{"job": 3')
    assert Outbox(outbox.folder).waiting() == [two, one]
    outbox.remove(one)
    outbox.refuse(two)
    assert outbox.waiting() == []
    assert not outbox.has(two)
    assert len(list(outbox.folder.glob("*.refused"))) == 1


def test_only_what_the_run_wrote_is_gathered_and_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "flow.json").write_text("frozen")
    (tmp_path / "work" / "old.txt").write_text("old")
    made = report(tmp_path)
    (tmp_path / "run" / "deep").mkdir(parents=True)
    (tmp_path / "run" / "deep" / "look.png").write_bytes(b"png")
    (tmp_path / "work" / "new.txt").write_text("new")
    (tmp_path / "work" / "old.txt").write_text("changed")
    (tmp_path / "work" / "secret").symlink_to("/etc/passwd")
    assert dict(made.files()) == {"deep/look.png": b"png", "work/new.txt": b"new", "work/old.txt": b"changed"}


def test_what_is_too_large_or_too_much_is_named(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    with (tmp_path / "run" / "0-huge.bin").open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    for number in range(MOST_FILES + 2):
        (tmp_path / "run" / f"{number:05}.txt").write_text("x")
    files = dict(report(tmp_path).files())
    left = files.pop(LEFT_OUT).decode().splitlines()
    assert (len(files), left) == (MOST_FILES, ["0-huge.bin", f"{MOST_FILES:05}.txt", f"{MOST_FILES + 1:05}.txt"])
