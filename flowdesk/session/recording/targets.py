"""Targets of recorded steps: what the picker would propose for the moment of the press, kept to a few ways that do not depend on each other."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field

from flowdesk.engine.observing import Sights
from flowdesk.engine.ports import Element
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.selector import parse_selector
from flowdesk.protocol.lookreplies import TargetCandidate
from flowdesk.session import picking, proposals
from flowdesk.session.recording.steps import Aim

MOST_WAYS = 3
"""How many ways to find a target are kept, one of them a picture."""
SECONDS, READING_SECONDS = 6.0, 60.0
"""What finding them may take, and where all has to be read from the screen: nobody waits for it but the canvas."""


@dataclass(frozen=True)
class Found:
    """Ways to find a target, the best first, and the pictures that they need by name."""

    selectors: list[str]
    pictures: dict[str, bytes] = field(default_factory=dict)
    is_seen: bool = False
    """Whether it has to be read from the screen or looked for as a picture each time."""
    is_place: bool = False
    """Whether nothing but a place in its window could be kept."""

    @property
    def value(self) -> str | list[str]:
        """The ways as a node's setting."""
        return self.selectors[0] if len(self.selectors) == 1 else self.selectors


NOTHING = Found([])


async def found_for(sights: Sights, aim: Aim) -> Found:
    """Return the ways to find what a press aimed at, tried in the moment of the press; none where nothing fits."""
    try:
        path = await sights.elements_at(aim.point)
        seconds = SECONDS if path else READING_SECONDS
        element = _meant(path, aim.level)
        is_nameless = (
            element is not None and not proposals.called(element.state) and element.state.role not in proposals.FIELDS
        )
        is_drawn = aim.way == "place" and is_nameless
        tried = await picking.candidates(
            sights,
            aim.point,
            None,
            aim.level,
            READING_SECONDS if is_drawn else seconds,
            aim.window,
            is_drawn=is_drawn,
            is_field=aim.is_field,
        )
    except FlowdeskError:
        return NOTHING
    candidates = tried["candidates"]
    if aim.way == "area":
        named = [one for one in candidates if one["unique"] and one["kind"] in ("element", "relative")]
        return _kept(named[:1] or [one for one in candidates if one["kind"] == "point"][:1])
    if is_drawn:
        return _kept(ways(candidates, None, is_secret=aim.is_secret, is_field=aim.is_field))
    if aim.way == "place" and element is not None:
        held = next((one for one in candidates if one["unique"] and one["kind"] in ("element", "relative")), None)
        if held is not None and element.box.contains(aim.point):
            return Found([f"{held['selector']} >> {_place_in(element, aim)}"])
    return _kept(ways(candidates, element, is_secret=aim.is_secret, is_field=aim.is_field))


def ways(
    candidates: Sequence[TargetCandidate],
    element: Element | None,
    *,
    is_secret: bool = False,
    is_field: bool = False,
) -> list[TargetCandidate]:
    """Choose among what was tried: what is unique, of each kind one, names before positions, and one picture.

    No picture of a password, and none of a field that holds a text: it shows today's.
    """
    role = element.state.role if element is not None else ""
    holds_text = role in proposals.FIELDS and bool(element is not None and (element.state.value or "").strip())
    is_field = is_field or role in proposals.FIELDS
    if element is None and is_field:  # what can be read there is what it holds
        holds_text = any(one["kind"] == "text" for one in candidates)
    chosen: list[TargetCandidate] = []
    for one in candidates:
        if not one["unique"] or one["kind"] == "point" or any(other["kind"] == one["kind"] for other in chosen):
            continue
        if one["kind"] == "image" and (is_secret or holds_text):
            continue
        if one["kind"] == "text" and (is_secret or is_field):
            continue
        chosen.append(one)
    pictures = [one for one in chosen if one["kind"] == "image"]
    named = [one for one in chosen if one["kind"] != "image"][: MOST_WAYS - len(pictures)]
    if named or pictures:
        return [*named, *pictures]
    doubtful = [one for one in candidates if one["kind"] == "element"][:1]
    return [*doubtful, *[one for one in candidates if one["kind"] == "point"]][:1]


def _meant(path: Sequence[Element], level: int | None) -> Element | None:
    return proposals.meant(path, level)


def _place_in(element: Element, aim: Aim) -> str:
    """Return a place in an element, in percent of it."""
    box = element.box
    across = (aim.point.x - box.x) / max(1, box.width - 1) * 100
    down = (aim.point.y - box.y) / max(1, box.height - 1) * 100
    return f"point={across:.1f}%,{down:.1f}%"


def _kept(chosen: Sequence[TargetCandidate]) -> Found:
    pictures = {one["name"]: base64.b64decode(one["picture"]) for one in chosen if "picture" in one}
    kinds = {one["kind"] for one in chosen}
    is_told = any(one["kind"] in ("element", "relative") and "element" in _engines(one["selector"]) for one in chosen)
    return Found(
        [one["selector"] for one in chosen], pictures, is_seen=bool(chosen) and not is_told, is_place=kinds == {"point"}
    )


def _engines(selector: str) -> set[str]:
    return {step.engine for step in parse_selector(selector).steps}
