"""The icon in the system's tray: the way back to the window, and to stop what runs."""

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from flowdesk.aio import spawn
from flowdesk.i18n import tr
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.sentence import say
from flowdesk.ui.bench import Bench
from flowdesk.ui.icons import application_icon, icon
from flowdesk.ui.plain import tip
from flowdesk.ui.theme import theme


class TrayIcon(QSystemTrayIcon):
    """Belongs to a window; shows only where the desktop has a tray."""

    def __init__(self, bench: Bench, actions: Mapping[str, QAction], come_back: Callable[[], None]) -> None:
        """Make icon and menu.

        Args:
            bench: What the parts of its window share.
            actions: The commands by their names.
            come_back: Shows the window again.
        """
        super().__init__(application_icon(), bench.window)
        self._bench, self._actions, self._come_back = bench, actions, come_back
        self._menu = QMenu(bench.window)
        self.setContextMenu(self._menu)
        self.armed: tuple[str, ...] = ()
        """Names of the flows that start by themselves."""
        self.are_paused = False
        bench.peer.message.connect(self._hear)
        QTimer.singleShot(0, self, self._look)  # the window is made before the event loop runs
        self._menu.aboutToShow.connect(self.show_state)
        theme.changed.connect(self.retranslate)
        self.activated.connect(self._activated)
        self.retranslate()
        if self.isSystemTrayAvailable():
            self.show()

    def _hear(self, message: Mapping[str, Any]) -> None:
        if message["type"] == "trigger.changed":
            self._look()

    def _look(self) -> None:
        spawn(self._ask(), "triggers of the tray")

    async def _ask(self) -> None:
        """Ask what starts by itself."""
        with contextlib.suppress(FlowdeskError, RuntimeError):  # the window was closed meanwhile
            told = await self._bench.peer.request("trigger.list", {})
            self.armed = tuple(str(flow["flow"]) for flow in told["armed"])
            self.are_paused = bool(told["paused"])
            self.show_state()

    def _armed_words(self) -> str:
        if not self.armed:
            return ""
        names = ", ".join(self.armed[:3]) + (" …" if len(self.armed) > 3 else "")
        return tr(
            say("Paused: {names}", names=names) if self.are_paused else say("Starts by itself: {names}", names=names)
        )

    def retranslate(self) -> None:
        """Set the texts in the language in force."""
        self._menu.clear()
        self._menu.addAction(icon("app-window"), tr("Show flowdesk")).triggered.connect(self._come_back)
        self._menu.addSeparator()
        self.run_action = self._menu.addAction(icon("play"), "")
        self.run_action.triggered.connect(self._actions["run"].trigger)
        self.record_action = self._menu.addAction(icon("circle", "error"), "")
        self.record_action.triggered.connect(self._actions["record"].trigger)
        self.stop_action = self._menu.addAction(icon("square", "error"), tr("Stop all runs"))
        self.stop_action.triggered.connect(self._stop_all)
        self._menu.addSeparator()
        self.armed_action = self._menu.addAction(icon("timer"), "")
        self.armed_action.triggered.connect(self._actions["triggers"].trigger)
        self.pause_action = self._menu.addAction(icon("pause"), tr("Pause all triggers"))
        self.pause_action.setCheckable(True)
        self.pause_action.triggered.connect(lambda on: self._bench.peer.send("trigger.pause", {"paused": on}))
        self._menu.addSeparator()
        self._menu.addAction(icon("log-out"), tr("Quit")).triggered.connect(self._bench.window.close)
        self.show_state()

    def show_state(self) -> None:
        """Offer what can be done now, and say what runs."""
        tab = self._bench.tab
        running = [each.name for each in self._bench.all_tabs() if each.is_running]
        self.run_action.setText(tr(say("Run {name}", name=tab.name)) if tab is not None else tr("Run"))
        self.run_action.setEnabled(self._actions["run"].isEnabled())
        record = self._actions["record"]
        self.record_action.setText(record.text())
        self.record_action.setEnabled(record.isEnabled())
        self.stop_action.setEnabled(bool(running))
        self.armed_action.setText(self._armed_words() or tr("Triggers…"))
        self.pause_action.setVisible(bool(self.armed))
        self.pause_action.setChecked(self.are_paused)
        self.setToolTip(
            tip(
                "flowdesk"
                + (f" – {self._armed_words()}" if self.armed else "")
                + (f" – {tr('Running')}: {', '.join(running)}" if running else "")
            )
        )

    def _stop_all(self) -> None:
        self._bench.session.stop_all(self._bench.peer.name)

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason == QSystemTrayIcon.ActivationReason.Trigger:
            self._come_back()
