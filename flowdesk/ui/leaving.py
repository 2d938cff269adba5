"""The end of the window: unsaved flows are asked about once, the layout and the open files are kept."""

import base64

from PySide6.QtCore import QByteArray, QObject, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QWidget

from flowdesk.ui import dialogs
from flowdesk.ui.bench import Bench
from flowdesk.ui.openflows import OpenFlows


class Leaving(QObject):
    """Lets a window close when its flows are saved or given up."""

    agreed = Signal()
    """Everything is saved or given up: the application may end."""

    def __init__(self, bench: Bench, flows: OpenFlows) -> None:
        """Nobody leaves yet."""
        super().__init__(bench)
        self._bench, self._flows = bench, flows
        self.is_asking = False
        """Whether somebody is asked about what is not saved."""
        self.may_close = False
        """Whether the application ends: nothing is asked any more."""

    def take(self, event: QCloseEvent) -> None:
        """Ask once, then let the application end in order."""
        event.setAccepted(self.may_close)
        if not self.may_close and not self.is_asking:
            self.is_asking = True
            self._bench.spawn(self._ask(), "leave")

    async def _ask(self) -> None:
        try:
            self._bench.inspector.flush()
            await self._bench.peer.settle()
            unsaved = [tab for tab in self._bench.all_tabs() if tab.is_modified]
            if unsaved:
                answer = await dialogs.ask_unsaved(self._bench.window, [tab.name for tab in unsaved])
                if answer == "cancel":
                    return
                for tab in unsaved:
                    if answer == "discard":
                        self._bench.session.recovery.drop(tab.workflow_id)
                    elif not await self._flows.save(tab):
                        return
            self.agreed.emit()
        finally:
            self.is_asking = False

    def restore_layout(self) -> None:
        """Lay the window out as it was."""
        values, window = self._bench.settings.values, self._bench.window
        if values.geometry:
            window.restoreGeometry(QByteArray(base64.b64decode(values.geometry)))
        if values.layout:
            window.restoreState(QByteArray(base64.b64decode(values.layout)))

    def prepare(self) -> None:
        """Remember the layout and the open files; close what asks."""
        window = self._bench.window
        self._bench.settings.change(
            geometry=base64.b64encode(window.saveGeometry().data()).decode(),
            layout=base64.b64encode(window.saveState().data()).decode(),
            open_files=self._bench.open_files(),
        )
        for widget in QApplication.topLevelWidgets():
            if widget is not window and widget.isVisible() and isinstance(widget, QWidget):
                widget.close()
