"""What a start would do, as one digest: the owner says yes to just this, and to nothing that it may become (contract §5)."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flowdesk.model.flow import Flow
from flowdesk.protocol.messages import Start
from flowdesk.session.doings import whole_digest
from flowdesk.session.storage import assets_folder
from flowdesk.session.subflows import called_flows

MOST_PICTURES = 2000
"""Pictures of one flow that are looked at."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to start."""

    source: Flow
    """The flow as it is open, or as it was brought."""
    flow: Flow
    """The flow with the variables that the start brings."""
    called: tuple[Flow, ...]
    """The flows that it calls."""
    digest: str

    @property
    def flows(self) -> tuple[Flow, ...]:
        """The flow, and those that it calls."""
        return self.flow, *self.called


def wanted(source: Flow, start: Start, home: Path, pictures: Path | None) -> Wanted:
    """Return what a start would do. Reads files.

    Args:
        source: The flow.
        start: How it is started: where, from which node, with which variables.
        home: The folder in which flows lie that it calls.
        pictures: The folder of its pictures, ``None`` where it has none.
    """
    flow = source.model_copy(update={"variables": {**source.variables, **start.variables}})
    called = tuple(called_flows(flow, home))
    parts = [
        whole_digest(flow), start.from_node, sorted(start.only) if start.only is not None else None,
        start.desktop, start.home, start.as_of.model_dump() if start.as_of else None, *_pictures(pictures),
    ]  # fmt: skip
    for one, path in called:
        parts += [whole_digest(one), *_pictures(assets_folder(path))]
    return Wanted(source, flow, tuple(one for one, _ in called), _hash(json.dumps(parts).encode()))


def _pictures(folder: Path | None) -> Iterator[list[str]]:
    """Yield the name of each picture of a flow with what is in it: another picture is another target."""
    if folder is None or folder.is_symlink() or not folder.is_dir():
        return
    for number, path in enumerate(
        sorted(path for path in folder.iterdir() if path.is_file() and not path.is_symlink())
    ):
        about = path.stat()
        known = _hash(path.read_bytes()) if number < MOST_PICTURES else f"{about.st_size} {about.st_mtime_ns}"
        yield [path.name, known]


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
