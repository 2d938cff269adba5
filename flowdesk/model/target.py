"""Targets: what a ``selector`` means once it is parsed, and what a look at the screen brings back (contract §2).

The parser is in ``selector.py``; this module only says what exists.
"""

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from flowdesk.model.geometry import Box, Point
from flowdesk.model.sentence import say
from flowdesk.model.told import TargetSpot

NO_OFFSET = Point(0, 0)

EngineName = str
"""The name of a way of finding, one of ``flowdesk.model.engines.ENGINES``."""
Relation = Literal["right-of", "left-of", "above", "below", "near"]


@dataclass(frozen=True, slots=True)
class Step:
    """One part of a selector between two ``>>``: it narrows into the match before it.

    ``relation`` is set for relative steps: the body is then looked for in that direction from the match before.
    ``exact`` and ``is_regex`` say how ``text`` and ``window`` bodies are written (``"…"`` and ``/…/``).
    """

    engine: EngineName
    body: str
    exact: bool = False
    is_regex: bool = False
    relation: Relation | None = None
    position: int = 0
    """Index of the step's first character in the whole selector, for error messages."""


@dataclass(frozen=True, slots=True)
class Selector:
    """One parsed selector: its text and its steps, outermost first."""

    text: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """Everything a look needs: the selectors in order of preference and the options beside them."""

    selectors: tuple[Selector, ...]
    similarity: float = 0.8
    region: Box | None = None
    occurrence: int = 1
    offset: Point = NO_OFFSET
    anchor: str = "center"
    monitor: int | None = None
    strict: bool = False
    """Whether a second place that fits nearly as well makes it ambiguous, whatever it is called."""
    is_distinct: bool = False
    """Whether a second place of the same kind and name in the same window makes it ambiguous."""
    is_all: bool = False
    """Whether every place counts, not one: all are brought back, and what is bounded is an error instead of cut off."""
    tolerance: int = 10
    is_to_act: bool = False
    """Whether also what is covered, or scrolled out of sight, will do, after what is not: it is then brought up."""
    has_minimized: bool = False
    """Whether ``window=`` and ``app=`` also find windows that are minimized, after those that are not."""
    assets: str = ""
    """Folder in which ``image=`` names are looked up."""
    patience: float | None = None
    """Seconds after which a look gives up reading the screen; ``None``: never."""

    @property
    def text(self) -> str:
        """The selectors as a person wrote them."""
        return " | ".join(selector.text for selector in self.selectors)

    @property
    def is_numbered(self) -> bool:
        """Whether a step asks for one by its number."""
        return any(step.engine == "nth" for selector in self.selectors for step in selector.steps)

    @property
    def is_counted(self) -> bool:
        """Whether more than the nearest of what fits counts: all, or one by its number."""
        return self.is_all or self.occurrence != 1 or self.is_numbered


@dataclass(frozen=True, slots=True)
class ElementState:
    """What the accessibility tree says of an element. ``None`` where it does not say."""

    role: str = ""
    name: str = ""
    value: str | None = None
    is_enabled: bool | None = None
    is_checked: bool | None = None
    is_focused: bool | None = None
    is_editable: bool | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """A target that was found: where it is, where to act, and how sure it is."""

    box: Box
    point: Point
    """Where to act: the anchor of the box plus the offset."""
    selector: str
    engine: EngineName
    score: float = 1.0
    scale: float = 1.0
    runner_up: float = 0.0
    """Score of the second best hit, 0 when there is none."""
    text: str | None = None
    """The text that was matched or that the element holds, where known."""
    element: ElementState | None = None
    app: str = ""
    window: int | None = None
    """The id of the window that it is, where it is one."""
    owner: int | None = None
    """The id of the top level window that it belongs to, where that is known: its own, or that of its element or scope."""
    pid: int = 0
    """The process that it belongs to, 0 where nobody tells."""
    pixels: Any = field(default=None, repr=False, compare=False)
    """What its box looked like, where it was seen and not told by a program; the driver's own."""
    handle: Any = field(default=None, repr=False, compare=False)
    """The driver's own reference to the element, for its actions and values; means nothing elsewhere."""
    is_aside: bool = field(default=False, repr=False, compare=False)
    """Whether an anchor, an offset or a region asked for a place of its own in it."""

    @property
    def is_window(self) -> bool:
        """Whether it is a window as a whole, and no place in it; also one of which only a part is on the screen."""
        return self.window is not None and self.element is None and not self.is_aside

    def payload(self) -> TargetSpot:
        """Return the spot as JSON values: ``x``, ``y``, ``box`` ``[x,y,w,h]``, ``score``, ``scale``, ``selector``, ``engine``, ``text``."""
        return {
            "x": self.point.x,
            "y": self.point.y,
            "box": list(self.box),
            "score": round(self.score, 4),
            "scale": self.scale,
            "selector": self.selector,
            "engine": self.engine,
            "text": self.text,
        }


@dataclass(frozen=True, slots=True)
class Miss:
    """Why a look found nothing: the sentence, and the nearest thing that was seen."""

    reason: str
    """A sentence of its own, such as ``No window's title contains "Save".``"""
    selector: str = ""
    best_score: float | None = None
    best_box: Box | None = None
    best_scale: float | None = None
    candidates: tuple[str, ...] = ()
    """What was there instead: names of elements, titles of windows, nearest texts; at most ten."""
    is_ambiguous: bool = False
    is_unfinished: bool = False
    """Whether the time was over before the screen was read: it may be there."""
    window: int | None = None
    """The window in which was looked, where other windows lie over it: what is looked for may be under them."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one look brought back: every spot that fits, best first (then reading order), or why there is none."""

    spots: tuple[Spot, ...] = ()
    miss: Miss | None = None
    seconds: float = 0.0
    count: int = 0
    """How many places fit the selector that hit, or that came nearest; ``spots`` may hold fewer."""
    alike: int = 0
    """How many of them, with the one that counts, nobody can tell apart: of one kind and name, in one window."""
    screenshot: bytes | None = field(default=None, repr=False)
    """PNG of where was looked, kept by drivers when asked for a failure picture."""

    @property
    def spot(self) -> Spot | None:
        """The hit that counts: the first (drivers put the asked-for occurrence first)."""
        return self.spots[0] if self.spots else None


PRESSABLE = frozenset({
    "button", "check_box", "combo_box", "menu_item", "radio_button", "slider", "spin_button", "switch", "tab", "text_area", "text_field",
})  # fmt: skip
"""Kinds of elements that swallow input while they are disabled. Of others toolkits do not agree what that means."""


def without_disabled(sighting: Sighting) -> Sighting:
    """Return a sighting whose first hit is disabled as a miss that says so, any other as it is."""
    spot = sighting.spot
    element = spot.element if spot is not None else None
    if spot is None or element is None or element.is_enabled is not False or element.role not in PRESSABLE:
        return sighting
    reason = say("It was found, but it is disabled and does not accept input.")
    return replace(sighting, spots=(), miss=Miss(reason, spot.selector, best_box=spot.box))
