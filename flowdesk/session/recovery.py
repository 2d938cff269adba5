"""Unsaved edits on disk: written at every edit, each process in files of its own, offered again when it is gone."""

import asyncio
import contextlib
import json
import operator
import os
import time
from collections.abc import Sequence
from concurrent.futures import wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flowdesk.model.causes import system_cause
from flowdesk.model.errors import FlowUnreadable
from flowdesk.model.flow import Edge, Flow, Node
from flowdesk.model.reading import parse_flow
from flowdesk.session.committing import Committer, Settled
from flowdesk.session.plainfiles import read_plain_file
from flowdesk.session.storage import digest, make_private, sweep
from flowdesk.system import birth, is_alive

CLOSE_SECONDS = 5.0
"""How long the end of the program waits for the disk."""
MOST_LEFT = 256 * 1024 * 1024
"""Bytes of a recovery file that is read."""
KEPT_EDITS = 50
"""Ids of the last edits that are written beside the flow, to know one that is sent again after a restart."""


@dataclass(frozen=True, slots=True)
class Unsaved:
    """What a process that is gone left of a flow."""

    workflow_id: str
    flow: Flow
    path: Path | None
    time: float
    """When it was kept, seconds since 1970."""
    is_foreign: bool
    """Whether somebody else had a hand in it."""
    hands: tuple[str, ...]
    """Whose tokens had a hand in it, beside the owner's."""
    edits: tuple[str, ...]
    """The ids of the last edits in it."""
    revision: int
    """Its revision: editors that outlived the process know it by that."""
    file: Path
    """Where it is kept."""


class _Texts:
    """The nodes, or the edges, of a document as JSON. They are frozen: the same object has the same text."""

    def __init__(self) -> None:
        self._parts: Sequence[Node | Edge] = ()
        self._whole = "[]"
        self._each: dict[int, tuple[Node | Edge, str]] = {}

    def of(self, parts: Sequence[Node | Edge]) -> str:
        """Return a JSON list."""
        if len(parts) == len(self._parts) and all(map(operator.is_, parts, self._parts)):
            return self._whole
        known, now, found = self._each, {}, []
        for part in parts:
            kept = known.get(id(part))
            if kept is None:
                kept = (part, json.dumps(part.model_dump(mode="json", by_alias=True)))
            now[id(part)] = kept
            found.append(kept[1])
        self._parts, self._each, self._whole = parts, now, f"[{', '.join(found)}]"
        return self._whole


class Recovery:
    """Unsaved edits, kept beside flowdesk's own state and never in the user's file.

    Each process writes files of its own: what another one left is never overwritten, whoever opens the flow afresh.
    """

    def __init__(self, folder: Path) -> None:
        """Keep recovery files in ``folder``."""
        self._folder = folder
        self._birth = birth(os.getpid())
        self._texts: dict[str, tuple[_Texts, _Texts]] = {}
        """The nodes and edges of each document as JSON."""
        self._committer = Committer()
        self._kept: dict[str, Settled] = {}
        self.problem = ""
        """Why the last edit could not be kept, ``""`` if it was."""

    def keep(
        self,
        workflow_id: str,
        flow: Flow,
        path: Path | None,
        *,
        is_foreign: bool = False,
        hands: Sequence[str] = (),
        edits: Sequence[str] = (),
        revision: int = 0,
    ) -> None:
        """Write the state of an unsaved document; ``wait`` or ``settle`` says when it outlives the process.

        Failing to is not worth stopping an edit for: ``problem`` says so. May be called in a thread, but not by two for one
        document at once.
        """
        values = {
            "path": str(path) if path else None,
            "pid": os.getpid(),
            "birth": self._birth,
            "time": time.time(),
            "workflow_id": workflow_id,
            "foreign": is_foreign,
            "hands": list(hands),
            "edits": list(edits)[-KEPT_EDITS:],
            "revision": revision,
        }
        try:
            make_private(self._folder)
            content = f'{json.dumps(values)[:-1]}, "flow": {self._written(workflow_id, flow)}}}'
            self._kept[workflow_id] = self._committer.put(self._file(workflow_id), content.encode())
        except OSError as error:
            self.problem = system_cause(error)
        else:
            self.problem = ""

    def wait(self, workflow_id: str) -> None:
        """Wait until what was kept of a document is on the disk. Blocks."""
        settled = self._kept.get(workflow_id)
        if settled is not None:
            self.problem = settled.result() or self.problem

    async def settle(self, workflow_id: str) -> None:
        """Wait until what was kept of a document is on the disk: then it may be promised."""
        settled = self._kept.get(workflow_id)
        if settled is not None:
            self.problem = await asyncio.shield(asyncio.wrap_future(settled)) or self.problem

    def close(self) -> None:
        """Wait until all that was kept is on the disk, for a while."""
        wait(self._kept.values(), timeout=CLOSE_SECONDS)

    def _written(self, workflow_id: str, flow: Flow) -> str:
        """Return a flow as JSON; only parts that are new since the last time are written anew."""
        nodes, edges = self._texts.get(workflow_id, (_Texts(), _Texts()))
        self._texts[workflow_id] = nodes, edges
        rest = json.dumps(flow.model_dump(mode="json", by_alias=True, exclude={"nodes", "edges"}))
        return f'{rest[:-1]}, "nodes": {nodes.of(flow.nodes)}, "edges": {edges.of(flow.edges)}}}'

    def drop(self, workflow_id: str) -> None:
        """Forget a document of this process that was saved or closed."""
        self._texts.pop(workflow_id, None)
        self.problem = ""
        self._kept.pop(workflow_id, None)
        self._committer.drop(self._file(workflow_id))

    def forget(self, left: Unsaved) -> None:
        """Forget what another process left: it was brought back, or a person threw it away."""
        if left.file == self._file(left.workflow_id):
            return
        with contextlib.suppress(OSError):
            left.file.unlink()

    def unsaved(self) -> list[Unsaved]:
        """Return all that processes that are gone left behind, the oldest first."""
        sweep(self._folder, 0.0)
        found = []
        for file in self._folder.glob("*.recovery.json") if self._folder.is_dir() else ():
            try:
                values = json.loads(read_plain_file(file, MOST_LEFT))
                if not self._is_under_way(values):
                    found.append(_read(values, file))
            except (OSError, ValueError, KeyError, TypeError, FlowUnreadable):
                continue
        return sorted(found, key=lambda left: left.time)

    def _is_under_way(self, values: dict[str, Any]) -> bool:
        """Whether the process that wrote a file still runs: the same one, not another that got its number."""
        pid, born = int(values["pid"]), values.get("birth")
        return is_alive(pid) and (born is None or birth(pid) in (None, born))

    def _file(self, workflow_id: str) -> Path:
        mine = f"{os.getpid()}-{self._birth}-{workflow_id}"
        return self._folder / f"{digest(mine.encode())[:24]}.recovery.json"


def _read(values: dict[str, Any], file: Path) -> Unsaved:
    return Unsaved(
        workflow_id=str(values.get("workflow_id", "")),
        flow=parse_flow(json.dumps(values["flow"])),
        path=Path(values["path"]) if values["path"] else None,
        time=float(values["time"]),
        # Files of versions that did not write these are taken for somebody else's.
        is_foreign=values.get("foreign") is not False,
        hands=tuple(str(hand) for hand in values.get("hands", ())),
        edits=tuple(str(edit) for edit in values.get("edits", ())),
        revision=int(values.get("revision", 0)),
        file=file,
    )
