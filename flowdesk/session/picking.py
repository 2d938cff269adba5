"""Picking: what is under the pointer, and which selectors find it again, each tried at once with the real finder.

Everything looks through ``Sights``, which work off the event loop; every question has an end.
"""

import asyncio
import base64
import io
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from flowdesk.engine.observing import Sights
from flowdesk.engine.ports import Element, TextLine, Window
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.geometry import Box, Point
from flowdesk.model.selector import format_selector, parse_selector
from flowdesk.model.target import Query, Sighting, Spot, Step
from flowdesk.protocol.lookreplies import Candidates, Inspected, ShownElement, TargetCandidate
from flowdesk.session import proposals
from flowdesk.session.drawnfields import drawn_field, is_content
from flowdesk.session.proposals import Proposal, shared

INSPECT_SECONDS = 0.4
"""What an outline that follows the pointer may wait for a program."""
CANDIDATE_SECONDS = 8.0
"""What all tries for one pick may take together."""
MOST_LABELS = 3
"""Labels that are tried for a place beside one."""
MOST_TRIES = 5
"""Element selectors that are tried for one pick."""

SCALE_NOTE = "flowdesk-scale"
"""The text in a PNG that says at which scale of the monitor it was taken."""

_PICTURES = ((64, 36), (120, 64), (240, 120))
"""Widths and heights of pictures around a point where nothing says how large the thing is."""
_LARGEST_PICTURE = (480, 260)
_AROUND_LABELS = (420, 70)
"""The same of the labels beside it."""
_AROUND_TEXT = (360, 36)
"""How far to the sides and up and down of a point its line of text is read."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A selector that finds what was picked, and how well."""

    proposal: Proposal
    count: int
    spot: Spot
    seconds: float

    @property
    def score(self) -> float:
        """How good it is, 0 to 1: one that finds several things is worth much less."""
        return max(0.0, self.proposal.score - (0.35 if self.count > 1 else 0.0))

    def payload(self) -> TargetCandidate:
        """Return it as JSON values."""
        found: TargetCandidate = {
            "selector": self.proposal.selector,
            "kind": self.proposal.kind,
            "count": self.count,
            "unique": self.count == 1,
            "spot": self.spot.payload(),
            "score": round(self.score, 3),
            "ms": round(self.seconds * 1000, 1),
        }
        if self.proposal.picture is not None:
            found["picture"] = base64.b64encode(self.proposal.picture).decode()
            found["name"] = self.proposal.name
        return found


@dataclass(frozen=True)
class Picked:
    """What a person pointed at."""

    at: Point
    box: Box | None
    """The box that was drawn; ``None`` for a click."""
    path: Sequence[Element]
    element: Element | None
    window: Window | None
    windows: Sequence[Window]
    screen: Box
    scale: float = 1.0
    """Of the monitor it is on."""

    @property
    def ways(self) -> list[tuple[tuple[Step, ...], float]]:
        """How its window is named."""
        return proposals.scopes(self.window, self.windows) if self.window is not None else [((), 0.0)]

    @property
    def scope(self) -> tuple[Step, ...]:
        """The best name of its window."""
        return self.ways[0][0]


async def inspect(eyes: Sights, at: Point) -> Inspected:
    """Say what is at a point: ``path`` of elements, innermost first, and ``window``. Takes milliseconds.

    Raises:
        DesktopUnavailable: If there is no desktop.
    """
    path, windows = await asyncio.gather(eyes.elements_at(at, INSPECT_SECONDS), eyes.windows())
    window = window_at(at, windows, path)
    return {
        "path": [_described(element) for element in path],
        "window": None if window is None else {"title": window.title, "app": window.app, "box": list(window.box)},
    }


