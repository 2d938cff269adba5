"""Scripts of other tools that a person chooses or drops: they become flows, and what was not taken is told."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from flowdesk.i18n import tr
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.sentence import say
from flowdesk.protocol.replies import Imported
from flowdesk.ui.bench import Bench

MOST_OPENED = 5
"""Flows that are shown at once; the others lie in the flows folder."""


def filters() -> str:
    """Return what the file dialog offers."""
    return f"{tr('Scripts of other tools')} (*.py *.json *.pmc *.ahk *.ascr);;{tr('All files')} (*)"


async def import_paths(bench: Bench, show: Callable[[str], Awaitable[object]], paths: Sequence[str]) -> None:
    """Import scripts, ``show`` what they became, and say how much of them was taken; a refusal is shown."""
    if not paths:
        return
    chosen = [str(Path(path).parent) if Path(path).parent.suffix == ".sikuli" else path for path in paths]
    try:
        brought = await bench.peer.request("flow.import", {"paths": list(dict.fromkeys(chosen))})
    except FlowdeskError as error:
        bench.show_error(error)
        return
    for path in brought["flows"][:MOST_OPENED]:
        await show(path)
    bench.show_notice(tr(summary(brought)))


def summary(brought: Imported) -> str:
    """Return how much was taken, in one sentence."""
    total = sum(report["statements"] for report in brought["reports"])
    taken = sum(report["taken"] for report in brought["reports"])
    if taken == total:
        return say("Imported {flows} flows with all {total} steps.", flows=len(brought["flows"]), total=total)
    return say(
        "Imported {flows} flows with {taken} of {total} steps. The rest are notes on the canvas.",
        flows=len(brought["flows"]), taken=taken, total=total,
    )  # fmt: skip
