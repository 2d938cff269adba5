"""The gate before an action: what a careful person looks at before they click (contract §2, "Before it acts").

One place, an order of checks, an error for each. It decides and asks the desktop's ``Watch``; it knows no toolkit. The order
matters: what a modal dialog blocks is not scrolled, what is out of sight cannot be hit, what still moves is not yet where it
will be, and only of what stands still is asked what lies over it. The model is Playwright's ``_checkActionability``.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

from flowdesk.engine.ports import Act, Obstacle, Watch
from flowdesk.model.errors import NodeError, TargetBlocked, TargetCovered, TargetMoving, TargetOutOfSight
from flowdesk.model.geometry import Point
from flowdesk.model.sentence import Sentence, say
from flowdesk.model.target import Query, Spot

STEPS = 6
"""How often a target is scrolled before that counts as of no use."""

_RAISES = 2
"""How often its window is raised."""

_FRAME = 0.012
"""Seconds between the end of a look and another one, 0.016 between what they see of an element: one frame of a screen."""

_AFTER_SCROLLING = 0.05
"""The same after scrolling, which pages do gradually."""

_LEAST = 5
"""What is shown of a target must be at least so many pixels wide and high to be clicked in place of its middle."""


_ANYWHERE = frozenset({"button", "tab", "text_area", "text_field"})
"""Kinds of elements that a click means the same to wherever it goes."""

_POINTS = ((0.15, 0.5), (0.85, 0.5), (0.5, 0.15), (0.5, 0.85), (0.15, 0.15), (0.85, 0.15), (0.15, 0.85), (0.85, 0.85))
"""Where on a target whose middle is covered is looked for a free point: parts of its width and height."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a target cannot be acted on now."""

    kind: type[NodeError]
    spot: Spot
    obstacle: Obstacle | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """The desktop was changed (scrolled, a window raised): the target is to be found again, at once."""


class Timing(Protocol):
    """The clock of a run."""

    @property
    def now(self) -> Callable[[], float]:
        """Tells seconds on a clock that only goes on."""

    @property
    def sleep(self) -> Callable[[float], Awaitable[None]]:
        """Waits so many seconds."""


class Gate:
    """The gate of one node's one target: it remembers what it tried."""

    def __init__(
        self, watch: Watch, query: Query, act: Act, timing: Timing, *, may_scroll: bool, may_hover: bool = False
    ) -> None:
        """Ask ``watch``; ``act`` says what is meant to be done, ``may_scroll`` whether it may be brought into sight.

        With ``may_hover`` the pointer goes to what is to be pressed before the last look, as a person's does.
        """
        self._watch = watch
        self._query = query
        self._act = act
        self._may_scroll = may_scroll
        self._may_hover = may_hover and act == "press"
        self._timing = timing
        self._scrolled = self._raised = 0

    async def look(self, spot: Spot, seen: float, patience: float) -> Spot | Refusal | Progress:
        """Look whether a spot that was found may be acted on.

        Args:
            spot: What was found.
            seen: When, on the gate's clock.
            patience: Seconds that are left.

        Returns:
            The spot, with the point where to act; or why not; or that something was done and it must be found again.
        """
        if (dialog := await self._watch.blocker(spot, self._act)) is not None:
            if dialog.kind == "popup" and self._act == "press" and self._raised < _RAISES:
                self._raised += 1
                if await self._watch.bring_up(spot):
                    return Progress()
            return Refusal(TargetBlocked if dialog.kind == "dialog" else TargetCovered, spot, dialog)
        if self._act == "element":
            return spot
        placed = await self._in_sight(spot, patience)
        if not isinstance(placed, Spot):
            return placed
        cover = await self._watch.cover(placed)
        if cover is None and self._may_hover and placed.handle is not None:
            # What moves away, grows or comes up under the pointer does so before the last look.
            await self._watch.hover(placed)
            seen = self._timing.now()
        if not await self._is_still(placed, seen):
            return Refusal(TargetMoving, placed)
        return await self._on_top(placed, cover, patience)

    async def _in_sight(self, spot: Spot, patience: float) -> Spot | Refusal | Progress:
        sight = await self._watch.sight(spot)
        if sight is None:
            return Refusal(TargetMoving, spot)
        if sight.is_in:
            return replace(spot, point=sight.point) if sight.box == spot.box else Refusal(TargetMoving, spot)
        if self._may_scroll and self._scrolled < STEPS:
            self._scrolled += 1
            if await self._watch.bring_into_sight(spot, patience):
                return Progress()
        shown = sight.shown
        if (
            self._is_for_middle
            and not shown.is_empty
            and shown.width >= min(_LEAST, sight.box.width)
            and shown.height >= min(_LEAST, sight.box.height)
        ):
            return replace(spot, point=shown.center) if sight.box == spot.box else Refusal(TargetMoving, spot)
        return Refusal(TargetOutOfSight, spot, sight.edge)

    async def _is_still(self, spot: Spot, seen: float) -> bool:
        """Look again, after so long that what moves has moved: a picture of the screen, or what scrolling takes."""
        if spot.handle is not None:
            apart = _AFTER_SCROLLING if self._scrolled else _FRAME
            await self._timing.sleep(max(0.0, apart - (self._timing.now() - seen)))
        return await self._watch.is_still(spot)

    async def _on_top(self, spot: Spot, cover: Obstacle | None, patience: float) -> Spot | Refusal | Progress:
        if cover is None:
            self._watch.expect(spot)
            return spot
        if cover.kind in ("window", "popup") and self._raised < _RAISES:
            self._raised += 1
            if await self._watch.bring_up(spot):
                return Progress()
        if cover.kind == "element" and spot.handle is not None and self._may_scroll and self._scrolled < STEPS:
            self._scrolled += 1  # a heading that stays while what is under it scrolls
            if await self._watch.bring_into_sight(spot, patience, cover):
                return Progress()
        if cover.kind == "window" and (free := await self._beside(spot, cover)) is not None:
            self._watch.expect(free)
            return free
        return Refusal(TargetCovered, spot, cover)

    async def _beside(self, spot: Spot, cover: Obstacle) -> Spot | None:
        """Return a target with a point of it that a window leaves free which cannot be sent behind it, such as its own dialog."""
        if spot.element is None or spot.element.role not in _ANYWHERE or not self._is_for_middle:
            return None
        box = spot.box
        for across, down in _POINTS:
            free = replace(spot, point=Point(box.x + int(box.width * across), box.y + int(box.height * down)))
            if cover.box.contains(free.point):
                continue
            sight = await self._watch.sight(free)
            if sight is not None and sight.is_in and sight.box == box and await self._watch.cover(free) is None:
                return free
        return None

    @property
    def _is_for_middle(self) -> bool:
        return self._query.anchor == "center" and self._query.offset == Point(0, 0)


