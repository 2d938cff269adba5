"""What is answered to requests about what is on a desktop."""

from typing import Any, Literal

from pydantic import Field

from flowdesk.protocol.events import Box, OpenPayload
from flowdesk.protocol.payload import ReplyPayload


class TargetSpot(ReplyPayload):
    """A place where a target is."""

    x: int
    y: int
    box: Box
    score: float
    scale: float
    selector: str
    engine: str
    text: str | None


class Tested(ReplyPayload):
    """Whether a target is there."""

    found: bool
    count: int = Field(description="How many places fit.")
    spots: list[TargetSpot] = Field(description="The first 50.")
    ms: float
    reason: str | None = Field(description="Why there is none.")
    best_score: float | None
    best_box: Box | None
    candidates: list[str] = Field(description="What is there instead.")


class ShownElement(OpenPayload):
    """An element of a program."""

    role: str
    name: str
    box: Box
    app: str
    value: str | None = None
    states: list[str] | None = None


class ShownWindow(ReplyPayload):
    """A window."""

    title: str
    app: str
    box: Box


class Inspected(ReplyPayload):
    """What is at a point."""

    path: list[ShownElement] = Field(description="Innermost first.")
    window: ShownWindow | None


class TargetCandidate(OpenPayload):
    """A selector that finds what was picked."""

    selector: str
    kind: str
    count: int = Field(description="How many places it finds.")
    unique: bool
    spot: TargetSpot
    score: float = Field(description="How good it is, 0 to 1.")
    ms: float
    picture: str | None = Field(None, description="PNG as base64: store it under `name` if this one is chosen.")
    name: str | None = None


class ProposedNode(ReplyPayload):
    """A node: its type, and what is known of its settings."""

    type: str
    config: dict[str, Any]


class Candidates(ReplyPayload):
    """The selectors that find what was picked, the best first."""

    candidates: list[TargetCandidate]
    element: ShownElement | None
    step: ProposedNode | None = Field(description="The node that says what is meant better than a click.")


class ListedWindow(ShownWindow):
    """A window of the desktop."""

    selector: str = Field(description="How to name it.")
    active: bool = Field(description="Whether it has the keyboard.")
    minimized: bool


class ListedElement(OpenPayload):
    """An element of a window."""

    role: str
    name: str
    box: Box
    depth: int = Field(description="How many of those listed before it lie around it.")
    selector: str | None = Field(description="Stands behind that of the window; null for what only shows something.")
    tried: bool = Field(description="Whether the selector was looked for and found this element alone.")
    value: str | None = None
    states: list[str] | None = None
    more: int | None = Field(None, description="How many more of the same kind lie beside it and are not listed.")


class Elements(ReplyPayload):
    """The windows, the uppermost first, and the elements of the one that was asked for, as people read."""

    windows: list[ListedWindow]
    scope: str | None = Field(description="The selector of the window; null where none was asked for.")
    elements: list[ListedElement]
    count: int = Field(description="How many elements are shown there.")


class Screenshot(ReplyPayload):
    """A picture of the desktop."""

    data: str = Field(description="The picture as base64.")
    format: Literal["png", "jpeg", "webp"]
    width: int
    height: int
    x: int = Field(description="Where its left edge is on the desktop.")
    y: int = Field(description="Where its upper edge is on the desktop.")
    scale: float


class MonitorOfDesktop(ReplyPayload):
    """A monitor."""

    number: int
    box: Box
    scale: float
    name: str


class Watched(ReplyPayload):
    """The desktop that you receive."""

    box: Box
    scale: float
    monitors: list[MonitorOfDesktop]


class SelectorOffer(ReplyPayload):
    """What may stand next in a selector."""

    text: str = Field(description="Takes the place of what stands from `begin` on.")
    kind: Literal["engine", "window", "app", "element", "text", "image"]
    beside: str = Field(description="What it is, for people: a title, a name.")


class Completions(ReplyPayload):
    """What may stand next in a selector, the likeliest first."""

    begin: int = Field(description="The 0-based character of `text` where the offers begin.")
    typed: int = Field(description="The character from which what is written narrows the offers.")
    offers: list[SelectorOffer] = Field(description="At most 200.")
