"""Flows that other flows call: each is read with its own folder and pictures, and asked about as itself."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from flowdesk.engine.context import Called, Question
from flowdesk.engine.ports import Answer
from flowdesk.session.paths import read_path
from flowdesk.session.provenance import is_from_elsewhere
from flowdesk.session.storage import SUFFIX, assets_folder, open_flow
from flowdesk.session.trust import Trust


def opener(
    trust: Trust, ask: Callable[[Question], Awaitable[Answer]], *, is_foreign: bool
) -> Callable[[Path, str], Called]:
    """Return what opens the flow that a flow in a folder names.

    Args:
        trust: Knows what was allowed.
        ask: Asks a person about a called flow that was not made here.
        is_foreign: Whether someone else is known to have had a hand in the flow that calls.

    The returned function raises ``FlowUnreadable`` or ``FlowTooNew`` as ``open_flow`` does.
    """

    def load(folder: Path, name: str) -> Called:
        path = read_path(name if name.endswith(".json") else name + SUFFIX, folder)
        flow = open_flow(path).flow
        permit = trust.permission(flow, ask, is_foreign=is_foreign or is_from_elsewhere(path))
        return Called(flow, path.parent, assets_folder(path), permit)

    return load
