"""The log of the runs of the flow that is in front. A click on a line leads to its node."""

import time
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from flowdesk.i18n import tr
from flowdesk.ui.icons import icon
from flowdesk.ui.theme import theme, ui_font

LINES = 5000
"""How many lines are kept for each flow."""
NODE_ROLE = Qt.ItemDataRole.UserRole
LEVEL_ROLE = Qt.ItemDataRole.UserRole + 1
COLORS = {"debug": "text_dim", "info": "text", "warn": "warning", "error": "error", "good": "success"}

Line = tuple[float, str, str, str, str | None]
"""Time, level, label of the node, message, id of the node."""


class LogPanel(QWidget):
    """Shows lines in batches, the newest last."""

    node_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Show an empty log."""
        super().__init__(parent)
        self.setObjectName("panel")
        self._lines: dict[str, list[Line]] = {}
        self._front = ""
        self._waiting: list[Line] = []
        self._batch = QTimer(self)
        self._batch.setSingleShot(True)
        self._batch.setInterval(50)
        self._batch.timeout.connect(self._show_waiting)
        self.filter = QLineEdit(self)
        self.filter.setClearButtonEnabled(True)
        self.clear_button = QToolButton(self)
        self.tree = QTreeWidget(self)
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setColumnCount(3)
        self.tree.header().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        self.tree.setColumnWidth(0, 100)
        self.tree.setColumnWidth(1, 180)
        top = QHBoxLayout()
        top.addWidget(self.filter)
        top.addWidget(self.clear_button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 4, 8, 8)
        rows.setSpacing(4)
        rows.addLayout(top)
        rows.addWidget(self.tree)
        self.tree.itemClicked.connect(self._choose)
        self.filter.textChanged.connect(self._show_all)
        self.clear_button.clicked.connect(self.clear)
        theme.changed.connect(self._show_all)
        self.retranslate()

    def retranslate(self) -> None:
        """Set the texts in the language in force."""
        self.filter.setPlaceholderText(tr("Filter the log"))
        self.filter.setAccessibleName(tr("Filter the log"))
        self.clear_button.setToolTip(tr("Clear the log"))
        self.clear_button.setAccessibleName(tr("Clear the log"))
        self.clear_button.setIcon(icon("trash-2", "text_dim"))
        self.tree.setAccessibleName(tr("Log"))
        self.tree.setHeaderLabels([tr("Time"), tr("Node"), tr("Message")])

    def add(self, workflow_id: str, level: str, label: str, message: str, node_id: str | None = None) -> None:
        """Add a line to the log of a flow."""
        line: Line = (time.time(), level, label, message, node_id)
        lines = self._lines.setdefault(workflow_id, [])
        lines.append(line)
        del lines[:-LINES]
        if workflow_id in {self._front, ""}:
            self._waiting.append(line)
            if not self._batch.isActive():
                self._batch.start()

    def show_flow(self, workflow_id: str) -> None:
        """Show the log of another flow."""
        if workflow_id != self._front:
            self._front = workflow_id
            self._show_all()

    def forget(self, workflow_id: str) -> None:
        """Drop the log of a flow that was closed."""
        self._lines.pop(workflow_id, None)

    def clear(self) -> None:
        """Forget the lines that are shown."""
        self._lines.pop(self._front, None)
        self._show_all()

    def texts(self) -> list[str]:
        """Return the messages that are shown."""
        self._show_waiting()
        items = (self.tree.topLevelItem(row) for row in range(self.tree.topLevelItemCount()))
        return [item.text(2) for item in items if item is not None]

    def _show_all(self) -> None:
        self._batch.stop()
        self._waiting = list(self._lines.get(self._front, ()))
        self.tree.clear()
        self._show_waiting()

    def _show_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        word = self.filter.text().casefold()
        bar = self.tree.verticalScrollBar()
        follows = bar.value() >= bar.maximum() - 4
        items = [self._item(line) for line in waiting if not word or word in f"{line[2]} {line[3]}".casefold()]
        self.tree.addTopLevelItems(items)
        while self.tree.topLevelItemCount() > LINES:
            self.tree.takeTopLevelItem(0)
        if follows and items:
            self.tree.scrollToBottom()

    def _item(self, line: Line) -> QTreeWidgetItem:
        at, level, label, message, node_id = line
        clock = time.strftime("%H:%M:%S", time.localtime(at)) + f".{int(at % 1 * 1000):03d}"
        item = QTreeWidgetItem([clock, label, message])
        color: Any = getattr(theme(), COLORS.get(level, "text"))
        item.setForeground(2, QColor(color))
        for column in (0, 1):
            item.setForeground(column, theme().text_dim)
        item.setFont(0, ui_font("small", mono=True))
        item.setToolTip(2, message)
        item.setData(0, NODE_ROLE, node_id)
        item.setData(0, LEVEL_ROLE, level)
        return item

    def _choose(self, item: QTreeWidgetItem) -> None:
        node_id = item.data(0, NODE_ROLE)
        if node_id:
            self.node_chosen.emit(node_id)
