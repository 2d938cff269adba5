"""What an edit of a flow means to the run of it that is under way, and taking it into the run while that is paused.

A run goes on with the flow as it was when it began. Every edit is told with what it does to the run: ``execution.edits``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from flowdesk.engine.amending import is_open, reading, with_nodes
from flowdesk.engine.services import Permit
from flowdesk.model.errors import RequestInvalid
from flowdesk.model.flow import Flow, Node
from flowdesk.model.run import RunState
from flowdesk.model.sentence import say
from flowdesk.protocol.events import EditsEvent, Fate, RunEdit
from flowdesk.session.journal import Journal
from flowdesk.session.peer import Handler, Message, Peer
from flowdesk.session.runs import LiveRun, RunBook

if TYPE_CHECKING:
    from flowdesk.protocol.messages import TakeEdits
    from flowdesk.protocol.replies import EditsTaken

MOST_TOLD = 100
"""Edits that are listed."""


@dataclass
class _Followed:
    """A run of an open flow."""

    live: LiveRun
    journal: Journal
    flow: Flow
    """What it began with."""
    taken: set[str] = field(default_factory=set)
    """Nodes whose new settings it has."""
    told: list[RunEdit] = field(default_factory=list)
    is_due: bool = False

    @cached_property
    def began_with(self) -> Mapping[str, Node]:
        """The nodes that it began with, by their ids."""
        return {node.id: node for node in self.flow.nodes}

    @cached_property
    def began_edges(self) -> frozenset[tuple[str, str | None, str]]:
        """The connections that it began with."""
        return _edges(self.flow)


class Amending:
    """Follows the runs of open flows."""

    def __init__(
        self,
        runs: RunBook,
        flow_of: Callable[[str], Flow | None],
        permit_of: Callable[[Peer, Flow, str], Permit | None],
    ) -> None:
        """Follow no run.

        Args:
            runs: The runs.
            flow_of: The flow of an open document, by its id.
            permit_of: What asks before a flow does something that somebody took into a run.
        """
        self._runs, self._flow_of, self._permit_of = runs, flow_of, permit_of
        self._followed: dict[str, _Followed] = {}
        """By run id; those that are under way."""

    def handlers(self) -> dict[str, Handler]:
        """Return the handlers of the requests."""
        return {"workflow.take": self._take}

    def follow(self, live: LiveRun, flow: Flow, journal: Journal) -> None:
        """Tell from now on what edits of the flow mean to its run, until that ends."""
        followed = _Followed(live, journal, flow)
        self._followed[live.run_id] = followed
        loop = asyncio.get_running_loop()

        def hear(message: Message) -> None:
            kind, payload = message["type"], message["payload"]
            if kind in {"execution.complete", "execution.error"} and payload["run_id"] == live.run_id:
                self._followed.pop(live.run_id, None)
                loop.call_soon(journal.listeners.remove, hear)
                return
            is_news = kind == "flow.changed" or (kind == "system.status" and payload.get("run_id") == live.run_id)
            if is_news and not followed.is_due:
                # Told after what it follows from: the journal is handing that out.
                followed.is_due = True
                loop.call_soon(self._tell, followed)

        journal.listeners.append(hear)

    def edits(self, workflow_id: str) -> list[RunEdit]:
        """Return what was last told of the run under way of a flow."""
        return next((one.told for one in self._followed.values() if one.live.workflow_id == workflow_id), [])

    def _tell(self, followed: _Followed) -> None:
        followed.is_due = False
        if followed.live.run_id not in self._followed:
            return
        edits = list(self._found(followed))[:MOST_TOLD]
        if edits != followed.told:
            followed.told = edits
            followed.journal.add("execution.edits", EditsEvent(run_id=followed.live.run_id, edits=edits))

    def _found(self, followed: _Followed) -> Iterator[RunEdit]:
        live, flow = followed.live, self._flow_of(followed.live.workflow_id)
        if flow is None or (flow is followed.flow and not followed.taken):
            return
        running = {node.id: node for node in live.runner.flow.nodes}
        nodes = {node.id: node for node in flow.nodes}
        is_paused = live.runner.state is RunState.PAUSED
        for node_id, node in nodes.items():
            has = running.get(node_id)
            if has is None or has.type != node.type:
                continue
            fate: Fate | None = None
            if has is not node and reading(has) != reading(node):
                fate = "ran" if not is_open(live.runner.states.get(node_id)) else "open" if is_paused else "running"
            elif node_id in followed.taken:
                fate = "taken"
            if fate:
                yield {"node_id": node_id, "fate": fate, "message": _sentence(fate, node.label or node_id)}
        is_same = nodes.keys() == running.keys() and all(running[key].type == nodes[key].type for key in nodes)
        if not is_same or _edges(flow) != followed.began_edges:
            yield {"node_id": None, "fate": "shape", "message": _sentence("shape", "")}

    async def _take(self, peer: Peer, payload: TakeEdits, workflow_id: str, message_id: str) -> EditsTaken:
        live = self._runs.find(workflow_id, payload.run_id)
        followed, flow = self._followed.get(live.run_id), self._flow_of(live.workflow_id)
        if followed is None or flow is None or live.runner.state is not RunState.PAUSED:
            raise RequestInvalid(
                say("Only a paused run of an open flow takes changes."), say("Pause the run, then try again."),
                field="run_id",
            )  # fmt: skip
        wanted = "taken" if payload.back else "open"
        listed = [node_id for edit in self._found(followed) if edit["fate"] == wanted and (node_id := edit["node_id"])]
        node_ids = [node_id for node_id in listed if payload.node_ids is None or node_id in payload.node_ids]
        if not node_ids or (payload.node_ids is not None and set(payload.node_ids) - set(node_ids)):
            raise RequestInvalid(
                say("The paused run cannot take this change."), say("Run the flow again to use it."), field="node_ids"
            )
        source = followed.began_with if payload.back else {node.id: node for node in flow.nodes}
        new = with_nodes(live.runner.flow, {node_id: source[node_id] for node_id in node_ids})
        live.runner.take(new, node_ids, self._permit_of(peer, new, live.workflow_id))
        (followed.taken.difference_update if payload.back else followed.taken.update)(node_ids)
        self._tell(followed)
        return {"run_id": live.run_id, "node_ids": node_ids, "edits": followed.told}


def _edges(flow: Flow) -> frozenset[tuple[str, str | None, str]]:
    return frozenset((edge.source, edge.source_handle, edge.target) for edge in flow.edges)


def _sentence(fate: str, node: str) -> str:
    match fate:
        case "open":
            return say('The paused run still uses the old settings of "{node}".', node=node)
        case "taken":
            return say('This run uses the new settings of "{node}".', node=node)
        case "ran":
            return say('"{node}" already ran. Its change takes effect in the next run.', node=node)
        case "running":
            return say('This run uses the old settings of "{node}". Pause it to use the new ones.', node=node)
        case _:
            return say("Added or removed nodes and connections take effect in the next run.")
