"""Painting a node's card: body, icon, texts, ports, marks, badge. Painting only."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap, QStaticText, QTransform

from flowdesk.model.run import NodeState
from flowdesk.ui.canvas.card import HEIGHT, CardShape
from flowdesk.ui.canvas.chips import paint_chips
from flowdesk.ui.canvas.glyphs import category_path, icon_pixmap, rounded
from flowdesk.ui.canvas.look import FULL, TEXTS, TITLES, Look, with_alpha
from flowdesk.ui.canvas.node_face import NodeFace

RADIUS = 10.0
TILE = QRectF(12, 12, 36, 36)
TEXT_X = 57.0
LINE_PITCH = 1.2
"""Height of a line of a title alone, in sizes of its font."""
MOST_LINES = 3
BREAKPOINT = 9.0
"""Radius of the sign of a breakpoint, in pixels of the screen."""
STUB = 36.0
"""How far right of a free output the sign lies that adds a node there."""
MARGIN = 12.0
"""Room around the card for badges, ports and the glow, in scene pixels."""
INPUT = "<in>"


@lru_cache(maxsize=256)
def body_path(card: CardShape, grow: float = 0.0) -> QPainterPath:
    """Return the outline of a card; one without an input is round on its left."""
    box = QRectF(-grow, -grow, card.width + 2 * grow, card.height + 2 * grow)
    right = RADIUS + grow
    left = right if card.input_y is not None else min(HEIGHT / 2, card.height / 2) * 0.9 + grow
    return rounded(box, left, right, right, left)


def paint_node(painter: QPainter, item: NodeFace) -> None:
    """Draw a card with as much detail as the zoom allows.

    What many cards share, which is everything but the texts and marks, is drawn once for each zoom and then copied to whole pixels.
    """
    look, zoom = item.look, item.look.zoom
    place = painter.worldTransform()
    x, y = round(place.dx() * look.ratio) / look.ratio, round(place.dy() * look.ratio) / look.ratio
    if item.state is NodeState.RUNNING:
        painter.setWorldTransform(QTransform(zoom, 0, 0, zoom, x, y))
        _paint_glow(painter, item, look)
    painter.setWorldTransform(QTransform.fromTranslate(x, y))
    picture, pad = _chrome(item, look)
    painter.drawPixmap(QPointF(-pad, -pad), picture)
    painter.setWorldTransform(QTransform(zoom, 0, 0, zoom, x, y))
    if item.is_disabled:
        painter.setOpacity(0.45)
    if zoom >= TITLES:
        _paint_texts(painter, item, look)
    painter.setOpacity(1.0)
    if item.chips:
        paint_chips(painter, item.chips, item.card.height, look)
    if item.open_outputs and zoom >= FULL:
        _paint_stubs(painter, item, look)
    if item.hovered_port or item.is_drop_target:
        _paint_ports(painter, item, look)
    if item.problem:
        _paint_problem(painter, item, look)
    if item.marks:
        _paint_marks(painter, item, look)
    if item.has_breakpoint:
        _paint_breakpoint(painter, look)
    if item.state is not None:
        _paint_badge(painter, item, look)


def _chrome(item: NodeFace, look: Look) -> tuple[QPixmap, int]:
    """Return a card without its texts, and the width of the margin around it, in logical pixels of the screen."""
    is_disabled = item.is_disabled
    icon = item.node_type.icon if item.node_type else "circle-help"
    marks = (item.state, item.problem == "error", item.isSelected(), item.is_drop_target, is_disabled)
    key = (item.card, item.category, icon, marks)
    found = look.chrome.get(key)
    if found is None:
        pad = math.ceil(MARGIN * look.zoom) + 1
        wide = math.ceil(item.card.width * look.zoom) + 2 * pad
        high = math.ceil(item.card.height * look.zoom) + 2 * pad
        picture = QPixmap(math.ceil(wide * look.ratio), math.ceil(high * look.ratio))
        picture.setDevicePixelRatio(look.ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.translate(pad, pad)
        painter.scale(look.zoom, look.zoom)
        _paint_body(painter, item, look, is_disabled)
        painter.setOpacity(0.45 if is_disabled else 1.0)
        _paint_tile(painter, item, look)
        painter.setOpacity(1.0)
        if look.zoom >= FULL:
            _paint_ports(painter, item, look)
        painter.end()
        found = look.chrome[key] = (picture, pad)
    return found


def state_color(look: Look, state: NodeState) -> QColor:
    """Return the colour of a state of a run."""
    theme = look.theme
    return {
        NodeState.PENDING: theme.warning,
        NodeState.RUNNING: theme.running,
        NodeState.SUCCESS: theme.success,
        NodeState.ERROR: theme.error,
        NodeState.SKIPPED: theme.skipped,
        NodeState.CANCELLED: theme.skipped,
    }[state]


def _paint_body(painter: QPainter, item: NodeFace, look: Look, is_disabled: bool) -> None:
    theme = look.theme
    path = body_path(item.card)
    if look.zoom >= FULL:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.shadow)
        painter.translate(0, 2.0)
        painter.drawPath(path)
        painter.translate(0, 1.0)
        painter.drawPath(body_path(item.card, 1.0))
        painter.translate(0, -3.0)
    if item.isSelected():
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(with_alpha(theme.node_selected, 0.20))
        painter.drawPath(body_path(item.card, 4.0))
    painter.setBrush(theme.node)
    painter.setPen(_border(item, look, is_disabled))
    painter.drawPath(path)


def _paint_glow(painter: QPainter, item: NodeFace, look: Look) -> None:
    strength = 0.30 + 0.20 * math.sin(look.phase * 2 * math.pi)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(with_alpha(look.theme.running, strength))
    painter.drawPath(body_path(item.card, min(MARGIN - 1, 6.0 / min(look.zoom, 1.0))))


def _border(item: NodeFace, look: Look, is_disabled: bool) -> QPen:
    theme = look.theme
    if item.is_drop_target:
        return QPen(theme.edge_live, 2.5)
    far = 1.0 / min(max(look.zoom, 0.2), 1.0)  # as wide on the screen from afar
    if item.state is NodeState.RUNNING:
        return QPen(theme.running, 3.0 * far)
    if item.state is NodeState.PENDING:
        return QPen(theme.warning, 2.5 * far, Qt.PenStyle.DashLine)
    if item.isSelected():
        return look.selected
    if item.state is NodeState.ERROR or item.problem == "error":
        return QPen(theme.error, 1.6 * far)
    if item.state is NodeState.SUCCESS:
        return QPen(with_alpha(theme.success, 0.75), 1.4 * far)
    return look.dashed if is_disabled else look.border


def _paint_tile(painter: QPainter, item: NodeFace, look: Look) -> None:
    """Draw the icon in the shape of its category; where no title is, as large as the card allows."""
    color = look.theme.category_color(item.category)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.tile(item.category))
    is_alone = look.zoom < TITLES
    tile = QRectF(item.card.width / 2 - 25, item.card.height / 2 - 25, 50, 50) if is_alone else TILE
    side = tile.width() - (4 if item.category == "flow" else 0)
    inset = (tile.width() - side) / 2
    painter.drawPath(category_path(item.category, tile.x() + inset, tile.y() + inset, side))
    name = item.node_type.icon if item.node_type else "circle-help"
    ratio = look.ratio * (1.0 if look.zoom <= 1.0 else 2.0 if look.zoom <= 2.0 else 4.0)
    size = 34.0 if is_alone else 20.0
    pixmap = icon_pixmap(name, color.rgba(), size, ratio)
    if pixmap is not None:
        painter.drawPixmap(tile.center() - QPointF(size / 2, size / 2), pixmap)
    else:
        painter.setBrush(color)
        painter.drawPath(category_path(item.category, tile.center().x() - 7, tile.center().y() - 7, 14.0))


def _paint_texts(painter: QPainter, item: NodeFace, look: Look) -> None:
    room = item.card.width - TEXT_X - 12
    painter.setPen(look.theme.text)
    if look.zoom < TEXTS:
        _paint_title(painter, item, look, room)
        return
    if item.texts is None:
        subtitle = item.summary or (look.translate(item.node_type.title) if item.node_type else item.node.type)
        item.texts = (
            _text(item.node.label, look.title_font, look.title_metrics, room - (16 if item.problem else 0)),
            _text(subtitle, look.small_font, look.small_metrics, room),
        )
    title, summary = item.texts
    painter.setFont(look.title_font)
    gap = 2.0
    top = (HEIGHT - look.title_metrics.height() - look.small_metrics.height() - gap) / 2
    painter.drawStaticText(QPointF(TEXT_X, top), title)
    painter.setPen(look.theme.text_dim)
    painter.setFont(look.small_font)
    painter.drawStaticText(QPointF(TEXT_X, top + look.title_metrics.height() + gap), summary)


def _paint_title(painter: QPainter, item: NodeFace, look: Look, room: float) -> None:
    """Write the title alone, in as many lines as it needs and the card holds, never smaller than can be read."""
    metrics = look.far_metrics
    pitch = min(metrics.height(), look.far_font.pixelSize() * LINE_PITCH)
    most = max(1, int((item.card.height - 2) // pitch))
    lines = broken(item.node.label.replace("\n", " "), metrics, room + 6, min(most, MOST_LINES))
    painter.setFont(look.far_font)
    middle = HEIGHT / 2 if len(lines) * pitch <= HEIGHT else item.card.height / 2
    top = middle - pitch * len(lines) / 2 + (pitch + metrics.capHeight()) / 2
    for row, line in enumerate(lines):
        painter.drawText(QPointF(TEXT_X, top + row * pitch), line)


def broken(text: str, metrics: QFontMetricsF, room: float, most: int) -> list[str]:
    """Return a text in at most ``most`` lines of a width, broken between words where it can be, the rest left out."""
    lines: list[str] = []
    rest = text.strip()
    while len(lines) < most - 1 and metrics.horizontalAdvance(rest) > room:
        at = len(rest)
        while at > 1 and metrics.horizontalAdvance(rest[:at].rstrip()) > room:
            at -= 1
        space = rest.rfind(" ", 0, at + 1)
        at = space if space > 0 else at
        lines.append(rest[:at].rstrip())
        rest = rest[at:].strip()
    return [*lines, metrics.elidedText(rest, Qt.TextElideMode.ElideRight, room)]


def _text(text: str, font: QFont, metrics: QFontMetricsF, room: float) -> QStaticText:
    shown = QStaticText(metrics.elidedText(text.replace("\n", " "), Qt.TextElideMode.ElideRight, room))
    shown.setTextFormat(Qt.TextFormat.PlainText)
    shown.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
    shown.prepare(font=font)
    return shown


def _paint_ports(painter: QPainter, item: NodeFace, look: Look) -> None:
    theme, card = look.theme, item.card
    if card.height > HEIGHT and any(port.has_label for port in card.outputs):
        painter.setPen(look.hairline)
        painter.drawLine(QPointF(12, HEIGHT - 4), QPointF(card.width - 12, HEIGHT - 4))
    painter.setBrush(theme.node)
    if card.input_y is not None:
        is_hot = item.hovered_port == INPUT or item.is_drop_target
        painter.setPen(QPen(theme.edge_live if is_hot else theme.port, 1.6))
        painter.drawEllipse(QPointF(0, card.input_y), 5.5 if is_hot else 4.0, 5.5 if is_hot else 4.0)
    for port in card.outputs:
        is_hot = item.hovered_port == port.handle
        color = theme.edge_live if is_hot else look.side_port if port.is_side else theme.port
        radius = 3.2 if port.is_side else 4.6
        painter.setPen(QPen(color, 1.6))
        painter.setBrush(color if is_hot else theme.node)
        painter.drawEllipse(
            QPointF(card.width, port.y), radius + (1.8 if is_hot else 0), radius + (1.8 if is_hot else 0)
        )
        if port.has_label:
            painter.setFont(look.port_font)
            painter.setPen(theme.text_dim)
            painter.drawText(
                QRectF(12, port.y - 10, card.width - 24, 20),
                int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter),
                look.translate(port.handle),
            )


def _paint_stubs(painter: QPainter, item: NodeFace, look: Look) -> None:
    """Draw a sign right of each output that nothing hangs on: a press adds a node there."""
    for port in item.card.outputs:
        if port.handle not in item.open_outputs:
            continue
        is_hot = item.hovered_port == port.handle
        color = look.theme.accent if is_hot else look.theme.port
        at = QPointF(item.card.width + STUB, port.y)
        painter.setPen(QPen(color, 1.4))
        painter.drawLine(QPointF(item.card.width + 5, port.y), at - QPointF(8, 0))
        painter.setBrush(color if is_hot else look.theme.node)
        painter.drawEllipse(at, 8.0, 8.0)
        painter.setPen(QPen(look.theme.on_accent if is_hot else color, 1.6))
        painter.drawLine(at - QPointF(4, 0), at + QPointF(4, 0))
        painter.drawLine(at - QPointF(0, 4), at + QPointF(0, 4))


def _paint_problem(painter: QPainter, item: NodeFace, look: Look) -> None:
    color = look.theme.error if item.problem == "error" else look.theme.warning
    x, y = item.card.width - 26, 10.0
    pixmap = icon_pixmap("triangle-alert", color.rgba(), 15.0, look.ratio * (2.0 if look.zoom > 1.0 else 1.0))
    if pixmap is not None:
        painter.drawPixmap(QPointF(x, y), pixmap)


def _paint_marks(painter: QPainter, item: NodeFace, look: Look) -> None:
    """Draw the icons of what is on in the node's config, from the lower right corner on."""
    for place, (icon, _) in enumerate(item.marks):
        pixmap = icon_pixmap(icon, look.theme.warning.rgba(), 14.0, look.ratio * (2.0 if look.zoom > 1.0 else 1.0))
        if pixmap is not None:
            painter.drawPixmap(QPointF(item.card.width - 24 - 16 * place, HEIGHT - 20), pixmap)


