"""The view: looks at a flow's scene, turns the pointer into gestures and keys into commands.

It never edits the flow. What a person wants is told by signals; what was done comes back through the scene.
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsView, QToolTip, QWidget

from flowdesk.model.nodetype import Catalogue
from flowdesk.ui.canvas.arrivals import Arrivals
from flowdesk.ui.canvas.backdrop import draw_backdrop, draw_invitation
from flowdesk.ui.canvas.commands import CanvasCommands
from flowdesk.ui.canvas.drops import DropTarget
from flowdesk.ui.canvas.faces import show_faces
from flowdesk.ui.canvas.gestures.choose import gesture_for
from flowdesk.ui.canvas.gestures.gesture import NO_KEYS, Gesture, Reason
from flowdesk.ui.canvas.gestures.pan import PanGesture
from flowdesk.ui.canvas.habits import DEFAULT, Habits
from flowdesk.ui.canvas.hovering import Hovering
from flowdesk.ui.canvas.keys import bindings, chord_of
from flowdesk.ui.canvas.minimap import Minimap
from flowdesk.ui.canvas.navigator import Navigator
from flowdesk.ui.canvas.reader import tell_reader
from flowdesk.ui.canvas.surface import Surface
from flowdesk.ui.canvas.wheel import turn_wheel
from flowdesk.ui.theme import theme

WORLD = QRectF(-500_000, -500_000, 1_000_000, 1_000_000)
"""Where one can pan to."""
FEW = 2
"""With fewer nodes the canvas says how to go on."""


class CanvasView(Surface):
    """The canvas: a surface with all its parts."""

    def __init__(
        self, catalogue: Catalogue, translate: Callable[[str], str] = str, parent: QWidget | None = None
    ) -> None:
        """Look at an empty flow."""
        super().__init__(catalogue, translate, parent)
        self.navigator = Navigator(self, self.follow_pointer)
        self.minimap = Minimap(self)
        self.arrivals = Arrivals(self, self.navigator)
        self.commands = CanvasCommands(self, self.navigator, self.arrivals, self.minimap)
        self.drops = DropTarget(self)
        self.gesture: Gesture | None = None
        self._button = Qt.MouseButton.NoButton
        self.hovering = Hovering(self)
        self._painted = QRectF()
        self._bindings = bindings(DEFAULT)
        self._set_up()
        show_faces()

    def _set_up(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSceneRect(WORLD)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.viewport().grabGesture(Qt.GestureType.PinchGesture)
        self.setAcceptDrops(True)
        self.setAccessibleName(self.flow_scene.look.translate("Canvas"))
        self.flow_scene.selectionChanged.connect(self._tell_selection)
        self.flow_scene.flow_shown.connect(lambda: self.cancel_gesture(Reason.FLOW_CHANGED))
        self.flow_scene.picture_changed.connect(self._after_picture)
        theme.changed.connect(self._repaint)
        self.navigator.fit_all()

    def set_habits(self, habits: Habits) -> None:
        """Let keys and buttons mean what a person is used to."""
        self.habits = habits
        self._bindings = bindings(habits)

    # the pointer

    def begin(self, gesture: Gesture, at: QPoint, button: Qt.MouseButton, keys: Qt.KeyboardModifier) -> None:
        """Begin a gesture at a point of the viewport."""
        self.cancel_gesture(Reason.REPLACED)
        self.hovering.leave()
        self.gesture, self._button = gesture, button
        if gesture.cursor is not None and isinstance(gesture, PanGesture):
            self.viewport().setCursor(gesture.cursor)
        gesture.start(self.mapToScene(at), keys)
        if gesture.pans_at_edges:
            self.navigator.begin_edge_pan()

    def cancel_gesture(self, reason: Reason) -> None:
        """Cancel the gesture that is under way, if there is one."""
        gesture, self.gesture = self.gesture, None
        if gesture is not None:
            gesture.cancel(reason)
            self._after_gesture()

    def follow_pointer(self, at: QPoint, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        """Move the gesture that is under way to a point of the viewport."""
        if self.gesture is not None:
            self.gesture.move(self.mapToScene(at), keys)
            self._update_gesture()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin the gesture that the press means."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if self.gesture is not None:
            return
        at = event.position().toPoint()
        gesture = gesture_for(self, event.button(), self.mapToScene(at), event.modifiers())
        if gesture is not None:
            self.begin(gesture, at, event.button(), event.modifiers())
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow with the gesture, or highlight what is under the pointer."""
        at = event.position().toPoint()
        if self.gesture is not None:
            if not event.buttons() & self._button:
                self.cancel_gesture(Reason.FOCUS_LOST)
                return
            if self.gesture.cursor is not None:
                self.viewport().setCursor(self.gesture.cursor)
            self.follow_pointer(at, event.modifiers())
        else:
            self.hovering.move(self.mapToScene(at))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the gesture."""
        if self.gesture is None or event.button() != self._button:
            return
        gesture, self.gesture = self.gesture, None
        gesture.end(self.mapToScene(event.position().toPoint()), event.modifiers())
        self._after_gesture()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open a node; on the empty canvas, quick add."""
        if event.button() != Qt.MouseButton.LeftButton:
            self.mousePressEvent(event)
            return
        at = self.mapToScene(event.position().toPoint())
        item = self.flow_scene.node_at(at)
        if item is not None:
            self.flow_scene.select([item.node.id])
            self.open_requested.emit(item.node.id)
            return
        frame = self.flow_scene.frames.at(at)
        if frame is not None:
            self.commands.open_frame(*frame)
        elif self.flow_scene.edge_at(at) is None:
            self.quick_add_requested.emit(at, "", "")

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the menu by key; the right button does it when it is let go."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            chosen = self.flow_scene.selected_ids()
            rect = self.flow_scene.cards_rect(chosen) if chosen else self.visible_rect()
            self.ask_for_menu(rect.center())
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """Highlight nothing."""
        self.hovering.leave()
        super().leaveEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take node types; what else is dragged is for the window."""
        event.setAccepted(self.drops.move(event))

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show on which edge it would be dropped."""
        event.setAccepted(self.drops.move(event))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Show nothing."""
        self.drops.leave()

    def dropEvent(self, event: QDropEvent) -> None:
        """Ask for the node to be added."""
        event.setAccepted(self.drops.drop(event))

    def _after_gesture(self) -> None:
        self._button = Qt.MouseButton.NoButton
        self.navigator.end_edge_pan()
        self._update_gesture()
        self._show_cursor()

    def _show_cursor(self) -> None:
        self.viewport().setCursor(Qt.CursorShape.OpenHandCursor if self.is_space_held else Qt.CursorShape.ArrowCursor)

    def _update_gesture(self) -> None:
        bounds = self.gesture.bounds() if self.gesture is not None else QRectF()
        dirty = bounds.united(self._painted)
        self._painted = bounds
        if not dirty.isNull():
            self.viewport().update(self.mapFromScene(dirty).boundingRect().adjusted(-4, -4, 4, 4))

    # wheel, touchpad, pinch

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer with a mouse, pan with a touchpad; Ctrl zooms, Shift pans sideways."""
        event.accept()
        turn_wheel(self.navigator, event, self.habits)

    def viewportEvent(self, event: QEvent) -> bool:
        """Zoom with a pinch, and say what is under the pointer."""
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self.navigator.zoom_by(1 + event.value(), event.position().toPoint())
            return True
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            text = self.hovering.text_at(self.mapToScene(event.pos()))
            QToolTip.showText(event.globalPos(), text, self.viewport())
            return True
        return bool(super().viewportEvent(event))

    # keys

    def event(self, event: QEvent) -> bool:
        """Take Tab and the canvas's own keys before the focus and the menus do."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Tab:
            self.keyPressEvent(event)
            return event.isAccepted()
        is_override = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and chord_of(event) in self._bindings:
            event.accept()
            return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Carry out the command of a key; Esc cancels a gesture, Space makes the left button pan."""
        if event.key() == Qt.Key.Key_Escape:
            if self.gesture is not None:
                self.cancel_gesture(Reason.ESCAPE)
            else:
                self.commands.select_none()
            return
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.is_space_held = True
            if self.gesture is None:
                self._show_cursor()
            return
        command = self._bindings.get(chord_of(event))
        if command is not None and self.gesture is None:
            self.commands.carry_out(command)
            event.accept()
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Space is let go."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.is_space_held = False
            if self.gesture is None:
                self._show_cursor()
            return
        super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A gesture does not outlive the focus."""
        self.is_space_held = False
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.cancel_gesture(Reason.FOCUS_LOST)
        super().focusOutEvent(event)

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the items, or below the zoom of titles the overview in a few calls."""
        look = self.flow_scene.look
        look.begin_frame(self.zoom, self.devicePixelRatioF())
        if not self.is_overview:
            super().paintEvent(event)
            return
        super().paintEvent(QPaintEvent(QRegion()))
        painter = QPainter(self.viewport())
        painter.setClipRegion(event.region())
        painter.fillRect(event.rect(), theme().canvas)
        painter.setTransform(self.viewportTransform())
        exposed = self.mapToScene(event.rect()).boundingRect()
        self.overview.paint(painter, exposed, look.zoom)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.gesture is not None:
            self.gesture.paint(painter)
        painter.end()

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """Draw the canvas and its grid."""
        draw_backdrop(painter, QRectF(rect), self.zoom)

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """Draw what the gesture shows."""
        if self.gesture is not None:
            self.gesture.paint(painter)
        elif len(self.flow_scene.node_items) < FEW:
            draw_invitation(painter, self.flow_scene.cards_rect(), self.flow_scene.look)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the middle in the middle, the minimap in its corner."""
        if event.oldSize().isValid():
            self.pan_by(
                (event.oldSize().width() - event.size().width()) // 2,
                (event.oldSize().height() - event.size().height()) // 2,
            )
        super().resizeEvent(event)
        self.minimap.place()

    # what the scene tells

    def _repaint(self) -> None:
        self.viewport().update()

    def _tell_selection(self) -> None:
        chosen = self.flow_scene.selected_ids()
        self.flow_scene.raised.follow()
        if self.is_overview:
            self.viewport().update()
        tell_reader(self)
        self.selection_changed.emit(chosen)

    def _after_picture(self) -> None:
        self.arrivals.take(may_fit=self.gesture is None)
        if self.is_overview or len(self.flow_scene.node_items) <= FEW:
            self.viewport().update()
