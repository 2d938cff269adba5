"""A clock for tests of what starts by itself."""

import asyncio
from datetime import UTC, datetime

BEGIN = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)


class Hand:
    """A clock that is turned by hand."""

    def __init__(self) -> None:
        self.time = BEGIN

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(3600)
