"""Dates and times: ISO 8601 texts in, ISO 8601 texts out.

A time with the offset of this computer's zone is a time of that zone: a day more is the same time of the next day, also
where clocks change in between. Hours and less are counted as they pass.
"""

import calendar
import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flowdesk.engine.budget import Budget, Failing
from flowdesk.engine.functions.declare import Group, text_of
from flowdesk.engine.operations import checked, needed, shown
from flowdesk.engine.texts import WIDE, chinese_number
from flowdesk.model.sentence import say

_TWO_WAYS = re.compile(r"(?:0?[1-9]|1[0-2])/(?:0?[1-9]|1[0-2])/\d{4}(?:\D|$)")
LONGEST = 100
"""Characters of a date or of a format."""
_GROUP = Group("dates")
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+\-]*(?:/[A-Za-z0-9_+\-]+){0,2}")
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")
_UNITS = {"year": "years", "month": "months", "week": "weeks", "day": "days", "hour": "hours", "minute": "minutes", "second": "seconds"}  # fmt: skip
_SECONDS = {"hours": 3600, "minutes": 60, "seconds": 1}
_DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "zh": ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"),
}
_MONTHS = {
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"),
    "zh": ("一月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "十一月", "十二月"),
}  # fmt: skip
Moment = date | datetime


@lru_cache(maxsize=64)
def _zone(name: str) -> tzinfo:
    if name.upper() in ("UTC", "Z", "GMT"):
        return UTC
    offset = _OFFSET.fullmatch(name)
    if offset:
        delta = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
        if delta < timedelta(hours=24):
            return timezone(-delta if offset[1] == "-" else delta)
    if not _ZONE.fullmatch(name) or len(name) > LONGEST:
        raise Failing(say("{zone} is not a time zone", zone=shown(name)), say("Use a name such as Asia/Shanghai."))
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Failing(
            say("{zone} is not a time zone", zone=shown(name)), say("Use a name such as Asia/Shanghai.")
        ) from error


def _written(moment: Moment) -> str:
    return moment.isoformat(timespec="seconds") if isinstance(moment, datetime) else moment.isoformat()


def _moment(value: Any, budget: Budget) -> Moment:
    """Read a date or time as flowdesk and people write them."""
    text = text_of(value, budget).strip()
    found = _read(text) if len(text) <= LONGEST else None
    if found is None:
        fix = say('Specify its format: value|parse_date("%d.%m.%Y").')
        if _TWO_WAYS.match(text):
            fix = say('Say whether the day or the month comes first: value|parse_date("%d/%m/%Y") or "%m/%d/%Y".')
            raise Failing(say("{value} can be two dates", value=shown(value)), fix)
        raise Failing(say("{value} is not a date", value=shown(value)), fix)
    return found


@lru_cache(maxsize=1024)
def _read(text: str) -> Moment | None:
    try:
        return datetime.fromisoformat(text) if ":" in text or "T" in text else date.fromisoformat(text)
    except ValueError:
        pass
    plain = _arabic(text)
    for pattern in _FORMS:
        match = pattern.fullmatch(plain)
        if match:
            try:
                return _from_parts(match.groupdict())
            except (ValueError, KeyError):
                return None
    return None


_CLOCK = r"(?:[T ,]\s*(?P<hour>\d{1,2})(?::(?P<minute>\d\d)(?::(?P<second>\d\d))?|时(?:(?P<zh_minute>\d{1,2})分)?(?:(?P<zh_second>\d{1,2})秒)?)\s*(?P<half>[AaPp][Mm])?)?"
_NAMED = "|".join([name[:3] for name in _MONTHS["en"]])
_FORMS = tuple(
    re.compile(form + _CLOCK, re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
        r"(?P<year>\d{4})年(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]",
        r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})",
        rf"(?P<day>\d{{1,2}})\.?[ -](?P<name>{_NAMED})[a-z]*\.?[ ,-]\s*(?P<year>\d{{4}})",
        rf"(?P<name>{_NAMED})[a-z]*\.? (?P<day>\d{{1,2}}),? (?P<year>\d{{4}})",
        r"(?P<first>\d{1,2})/(?P<second_of_two>\d{1,2})/(?P<year>\d{4})",
    )
)


def _arabic(text: str) -> str:
    """Write full-width and Chinese digits of a date as plain ones."""
    plain = text.translate(WIDE).strip().replace("点", "时").replace("：", ":")

    def put(match: re.Match[str]) -> str:
        found = chinese_number(match.group(0))
        return match.group(0) if found is None else str(found)

    return re.sub("[〇零一二三四五六七八九十]+", put, plain).replace("日", "日 ").replace("号", "号 ").strip()


