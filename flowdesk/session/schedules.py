"""Schedules that are armed: when each is to be looked at next, and what becomes of the times that have come."""

import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from flowdesk.aio import in_thread
from flowdesk.model.due import Past, past, resumed, spread, times
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.sentence import say
from flowdesk.model.trigger import Schedule, Trigger
from flowdesk.session.dueledger import DueLedger, Entry
from flowdesk.session.occasions import Occasion
from flowdesk.session.watchedflow import WatchedFlow

logger = logging.getLogger(__name__)

AGAIN = timedelta(seconds=5)
"""After which time a schedule that failed is looked at again."""
ZONE_LASTS = timedelta(seconds=30)
"""How long the zone of the machine is taken to stay what it is: asking for it reads files."""
LONGEST = 3600.0
"""Seconds that are told at the most until the next look."""


class Schedules:
    """Looks at the schedules of armed flows. Use it on the session's event loop only."""

    def __init__(
        self,
        ledger: DueLedger,
        local: Callable[[], tzinfo],
        arrive: Callable[..., Awaitable[Any]],
        enter: Callable[..., Awaitable[Any]],
        fault: Callable[[WatchedFlow, Trigger, str], None],
    ) -> None:
        """Look at nothing yet.

        Args:
            ledger: Where it is kept which times are settled.
            local: Returns the zone of the machine.
            arrive: Takes what starts a flow: the flow, the trigger, what happened and the time; ``due``, and rows ``before`` it.
            enter: Writes rows: the flow, the trigger, the rows and the time; ``after``, the last time that is settled.
            fault: Hears why a schedule cannot be watched, and with an empty sentence that it can.
        """
        self._ledger, self._ask_local = ledger, local
        self._arrive, self._enter, self._fault = arrive, enter, fault
        self._local: tzinfo = UTC
        self._asked: datetime | None = None
        """When the zone of the machine was asked for."""

    def begin(self, flows: Iterable[WatchedFlow], now: datetime) -> None:
        """Begin a look. Where the machine has come to another zone, all times are worked out anew."""
        if self._asked is not None and self._asked <= now < self._asked + ZONE_LASTS:
            return
        found, before = self._ask_local(), self._local
        self._local, self._asked = found, now
        if (str(found), found.utcoffset(now)) != (str(before), before.utcoffset(now)):
            for flow in flows:
                flow.due.clear()

    async def look(self, flow: WatchedFlow, now: datetime) -> float:
        """Start what is due, and return for how many seconds there is nothing to do. A schedule that fails says so; the others go on.

        Raises:
            FileUnwritable: If the ledger cannot be written.
        """
        pause = LONGEST
        for trigger in flow.triggers:
            if not isinstance(trigger, Schedule) or trigger.disabled:
                continue
            try:
                await self._look_at(flow, trigger, now)
            except (OSError, FlowdeskError):
                raise  # the ledger: it is told for all of them, and tried again
            except Exception as error:
                logger.exception("a schedule failed")
                flow.due[trigger.id] = now + AGAIN
                self._fault(flow, trigger, say("It cannot be watched: {reason}.", reason=str(error)))
            else:
                self._fault(flow, trigger, "")
            if (due := flow.due.get(trigger.id)) is not None:
                pause = min(pause, max(0.01, (due - now).total_seconds()))
        return pause

    async def _look_at(self, flow: WatchedFlow, trigger: Schedule, now: datetime) -> None:
        local, path = self._local, flow.armed.path
        after, anchor = flow.cursors[trigger.id]
        mended = resumed(trigger, after, anchor, now)
        if mended != (after, anchor):
            await in_thread(lambda: self._ledger.set_cursor(path, trigger.id, *mended), "flowdesk.ledger")
            after, anchor = flow.cursors[trigger.id] = mended
            flow.due.pop(trigger.id, None)
        key = f"{path} {trigger.id}"
        if trigger.id in flow.due and now < flow.due[trigger.id]:
            return
        # In a thread: after a month of sleep there are many times to count.
        came = await in_thread(lambda: past(trigger, mended[0], now, local, mended[1], key), "flowdesk.due")
        if came is not None:
            entries = missed_entries(came)
            if came.is_start:
                occasion = Occasion(came.last.isoformat())
                await self._arrive(flow, trigger, [occasion], now, due=came.last, before=entries)
            else:
                await self._enter(flow, trigger, entries, now, after=came.last)
            after = came.last  # not before its row is written: what cannot be written now is due at the next look
            flow.cursors[trigger.id] = (after, anchor)
        following = next(times(trigger, after, local, anchor), None)
        if following is None:
            flow.due[trigger.id] = datetime.max.replace(tzinfo=now.tzinfo)
        else:
            flow.due[trigger.id] = spread(trigger, key, following, local, anchor)


def missed_entries(came: Past) -> list[Entry]:
    """Return the rows of the times that were missed: those that are only counted in one, the others one by one."""
    missed = list(came.missed) if came.is_start else [*came.missed, came.last]
    message = say("The computer was asleep or off, or flowdesk was not running.")
    entries = [Entry(due.isoformat(), due, "missed", message) for due in missed]
    if came.uncounted:
        first, combined = missed[0], say("{count} earlier times, combined", count=came.uncounted)
        entries.insert(0, Entry(f"until {first.isoformat()}", first, "missed", combined, count=came.uncounted))
    return entries