async def candidates(
    eyes: Sights,
    at: Point | None,
    box: Box | None = None,
    level: int | None = None,
    seconds: float = CANDIDATE_SECONDS,
    window: Window | None = None,
    *,
    is_drawn: bool = False,
    is_field: bool = False,
) -> Candidates:
    """Return the selectors that find what was clicked (``at``) or drawn (``box``), the best first.

    Args:
        eyes: Where to look.
        at: The point that was clicked.
        box: The box that was drawn.
        level: Which element of the path at the point is meant; without it the innermost that a click means.
        seconds: What all of it may take. Selectors that could not be tried in that time are left out.
        window: The window that it belongs to, where that is known: its menus may hang out of it.
        is_drawn: Whether what is there is drawn into a larger element, which tells nothing of it.
        is_field: Whether it is known to be typed into.

    Raises:
        DesktopUnavailable: If there is no desktop.
    """
    picked = await _picked(eyes, at or (box or Box(0, 0, 0, 0)).center, box, level)
    picked = replace(picked, path=(), element=None) if is_drawn else picked
    tries = _Tries(eyes, replace(picked, window=window or picked.window), seconds, is_field=is_field)
    groups = await asyncio.gather(
        tries.places(), tries.elements(), tries.written(), tries.beside_text(), tries.pictures()
    )
    found = sorted((one for group in groups for one in group), key=lambda one: -one.score)
    element = tries.picked.element
    return {
        "candidates": [one.payload() for one in found],
        "element": None if element is None else _described(element),
        "step": proposals.step_for(element, tries.picked.path, tries.picked.scope),
    }


def window_at(at: Point, windows: Sequence[Window], path: Sequence[Element] = ()) -> Window | None:
    """Return the window at a point; for a popup the window of the program that shows it."""
    shown = [window for window in windows if not window.is_minimized]
    top = next((window for window in shown if window.box.contains(at)), None)
    pid = path[0].pid if path else 0
    if pid and (top is None or top.pid != pid):
        return next((window for window in shown if window.pid == pid), top)
    return top


async def _picked(eyes: Sights, at: Point, box: Box | None, level: int | None) -> Picked:
    path, windows, monitors = await asyncio.gather(eyes.elements_at(at, 2.0), eyes.windows(), eyes.monitors())
    window = window_at(at, windows, path)
    element = proposals.meant(path, level) if box is None else proposals.fitting(path, box)
    if element is not None and window is not None and element.state.role in {"window", "web_area"} and level is None:
        element = None  # the whole window is what is left where nothing was hit
    left, top = min(one.box.x for one in monitors), min(one.box.y for one in monitors)
    right, bottom = max(one.box.right for one in monitors), max(one.box.bottom for one in monitors)
    scale = next((one.scale for one in monitors if one.box.contains(at)), 1.0)
    return Picked(at, box, path, element, window, windows, Box(left, top, right - left, bottom - top), scale)


