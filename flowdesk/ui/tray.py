"""The icon in the system's tray: the way back to the window, and to stop what runs."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from flowdesk.i18n import tr
from flowdesk.ui.icons import application_icon

if TYPE_CHECKING:
    from flowdesk.ui.window import MainWindow


class TrayIcon(QSystemTrayIcon):
    """Belongs to a window; shows only where the desktop has a tray."""

    def __init__(self, window: "MainWindow") -> None:
        """Make icon and menu."""
        super().__init__(application_icon(), window)
        self.main = window
        self._menu = QMenu(window)
        self.setContextMenu(self._menu)
        self.activated.connect(self._activated)
        self.retranslate()
        if self.isSystemTrayAvailable():
            self.show()

    def retranslate(self) -> None:
        """Set the texts in the language in force."""
        self.setToolTip("flowdesk")
        self._menu.clear()
        self._menu.addAction(tr("Show flowdesk")).triggered.connect(self.main.come_back)
        self._menu.addAction(tr("Stop all runs")).triggered.connect(self.main.stop_all)
        self._menu.addSeparator()
        self._menu.addAction(tr("Quit")).triggered.connect(self.main.quit)

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason == QSystemTrayIcon.ActivationReason.Trigger:
            self.main.come_back()
