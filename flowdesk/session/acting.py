"""Acting on the desktop through its picture: one peer at a time has the mouse and the keyboard, and everyone sees who.

What lies behind a menu can be taught from afar that way. It is the person who acts, not a run: what is typed is not
looked at, and nothing is kept.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from flowdesk.engine.brake import Brake
from flowdesk.engine.ports import Desktop, DesktopDriver
from flowdesk.model.errors import DesktopUnavailable, NotAllowed, RequestInvalid, RunStopped
from flowdesk.model.geometry import Point
from flowdesk.model.run import RunState
from flowdesk.model.sentence import say
from flowdesk.protocol.messages import ActOnDesktop, ControlDesktop
from flowdesk.protocol.replies import Done
from flowdesk.session.peer import Handler, Peer
from flowdesk.session.trust import is_own

if TYPE_CHECKING:
    from flowdesk.session.liverun import LiveRun

MOST_WAITING = 64
"""Actions of a peer that may wait for their turn."""
DRAG_SECONDS = 0.2
logger = logging.getLogger(__name__)


class Acting:
    """Who acts on the desktop, and the hands that do it."""

    def __init__(
        self,
        driver: DesktopDriver | None,
        under_way: Callable[[], Sequence["LiveRun"]],
        asks: Callable[[str], Sequence[Any]],
        changed: Callable[[], None],
    ) -> None:
        """Act by ``driver``; without one every request is refused.

        Args:
            driver: The desktop.
            under_way: Tells the runs that are under way: while one drives this desktop nobody else does.
            asks: Tells the open questions of a flow's run: one that asks does nothing meanwhile.
            changed: Called when all peers are to be told.
        """
        self._driver, self._under_way, self._asks, self._changed = driver, under_way, asks, changed
        self._peer: Peer | None = None
        self._brake = Brake()
        self._desktop: Desktop | None = None
        self._turn = asyncio.Lock()
        self._waiting = 0

    def handlers(self) -> dict[str, Handler]:
        """Return the handlers of the requests."""
        return {"desktop.control": self._control, "desktop.act": self._act}

    @property
    def who(self) -> str | None:
        """The name of the peer that acts, ``None`` where none does."""
        return self._peer.name if self._peer is not None and not self._brake.is_stopped else None

    def stop(self) -> None:
        """Let nobody act any more, from any thread; what is held down is released by whoever stops."""
        self._brake.stop()

    def forget(self, peer: Peer) -> None:
        """A peer went, or has enough."""
        if self._peer is None or self._peer.id != peer.id:
            return
        self._brake.stop()
        self._peer = self._desktop = None
        if self._driver is not None:
            self._driver.release_all()

    async def _control(self, peer: Peer, payload: ControlDesktop, workflow_id: str, message_id: str) -> Done:
        if not payload.on:
            self.forget(peer)
            self._changed()
            return {}
        if not is_own(peer):
            raise NotAllowed(
                say("Only the owner's own clients may act on the desktop directly."),
                say("Let a flow do it: the owner is asked about its run."),
            )
        if self.who is not None and self._peer is not None and self._peer.id != peer.id:
            raise RequestInvalid(
                say('"{name}" controls this desktop.', name=self._peer.name), say("Wait until they let go of it.")
            )
        if self._driver is None:
            raise DesktopUnavailable(
                say("This server has no desktop."), say("Start it on the desktop that you want to control.")
            )
        self._refuse_driven()
        self._brake = Brake()
        self._desktop = self._driver.open(self._brake)
        self._peer = peer
        logger.info("%s acts on the desktop", peer.name)
        self._changed()
        return {}

    async def _act(self, peer: Peer, payload: ActOnDesktop, workflow_id: str, message_id: str) -> Done:
        desktop = self._desktop
        if desktop is None or self._peer is None or self._peer.id != peer.id or self._brake.is_stopped:
            raise RequestInvalid(say("You do not control the desktop."), say("Take control of it first."))
        if self._waiting >= MOST_WAITING:
            raise RequestInvalid(say("Too many actions wait for their turn."), say("Wait until they are done."))
        self._waiting += 1
        try:
            async with self._turn:
                self._refuse_driven()
                await _carry_out(desktop, payload)
        except RunStopped:
            self.forget(peer)
            self._changed()
            raise
        finally:
            self._waiting -= 1
        return {}

    def _refuse_driven(self) -> None:
        """Refuse while a run drives this desktop: its clicks and those of a person would go astray."""
        for run in self._under_way():
            is_resting = run.runner.state is RunState.PAUSED or bool(self._asks(run.workflow_id))
            if run.desktop != "private" and not is_resting:
                raise RequestInvalid(say("A run drives this desktop."), say("Pause or stop it first."))


async def _carry_out(desktop: Desktop, act: ActOnDesktop) -> None:
    modifiers = tuple(act.modifiers)
    match act.action:
        case "keys":
            await desktop.press_keys(act.keys)
        case "text":
            await desktop.type_text(act.text, "keys")
        case "move":
            await desktop.move(_place(act.x, act.y, "x"))
        case "click":
            await desktop.click(_place(act.x, act.y, "x"), act.button, act.clicks, modifiers)
        case "scroll":
            await desktop.scroll(act.dx, act.dy, _place(act.x, act.y, "x"), modifiers)
        case "drag":
            start, end = _place(act.x, act.y, "x"), _place(act.to_x, act.to_y, "to_x")
            await desktop.drag(start, end, act.button, modifiers, DRAG_SECONDS)


def _place(x: int | None, y: int | None, field: str) -> Point:
    if x is None or y is None:
        raise RequestInvalid(
            say("This action needs a place."), say("Give x and y in pixels of the desktop."), field=field
        )
    return Point(x, y)
