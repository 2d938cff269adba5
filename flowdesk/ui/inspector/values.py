"""How a person writes a JSON value in one line: as JSON where it is JSON, else as the text itself."""

import json
from typing import Any


def read_value(text: str) -> Any:
    """Return the value that a person wrote: JSON where it is JSON, else the text itself."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return text


def write_value(value: Any) -> str:
    """Return a value as ``read_value`` reads it again; a text that looks like JSON stands in quotes."""
    if isinstance(value, str) and read_value(value) == value and isinstance(read_value(value), str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def _refuse(name: str) -> Any:
    raise ValueError(name)
