"""Looking at the desktop for an editor: testing a target, taking a picture. Nothing here acts."""

import base64
import time
from collections.abc import Callable
from typing import Any

from flowdesk.engine.brake import Brake
from flowdesk.engine.ports import Desktop, DesktopDriver
from flowdesk.engine.targeting import query_of
from flowdesk.model.config import OptionalTargetConfig
from flowdesk.model.errors import DesktopUnavailable, RequestInvalid
from flowdesk.model.geometry import Box, Point
from flowdesk.model.sentence import say
from flowdesk.model.target import Query
from flowdesk.protocol.lookreplies import Candidates, Completions, Elements, Inspected, Screenshot, Tested, Watched
from flowdesk.protocol.messages import (
    CompleteTarget,
    DesktopScreenshot,
    DesktopShown,
    InspectTarget,
    ListElements,
    Nothing,
    TargetCandidates,
    TestTarget,
    WatchDesktop,
)
from flowdesk.protocol.replies import Done
from flowdesk.session import completing, picking, surveying
from flowdesk.session.peer import Handler, Peer
from flowdesk.session.pictures import compressed
from flowdesk.session.watching import Watching

MOST_SPOTS = 50


class Looking:
    """Looks through one desktop of its own, opened at the first look."""

    def __init__(self, driver: DesktopDriver | None) -> None:
        """Look by ``driver``; without one every look is refused."""
        self._driver = driver
        self._desktop: Desktop | None = None
        self.watching = Watching(self._eyes)
        self.on_highlight: Callable[[Box], None] | None = None
        """Rings a spot on the desktop; set by the window."""

    def handlers(self, assets_of: Callable[[str], str]) -> dict[str, Handler]:
        """Return the handlers of all requests that look at the desktop. ``assets_of`` finds the pictures of a workflow."""

        async def test(peer: Peer, payload: TestTarget, workflow_id: str, message_id: str) -> Tested:
            return await self.test(payload, assets_of(workflow_id))

        async def inspect(peer: Peer, payload: InspectTarget, workflow_id: str, message_id: str) -> Inspected:
            return await self.inspect(payload)

        async def candidates(peer: Peer, payload: TargetCandidates, workflow_id: str, message_id: str) -> Candidates:
            return await self.candidates(payload)

        async def survey(peer: Peer, payload: ListElements, workflow_id: str, message_id: str) -> Elements:
            return await surveying.survey(self._eyes(), payload.window, payload.within, payload.most)

        async def complete(peer: Peer, payload: CompleteTarget, workflow_id: str, message_id: str) -> Completions:
            return await completing.complete(self._eyes, payload.text, assets_of(workflow_id))

        async def screenshot(peer: Peer, payload: DesktopScreenshot, workflow_id: str, message_id: str) -> Screenshot:
            return await self.screenshot(payload)

        async def watch(peer: Peer, payload: WatchDesktop, workflow_id: str, message_id: str) -> Watched:
            return await self.watching.watch(peer, payload)

        async def shown(peer: Peer, payload: DesktopShown, workflow_id: str, message_id: str) -> Done:
            self.watching.shown(peer, payload)
            return {}

        async def unwatch(peer: Peer, payload: Nothing, workflow_id: str, message_id: str) -> Done:
            self.watching.unwatch(peer)
            return {}

        return {
            "target.test": test,
            "target.inspect": inspect,
            "target.candidates": candidates,
            "target.elements": survey,
            "target.complete": complete,
            "desktop.screenshot": screenshot,
            "desktop.watch": watch,
            "desktop.shown": shown,
            "desktop.unwatch": unwatch,
        }

    async def close(self) -> None:
        """Let nobody watch any more."""
        await self.watching.end()

    async def test(self, request: TestTarget, assets: str) -> Tested:
        """Look for a target once: ``found``, ``count`` (how many fit), ``spots`` (not more than 50), ``ms``, and on a miss ``reason``, ``best_score``, ``best_box``, ``candidates``.

        Raises:
            RequestInvalid: If the settings are not a target's.
            SelectorError: If the selector cannot be parsed.
            DesktopUnavailable: If there is no desktop.
        """
        query = _query(request.config, assets)
        begun = time.monotonic()
        sighting = await self._eyes().find(query)
        if request.highlight and sighting.spot is not None and self.on_highlight is not None:
            self.on_highlight(sighting.spot.box)
        miss = sighting.miss
        return {
            "found": sighting.spot is not None,
            "count": max(sighting.count, len(sighting.spots)),
            "spots": [spot.payload() for spot in sighting.spots[:MOST_SPOTS]],
            "ms": round((time.monotonic() - begun) * 1000, 1),
            "reason": str(miss.reason) if miss else None,
            "best_score": miss.best_score if miss else None,
            "best_box": list(miss.best_box) if miss and miss.best_box else None,
            "candidates": list(miss.candidates) if miss else [],
        }

    async def inspect(self, request: InspectTarget) -> Inspected:
        """Say what is at a point: ``path`` (innermost first: ``role``, ``name``, ``box``, ``app``, ``value``, ``states``) and ``window``.

        Raises:
            DesktopUnavailable: If there is no desktop.
        """
        return await picking.inspect(self._eyes(), Point(request.x, request.y))

    async def candidates(self, request: TargetCandidates) -> Candidates:
        """Find selectors for what was clicked or drawn, the best first: ``candidates`` and the ``element`` that is meant.

        ``step`` is the node that says what is meant by it better than a click, with its ``type`` and ``config``: null where none does.

        Each has ``selector``, ``kind``, ``count``, ``unique``, ``spot``, ``score`` and ``ms``. A picture comes along as
        ``picture`` (PNG in base64) with a ``name``: only when it is chosen does an editor store it by ``asset.put``.

        Raises:
            RequestInvalid: If neither a point nor a box is given.
            DesktopUnavailable: If there is no desktop.
        """
        box = Box(*request.box) if request.box is not None else None
        at = Point(request.x, request.y) if request.x is not None and request.y is not None else None
        if at is None and (box is None or box.is_empty):
            raise RequestInvalid(
                say("The request contains neither a point nor a box."),
                say("Send x and y, or box."),
                field="x",
            )
        return await picking.candidates(self._eyes(), at, box, request.level)

    async def screenshot(self, request: DesktopScreenshot) -> Screenshot:
        """Take a picture: ``data`` as base64, ``format``, ``width``, ``height``, ``x``, ``y`` on the desktop, ``scale``.

        Raises:
            DesktopUnavailable: If there is no desktop.
        """
        region = Box(*request.region) if request.region else None
        picture = await self._eyes().screenshot(region, request.monitor)
        content, width, height = compressed(picture, request.scale, request.format, request.quality)
        return {
            "data": base64.b64encode(content).decode(),
            "format": request.format,
            "width": width,
            "height": height,
            "x": region.x if region else 0,
            "y": region.y if region else 0,
            "scale": request.scale,
        }

    def _eyes(self) -> Desktop:
        if self._desktop is None:
            if self._driver is None:
                raise DesktopUnavailable(say("This flowdesk has no desktop."), say("Run flowdesk doctor."))
            self._desktop = self._driver.open(Brake())
        return self._desktop


def _query(config: dict[str, Any], assets: str) -> Query:
    try:
        options = OptionalTargetConfig.model_validate(config)
    except ValueError as error:
        raise RequestInvalid(
            say("The settings of the target are not valid: {reason}", reason=str(error)[:300]),
            say("See node.types."),
            field="config",
        ) from error
    texts = [options.selector] if isinstance(options.selector, str) else options.selector or []
    if not any(text.strip() for text in texts):
        raise RequestInvalid(say("The target is empty."), say("Enter a target."), field="config.selector")
    return query_of(options, texts, assets)
