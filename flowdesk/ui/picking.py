"""Taking a target from the screen: a click is a point, a drag is a picture."""

import asyncio
import base64
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QCursor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from flowdesk.i18n import tr
from flowdesk.ui.peer import WindowPeer
from flowdesk.ui.theme import theme, ui_font

SMALLEST = 6
"""Pixels from which a drag is a picture and no longer a click."""
HIDE_SECONDS = 0.35
"""What a desktop takes to redraw what the window covered."""


class PickOverlay(QWidget):
    """Shows a picture of the desktop over the whole screen and lets a person point at it."""

    def __init__(self, picture: QPixmap) -> None:
        """Show ``picture``, which has the pixels of the desktop."""
        super().__init__(
            None,
            Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.WindowStaysOnTopHint
            | Qt.WindowType.BypassWindowManagerHint,
        )
        self.picture = picture
        self.picked: asyncio.Future[QRect | None] = asyncio.get_running_loop().create_future()
        """The rectangle in pixels of the picture; without an area it is a point. ``None`` if given up."""
        self._from: QPoint | None = None
        self._at = QCursor.pos()
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _end(self, rect: QRect | None) -> None:
        if not self.picked.done():
            self.picked.set_result(rect)
        self.close()

    def _box(self) -> QRect:
        return QRect(self._from, self._at).normalized() if self._from is not None else QRect()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc gives up."""
        if event.key() == Qt.Key.Key_Escape:
            self._end(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin; the right button gives up."""
        if event.button() == Qt.MouseButton.RightButton:
            self._end(None)
            return
        self._from = self._at = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        self._at = event.position().toPoint()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take the point or the picture."""
        if self._from is None:
            return
        self._at = event.position().toPoint()
        box = self._box()
        ratio = self.picture.width() / max(1, self.width())
        if box.width() < SMALLEST or box.height() < SMALLEST:
            self._end(QRect(round(self._at.x() * ratio), round(self._at.y() * ratio), 0, 0))
        else:
            self._end(QRect(*(round(value * ratio) for value in (box.x(), box.y(), box.width(), box.height()))))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the desktop, darker outside of what is dragged, with a sentence on what to do."""
        painter = QPainter(self)
        painter.drawPixmap(self.rect(), self.picture)
        shade = QColor(0, 0, 0, 70)
        box = self._box()
        if box.isEmpty():
            painter.fillRect(self.rect(), shade)
        else:
            for part in (
                QRect(0, 0, self.width(), box.top()),
                QRect(0, box.bottom() + 1, self.width(), self.height()),
                QRect(0, box.top(), box.left(), box.height()),
                QRect(box.right() + 1, box.top(), self.width(), box.height()),
            ):
                painter.fillRect(part, shade)
            painter.setPen(QPen(theme().accent, 2))
            painter.drawRect(box)
        self._draw_hint(painter)

    def _draw_hint(self, painter: QPainter) -> None:
        text = tr("Click for a point, drag for a picture, Esc to give up") + f"    {self._at.x()}, {self._at.y()}"
        painter.setFont(ui_font("title", "medium"))
        width = painter.fontMetrics().horizontalAdvance(text) + 32
        place = QRect((self.width() - width) // 2, 20, width, 38)
        if place.adjusted(-40, -40, 40, 40).contains(self._at):
            place.moveTop(self.height() - 60)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().panel)
        painter.drawRoundedRect(place, 8, 8)
        painter.setPen(theme().text)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)


async def pick_from_screen(window: QWidget, peer: WindowPeer, workflow_id: str) -> str | None:
    """Hide the window, let a person point at the desktop, and return a selector; ``None`` if given up.

    A picture is stored beside the flow.

    Raises:
        FlowdeskError: If the desktop cannot be looked at, or the picture not be stored.
    """
    window.hide()
    overlay: PickOverlay | None = None
    try:
        await asyncio.sleep(HIDE_SECONDS)
        shot = await peer.request("desktop.screenshot", {"format": "png"})
        picture = QPixmap()
        picture.loadFromData(base64.b64decode(shot["data"]))
        overlay = PickOverlay(picture)
        overlay.setGeometry(window.screen().virtualGeometry())
        overlay.show()
        overlay.raise_()
        overlay.activateWindow()
        overlay.setFocus()
        rect = await overlay.picked
    finally:
        if overlay is not None:
            overlay.deleteLater()
        window.show()
        window.raise_()
        window.activateWindow()
    if rect is None:
        return None
    if rect.width() == 0:
        return f"{rect.x() + shot['x']},{rect.y() + shot['y']}"
    stored = await peer.request("asset.put", {"name": "target.png", "data": _png(picture.copy(rect))}, workflow_id)
    return f"image={stored['name']}"


def _png(picture: QPixmap) -> str:
    content: Any = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    return base64.b64encode(content.data()).decode()