def _from_parts(parts: dict[str, str | None]) -> Moment | None:
    if parts.get("first"):
        one, two = int(parts["first"] or 0), int(parts["second_of_two"] or 0)
        if one <= 12 and two <= 12 and one != two:
            return None  # which of them is the month?
        month, day = (one, two) if one <= 12 else (two, one)
    else:
        named = parts.get("name")
        names = [name[:3].lower() for name in _MONTHS["en"]]
        month = names.index(named.lower()) + 1 if named else int(parts["month"] or 0)
        day = int(parts["day"] or 0)
    year = int(parts["year"] or 0)
    if parts.get("hour") is None:
        return date(year, month, day)
    hour = int(parts["hour"] or 0)
    if half := parts.get("half"):
        hour = hour % 12 + (12 if half.lower() == "pm" else 0)
    minute, second = (
        parts.get("minute") or parts.get("zh_minute") or 0,
        parts.get("second") or parts.get("zh_second") or 0,
    )
    return datetime(year, month, day, hour, int(minute), int(second))


@_GROUP.add("now()", "")
def now(budget: Budget, zone: Any = "") -> str:
    """Returns the current date and time, here or in a time zone."""
    name = text_of(zone, budget)
    return _written(datetime.now(_zone(name)) if name else datetime.now().astimezone())


@_GROUP.add("today()", "")
def today(budget: Budget, zone: Any = "") -> str:
    """Returns today's date, here or in a time zone."""
    return now(budget, zone)[:10]


@_GROUP.add('"2026-11-29"|date("%d.%m.%Y")', "29.11.2026", "date")
def date_(budget: Budget, value: Any, format: Any = "%Y-%m-%d", language: Any = "en") -> str:
    """Formats a date or time: %Y %m %d %H %M %S, %A and %B for names, %-d without a leading 0."""
    moment, pattern = _moment(value, budget), text_of(format, budget)
    if len(pattern) > LONGEST:
        raise Failing(say("the format is longer than {most} characters", most=LONGEST))
    if language not in _DAYS:
        raise Failing(say("the language must be one of {names}", names=", ".join(_DAYS)))
    _check_signs(pattern, "date")
    when = moment if isinstance(moment, datetime) else datetime(moment.year, moment.month, moment.day)

    def put(match: re.Match[str]) -> str:
        return _directive(when, match.group(2), language, is_short=bool(match.group(1)))

    return re.sub(r"%([-#]?)(.)", put, pattern, flags=re.DOTALL)


_LETTERS = re.compile(
    r"(?<![A-Za-z%])(?:y{4}|Y{4}|yy|YY|M{1,4}|d{1,4}|D{1,2}|H{1,2}|h{1,2}|m{1,2}|s{1,2}|S{2}|E{3,4}|tt|a)(?![A-Za-z])"
)
_SIGN_OF = {
    "yyyy": "%Y", "YYYY": "%Y", "yy": "%y", "YY": "%y", "MMMM": "%B", "MMM": "%b", "MM": "%m", "M": "%-m", "dddd": "%A", "ddd": "%a",
    "dd": "%d", "d": "%-d", "DD": "%d", "D": "%-d", "HH": "%H", "H": "%-H", "hh": "%I", "h": "%-I", "mm": "%M", "m": "%-M", "ss": "%S",
    "s": "%-S", "SS": "%S", "EEEE": "%A", "EEE": "%a", "tt": "%p", "a": "%p",
}  # fmt: skip
"""How Excel and others write the parts of a date, and how they are written here."""


def _check_signs(pattern: str, name: str) -> None:
    """Refuse a format in the letters of Excel, Java or moment.js: it would be written as it stands, without an error.

    Raises:
        Failing: If it is one. The fix is the same format in signs.
    """
    if not (_LETTERS.search(pattern) and ("%" not in pattern or re.search("yyyy|YYYY|MM|dd|DD|HH|mm|ss", pattern))):
        return
    is_date = not re.search("[Hh]", pattern)

    def put(match: re.Match[str]) -> str:
        return _SIGN_OF[match[0].upper() if is_date and match[0] in ("m", "mm") else match[0]]

    signs = _LETTERS.sub(put, pattern)
    if signs != pattern:
        raise Failing(
            say("{format} is written in other signs here", format=shown(pattern)),
            say('Write value|{name}("{format}").', name=name, format=signs),
        )


