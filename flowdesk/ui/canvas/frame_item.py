"""The pictures of groups and notes."""

from collections.abc import Sequence
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from flowdesk.model.groups import Frame, Group, Note
from flowdesk.model.run import NodeState
from flowdesk.model.sentence import say
from flowdesk.ui.canvas.card import GROUP_SIDE, GROUP_TOP
from flowdesk.ui.canvas.glyphs import icon_pixmap
from flowdesk.ui.canvas.look import FULL, SWATCHES, TEXTS, TITLES, Look, mixed, with_alpha
from flowdesk.ui.canvas.node_painter import paint_state_badge, state_color

HEADER = 32.0
"""Height of a group's title, in scene pixels."""
PADDING = 20.0
CLOSED_WIDTH, CLOSED_HEIGHT = 200.0, 60.0
"""Size of a collapsed group."""
SMALLEST = (100.0, 60.0)
GRIP = 7.0
"""How far from its border a press still resizes a frame, in scene pixels."""
MARGIN = 12.0
TOGGLE = QRectF(6, 4, 24, 24)
"""Where a press collapses or expands a group, from its corner."""
RADIUS = 12.0


class FrameItem(QGraphicsItem):
    """A group or a note: a rectangle that can be selected, moved, resized and coloured."""

    def __init__(self, frame: Frame, look: Look) -> None:
        """Draw a frame at its place."""
        super().__init__()
        self.frame = frame
        self.look = look
        self.box = QRectF()
        self.is_drop_target = False
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)
        self.show_frame(frame, self.own_box(frame))

    def own_box(self, frame: Frame) -> QRectF:
        """Return the rectangle that the file gives it, in the scene."""
        return QRectF(frame.x, frame.y, max(frame.width, SMALLEST[0]), max(frame.height, SMALLEST[1]))

    def show_frame(self, frame: Frame, box: QRectF) -> None:
        """Show another version of it in a rectangle of the scene."""
        self.frame = frame
        self.show_box(box)

    def show_box(self, box: QRectF) -> None:
        """Draw it in a rectangle of the scene."""
        self.prepareGeometryChange()
        self.box = QRectF(0, 0, box.width(), box.height())
        self.setPos(box.topLeft())
        self.update()

    def boundingRect(self) -> QRectF:
        """The rectangle and what is drawn around it."""
        return self.box.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)

    def shape(self) -> QPainterPath:
        """What a box that selects must touch."""
        path = QPainterPath()
        path.addRect(self.box)
        return path

    def card_rect(self) -> QRectF:
        """The rectangle in the scene."""
        return self.box.translated(self.pos())

    def set_drop_target(self, is_target: bool) -> None:
        """Highlight it as what nodes would be dropped into."""
        if is_target != self.is_drop_target:
            self.is_drop_target = is_target
            self.update()

    def zone_at(self, point: QPointF) -> str:
        """Return what a press at a point of the scene means: ``move``, ``toggle``, sides such as ``left top``, or nothing."""
        local = point - self.pos()
        if not self.box.adjusted(-3, -3, 3, 3).contains(local):
            return ""
        sides = [
            name
            for name, distance in (
                ("left", local.x()),
                ("right", self.box.width() - local.x()),
                ("top", local.y()),
                ("bottom", self.box.height() - local.y()),
            )
            if distance <= GRIP
        ]
        return " ".join(sides) if sides else self.inner_zone(local)

    def inner_zone(self, local: QPointF) -> str:
        """Return what a press inside means."""
        return "move"

    @property
    def label(self) -> str:
        """What people call it."""
        raise NotImplementedError

    def spoken(self) -> str:
        """What a screen reader says."""
        raise NotImplementedError

    def _pen(self, color_share: float) -> QPen:
        theme = self.look.theme
        if self.isSelected():
            return QPen(theme.node_selected, 2.0)
        if self.is_drop_target:
            return QPen(theme.edge_live, 2.5)
        return QPen(mixed(theme.line, self.look.swatch(self.frame.color), color_share), 1.2)


