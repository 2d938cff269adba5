"""What stands in the window while no flow is open: what to begin with."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QTabWidget, QVBoxLayout, QWidget

from flowdesk.i18n import tr
from flowdesk.ui.gallery import Gallery
from flowdesk.ui.icons import icon
from flowdesk.ui.plain import PlainLabel

OFFERED = (("new", "file-plus"), ("open", "folder-open"))
"""The commands that are offered, the first as the likeliest, and their pictures."""


WIDEST = 1000
"""Pixels of the gallery at the most."""


class Beginning(QWidget):
    """Offers commands and the gallery in the empty place for flows."""

    wanted = Signal()
    """It has come up: the gallery is to be filled."""

    def __init__(self, tabs: QTabWidget, actions: Mapping[str, QAction]) -> None:
        """Belong to the place for flows; ``actions`` are the commands by name."""
        super().__init__(tabs)
        self._tabs = tabs
        self._actions = actions
        self.heading = PlainLabel(self)
        self.heading.setObjectName("heading")
        self.heading.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.buttons: dict[str, QPushButton] = {}
        self.gallery = Gallery(self)
        rows, row = QVBoxLayout(self), QHBoxLayout()
        rows.setSpacing(10)
        rows.addWidget(self.heading)
        rows.addLayout(row)
        rows.addWidget(self.gallery, 1)
        row.addStretch()
        for name, _ in OFFERED:
            button = self.buttons[name] = QPushButton(self)
            button.setIconSize(QSize(16, 16))
            button.clicked.connect(actions[name].trigger)
            row.addWidget(button)
        row.addStretch()
        self.buttons[OFFERED[0][0]].setObjectName("primary")
        tabs.installEventFilter(self)
        self.hide()

    def refresh(self) -> None:
        """Show it if no flow is open, in the language and colours in force."""
        self.heading.setText(tr("What do you want to automate?"))
        self.gallery.retranslate()
        for name, picture in OFFERED:
            shown = self._actions[name]
            keys = shown.shortcut().toString()
            self.buttons[name].setText(shown.text() + (f"   {keys}" if keys else ""))
            self.buttons[name].setIcon(icon(picture, "on_accent" if name == OFFERED[0][0] else "text"))
        was_shown, is_shown = not self.isHidden(), self._tabs.count() == 0
        self.setVisible(is_shown)
        self._place()
        if is_shown and not was_shown:
            self.wanted.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the middle."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return bool(super().eventFilter(watched, event))

    def _place(self) -> None:
        room = self._tabs.rect()
        side = max(16, (room.width() - WIDEST) // 2)
        self.setGeometry(room.adjusted(side, 24, -side, -16))