def _directive(when: datetime, sign: str, language: str, *, is_short: bool) -> str:
    padded = {
        "d": (when.day, 2), "m": (when.month, 2), "Y": (when.year, 4), "y": (when.year % 100, 2), "H": (when.hour, 2),
        "I": (when.hour % 12 or 12, 2), "M": (when.minute, 2), "S": (when.second, 2), "f": (when.microsecond, 6),
        "j": (when.timetuple().tm_yday, 3), "V": (when.isocalendar().week, 2), "G": (when.isocalendar().year, 4),
        "u": (when.isoweekday(), 1), "w": (when.isoweekday() % 7, 1),
    }  # fmt: skip
    if sign in padded:
        value, width = padded[sign]
        return str(value) if is_short else f"{value:0{width}d}"
    day, month = _DAYS[language][when.weekday()], _MONTHS[language][when.month - 1]
    words = {
        "A": day, "B": month, "a": day[:3] if language == "en" else day.replace("星期", "周"),
        "b": month[:3] if language == "en" else f"{when.month}月", "p": _half(when, language), "%": "%",
        "F": when.strftime("%Y-%m-%d"), "T": when.strftime("%H:%M:%S"), "R": when.strftime("%H:%M"),
        "z": when.strftime("%z"), "Z": when.tzname() or "",
    }  # fmt: skip
    if sign not in words:
        raise Failing(
            say('"%{sign}" is not a date format', sign=sign), say("Use %Y %m %d %H %M %S %y %j %V %A %a %B %b %I %p.")
        )
    return words[sign]


def _half(when: datetime, language: str) -> str:
    return ("AM", "PM")[when.hour >= 12] if language == "en" else ("上午", "下午")[when.hour >= 12]


@_GROUP.add('"29.11.2026"|parse_date', "2026-11-29")
def parse_date(budget: Budget, value: Any, format: Any = "") -> str:
    """Reads a date in common notation, or by a format such as %m/%d/%Y."""
    pattern, text = text_of(format, budget), text_of(value, budget).strip()
    if not pattern:
        return _written(_moment(value, budget))
    if len(pattern) > LONGEST or len(text) > LONGEST:
        raise Failing(say("the format is longer than {most} characters", most=LONGEST))
    _check_signs(pattern, "parse_date")
    try:
        found = datetime.strptime(text.translate(WIDE), pattern)
    except (ValueError, IndexError, re.error, OverflowError) as error:
        raise Failing(say("{value} is not a date in the format {format}", value=shown(text), format=shown(pattern))) from error  # fmt: skip
    has_time = any(sign in pattern for sign in ("%H", "%I", "%M", "%S", "%T", "%X", "%c", "%f", "%p"))
    return _written(found if has_time else found.date())


@_GROUP.add('"2026-01-31"|add(1, "month")', "2026-02-28")
def add(budget: Budget, value: Any, amount: Any, unit: Any = "days", zone: Any = "") -> str:
    """Adds years, months, weeks, days, hours, minutes or seconds. A negative number goes back."""
    moment, name = _moment(value, budget), _unit(unit)
    count = needed(amount)
    if name not in _SECONDS and count != int(count):
        raise Failing(say("{count} is not a whole number of {unit}", count=count, unit=name), say("Use hours instead."))
    try:
        return _written(_later(moment, count, name, text_of(zone, budget)))
    except (OverflowError, ValueError) as error:
        raise Failing(say("the date is outside the years 1 to 9999")) from error


def _later(moment: Moment, count: float | int, unit: str, zone: str) -> Moment:
    if unit in _SECONDS:
        if not isinstance(moment, datetime):
            moment = datetime(moment.year, moment.month, moment.day)
        step = timedelta(seconds=count * _SECONDS[unit])
        if moment.tzinfo is None:
            if not zone:
                return moment + step
            placed = moment.replace(tzinfo=_zone(zone))  # a time as the clocks of that zone show it
            return (placed.astimezone(UTC) + step).astimezone(_zone(zone)).replace(tzinfo=None)
        home = _home(moment, zone)
        return _into(moment.astimezone(UTC) + step, home)
    if not isinstance(moment, datetime):
        return _days_later(moment, count, unit)
    home = _home(moment, zone)
    wall = (_into(moment, home) if moment.tzinfo else moment).replace(tzinfo=None)
    day = _days_later(wall.date(), count, unit)
    later = datetime.combine(day, wall.time())
    if moment.tzinfo is None and not zone:
        return later
    # A time that the clocks leave out is taken as the one an hour later, as calendars do.
    placed = later.replace(tzinfo=home) if home is not None else _local(later)
    there = _into(placed.astimezone(UTC), home)
    return there if moment.tzinfo else there.replace(tzinfo=None)


