"""Files that a thread puts in their places: the last one wins, what is dropped stays away, a full disk is known at once."""

import asyncio
import os
from pathlib import Path

import pytest

from flowdesk.session.committing import Committer

pytestmark = pytest.mark.timeout(30)


def test_a_file_is_in_its_place_once_it_is_promised(tmp_path: Path) -> None:
    committer, target = Committer(), tmp_path / "a"
    assert committer.put(target, b"one").result(10) == ""
    assert target.read_bytes() == b"one"
    assert os.listdir(tmp_path) == ["a"]


def test_of_many_for_one_place_the_last_wins_and_each_is_promised(tmp_path: Path) -> None:
    committer, target = Committer(), tmp_path / "a"
    settled = [committer.put(target, str(number).encode()) for number in range(200)]
    assert [each.result(10) for each in settled] == [""] * 200
    assert target.read_bytes() == b"199"
    assert os.listdir(tmp_path) == ["a"]


def test_what_is_dropped_does_not_come_back(tmp_path: Path) -> None:
    committer, target = Committer(), tmp_path / "a"
    for number in range(100):
        settled = committer.put(target, str(number).encode())
        committer.drop(target)
        assert settled.result(10) == ""
        assert not target.exists()
    committer.put(tmp_path / "b", b"x").result(10)
    assert os.listdir(tmp_path) == ["b"]


async def test_who_stops_waiting_stops_nothing(tmp_path: Path) -> None:
    committer = Committer()
    for _ in range(20):
        waiting = asyncio.wrap_future(committer.put(tmp_path / "a", b"x" * 500_000))
        await asyncio.sleep(0)
        waiting.cancel()
    assert await asyncio.wrap_future(committer.put(tmp_path / "a", b"y")) == ""


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        Committer().put(tmp_path / "none" / "a", b"x")
    (tmp_path / "place").mkdir()
    assert "folder" in Committer().put(tmp_path / "place", b"x").result(10).lower()
