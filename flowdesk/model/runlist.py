"""Lists of runs, limited to what somebody looks for: alike in the window and in the page (``tests/vectors/runs.json``). Pure."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from flowdesk.model.sentence import say

UNDER_WAY = frozenset({"pending", "running", "pausing", "paused", "stopping"})
"""States of runs that have not ended."""
KINDS: Mapping[str, str] = {
    "all": say("All runs"),
    "under_way": say("Running or waiting"),
    "succeeded": say("Succeeded"),
    "failed": say("Failed"),
    "stopped": say("Stopped"),
    "trigger": say("Started by a trigger"),
}
"""What a list can be limited to, and what that is called."""
_TEXTS = ("name", "workflow_id", "started_by", "trigger", "message", "run_id")


Run = TypeVar("Run", bound=Mapping[str, Any])


def matching(runs: Iterable[Run], kind: str, search: str, translate: Callable[[str], str] = str) -> list[Run]:
    """Return the runs of a kind that hold every word: in the flow's name, in who started them, or in how they stand.

    Args:
        runs: Runs, as ``workflow.list`` tells of them.
        kind: One of ``KINDS``.
        search: Words; none are held by every run.
        translate: Returns a sentence as the reader has it.
    """
    words = search.casefold().split()

    def holds(run: Mapping[str, Any]) -> bool:
        texts = [str(run.get(key) or "") for key in _TEXTS]
        told = "\n".join([*texts, *(translate(run.get(key) or "") for key in ("started_by", "message"))]).casefold()
        return all(word in told for word in words)

    return [run for run in runs if _is_of(run, kind) and holds(run)]


def _is_of(run: Mapping[str, Any], kind: str) -> bool:
    status = run["status"]
    match kind:
        case "all":
            return True
        case "under_way":
            return status in UNDER_WAY
        case "failed":
            return status in {"failed", "interrupted"}
        case "trigger":
            return bool(run.get("trigger"))
        case _:
            return bool(status == kind)
