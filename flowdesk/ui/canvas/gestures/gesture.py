"""What every gesture is: it starts, moves, and then ends or is cancelled for a reason."""

from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from flowdesk.ui.canvas.surface import Surface

DRAG_START = 5
"""Screen pixels that the pointer must go before a press becomes a drag."""
Modifiers = Qt.KeyboardModifier
NO_KEYS = Qt.KeyboardModifier.NoModifier


class Reason(StrEnum):
    """Why a gesture was cancelled."""

    ESCAPE = "escape"
    FOCUS_LOST = "focus lost"
    REPLACED = "another gesture began"
    FLOW_CHANGED = "what it held is gone"


class Gesture:
    """A gesture. Places are in the scene; nothing is changed before ``end``, and ``cancel`` leaves no trace."""

    cursor: Qt.CursorShape | None = None
    pans_at_edges = True
    """Whether the canvas moves when the pointer comes to its edge."""

    def __init__(self, view: Surface) -> None:
        """Belong to a view."""
        self.view = view
        self.scene = view.flow_scene
        self.origin = QPointF()
        self.at = QPointF()
        self.cancelled: Reason | None = None

    def start(self, at: QPointF, keys: Modifiers) -> None:
        """Begin at a point of the scene."""
        self.origin, self.at = QPointF(at), QPointF(at)

    def move(self, at: QPointF, keys: Modifiers) -> None:
        """Follow the pointer."""
        self.at = QPointF(at)

    def end(self, at: QPointF, keys: Modifiers) -> None:
        """Let go: ask for the changes."""

    def cancel(self, reason: Reason) -> None:
        """Give up and put the picture back."""
        self.cancelled = reason

    def paint(self, painter: QPainter) -> None:
        """Draw what the gesture shows, in scene coordinates, over everything."""

    def bounds(self) -> QRectF:
        """Return where ``paint`` draws, in the scene."""
        return QRectF()

    def is_drag(self, at: QPointF) -> bool:
        """Whether the pointer is far enough from the start."""
        return (at - self.origin).manhattanLength() * self.view.zoom >= DRAG_START
