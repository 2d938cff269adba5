"""What the painters share: colours, pens, fonts and the level of detail. Rebuilt when the theme changes."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPen, QPixmap

from flowdesk.ui.theme import Theme, ui_font

FULL = 0.7
"""Zoom from which a card has its ports and its shadow."""
TEXTS = 0.9
"""Zoom from which a card has its small texts; below it they could not be read, and the title has their room."""
TITLES = 0.5
"""Zoom below which a card is its icon, and the view paints an overview of a flow of many nodes."""
LEAST_TEXT = 11.5
"""Pixels of the screen: no title or port is written smaller."""
OVERVIEW = 0.2
"""Zoom below which it does so for every flow."""
MANY = 250
SWATCHES = {
    "gray": "other", "blue": "mouse", "green": "data", "yellow": "files", "red": "people", "purple": "flow",
    "teal": "keyboard", "orange": "screen",
}  # fmt: skip
"""The colours of groups and notes, as categories of the design tokens."""


def with_alpha(color: QColor, alpha: float) -> QColor:
    """Return a colour with another opacity, 0 to 1."""
    result = QColor(color)
    result.setAlphaF(alpha)
    return result


def mixed(one: QColor, other: QColor, share: float) -> QColor:
    """Return a colour between two, ``share`` of the way to the other."""
    return QColor.fromRgbF(
        one.redF() + (other.redF() - one.redF()) * share,
        one.greenF() + (other.greenF() - one.greenF()) * share,
        one.blueF() + (other.blueF() - one.blueF()) * share,
    )


class Look:
    """Pens, fonts and colours of one theme, made once."""

    def __init__(self, theme: Theme, translate: Callable[[str], str] = str) -> None:
        """Make what the painters need."""
        self.translate = translate
        self.zoom = 1.0
        """Zoom of the view that is painting."""
        self.ratio = 1.0
        """Device pixels for each logical one."""
        self.phase = 0.0
        """Where the glow of running nodes stands, 0 to 1."""
        self.title_font: QFont = ui_font("body", "semibold")
        self.small_font: QFont = ui_font("small")
        self.far_font = QFont(self.title_font)
        """Of titles below ``TEXTS``."""
        self.port_font = QFont(self.small_font)
        self.far_metrics = QFontMetricsF(self.far_font)
        self.note_font: QFont = ui_font("body")
        self.title_metrics = QFontMetricsF(self.title_font)
        self.small_metrics = QFontMetricsF(self.small_font)
        self.chrome: dict[object, tuple[QPixmap, int]] = {}
        """Cards without their texts, as pictures of this zoom."""
        self.set_theme(theme)

    def begin_frame(self, zoom: float, ratio: float) -> None:
        """Paint at a zoom from now on."""
        if (zoom, ratio) != (self.zoom, self.ratio) or len(self.chrome) > 500:
            self.chrome.clear()
        if zoom != self.zoom:
            self._size_fonts(zoom)
        self.zoom, self.ratio = zoom, ratio

    def _size_fonts(self, zoom: float) -> None:
        """Write titles and ports larger in the scene where they would be too small on the screen."""
        for font, plain in ((self.far_font, self.title_font), (self.port_font, self.small_font)):
            font.setPixelSize(max(plain.pixelSize(), round(LEAST_TEXT / max(zoom, 0.1))))
        self.far_metrics = QFontMetricsF(self.far_font)

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self.theme = theme
        self.chrome.clear()
        self.border = QPen(theme.node_border, 1.0)
        self.hairline = QPen(with_alpha(theme.node_border, 0.7), 1.0)
        self.dashed = QPen(theme.node_border, 1.2, Qt.PenStyle.DashLine)
        self.side_port = mixed(theme.node_border, theme.error, 0.55)
        self.selected = QPen(theme.node_selected, 2.0)
        self.tiles = {
            name: with_alpha(color, 0.20 if theme.is_dark else 0.13) for name, color in theme.category.items()
        }
        self.edge_pens = {
            "edge": _wire(theme.edge, 1.8),
            "live": _wire(theme.edge_live, 2.4),
            "dead": _wire(theme.edge_dead, 1.6, Qt.PenStyle.DashLine),
            "selected": _wire(theme.node_selected, 2.6),
            "hover": _wire(mixed(theme.edge, theme.node_selected, 0.6), 2.4),
            "error": _wire(mixed(theme.edge, theme.error, 0.55), 1.8),
        }

    def tile(self, category: str) -> QColor:
        """Return the ground behind a category's icon."""
        return self.tiles.get(category, self.tiles["other"])

    def swatch(self, name: str) -> QColor:
        """Return a colour of groups and notes; a strange name is gray."""
        return self.theme.category_color(SWATCHES.get(name, "other"))

    def paper(self, name: str) -> QColor:
        """Return the ground of a note in a colour: light paper, or at night a dim one that light text stands out from."""
        color = self.swatch(name)
        hue, saturation = max(color.hsvHueF(), 0.0), color.hsvSaturationF()
        if self.theme.is_dark:
            return QColor.fromHsvF(hue, min(saturation, 0.42), 0.27)
        return QColor.fromHsvF(hue, min(saturation * 0.3, 0.2), 1.0)


def _wire(color: QColor, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    return QPen(color, width, style, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
