"""Watching the screen for triggers: told on the change from not shown to shown, and cheap while nothing changes.

A look takes a picture of the region (3 ms at 1600x1000) and compares it with the last one. Only where pixels changed, and now
and then all the same, the target is searched for. While a run holds the desktop nothing is looked at.
"""

import asyncio
import time
import uuid
from typing import TYPE_CHECKING

from flowdesk.aio import in_thread
from flowdesk.engine.brake import Brake
from flowdesk.engine.targeting import query_of
from flowdesk.model.trigger import Appears
from flowdesk.session.occasions import Occasion, Watched, Watcher
from flowdesk.session.storage import assets_folder

if TYPE_CHECKING:
    from flowdesk.engine.ports import Desktop, DesktopDriver
    from flowdesk.model.target import Query, Spot

ANYWAY = 30.0
"""Seconds after which the target is searched for although no pixel changed."""
AFTER = 2
"""Looks after a change in which it is searched for, too: programs publish their elements after they drew them."""


def appearing(driver: "DesktopDriver") -> Watcher:
    """Return what watches this desktop."""

    async def watch(watched: Watched) -> None:
        trigger = watched.trigger
        assert isinstance(trigger, Appears)
        desktop = await in_thread(lambda: driver.open(Brake()), "flowdesk.appears")
        watched.fault("")
        query = query_of(trigger, trigger.selector, str(assets_folder(watched.path)))
        await _watch(desktop, query, trigger, watched)

    return watch


async def _watch(desktop: "Desktop", query: "Query", trigger: Appears, watched: Watched) -> None:
    was_shown: bool | None = False if trigger.existing else None  # what is there at the first look has not changed
    key, left, searched = f"trigger {uuid.uuid4().hex}", 0, 0.0
    while True:
        if not watched.is_busy():
            changed = await desktop.changed_fraction(query.region, key)
            left = AFTER if changed > 0 else left - 1
            if left >= 0 or time.monotonic() - searched >= ANYWAY:
                searched = time.monotonic()
                spot = (await desktop.find(query)).spot
                if not watched.is_busy():
                    if spot is not None and was_shown is False:
                        await watched.tell([Occasion(uuid.uuid4().hex, _values(spot))], {})
                    was_shown = spot is not None
        await asyncio.sleep(trigger.every)


def _values(spot: "Spot") -> dict[str, object]:
    return {"x": spot.point.x, "y": spot.point.y, "box": list(spot.box), "score": spot.score}