def _local(moment: datetime) -> datetime:
    """Return a time in this computer's zone; one without a zone is meant as of that."""
    try:
        return moment.astimezone()
    except OSError:  # Windows itself converts no time before 1970
        from tzlocal import get_localzone

        here = get_localzone()
        return moment.astimezone(here) if moment.tzinfo else moment.replace(tzinfo=here)


def _into(moment: datetime, home: tzinfo | None) -> datetime:
    """Return a time that has a zone in another one; ``None`` is this computer's."""
    return moment.astimezone(home) if home is not None else _local(moment)


def _home(moment: datetime, zone: str) -> tzinfo | None:
    """The zone in which days are counted; ``None`` is this computer's."""
    if zone:
        return _zone(zone)
    if moment.tzinfo is None or moment.utcoffset() == _local(moment.replace(tzinfo=None)).utcoffset():
        return None
    return moment.tzinfo


def _days_later(day: date, count: float | int, unit: str) -> date:
    if unit in ("days", "weeks"):
        return day + timedelta(days=int(count) * (7 if unit == "weeks" else 1))
    months = int(count) * (12 if unit == "years" else 1)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _unit(unit: Any) -> str:
    name = _UNITS.get(unit, unit) if isinstance(unit, str) else None
    if name not in _UNITS.values():
        raise Failing(say("the unit must be one of {units}", units=", ".join(_UNITS.values())))
    return str(name)


@_GROUP.add('"2026-12-24"|diff("2026-11-29")', "25")
def diff(budget: Budget, value: Any, other: Any, unit: Any = "days") -> float | int:
    """Returns how much later it is than another date or time, in the given unit."""
    one, two, name = _moment(value, budget), _moment(other, budget), _unit(unit)
    if not isinstance(one, datetime) or not isinstance(two, datetime):
        if name in _SECONDS:
            one, two = _timed(one), _timed(two)
        else:
            one, two = (part.date() if isinstance(part, datetime) else part for part in (one, two))
    if isinstance(one, datetime) and isinstance(two, datetime):
        one, two = _alike(one, two, is_wall=name not in _SECONDS)
    if name in ("years", "months"):
        return _months(one, two, name)
    seconds = (one - two).total_seconds()
    size = _SECONDS.get(name) or (604_800 if name == "weeks" else 86_400)
    found = seconds / size
    return int(found) if found.is_integer() else checked(float(f"{found:.12g}"))


def _timed(moment: Moment) -> datetime:
    return moment if isinstance(moment, datetime) else datetime(moment.year, moment.month, moment.day)


def _alike(one: datetime, two: datetime, *, is_wall: bool) -> tuple[datetime, datetime]:
    """Make two times comparable: one without a zone is of this computer's; days are counted by the clock on the wall."""
    if one.tzinfo is None and two.tzinfo is None:
        return one, two
    one, two = (part if part.tzinfo else _local(part) for part in (one, two))
    if is_wall and _home(one, "") is None and _home(two, "") is None:
        return one.replace(tzinfo=None), two.replace(tzinfo=None)
    return one, two


def _months(one: Moment, two: Moment, unit: str) -> int:
    months = _months_between(two, one) if one >= two else -_months_between(one, two)
    return months if unit == "months" else int(months / 12)


def _months_between(first: Moment, last: Moment) -> int:
    """Whole months from one time to a later one."""
    months = (last.year - first.year) * 12 + last.month - first.month
    return months - ((last.day, _clock(last)) < (first.day, _clock(first)))


def _clock(moment: Moment) -> Any:
    return moment.time() if isinstance(moment, datetime) else time()


@_GROUP.add('"2026-11-29"|weekday', "Sunday")
def weekday(budget: Budget, value: Any, language: Any = "en") -> Any:
    """Returns the day of the week in "en" or "zh", or as a "number" (Monday is 1)."""
    moment = _moment(value, budget)
    if language == "number":
        return moment.isoweekday()
    if language not in _DAYS:
        raise Failing(say("the language must be one of {names}", names=", ".join([*_DAYS, "number"])))
    return _DAYS[language][moment.weekday()]


@_GROUP.add('"2026-11-29T12:00:00+00:00"|zone("Asia/Shanghai")', "2026-11-29T20:00:00+08:00")
def zone(budget: Budget, value: Any, zone: Any) -> str:
    """Converts the time to another time zone."""
    moment = _timed(_moment(value, budget))
    try:
        return _written(_into(moment if moment.tzinfo else _local(moment), _zone(text_of(zone, budget))))
    except (OverflowError, ValueError) as error:
        raise Failing(say("the date is outside the years 1 to 9999")) from error


FUNCTIONS = tuple(_GROUP.functions)
