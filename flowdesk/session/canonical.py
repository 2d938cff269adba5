"""Flow files in the one way in which flowdesk writes them, with nothing lost."""

import json
import math
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from flowdesk.model.causes import system_cause
from flowdesk.model.errors import FileChanged, FileUnwritable, FlowUnreadable
from flowdesk.model.reading import write_flow
from flowdesk.model.sentence import say
from flowdesk.session.storage import flow_in, read_content, write_atomically


def canonical(content: bytes, name: str) -> bytes:
    """Return the content of a flow file as flowdesk would save it.

    Raises:
        FlowUnreadable: If it is not a flow, or holds what would not survive: a number with more digits than a double has.
        FlowTooNew: If a newer flowdesk wrote it.
    """
    flow = flow_in(content, name)
    try:
        json.loads(content.decode("utf-8-sig"), parse_float=_exact)
    except _Lost as error:
        raise FlowUnreadable(
            say("{path} would lose content: {what}.", path=name, what=str(error)),
            say("Correct it in a text editor."),
        ) from error
    written = write_flow(flow)
    lost = _lost(json.loads(content.decode("utf-8-sig")), json.loads(written), "")
    if lost:
        raise FlowUnreadable(
            say("{path} would lose content: {what}.", path=name, what=lost), say("Correct it in a text editor.")
        )
    return written.encode()


def format_file(path: Path, *, writes: bool) -> bool:
    """Write a flow file canonically; a reader, and a crash, finds the old content or the new. Returns whether it was otherwise.

    Args:
        path: The file; a link stays one.
        writes: Off only looks.

    Raises:
        FlowUnreadable: If it is not a flow, or something of it would be lost.
        FlowTooNew: If a newer flowdesk wrote it.
        FileChanged: If another program wrote it meanwhile.
        FileUnwritable: If it cannot be written. It is then untouched.
    """
    content = read_content(path)
    written = canonical(content, path.name)
    if written == content:
        return False
    if writes:
        path = path.resolve()
        try:
            if path.read_bytes() != content:
                raise FileChanged(say("{path} changed on disk in the meantime.", path=path), say("Format it again."))
            write_atomically(path, written)
        except OSError as error:
            raise FileUnwritable(
                say("{path} cannot be written: {reason}.", path=path, reason=system_cause(error)),
                say("Check the path and its permissions."),
            ) from error
    return True


class _Lost(ValueError):
    """What would not survive, as the end of a sentence."""


def _exact(text: str) -> float:
    number = float(text)
    if not math.isfinite(number) or Decimal(text) != Decimal(repr(number)):
        raise _Lost(say("the number {number} has too many digits", number=text[:60]))
    return number


def _lost(before: Any, after: Any, path: str) -> str:
    """Return the path of a value that is no longer there or another one; empty where all is kept."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key, value in before.items():
            where = f"{path}.{key}" if path else key
            if key not in after and value is not None:
                return where
            found = _lost(value, after.get(key), where)
            if found:
                return found
        return ""
    if isinstance(before, list) and isinstance(after, list):
        if len(before) != len(after):
            return path
        pairs = zip(before, after, strict=True)
        return next(
            (found for at, (one, other) in enumerate(pairs) if (found := _lost(one, other, f"{path}[{at}]"))), ""
        )
    # What is not given may get its default, and a number that is an id or a label becomes a text.
    is_kept = before is None or before == after or _is_same_number(before, after)
    return "" if is_kept or path == "flowdesk" or (path == "id" and not before) else path


def _is_same_number(before: Any, after: Any) -> bool:
    number, text = (before, after) if isinstance(after, str) else (after, before)
    if isinstance(number, bool) or not isinstance(number, int | float) or not isinstance(text, str):
        return False
    try:
        return Decimal(text) == Decimal(str(number))
    except ArithmeticError:
        return False
