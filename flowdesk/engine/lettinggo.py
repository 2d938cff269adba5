"""What a run that ended lets go: its parts know each other, and such a circle stays until the next search for garbage."""

from flowdesk.engine.runner import Runner
from flowdesk.model.events import RunEvent

_WORKING = (
    "plan", "_scheduler", "_handlers", "settings", "stepping", "_evidence", "_wired", "calls", "handling", "flow", "services",
)  # fmt: skip
"""What only a run under way needs. What it told, and what its variables hold, stays."""


def let_go(runner: Runner) -> None:
    """Free the plan of a run that ended, and all that works by it. One that left something behind keeps it until that ends."""
    known = vars(runner)
    work = known.get("_main")
    if work is not None and not work.done():
        work.add_done_callback(lambda _: let_go(runner))
        return
    runner.brake.forget()
    runner.chronicle.let_go()
    runner.verdicts.let_go()
    known["emit"] = _tell_nobody
    for name in _WORKING:
        known.pop(name, None)


def _tell_nobody(event: RunEvent) -> None:
    """Whoever heard of the run is let go, too."""
