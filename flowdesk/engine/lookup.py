"""What a ``{{name}}`` stands for in a run: a variable, or a node's result, or a part of either."""

import difflib
import re
from collections.abc import Mapping
from typing import Any

from flowdesk.model.errors import ValueUnusable
from flowdesk.model.sentence import say

_PLACE = re.compile(r"\[(-?\d+)\]")


def look_up(name: str, variables: Mapping[str, Any], results: Mapping[str, Any]) -> Any:
    """Return the value of ``name``: a whole variable name first, then ``variable.part`` and ``node_id.field``.

    Parts are keys of objects and 0-based places of lists, which may stand in brackets: ``rows[0].name``.

    Raises:
        ValueUnusable: If there is no such value. The fix names the nearest that there is.
    """
    for values in (variables, results):
        if name in values:
            return values[name]
    head, *parts = _PLACE.sub(r".\1", name).split(".")
    for values in (variables, results):
        if head in values:
            return _part(values[head], parts, name)
    near = difflib.get_close_matches(head, [*variables, *results], n=1)
    raise ValueUnusable(
        say('There is no variable or result "{name}".', name=name),
        say('Did you mean "{near}"?', near=near[0])
        if near
        else say("Set it with a setVariable node before, or add it to the flow's variables."),
        name=name,
    )


def _part(value: Any, parts: list[str], name: str) -> Any:
    for part in parts:
        if isinstance(value, Mapping) and part in value:
            value = value[part]
        elif isinstance(value, list | tuple) and part.lstrip("-").isdigit() and -len(value) <= int(part) < len(value):
            value = value[int(part)]
        else:
            there = ", ".join(map(str, value)) if isinstance(value, Mapping) and value else ""
            raise ValueUnusable(
                say('"{name}" has no part "{part}".', name=name, part=part),
                say("It has: {parts}.", parts=there[:200]) if there else say("Look at the node's last result."),
                name=name,
            )
    return value
