"""Flows that other flows call: each is read with its own folder and pictures, and asked about as itself."""

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

from flowdesk.engine.context import Called, Question
from flowdesk.engine.ports import Answer
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.flow import Flow
from flowdesk.session.names import SUFFIX
from flowdesk.session.paths import read_path
from flowdesk.session.provenance import is_from_elsewhere
from flowdesk.session.storage import assets_folder, open_flow
from flowdesk.session.trust import Trust

MOST_CALLED = 200
"""Flows that are looked at before a run; one that calls more is asked about while it runs."""


def opener(
    trust: Trust,
    ask: Callable[[Question], Awaitable[Answer]],
    *,
    is_foreign: bool,
    trusts_own: bool = False,
) -> Callable[[Path, str], Called]:
    """Return what opens the flow that a flow in a folder names.

    Args:
        trust: Knows what was allowed.
        ask: Asks a person about a called flow that was not made here.
        is_foreign: Whether someone else is known to have had a hand in the flow that calls.
        trusts_own: Whether a called flow without a sign of somebody else is not asked about at all, as on a command line.

    The returned function raises ``FlowUnreadable`` or ``FlowTooNew`` as ``open_flow`` does.
    """

    def load(folder: Path, name: str) -> Called:
        path = _file_of(folder, name)
        flow = open_flow(path).flow
        is_theirs = is_foreign or is_from_elsewhere(path)
        if trusts_own and not is_theirs and not trust.is_strange(flow):
            trust.add(flow)
        permit = trust.permission(flow, ask, is_foreign=is_theirs)
        return Called(flow, path.parent, assets_folder(path), permit)

    return load


def called_flows(flow: Flow, folder: Path) -> Iterator[tuple[Flow, Path]]:
    """Yield the flows that a flow in a folder calls, and those that these call, each once, as far as they can be read.

    A name that is only known while the flow runs is left out.
    """
    waiting, seen = [(flow, folder)], set[Path]()
    while waiting and len(seen) < MOST_CALLED:
        calling, home = waiting.pop()
        for node in calling.nodes:
            name = node.config.get("flow")
            if node.type != "subflow" or not isinstance(name, str) or not name or "{{" in name:
                continue
            try:
                path = _file_of(home, name)
                if path in seen:
                    continue
                seen.add(path)
                called = open_flow(path).flow
            except FlowdeskError:
                continue  # the run says so when it comes to it
            yield called, path
            waiting.append((called, path.parent))


def _file_of(folder: Path, name: str) -> Path:
    return read_path(name if name.endswith(".json") else name + SUFFIX, folder)
