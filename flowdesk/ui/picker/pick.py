"""The whole of a pick: out of the way, point, try, choose, store."""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from PySide6.QtCore import QRect, QTimer
from PySide6.QtGui import QPixmap, QScreen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from flowdesk.i18n import tr
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.selector import is_bare_point
from flowdesk.protocol.lookreplies import ProposedNode
from flowdesk.ui.aside import REDRAW_SECONDS, aside
from flowdesk.ui.dialogs import finished
from flowdesk.ui.floating import FloatingBar
from flowdesk.ui.peer import WindowPeer
from flowdesk.ui.picker.choices import Candidate, ChoicesDialog
from flowdesk.ui.picker.hover import HoverPicker
from flowdesk.ui.picker.look import Outlined
from flowdesk.ui.picker.overlay import Pick, PickOverlay, is_wayland
from flowdesk.ui.plain import PlainLabel

LATE_MS = 500
"""How long the tries may take before something says that they are under way."""


async def pick_target(
    window: QWidget, peer: WindowPeer, workflow_id: str, tell: Callable[[ProposedNode | None], None] | None = None
) -> list[str] | None:
    """Let a person point at the desktop and choose how it is found again; return the selectors, best first.

    Args:
        window: The window that asks; every window of flowdesk is hidden meanwhile.
        peer: Who asks the session.
        workflow_id: The flow beside which pictures are stored.
        tell: Gets the node that says what is meant better than a click, with ``type`` and ``config``; None where none does.

    Returns:
        The selectors, or ``None`` if the person left.

    Raises:
        FlowdeskError: If the desktop cannot be looked at, or a picture not be stored.
    """
    picker = _Picker(peer, workflow_id, window.screen())
    while True:
        async with aside(window):
            picked = await picker.point()
            candidates = await _trying(picker.candidates(picked)) if picked is not None else []
        if picked is None:
            return None
        is_asked = len(candidates) > 1 or is_bare_point([one.selector for one in candidates])
        chosen = await _choose(window, candidates, picker.picture) if is_asked else candidates
        if chosen is not None:
            if tell is not None and chosen:
                tell(picker.step)
            return [await picker.stored(candidate) for candidate in chosen] or None


async def _trying(work: Awaitable[list[Candidate]]) -> list[Candidate]:
    """Wait, and say what for: reading text off a large screen takes a while."""
    bar = FloatingBar()
    rows = QVBoxLayout(bar)
    rows.setContentsMargins(18, 10, 18, 10)
    rows.addWidget(PlainLabel(tr("Trying ways to find it again…"), bar))
    bar.place_below()
    late = QTimer(bar)
    late.setSingleShot(True)
    late.timeout.connect(bar.show)
    late.start(LATE_MS)
    try:
        return await work
    finally:
        late.stop()
        bar.close()
        bar.deleteLater()


async def _choose(window: QWidget, candidates: Sequence[Candidate], picture: QPixmap) -> list[Candidate] | None:
    """Ask which candidates are taken: an empty list if the person left, ``None`` to point again."""
    dialog = ChoicesDialog(candidates, picture, window)
    answer: list[list[Candidate] | None] = [[]]

    def take(chosen: list[Candidate]) -> None:
        answer[0] = chosen

    def point_again() -> None:
        answer[0] = None

    dialog.taken.connect(take)
    dialog.again.connect(point_again)
    await finished(dialog)
    return answer[0]


class _Picker:
    """One pick: what the desktop looked like, and what the session says of it."""

    def __init__(self, peer: WindowPeer, workflow_id: str, screen: QScreen) -> None:
        self._screen = screen
        self.peer = peer
        self.workflow_id = workflow_id
        self.picture = QPixmap()
        self.step: ProposedNode | None = None
        self._origin = (0, 0)

    async def point(self) -> Pick | None:
        """Let a person point, on a picture of the desktop or, with a menu to be opened first, on the desktop."""
        await self._look()
        picture, origin, place = self._covered()
        overlay = PickOverlay(picture, self._inspect, origin)
        try:
            overlay.appear(place)
            picked = await overlay.picked
        finally:
            overlay.close()
            overlay.deleteLater()
        if is_wayland():
            await asyncio.sleep(REDRAW_SECONDS)  # until then it is a window among others
        if picked is None or picked.kind != "later":
            return picked
        hover = HoverPicker(self._inspect)
        try:
            hover.appear()
            picked = await hover.picked
            await self._look()
        finally:
            hover.close()
            hover.deleteLater()
        return picked

    def _covered(self) -> tuple[QPixmap, tuple[int, int], QRect]:
        """Return what the overlay shows: the desktop, on Wayland the monitor that the window is on, with its place in pixels and for Qt."""
        whole = self._screen.virtualGeometry()
        if not is_wayland():
            return self.picture, self._origin, whole
        place = self._screen.geometry()
        ratio = self.picture.width() / max(1, whole.width())
        x, y = round((place.x() - whole.x()) * ratio), round((place.y() - whole.y()) * ratio)
        picture = self.picture.copy(x, y, round(place.width() * ratio), round(place.height() * ratio))
        return picture, (self._origin[0] + x, self._origin[1] + y), place

    async def candidates(self, picked: Pick) -> list[Candidate]:
        """Ask which selectors find it again; a point stands for what nothing else names."""
        where: dict[str, Any] = {"x": picked.x, "y": picked.y, "level": picked.level}
        if picked.kind == "box":
            where = {"box": (picked.x, picked.y, picked.width, picked.height)}
        found = await self.peer.request("target.candidates", where, self.workflow_id)
        self.step = found.get("step")
        candidates = [Candidate.read(values) for values in found["candidates"]]
        if candidates:
            return candidates
        x, y = picked.x + picked.width // 2, picked.y + picked.height // 2
        return [Candidate(f"point={x},{y}", "point", 1, 0.0, 1.0, (x, y, 1, 1))]

    async def stored(self, candidate: Candidate) -> str:
        """Return the selector of a candidate, after its picture is stored beside the flow."""
        if not candidate.picture:
            return candidate.selector
        asset = {"name": candidate.name or "target.png", "data": candidate.picture}
        name = (await self.peer.request("asset.put", asset, self.workflow_id))["name"]
        return _renamed(candidate.selector, candidate.name, name)

    async def _look(self) -> None:
        shot = await self.peer.request("desktop.screenshot", {"format": "png"})
        self.picture.loadFromData(base64.b64decode(shot["data"]))
        self._origin = shot["x"], shot["y"]

    async def _inspect(self, x: int, y: int) -> list[Outlined]:
        try:
            found = await self.peer.request("target.inspect", {"x": x, "y": y})
        except FlowdeskError:
            return []  # what does not answer is taken as a point or a picture
        return [Outlined.read(values) for values in found["path"]]


def _renamed(selector: str, before: str, after: str) -> str:
    """Put the name under which a picture was stored in the place of the one that was proposed."""
    head, mark, tail = selector.rpartition(f"image={before}")
    return f"{head}image={after}{tail}" if mark else selector
