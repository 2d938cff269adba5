"""Which connections may be made. Each refusal says why."""

from flowdesk.model.changes import Draft
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.sentence import Sentence, say
from flowdesk.ui.canvas.card import card_shape


def refusal(
    draft: Draft, catalogue: Catalogue, source: str, handle: str | None, target: str, *, instead_of: str | None = None
) -> Sentence | None:
    """Say why an edge may not lead from an output to a node, or return ``None`` if it may.

    Args:
        draft: The flow.
        catalogue: The node types.
        source: Id of the node that it leaves.
        handle: The output that it leaves by; ``None`` is the first.
        target: Id of the node that it enters.
        instead_of: Id of the edge that it replaces, which does not count as a duplicate.
    """
    if source not in draft.nodes or target not in draft.nodes:
        return say("This node no longer exists.")
    if source == target:
        return say("A node cannot connect to itself.")
    if card_shape(draft.nodes[target], catalogue).input_y is None:
        return say("This node has no input.")
    shape = card_shape(draft.nodes[source], catalogue)
    port = shape.port(handle)
    if port is None:
        return say("This node has no outputs.")
    for edge in draft.edges.values():
        if edge.id != instead_of and edge.source == source and edge.target == target:
            taken = shape.port(edge.source_handle)
            if taken is not None and taken.handle == port.handle:
                return say("These two are already connected.")
    return None


def wire_handle(draft: Draft, catalogue: Catalogue, source: str, handle: str | None) -> str | None:
    """Return the handle as a flow file has it: ``None`` where a node has a single main output."""
    port = card_shape(draft.nodes[source], catalogue).port(handle)
    if port is None or (not port.is_side and not port.has_label):
        return None
    return port.handle
