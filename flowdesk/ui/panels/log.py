"""The log of the runs of the flow that is in front. A click on a line leads to its node."""

import time

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from flowdesk.i18n import tr
from flowdesk.ui.icons import icon
from flowdesk.ui.panels.logmodel import DROPPED, LINES, MESSAGE, NODE, TIME, Line, LogModel
from flowdesk.ui.panels.place import Place
from flowdesk.ui.plain import tip
from flowdesk.ui.theme import theme

BATCH_MS = 50
ROW_HEIGHT = 24
LEVELS = (
    ("debug", "All messages"),
    ("info", "Without debug"),
    ("warn", "Warnings and errors"),
    ("error", "Errors only"),
)


class _LogView(QTableView):
    """A flat list whose lines can be copied."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        model = self.model()
        if event.matches(QKeySequence.StandardKey.Copy) and isinstance(model, LogModel):
            rows = sorted({index.row() for index in self.selectedIndexes()})
            lines = (model.line_at(row) for row in rows)
            text = "\n".join(f"{line.clock}  {line.label}  {line.message}".rstrip() for line in lines)
            QGuiApplication.clipboard().setText(text)
        else:
            super().keyPressEvent(event)


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
        self._batch.setInterval(BATCH_MS)
        self._batch.timeout.connect(self._show_waiting)
        self._typed = QTimer(self)
        self._typed.setSingleShot(True)
        self._typed.setInterval(150)
        self._typed.timeout.connect(self._filter)
        self.filter = QLineEdit(self)
        self.filter.setClearButtonEnabled(True)
        self.level = QComboBox(self)
        self.clear_button = QToolButton(self)
        self.model = LogModel(self)
        self.view = _LogView(self)
        self._set_up_view()
        top = QHBoxLayout()
        top.addWidget(self.filter, 1)
        top.addWidget(self.level)
        top.addWidget(self.clear_button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 4, 8, 8)
        rows.setSpacing(4)
        rows.addLayout(top)
        rows.addWidget(self.view)
        self.view.clicked.connect(self._choose)
        self.view.activated.connect(self._choose)
        self.filter.textChanged.connect(lambda _: self._typed.start())
        self.filter.returnPressed.connect(self._filter)
        self.level.activated.connect(lambda _: self._filter())
        self.clear_button.clicked.connect(self.clear)
        theme.changed.connect(self._show_all)
        self.retranslate()

    def _set_up_view(self) -> None:
        view = self.view
        view.setModel(self.model)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setTabKeyNavigation(False)
        view.setSelectionMode(QTableView.SelectionMode.ExtendedSelection)
        view.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        view.verticalHeader().hide()
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        view.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        view.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        view.horizontalHeader().setHighlightSections(False)
        view.horizontalHeader().setSectionResizeMode(MESSAGE, QHeaderView.ResizeMode.Stretch)
        view.setColumnWidth(TIME, 100)
        view.setColumnWidth(NODE, 180)

    def retranslate(self) -> None:
        """Set the texts in the language in force."""
        self.filter.setPlaceholderText(tr("Filter the log"))
        self.filter.setAccessibleName(tr("Filter the log"))
        self.clear_button.setToolTip(tip(tr("Clear the log")))
        self.clear_button.setAccessibleName(tr("Clear the log"))
        self.clear_button.setIcon(icon("trash-2", "text_dim"))
        self.view.setAccessibleName(tr("Log"))
        chosen = max(0, self.level.currentIndex())
        self.level.clear()
        for level, text in LEVELS:
            self.level.addItem(tr(text), level)
        self.level.setCurrentIndex(chosen)
        self.level.setAccessibleName(tr("Level"))
        self._show_all()

    def add(self, workflow_id: str, level: str, label: str, message: str, node_id: str | None = None) -> None:
        """Add a line to the log of a flow."""
        line = Line(time.time(), level, label, message, node_id)
        lines = self._lines.setdefault(workflow_id, [])
        lines.append(line)
        if len(lines) > LINES + DROPPED:
            del lines[:DROPPED]
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
        return [line.message for line in self.model.shown()]

    def _filter(self) -> None:
        self._typed.stop()
        self._show_waiting()
        self.model.lowest = str(self.level.currentData() or "debug")
        self.model.word = self.filter.text().strip().casefold()
        self._show_all()

    def _show_all(self) -> None:
        self._batch.stop()
        self._waiting.clear()
        self.model.show_lines(self._lines.get(self._front, []))
        self.view.scrollToBottom()

    def _show_waiting(self) -> None:
        self._batch.stop()
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        bar = self.view.verticalScrollBar()
        follows = bar.value() >= bar.maximum() - 4
        self.model.append(waiting)
        if follows:
            self.view.scrollToBottom()

    def _choose(self, index: QModelIndex) -> None:
        node_id = self.model.line_at(index.row()).node_id
        if node_id:
            self.node_chosen.emit(node_id)


PLACE = Place("log", "Log", "below", lambda around: LogPanel(around.window))
