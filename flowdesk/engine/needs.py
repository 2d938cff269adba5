"""What a run needs of the desktop, as far as can be seen before it begins."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from flowdesk.aio import in_thread
from flowdesk.engine.options import RunOptions
from flowdesk.engine.plan import Plan
from flowdesk.engine.ports import DesktopDriver
from flowdesk.model.config import has_template
from flowdesk.model.engines import ENGINES
from flowdesk.model.errors import SelectorError
from flowdesk.model.flow import Flow
from flowdesk.model.nodetype import Catalogue, NodeType
from flowdesk.model.selector import parse_selector


def desktop_needs(plan: Plan, catalogue: Catalogue, *, is_dry: bool) -> Mapping[str, str]:
    """Return what a run needs of the desktop, each with the label of the first node that does.

    ``screen`` to look at it, ``input`` to act on it, which a dry run does not, and the means by which its nodes do so.
    """
    needed = plan.needed()
    found: dict[str, str] = {}
    for node in (step.node for step in plan.steps if step.node.id in needed):
        kind = catalogue[node.type]
        uses: set[str] = {*(kind.uses & {"screen", "input"})}
        if kind.needs_desktop(node.config):
            uses |= {"screen", *kind.means(node.config), *_means_of_targets(kind, node.config)}
        for use in sorted(uses - ({"input", "mouse", "keys", "front", "geometry"} if is_dry else set())):
            found.setdefault(use, node.label or node.id)
    return found


def _means_of_targets(kind: NodeType, config: Mapping[str, Any]) -> Iterator[str]:
    """Yield by what a node's targets are found, beside elements and windows; of several ways one that needs nothing, else the first."""
    for key in kind.target_keys:
        raw = config.get(key)
        ways = [_means_of(text) for text in (raw if isinstance(raw, list) else [raw]) if isinstance(text, str) and text]
        if ways and all(ways):
            yield from (means for means in ways[:1] if means is not None)


def _means_of(text: str) -> str | None:
    if has_template(text):
        return None
    try:
        steps = parse_selector(text).steps
    except SelectorError:
        return None
    if any(ENGINES[step.engine].looks_at == {"pixels"} for step in steps):
        return "picture"
    return "mouse" if steps[0].engine == "point" else None


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
