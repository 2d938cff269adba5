"""Whether a run needs the desktop, as far as can be seen before it begins."""

from flowdesk.engine.options import RunOptions
from flowdesk.engine.plan import Plan
from flowdesk.model.flow import Flow
from flowdesk.model.nodetype import Catalogue


def needs_desktop(flow: Flow, catalogue: Catalogue, how: RunOptions) -> bool:
    """Whether a run would look at the desktop or act on it."""
    needed = Plan(flow, catalogue, how.from_node, how.only).needed()
    return any(node.id in needed and catalogue[node.type].needs_desktop(node.config) for node in flow.nodes)
