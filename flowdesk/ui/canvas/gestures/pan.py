"""Panning: with the middle button, with Space and the left one, with the right one."""

from PySide6.QtCore import QPoint, QPointF, Qt

from flowdesk.ui.canvas.gestures.gesture import DRAG_START, Gesture, Modifiers


class PanGesture(Gesture):
    """Move the canvas under the pointer. With the right button, a press that does not move opens the menu."""

    cursor = Qt.CursorShape.ClosedHandCursor
    pans_at_edges = False

    def start(self, at: QPointF, keys: Modifiers) -> None:
        """Remember where on the screen the pointer is: the scene moves with it."""
        super().start(at, keys)
        self._last = self._screen(at)
        self._gone = 0

    @property
    def has_moved(self) -> bool:
        """Whether it was more than a press."""
        return self._gone >= DRAG_START

    def move(self, at: QPointF, keys: Modifiers) -> None:
        """Pan by what the pointer went."""
        here = self._screen(at)
        step = here - self._last
        self._gone += step.manhattanLength()
        if self.has_moved:
            self.view.pan_by(-step.x(), -step.y())
        self._last = here

    def _screen(self, at: QPointF) -> QPoint:
        return self.view.mapFromScene(at)


class MenuPanGesture(PanGesture):
    """Pan with the right button; without a movement it asks for the context menu."""

    def end(self, at: QPointF, keys: Modifiers) -> None:
        """Open the menu if the pointer stayed."""
        if not self.has_moved:
            self.view.ask_for_menu(at)


class DeselectPanGesture(PanGesture):
    """Pan with the left button; without a movement it clears the selection."""

    def end(self, at: QPointF, keys: Modifiers) -> None:
        """Select nothing if the pointer stayed."""
        if not self.has_moved:
            self.scene.select(())
