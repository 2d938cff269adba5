"""What starts a workflow of n8n by itself, as triggers of a flow: schedules of all its versions, and web requests."""

import re
from collections.abc import Mapping
from typing import Any

from flowdesk.importing.report import Untaken
from flowdesk.model.sentence import say
from flowdesk.model.trigger import zone_named

_SECOND, _MINUTE, _HOUR = 1000, 60_000, 3_600_000
_UNITS = {"seconds": _SECOND, "minutes": _MINUTE, "hours": _HOUR}
_NAME = re.compile(r"[\w.-]{1,64}", re.ASCII)

Entry = dict[str, Any]
"""A trigger as a flow holds it, without a name of its own."""


def triggers_of(kind: str, settings: Mapping[str, Any], zone: str) -> list[Entry]:
    """Return the triggers that a node stands for. What its settings leave out is what n8n takes then.

    Args:
        kind: The node's type, one of ``KINDS``.
        settings: Its settings.
        zone: The time zone of the workflow; empty where it has none of its own.

    Raises:
        Untaken: If a flow cannot be started so.
    """
    if kind == "webhook":
        path = str(settings.get("path") or "")
        return [{"type": "webhook", "id": path if _NAME.fullmatch(path) else "webhook"}]
    if kind == "interval":
        unit = _UNITS.get(str(settings.get("unit") or "seconds"))
        found = [_every(_whole(settings, "interval", 1), unit)]
    elif kind == "cron":
        found = [_time(one) for one in _items(settings.get("triggerTimes"), "item")]
    else:
        found = [_rule(one) for one in _items(settings.get("rule", {"interval": [{}]}), "interval")]
    has_zone = bool(zone) and zone_named(zone) is not None
    return [{"type": "schedule", **one, **({"timezone": zone} if has_zone and "cron" in one else {})} for one in found]


KINDS = frozenset({"scheduleTrigger", "cron", "interval", "webhook"})
"""Nodes that start a workflow and have a counterpart."""


def _items(given: Any, name: str) -> list[Mapping[str, Any]]:
    listed = given.get(name) if isinstance(given, Mapping) else None
    found = [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []
    if not found:
        raise _no()
    return found


def _rule(rule: Mapping[str, Any]) -> Entry:
    """Read a rule of *Schedule Trigger*."""
    field = str(rule.get("field") or "days")
    if field == "cronExpression":
        return _cron(str(rule.get("expression") or ""))
    if field in ("seconds", "minutes"):
        return _every(_whole(rule, f"{field}Interval", 30 if field == "seconds" else 5), _UNITS[field])
    pause, minute = _whole(rule, f"{field}Interval", 1), _whole(rule, "triggerAtMinute", 0)
    if field == "hours" and pause and 24 % pause == 0:
        return {"cron": f"{minute} * * * *" if pause == 1 else f"{minute} */{pause} * * *"}
    at = f"{minute} {_whole(rule, 'triggerAtHour', 0)}"
    if field == "days" and pause == 1:
        return {"cron": f"{at} * * *"}
    if field == "weeks" and pause == 1:
        days = rule.get("triggerAtDay", [0])
        if not isinstance(days, list) or not all(isinstance(day, int) for day in days):
            raise _no()
        return {"cron": f"{at} * * {','.join(map(str, days)) or '*'}"}
    if field == "months" and pause and 12 % pause == 0:
        day = _whole(rule, "triggerAtDayOfMonth", 1)
        return {"cron": f"{at} {day} {'*' if pause == 1 else f'*/{pause}'} *"}
    raise _no()  # every so many hours, days or weeks from the first start on, at a minute of the clock


def _time(time: Mapping[str, Any]) -> Entry:
    """Read a time of *Cron*, which *Schedule Trigger* replaced."""
    mode = str(time.get("mode") or "everyDay")
    if mode == "custom":
        text = str(time.get("cronExpression") or "* * * * * *")
        if re.search(r"\d", (text.split() or [""])[-2:][0]):
            raise _no()  # it counts months from 0
        return _cron(text)
    if mode == "everyX":
        return _every(_whole(time, "value", 2), _UNITS.get(str(time.get("unit") or "hours")))
    if mode == "everyMinute":
        return {"cron": "* * * * *"}
    minute = _whole(time, "minute", 0)
    if mode == "everyHour":
        return {"cron": f"{minute} * * * *"}
    at = f"{minute} {_whole(time, 'hour', 14)}"
    if mode == "everyDay":
        return {"cron": f"{at} * * *"}
    if mode == "everyWeek":
        return {"cron": f"{at} * * {time.get('weekday', '1')}"}
    if mode == "everyMonth":
        return {"cron": f"{at} {_whole(time, 'dayOfMonth', 1)} * *"}
    raise _no()


def _cron(text: str) -> Entry:
    """Read a cron expression of five fields, or of six, of which the first is the second."""
    fields = text.split()
    if len(fields) == 6:
        second, fields = fields[0], fields[1:]
        if not second.isdecimal():
            pause = re.fullmatch(r"\*(?:/(\d+))?", second)
            if pause is None or set(fields) != {"*"}:
                raise _no()
            return _every(int(pause[1] or 1), _SECOND)
    return {"cron": " ".join(fields)}


def _every(count: int, unit: int | None) -> Entry:
    if not count or unit is None:
        raise _no()
    return {"every": count * unit}


def _whole(settings: Mapping[str, Any], name: str, otherwise: int) -> int:
    value = settings.get(name, otherwise)
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value) or value < 0:
        raise _no()
    return int(value)


def _no() -> Untaken:
    return Untaken("schedule", say("This schedule has no counterpart here. Add a trigger to the Start node."))
