import os
from pathlib import Path

import pytest

from flowdesk.session import ledger
from flowdesk.session.ledger import Ledger


def test_facts_are_kept_and_other_processes_see_them(tmp_path: Path) -> None:
    file = tmp_path / "state" / "consent.jsonl"
    one, other = Ledger(file), Ledger(file)
    one.add("allowed", "a")
    assert other.has("allowed", "a")
    other.add("strange", "b", by="mei")
    assert one.has("strange", "b")
    assert not one.has("allowed", "b")
    assert Ledger(file).has("allowed", "a")
    assert file.stat().st_mode & 0o077 == 0
    assert file.parent.stat().st_mode & 0o077 == 0


def test_damaged_lines_allow_nothing_and_hide_nothing(tmp_path: Path) -> None:
    file = tmp_path / "consent.jsonl"
    Ledger(file).add("strange", "a")
    with file.open("ab") as damaged:
        damaged.write(b'{"fact": "allowed"\n[]\n\xff\n{"fact": "none", "digest": "a"}\n')
    Ledger(file).add("strange", "c")
    again = Ledger(file)
    assert again.has("strange", "a")
    assert again.has("strange", "c")
    assert not again.has("allowed", "a")


def test_a_planted_link_is_not_written_through(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine", "utf-8")
    os.symlink(victim, tmp_path / "consent.jsonl")
    Ledger(tmp_path / "consent.jsonl").add("allowed", "a")
    assert victim.read_text("utf-8") == "mine"


def test_what_is_too_much_to_tell_apart_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "MOST_STRANGE", 10)
    known = Ledger(tmp_path / "consent.jsonl")
    known.add("strange", *(str(number) for number in range(9)))
    assert not known.is_full
    known.add("strange", "9")
    assert known.is_full
