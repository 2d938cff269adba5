"""Numbers and money."""

import math
import re
import secrets
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from flowdesk.engine.budget import Budget, Failing
from flowdesk.engine.functions.declare import Group, text_of, whole
from flowdesk.engine.operations import EXACT, checked, decimal, needed, plain, shown
from flowdesk.engine.texts import LONGEST_AMOUNT, amount, bare_amount, chinese_money, chinese_number
from flowdesk.engine.texts import number as as_number
from flowdesk.model.sentence import say

WIDEST = 1000
FINEST = 100
FINEST_CHANCE = 12
"""Decimals of a number by chance."""
_GROUP = Group("numbers")
_SPEC = re.compile(r"(?:(.)?[<>=^])?[-+ ]?#?0?(\d{0,6})[,_]?(?:\.(\d{1,6}))?[bcdeEfFgGoxX%]?", re.DOTALL)
_PICTURE = re.compile(r"(#,##|#)?(0{1,30})(?:\.(0{0,30}#{0,30}))?(%)?")
_SEPARATORS = {"en": (",", "."), "zh": (",", "."), "de": (".", ","), "fr": ("\u202f", ","), "es": (".", ","), "plain": ("", ".")}  # fmt: skip
_CURRENCIES = {"CNY": "¥", "JPY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "INR": "₹", "KRW": "₩"}


@_GROUP.add('"¥1,234.50"|number', "1234.5")
def number(budget: Budget, value: Any, decimal: Any = ".") -> float | int:
    """Reads a number with thousands separators, a currency sign, full-width or Chinese digits."""
    found = as_number(value)
    if found is not None and not (isinstance(value, str) and decimal == ","):
        return checked(found)
    if not isinstance(value, str) or len(value) > LONGEST_AMOUNT or decimal not in (".", ","):
        raise Failing(say("{value} is not a number", value=shown(value)))
    exact = amount(value, decimal)
    if exact is not None:
        is_whole = not any(sign in bare_amount(value) for sign in f"{decimal}%")
        return checked(int(exact)) if is_whole else plain(exact)
    yuan = chinese_money(value)
    if yuan is not None:
        return plain(yuan)
    text = bare_amount(value)
    chinese = chinese_number(text.removesuffix("%"))
    if chinese is None:
        is_other = ("," if decimal == "." else ".") in text
        raise Failing(
            say("{value} is not a number", value=shown(value)),
            say('Specify the decimal separator: value|number(",").') if is_other else None,
        )
    return plain(Decimal(repr(chinese)) / 100) if text.endswith("%") else checked(chinese)


@_GROUP.add('"12.9"|int', "12", "int")
def int_(budget: Budget, value: Any, otherwise: Any = None) -> Any:
    """Reads a whole number and cuts the decimals. The second value is the fallback if it cannot be read."""
    found = _read(budget, value, otherwise)
    if isinstance(found, float) and not math.isfinite(found):
        raise Failing(say("{value} is not a number", value=shown(value)))
    return int(found) if isinstance(found, float) else found


@_GROUP.add('"12.90"|float', "12.9", "float")
def float_(budget: Budget, value: Any, otherwise: Any = None) -> Any:
    """Reads a decimal number. The second value is the fallback if it cannot be read."""
    found = _read(budget, value, otherwise)
    return float(found) if isinstance(found, int) and not isinstance(found, bool) else found


def _read(budget: Budget, value: Any, otherwise: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    try:
        return number(budget, value)
    except Failing:
        if otherwise is None:
            raise
        return otherwise


_WAYS = {"common": ROUND_HALF_UP, "ceil": ROUND_CEILING, "floor": ROUND_FLOOR, "cut": ROUND_DOWN}


@_GROUP.add("2.675|round(2)", "2.68", "round")
def round_(budget: Budget, value: Any, digits: Any = 0, way: Any = "common") -> float | int:
    """Rounds half up, or always up ("ceil"), down ("floor"), or toward 0 ("cut")."""
    places = whole(digits, -300, 15, "digits")
    if way not in _WAYS:
        raise Failing(say("the rounding must be one of {ways}", ways=", ".join(_WAYS)))
    exact = decimal(needed(value))
    if exact.adjusted() + places > 25:
        return plain(exact) if exact != exact.to_integral_value() else int(exact)
    found = exact.quantize(Decimal(1).scaleb(-places), _WAYS[way], EXACT)
    return checked(int(found)) if places <= 0 else plain(found)


@_GROUP.add("random(1, 6)", "")
def random(budget: Budget, low: Any, high: Any, digits: Any = 0) -> float | int:
    """Returns a random number from one value to another, whole or with the given decimals."""
    places = whole(digits, 0, FINEST_CHANCE, "digits")
    ends = []
    for given in (low, high):
        found = as_number(given)
        if found is None:
            raise Failing(say("{value} is not a number", value=shown(given)))
        ends.append(decimal(found))
    unit = Decimal(1).scaleb(-places)
    first = int((ends[0] / unit).to_integral_value(ROUND_CEILING))
    last = int((ends[1] / unit).to_integral_value(ROUND_FLOOR))
    if first > last:
        raise Failing(say("there is no such number between {low} and {high}", low=shown(low), high=shown(high)))
    drawn = first + secrets.randbelow(last - first + 1)
    return checked(drawn) if not places else plain(drawn * unit)


@_GROUP.add("(-3)|abs", "3", "abs")
def abs_(budget: Budget, value: Any) -> float | int:
    """Returns the absolute value."""
    return abs(needed(value))


@_GROUP.add("1234.5|format", "1,234.50", "format")
def format_(budget: Budget, value: Any, decimals: Any = 2, language: Any = "en", currency: Any = "") -> str:
    """Formats a number: decimals, "en", "zh", "de" or "fr", a currency, or a pattern such as "05d" or "#,##0.00"."""
    if isinstance(decimals, str) and (picture := _PICTURE.fullmatch(decimals)):
        return _pictured(value, picture)
    if isinstance(decimals, str) and as_number(decimals) is None:
        return _patterned(value, decimals)
    if isinstance(value, str) and as_number(value) is None and ("%" in value or "{" in value):
        raise Failing(
            say("{value} is not a number", value=shown(value)), say('Write the number first: n|format(".2f").')
        )
    places = whole(decimals, 0, 15, "decimals")
    if language not in _SEPARATORS:
        raise Failing(say("the language must be one of {names}", names=", ".join(_SEPARATORS)))
    thousands, point = _SEPARATORS[language]
    exact = decimal(needed(value))
    digits = f"{exact.copy_abs().quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _wide(exact)):,f}"
    digits = digits.replace(",", "\0").replace(".", point).replace("\0", thousands)
    sign = "-" if exact < 0 and any(digit in "123456789" for digit in digits) else ""
    code = text_of(currency, budget)[:20]
    if not code:
        return sign + digits
    mark = _CURRENCIES.get(code, code)
    if language in ("en", "zh", "plain"):
        return f"{sign}{mark}{digits}" if len(mark) == 1 else f"{sign}{mark} {digits}"
    return f"{sign}{digits} {mark}"


def _pictured(value: Any, picture: re.Match[str]) -> str:
    """Write a number by a picture as spreadsheets have it: ``#,##0.00``, ``0.##``, ``000``, ``0%``."""
    thousands, zeros, decimals, percent = picture.groups(default="")
    exact = decimal(needed(value)) * (100 if percent else 1)
    rounded = exact.quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP, _wide(exact, len(decimals)))
    before, _, after = f"{rounded.copy_abs():f}".partition(".")
    while after and decimals[len(after) - 1] == "#" and after.endswith("0"):
        after = after[:-1]
    before = before.zfill(len(zeros))
    if thousands:
        before = f"{int(before):,}" if len(zeros) == 1 else before
    sign = "-" if rounded < 0 else ""
    return sign + before + ("." + after if after else "") + percent


def _wide(exact: Decimal, places: int = 15) -> Any:
    context = EXACT.copy()
    context.prec = max(28, exact.adjusted() + 5 + places)
    return context


def _patterned(value: Any, pattern: str) -> str:
    found = _SPEC.fullmatch(pattern)
    if found is None:
        raise Failing(say("{value} is not a number format", value=shown(pattern)), say('Use a pattern such as "#,##0.00", ",.2f" or "05d".'))  # fmt: skip
    if int(found.group(2) or 0) > WIDEST or int(found.group(3) or 0) > FINEST:
        raise Failing(say("the pattern is wider than {most}", most=WIDEST))
    given = needed(value)
    if pattern[-1:] in tuple("bcdoxX") and isinstance(given, float) and given.is_integer():
        given = int(given)
    exact = decimal(given) if isinstance(given, float) and pattern[-1:] in tuple("fF%") else given
    return format(exact, pattern)


_CAPITALS = "零壹贰叁肆伍陆柒捌玖"


@_GROUP.add("1234.5|rmb", "壹仟贰佰叁拾肆元伍角整")
def rmb(budget: Budget, value: Any) -> str:
    """Writes an amount of money in Chinese capital numerals, as on invoices."""
    exact = decimal(needed(value)).quantize(Decimal("0.01"), ROUND_HALF_UP, _wide(decimal(needed(value))))
    if abs(exact) >= 10**12:
        raise Failing(say("the number is too large"))
    cents = int(exact.copy_abs() * 100)
    yuan, jiao, fen = cents // 100, cents // 10 % 10, cents % 10
    written = _yuan(yuan) + "元" if yuan else ""
    if jiao:
        written += _CAPITALS[jiao] + "角"
    elif yuan and fen:
        written += "零"
    written += _CAPITALS[fen] + "分" if fen else "整" if written else "零元整"
    return ("负" if exact < 0 and cents else "") + written


def _yuan(value: int) -> str:
    parts: list[str] = []
    for place, unit in enumerate(("", "万", "亿")):
        section = value // 10 ** (4 * place) % 10_000
        if section:
            text = _section(section) + unit
            lower = value % 10 ** (4 * place)
            if place and lower and lower < 10 ** (4 * place - 1):
                text += "零"
            parts.insert(0, text)
    return "".join(parts).replace("零零", "零")


def _section(value: int) -> str:
    text, has_gap = "", False
    for unit, name in ((1000, "仟"), (100, "佰"), (10, "拾"), (1, "")):
        digit = value // unit % 10
        if digit:
            text += ("零" if has_gap and text else "") + _CAPITALS[digit] + name
            has_gap = False
        else:
            has_gap = True
    return text


FUNCTIONS = tuple(_GROUP.functions)