def _paint_breakpoint(painter: QPainter, look: Look) -> None:
    painter.setPen(QPen(look.theme.canvas, 2.0))
    painter.setBrush(look.theme.error)
    size = min(MARGIN - 1, BREAKPOINT / min(look.zoom, 1.0))
    painter.drawEllipse(QPointF(4, 4), size, size)


def _paint_badge(painter: QPainter, item: NodeFace, look: Look) -> None:
    if item.state is not None:
        paint_state_badge(painter, look, item.state, QPointF(item.card.width - 5, 3))


def paint_state_badge(painter: QPainter, look: Look, state: NodeState, center: QPointF) -> None:
    """Draw the round sign of a state of a run; the painter's place is as before."""
    before = painter.transform()
    _paint_badge_at(painter, look, state, center)
    painter.setTransform(before)


def _paint_badge_at(painter: QPainter, look: Look, state: NodeState, center: QPointF) -> None:
    painter.setPen(QPen(look.theme.canvas, 2.0))
    painter.setBrush(state_color(look, state))
    if look.zoom < 1.0:  # as large on the screen from afar
        grow = min(1.0 / max(look.zoom, 0.25), 2.2)
        painter.translate(center)
        painter.scale(grow, grow)
        painter.translate(-center)
    painter.drawEllipse(center, 9.0, 9.0)
    ink = QPen(look.theme.node if look.theme.is_dark else look.theme.on_accent, 1.8)
    ink.setCapStyle(Qt.PenCapStyle.RoundCap)
    ink.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(ink)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    x, y = center.x(), center.y()
    if state is NodeState.SUCCESS:
        painter.drawPolyline([QPointF(x - 3.8, y + 0.2), QPointF(x - 1.2, y + 3), QPointF(x + 4, y - 2.8)])
    elif state is NodeState.ERROR:
        painter.drawLine(QPointF(x - 3, y - 3), QPointF(x + 3, y + 3))
        painter.drawLine(QPointF(x - 3, y + 3), QPointF(x + 3, y - 3))
    elif state is NodeState.RUNNING:
        start = int(-look.phase * 360 * 16)
        painter.drawArc(QRectF(x - 4.5, y - 4.5, 9, 9), start, 250 * 16)
    elif state is NodeState.PENDING:
        painter.drawLine(QPointF(x, y - 4), QPointF(x, y))
        painter.drawLine(QPointF(x, y), QPointF(x + 3, y + 1.5))
    else:
        painter.drawLine(QPointF(x - 3.5, y), QPointF(x + 3.5, y))
