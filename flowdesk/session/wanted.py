"""What a start would do, as one digest: the owner says yes to just this, and to nothing that it may become (contract §5)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flowdesk.model.flow import Flow
from flowdesk.session.contents import content_of, hashed, pictures_in
from flowdesk.session.doings import whole_digest
from flowdesk.session.subflows import called_flows

if TYPE_CHECKING:
    from flowdesk.protocol.messages import Start


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to start."""

    source: Flow
    """The flow as it is open, or as it was brought."""
    flow: Flow
    """The flow with the variables that the start brings."""
    called: tuple[Flow, ...]
    """The flows that it calls."""
    calls: Mapping[Path, str]
    """What each of them is known by, by its file: the run asks before it calls anything else."""
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
    calls = {path: content_of(one, path) for one, path in called}
    parts = [
        whole_digest(flow), start.from_node, sorted(start.only) if start.only is not None else None,
        start.desktop, start.home, start.as_of.model_dump() if start.as_of else None, *pictures_in(pictures),
        *calls.values(),
    ]  # fmt: skip
    return Wanted(source, flow, tuple(one for one, _ in called), calls, hashed(json.dumps(parts).encode()))
