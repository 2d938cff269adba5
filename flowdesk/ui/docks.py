"""The panels around the canvas: docks that can be moved, closed and brought back by the menu *View*."""

from collections.abc import Iterator
from itertools import pairwise
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QLabel, QTabWidget, QWidget

from flowdesk.i18n import tr
from flowdesk.ui.icons import icon
from flowdesk.ui.panels.place import Around, Panel, Place
from flowdesk.ui.plain import PlainLabel

LEAST_LEFT = 168
NARROW, LOW = 800, 600
"""Width of a screen below which the panels beside the canvas begin narrow, height below which those under it begin hidden."""
TIGHT = 1000
"""Width of a low screen below which the panel on the left begins hidden, too: nodes come by *Add node* there."""
_AREAS = {
    "left": Qt.DockWidgetArea.LeftDockWidgetArea,
    "right": Qt.DockWidgetArea.RightDockWidgetArea,
    "below": Qt.DockWidgetArea.BottomDockWidgetArea,
}

Widget = TypeVar("Widget", bound=QWidget)


class Docks:
    """Makes the panels that are declared, and knows them by their names and their classes."""

    def __init__(self, places: tuple[Place, ...], around: Around) -> None:
        """Put every panel at its place in the window."""
        self._places = places
        self._window = around.window
        self._docks: dict[str, QDockWidget] = {}
        for place in places:
            self._add(place, place.make(around))
        for area in _AREAS.values():
            around.window.setTabPosition(area, QTabWidget.TabPosition.North)
        around.window.setCorner(Qt.Corner.BottomLeftCorner, _AREAS["left"])
        around.window.setCorner(Qt.Corner.BottomRightCorner, _AREAS["right"])
        for before, behind in pairwise(self._at("right")):
            around.window.splitDockWidget(before, behind, Qt.Orientation.Horizontal)
        for before, behind in pairwise(self._at("below")):
            around.window.tabifyDockWidget(before, behind)
        self._at("below")[0].raise_()
        self._take_room()

    def __getitem__(self, name: str) -> QDockWidget:
        """Return a dock by the name of its panel."""
        return self._docks[name]

    def widgets(self) -> Iterator[tuple[str, QWidget]]:
        """Yield the panels by their names."""
        for name, dock in self._docks.items():
            yield name, dock.widget()

    def panel(self, kind: type[Widget]) -> Widget:
        """Return the panel of a class."""
        return next(widget for _, widget in self.widgets() if isinstance(widget, kind))

    def bring(self, name: str) -> None:
        """Show a panel before those at the same place."""
        self._docks[name].show()
        self._docks[name].raise_()

    def toggles(self) -> list[QAction]:
        """Return what shows and hides each panel, in their order."""
        return [dock.toggleViewAction() for dock in self._docks.values()]

    def retranslate(self) -> None:
        """Set every text in the language in force."""
        for place in self._places:
            dock = self._docks[place.name]
            dock.setWindowTitle(tr(place.title))
            head = dock.titleBarWidget()
            if isinstance(head, QLabel):
                head.setText(tr(place.title))
            panel = dock.widget()
            assert isinstance(panel, Panel)
            panel.retranslate()

    def refresh_icons(self) -> None:
        """Draw the icons in the colours of the theme."""
        for place in self._places:
            if place.icon:
                self._docks[place.name].toggleViewAction().setIcon(icon(place.icon, "text"))

    def _at(self, area: str) -> list[QDockWidget]:
        return [self._docks[place.name] for place in self._places if place.area == area]

    def _add(self, place: Place, panel: QWidget) -> None:
        dock = self._docks[place.name] = QDockWidget(self._window)
        dock.setObjectName(place.name)
        dock.setWidget(panel)
        dock.setFeatures(
            QDockWidget.DockWidgetFeature.DockWidgetClosable | QDockWidget.DockWidgetFeature.DockWidgetMovable
        )
        title = PlainLabel(dock) if place.area != "below" else QWidget(dock)
        title.setObjectName("dockTitle")
        dock.setTitleBarWidget(title)
        self._window.addDockWidget(_AREAS[place.area], dock)

    def _take_room(self) -> None:
        """Begin as large as the screen has room for."""
        room = self._window.screen().availableGeometry()
        for place in self._places:
            if room.width() < place.wide:
                self._docks[place.name].hide()  # before the others are told how wide they are: it takes no part in that
        left, right, below = self._at("left")[0], self._at("right")[-1], self._at("below")
        widths = [220, 330] if room.width() >= NARROW else [LEAST_LEFT, 264]
        self._window.resizeDocks([left, right], widths, Qt.Orientation.Horizontal)
        self._window.resizeDocks(below[:1], [230], Qt.Orientation.Vertical)
        left.widget().setMinimumWidth(LEAST_LEFT)
        if room.height() < LOW:
            for dock in (*below, *([left] if room.width() < TIGHT else [])):
                dock.hide()
