"""The runs of all flows, whoever started them: the newest first. A double click shows the flow of a run."""

import time
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from flowdesk.i18n import tr
from flowdesk.model.run import RunState
from flowdesk.ui.runbar import STATES
from flowdesk.ui.theme import theme

FLOW_ROLE = Qt.ItemDataRole.UserRole
INTERRUPTED = "interrupted"
"""Stands in the list for a run whose process is gone."""
COLORS: dict[str, str] = {
    INTERRUPTED: "warning",
    RunState.SUCCEEDED: "success",
    RunState.FAILED: "error",
    RunState.STOPPED: "warning",
}


class RunsPanel(QWidget):
    """Shows what ``workflow.list`` returns."""

    flow_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Show no runs."""
        super().__init__(parent)
        self.setObjectName("panel")
        self._runs: Sequence[dict[str, Any]] = ()
        self.tree = QTreeWidget(self)
        self.tree.setRootIsDecorated(False)
        self.tree.setColumnCount(4)
        self.tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 4, 8, 8)
        rows.addWidget(self.tree)
        self.tree.itemActivated.connect(lambda item: self.flow_chosen.emit(item.data(0, FLOW_ROLE)))
        theme.changed.connect(self.retranslate)
        self.retranslate()

    def retranslate(self) -> None:
        """Set the texts in the language in force."""
        self.tree.setAccessibleName(tr("Runs"))
        self.tree.setHeaderLabels([tr("State"), tr("Flow"), tr("Began"), tr("Took")])
        self.show_runs(self._runs)

    def show_runs(self, runs: Sequence[dict[str, Any]]) -> None:
        """Show these runs."""
        self._runs = runs
        self.tree.clear()
        for run in runs:
            status = run["status"]
            is_interrupted = status == INTERRUPTED
            local = time.localtime(run["started"])
            is_today = local[:3] == time.localtime()[:3]
            began = time.strftime("%H:%M:%S" if is_today else "%Y-%m-%d %H:%M", local)
            took = f"{run['duration']:.1f} s" if run.get("duration") is not None else ""
            item = QTreeWidgetItem(
                self.tree,
                [
                    tr("Interrupted" if is_interrupted else STATES[RunState(status)]),
                    str(run.get("name") or run["workflow_id"]),
                    began,
                    took,
                ],
            )
            item.setForeground(0, getattr(theme(), COLORS.get(status, "running")))
            for column in range(4):
                item.setToolTip(column, tr(run.get("message") or ""))
            item.setData(0, FLOW_ROLE, run["workflow_id"])
