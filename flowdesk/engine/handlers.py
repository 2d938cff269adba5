"""Handlers: what runs in between, whenever something shows on the screen (the node ``handle``).

Playwright's ``addLocatorHandler`` is the model. A handler is looked for before each look and each action of the other nodes,
never in the middle of one. What it runs is never interrupted itself. While it runs, the visit that came upon it lets go of
the desktop, and other branches wait; then the run goes on where it was.
"""

import asyncio
from dataclasses import dataclass
from typing import Any, Protocol

from flowdesk.engine.chronicle import Chronicle
from flowdesk.engine.failures import FlowEnded, NodeFailed, as_flowdesk
from flowdesk.engine.plan import Step
from flowdesk.engine.ports import Desktop
from flowdesk.engine.scheduler import Scheduler
from flowdesk.engine.visits import Effect, Frame, Visit, is_inside
from flowdesk.model.errors import FlowdeskError, LimitReached
from flowdesk.model.run import NodeState
from flowdesk.model.sentence import say
from flowdesk.model.target import Query

IN_A_ROW = 10
"""How often a handler may run while what it handles stays in sight: then it does not help."""


class Aside(BaseException):
    """The run ended in what a handler ran. It passes through the node that was interrupted, which has no part in it."""

    def __init__(self, owner: object, ending: Exception) -> None:
        """Keep how it ended, and in which runner's flow."""
        super().__init__(str(ending))
        self.owner = owner
        self.ending = ending


@dataclass(slots=True)
class Handler:
    """A ``handle`` node that was run."""

    step: Step
    frame: Frame
    """It holds until this passage ends."""
    query: Query
    times: int
    """How often it may run, 0 without end."""
    count: int = 0
    in_a_row: int = 0


class Interrupted(Protocol):
    """A visit that may be interrupted."""

    def let_go(self) -> bool:
        """Give the desktop to others; returns whether it was held."""

    async def take_again(self) -> None:
        """Wait until the desktop is this visit's again."""


class Shell(Protocol):
    """What handlers need of the runner."""

    chronicle: Chronicle

    def desktop(self) -> Desktop:
        """Open the desktop, once per run."""

    async def drive(self, effects: list[Effect]) -> None:
        """Carry out effects and what follows from them, until nothing is left."""

    def carry_out(self, effects: list[Effect]) -> Any:
        """Tell effects that begin nothing."""


class Handlers:
    """The handlers of one run of one flow."""

    def __init__(self, shell: Shell, scheduler: Scheduler) -> None:
        """Begin with none."""
        self._shell = shell
        self._scheduler = scheduler
        self._all: list[Handler] = []
        self._body: Frame | None = None
        self._turn = asyncio.Lock()

    def add(self, visit: Visit, query: Query, times: int) -> None:
        """A ``handle`` node was run: it holds from now on, to the end of the passage that it was run in."""
        self._all = [one for one in self._all if (one.step, one.frame) != (visit.step, visit.frame)]
        self._all.append(Handler(visit.step, visit.frame, query, times))

    async def check(self, frame: Frame, interrupted: Interrupted) -> None:
        """Run what is to be run now, before a visit in ``frame`` looks or acts.

        Raises:
            Aside: If the run ends in it.
        """
        if not self._all or (self._body is not None and is_inside(frame, self._body)):
            return
        if self._turn.locked():  # another branch came upon one
            is_held = interrupted.let_go()
            async with self._turn:
                pass
            if is_held:
                await interrupted.take_again()
        self._all = [one for one in self._all if not one.frame.is_closed]
        for handler in tuple(self._all):
            if is_inside(frame, handler.frame):
                await self._look(handler, interrupted)

    async def _look(self, handler: Handler, interrupted: Interrupted) -> None:
        """Run a handler for as long as it shows."""
        while handler in self._all:
            try:
                sighting = await self._shell.desktop().find(handler.query)
            except Exception as error:
                raise self._failed(handler, as_flowdesk(error, handler.step.node, handler.step.type.config)) from error
            if sighting.spot is None:
                handler.in_a_row = 0
                return
            if handler.in_a_row >= IN_A_ROW:
                raise self._failed(handler, _useless(handler))
            is_held = interrupted.let_go()
            async with self._turn:
                await self._run(handler)
            if is_held:
                await interrupted.take_again()

    async def _run(self, handler: Handler) -> None:
        handler.count += 1
        handler.in_a_row += 1
        if handler.count == handler.times:
            self._all.remove(handler)
        visit, effects = self._scheduler.interrupt(handler.step, handler.frame, handler.count)
        self._body = visit.body
        try:
            await self._shell.drive(effects)
        except (NodeFailed, FlowEnded) as ending:
            raise Aside(self._shell, ending) from ending
        except asyncio.CancelledError:  # with the visit that was interrupted
            self._shell.carry_out(self._scheduler.abandon(visit))
            raise
        finally:
            self._body = None

    def _failed(self, handler: Handler, error: FlowdeskError) -> Aside:
        message = str(error.message)
        self._shell.chronicle.tell(handler.step, NodeState.RUNNING)  # it looked: what ends has begun
        self._shell.chronicle.tell(handler.step, NodeState.ERROR, message=message, error=error.payload())
        return Aside(self._shell, NodeFailed(error, handler.step.node))


def _useless(handler: Handler) -> LimitReached:
    return LimitReached(
        say("\"{selector}\" is still shown after \"{node}\" ran {limit} times in a row.",
            selector=handler.query.text, node=handler.step.node.label, limit=IN_A_ROW),
        say("Connect nodes to the output appeared that close it and wait until it is gone."),
        limit=IN_A_ROW,
    )  # fmt: skip
