"""Waiting ends with its time, and an unfinished look tells nothing."""

import pytest

from flowdesk.engine.waiting import LookUnfinished, Waiting
from flowdesk.model.geometry import Box
from flowdesk.model.target import Miss, Query, Sighting


class Looks:
    """A clock that only goes on by looking and sleeping, and looks that take a second unless their time is shorter."""

    def __init__(self, *outcomes: bool) -> None:
        self.time = 0.0
        self.outcomes = list(outcomes)
        self.patiences: list[float | None] = []
        self.waiting = Waiting(lambda: self.time, self.sleep, self.look_around)

    async def sleep(self, seconds: float) -> None:
        self.time += seconds

    async def look_around(self) -> None:
        return None

    async def find(self, query: Query, *, want_picture: bool = False) -> Sighting:
        is_cut = self._takes(query.patience)
        return Sighting((), Miss("not found", is_unfinished=is_cut))

    async def read_text(self, region: Box, patience: float | None = None) -> str | None:
        return None if self._takes(patience) else "read"

    def _takes(self, patience: float | None) -> bool:
        self.patiences.append(patience)
        is_cut = patience is not None and patience < 1
        self.time += 1.0 if patience is None or not is_cut else patience
        return is_cut

    async def is_there(self) -> bool:
        await self.waiting.look(self, Query(()))  # type: ignore[arg-type]
        return self.outcomes.pop(0) if self.outcomes else False

    async def is_read(self) -> bool:
        return bool(await self.waiting.read(self, Box(0, 0, 1, 1), 9.0))  # type: ignore[arg-type]


async def test_looks_take_no_longer_than_there_is_time_and_the_last_whole_one_counts() -> None:
    looks = Looks(False, False)
    assert not await looks.waiting.until(looks.is_there, 2.5, 0.2)
    assert looks.patiences == pytest.approx([2.5, 1.3, 0.3])  # the least that a look is given
    assert looks.time < 2.5 + 0.5


async def test_where_no_look_was_finished_nothing_is_known() -> None:
    looks = Looks()
    with pytest.raises(LookUnfinished):
        await looks.waiting.until(looks.is_there, 0.5, 0.2)
    with pytest.raises(LookUnfinished):
        await looks.waiting.until(looks.is_read, 0.5, 0.2)
    assert looks.waiting.patience is None


async def test_who_looks_once_looks_to_the_end() -> None:
    looks = Looks(True)
    assert await looks.waiting.until(looks.is_there, 0.0, 0.2)
    assert await looks.is_read()
    assert looks.patiences == [None, 9.0]
