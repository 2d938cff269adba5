"""Values of cells: days and times out of numbers, and numbers as their format shows them."""

import math
import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.')
_BRACKETS = re.compile(r"\[(?!\$)[^\]]*\]")
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_DATE_TOKEN = re.compile(
    r'\[(?:h+|m+|s+)\]|"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|am/pm|a/p|上午/下午|y+|m+|d+|h+|s+(?:\.0+)?|e+|.',
    re.IGNORECASE | re.DOTALL,
)
_NUMBER = re.compile(r"[#0?][#0?,]*(?:\.[#0?]*)?(?:[eE][+-][0#?]+)?|\.[#0?]+")
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


@lru_cache(maxsize=2000)
def is_date_format(code: str) -> bool:
    """Whether a number format shows days or times."""
    first = code.split(";")[0]
    if _ELAPSED.search(first):
        return True
    bare = _BRACKETS.sub("", _QUOTED.sub("", re.sub(r"\[\$[^\]]*\]", "", first)))
    return re.search(r"[ymdhs]", bare, re.IGNORECASE) is not None and "general" not in bare.lower()


@lru_cache(maxsize=2000)
def is_elapsed_format(code: str) -> bool:
    """Whether a number format shows a length of time, such as 26:30."""
    return _ELAPSED.search(code.split(";")[0]) is not None


@lru_cache(maxsize=2000)
def is_padded_format(code: str) -> bool:
    """Whether a number format shows zeros in front, as a code of an article has them."""
    return re.fullmatch(r'(?:"[^"]*")?0{2,}(?:"[^"]*")?', code.split(";")[0]) is not None


@lru_cache(maxsize=2000)
def _has_day(code: str) -> bool:
    """Whether a format of days and times shows the day."""
    bare = _BRACKETS.sub("", _QUOTED.sub("", re.sub(r"\[\$[^\]]*\]", "", code.split(";")[0])))
    return re.search(r"[yde]", bare, re.IGNORECASE) is not None


def moment(number: float, code: str, is_1904: bool) -> datetime | time | None:
    """Return the day and time that a number of a cell stands for; ``None`` if it stands for none.

    Less than 1 is a time of day. Where days count from 1904 it may be the first day as well: the format tells.
    """
    start = datetime(1904, 1, 1) if is_1904 else datetime(1899, 12, 31 if number < 60 else 30)
    if 0 <= number < 1 and not (is_1904 and _has_day(code)):
        return (datetime(2000, 1, 1) + timedelta(milliseconds=round(number * 86_400_000))).time()
    try:
        return start + timedelta(milliseconds=round(number * 86_400_000))
    except OverflowError:
        return None


