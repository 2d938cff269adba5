"""Where the view looks: panning, zooming, fitting, and panning by itself at the edges during a drag."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, QPointF, QRectF, QTimer
from PySide6.QtGui import QCursor, QTransform

from flowdesk.ui.canvas.surface import Surface

ZOOM_MIN, ZOOM_MAX = 0.02, 4.0
ZOOM_STEP = 1.2
"""Zoom of one notch of the wheel."""
FIT_MARGIN = 0.08
MARGIN_X = 100
"""Pixels beside a node that is brought into sight: the buttons behind its outputs lie there."""
EDGE = 28
"""Screen pixels from the border where a drag pans."""
EDGE_SPEED = 18
"""Most screen pixels of one step of that panning."""


class Navigator(QObject):
    """Moves and zooms one view."""

    def __init__(self, view: Surface, follow: Callable[[QPoint], None]) -> None:
        """Move a view; ``follow`` moves what is dragged to a point of the viewport."""
        super().__init__(view)
        self.view, self._follow = view, follow
        self._edge_timer = QTimer(self)
        self._edge_timer.setInterval(16)
        self._edge_timer.timeout.connect(self._pan_at_edge)

    @property
    def zoom(self) -> float:
        """Screen pixels for one scene pixel."""
        return self.view.zoom

    def zoom_to(self, zoom: float, anchor: QPoint | None = None) -> None:
        """Zoom so that the scene under a point of the viewport (its middle if none) stays there."""
        zoom = min(max(zoom, ZOOM_MIN), ZOOM_MAX)
        view = self.view
        pivot = anchor if anchor is not None else view.viewport().rect().center()
        before = view.mapToScene(pivot)
        view.setTransform(QTransform.fromScale(zoom, zoom))
        gone = view.mapFromScene(before) - pivot
        self.view.pan_by(gone.x(), gone.y())

    def zoom_by(self, factor: float, anchor: QPoint | None = None) -> None:
        """Zoom in or out. Passing 100 % from either side stops there once."""
        wanted = self.zoom * factor
        if (self.zoom < 0.995 < wanted / 1.005) or (self.zoom > 1.005 > wanted * 1.005):
            wanted = 1.0
        self.zoom_to(wanted, anchor)

    def fit(self, rect: QRectF, most: float = 1.0) -> None:
        """Zoom so that a rectangle of the scene fills the view, at most ``most``."""
        if rect.isEmpty():
            self.zoom_to(1.0)
            self.view.centerOn(QPointF(0, 0))
            self.view.moved.emit()
            return
        port = self.view.viewport().rect()
        wide, high = port.width() * (1 - 2 * FIT_MARGIN), port.height() * (1 - 2 * FIT_MARGIN)
        self.zoom_to(min(wide / max(rect.width(), 1), high / max(rect.height(), 1), most))
        self.view.centerOn(rect.center())
        self.view.moved.emit()

    def fit_all(self) -> None:
        """Show the whole flow, never above 100 %."""
        self.fit(self.view.flow_scene.cards_rect())

    def fit_selection(self) -> None:
        """Show the selected nodes, or everything if there are none."""
        scene = self.view.flow_scene
        around = scene.cards_rect(scene.selected_ids())
        for box in scene.frames.boxes(scene.selected_frame_ids()).values():
            around = around.united(QRectF(*box))
        self.fit_all() if around.isEmpty() else self.fit(around, 1.5)

    def reveal(self, item_id: str) -> None:
        """Bring a node, group or note into sight: zoom in if it could not be read, move as little as possible."""
        scene = self.view.flow_scene
        item_id = scene.frames.hidden.get(item_id, item_id)
        item = scene.node_items.get(item_id) or scene.frames.items.get(item_id)
        if item is None:
            return
        if self.zoom < 0.6:
            self.zoom_to(1.0)
            self.view.centerOn(item.card_rect().center())
        else:
            self.view.ensureVisible(item.card_rect(), MARGIN_X, 60)
        self.view.moved.emit()

    def begin_edge_pan(self) -> None:
        """Pan while the pointer is at an edge, until ``end_edge_pan``."""
        self._edge_timer.start()

    def end_edge_pan(self) -> None:
        """Pan no more by itself."""
        self._edge_timer.stop()

    def edge_step(self, at: QPoint) -> QPoint:
        """Return by how much a pointer at a place of the viewport pans: the nearer to the border, the faster."""
        port = self.view.viewport().rect()
        steps = []
        for value, length in ((at.x(), port.width()), (at.y(), port.height())):
            into = EDGE - value if value < EDGE else value - (length - EDGE) if value > length - EDGE else 0
            speed = round(min(into / EDGE, 1.5) * EDGE_SPEED)
            steps.append(-speed if value < EDGE else speed)
        return QPoint(*steps)

    def _pan_at_edge(self) -> None:
        at = self.view.viewport().mapFromGlobal(QCursor.pos())
        step = self.edge_step(at)
        if not step.isNull():
            self.view.pan_by(step.x(), step.y())
            self._follow(at)
