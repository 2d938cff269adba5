"""The bodies of selectors' steps that are more than a text: points, colours, numbers, patterns. Pure."""

import re
import warnings
from typing import NamedTuple

from flowdesk.model.causes import pattern_cause
from flowdesk.model.errors import SelectorError
from flowdesk.model.sentence import Sentence, say

_COORDINATE = r"\s*(\+?-?[0-9]{1,7}(?:\.[0-9]{1,7})?)\s*(%?)\s*"
POINT = re.compile(_COORDINATE + "," + _COORDINATE)
"""What a step that is a point looks like."""
_NTH = re.compile(r"0*[1-9][0-9]{0,5}")
_COLOR = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)


class Coordinate(NamedTuple):
    """One number of a point: pixels, or percent of the width or height it is measured in."""

    value: float
    is_percent: bool
    is_relative: bool = False
    """Whether it is counted from where the pointer is."""

    def within(self, origin: int, length: int) -> int:
        """Return the pixel, for a scope that begins at ``origin`` and is ``length`` pixels long."""
        if not self.is_percent:
            return origin + round(self.value)
        return origin + round(self.value / 100 * max(0, length - 1))


def point_of(body: str) -> tuple[Coordinate, Coordinate]:
    """Return the two numbers of the body of a ``point`` step: across, down.

    A + before a number makes the point one that is counted from the pointer; the other number then needs a sign, too.
    Left and up of the pointer is ``+-50,+-10``: ``-50,-10`` is a place on a monitor that lies there.

    Raises:
        SelectorError: If it is not a point.
    """
    match = POINT.fullmatch(body)
    if match is None:
        raise fault(
            say('"{body}" is not a point.', body=body), say("Enter two numbers: point=100,200 or point=50%,50%."), 0
        )
    across, across_unit, down, down_unit = match.groups()
    is_relative = "+" in across + down
    if is_relative and (across_unit or down_unit or not all(number[0] in "+-" for number in (across, down))):
        raise fault(
            say('"{body}" is only half relative to the pointer.', body=body),
            say(
                "Give both numbers a sign and no %: point=+50,-10. Without a +, the point is a position on the screen."
            ),
            0,
        )
    return (
        Coordinate(float(across.removeprefix("+")), bool(across_unit), is_relative),
        Coordinate(float(down.removeprefix("+")), bool(down_unit), is_relative),
    )


def number_of(body: str) -> int:
    """Return the number of the body of an ``nth`` step, from 1 on.

    Raises:
        SelectorError: If it is none.
    """
    if not _NTH.fullmatch(body):
        raise fault(
            say('"{body}" is not a whole number of 1 or more.', body=body), say("Use nth=2 for the second match."), 0
        )
    return int(body)


def color_of(body: str) -> tuple[int, int, int]:
    """Return the red, green and blue (0 to 255) of the body of a ``color`` step.

    Raises:
        SelectorError: If it is not a colour.
    """
    if not _COLOR.fullmatch(body):
        raise fault(say('"{body}" is not a color.', body=body), say("Use a form such as color=#1a73e8."), 0)
    digits = body[1:] if len(body) == 7 else "".join(digit * 2 for digit in body[1:])
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Compile the body of a ``/regex/`` step.

    Raises:
        SelectorError: If it is no regular expression.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        where = getattr(error, "pos", None) or 0
        raise fault(
            say(
                "/{pattern}/ is not a valid regular expression: {reason}.", pattern=pattern, reason=pattern_cause(error)
            ),
            say('Correct it, or put the text in quotes: "{pattern}".', pattern=pattern),
            where,
        ) from None


def fault(message: Sentence, fix: Sentence, position: int) -> SelectorError:
    """Return the error of a selector, at a 0-based character of it."""
    return SelectorError(message, fix, position=position)
