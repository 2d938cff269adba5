"""What editors draw forms from: node types, functions, and the values that a setting may name."""

import asyncio
from typing import Any

from flowdesk.aio import in_thread
from flowdesk.engine.lookup import Values
from flowdesk.model.engines import ENGINES
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.trigger import TRIGGERS, describe_kind
from flowdesk.nodes.plugins import left_out
from flowdesk.protocol import messages as m
from flowdesk.protocol.replies import NodeTypes, NodeVisit, Previews
from flowdesk.protocol.replies import Values as OfferedValues
from flowdesk.session.desk import Desk
from flowdesk.session.pastvalues import values_on_disk
from flowdesk.session.pastvisits import past_on_disk, read_visit
from flowdesk.session.peer import Handler, Peer
from flowdesk.session.previewing import of_node, offered, previews
from flowdesk.session.runs import RunBook

MOST_PAST = 4
"""Runs of earlier processes whose values are remembered."""


class Declarations:
    """Answers what there is to choose from."""

    def __init__(self, desk: Desk, runs: RunBook, catalogue: Catalogue) -> None:
        """Tell of these documents, runs and node types."""
        self._desk = desk
        self._runs = runs
        self._catalogue = catalogue
        self._reading = asyncio.Lock()
        """Records are large: one is read at a time."""
        self._past: dict[str, Values] = {}
        """Of workflows that this process did not run; at most ``MOST_PAST``."""

    def handlers(self) -> dict[str, Handler]:
        """Return what answers which request."""
        return {
            "node.types": self._types,
            "value.list": self._values,
            "value.preview": self._previews,
            "value.visit": self._visit,
        }

    async def _types(self, peer: Peer, payload: m.Nothing, workflow_id: str, message_id: str) -> NodeTypes:
        types = [node_type.describe() for node_type in self._catalogue]
        return {
            "types": types,
            "categories": list(dict.fromkeys(described["category"] for described in types)),
            "engines": [engine.payload() for engine in ENGINES.values()],
            "triggers": [describe_kind(kind) for kind in TRIGGERS],
            "functions": [function.payload() for function in self._catalogue.functions.values()],
            "left_out": [{"package": one.package, "reason": one.reason, "fix": one.fix} for one in left_out()],
        }

    async def _values(self, peer: Peer, payload: m.ListValues, workflow_id: str, message_id: str) -> OfferedValues:
        draft, values = self._desk.get(workflow_id).document.draft, await self._known(workflow_id)
        node = draft.nodes.get(payload.node_id or "")
        own = None if node is None else of_node(node, self._catalogue, values)
        told = offered(draft, self._catalogue, values, payload.node_id)
        return {"values": told, "own": own, "has_run": bool(values.results)}

    async def _previews(self, peer: Peer, payload: m.PreviewValues, workflow_id: str, message_id: str) -> Previews:
        draft, values = self._desk.get(workflow_id).document.draft, await self._known(workflow_id)
        fixed = draft.fields.get("variables")
        known = Values({**(fixed if isinstance(fixed, dict) else {}), **values.variables}, values.results)
        return {"previews": previews(payload.settings, known), "has_run": bool(values.results)}

    async def _known(self, workflow_id: str) -> Values:
        """Return what the last run knew, by its record where this process does not remember one."""
        if self._runs.last(workflow_id) is not None:
            self._past.pop(workflow_id, None)
            return self._runs.values(workflow_id)
        if workflow_id not in self._past:
            async with self._reading:
                read = await in_thread(lambda: values_on_disk(self._runs.folder, workflow_id), "flowdesk.values")
            self._past[workflow_id] = read
            while len(self._past) > MOST_PAST:
                self._past.pop(next(iter(self._past)))
        return self._past[workflow_id]

    async def _visit(self, peer: Peer, payload: m.GetVisit, workflow_id: str, message_id: str) -> NodeVisit:
        last = self._runs.last(workflow_id)
        if last is None or (payload.run_id is not None and payload.run_id != last.run_id):
            return await self._visit_on_disk(payload, workflow_id)
        node = last.nodes.get(last.renames.was(payload.node_id) or "")
        node_type = None if node is None else self._catalogue.get(node.type)
        if last.folder is None or node is None or node_type is None:
            return {"visits": 0, "run_id": last.run_id}
        folder, known = last.folder, last.secrets.without(dict(last.results))
        async with self._reading:
            found = await in_thread(lambda: read_visit(folder, node, node_type, payload.visit, known), "flowdesk.visit")
        return {**found, "run_id": last.run_id}

    async def _visit_on_disk(self, payload: m.GetVisit, workflow_id: str) -> NodeVisit:
        """Tell of a run that this process does not remember, as its record has it."""

        def read() -> NodeVisit:
            past = past_on_disk(self._runs.folder, workflow_id, payload.node_id, payload.run_id)
            if past is None or past.node is None or (node_type := self._catalogue.get(past.node.type)) is None:
                return {"visits": 0, "run_id": past.run_id if past is not None else ""}
            known: dict[str, Any] | None = {} if past.is_whole else None
            return {**read_visit(past.folder, past.node, node_type, payload.visit, known), "run_id": past.run_id}

        async with self._reading:
            return await in_thread(read, "flowdesk.visit")
