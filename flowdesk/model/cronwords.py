"""Times of a schedule in words: what people write in five fields most often, as a sentence. Pure."""

import re

from flowdesk.model.sentence import Sentence, say

_DAYS = {
    "mon": say("Monday"), "tue": say("Tuesday"), "wed": say("Wednesday"), "thu": say("Thursday"), "fri": say("Friday"),
    "sat": say("Saturday"), "sun": say("Sunday"),
}  # fmt: skip
_NUMBERS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAYS, _WEEKEND = tuple(list(_DAYS)[:5]), ("sat", "sun")


def spoken_cron(cron: str) -> Sentence | None:
    """Return the times of five fields in words, ``None`` where they are not of the usual kinds."""
    fields = cron.lower().split()
    if len(fields) != 5:
        return None
    minute, hour, day, month, weekday = fields
    if day == month == weekday == "*":
        often = _often(minute, hour)
        if often is not None:
            return often
    if not (minute.isdigit() and hour.isdigit()) or month != "*":
        return None
    time = f"{int(hour):02}:{int(minute):02}"
    if day == "*" and weekday == "*":
        return say("every day at {time}", time=time)
    if day == "*":
        return _on_days(weekday, time)
    if weekday == "*" and day.isdigit():
        return say("on day {day} of every month at {time}", day=int(day), time=time)
    return None


def _often(minute: str, hour: str) -> Sentence | None:
    every = re.fullmatch(r"\*/(\d+)", minute)
    if minute == hour == "*":
        return say("every minute")
    if every is not None and hour == "*":
        return say("every {count} minutes", count=int(every[1]))
    if minute.isdigit() and hour == "*":
        return say("every hour at minute {minute}", minute=int(minute))
    hours = re.fullmatch(r"\*/(\d+)", hour)
    if minute.isdigit() and hours is not None:
        return say("every {count} hours at minute {minute}", count=int(hours[1]), minute=int(minute))
    return None


def _on_days(weekday: str, time: str) -> Sentence | None:
    days = _days(weekday)
    if days is None:
        return None
    if days == _WEEKDAYS:
        return say("Monday to Friday at {time}", time=time)
    if days == _WEEKEND:
        return say("Saturdays and Sundays at {time}", time=time)
    if len(days) == 1:
        return say("every {day} at {time}", day=_DAYS[days[0]], time=time)
    names = _DAYS[days[0]]
    for day in days[1:]:
        names = say("{first}, {second}", first=names, second=_DAYS[day])
    return say("every {day} at {time}", day=names, time=time)


def _days(text: str) -> tuple[str, ...] | None:
    """Return the days of the week that a field means, in their order; ``None`` where it means them otherwise."""
    found: set[str] = set()
    names = list(_DAYS)
    for part in text.split(","):
        ends = [_NUMBERS[int(end)] if re.fullmatch("[0-7]", end) else end for end in part.split("-")]
        if len(ends) > 2 or any(end not in _DAYS for end in ends):
            return None
        first, last = names.index(ends[0]), names.index(ends[-1])
        if last < first:
            return None
        found.update(names[first : last + 1])
    return tuple(day for day in names if day in found)
