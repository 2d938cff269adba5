"""What is answered to requests about what is on a desktop."""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from flowdesk.model.told import TargetSpot as TargetSpot
from flowdesk.protocol.events import Box


class Tested(TypedDict, closed=True):
    """Whether a target is there."""

    found: bool
    count: Annotated[int, Field(description="How many places fit.")]
    spots: Annotated[list[TargetSpot], Field(description="The first 50.")]
    ms: float
    reason: Annotated[str | None, Field(description="Why there is none.")]
    best_score: float | None
    best_box: Box | None
    candidates: Annotated[list[str], Field(description="What is there instead.")]


class ShownElement(TypedDict):
    """An element of a program."""

    role: str
    name: str
    box: Box
    app: str
    value: NotRequired[str | None]
    states: NotRequired[list[str] | None]


class ShownWindow(TypedDict):
    """A window."""

    title: str
    app: str
    box: Box


class Inspected(TypedDict, closed=True):
    """What is at a point."""

    path: Annotated[list[ShownElement], Field(description="Innermost first.")]
    window: ShownWindow | None


class TargetCandidate(TypedDict):
    """A selector that finds what was picked."""

    selector: str
    kind: str
    count: Annotated[int, Field(description="How many places it finds.")]
    unique: bool
    spot: TargetSpot
    score: Annotated[float, Field(description="How good it is, 0 to 1.")]
    ms: float
    picture: NotRequired[
        Annotated[str, Field(description="PNG as base64: store it under `name` if this one is chosen.")]
    ]
    name: NotRequired[str]


class ProposedNode(TypedDict, closed=True):
    """A node: its type, and what is known of its settings."""

    type: str
    config: dict[str, Any]


class Candidates(TypedDict, closed=True):
    """The selectors that find what was picked, the best first."""

    candidates: list[TargetCandidate]
    element: ShownElement | None
    step: Annotated[ProposedNode | None, Field(description="The node that says what is meant better than a click.")]


class ListedWindow(ShownWindow):
    """A window of the desktop."""

    selector: Annotated[str, Field(description="How to name it.")]
    active: Annotated[bool, Field(description="Whether it has the keyboard.")]
    minimized: bool


class ListedElement(TypedDict):
    """An element of a window."""

    role: str
    name: str
    box: Box
    depth: Annotated[int, Field(description="How many of those listed before it lie around it.")]
    selector: Annotated[
        str | None, Field(description="Stands behind that of the window; null for what only shows something.")
    ]
    tried: Annotated[bool, Field(description="Whether the selector was looked for and found this element alone.")]
    value: NotRequired[str | None]
    states: NotRequired[list[str] | None]
    more: NotRequired[
        Annotated[int | None, Field(description="How many more of the same kind lie beside it and are not listed.")]
    ]


class Elements(TypedDict, closed=True):
    """The windows, the uppermost first, and the elements of the one that was asked for, as people read."""

    windows: list[ListedWindow]
    scope: Annotated[str | None, Field(description="The selector of the window; null where none was asked for.")]
    elements: list[ListedElement]
    count: Annotated[int, Field(description="How many elements are shown there.")]


class Screenshot(TypedDict, closed=True):
    """A picture of the desktop."""

    data: Annotated[str, Field(description="The picture as base64.")]
    format: Literal["png", "jpeg", "webp"]
    width: int
    height: int
    x: Annotated[int, Field(description="Where its left edge is on the desktop.")]
    y: Annotated[int, Field(description="Where its upper edge is on the desktop.")]
    scale: float


class MonitorOfDesktop(TypedDict, closed=True):
    """A monitor."""

    number: int
    box: Box
    scale: float
    name: str


class Watched(TypedDict, closed=True):
    """The desktop that you receive."""

    box: Box
    scale: float
    monitors: list[MonitorOfDesktop]
