"""Small pictures of the canvas: tinted Lucide icons, and the shape that each category of node types has."""

from collections.abc import Iterable
from functools import lru_cache

from PySide6.QtCore import QByteArray, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPixmap, QPolygonF
from PySide6.QtSvg import QSvgRenderer

from flowdesk.model.nodetype import NodeType
from flowdesk.resource import has_icon, resource_path

SHAPES = {
    "flow": "diamond",
    "mouse": "circle",
    "keyboard": "square",
    "screen": "hexagon",
    "windows": "tab",
    "data": "drop",
    "files": "leaf",
    "network": "octagon",
    "people": "shield",
    "other": "pill",
}
"""The outline behind the icon: colour alone must not tell categories apart."""


_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"'
    ' stroke-linecap="round" stroke-linejoin="round">{}</svg>'
)
_brought: dict[str, str] = {}
"""Drawings of node types of installed packages by their icons; as many as there are such types."""


def add_drawings(types: Iterable[NodeType]) -> None:
    """From now on know the icons that node types of installed packages bring."""
    _brought.update({declared.icon: _SVG.format(declared.drawing) for declared in types if declared.drawing})


def _source(name: str) -> str | None:
    if has_icon(name):
        return resource_path("icons", "lucide", f"{name}.svg").read_text(encoding="utf-8")
    return _brought.get(name)


@lru_cache(maxsize=512)
def icon_pixmap(name: str, color: int, size: float, ratio: float) -> QPixmap | None:
    """Return a Lucide icon in one colour.

    Args:
        name: File name without its ending.
        color: As ``QColor.rgba()``.
        size: Side in logical pixels.
        ratio: Device pixels for each logical one.

    Returns:
        The picture, or ``None`` if there is no such icon.
    """
    source = _source(name)
    if source is None:
        return None
    tint = QColor.fromRgba(color)
    source = source.replace("currentColor", tint.name())
    renderer = QSvgRenderer(QByteArray(source.encode()))
    side = max(1, round(size * ratio))
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.end()
    pixmap = QPixmap.fromImage(image)
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


@lru_cache(maxsize=64)
def category_path(category: str, x: float, y: float, side: float) -> QPainterPath:
    """Return the outline of a category in a square whose corner is at ``x, y``."""
    box = QRectF(x, y, side, side)
    shape = SHAPES.get(category, "pill")
    path = QPainterPath()
    if shape == "circle":
        path.addEllipse(box)
    elif shape == "square":
        path.addRoundedRect(box, side * 0.2, side * 0.2)
    elif shape == "pill":
        path.addRoundedRect(box.adjusted(0, side * 0.08, 0, -side * 0.08), side * 0.42, side * 0.42)
    elif shape == "tab":
        path.addPath(rounded(box, side * 0.12, side * 0.4, side * 0.12, side * 0.12))
    elif shape == "drop":
        path.addPath(rounded(box, side * 0.5, side * 0.12, side * 0.5, side * 0.5))
    elif shape == "leaf":
        path.addPath(rounded(box, side * 0.12, side * 0.45, side * 0.12, side * 0.45))
    elif shape == "shield":
        path.addPath(rounded(box, side * 0.14, side * 0.14, side * 0.5, side * 0.5))
    else:
        path.addPolygon(_polygon(shape, box))
        path.closeSubpath()
    return path


def rounded(box: QRectF, *radii: float) -> QPainterPath:
    """Return a rectangle with its own radius at each corner: top left, top right, bottom right, bottom left."""
    top_left, top_right, bottom_right, bottom_left = radii
    path = QPainterPath(QPointF(box.left() + top_left, box.top()))
    path.lineTo(box.right() - top_right, box.top())
    path.quadTo(box.topRight(), QPointF(box.right(), box.top() + top_right))
    path.lineTo(box.right(), box.bottom() - bottom_right)
    path.quadTo(box.bottomRight(), QPointF(box.right() - bottom_right, box.bottom()))
    path.lineTo(box.left() + bottom_left, box.bottom())
    path.quadTo(box.bottomLeft(), QPointF(box.left(), box.bottom() - bottom_left))
    path.lineTo(box.left(), box.top() + top_left)
    path.quadTo(box.topLeft(), QPointF(box.left() + top_left, box.top()))
    return path


_POLYGONS = {
    "diamond": ((0.5, -0.06), (1.06, 0.5), (0.5, 1.06), (-0.06, 0.5)),
    "hexagon": ((0.27, 0.02), (0.73, 0.02), (1.02, 0.5), (0.73, 0.98), (0.27, 0.98), (-0.02, 0.5)),
    "octagon": (
        (0.3, 0.0), (0.7, 0.0), (1.0, 0.3), (1.0, 0.7), (0.7, 1.0), (0.3, 1.0), (0.0, 0.7), (0.0, 0.3),
    ),
}  # fmt: skip


def _polygon(shape: str, box: QRectF) -> QPolygonF:
    side = box.width()
    return QPolygonF([QPointF(box.x() + x * side, box.y() + y * side) for x, y in _POLYGONS[shape]])
