"""What the failure of a node leads to: the end of the run, on as if nothing had been, an error branch, or a ``try`` around it."""

from collections.abc import Set

from flowdesk.engine.plan import Step
from flowdesk.engine.settings import Settings
from flowdesk.engine.visits import Visit
from flowdesk.model.errors import FlowdeskError, VerdictFailed
from flowdesk.model.nodetype import ERROR_OUTPUT
from flowdesk.model.options import NodeOptions


class Handling:
    """Decides for one run of one plan."""

    def __init__(self, settings: Settings, wired: Set[tuple[int, str]], *, asks: bool) -> None:
        """Take the outputs that are connected, by the index of their node; ``asks``: whether people may be asked for help."""
        self._settings, self._wired, self._asks = settings, wired, asks

    def of(self, step: Step, options: NodeOptions | None = None, error: FlowdeskError | None = None) -> str:
        """Return what a node's failure leads to by itself: ``stop``, ``continue`` or ``branch``."""
        options = options or self._settings.options(step)
        otherwise = "continue" if isinstance(error, VerdictFailed) and error.goes_on else "stop"
        found = options.on_error or ("branch" if self.has_branch(step) else otherwise)
        return "stop" if found == "branch" and not self.has_branch(step) else found

    def has_branch(self, step: Step) -> bool:
        """Whether an error branch hangs on a node."""
        return (step.index, ERROR_OUTPUT) in self._wired

    def catcher(self, visit: Visit) -> Visit | None:
        """Return the visit of the ``try`` around a failed one that deals with the failure, and set how it leaves."""
        for owner in visit.around():
            if owner.step.type.kind == "try" and (found := self.of(owner.step)) != "stop":
                owner.caught = owner.step.type.bypass_output if found == "continue" else ERROR_OUTPUT
                return owner
        return None

    def would_ask(self, visit: Visit, options: NodeOptions | None = None, error: FlowdeskError | None = None) -> bool:
        """Whether people are asked for help with a failure of a visit, or of what it calls: one that would end the run."""
        return self._asks and self.of(visit.step, options, error) == "stop" and self.catcher(visit) is None
