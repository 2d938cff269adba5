"""Why a node failed, under its card: the sentence, and the picture of where was looked."""

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImageReader, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from flowdesk.ui.canvas.card import CardShape
from flowdesk.ui.canvas.look import TITLES, Look, mixed

GAP = 8.0
PADDING = 10.0
MOST_LINES = 4
PICTURE_HEIGHT = 100.0


class ReasonItem(QGraphicsItem):
    """Lies under a failed node and goes where it goes."""

    def __init__(self, node: QGraphicsItem, card: CardShape, look: Look, text: str, picture: str | None) -> None:
        """Say why a node failed.

        Args:
            node: The node, which carries it.
            card: The node's card.
            look: How the canvas looks.
            text: The sentence.
            picture: Path of a picture, if there is one.
        """
        super().__init__(node)
        self.look = look
        self.text = text
        self.picture = thumbnail(picture, round(card.width * 2)) if picture else None
        self.setPos(0, card.height + GAP)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        width = card.width
        metrics = self.look.small_metrics
        room = QRectF(0, 0, width - 2 * PADDING, metrics.lineSpacing() * MOST_LINES)
        height = min(metrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), text).height(), room.height())
        self._words = QRectF(PADDING, PADDING - 2, room.width(), height + 1)
        below = PICTURE_HEIGHT + 6 if self.picture is not None else 0.0
        self._box = QRectF(0, 0, width, height + 2 * PADDING - 4 + below)

    def boundingRect(self) -> QRectF:
        """The box."""
        return self._box.adjusted(-2, -2, 2, 2)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw box, sentence and picture, if they can be read at this zoom."""
        look = self.look
        if look.zoom < TITLES:
            return
        theme = look.theme
        painter.setPen(QPen(mixed(theme.error, theme.node, 0.35), 1.0))
        painter.setBrush(mixed(theme.node, theme.error, 0.10 if theme.is_dark else 0.06))
        painter.drawRoundedRect(self._box, 8, 8)
        painter.setFont(look.small_font)
        painter.setPen(theme.error)
        painter.drawText(self._words, int(Qt.TextFlag.TextWordWrap), self.text)
        if self.picture is not None:
            frame = QRectF(PADDING, self._words.bottom() + 6, self._words.width(), PICTURE_HEIGHT)
            size = self.picture.size().scaled(frame.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
            painter.drawPixmap(QRectF(QPointF(frame.x(), frame.y()), size.toSizeF()), self.picture, QRectF())


@lru_cache(maxsize=16)
def thumbnail(path: str, width: int) -> QPixmap | None:
    """Return a small copy of a picture, ``width`` pixels wide at most; ``None`` if it cannot be read."""
    if not Path(path).is_file():
        return None
    reader = QImageReader(path)
    size = reader.size()
    if size.width() > width:
        reader.setScaledSize(QSize(width, max(1, round(size.height() * width / size.width()))))
    image = reader.read()
    return None if image.isNull() else QPixmap.fromImage(image)
