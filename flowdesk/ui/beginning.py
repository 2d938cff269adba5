"""What stands in the window while no flow is open: what to begin with."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QPushButton, QTabWidget, QVBoxLayout, QWidget

from flowdesk.i18n import tr
from flowdesk.ui.icons import icon

OFFERED = (("new", "file-plus"), ("open", "folder-open"), ("open_example", "rocket"))
"""The commands that are offered, the first as the likeliest, and their pictures."""


class Beginning(QWidget):
    """Offers commands in the middle of the empty place for flows."""

    def __init__(self, tabs: QTabWidget, actions: Mapping[str, QAction]) -> None:
        """Belong to the place for flows; ``actions`` are the commands by name."""
        super().__init__(tabs)
        self._tabs = tabs
        self._actions = actions
        self.heading = QLabel(self)
        self.heading.setObjectName("heading")
        self.heading.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.buttons: dict[str, QPushButton] = {}
        rows = QVBoxLayout(self)
        rows.setSpacing(10)
        rows.addWidget(self.heading)
        for name, _ in OFFERED:
            button = self.buttons[name] = QPushButton(self)
            button.setIconSize(QSize(16, 16))
            button.clicked.connect(actions[name].trigger)
            rows.addWidget(button)
        self.buttons[OFFERED[0][0]].setObjectName("primary")
        tabs.installEventFilter(self)
        self.hide()

    def refresh(self) -> None:
        """Show it if no flow is open, in the language and colours in force."""
        self.heading.setText(tr("No flow is open"))
        for name, picture in OFFERED:
            shown = self._actions[name]
            keys = shown.shortcut().toString()
            self.buttons[name].setText(shown.text() + (f"   {keys}" if keys else ""))
            self.buttons[name].setIcon(icon(picture, "on_accent" if name == OFFERED[0][0] else "text"))
        self.setVisible(self._tabs.count() == 0)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the middle."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return bool(super().eventFilter(watched, event))

    def _place(self) -> None:
        self.adjustSize()
        room = self._tabs.rect()
        self.move(max(0, (room.width() - self.width()) // 2), max(0, (room.height() - self.height()) * 2 // 5))
