"""The minimap: the whole flow in a corner, what is seen of it, and where the run is."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QTransform
from PySide6.QtWidgets import QWidget

from flowdesk.model.run import NodeState
from flowdesk.ui.canvas.look import mixed, with_alpha
from flowdesk.ui.canvas.node_painter import state_color
from flowdesk.ui.canvas.surface import Surface
from flowdesk.ui.theme import theme

SIZE = QSize(190, 124)
GAP = 14
PAUSE, STATES_PAUSE = 60, 250
"""Milliseconds for which redraws of nodes and of states are gathered."""


class Minimap(QWidget):
    """A small picture of the flow; a press or a drag on it looks there. The nodes are kept as a pixmap."""

    def __init__(self, view: Surface) -> None:
        """Lie over a view's corner."""
        super().__init__(view)
        self.view = view
        self.setFixedSize(SIZE)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(view.flow_scene.look.translate("Minimap"))
        self._picture: QPixmap | None = None
        self._to_map = QTransform()
        self._world = QRectF()
        self.is_wanted = True
        self.hide()
        self._redraw = QTimer(self)
        self._redraw.setSingleShot(True)
        self._redraw.setInterval(PAUSE)
        self._redraw.timeout.connect(self._renew)
        self._states = QTimer(self)
        self._states.setSingleShot(True)
        self._states.setInterval(STATES_PAUSE)
        self._states.timeout.connect(self.update)
        view.flow_scene.picture_changed.connect(self._schedule)
        view.flow_scene.states_changed.connect(self._schedule_states)
        view.moved.connect(self._show_if_useful)
        theme.changed.connect(self._schedule)

    def place(self) -> None:
        """Go to the view's lower right corner."""
        room = self.view.rect()
        self.move(room.width() - self.width() - GAP, room.height() - self.height() - GAP)

    def set_wanted(self, is_wanted: bool) -> None:
        """Show it whenever a part of the flow is out of sight, or never."""
        self.is_wanted = is_wanted
        self._show_if_useful()

    def _show_if_useful(self) -> None:
        cards = self._world
        is_useful = self.is_wanted and not cards.isEmpty() and not self.view.visible_rect().contains(cards)
        if is_useful != self.isVisibleTo(self.view):
            self._picture = None
            self.setVisible(is_useful)
        self.update()

    def _schedule(self) -> None:
        if not self._redraw.isActive():
            self._redraw.start()

    def _schedule_states(self) -> None:
        if not self._states.isActive() and self.isVisible():
            self._states.start()

    def _renew(self) -> None:
        self._picture = None
        self._world = self.view.overview.cards()[0]
        for frame in self.view.flow_scene.frames.items.values():
            self._world |= frame.card_rect()
        self._show_if_useful()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the frame, the nodes, and what is seen."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = theme()
        painter.setPen(QPen(colors.line, 1.0))
        painter.setBrush(with_alpha(colors.panel, 0.94))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
        if self._picture is None:
            self._picture = self._draw_nodes()
        painter.drawPixmap(0, 0, self._picture)
        self._draw_states(painter)
        seen = self._to_map.mapRect(self.view.visible_rect()).intersected(QRectF(self.rect()).adjusted(4, 4, -4, -4))
        painter.setPen(QPen(colors.accent, 1.4))
        painter.setBrush(with_alpha(colors.accent, 0.10))
        painter.drawRoundedRect(seen, 4, 4)

    def _draw_nodes(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        scene = self.view.flow_scene
        world = self._world
        if world.isEmpty():
            self._to_map = QTransform.fromTranslate(self.width() / 2, self.height() / 2).scale(0.02, 0.02)
            return picture
        scale = min((self.width() - 24) / world.width(), (self.height() - 24) / world.height(), 0.16)
        middle = world.center()
        self._to_map = QTransform.fromTranslate(self.width() / 2, self.height() / 2)
        self._to_map.scale(scale, scale).translate(-middle.x(), -middle.y())
        painter = QPainter(picture)
        painter.setTransform(self._to_map)
        painter.setPen(Qt.PenStyle.NoPen)
        for frame in scene.frames.items.values():
            painter.setBrush(with_alpha(scene.look.swatch(frame.frame.color), 0.25))
            painter.drawRect(frame.card_rect())
        for category, rects in self.view.overview.cards()[1].items():
            painter.setBrush(mixed(theme().panel, theme().category_color(category), 0.55))
            painter.drawRects(rects)
        painter.end()
        return picture

    def _draw_states(self, painter: QPainter) -> None:
        scene = self.view.flow_scene
        groups: dict[NodeState, list[QRectF]] = {}
        for node_id in scene.states:
            item = scene.node_items[node_id]
            if node_id in scene.frames.hidden:
                continue
            if item.state is not None:
                groups.setdefault(item.state, []).append(item.card_rect())
        painter.save()
        painter.setTransform(self._to_map, combine=True)
        painter.setPen(Qt.PenStyle.NoPen)
        for state, rects in groups.items():
            painter.setBrush(state_color(scene.look, state))
            painter.drawRects(rects)
        painter.restore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Look there."""
        self._look_at(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the drag."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._look_at(event.position())

    def _look_at(self, place: QPointF) -> None:
        back, can = self._to_map.inverted()
        if can:
            self.view.centerOn(back.map(place))
            self.view.moved.emit()
