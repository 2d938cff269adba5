"""The picture that shows why a node failed, in which a box can be drawn that becomes the node's target."""

from PySide6.QtCore import QBuffer, QIODevice, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from flowdesk.i18n import tr
from flowdesk.ui.icons import icon
from flowdesk.ui.plain import PlainLabel
from flowdesk.ui.theme import theme

SHARE = 0.8
"""Of the screen, that the picture may take."""
LEAST = 6
"""The smallest side of a box that makes a target, in pixels of the picture."""


class MarkedPicture(QWidget):
    """Shows a picture as large as there is room, and a box that is drawn in it."""

    marked = Signal()
    """A box was drawn."""

    def __init__(self, picture: QPixmap, room: QSize, parent: QWidget | None = None) -> None:
        """Show a picture."""
        super().__init__(parent)
        self.picture = picture
        self.box = QRect()
        """What is drawn, in pixels of the picture."""
        self._from: QPoint | None = None
        size = picture.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio).boundedTo(picture.size())
        self.setFixedSize(size.expandedTo(QSize(1, 1)))
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(tr("Screen at the failure"))

    @property
    def is_enough(self) -> bool:
        """Whether the box makes a target."""
        return self.box.width() >= LEAST and self.box.height() >= LEAST

    def cut(self) -> bytes:
        """Return what is in the box as PNG."""
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        self.picture.copy(self.box).save(buffer, "PNG")
        return bytes(buffer.data().data())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a box."""
        self._from, self.box = event.position().toPoint(), QRect()
        self._draw(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw it."""
        self._draw(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End it."""
        self._draw(event)
        self._from = None
        self.marked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture and the box."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(self.rect(), self.picture)
        if not self.box.isEmpty():
            scale = self.width() / self.picture.width()
            painter.setPen(QPen(theme().accent, 2))
            shown = [round(side * scale) for side in (self.box.x(), self.box.y(), self.box.width(), self.box.height())]
            painter.drawRect(QRect(*shown))

    def _draw(self, event: QMouseEvent) -> None:
        if self._from is None:
            return
        scale = self.picture.width() / self.width()
        drawn = QRect(self._from, event.position().toPoint()).normalized().intersected(self.rect())
        sides = [round(side * scale) for side in (drawn.x(), drawn.y(), drawn.width(), drawn.height())]
        self.box = QRect(*sides).intersected(self.picture.rect())
        self.update()


class FailureDialog(QDialog):
    """Shows why a node failed; *Make this my target* takes what was drawn around."""

    taken = Signal(bytes)
    """The box as PNG."""

    def __init__(self, picture: QPixmap, *, makes_target: bool, parent: QWidget | None = None) -> None:
        """Show a picture."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("failurePicture")
        self.setWindowTitle(tr("Screen at the failure"))
        self.picture = MarkedPicture(picture, self.screen().availableGeometry().size() * SHARE, self)
        self.take_button = QPushButton(icon("crosshair"), tr("Make this my target"), self)
        self.take_button.setVisible(makes_target)
        self.take_button.setEnabled(False)
        hint = PlainLabel(tr("Drag a box around what the node is to find.") if makes_target else "", self)
        hint.setObjectName("dim")
        self.picture.marked.connect(lambda: self.take_button.setEnabled(self.picture.is_enough))
        self.take_button.clicked.connect(self._take)
        foot = QHBoxLayout()
        foot.addWidget(hint, 1)
        foot.addWidget(self.take_button)
        rows = QVBoxLayout(self)
        rows.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignCenter)
        rows.addLayout(foot)

    def _take(self) -> None:
        self.taken.emit(self.picture.cut())
        self.accept()
