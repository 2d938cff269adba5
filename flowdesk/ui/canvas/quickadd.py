"""The quick add: a search over the node types where the person is working."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPen, QRegion, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from flowdesk.model.flow import Node, new_node
from flowdesk.model.naming import fresh_id
from flowdesk.model.nodetype import NodeType
from flowdesk.model.sentence import say
from flowdesk.ui.canvas import editing, placing
from flowdesk.ui.canvas.card import HEIGHT, snapped
from flowdesk.ui.canvas.glyphs import category_path, icon_pixmap
from flowdesk.ui.canvas.look import with_alpha
from flowdesk.ui.canvas.surface import Surface
from flowdesk.ui.plain import PlainLabel
from flowdesk.ui.theme import theme, ui_font
from flowdesk.ui.typesearch import find_types

if TYPE_CHECKING:
    from PySide6.QtCore import QModelIndex, QPersistentModelIndex


WIDTH, ROW, ROWS = 340, 44, 8
TYPE_ROLE = int(Qt.ItemDataRole.UserRole)


@dataclass(frozen=True, slots=True)
class Context:
    """Where a node is to be added."""

    at: QPointF
    """The point of the scene that was asked for."""
    source: str = ""
    handle: str = ""
    edge: str = ""
    """The edge into which it goes."""


class QuickAdd(QFrame):
    """A popup over a canvas. Typing narrows, arrows choose, Enter adds the node and connects it, Esc leaves."""

    def __init__(self, view: Surface) -> None:
        """Serve a canvas: its requests for a quick add open the popup."""
        super().__init__(view, Qt.WindowType.Popup)
        self.view = view
        self._context = Context(QPointF())
        self.search = QLineEdit(self)
        self.list = QListWidget(self)
        self._nothing = PlainLabel(self)
        self._set_up()
        view.quick_add_requested.connect(self.open_at)
        view.insert_requested.connect(self.open_on)
        theme.changed.connect(self._dress)

    def _translate(self, text: str) -> str:
        return str(self.view.flow_scene.look.translate(text))

    def _name_parts(self) -> None:
        self.setAccessibleName(self._translate(say("Add a node")))
        self.search.setPlaceholderText(self._translate(say("Search nodes…")))
        self.search.setAccessibleName(self._translate(say("Search nodes")))
        self.list.setAccessibleName(self._translate(say("Node types")))

    def _set_up(self) -> None:
        self.setFixedWidth(WIDTH)
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self.setWindowFlag(Qt.WindowType.NoDropShadowWindowHint)
        self.setObjectName("quickAdd")
        self.search.setFont(ui_font("title"))
        self.list.setItemDelegate(_TypeDelegate(self._translate, self.list))
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setFixedHeight(ROW)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 8, 8, 8)
        rows.setSpacing(6)
        for widget in (self.search, self._nothing, self.list):
            rows.addWidget(widget)
        self.search.textChanged.connect(self._fill)
        self.search.installEventFilter(self)
        self.list.itemClicked.connect(lambda item: self.take(item.data(TYPE_ROLE)))
        self.list.itemEntered.connect(self.list.setCurrentItem)
        self._dress()

    def open_on(self, at: QPointF, edge: str) -> None:
        """Open beside a point of the scene; the new node will be put into an edge."""
        self.open_at(at)
        self._context = Context(QPointF(at), edge=edge)
        self._fill()

    def open_at(self, at: QPointF, source: str = "", handle: str = "") -> None:
        """Open beside a point of the scene. With a source, the new node will be connected to it."""
        self._context = Context(QPointF(at), source, handle)
        self._name_parts()
        self.search.clear()
        self._fill()
        place = self.view.viewport().mapToGlobal(self.view.mapFromScene(at)) + QPoint(4, 4)
        screen = self.view.screen().availableGeometry()
        full = 2 * 8 + 6 + self.search.sizeHint().height() + ROWS * ROW + 8
        x = max(screen.left(), min(place.x(), screen.right() - WIDTH))
        y = max(screen.top(), min(place.y(), screen.bottom() - full))
        self.move(x, y)
        self.show()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    def take(self, type_name: str) -> None:
        """Add a node of a type, connected to where the wire came from, and select it."""
        self.hide()
        scene = self.view.flow_scene
        node = self._new_node(type_name)
        source = self._context.source if self._context.source in scene.draft.nodes else None
        if self._context.edge in scene.draft.edges:
            changes = placing.add_on_edge(scene.draft, scene.catalogue, node, self._context.edge)
        else:
            changes = editing.add_node(scene.draft, scene.catalogue, node, source, self._context.handle or None)
        label = say("Add {title}", title=self._translate(scene.catalogue[type_name].title))
        self.view.request(changes, label, select=[node.id])
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _new_node(self, type_name: str) -> Node:
        scene, at = self.view.flow_scene, self._context.at
        x, y = snapped(at.x()), snapped(at.y() - (HEIGHT / 2 if self._context.source else 0))
        node = new_node(
            type_name,
            id=fresh_id(type_name, scene.draft, scene.catalogue.functions),
            label=str(self._translate(scene.catalogue[type_name].title)),
            x=x,
            y=y,
        )
        return placing.moved(node, placing.place_of(scene.draft, scene.catalogue, node))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Lead the arrows, Enter and Esc from the search field to the list."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: ROWS, Qt.Key.Key_PageUp: -ROWS}
        steps |= {Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}
        key = Qt.Key(event.key())
        if key in steps and self.list.count():
            row = self.list.currentRow() + steps[key]
            is_single = abs(steps[key]) == 1
            self.list.setCurrentRow(row % self.list.count() if is_single else max(0, min(row, self.list.count() - 1)))
            return True
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if self.list.currentRow() >= 0:
                self.take(self.list.currentItem().data(TYPE_ROLE))
            return True
        if key == Qt.Key.Key_Escape:
            self.hide()
            return True
        return False

    def _fill(self) -> None:
        scene = self.view.flow_scene
        found = find_types(
            scene.catalogue,
            self.search.text(),
            translate=self._translate,
            is_after_node=bool(self._context.source or self._context.edge),
            has_start=any(node.type == "start" for node in scene.draft.nodes.values()),
        )
        self.list.clear()
        for node_type in found.types:
            item = QListWidgetItem(self._translate(node_type.title))
            item.setData(TYPE_ROLE, node_type.id)
            item.setData(TYPE_ROLE + 1, node_type)
            item.setSizeHint(QSize(WIDTH - 16, ROW))
            self.list.addItem(item)
        self.list.setCurrentRow(-1 if found.is_nearest else 0)
        self._nothing.setText(
            self._translate(say("Nothing found. Did you mean:") if found.types else say("Nothing found."))
        )
        self.list.setVisible(bool(found.types))
        self._nothing.setVisible(found.is_nearest)
        self.list.setFixedHeight(min(max(len(found.types), 1), ROWS) * ROW + 2)
        self.adjustSize()

    def _dress(self) -> None:
        colors = theme()
        self.setStyleSheet(
            f"QLineEdit {{ background: {colors.field.name()}; color: {colors.text.name()}; padding: 7px 10px;"
            f" border: 1px solid {colors.line.name()}; border-radius: 7px; }}"
            f"QLineEdit:focus {{ border-color: {colors.accent.name()}; }}"
            "QListWidget { background: transparent; border: none; outline: 0; }"
            "QScrollBar:vertical { background: transparent; width: 8px; margin: 2px 0; }"
            f"QScrollBar::handle:vertical {{ background: {colors.line.name()}; border-radius: 3px; min-height: 30px; }}"
            "QScrollBar::add-line, QScrollBar::sub-line { height: 0; }"
            "QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }"
            f"QLabel {{ color: {colors.text_dim.name()}; }}"
        )
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Be round without a compositor too."""
        super().resizeEvent(event)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()), 11, 11)
        self.setMask(QRegion(outline.toFillPolygon().toPolygon()))

    def paintEvent(self, event: QEvent) -> None:
        """Draw the popup's ground."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().line)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme().line, 1.0))
        painter.setBrush(theme().panel)
        painter.drawRoundedRect(QRect(0, 0, self.width() - 1, self.height() - 1), 11, 11)


class _TypeDelegate(QStyledItemDelegate):
    """Draws a node type: its icon in the shape of its category, title, description."""

    def __init__(self, translate: Callable[[str], str], parent: QObject) -> None:
        super().__init__(parent)
        self._translate = translate

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: "QModelIndex | QPersistentModelIndex"
    ) -> None:
        node_type: NodeType = index.data(TYPE_ROLE + 1)
        colors, box = theme(), option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setBrush(colors.hover)
            painter.drawRoundedRect(box.adjusted(0, 1, 0, -1), 7, 7)
        color = colors.category_color(node_type.category)
        _draw_tile(painter, node_type, color, QPoint(box.left() + 8, box.top() + 8), 28)
        left, room = box.left() + 48, box.width() - 58
        painter.setFont(ui_font("body", "medium"))
        painter.setPen(colors.text)
        painter.drawText(
            QRect(left, box.top() + 4, room, 19), Qt.AlignmentFlag.AlignVCenter, self._translate(node_type.title)
        )
        painter.setFont(ui_font("small"))
        painter.setPen(colors.text_dim)
        line = painter.fontMetrics().elidedText(
            self._translate(node_type.first_line).replace("`", ""), Qt.TextElideMode.ElideRight, room
        )
        painter.drawText(QRect(left, box.top() + 22, room, 16), Qt.AlignmentFlag.AlignVCenter, line)
        painter.restore()


def _draw_tile(painter: QPainter, node_type: NodeType, color: QColor, at: QPoint, side: int) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(with_alpha(color, 0.2 if theme().is_dark else 0.13))
    inset = 2 if node_type.category == "flow" else 0
    painter.drawPath(category_path(node_type.category, at.x() + inset, at.y() + inset, side - 2 * inset))
    pixmap = icon_pixmap(node_type.icon, color.rgba(), 16.0, painter.device().devicePixelRatioF())
    if pixmap is not None:
        painter.drawPixmap(QPointF(at.x() + side / 2 - 8, at.y() + side / 2 - 8), pixmap)
