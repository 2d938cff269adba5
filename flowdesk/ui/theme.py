"""The theme: the design tokens of ``resources/design/tokens.json`` as Qt colours, light or dark.

``theme()`` is the theme in force, ``theme.changed`` fires when another takes its place. The browser page's style
sheet derives from the same file.
"""

import dataclasses
import json
from functools import cache
from typing import Any, Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication

from flowdesk.resource import resource_path

Mode = Literal["light", "dark", "system"]


@cache
def tokens() -> dict[str, Any]:
    """Return the design tokens as they stand in the file. Lengths are logical pixels, durations milliseconds."""
    values: dict[str, Any] = json.loads(resource_path("design", "tokens.json").read_text(encoding="utf-8"))
    return values


@dataclasses.dataclass(frozen=True)
class Theme:
    """Every colour of the interface."""

    is_dark: bool
    canvas: QColor
    grid: QColor
    grid_major: QColor
    window: QColor
    panel: QColor
    field: QColor
    hover: QColor
    line: QColor
    node: QColor
    node_border: QColor
    node_selected: QColor
    shadow: QColor
    text: QColor
    text_dim: QColor
    on_accent: QColor
    edge: QColor
    edge_live: QColor
    edge_dead: QColor
    port: QColor
    accent: QColor
    accent_hover: QColor
    running: QColor
    success: QColor
    error: QColor
    skipped: QColor
    warning: QColor
    category: dict[str, QColor] = dataclasses.field(default_factory=dict)

    def category_color(self, category: str) -> QColor:
        """Return the colour of a category of node types; strangers share that of ``other``."""
        return self.category.get(category, self.category["other"])


def _color(value: str) -> QColor:
    """Read ``#rrggbb`` or, as CSS writes it, ``#rrggbbaa``."""
    color = QColor(value[:7])
    if len(value) == 9:
        color.setAlpha(int(value[7:], 16))
    return color


@cache
def load_theme(is_dark: bool) -> Theme:
    """Return the light or the dark theme."""
    values = tokens()["color"]["dark" if is_dark else "light"]
    colors = {name: _color(value) for name, value in values.items() if name != "category"}
    category = {name: _color(value) for name, value in values["category"].items()}
    return Theme(is_dark=is_dark, category=category, **colors)


def ui_font(size: str = "body", weight: str = "regular", *, mono: bool = False) -> QFont:
    """Return a font of the type scale.

    Args:
        size: ``small``, ``body``, ``title`` or ``heading``.
        weight: ``regular``, ``medium`` or ``semibold``.
        mono: Take the family of code.
    """
    scale = tokens()["type"]
    font = QFont()
    font.setFamilies(scale["mono" if mono else "family"])
    font.setPixelSize(scale["size"][size])
    font.setWeight(QFont.Weight(scale["weight"][weight]))
    return font


class ThemeSource(QObject):
    """Holds the theme in force. Call it to get the theme."""

    changed = Signal()

    def __init__(self) -> None:
        """Begin light; ``set_mode`` chooses."""
        super().__init__()
        self._mode: Mode = "light"
        self._theme: Theme | None = None

    def __call__(self) -> Theme:
        """Return the theme in force."""
        if self._theme is None:
            self._theme = load_theme(self._is_dark())
        return self._theme

    @property
    def mode(self) -> Mode:
        """What was chosen; ``system`` follows the desktop."""
        return self._mode

    def set_mode(self, mode: Mode) -> None:
        """Choose light, dark or what the desktop says. Needs the application when ``system``."""
        hints = QGuiApplication.styleHints() if QGuiApplication.instance() else None
        if hints is not None:
            if self._mode == "system":
                hints.colorSchemeChanged.disconnect(self._refresh)
            if mode == "system":
                hints.colorSchemeChanged.connect(self._refresh)
        self._mode = mode
        self._refresh()

    def _is_dark(self) -> bool:
        if self._mode == "system" and QGuiApplication.instance():
            return bool(QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark)
        return self._mode == "dark"

    def _refresh(self) -> None:
        before = self._theme
        self._theme = load_theme(self._is_dark())
        if self._theme is not before:
            self.changed.emit()


theme = ThemeSource()
