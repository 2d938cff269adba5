"""Where a run waits before a node: while it is paused, at breakpoints, and between single steps."""

from collections.abc import Awaitable, Callable, Collection

from flowdesk.engine.brake import Brake
from flowdesk.engine.plan import Step


class Stepping:
    """Knows how many nodes may still run before a run pauses again."""

    def __init__(self, brake: Brake, breakpoints: Collection[str]) -> None:
        """Follow ``brake``; hold before the nodes with these ids, beside the flow's own breakpoints."""
        self._brake = brake
        self._breakpoints = breakpoints
        self._left: int | None = None

    def go_on(self) -> None:
        """Let nodes run without counting."""
        self._left = None

    def allow_one(self) -> None:
        """Let one node run."""
        self._left = 1

    def is_held(self, step: Step) -> bool:
        """Whether the run has to wait, or may have to, before this node."""
        brake = self._brake
        return self._left is not None or brake.is_paused or brake.is_stopped or self._is_breakpoint(step)

    def _is_breakpoint(self, step: Step) -> bool:
        return step.node.id in self._breakpoints or step.has_breakpoint

    async def pass_by(self, step: Step, pause: Callable[[], None], wait: Callable[[], Awaitable[None]]) -> None:
        """Return when a node may run. ``pause`` pauses the run, ``wait`` waits until it goes on."""
        if self._left is None and self._is_breakpoint(step):
            self._left = 0
        while True:
            if self._left == 0:
                self._left = None
                pause()
            elif self._left:
                self._left -= 1
            if not self._brake.is_paused and not self._brake.is_stopped:
                return
            await wait()
