"""The ways of finding: one declaration for each engine of selectors.

The parser, validation, the forms of both editors, the picker, the reference, ``flowdesk doctor`` and the translations read
``ENGINES``. How flowdesk's own look at the desktop stands in ``flowdesk.drivers.engines``, under the same names; one of
another package brings its own ``find`` and is added by ``add`` when the program starts.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, Protocol

from flowdesk.model.bodies import color_of, number_of, point_of
from flowdesk.model.geometry import Box
from flowdesk.model.told import EngineDeclaration

Body = Literal["plain", "worded", "element", "none"]
"""What stands after ``=``: a text; one that may be ``"exact"`` or ``/regex/``; an element selector; nothing, the name is a
word by itself."""
Look = Literal["windows", "elements", "pixels"]
"""What of the desktop is looked at."""

_NAME = re.compile(r"[a-z][a-z0-9-]{1,30}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an engine of another package found something: physical pixels of the virtual desktop."""

    box: Box
    score: float = 1.0
    """How well it fits, 0 to 1."""
    text: str | None = None
    """What was found, in words."""


class View(Protocol):
    """What an engine of another package looks at: a part of the desktop, as it is in this look."""

    @property
    def box(self) -> Box:
        """The part, in physical pixels of the virtual desktop."""

    def pixels(self) -> Any:
        """Return its pixels: an array of height, width and the channels blue, green, red (bytes)."""


Finder = Callable[[str, View], Sequence[Place]]
"""Gets the body of a step and what to look at; returns what fits, the best first. Runs beside the event loop."""


@dataclass(frozen=True, slots=True)
class Engine:
    """A way of finding."""

    name: str
    """What is written before ``=``. Never changes once released."""
    title: str
    doc: str
    """What it finds: a sentence or two, with backticks for code."""
    examples: tuple[str, ...]
    """Whole selectors, the plainest first."""
    icon: str
    """Name of a Lucide icon."""
    looks_at: frozenset[Look] = frozenset({"pixels"})
    body: Body = "plain"
    check: Callable[[str], object] | None = None
    """Raises ``SelectorError`` if a body cannot be read."""
    cost: int = 50
    """Milliseconds that a look typically takes; the picker and lists of ways name the cheap ones first."""
    needs: tuple[str, ...] = ()
    """Parts of the desktop, as ``flowdesk doctor`` names them, without which it finds nothing."""
    find: Finder | None = None
    """``None`` for flowdesk's own."""

    @property
    def sample(self) -> str:
        """A body, as an example."""
        return self.examples[0].rpartition(" >> ")[2].removeprefix(f"{self.name}=")

    @property
    def is_prefix(self) -> bool:
        """Whether it is written before ``=``."""
        return self.body != "none"

    @property
    def is_seen(self) -> bool:
        """Whether what it finds was seen in the pixels, and may not be told by any program."""
        return "pixels" in self.looks_at

    @property
    def is_window(self) -> bool:
        """Whether what it finds are windows."""
        return self.looks_at == {"windows"}

    @property
    def is_inside(self) -> bool:
        """Whether what it finds lies in a window, so that the one with the keyboard comes first."""
        return bool(self.looks_at - {"windows"})

    def payload(self) -> EngineDeclaration:
        """Return what editors need of it as JSON values."""
        return {
            "name": self.name,
            "title": self.title,
            "doc": self.doc,
            "icon": self.icon,
            "examples": list(self.examples),
        }


ELEMENT = Engine(
    "element",
    "Element",
    "An element of the accessibility tree: a role, filters [attribute='value'] (=, *=, ^=, $=), > for directly inside, a space for anywhere inside, :nth(n) for one of several. No prefix is needed.",
    ("button[name='OK']", "dialog > button:nth(2)", "text_field[name^='E-']"),
    "mouse-pointer-click",
    frozenset({"elements"}),
    "element",
    cost=30,
    needs=("elements",),
)
TEXT = Engine(
    "text",
    "Text",
    "Text on the screen. Uses the accessibility tree where available, otherwise text recognition.",
    ("text=OK", 'text="Save"', "text=/Save .*/i"),
    "type",
    frozenset({"elements", "pixels"}),
    "worded",
    cost=1700,
)
IMAGE = Engine(
    "image",
    "Image",
    "An image saved with the flow, in NAME.assets/.",
    ("image=ok.png",),
    "image",
    cost=10,
    needs=("screen capture",),
)
WINDOW = Engine(
    "window",
    "Window",
    "A window by its title.",
    ("window=Untitled", 'window="flowdesk practice"', "window=/.* - Mousepad/"),
    "app-window",
    frozenset({"windows"}),
    "worded",
    cost=2,
    needs=("window manager",),
)
APP = Engine(
    "app",
    "Application",
    "The windows of an application.",
    ("app=mousepad",),
    "layout-grid",
    frozenset({"windows"}),
    "worded",
    cost=10,
)
POINT = Engine(
    "point",
    "Point",
    "A point on the screen, or inside the target before >>. With a +, relative to the pointer: +-50,+-10 is left and above it.",
    ("point=100,200", "point=50%,50%", "100,200", "point=+50,-10"),
    "crosshair",
    frozenset(),
    check=point_of,
    cost=0,
)
COLOR = Engine(
    "color",
    "Color",
    "The first spot of a color. The tolerance sets how close it must be.",
    ("color=#1a73e8",),
    "pipette",
    check=color_of,
    cost=10,
    needs=("screen capture",),
)
ACTIVE = Engine(
    "active",
    "Active window",
    "The window with the keyboard focus.",
    ("active", "active >> text=Yes"),
    "keyboard",
    frozenset({"windows"}),
    "none",
    cost=2,
    needs=("window manager",),
)
NTH = Engine(
    "nth",
    "One of several",
    "One of the matches of the previous step; 1 = the first.",
    ("button[name='OK'] >> nth=2",),
    "list",
    frozenset(),
    check=number_of,
    cost=0,
)

BUILTIN = (ELEMENT, TEXT, IMAGE, WINDOW, APP, POINT, COLOR, ACTIVE, NTH)
"""flowdesk's own, in the order of the reference."""
_known = {engine.name: engine for engine in BUILTIN}
ENGINES: Mapping[str, Engine] = MappingProxyType(_known)
"""Every way of finding, by its name."""


def add(engine: Engine, taken: Sequence[str] = ()) -> None:
    """Add a way of finding of another package.

    Args:
        engine: Its declaration.
        taken: Words that mean something else before ``=``.

    Raises:
        ValueError: If it cannot be added; says why.
    """
    if engine.name in _known or engine.name in taken:
        raise ValueError(f"there is a way of finding called {engine.name!r} already")
    if not _NAME.fullmatch(engine.name):
        raise ValueError("its name must be 2 to 31 small letters, digits and hyphens, and begin with a letter")
    if engine.find is None or engine.body not in ("plain", "worded") or not engine.examples:
        raise ValueError("it needs a function that finds, an example, and a body that is a text")
    _known[engine.name] = engine


def remove(name: str) -> None:
    """Take one of another package away again."""
    if name not in {engine.name for engine in BUILTIN}:
        _known.pop(name, None)
