"""Each file is told once, whole, in the order in which it came, whatever happens to its folder."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from flowdesk.aio import spawn
from flowdesk.drivers.filewatch import EMPTY, HELD, FolderWatch, watch_files
from flowdesk.model.trigger import FileArrives
from flowdesk.session.folders import Listing
from flowdesk.session.occasions import Occasion, Watched

HERE, ELSEWHERE = (1, 1), (2, 1)


def trigger(**fields: Any) -> FileArrives:
    return FileArrives.model_validate({"id": "in", "path": "in", "settled": 1000, **fields})


def watch(seen: dict[str, str] | None = None, **fields: Any) -> FolderWatch:
    return FolderWatch(trigger(**fields), dict(seen or {}))


def look(identity: tuple[int, int] | None = HERE, **things: str) -> Listing:
    return Listing(identity, things, {name: (place, name) for place, name in enumerate(things)})


def told(state: FolderWatch, listing: Listing, now: float) -> list[str]:
    names = state.take(listing, now)
    for name in names:
        state.told(name)
    return names


def test_a_file_is_told_once_it_no_longer_grows() -> None:
    state = watch()
    assert told(state, look(a="1 10"), 0) == []
    assert told(state, look(a="2 20"), 0.9) == []
    assert told(state, look(a="2 20"), 1.8) == []
    assert told(state, look(a="2 20"), 1.95) == ["a"]
    assert told(state, look(a="2 20"), 9) == []
    assert told(state, look(a="3 30"), 10) == []
    assert told(state, look(a="3 30"), 20) == [], "it was overwritten, and did not come anew"
    assert state.seen == {"a": "3 30"}


def test_an_empty_file_is_waited_for_longer() -> None:
    state = watch()
    assert told(state, look(a="1 0"), 0) == []
    assert told(state, look(a="1 0"), EMPTY - 0.1) == []
    assert told(state, look(a="1 0"), EMPTY + 0.1) == ["a"]


def test_those_that_are_whole_come_in_the_order_in_which_they_came() -> None:
    state = watch()
    told(state, look(slow="1 1"), 0)
    told(state, look(slow="2 2", b="1 1", a="1 1"), 0.5)
    assert told(state, look(slow="3 3", b="1 1", a="1 1"), 1.6) == ["b", "a"]
    assert told(state, look(slow="3 3", b="1 1", a="1 1"), 2.7) == ["slow"]


def test_a_name_that_went_and_came_again_is_a_new_file() -> None:
    state = watch()
    told(state, look(a="1 1"), 0)
    assert told(state, look(a="1 1"), 2) == ["a"]
    assert told(state, look(), 3) == []
    told(state, look(a="1 1"), 4)
    assert told(state, look(a="1 1"), 6) == ["a"]


def test_a_folder_that_is_unmounted_and_comes_back_starts_nothing_anew() -> None:
    state = watch({"a": "1 1"})
    assert told(state, look(a="1 1", b="1 1"), 0) == []
    assert told(state, look(a="1 1", b="1 1"), 2) == ["b"]
    assert told(state, look(ELSEWHERE), 3) == [], "an empty folder under the mount"
    assert told(state, look(None), 4) == []
    assert told(state, look((9, 9), a="1 1", b="1 1", c="1 1"), 5) == []
    assert told(state, look((9, 9), a="1 1", b="1 1", c="1 1"), 7) == ["c"]


def test_what_came_while_nobody_watched_is_told() -> None:
    state = watch({"a": "1 1", "gone": "1 1", "again": "1 1"})
    told(state, look(a="1 1", b="1 1", again="2 2"), 0)
    assert told(state, look(a="1 1", b="1 1", again="2 2"), 2) == ["b", "again"]


def test_changes_are_told_and_files_that_come_are_not() -> None:
    state = watch({"a": "1 1"}, on="changes")
    told(state, look(a="1 1", b="1 1"), 0)
    assert told(state, look(a="1 1", b="1 1"), 5) == []
    told(state, look(a="2 2", b="1 1"), 6)
    assert told(state, look(a="2 2", b="1 1"), 8) == ["a"]
    told(state, look(b="2 2"), 9)
    assert told(state, look(b="2 2"), 11) == ["b"]
    told(state, look(a="3 3", b="2 2"), 12)
    assert told(state, look(a="3 3", b="2 2"), 14) == ["a"], "programs save by writing another file in its place"


def test_what_disappears_is_told_but_not_by_an_unmount() -> None:
    state = watch({"a": "1 1", "b": "1 1"}, on="disappears")
    assert told(state, look(a="1 1", b="1 1"), 0) == []
    told(state, look(b="1 1"), 1)
    assert told(state, look(b="1 1"), 3) == ["a"]
    assert told(state, look(ELSEWHERE), 4) == []
    assert told(state, look(ELSEWHERE), 9) == []


def test_a_file_that_is_held_open_is_waited_for_a_while_only() -> None:
    state = watch()
    state.take(look(a="1 1"), 0)
    assert state.take(look(a="1 1"), 2) == ["a"]
    assert state.wait_on("a", 2)
    assert not state.wait_on("a", 2 + HELD)


class Folder:
    """A real folder that is watched."""

    def __init__(self, path: Path) -> None:
        self.path, self.names, self.seen, self.faults = path / "in", list[str](), dict[str, str](), list[str]()
        self.sizes: dict[str, int] = {}

        async def tell(occasions: Sequence[Occasion], seen: Mapping[str, str | None]) -> None:
            for occasion in occasions:
                file = Path(occasion.values["path"])
                self.names.append(file.name)
                self.sizes[file.name] = file.stat().st_size
            self.seen.update({name: stamp for name, stamp in seen.items() if stamp is not None})

        made = Watched(path / "a.flow.json", trigger(settled=300), {}, tell, self.faults.append, lambda: False)
        self.task = spawn(watch_files(made), "test")

    async def until(self, count: int) -> None:
        for _ in range(1500):
            if len(self.names) >= count:
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"only {len(self.names)} of {count}")

    async def heard(self) -> None:
        """Wait until this process listens to the folder, as Linux tells it."""
        inode = f" ino:{self.path.stat().st_ino:x} "
        for _ in range(1500):
            for file in Path("/proc/self/fdinfo").iterdir():
                with contextlib.suppress(OSError):  # it was closed meanwhile
                    if inode in file.read_text():
                        return
            await asyncio.sleep(0.02)
        raise AssertionError("nobody listens to the folder")


@pytest.fixture
async def folder(tmp_path: Path) -> AsyncIterator[Folder]:
    made = Folder(tmp_path)
    yield made
    made.task.cancel()
    await asyncio.wait([made.task])


async def test_five_hundred_files_each_once_and_whole(folder: Folder) -> None:
    await asyncio.sleep(0.1)
    assert any("Folder not found" in fault for fault in folder.faults)
    folder.path.mkdir()

    def arrive() -> None:
        for number in range(480):
            (folder.path / f"{number:03}.csv").write_bytes(b"x" * 10)
        for number in range(480, 490):
            draft = folder.path.parent / f"{number}.tmp"
            draft.write_bytes(b"x" * 10)
            draft.rename(folder.path / f"{number}.csv")

    async def slowly(number: int) -> None:
        with (folder.path / f"{number}.csv").open("wb", buffering=0) as file:
            for _ in range(5):
                file.write(b"xx")
                await asyncio.sleep(0.5)  # longer than a file must be at rest

    await asyncio.gather(asyncio.to_thread(arrive), *(slowly(number) for number in range(490, 500)))
    await folder.until(500)
    await asyncio.sleep(1)
    assert len(folder.names) == len(set(folder.names)) == 500
    assert set(folder.sizes.values()) == {10}
    ready = [name for name in folder.names if name < "480"]
    assert ready == sorted(ready)


async def test_a_folder_that_goes_and_comes_back_is_watched_again(folder: Folder) -> None:
    folder.path.mkdir()
    (folder.path / "a.csv").write_text("a")
    await folder.until(1)
    away = folder.path.with_name("away")
    os.rename(folder.path, away)
    await asyncio.sleep(2.5)
    os.rename(away, folder.path)
    (folder.path / "b.csv").write_text("b")
    await folder.until(2)
    await asyncio.sleep(0.5)
    assert folder.names == ["a.csv", "b.csv"]


@pytest.mark.skipif(sys.platform != "linux", reason="names are text elsewhere")
async def test_a_name_that_is_no_text_is_said_and_the_others_are_told(folder: Folder) -> None:
    folder.path.mkdir()
    Path(os.fsdecode(os.fsencode(folder.path) + b"/bad\xff.csv")).write_text("b")
    (folder.path / "good.csv").write_text("g")
    await folder.until(1)
    assert folder.names == ["good.csv"]
    assert any("not UTF-8" in fault for fault in folder.faults)


@pytest.mark.skipif(sys.platform != "linux", reason="names are text elsewhere")
async def test_a_name_that_is_no_text_ends_no_listening(folder: Folder) -> None:
    folder.path.mkdir()
    for number in range(3):
        await folder.heard()
        Path(os.fsdecode(os.fsencode(folder.path) + b"/bad%d\xff.csv" % number)).write_text("b")
        (folder.path / f"{number}.csv").write_text("g")
        await folder.until(number + 1)
    await asyncio.sleep(0.5)
    assert any(task.get_name() == "flowdesk.folder.listen" for task in asyncio.all_tasks())
