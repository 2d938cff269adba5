"""How a panel is declared: what it is called, where it lies, and how it is made."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from PySide6.QtWidgets import QMainWindow, QWidget

from flowdesk.model.nodetype import Catalogue
from flowdesk.ui.peer import WindowPeer


@dataclass(frozen=True, slots=True)
class Around:
    """What a panel may use of the window."""

    catalogue: Catalogue
    peer: WindowPeer
    window: QMainWindow


@runtime_checkable
class Panel(Protocol):
    """What a widget in a dock is, too."""

    def retranslate(self) -> None:
        """Set the texts in the language in force."""


@dataclass(frozen=True, slots=True)
class Place:
    """A panel of the window."""

    name: str
    """By which layouts are kept: it never changes."""
    title: str
    """English, the key of the translation."""
    area: Literal["left", "right", "below"]
    """Where it is at first. Panels below the canvas lie one behind the other and have tabs instead of titles."""
    make: Callable[[Around], QWidget]
    """Makes its widget, which is a ``Panel``, too."""
    icon: str = ""
    """Beside its entry in the menu *View*."""
    wide: int = 0
    """Width of a screen from which on it is shown at first."""
