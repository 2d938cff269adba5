"""Values as people write and read them: texts of numbers, full-width and Chinese digits, JSON. Pure."""

import itertools
import json
import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

_NUMBER = re.compile(r"[+-]?(?:\d{1,300}(\.\d*)?|(\.\d+))([eE][+-]?\d{1,3})?")
_CODE = re.compile(r"0\d+")
WIDE = str.maketrans("０１２３４５６７８９．，－＋％（）　￥", "0123456789.,-+%() ¥")
"""The full-width forms that Chinese and Japanese keyboards write in numbers."""
_SIGNS_OF_MONEY = re.compile(r"US\$|HK\$|A\$|C\$|[¥￥$€£₩₹]|元|CNY|RMB|USD|EUR|GBP|JPY|CHF|\s|\u00a0|\u202f")
_GROUPED = {".": re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?"), ",": re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d*)?")}
_SWISS = re.compile(r"[+-]?\d{1,3}(['’]\d{3})+(\.\d*)?")
_CHINESE_MONEY = re.compile(
    r"(负|-)?(?:([^元圆角分]+)[元圆])?零?(?:([^元圆角分零])角)?零?(?:([^元圆角分零])分)?[整正]?"
)
"""Yuan, a tenth and a hundredth of it, as cheques and invoices write them."""
_PLAIN = {".": re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)"), ",": re.compile(r"[+-]?(\d+(,\d*)?|,\d+)")}
LONGEST_AMOUNT = 400
"""Characters of a text that is read as an amount."""
DIGITS = 15
"""Significant digits that a binary float is sure to hold."""

