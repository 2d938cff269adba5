"""What an earlier process left unsaved is brought back, as edits: files stay as they are until somebody saves."""

import logging
from typing import TYPE_CHECKING

from flowdesk.model.changes import AddEdge, AddNode, AnyChange, Draft, RemoveEdge, RemoveNode, SetFlow
from flowdesk.model.errors import ChangeRefused
from flowdesk.model.flow import Flow
from flowdesk.session.documents import LiveDocument
from flowdesk.session.storage import Recovery

if TYPE_CHECKING:
    from flowdesk.session.session import Session

ORIGIN = "recovery"
"""Who makes these edits."""
logger = logging.getLogger(__name__)


def recovering(now: Flow, left: Flow) -> list[AnyChange]:
    """Return the changes that make of a flow what was left of it; their undo brings the file's state back."""
    before, after = Draft(now), Draft(left)
    changes: list[AnyChange] = [RemoveEdge(id=edge_id) for edge_id in before.edges]
    changes += [RemoveNode(id=node_id) for node_id in before.nodes]
    changes += [AddNode(node=node) for node in after.nodes.values()]
    changes += [AddEdge(edge=edge) for edge in after.edges.values()]
    for key in {**before.fields, **after.fields}:
        if key in {"flowdesk", "id"} or before.fields.get(key) == after.fields.get(key):
            continue
        gone = key not in after.fields
        changes.append(SetFlow(path=(key,), value=None if gone else after.fields[key], remove=gone))
    return changes


def restore_untitled(session: "Session") -> None:
    """Open again the flows without a file that an earlier process left, under their old ids.

    Editors that outlived that process find them there. Flows with a file wait until that is opened.
    """
    for left in session.recovery.unsaved():
        if left.path is None and left.workflow_id and left.workflow_id not in session.documents:
            live = session.add_document(left.flow, left.workflow_id)
            live.is_kept, live.is_foreign, live.saved_revision = True, left.is_foreign, -1
            session.recovery.keep(live.workflow_id, live.flow, None, is_foreign=live.is_foreign)


def restore_unsaved(live: LiveDocument, recovery: Recovery) -> None:
    """Bring back the edits of a file that was just opened, unless the file was written since they were made."""
    for left in recovery.unsaved():
        if left.path is None or left.path != live.path or left.path.stat().st_mtime > left.time:
            continue
        changes = recovering(live.flow, left.flow)
        try:
            if changes:
                live.document.edit(changes, ORIGIN, "Restore unsaved work")
        except ChangeRefused as error:
            logger.warning("%s: what was left unsaved does not fit: %s", left.path, error.message)
            continue
        live.is_foreign = live.is_foreign or left.is_foreign
        recovery.keep(live.workflow_id, live.flow, live.path, is_foreign=live.is_foreign)
