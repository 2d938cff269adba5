"""Where a run takes place: on the desktop that flowdesk is on, or on one of its own (contract §4, §8)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flowdesk.model.errors import RequestInvalid
from flowdesk.model.sentence import say

SIZE = (1600, 1000)
"""Pixels of a private desktop where nothing else is said."""
SMALLEST, LARGEST = 320, 8192
PATTERN = r"^(this|private(:\d{3,4}x\d{3,4})?)?$"
_PRIVATE = re.compile(r"private(?::(\d{1,6})x(\d{1,6}))?")


@dataclass(frozen=True, slots=True)
class Place:
    """A private desktop as it was asked for."""

    width: int = SIZE[0]
    height: int = SIZE[1]
    has_own_home: bool = False
    """Whether programs there have a home folder of their own, which goes with the desktop."""


def is_on_own_desktop(fields: Mapping[str, Any]) -> bool:
    """Whether a flow, of which these are the fields, says that it runs on a private desktop."""
    return str(fields.get("desktop") or "").startswith("private")


def read_place(desktop: object, home: object = "") -> Place | None:
    """Return the private desktop that is asked for, ``None`` for the one that flowdesk is on.

    Raises:
        RequestInvalid: If it is neither.
    """
    found = _PRIVATE.fullmatch(str(desktop or "this").strip())
    if found is None:
        if desktop in (None, "", "this", "shared"):
            return None
        raise RequestInvalid(
            say('"{desktop}" is not a desktop.', desktop=str(desktop)[:80]),
            say("Use this, private, or private with a size, such as private:1280x800."),
            field="desktop",
        )
    width, height = (int(found.group(number) or SIZE[number - 1]) for number in (1, 2))
    if not (SMALLEST <= width <= LARGEST and SMALLEST <= height <= LARGEST):
        raise RequestInvalid(
            say("A desktop cannot be {width} by {height} pixels.", width=width, height=height),
            say("Use {least} to {most} pixels for each side.", least=SMALLEST, most=LARGEST),
            field="desktop",
        )
    if home not in (None, "", "own", "shared"):
        raise RequestInvalid(
            say("\"{home}\" is not a valid home folder.", home=str(home)[:80]), say("Use own, or leave it out."),
            field="home",
        )  # fmt: skip
    return Place(width, height, home == "own")
