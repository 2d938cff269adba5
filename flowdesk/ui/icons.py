"""Icons of the interface: Lucide pictures in the colours of the theme."""

from PySide6.QtGui import QIcon

from flowdesk.resource import resource_path
from flowdesk.ui.canvas.glyphs import icon_pixmap
from flowdesk.ui.theme import theme

RATIO = 2.0
"""Icons are drawn twice as fine as shown, which serves dense screens too."""


def icon(name: str, color: str = "text", size: float = 18) -> QIcon:
    """Return a Lucide icon.

    Args:
        name: File name without its ending.
        color: Name of a colour of the theme.
        size: Side in logical pixels.
    """
    result = QIcon()
    pixmap = icon_pixmap(name, getattr(theme(), color).rgba(), size, RATIO)
    if pixmap is not None:
        result.addPixmap(pixmap)
        faint = icon_pixmap(name, theme().edge_dead.rgba(), size, RATIO)
        if faint is not None:
            result.addPixmap(faint, QIcon.Mode.Disabled)
    return result


def category_icon(name: str, category: str, size: float = 18) -> QIcon:
    """Return the icon of a node type in the colour of its category."""
    pixmap = icon_pixmap(name, theme().category_color(category).rgba(), size, RATIO)
    return QIcon(pixmap) if pixmap is not None else QIcon()


def application_icon() -> QIcon:
    """Return flowdesk's own icon in all its sizes."""
    result = QIcon()
    for side in (16, 32, 48, 64, 128, 256):
        result.addFile(str(resource_path("icons", f"flowdesk-{side}.png")))
    return result