_CHINESE_DIGITS = {character: value for value, characters in enumerate(("零〇", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")) for character in characters}  # fmt: skip
_CHINESE_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_CHINESE_LARGE = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_CHINESE = re.compile(
    f"[+-]?[{''.join(_CHINESE_DIGITS)}{''.join(_CHINESE_UNITS)}{''.join(_CHINESE_LARGE)}0-9.]{{1,40}}"
)


def as_text(value: Any) -> str:
    """Write a value as people read it: ``true``, ``3`` for 3.0, 12.8, JSON for lists and objects, nothing for none."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float_text(value)
    if isinstance(value, int):
        return str(value) if -(10**4000) < value < 10**4000 else f"{Decimal(value):.14E}"
    return json.dumps(_rounded(value), ensure_ascii=False, default=str)


def rounded(value: float) -> float:
    """Return a float with the digits that are sure: 0.1 + 0.2 is 0.3."""
    return float(f"{value:.{DIGITS}g}")


def number(value: Any) -> float | int | None:
    """Return what a value is as a number, ``None`` if it does not look like one. Full-width digits count."""
    if not isinstance(value, str):
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return value if isinstance(value, int) or math.isfinite(value) else None
    text = value.strip()
    if not text.isascii():
        text = text.translate(WIDE).strip()
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    if match.lastindex is None:
        return int(text)
    found = float(text)
    return found if math.isfinite(found) else None


def is_code(value: Any) -> bool:
    """Whether a text looks like a number whose leading zeros mean something: ``007`` is not ``7``."""
    return isinstance(value, str) and _CODE.fullmatch(value.translate(WIDE).strip()) is not None


def bare_amount(text: str) -> str:
    """Return an amount without signs of money, spaces, and full-width forms; brackets become a minus."""
    text = _SIGNS_OF_MONEY.sub("", text.translate(WIDE))
    if text.startswith("(") and text.endswith(")"):
        text = "-" + text[1:-1]
    return text.replace("−", "-")


def amount(text: str, decimal: str = ".") -> Decimal | None:
    """Return what a text says as people write amounts: ``¥1,234.50``, ``(3,50 €)``, ``12 %``. ``None`` if it is none.

    Args:
        text: The text.
        decimal: The decimal sign, a point or a comma; the other one stands between thousands.
    """
    if len(text) > LONGEST_AMOUNT:
        return None
    text = bare_amount(text)
    is_percent = text.endswith("%")
    text = text.removesuffix("%")
    if decimal == "." and _SWISS.fullmatch(text):
        text = text.replace("'", "").replace("’", "")
    if _GROUPED[decimal].fullmatch(text):
        text = text.replace("," if decimal == "." else ".", "")
    if not _PLAIN[decimal].fullmatch(text):
        return None
    exact = Decimal(text.replace(",", "."))
    return exact / 100 if is_percent else exact


def chinese_number(text: str) -> float | int | None:
    """Read a number that is written in Chinese, or partly: ``三千五百``, ``12.5万``, ``二〇二六``. ``None`` if it is none."""
    sign, rest = (-1, text[1:]) if text.startswith(("-", "负")) else (1, text)
    before, point, after = rest.partition("点")
    if point:
        whole = chinese_number(before) if not before.isdecimal() else int(before)
        digits = "".join(str(_CHINESE_DIGITS.get(character, character)) for character in after)
        is_decimal = (
            isinstance(whole, int) and whole >= 0 and digits.isascii() and digits.isdecimal() and len(digits) < 16
        )
        return sign * float(f"{whole}.{digits}") if is_decimal else None
    if not _CHINESE.fullmatch(rest) or not any(character > "9" for character in rest):
        return None
    found = _chinese(rest)
    return None if found is None else sign * found


def chinese_money(text: str) -> Decimal | None:
    """Read an amount of yuan as invoices write it: ``壹仟贰佰元伍角整``, ``5元3角``. ``None`` if it is none."""
    found = _CHINESE_MONEY.fullmatch(text.translate(WIDE).strip()) if len(text) <= LONGEST_AMOUNT else None
    if found is None or not any(found.groups()[1:]) or text[-1:] not in "元圆角分整正":
        return None
    total = Decimal(0)
    for part, unit in zip(found.groups()[1:], (Decimal(1), Decimal("0.1"), Decimal("0.01")), strict=True):
        value = 0 if part is None else number(part) if number(part) is not None else chinese_number(part)
        if value is None or (unit < 1 and not 0 <= value <= 9):
            return None
        total += Decimal(repr(value)) * unit
    return -total if found.group(1) else total


def _chinese(text: str) -> float | int | None:
    for character in ("亿", "億", "万", "萬"):
        before, unit, after = text.rpartition(character)
        if unit:
            high = _chinese(before) if before else 1
            low: float | int | None = 0
            if after:
                low = _chinese(after.lstrip("零〇"))
                if len(after) == 1 and after in _CHINESE_DIGITS and _CHINESE_DIGITS[after]:
                    low = _CHINESE_DIGITS[after] * _CHINESE_LARGE[character] // 10  # 三万五 is 35,000
            return None if high is None or low is None else _neat(high * _CHINESE_LARGE[character] + low)
    if not any(character in _CHINESE_UNITS for character in text):
        digits = "".join(str(_CHINESE_DIGITS.get(character, character)) for character in text)
        return number(digits)
    return _hundreds(text)


def _hundreds(text: str) -> int | None:
    total, digit, last = 0, None, 10_000
    for character in text:
        if character in _CHINESE_UNITS:
            unit = _CHINESE_UNITS[character]
            if unit >= last or digit == 0:
                return None
            total, digit, last = total + (1 if digit is None else digit) * unit, None, unit
            continue
        value = _CHINESE_DIGITS.get(character)
        if value is None or digit:
            return None
        digit = value
    if digit and last > 10 and "零" not in text and "〇" not in text and last < 10_000:
        digit *= last // 10  # 三百五 is 350
    return total + (digit or 0)


def _neat(value: float | int) -> float | int:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def is_true(value: Any) -> bool:
    """Whether a value counts as true: ``false``, ``no``, ``off``, ``0``, nothing and empty do not."""
    if isinstance(value, str):
        return value.strip().lower() not in {"", "false", "no", "off", "0", "null", "none"}
    return bool(value)


def written_size(value: Any, tick: Callable[[int], None] | None = None, most: int = 10**12) -> int:
    """Return at most how many bytes a value takes when it is written as JSON, without writing it; stops beyond ``most``."""
    waiting = [value]
    total = 0
    while waiting and total <= most:
        one = waiting.pop()
        is_map = isinstance(one, Mapping)
        if not is_map and not isinstance(one, list | tuple):
            total += _leaf_size(one)
            continue
        total += 4
        if tick is not None:
            tick(1 + len(one) // 16)
        for part in itertools.chain(one, one.values()) if is_map else one:
            if type(part) is str:
                total += (2 if part.isascii() else 6) * len(part) + 4
            elif isinstance(part, Mapping | list | tuple):
                waiting.append(part)
            else:
                total += _leaf_size(part)
            if total > most:
                break
    return total


def _leaf_size(value: Any) -> int:
    if isinstance(value, str):
        return (2 if value.isascii() else 6) * len(value) + 4
    return 24 if not isinstance(value, int) else 8 + value.bit_length() // 3


def _float_text(value: float) -> str:
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = f"{value:.{DIGITS}g}"
    if "e" in text and 1e-12 < abs(value) < 1e21:
        return f"{Decimal(text):f}"
    return text


def _rounded(value: Any) -> Any:
    """Return a value whose floats have no more digits than are sure; the same object where there are none."""
    if isinstance(value, float):
        return rounded(value) if math.isfinite(value) else value
    if isinstance(value, Mapping):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return value
