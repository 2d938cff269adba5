"""The icon in the system's tray: the way back to the window, and to stop what runs."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from flowdesk.i18n import tr
from flowdesk.model.sentence import say
from flowdesk.ui.icons import application_icon, icon
from flowdesk.ui.theme import theme

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
        self._menu.aboutToShow.connect(self.show_state)
        theme.changed.connect(self.retranslate)
        self.activated.connect(self._activated)
        self.retranslate()
        if self.isSystemTrayAvailable():
            self.show()

    def retranslate(self) -> None:
        """Set the texts in the language in force."""
        self._menu.clear()
        self._menu.addAction(icon("app-window"), tr("Show flowdesk")).triggered.connect(self.main.come_back)
        self._menu.addSeparator()
        self.run_action = self._menu.addAction(icon("play"), "")
        self.run_action.triggered.connect(self.main.run)
        self.stop_action = self._menu.addAction(icon("square", "error"), tr("Stop all runs"))
        self.stop_action.triggered.connect(self.main.stop_all)
        self._menu.addSeparator()
        self._menu.addAction(icon("log-out"), tr("Quit")).triggered.connect(self.main.quit)
        self.show_state()

    def show_state(self) -> None:
        """Offer what can be done now, and say what runs."""
        tab = self.main.tab
        running = [each.name for each in self.main.all_tabs() if each.is_running]
        self.run_action.setText(tr(say("Run {name}", name=tab.name)) if tab is not None else tr("Run"))
        self.run_action.setEnabled(self.main.actions_by_name["run"].isEnabled())
        self.stop_action.setEnabled(bool(running))
        self.setToolTip("flowdesk" + (f" – {tr('Running')}: {', '.join(running)}" if running else ""))

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason == QSystemTrayIcon.ActivationReason.Trigger:
            self.main.come_back()