class _Tries:
    """The tries for one pick, under one deadline."""

    def __init__(self, eyes: Sights, picked: Picked, seconds: float, *, is_field: bool = False) -> None:
        self._eyes, self._is_field = eyes, is_field
        self.picked = picked
        self._deadline = time.monotonic() + seconds
        self._texts: list[str] = []

    async def _look(self, text: str) -> tuple[Spot, ...]:
        return (await self._sighting(text)).spots

    async def _sighting(self, text: str) -> Sighting:
        left = self._deadline - time.monotonic()
        if left <= 0:
            return Sighting()
        try:
            return await asyncio.wait_for(self._eyes.find(Query((parse_selector(text),))), left)
        except (FlowdeskError, TimeoutError):
            return Sighting()  # what cannot be looked for is no candidate

    async def _try(self, proposal: Proposal, is_hit: Callable[[Spot], bool], text: str = "") -> Candidate | None:
        begun = time.monotonic()
        sighting = await self._sighting(text or proposal.selector)
        if sighting.spot is None or not is_hit(sighting.spot):
            return None
        spot = replace(sighting.spot, selector=proposal.selector)
        count = max(sighting.count, len(sighting.spots))
        return Candidate(proposal, count, spot, time.monotonic() - begun)

    async def elements(self) -> list[Candidate]:
        """Try the element's own name, with as little around it as makes it the only one; else what is beside it."""
        element = self.picked.element
        if element is None or not element.state.role:
            return []
        found: list[Candidate] = []
        above = list(self.picked.path)
        parents = above[above.index(element) + 1 :] if element in above else []
        proposed = proposals.elements(element, parents, self.picked.ways)
        for proposal in proposed[:MOST_TRIES]:
            if (tried := await self._try(proposal, self._is_element)) is not None:
                found.append(tried)
                if tried.count == 1:
                    break
        if not found or found[-1].count > 1 or not proposals.called(element.state):
            found += await self._beside(element)
        if not any(one.count == 1 for one in found):
            found += await self._counted(proposed)
        doubtful = sorted((one for one in found if one.count > 1), key=lambda one: -one.score)
        return [one for one in found if one.count == 1] + doubtful[:1]

    async def _beside(self, element: Element) -> list[Candidate]:
        labels = await self._look(format_selector((*self.picked.scope, Step("element", "static_text"))))
        found: list[Candidate] = []
        for proposal in proposals.relatives(element, labels, self.picked.scope):
            if (tried := await self._try(proposal, self._is_element)) is not None:
                found.append(tried)
                if tried.count == 1:
                    break
        return found

    async def _counted(self, proposed: Sequence[Proposal]) -> list[Candidate]:
        """Number what several fit, as the last resort among elements."""
        for proposal in proposed[:1]:
            spots = await self._look(proposal.selector)
            for index, spot in enumerate(spots[:20], 1):
                if self._is_element(spot):
                    numbered = replace(proposal, selector=f"{proposal.selector}:nth({index})", score=0.45)
                    tried = await self._try(numbered, self._is_element)
                    return [tried] if tried is not None else []
        return []

    async def written(self) -> list[Candidate]:
        """Try the text on it: the element's own, else what OCR reads there."""
        element, picked = self.picked.element, self.picked
        own = ""
        if element is not None and element.state.role not in proposals.FIELDS:
            own = element.state.name
        proposed = proposals.texts(own, picked.scope, is_read=False)
        is_hit: Callable[[Spot], bool] = self._is_on_element
        if not proposed and (element is None or element.state.role not in proposals.FIELDS):
            line = await self._line()
            if line is None:
                return []
            proposed = proposals.texts(line[0], picked.scope, is_read=True)
            is_hit = _near(line[1])
        found: list[Candidate] = []
        for proposal in proposed:
            if (tried := await self._try(proposal, is_hit)) is not None:
                found.append(tried)
                if tried.count == 1:
                    break
        return sorted(found, key=lambda one: one.count)[:1]

    async def _line(self) -> tuple[str, Box] | None:
        """Read the line of text at the point."""
        at, (across, down) = self.picked.at, _AROUND_TEXT
        region = self.picked.box or Box(at.x - across, at.y - down, 2 * across, 2 * down)
        region = region.intersection(self.picked.window.box if self.picked.window else self.picked.screen)
        lines = await self._lines(region.intersection(self.picked.screen))
        grown = [(line, Box(line.box.x - 4, line.box.y - 4, line.box.width + 8, line.box.height + 8)) for line in lines]
        here = [line for line, box in grown if box.contains(at)]
        # Lines that stand close together overlap where they are read: the one in whose middle the point lies is meant.
        nearest = min(here, key=lambda line: abs(line.box.center.y - at.y), default=None)
        return (nearest.text, nearest.box) if nearest is not None else None

    async def _lines(self, region: Box) -> Sequence[TextLine]:
        """Read a region, as long as there is time."""
        left = self._deadline - time.monotonic()
        if region.is_empty or left <= 0:
            return ()
        try:
            return await asyncio.wait_for(self._eyes.text_lines(region), left)
        except (FlowdeskError, TimeoutError):
            return ()

    async def beside_text(self) -> list[Candidate]:
        """Try the place beside a label that can be read, in a program that publishes nothing."""
        picked, (across, down) = self.picked, _AROUND_LABELS
        if picked.path or picked.window is None:
            return []
        region = Box(picked.at.x - across, picked.at.y - down, 2 * across, 2 * down)
        region = region.intersection(picked.window.box).intersection(picked.screen)
        lines = await self._lines(region)
        if lines and (field := await self._drawn_field(region)) is not None:
            lines = [one for one in lines if not is_content(one.box, field, is_typed_into=self._is_field)]
        for line in proposals.labels_beside(picked.at, lines)[:MOST_LABELS]:
            label = (*picked.scope, Step("text", line.text))
            begun = time.monotonic()
            sighting = await self._sighting(format_selector(label))
            if sighting.spot is None or not _near(line.box)(sighting.spot):
                continue
            # Where it is found counts, not where it was read in a part of the window: a reading is good to a few pixels.
            proposal = proposals.beside(picked.at, label, sighting.spot.box)
            spot = replace(sighting.spot, selector=proposal.selector, point=picked.at)
            count = max(sighting.count, len(sighting.spots))
            return [Candidate(proposal, count, spot, time.monotonic() - begun)] if count == 1 else []
        return []

    async def _drawn_field(self, region: Box) -> Box | None:
        """Return the field in which the point lies, where one is drawn there."""
        try:
            left = max(0.1, self._deadline - time.monotonic())
            shot = await asyncio.wait_for(self._eyes.screenshot(region), left)
        except (FlowdeskError, TimeoutError):
            return None
        return await asyncio.to_thread(drawn_field, shot, region, self.picked.at)

    async def pictures(self) -> list[Candidate]:
        """Try pictures of it; flat ones, which would fit anywhere, are refused by the finder.

        A field that was clicked has none: its picture is what somebody entered, the cursor in it, or any empty field's.
        """
        picked = self.picked
        if picked.box is None and picked.element is not None and picked.element.state.role in proposals.FIELDS:
            return []
        visible = picked.screen.intersection(picked.window.box) if picked.window else picked.screen
        frame = visible if picked.box is None else picked.screen
        left = self._deadline - time.monotonic()
        try:
            shot = await asyncio.wait_for(self._eyes.screenshot(frame), max(0.1, left))
        except (FlowdeskError, TimeoutError):
            return []
        best: Candidate | None = None
        name = proposals.picture_name(picked.element.state.name if picked.element else "")
        for box in self._picture_boxes():
            part = box.intersection(frame)
            if part.width < 8 or part.height < 8:
                continue
            scope = picked.scope if visible.intersection(part) == part else ()
            png = await asyncio.to_thread(_cropped, shot, part, frame, picked.scale)
            proposal = Proposal(
                format_selector((*scope, Step("image", name))),
                "image",
                0.9 if picked.box is not None else 0.55,
                png,
                name,
            )
            uri = "data:image/png;base64," + base64.b64encode(png).decode()
            tried = await self._try(proposal, _near(part), format_selector((*scope, Step("image", uri))))
            if tried is not None and (best is None or tried.count < best.count):
                best = tried
            if best is not None and best.count == 1:
                break
        return [best] if best is not None else []

    def _picture_boxes(self) -> list[Box]:
        if self.picked.box is not None:
            return [self.picked.box]
        element = self.picked.element
        if element is not None and all(
            side <= most for side, most in zip(element.box[2:], _LARGEST_PICTURE, strict=True)
        ):
            box = element.box
            return [Box(box.x - more, box.y - more, box.width + 2 * more, box.height + 2 * more) for more in (2, 10)]
        at = self.picked.at
        return [Box(at.x - width // 2, at.y - height // 2, width, height) for width, height in _PICTURES]

    async def places(self) -> list[Candidate]:
        """Try the place itself."""
        picked = self.picked
        proposal = proposals.point(picked.at, picked.window, picked.ways, picked.screen)
        tried = await self._try(proposal, lambda spot: _is_at(spot, picked.at))
        return [tried] if tried is not None else []

    def _is_element(self, spot: Spot) -> bool:
        element = self.picked.element
        return element is not None and shared(spot.box, element.box) > 0.8

    def _is_on_element(self, spot: Spot) -> bool:
        element = self.picked.element
        return element is not None and element.box.contains(spot.point)


def _is_at(spot: Spot, point: Point) -> bool:
    return abs(spot.point.x - point.x) <= 2 and abs(spot.point.y - point.y) <= 2


def _near(box: Box) -> Callable[[Spot], bool]:
    return lambda spot: shared(spot.box, box) > 0.6 or box.contains(spot.point)


def _cropped(shot: bytes, part: Box, frame: Box, scale: float) -> bytes:
    from PIL import Image  # loaded by the first picture, not by the start
    from PIL.PngImagePlugin import PngInfo

    x, y = part.x - frame.x, part.y - frame.y
    image = Image.open(io.BytesIO(shot), formats=("PNG",)).convert("RGB").crop((x, y, x + part.width, y + part.height))
    out = io.BytesIO()
    notes = PngInfo()
    if scale != 1.0:
        notes.add_text(SCALE_NOTE, f"{scale:g}")
    image.save(out, "PNG", pnginfo=notes)
    return out.getvalue()


def _described(element: Element) -> ShownElement:
    state = element.state
    states = [
        word
        for word, is_so in (
            ("disabled", state.is_enabled is False),
            ("checked", state.is_checked),
            ("focused", state.is_focused),
            ("editable", state.is_editable),
        )
        if is_so
    ]
    described: ShownElement = {"role": state.role, "name": state.name, "box": list(element.box), "app": element.app}
    if state.value is not None:
        described["value"] = state.value[:200]
    if states:
        described["states"] = states
    return described
