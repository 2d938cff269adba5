"""What the names of a script stand for while it is read: values that are known, and references to what a run will know."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Known:
    """A value that stands in the script: text, number, truth value, nothing, a list or object of such."""

    value: Any


@dataclass(frozen=True)
class Ref:
    """A value that only a run knows: an expression of flowdesk."""

    expression: str
    kind: str = "value"
    """``value``, ``picture`` (the name of one), ``selector``, ``point`` (with x and y), ``match`` (of a find node), ``matches``, ``shot`` (the path of a screenshot)."""
    is_center: bool = False
    """Whether a ``match`` stands for the middle of what was found: its parts are ``x`` and ``y``, not the box."""


@dataclass(frozen=True)
class Picture:
    """A picture with how alike it must be and where on it to act."""

    name: str
    similarity: float | None = None
    offset: tuple[Any, Any] | None = None
    is_name_known: bool = True


@dataclass(frozen=True)
class Place:
    """A point of the desktop; numbers or expressions."""

    x: Any
    y: Any


@dataclass(frozen=True)
class Area:
    """A part of the desktop; ``None`` is all of it. Numbers or expressions."""

    box: tuple[Any, Any, Any, Any] | None = None


@dataclass(frozen=True)
class Program:
    """A program by its name."""

    name: str


@dataclass(frozen=True)
class Several:
    """A list of values of any kind."""

    items: tuple[Any, ...]


@dataclass(frozen=True)
class Function:
    """A function of the script."""

    definition: Any
    scope: "Scope"
    owner: Any = None
    """The object that it is a method of."""


@dataclass(frozen=True)
class Class:
    """A class of the script."""

    definition: Any
    scope: "Scope"


@dataclass
class Thing:
    """An object of a class of the script, with what its attributes stand for."""

    of: Class
    attributes: "Scope"


@dataclass(frozen=True)
class Module:
    """Another script, or a library by its name."""

    name: str
    scope: "Scope | None" = None


@dataclass
class Scope:
    """Names of a module or a function."""

    prefix: str = ""
    parent: "Scope | None" = None
    names: dict[str, Any] = field(default_factory=dict)
    changing: frozenset[str] = frozenset()
    """Names that are given more than one value, or one in a loop."""
    file: str = ""
    globals: frozenset[str] = frozenset()

    def find(self, name: str) -> Any:
        """Return what a name stands for, ``None`` where nothing is known."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names and not (scope is self and name in self.globals and scope.parent is not None):
                return scope.names[name]
            scope = scope.parent
        return None

    def owner(self, name: str) -> "Scope":
        """Return the scope in which a name is set."""
        if name in self.globals:
            scope = self
            while scope.parent is not None:
                scope = scope.parent
            return scope
        return self

    def variable(self, name: str) -> str:
        """Return what the flow calls a variable."""
        return f"{self.owner(name).prefix}{name}"
