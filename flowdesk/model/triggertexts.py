"""How the texts of triggers are checked. Each raises a `ValueError` that says what is wrong, as the end of a sentence."""

import re
from datetime import datetime

from cronsim import CronSim, CronSimError

from flowdesk.model.config import Unfit
from flowdesk.model.place import PATTERN
from flowdesk.model.sentence import say

CRON_FIELDS = {
    "minute": say("minute"), "hour": say("hour"), "day-of-month": say("day of the month"), "month": say("month"),
    "day-of-week": say("weekday"),
}  # fmt: skip
"""The fields of cron as ``cronsim`` names them, and as people read them."""


def cron(text: str) -> None:
    """Check five fields of cron."""
    if len(text.split()) != 5:
        raise Unfit("cron", say("use five fields: minute, hour, day, month, weekday"))
    try:
        next(CronSim(text, datetime(2024, 1, 1)))
    except StopIteration as error:
        raise Unfit("cron", say("no date ever fits it")) from error
    except CronSimError as error:
        field = CRON_FIELDS.get(str(error).removeprefix("Bad "))
        raise Unfit(
            "cron", say("its {field} is out of range", field=field) if field else say("it cannot be read")
        ) from error


def name(text: str) -> str:
    """Return the name of a trigger."""
    if not re.fullmatch(r"[\w.-]{1,64}", text):
        raise ValueError(say("use 1 to 64 letters, digits, dots, dashes, and underscores"))
    return text


def place(text: str) -> str:
    """Return where a trigger runs its flow."""
    if not re.fullmatch(PATTERN, text):
        raise ValueError(say("it must be this, private, or a size such as private:1280x800"))
    return text


def folder(text: str) -> str:
    """Return the folder that a trigger watches."""
    if not text.isprintable():
        raise ValueError(say("it contains a control character"))
    return text


def pattern(text: str) -> str:
    """Return which files of a folder count."""
    if "/" in text or not text.isprintable():
        raise ValueError(say("it is a pattern for names such as *.csv, without folders"))
    return text
