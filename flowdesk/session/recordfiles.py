"""What lies in the folder of a run, read again: it may be damaged, half written, or come from somebody else."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeGuard

from flowdesk.session.plainfiles import open_plain_file, read_plain_file

MOST_ABOUT = 16 * 1024 * 1024
"""Bytes of a ``run.json`` that is read."""
_LATEST = 253_370_764_800
"""9999-01-01 in seconds since 1970: what lies behind is no date."""
_TEXTS = ("run_id", "workflow_id", "name", "status", "started_by", "trigger", "desktop", "path", "folder", "node_id")
_TIMES = ("started", "ended")
_NUMBERS = ("bytes", "pid")


def about_of(file: Path) -> dict[str, Any]:
    """Return what a ``run.json`` holds; what is of another kind than it should be is left out.

    Its ``folder`` is the one that it lies in, or the one that it names if that is the folder of the same run: a record may come
    from somebody else, or lie elsewhere by now.

    Raises:
        OSError: If it cannot be read.
        ValueError: If it tells of no run.
    """
    about = _read_about(file)
    named = Path(about.get("folder") or file.parent)
    is_of_run = named == file.parent or _is_folder_of(named / file.name, about.get("run_id"))
    return {**about, "folder": str(named if is_of_run else file.parent)}


def _is_folder_of(file: Path, run_id: object) -> bool:
    """Whether a ``run.json`` that another one names tells of the same run, and of its own folder as the run's."""
    try:
        found = _read_about(file)
        return bool(run_id) and found.get("run_id") == run_id and Path(found.get("folder") or "") == file.parent
    except (OSError, ValueError):
        return False


def _read_about(file: Path) -> dict[str, Any]:
    about = json_of(read_plain_file(file, MOST_ABOUT))
    if not isinstance(about, dict):
        raise ValueError("no object")
    bad = [name for name in _TEXTS if not isinstance(about.get(name, ""), str | None)]
    bad += [name for name in _TIMES if not _is_time(about.get(name, 0))]
    bad += [name for name in _NUMBERS if type(about.get(name, 0)) is not int]
    bad += [name for name in ("outcome", "lost") if not isinstance(about.get(name, {}), dict)]
    return {name: value for name, value in about.items() if name not in bad}


def _is_time(value: object) -> TypeGuard[int | float]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 <= value < _LATEST


def lines_of(file: Path) -> Iterator[bytes]:
    """Yield the lines of a file of a record; none where there is no plain file."""
    try:
        with open_plain_file(file) as opened:
            yield from opened
    except OSError:
        return


def json_of(text: bytes | str) -> Any:
    """Return a JSON value.

    Raises:
        ValueError: If it is none: the last line of a process that was killed is not whole.
    """
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def objects_of(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Yield the objects of lines; a line that is none is left out, such as the last one of a process that was killed."""
    for line in lines:
        try:
            read = json_of(line)
        except ValueError:
            continue
        if isinstance(read, dict):
            yield read


def message_of(line: bytes) -> tuple[str, Mapping[str, Any], float]:
    """Return the type, the payload and the time of a line of ``messages.jsonl``.

    Raises:
        ValueError: If it is no message.
    """
    message = json_of(line)
    if isinstance(message, dict):
        kind, payload, at = message.get("type"), message.get("payload"), message.get("timestamp") or 0.0
        if isinstance(kind, str) and isinstance(payload, dict) and _is_time(at) and _is_of_a_node(payload):
            return kind, payload, float(at)
    raise ValueError("no message")


def _is_of_a_node(payload: Mapping[str, Any]) -> bool:
    """Whether the node that a message names, if any, is one."""
    return isinstance(payload.get("node_id"), str | None)


def passes_of(payload: Mapping[str, Any]) -> tuple[int, ...]:
    """Return in which pass of each loop around it a visit of a node was."""
    told = payload.get("iteration")
    return tuple(number for number in told if isinstance(number, int)) if isinstance(told, list) else ()


def seconds_of(value: object) -> float | None:
    """Return how long something took, ``None`` where that is no number of seconds."""
    return float(value) if _is_time(value) else None
