"""How the picker shows an element: an outline and a label that says what it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen

from flowdesk.i18n import tr
from flowdesk.ui.theme import theme, ui_font

LABEL_HEIGHT = 24
LONGEST = 48
"""Characters of an element's name in its label."""

ROLES = {
    "alert": "Alert",
    "application": "Application",
    "button": "Button",
    "check_box": "Check box",
    "combo_box": "Combo box",
    "column_header": "Column header",
    "dialog": "Dialog",
    "group": "Group",
    "heading": "Heading",
    "image": "Image",
    "link": "Link",
    "list": "List",
    "list_item": "List item",
    "menu": "Menu",
    "menu_bar": "Menu bar",
    "menu_item": "Menu item",
    "progress_bar": "Progress bar",
    "radio_button": "Radio button",
    "scroll_area": "Scroll area",
    "scroll_bar": "Scroll bar",
    "separator": "Separator",
    "slider": "Slider",
    "spin_button": "Spin button",
    "split_group": "Split group",
    "static_text": "Static text",
    "status": "Status bar",
    "switch": "Switch",
    "tab": "Tab",
    "tab_group": "Tab group",
    "table": "Table",
    "table_cell": "Table cell",
    "table_row": "Table row",
    "text_area": "Text area",
    "text_field": "Text field",
    "toolbar": "Toolbar",
    "tree": "Tree",
    "tree_item": "Tree item",
    "web_area": "Web area",
    "window": "Window",
}
"""What people call the roles of elements."""


@dataclass(frozen=True, slots=True)
class Outlined:
    """An element of the desktop under the pointer, as ``target.inspect`` tells of it."""

    role: str
    name: str
    box: tuple[int, int, int, int]
    """In physical pixels of the desktop."""
    app: str = ""

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> "Outlined":
        """Read one entry of the path."""
        x, y, width, height = values["box"]
        return cls(
            str(values.get("role") or ""), str(values.get("name") or ""), (x, y, width, height), values.get("app") or ""
        )

    @property
    def label(self) -> str:
        """What it is, in the language in force."""
        role = tr(ROLES.get(self.role, "Element"))
        name = self.name if len(self.name) <= LONGEST else self.name[: LONGEST - 1] + "…"
        return f"{role}  “{name}”" if name else role


def label_rect(box: QRect, size: QSize, width: int) -> QRect:
    """Return where the label of a box goes inside a surface of ``size``: above it, else below, else inside."""
    left = min(max(0, box.left() - 1), max(0, size.width() - width))
    top = box.top() - LABEL_HEIGHT - 3
    if top < 0:
        top = box.bottom() + 4
    if top + LABEL_HEIGHT > size.height():
        top = max(0, box.top() + 3)
    return QRect(left, top, width, LABEL_HEIGHT)


def draw_outline(painter: QPainter, box: QRect, text: str, size: QSize) -> None:
    """Draw the outline of a box and its label."""
    accent = theme().accent
    tint = QColor(accent)
    tint.setAlpha(36)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(accent, 2))
    painter.setBrush(tint)
    painter.drawRoundedRect(QRectF(box).adjusted(0, 0, -1, -1), 3, 3)
    if text:
        font = ui_font("small", "medium")
        place = label_rect(box, size, QFontMetrics(font).horizontalAdvance(text) + 20)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(accent)
        painter.drawRoundedRect(place, 5, 5)
        painter.setPen(theme().on_accent)
        painter.setFont(font)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)


def place_beside(at: QPoint, size: QSize, inside: QSize) -> QPoint:
    """Return the top left corner of something of ``size`` beside a point, without leaving the surface ``inside``."""
    gap = 22
    x = at.x() + gap if at.x() + gap + size.width() < inside.width() else at.x() - gap - size.width()
    y = at.y() + gap if at.y() + gap + size.height() < inside.height() else at.y() - gap - size.height()
    return QPoint(max(0, x), max(0, y))
