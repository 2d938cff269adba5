"""Waiting for a file that another program writes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flowdesk.engine.asking import meanwhile
from flowdesk.engine.context import Run
from flowdesk.model.errors import NodeTimeout
from flowdesk.model.sentence import Sentence, say

PARTIAL = (".part", ".crdownload", ".partial", ".download")
"""What browsers write into until a file is whole; its name stays empty meanwhile."""

INTERVAL = 0.1
"""Seconds between two looks at the file."""


async def file_arrived(run: Run, path: Path, settled: float, timeout: float) -> dict[str, Any]:
    """Wait until a file is there and neither its size nor its time changed for ``settled`` seconds.

    Returns:
        Its ``path`` and ``size`` in bytes.

    Raises:
        NodeTimeout: If it did not come, or still grew, within the timeout.
        NodeError: If the run may not use files.
    """
    await run.permit("files", f"exists {path}")
    seen: list[tuple[int, int]] = []
    since = 0.0

    async def is_whole() -> bool:
        nonlocal since
        now = await run.blocking(lambda: _measured(path))
        if now is None:
            seen.clear()
            return False
        if seen != [now]:
            seen[:], since = [now], run.now()
        return run.now() - since >= settled

    if await run.wait_until(is_whole, timeout, min(INTERVAL, settled or INTERVAL)):
        return {"path": str(path), "size": seen[0][0]}
    reason = await run.blocking(lambda: _why_not(path))
    dialog = await run.question()
    waited = say("{reason} Waited {seconds} s.", reason=reason, seconds=f"{timeout:g}")
    raise NodeTimeout(
        say("{waited} {dialog}", waited=waited, dialog=meanwhile(dialog)) if dialog else waited,
        say("Answer the dialog in a node before this one.")
        if dialog
        else say("Increase the timeout, or check where the program saves the file."),
        path=str(path),
        **({"dialog": dialog} if dialog else {}),
    )


def _measured(path: Path) -> tuple[int, int] | None:
    """Return the size and the time of a file; ``None`` where it is not there or still being loaded."""
    try:
        about = path.stat()
        if not path.is_file() or _loading(path):
            return None
    except OSError:
        return None
    return about.st_size, about.st_mtime_ns


def _loading(path: Path) -> Sequence[Path]:
    """Return the files beside it into which a browser is still loading it: ``report.pdf.part``, ``report.x1Y2.pdf.part``."""
    beside = (one for one in path.parent.iterdir() if one.suffix in PARTIAL)
    return [one for one in beside if one.name.startswith((path.name, path.stem + "."))]


def _why_not(path: Path) -> Sentence:
    if path.is_dir():
        return say('"{path}" is a folder.', path=str(path))
    if not path.exists():
        return say('File not found: "{path}".', path=str(path))
    return say('The file "{path}" is still growing.', path=str(path))
