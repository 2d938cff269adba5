"""The lines of a log as a model: views draw only what is in sight, so tens of thousands of lines cost nothing."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from flowdesk.i18n import tr
from flowdesk.ui.plain import tip
from flowdesk.ui.theme import theme, ui_font

LINES = 50_000
"""How many lines are kept for each flow."""
DROPPED = 5_000
"""How many of the oldest go at once when there are too many."""
TIME, NODE, MESSAGE = range(3)
COLORS = {"debug": "text_dim", "info": "text", "warn": "warning", "error": "error", "good": "success"}
RANKS = {"debug": 0, "info": 1, "good": 1, "warn": 2, "error": 3}
Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()


@dataclass(frozen=True, slots=True)
class Line:
    """One line: seconds since 1970, level, label of the node, message, id of the node."""

    at: float
    level: str
    label: str
    message: str
    node_id: str | None = None

    @property
    def clock(self) -> str:
        """The time of day with milliseconds."""
        return time.strftime("%H:%M:%S", time.localtime(self.at)) + f".{int(self.at % 1 * 1000):03d}"


class LogModel(QAbstractTableModel):
    """Shows the lines that pass its filter."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Show no lines."""
        super().__init__(parent)
        self.lowest = "debug"
        """The lowest level that is shown."""
        self.word = ""
        """What a shown line must hold, in lower case."""
        self._shown: list[Line] = []

    def show_lines(self, lines: Iterable[Line]) -> None:
        """Show those of other lines that pass."""
        self.beginResetModel()
        self._shown = [line for line in lines if self._passes(line)]
        self.endResetModel()

    def append(self, lines: Sequence[Line]) -> None:
        """Add lines at the end; the oldest go where there are too many."""
        passing = [line for line in lines if self._passes(line)]
        if passing:
            first = len(self._shown)
            self.beginInsertRows(NOWHERE, first, first + len(passing) - 1)
            self._shown += passing
            self.endInsertRows()
        if len(self._shown) > LINES + DROPPED:
            gone = len(self._shown) - LINES
            self.beginRemoveRows(NOWHERE, 0, gone - 1)
            del self._shown[:gone]
            self.endRemoveRows()

    def line_at(self, row: int) -> Line:
        """Return a line that is shown."""
        return self._shown[row]

    def shown(self) -> Iterable[Line]:
        """Return the lines that are shown."""
        return tuple(self._shown)

    def _passes(self, line: Line) -> bool:
        if RANKS.get(line.level, 1) < RANKS[self.lowest]:
            return False
        return not self.word or self.word in line.message.casefold() or self.word in line.label.casefold()

    # what Qt asks

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Return how many lines are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """Return 3: time, node, message."""
        return 0 if parent.isValid() else 3

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the titles of the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (tr("Time"), tr("Node"), tr("Message"))[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        line, column = self._shown[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return (
                (line.clock, line.label, line.message)[column] if column != MESSAGE else line.message.split("\n", 1)[0]
            )
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(line.message) if column == MESSAGE else None
        if role == Qt.ItemDataRole.ForegroundRole:
            return getattr(theme(), COLORS.get(line.level, "text")) if column == MESSAGE else theme().text_dim
        if role == Qt.ItemDataRole.FontRole and column == TIME:
            return ui_font("small", mono=True)
        return None
