"""What an earlier process left unsaved is brought back, as edits: files stay as they are until somebody saves."""

import logging
from collections.abc import Sequence
from typing import Any

from flowdesk.model.changes import (
    AddEdge,
    AddNode,
    AnyChange,
    Draft,
    RemoveEdge,
    RemoveNode,
    SetEdge,
    SetFlow,
    SetNode,
    is_loose,
)
from flowdesk.model.errors import ChangeRefused, FlowdeskError
from flowdesk.model.flow import Edge, Flow, edge_json, node_json
from flowdesk.session.documents import LiveDocument
from flowdesk.session.recovery import Recovery, Unsaved
from flowdesk.session.storage import open_flow

ORIGIN = "recovery"
"""Who makes these edits."""
MOST_NEW = 500
"""New nodes, or edges, that are put in between the others. Where there are more, all is put there anew."""
logger = logging.getLogger(__name__)


def recovering(now: Flow, left: Flow) -> list[AnyChange]:
    """Return the changes that make of a flow what was left of it; their undo brings the file's state back.

    What is the same stays: an edit of somebody else to it is no conflict, and its problems need no second look.
    """
    before, after = Draft(now), Draft(left)
    nodes = _new_among(list(before.nodes), list(after.nodes))
    edges = _new_among([edge_id for edge_id in before.edges if edge_id in after.edges], list(after.edges))
    changes: list[AnyChange] = []
    if nodes is None or edges is None:
        changes += [RemoveEdge(id=edge_id) for edge_id in before.edges]
        changes += [RemoveNode(id=node_id) for node_id in before.nodes]
        changes += [AddNode(node=node) for node in after.nodes.values()]
        changes += [_added(edge, after) for edge in after.edges.values()]
    else:
        changes += [RemoveEdge(id=edge_id) for edge_id in before.edges if edge_id not in after.edges]
        changes += [AddNode(node=after.nodes[node_id], index=index) for node_id, index in nodes]
        for node_id, node in after.nodes.items():
            if node_id in before.nodes and before.nodes[node_id] != node:
                settings = _set_anew(node_json(before.nodes[node_id]), node_json(node))
                changes += [SetNode(id=node_id, **setting) for setting in settings]
        for edge_id, edge in after.edges.items():
            if edge_id in before.edges and before.edges[edge_id] != edge:
                settings = _set_anew(edge_json(before.edges[edge_id]), edge_json(edge))
                loose = is_loose(edge, after.nodes)
                changes += [SetEdge(id=edge_id, loose=loose, **setting) for setting in settings]
        changes += [_added(after.edges[edge_id], after, index) for edge_id, index in edges]
        ends = {end for edge in after.edges.values() for end in (edge.source, edge.target)}
        gone = [node_id for node_id in before.nodes if node_id not in after.nodes]
        changes += [RemoveNode(id=node_id, loose=node_id in ends) for node_id in gone]
    fields = _set_anew(before.fields, after.fields)
    return changes + [SetFlow(**setting) for setting in fields if setting["path"][0] not in {"flowdesk", "id"}]


def _added(edge: Edge, draft: Draft, index: int | None = None) -> AddEdge:
    return AddEdge(edge=edge, index=index, loose=is_loose(edge, draft.nodes))


def _new_among(before: list[str], after: list[str]) -> list[tuple[str, int]] | None:
    """Return what is new and where it is put in, one after another; ``None`` where more than a little is, or moved."""
    known, wanted = set(before), set(after)
    new = [part for part in after if part not in known]
    if len(new) > MOST_NEW or [part for part in before if part in wanted] != [part for part in after if part in known]:
        return None
    order, found = list(before), []
    for place, part in enumerate(after):
        if part not in known:
            index = order.index(after[place - 1]) + 1 if place else 0
            order.insert(index, part)
            found.append((part, index))
    return found


def _set_anew(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the fields of the changes that set what differs."""
    differing = [
        key for key in {**before, **after} if (key in before) != (key in after) or before.get(key) != after.get(key)
    ]
    return [{"path": (key,), "value": after.get(key), "remove": key not in after} for key in differing]


def holds(left: Unsaved) -> bool:
    """Whether the file has the unsaved edits already."""
    try:
        now = open_flow(left.path).flow if left.path is not None else None
    except FlowdeskError:
        return False
    return now is not None and not recovering(now, left.flow.model_copy(update={"name": left.flow.name or now.name}))


def fits(left: Unsaved) -> bool:
    """Whether the file of unsaved edits is there and was not written since they were made."""
    try:
        return left.path is not None and left.path.stat().st_mtime <= left.time
    except OSError:
        return False


def restore_unsaved(live: LiveDocument, recovery: Recovery, unsaved: Sequence[Unsaved] | None = None) -> list[Unsaved]:
    """Bring back the edits of a file that was just opened, unless the file was written since they were made.

    ``unsaved`` is what was read already of what earlier processes left. Of several works the last one is brought back; the
    others are returned: one over the other, only the last would be left.
    """
    left = recovery.unsaved() if unsaved is None else unsaved
    fitting = [one for one in left if one.path is not None and one.path == live.path and fits(one)]
    if not fitting:
        return []
    *others, last = fitting
    try:
        if changes := recovering(live.flow, last.flow):
            live.document.edit(changes, ORIGIN, "Restore unsaved work")
    except ChangeRefused as error:
        logger.warning("%s: what was left unsaved does not fit: %s", last.path, error.message)
        return fitting
    adopt(live, last, recovery)
    return [one for one in others if not forgets_double(one, last, recovery)]


def forgets_double(left: Unsaved, other: Unsaved, recovery: Recovery) -> bool:
    """Forget work that is the same as another one, and say whether it is."""
    if recovering(other.flow, left.flow):
        return False
    recovery.forget(left)
    return True


def adopt(live: LiveDocument, left: Unsaved, recovery: Recovery) -> None:
    """Take over what was left: it is this process's to keep from now on."""
    live.is_foreign = live.is_foreign or left.is_foreign
    live.hands.update(left.hands)
    live.answered(left.edits)
    live.document.revision = max(live.document.revision, left.revision)
    live.keeping()()
    recovery.wait(live.workflow_id)
    if not recovery.problem:
        recovery.forget(left)
