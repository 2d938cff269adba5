"""What the scheduler speaks of: passages through scopes, visits of nodes, and the effects that a shell carries out."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flowdesk.engine.plan import PlanEdge, Step


@dataclass(slots=True, eq=False)
class Frame:
    """One passage through a scope."""

    scope: int
    parent: "Frame | None"
    owner: "Visit | None"
    """The visit of the loop or parallel node, ``None`` at the root."""
    iteration: tuple[int, ...] = ()
    resolved: dict[int, bool] = field(default_factory=dict)
    """Edge index to live (``True``) or dead."""
    started: set[int] = field(default_factory=set)
    """Nodes that became ready or were skipped in this passage."""
    work: int = 0
    """Items on stacks and visits under way, those of bodies counted by their owner."""
    jumps: dict[int, int] = field(default_factory=dict)
    is_closed: bool = False


@dataclass(slots=True, eq=False)
class Lane:
    """A stack of what is ready, worked off one at a time."""

    stack: list["Item"] = field(default_factory=list)
    is_busy: bool = False


@dataclass(slots=True, eq=False)
class Item:
    """Something ready: a node to run, or a jump to take."""

    frame: Frame
    step: Step
    jump: PlanEdge | None = None


@dataclass(slots=True, eq=False)
class Visit:
    """One run of one node. A loop is one visit from its entry to its end."""

    step: Step
    frame: Frame
    lane: Lane
    memory: dict[str, Any] = field(default_factory=dict)
    passes: int = 0
    """How often the body was entered."""
    body: Frame | None = None
    catcher: "Visit | None" = None
    """Of one that failed: the visit of the ``try`` around it that deals with the failure."""
    caught: str | None = None
    """Of a ``try`` that deals with a failure: the output by which it leaves."""
    is_aside: bool = False
    """Whether it is one of a ``handle`` node whose body runs in between: no edge is taken at its end."""
    is_over: bool = False

    @property
    def iteration(self) -> tuple[int, ...]:
        """0-based index in each enclosing loop, outermost first."""
        return self.frame.iteration

    def around(self) -> "Iterator[Visit]":
        """Yield the visits in whose bodies it is, innermost first, as far as a failure leads."""
        place: Frame | None = self.frame
        while place is not None and place.owner is not None and not place.owner.is_aside:
            yield place.owner
            place = place.parent

    @property
    def is_in_loop(self) -> bool:
        """Whether a loop stands around it that may be left from here."""
        place: Frame | None = self.frame
        while place is not None and place.owner is not None:
            if place.owner.step.type.kind in {"loop", "handle"}:
                return place.owner.step.type.kind == "loop"
            place = place.parent
        return False


@dataclass(slots=True)
class Begin:
    """Run this node."""

    visit: Visit


@dataclass(slots=True)
class Reenter:
    """The run begins inside this loop or parallel node: it is under way without having been run."""

    visit: Visit


@dataclass(slots=True)
class Again:
    """The loop's body is through: run the loop's function again."""

    visit: Visit


@dataclass(slots=True)
class Close:
    """The loop or parallel node ended from inside: by ``break``, by an edge that leaves it, or by its branches' end."""

    visit: Visit


@dataclass(slots=True)
class Caught:
    """A node in the body of this ``try`` failed: the body is over."""

    visit: Visit


@dataclass(slots=True)
class Handled:
    """What a ``handle`` node ran in between is through: the run goes on where it was."""

    visit: Visit


@dataclass(slots=True)
class Skip:
    """The node is not run."""

    step: Step
    iteration: tuple[int, ...]


@dataclass(slots=True)
class Wait:
    """The node is ready but waits for its turn."""

    step: Step
    iteration: tuple[int, ...]


@dataclass(slots=True)
class Cancel:
    """The visit, under way in another lane, is void."""

    visit: Visit


@dataclass(slots=True)
class LimitHit:
    """A jump out of this node was taken more often than it may."""

    step: Step
    limit: int


@dataclass(slots=True)
class Done:
    """Nothing is left to do."""


Effect = Begin | Reenter | Again | Close | Caught | Handled | Skip | Wait | Cancel | LimitHit | Done


def is_inside(frame: Frame, outer: Frame) -> bool:
    """Whether a passage is another one or lies inside it."""
    place: Frame | None = frame
    while place is not None:
        if place is outer:
            return True
        place = place.parent
    return False