class GroupItem(FrameItem):
    """A group: a frame with a title around its nodes, or collapsed a card in their place."""

    def __init__(self, group: Group, look: Look) -> None:
        """Draw a group."""
        self.shown = group
        self.states: Sequence[NodeState] = ()
        """States of its nodes in the run, as far as they have one."""
        super().__init__(group, look)

    def own_box(self, frame: Frame) -> QRectF:
        """The closed card where it is collapsed."""
        if self.shown.collapsed:
            return QRectF(frame.x + GROUP_SIDE, frame.y + GROUP_TOP, CLOSED_WIDTH, CLOSED_HEIGHT)
        return super().own_box(frame)

    def show_group(self, group: Group, members: QRectF) -> None:
        """Show another version; it is never smaller than the rectangle around its nodes asks for."""
        self.shown = group
        own = self.own_box(group)
        if not group.collapsed and not members.isEmpty():
            own = own.united(members.adjusted(-PADDING, -PADDING - HEADER + 12, PADDING, PADDING))
        self.setZValue(1.05 if group.collapsed else -1.0)
        self.show_frame(group, own)

    @property
    def category(self) -> str:
        """Stands for its colour in small pictures."""
        return SWATCHES.get(self.shown.color, "other")

    @property
    def label(self) -> str:
        """Its title, or what stands for one."""
        return self.shown.title or self.look.translate(say("Group"))

    def input_point(self) -> QPointF:
        """Where edges enter while it is collapsed, in the scene."""
        return self.pos() + QPointF(0, CLOSED_HEIGHT / 2)

    def output_point(self) -> QPointF:
        """Where edges leave while it is collapsed, in the scene."""
        return self.pos() + QPointF(CLOSED_WIDTH, CLOSED_HEIGHT / 2)

    def zone_at(self, point: QPointF) -> str:
        """A collapsed group has no sides."""
        if not self.shown.collapsed:
            return super().zone_at(point)
        local = point - self.pos()
        return self.inner_zone(local) if self.box.contains(local) else ""

    def inner_zone(self, local: QPointF) -> str:
        """The title moves it, its arrow collapses it; between its nodes lies the canvas."""
        if TOGGLE.translated(0, (CLOSED_HEIGHT - HEADER) / 2 if self.shown.collapsed else 0).contains(local):
            return "toggle"
        return "move" if self.shown.collapsed or local.y() <= HEADER else ""

    def state(self) -> NodeState | None:
        """How the run stands of what a collapsed group hides: what needs looking at first."""
        for state in (NodeState.RUNNING, NodeState.ERROR, NodeState.PENDING, NodeState.SUCCESS):
            if state in self.states:
                return state
        return self.states[0] if self.states else None

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw it under its nodes, or in their place."""
        color = self.look.swatch(self.shown.color)
        theme = self.look.theme
        if self.shown.collapsed:
            self._paint_closed(painter)
            return
        painter.setPen(self._pen(0.55))
        painter.setBrush(with_alpha(color, 0.10 if theme.is_dark else 0.07))
        painter.drawRoundedRect(self.box, RADIUS, RADIUS)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(with_alpha(color, 0.22 if theme.is_dark else 0.14))
        painter.drawPath(_header(self.box.width()))
        if self.look.zoom >= 0.3:
            self._paint_title(painter, 0.0, HEADER, "chevron-down", "")

    def _paint_closed(self, painter: QPainter) -> None:
        theme, color = self.look.theme, self.look.swatch(self.shown.color)
        state = self.state()
        ground = mixed(theme.node, color, 0.16 if theme.is_dark else 0.10)
        for step in (2, 1):
            painter.setPen(QPen(mixed(theme.line, color, 0.4), 1.0))
            painter.setBrush(mixed(theme.canvas, ground, 0.75))
            painter.drawRoundedRect(self.box.adjusted(6 * step, 4 * step, -6 * step, 4 * step), RADIUS, RADIUS)
        pen = self._pen(0.6)
        if state in {NodeState.RUNNING, NodeState.ERROR} and not self.isSelected():
            pen = QPen(state_color(self.look, state), 2.0) if state else pen
        painter.setPen(pen)
        painter.setBrush(ground)
        painter.drawRoundedRect(self.box, RADIUS, RADIUS)
        if self.look.zoom >= 0.3:
            count = say("{count} nodes", count=len(self.shown.nodes))
            self._paint_title(painter, 0.0, CLOSED_HEIGHT, "chevron-right", self.look.translate(count))
        if self.look.zoom >= FULL:
            painter.setPen(QPen(theme.port, 1.6))
            painter.setBrush(theme.node)
            painter.drawEllipse(QPointF(0, CLOSED_HEIGHT / 2), 4.0, 4.0)
            painter.drawEllipse(QPointF(CLOSED_WIDTH, CLOSED_HEIGHT / 2), 4.6, 4.6)
        if state is not None:
            paint_state_badge(painter, self.look, state, QPointF(self.box.width() - 5, 3))

    def _paint_title(self, painter: QPainter, top: float, height: float, arrow: str, below: str) -> None:
        theme, look = self.look.theme, self.look
        ink = mixed(theme.text, look.swatch(self.shown.color), 0.35)
        pixmap = icon_pixmap(arrow, ink.rgba(), 16.0, look.ratio * (2.0 if look.zoom > 1.0 else 1.0))
        if pixmap is not None:
            painter.drawPixmap(QPointF(10, top + height / 2 - 8), pixmap)
        painter.setPen(ink)
        is_far = look.zoom < TEXTS and not below
        painter.setFont(look.far_font if is_far else look.title_font)
        room = QRectF(32, top, self.box.width() - 44, height - (16 if below else 0))
        text = (look.far_metrics if is_far else look.title_metrics).elidedText(
            self.label, Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), text)
        if below:
            painter.setPen(theme.text_dim)
            painter.setFont(look.small_font)
            painter.drawText(QRectF(32, top + height / 2, room.width(), 20), int(Qt.AlignmentFlag.AlignVCenter), below)

    def spoken(self) -> str:
        """Title, what it is, and how many nodes it holds."""
        say_it = self.look.translate
        state = self.state()
        parts = [self.label, say_it(say("Group")), say_it(say("{count} nodes", count=len(self.shown.nodes)))]
        parts.append(say_it(say("collapsed")) if self.shown.collapsed else "")
        parts.append(say_it(state.value) if state is not None and self.shown.collapsed else "")
        return ", ".join(part for part in parts if part)


class NoteItem(FrameItem):
    """A note: a text on coloured paper, under the nodes."""

    def __init__(self, note: Note, look: Look) -> None:
        """Draw a note."""
        self.note = note
        super().__init__(note, look)
        self.setZValue(-0.5)

    @property
    def label(self) -> str:
        """Its first line."""
        return self.note.text.split("\n", 1)[0]

    def show_note(self, note: Note) -> None:
        """Show another version."""
        self.note = note
        self.show_frame(note, self.own_box(note))

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw paper and text."""
        theme = self.look.theme
        painter.setPen(self._pen(0.45))
        painter.setBrush(self.look.paper(self.note.color))
        painter.drawRoundedRect(self.box, 8, 8)
        if self.look.zoom < TITLES:
            return
        painter.setFont(self.look.note_font)
        text, ink = self.note.text, theme.text
        if not text:
            text, ink = self.look.translate(say("Double-click to edit")), theme.text_dim
        painter.setPen(ink)
        painter.save()
        painter.setClipRect(self.box.adjusted(4, 4, -4, -4), Qt.ClipOperation.IntersectClip)
        painter.drawText(text_box(self.box), int(Qt.TextFlag.TextWordWrap), text)
        painter.restore()

    def spoken(self) -> str:
        """The text and what it is."""
        return f"{self.note.text}, {self.look.translate(say('Note'))}".strip(", ")


def text_box(box: QRectF) -> QRectF:
    """Return where the text of a note stands in its rectangle."""
    return box.adjusted(12, 10, -12, -10)


@lru_cache(maxsize=128)
def _header(width: float) -> QPainterPath:
    path = QPainterPath()
    path.moveTo(0.6, HEADER)
    path.lineTo(0.6, RADIUS)
    path.quadTo(0.6, 0.6, RADIUS, 0.6)
    path.lineTo(width - RADIUS, 0.6)
    path.quadTo(width - 0.6, 0.6, width - 0.6, RADIUS)
    path.lineTo(width - 0.6, HEADER)
    path.closeSubpath()
    return path