def serial(text: str, is_1904: bool) -> float | int | None:
    """Return the number by which a cell keeps an ISO day, day and time, or time; ``None`` if a text is none."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)?|\d\d:\d\d(?::\d\d)?", text):
        return None
    try:
        if ":" in text and "-" not in text:
            clock = time.fromisoformat(text)
            return (clock.hour * 3600 + clock.minute * 60 + clock.second) / 86_400
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    first = datetime(1904, 1, 1) if is_1904 else datetime(1899, 12, 30)
    days: float = (when - first) / timedelta(days=1)
    if days < (0 if is_1904 else 61):
        return None
    return int(days) if days.is_integer() else days


def elapsed(number: float) -> str:
    """Return a length of time as hours, minutes and seconds."""
    seconds = round(abs(number) * 86_400)
    return f"{'-' if number < 0 else ''}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def plain(number: float, code: str, is_1904: bool) -> Any:
    """Return a number of a cell as a JSON value: an ISO text where its format shows days or times."""
    if not is_date_format(code):
        return number
    if is_elapsed_format(code):
        return elapsed(number)
    found = moment(number, code, is_1904)
    if found is None:
        return number
    if isinstance(found, datetime) and found.time() == time():
        return found.date().isoformat()
    return found.isoformat(timespec="auto")


def early_day(number: float) -> str:
    """Return a day before March 1900, as ISO text, of a program that counts from 1899-12-30 without a gap."""
    found = datetime(1899, 12, 30) + timedelta(milliseconds=round(number * 86_400_000))
    return found.date().isoformat() if found.time() == time() else found.isoformat(timespec="auto")


def shown(value: Any, number: float | None, code: str, is_1904: bool) -> str | None:
    """Return a cell as its format shows it; ``None`` where the format is not understood.

    Args:
        value: The cell's value if it is no number.
        number: The number it holds.
        code: Its number format.
        is_1904: Whether days count from 1904.
    """
    sections = _sections(code)
    if number is None:
        return _text_shown(str(value), sections[3] if len(sections) > 3 else "@")
    if code.lower() in {"general", ""}:
        return _general(number)
    if is_date_format(code):
        return _date_shown(number, sections[0], is_1904)
    section, is_signed = sections[0], number < 0
    if number < 0 and len(sections) > 1:
        section, is_signed = sections[1], False
    elif number == 0 and len(sections) > 2:
        section = sections[2]
    if re.search(r"\[[<>=]", code) or "/" in _QUOTED.sub("", _BRACKETS.sub("", section)):
        return None
    if section.strip().lower() == "general":
        return ("-" if is_signed else "") + _general(abs(number))
    if section.strip() == "@":
        return _general(number)
    return ("-" if is_signed else "") + _number_shown(abs(number), section)


def _sections(code: str) -> list[str]:
    parts, current = [], ""
    for token in re.findall(r'"[^"]*"|\\.|.', code, re.DOTALL):
        if token == ";":
            parts.append(current)
            current = ""
        else:
            current += token
    return [*parts, current]


def _general(number: float) -> str:
    if float(number).is_integer() and abs(number) < 1e11:
        return str(int(number))
    text = f"{number:.10g}".upper() if abs(number) < 1e11 else f"{number:.5E}"
    return re.sub(r"\.?0+E", "E", text)


def _literal(token: str) -> str:
    if token.startswith('"'):
        return token[1:-1]
    if token.startswith("\\"):
        return token[1:]
    if token.startswith("_"):
        return " "
    if token.startswith("*"):
        return ""
    if token.startswith("[$"):
        return token[2:-1].split("-")[0]
    return "" if token.startswith("[") else token


def _text_shown(text: str, section: str) -> str:
    return "".join(
        text if token == "@" else _literal(token)
        for token in re.findall(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|.', section, re.DOTALL)
    )


def _number_shown(number: float, section: str) -> str:
    tokens = re.findall(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|[#0?.,]+(?:[eE][+-][0#?]+)?|.', section, re.DOTALL)
    literals = [token for token in tokens if not re.fullmatch(r"[#0?.,]+(?:[eE][+-][0#?]+)?", token)]
    percent = sum(token == "%" for token in literals)
    out, is_written = [], False
    for token in tokens:
        if (
            re.fullmatch(r"[#0?.,]+(?:[eE][+-][0#?]+)?", token)
            and any(sign in token for sign in "#0?")
            and not is_written
        ):
            out.append(_digits(number * 100**percent, token))
            is_written = True
        else:
            out.append(_literal(token))
    return "".join(out).strip() if section.startswith(("_", "*")) or "_" in section else "".join(out)


def _digits(number: float, pattern: str) -> str:
    if "E" in pattern.upper():
        mantissa, _, power = pattern.upper().partition("E")
        places = len(mantissa.partition(".")[2])
        text, _, exponent = f"{number:.{places}E}".partition("E")
        sign, digits = exponent[0], exponent[1:].lstrip("0").rjust(len(power.lstrip("+-")), "0")
        return f"{text}E{sign if sign == '-' or '+' in power else ''}{digits}"
    whole, _, fraction = pattern.partition(".")
    scale = len(whole) - len(whole.rstrip(","))
    grouped = "," in whole.rstrip(",")
    try:
        exact = Decimal(repr(float(number))) / (1000**scale)
        rounded = exact.quantize(Decimal(1).scaleb(-len(fraction)), rounding=ROUND_HALF_UP)
    except InvalidOperation:
        return _general(number)
    left, _, right = f"{rounded:f}".partition(".")
    least = whole.count("0")
    left = left.lstrip("0").rjust(least, "0") if least else left.lstrip("0")
    if grouped:
        left = re.sub(r"(?<=\d)(?=(\d{3})+$)", ",", left)
    needed = len(fraction.rstrip("#?"))
    while len(right) > needed and right.endswith("0"):
        right = right[:-1]
    return left + ("." + right if right or "." in pattern else "")


def _date_shown(number: float, section: str, is_1904: bool) -> str | None:
    if is_elapsed_format(section):
        return _elapsed_shown(number, section)
    found = moment(number, section, is_1904)
    if found is None:
        return None
    when = found if isinstance(found, datetime) else datetime.combine(date(1899, 12, 31), found)
    tokens = [token for token in _DATE_TOKEN.findall(section) if not token.startswith("[$-")]
    has_half = any(token.lower() in {"am/pm", "a/p"} or token == "上午/下午" for token in tokens)
    out = []
    for place, token in enumerate(tokens):
        low = token.lower()
        if low.startswith("m") and _is_minute(tokens, place):
            out.append(f"{when.minute:0{min(len(low), 2)}}")
        else:
            out.append(_date_part(when, token, low, has_half))
    return "".join(out).strip()


def _elapsed_shown(number: float, section: str) -> str:
    """Return a length of time as its format has it: 49:05 by ``[h]:mm``, 49:05:30 by ``[h]:mm:ss``."""
    seconds = round(abs(number) * 86_400)
    out = ["-" if number < 0 and seconds else ""]
    for token in _DATE_TOKEN.findall(section):
        low = token.lower()
        unit = low.lstrip("[")[:1]
        if low.startswith(("[h", "[m", "[s")):
            out.append(str(seconds // {"h": 3600, "m": 60, "s": 1}[unit]).zfill(len(low) - 2))
        elif unit in "ms" and unit and not token.startswith(("[", '"', "\\")):
            value = seconds // 60 % 60 if unit == "m" else seconds % 60
            out.append(f"{value:0{min(len(low.partition('.')[0]), 2)}}")
        else:
            out.append(_literal(token))
    return "".join(out)


def _is_minute(tokens: list[str], place: int) -> bool:
    """``m`` behind hours or before seconds are minutes."""
    parts = [
        (at, token[0].lower()) for at, token in enumerate(tokens) if token[0].lower() in "ymdhs" and '"' not in token
    ]
    at = next(index for index, (where, _) in enumerate(parts) if where == place)
    before = parts[at - 1][1] if at else ""
    after = parts[at + 1][1] if at + 1 < len(parts) else ""
    return before == "h" or after == "s"


def _date_part(when: datetime, token: str, low: str, has_half: bool) -> str:
    if low in {"am/pm", "a/p"} or token == "上午/下午":
        half = token.split("/")[when.hour >= 12]
        return half.upper() if low == "am/pm" else half
    match low[0] if low[0] in "ymdhse" and not token.startswith(('"', "\\")) else "":
        case "y":
            return f"{when.year % 100:02}" if len(low) <= 2 else f"{when.year:04}"
        case "e":
            return f"{when.year:04}"
        case "m":
            name = _MONTHS[when.month - 1]
            return {1: str(when.month), 2: f"{when.month:02}", 3: name[:3], 5: name[0]}.get(len(low), name)
        case "d":
            name = _DAYS[when.weekday()]
            return {1: str(when.day), 2: f"{when.day:02}", 3: name[:3]}.get(len(low), name)
        case "h":
            hour = (when.hour % 12 or 12) if has_half else when.hour
            return f"{hour:0{min(len(low), 2)}}"
        case "s":
            places = len(low.partition(".")[2])
            seconds = f"{when.second:0{min(len(low.partition('.')[0]), 2)}}"
            return seconds + (f".{when.microsecond / 1e6:.{places}f}".replace("0.", "", 1) if places else "")
        case _:
            return _literal(token)


_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?")


def number_of(text: str) -> int | float | None:
    """Return the number that a cell stores, a whole one exactly; ``None`` for what is none, or larger than a number may be."""
    text = text.strip()
    if not _NUMBER.fullmatch(text) or len(text) > 400:
        return None
    if text.lstrip("+-").isdigit():
        return int(text)
    number = float(text)
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() and abs(number) < 1e15 else number
