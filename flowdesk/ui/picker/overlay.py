"""The overlay of the picker: a picture of the desktop on which a person points, drags and walks."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QCursor,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QWidget

from flowdesk.aio import spawn
from flowdesk.i18n import tr
from flowdesk.ui.picker.look import Outlined, draw_outline, place_beside
from flowdesk.ui.theme import theme, ui_font

SMALLEST = 6
"""Logical pixels from which a drag is a picture and no longer a click."""
REST_MS = 40
"""How long the pointer rests before what is under it is looked up."""
MAGNIFIED = 9
"""Pixels across that the magnifier shows, each ten times as large."""

Inspect = Callable[[int, int], Awaitable[Sequence[Outlined]]]


@dataclass(frozen=True, slots=True)
class Pick:
    """What a person pointed at, in physical pixels of the desktop."""

    kind: Literal["point", "box", "later"]
    """``later``: the person first wants to open a menu."""
    x: int = 0
    y: int = 0
    width: int = 0
    height: int = 0
    level: int | None = None
    """How many elements outwards from the innermost one; ``None`` where nobody chose."""


def is_wayland() -> bool:
    """Whether Qt shows windows on Wayland, which opens no popup out of nothing and lets no window cover several monitors."""
    return QGuiApplication.platformName().startswith("wayland")


def _flags() -> Qt.WindowType:
    if is_wayland():
        return Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint
    return Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint | Qt.WindowType.BypassWindowManagerHint


class PickOverlay(QWidget):
    """Covers the desktop with its own picture, so that nothing moves while a person points at it."""

    def __init__(self, picture: QPixmap, inspect: Inspect, origin: tuple[int, int] = (0, 0)) -> None:
        """Show ``picture``, whose top left pixel is the pixel ``origin`` of the desktop.

        Args:
            picture: The desktop, pixel for pixel.
            inspect: Returns the elements at a pixel of the desktop, innermost first.
            origin: Where the picture begins.
        """
        super().__init__(None, _flags())
        self.picture = picture
        self.picked: asyncio.Future[Pick | None] = asyncio.get_running_loop().create_future()
        """``None`` if given up."""
        self.path: Sequence[Outlined] = ()
        self.level = 0
        self._walked = False
        self._inspect = inspect
        self._origin = origin
        self._from: QPoint | None = None
        self._at = QCursor.pos()
        self._asked: tuple[int, int] | None = None
        self._is_asking = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._ask)
        self.setAccessibleName(tr("Select the target"))
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def appear(self, place: QRect) -> None:
        """Cover a part of the desktop, in logical pixels, and take mouse and keyboard."""
        self.setGeometry(place)
        self.showFullScreen() if is_wayland() else self.show()
        self.raise_()
        self.activateWindow()
        self.setFocus()
        self._at = self.mapFromGlobal(QCursor.pos())
        self._rest.start()

    @property
    def outlined(self) -> Outlined | None:
        """The element that is outlined."""
        return self.path[min(self.level, len(self.path) - 1)] if self.path else None

    # what is under the pointer

    def _ask(self) -> None:
        if not self._is_asking and not self.picked.done():
            self._is_asking = True
            spawn(self._look_up(), "look up what is under the pointer")

    async def _look_up(self) -> None:
        try:
            while not self.picked.done() and self._asked != (wanted := self._pixel(self._at)):
                self._asked = wanted
                path = await self._inspect(*wanted)
                if self.picked.done():
                    return
                if list(path) != list(self.path):
                    same = bool(path and self.path and path[0] == self.path[0])
                    self.path, self.level = path, self.level if same else 0
                    self._walked = self._walked and same
                    self.update()
        finally:
            self._is_asking = False

    # what a person does

    def _end(self, pick: Pick | None) -> None:
        if not self.picked.done():
            self.picked.set_result(pick)
        self.close()

    def closeEvent(self, event: object) -> None:
        """Nobody waits for a closed overlay."""
        if not self.picked.done():
            self.picked.set_result(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves, arrows walk, Enter takes, F2 waits for a menu to be opened."""
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self._end(None)
        elif key in {Qt.Key.Key_Up, Qt.Key.Key_Left}:
            self._walk(1)
        elif key in {Qt.Key.Key_Down, Qt.Key.Key_Right}:
            self._walk(-1)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._take_point()
        elif key in {Qt.Key.Key_F2, Qt.Key.Key_Space}:
            self._end(Pick("later"))

    def _walk(self, step: int) -> None:
        if self.path:
            self._walked = True
            self.level = min(max(0, self.level + step), len(self.path) - 1)
            self.update()

    def _take_point(self) -> None:
        x, y = self._pixel(self._at)
        self._end(Pick("point", x, y, level=self.level if self._walked else None))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin; the right button gives up."""
        if event.button() == Qt.MouseButton.RightButton:
            self._end(None)
        elif event.button() == Qt.MouseButton.LeftButton:
            self._from = self._at = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        self._at = event.position().toPoint()
        if self._from is None and not self._rest.isActive():
            self._rest.start()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take the element, the point or the picture."""
        if self._from is None or event.button() != Qt.MouseButton.LeftButton:
            return
        self._at = event.position().toPoint()
        box = self._dragged()
        if box.isEmpty():
            self._from = None
            self._take_point()
            return
        x, y = self._pixel(box.topLeft())
        ratio = self._ratio()
        self._end(Pick("box", x, y, max(1, round(box.width() * ratio)), max(1, round(box.height() * ratio))))

    def _dragged(self) -> QRect:
        """Return what is being dragged, empty where it is too small to be meant."""
        if self._from is None:
            return QRect()
        box = QRect(self._from, self._at).normalized()
        return box if box.width() >= SMALLEST and box.height() >= SMALLEST else QRect()

    # pixels

    def _ratio(self) -> float:
        return self.picture.width() / max(1, self.width())

    def _pixel(self, at: QPoint) -> tuple[int, int]:
        ratio = self._ratio()
        return self._origin[0] + round(at.x() * ratio), self._origin[1] + round(at.y() * ratio)

    def _rect(self, box: tuple[int, int, int, int]) -> QRect:
        ratio = self._ratio()
        x, y, width, height = box
        return QRect(
            round((x - self._origin[0]) / ratio),
            round((y - self._origin[1]) / ratio),
            max(1, round(width / ratio)),
            max(1, round(height / ratio)),
        )

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the desktop, what is outlined or dragged on it, and a sentence on what to do."""
        painter = QPainter(self)
        painter.drawPixmap(self.rect(), self.picture)
        dragged = self._dragged()
        if not dragged.isEmpty():
            self._shade_around(painter, dragged)
            x, y, width, height = *self._pixel(dragged.topLeft()), dragged.width(), dragged.height()
            ratio = self._ratio()
            text = f"{x}, {y}   {round(width * ratio)} × {round(height * ratio)}"
            draw_outline(painter, dragged, text, self.size())
        elif self.outlined is not None:
            draw_outline(painter, self._rect(self.outlined.box), self.outlined.label, self.size())
        if self._from is not None:
            self._draw_magnifier(painter)
        self._draw_hint(painter)

    def _shade_around(self, painter: QPainter, box: QRect) -> None:
        shade = QColor(0, 0, 0, 90)
        for part in (
            QRect(0, 0, self.width(), box.top()),
            QRect(0, box.bottom() + 1, self.width(), self.height()),
            QRect(0, box.top(), box.left(), box.height()),
            QRect(box.right() + 1, box.top(), self.width(), box.height()),
        ):
            painter.fillRect(part, shade)

    def _draw_magnifier(self, painter: QPainter) -> None:
        ratio, half = self._ratio(), MAGNIFIED // 2
        x, y = round(self._at.x() * ratio), round(self._at.y() * ratio)
        side = MAGNIFIED * 10
        place = QRect(place_beside(self._at, QSize(side, side), self.size()), QSize(side, side))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawPixmap(place, self.picture, QRect(x - half, y - half, MAGNIFIED, MAGNIFIED))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme().accent, 1))
        painter.drawRect(place)
        painter.drawRect(QRect(place.left() + half * 10, place.top() + half * 10, 10, 10))

    def _draw_hint(self, painter: QPainter) -> None:
        lines = (
            tr("Click to select the outlined element. Drag to capture an image."),
            tr("Up and Down: parent and child · Enter: select · F2: open a menu first · Esc: cancel"),
        )
        fonts = ui_font("title", "medium"), ui_font("small")
        width = max(QFontMetrics(font).horizontalAdvance(line) for font, line in zip(fonts, lines, strict=True)) + 40
        place = QRect((self.width() - width) // 2, 20, width, 58)
        if place.adjusted(-40, -40, 40, 40).contains(self._at):
            place.moveTop(self.height() - 84)
        painter.setPen(QPen(theme().line, 1))
        painter.setBrush(theme().panel)
        painter.drawRoundedRect(place, 10, 10)
        for font, line, color, top in zip(fonts, lines, (theme().text, theme().text_dim), (8, 31), strict=True):
            painter.setFont(font)
            painter.setPen(color)
            painter.drawText(
                QRect(place.left(), place.top() + top, place.width(), 20), Qt.AlignmentFlag.AlignCenter, line
            )
