"""What is due: at which instants a schedule starts its flow, in which zone, and what becomes of those that were missed.

Pure: instants and zones come in, decisions go out. Instants are aware datetimes in UTC. A fixed time of the day comes once
on the days on which clocks change: at the change where it is skipped, the first of both where it comes twice.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import islice

from cronsim import CronSim

from flowdesk.model.trigger import Schedule, clock_time, instant, zone_named

PUNCTUAL = 60.0
"""Seconds after its time in which a start still counts as in time: the clock is looked at every 30 s at the least."""
MOST_ROWS = 1000
"""Times that were missed in one go and are told one by one; of more, the earlier ones are counted in one row."""
FAR_BACK = 25 * 3600.0
"""Seconds by which a clock must be set back for what was done under it to count as a mistake of the clock."""


@dataclass(frozen=True, slots=True)
class Past:
    """Times that have come: the last of them with what is to be done about it, and those before it, which were missed."""

    last: datetime
    is_start: bool
    """Whether the flow starts for the last one; if not, that one was missed, too."""
    missed: tuple[datetime, ...]
    """Those before it, at most ``MOST_ROWS``, in order."""
    uncounted: int = 0
    """How many came before those."""


def zone_of(schedule: Schedule, local: tzinfo) -> tzinfo:
    """Return the zone of a schedule; ``local`` is the machine's."""
    return (zone_named(schedule.timezone) if schedule.timezone else None) or local


def times(schedule: Schedule, after: datetime, local: tzinfo, anchor: datetime) -> Iterator[datetime]:
    """Yield the instants later than ``after`` at which a schedule is due, in order, without its ``jitter``.

    Args:
        schedule: The schedule.
        after: An instant.
        local: The zone of the machine.
        anchor: From when ``every`` is counted.
    """
    zone = zone_of(schedule, local)
    if schedule.every is not None:
        step = timedelta(seconds=schedule.every)
        count = max(1, (after - anchor) // step + 1)
        while True:
            yield anchor + count * step
            count += 1
    moment = instant(schedule.at) if schedule.at is not None else None
    if moment is not None:
        moment = (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)).astimezone(UTC)
        if moment > after:
            yield moment
        return
    clock = clock_time(schedule.at) if schedule.at is not None else None
    expression = f"{clock[1]} {clock[0]} * * *" if clock is not None else schedule.cron or ""
    last = after
    for found in CronSim(expression, after.astimezone(zone)):
        due = found.astimezone(UTC)
        if due > last:  # where clocks go back, the library begins with the earlier of two equal times
            yield due
            last = due


def spread(schedule: Schedule, key: str, due: datetime, local: tzinfo, anchor: datetime) -> datetime:
    """Return when a start is carried out that is due at ``due``: up to ``jitter`` later, always the same for one ``key``.

    It comes before the next time, however large ``jitter`` is: none is started out of turn, and none of them is lost.
    """
    if not schedule.jitter:
        return due
    following = next(times(schedule, due, local, anchor), None)
    most = timedelta(seconds=schedule.jitter)
    room = most if following is None else min(most, following - due)
    number = int.from_bytes(hashlib.sha256(f"{key} {due.isoformat()}".encode()).digest()[:8], "big")
    return due + room * (number / 2**64)


def upcoming(
    schedule: Schedule, after: datetime, local: tzinfo, anchor: datetime, count: int = 5, key: str = ""
) -> list[datetime]:
    """Return the next instants later than ``after`` at which a schedule starts its flow."""
    begin = max(anchor, _before_last(schedule, after, local, anchor)) if schedule.jitter else after
    starts = (spread(schedule, key, due, local, anchor) for due in times(schedule, begin, local, anchor))
    return list(islice((start for start in starts if start > after), count))


def _before_last(schedule: Schedule, after: datetime, local: tzinfo, anchor: datetime) -> datetime:
    """Return an instant before the last time that is not later than ``after``: only that one may be spread beyond it."""
    span = 60.0
    while span < schedule.jitter:
        begin = after - timedelta(seconds=span)
        first = next(times(schedule, begin, local, anchor), None)
        if first is not None and first <= after:
            return begin
        span *= 8
    return after - timedelta(seconds=schedule.jitter)


def is_over(schedule: Schedule, now: datetime, local: tzinfo) -> bool:
    """Whether no time of a schedule is still to come: the one that it names has passed."""
    return next(times(schedule, now, local, now), None) is None


def past(
    schedule: Schedule, after: datetime, now: datetime, local: tzinfo, anchor: datetime, key: str = ""
) -> Past | None:
    """Return what came later than ``after`` and not later than ``now``, ``None`` if nothing did.

    Of several times one starts the flow at the most, the last: where it is punctual, or where missed ones are caught up and
    it is not later than ``within``.
    """
    found: list[datetime] = []
    uncounted = 0
    if schedule.every is not None:  # what is thrown away need not be walked through
        step = timedelta(seconds=schedule.every)
        skipped = (now - max(after, anchor)) // step - MOST_ROWS - 1
        if skipped > 0:
            begin = anchor + ((after - anchor) // step + skipped) * step if after > anchor else anchor + skipped * step
            after, uncounted = begin, skipped
    spread_from = now - timedelta(seconds=schedule.jitter)
    for due in times(schedule, after, local, anchor):
        if due > now or (due > spread_from and spread(schedule, key, due, local, anchor) > now):
            break
        found.append(due)
        if len(found) > MOST_ROWS + 1:
            del found[0]
            uncounted += 1
    if not found:
        return None
    late = (now - spread(schedule, key, found[-1], local, anchor)).total_seconds()
    is_start = late <= PUNCTUAL or (schedule.missed == "once" and late <= schedule.within)
    return Past(found[-1], is_start, tuple(found[:-1]), uncounted)


def resumed(schedule: Schedule, after: datetime, anchor: datetime, now: datetime) -> tuple[datetime, datetime]:
    """Return from when times count, and from when ``every`` counts, where the clock may have been set back.

    What was done is not done again: times up to ``after`` do not count twice. But an interval goes on from ``now``, and a clock
    that was days ahead by mistake is no reason to be silent for days.
    """
    ahead = (after - now).total_seconds()
    if schedule.every is not None and ahead > 0:
        return now, now
    return (now, anchor) if ahead > FAR_BACK else (after, anchor)
