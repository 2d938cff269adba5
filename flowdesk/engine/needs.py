"""Whether a run needs the desktop, as far as can be seen before it begins."""

from functools import partial

from flowdesk.aio import in_thread
from flowdesk.engine.options import RunOptions
from flowdesk.engine.plan import Plan
from flowdesk.engine.ports import DesktopDriver
from flowdesk.model.flow import Flow
from flowdesk.model.nodetype import Catalogue


def desktop_needs(plan: Plan, catalogue: Catalogue, *, is_dry: bool) -> frozenset[str]:
    """Return what a run needs of the desktop: ``screen`` to look at it, ``input`` to act on it, which a dry run does not."""
    needed = plan.needed()
    nodes = [step.node for step in plan.steps if step.node.id in needed]
    found = {use for node in nodes for use in catalogue[node.type].uses & {"screen", "input"}}
    if any(catalogue[node.type].needs_desktop(node.config) for node in nodes):
        found.add("screen")
    return frozenset(found - {"input"} if is_dry else found)


async def require_desktop(driver: DesktopDriver | None, plan: Plan, catalogue: Catalogue, *, is_dry: bool) -> None:
    """Return where the session gives what a run can come to need: before the first step, not in the middle.

    Raises:
        DesktopUnavailable: If it does not.
    """
    if driver is not None and (needs := desktop_needs(plan, catalogue, is_dry=is_dry)):
        await in_thread(partial(driver.require, needs), "flowdesk.require")


def needs_desktop(flow: Flow, catalogue: Catalogue, how: RunOptions) -> bool:
    """Whether a run would look at the desktop or act on it."""
    needed = Plan(flow, catalogue, how.from_node, how.only).needed()
    return any(node.id in needed and catalogue[node.type].needs_desktop(node.config) for node in flow.nodes)