def error_of(refusal: Refusal, target: str, waited: float) -> NodeError:
    """Say why a target was not acted on, what is in the way, and how to get past it."""
    obstacle, spot = refusal.obstacle, refusal.spot
    message, fix = _sentences(refusal, target)
    details: dict[str, Any] = {"selector": target, "best_box": list(spot.box)}
    if obstacle is not None:
        key = {TargetBlocked: "dialog", TargetOutOfSight: "edge"}.get(refusal.kind, "cover")
        place = list(obstacle.box) if obstacle.box.width else None
        details[key] = {"kind": obstacle.kind, "name": obstacle.name, "app": obstacle.app, "box": place}
    return refusal.kind(say("{reason} Tried for {seconds} s.", reason=message, seconds=f"{waited:.1f}"), fix, **details)


def cover_error(spot: Spot, cover: Obstacle) -> NodeError:
    """Say that something came to lie over a target in the last moment."""
    return error_of(Refusal(TargetCovered, spot, cover), spot.selector, 0.0)


def moved_error(spot: Spot) -> NodeError:
    """Say that a target went away in the last moment."""
    return error_of(Refusal(TargetMoving, spot), spot.selector, 0.0)


def _sentences(refusal: Refusal, target: str) -> tuple[Sentence, Sentence]:
    name = refusal.obstacle.name if refusal.obstacle is not None else ""
    point = refusal.spot.point
    if refusal.kind is TargetBlocked:
        return (
            say("\"{target}\" was found, but the dialog \"{name}\" blocks its window.", target=target, name=name)
            if name
            else say("\"{target}\" was found, but a dialog blocks its window.", target=target),
            say("Answer the dialog in a node before this one."),
        )  # fmt: skip
    if refusal.kind is TargetOutOfSight:
        reason = (
            say('"{target}" was found, but it is out of view: "{name}" does not show it.', target=target, name=name)
            if name
            else say('"{target}" was found, but it is out of view.', target=target)
        )
        return reason, say("Add a Scroll node before this one, or enlarge the window.")
    if refusal.kind is TargetMoving:
        return (
            say('"{target}" was found, but it keeps moving.', target=target),
            say("Wait until the target stops moving, or increase the timeout."),
        )
    if refusal.obstacle is not None and _is_open_beside(refusal.obstacle, point):
        return (
            say(
                '"{target}" is there, but a menu or popup is open, and a click beside it only closes it.', target=target
            ),
            say("Choose from it or close it in a node before this one."),
        )
    return (
        say("\"{target}\" was found, but {cover} covers it at {x},{y}.", target=target, cover=_described(refusal.obstacle), x=point.x, y=point.y),
        say("Close or move what covers the target. To click anyway, turn on Force."),
    )  # fmt: skip


def _is_open_beside(obstacle: Obstacle, point: Point) -> bool:
    return obstacle.kind == "popup" and bool(obstacle.box.width) and not obstacle.box.contains(point)


def _described(obstacle: Obstacle | None) -> Sentence:
    if obstacle is None:
        return say("another element")
    if obstacle.kind == "window":
        return say('the window "{name}"', name=obstacle.name)
    if obstacle.kind == "popup":
        return say('the menu or popup "{name}"', name=obstacle.name) if obstacle.name else say("a menu or popup")
    return say("{name}", name=obstacle.name)
