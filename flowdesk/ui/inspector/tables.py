"""The fields for what has rows: lists, names with values, and tables such as the cases of a switch."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QSizePolicy,
    QStyledItemDelegate,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from flowdesk.i18n import tr
from flowdesk.model.fields import FieldSpec
from flowdesk.ui.icons import icon
from flowdesk.ui.inspector.fields import ABSENT, Field
from flowdesk.ui.inspector.references import Offer, ReferenceCompleter
from flowdesk.ui.inspector.values import read_value, write_value
from flowdesk.ui.inspector.words import choice_word
from flowdesk.ui.plain import tip
from flowdesk.ui.theme import ui_font

LEAST, MOST = 1, 8
"""Rows that are shown without scrolling."""
KEPT_ROLE = Qt.ItemDataRole.UserRole


class TableField(Field):
    """Rows with the columns that the declaration names: a list of objects."""

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        """Show no rows."""
        super().__init__(spec, parent)
        self.columns = spec.columns
        self._is_setting = False
        self.table = QTableWidget(0, len(self.columns), self)
        self.table.setHorizontalHeaderLabels([tr(column.title) for column in self.columns])
        self.table.verticalHeader().hide()
        self.table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        self.table.setWordWrap(False)
        self.table.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.SelectedClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.verticalHeader().setDefaultSectionSize(30)
        self._delegate = _Choices(self.columns, self.table)
        self.table.setItemDelegate(self._delegate)
        for index, column in enumerate(self.columns):
            item = self.table.horizontalHeaderItem(index)
            if item is not None:
                item.setToolTip(tip(tr(column.description)))
        tools = self._make_tools()
        rows = QVBoxLayout()
        rows.setSpacing(2)
        rows.addWidget(self.table)
        rows.addLayout(tools)
        self.row.addLayout(rows)
        self.add_button.clicked.connect(self.add)
        self.remove_button.clicked.connect(self.remove)
        self.up_button.clicked.connect(lambda: self._move(-1))
        self.down_button.clicked.connect(lambda: self._move(1))
        self.table.itemChanged.connect(self._changed)
        self.table.currentCellChanged.connect(lambda *_: self._enable())
        self.watch(self.table)
        self._fit()

    def _make_tools(self) -> QHBoxLayout:
        self.add_button, self.remove_button, self.up_button, self.down_button = (
            self._button(name, text)
            for name, text in (
                ("plus", "Add a row"), ("trash-2", "Remove the row"), ("chevron-up", "Move up"), ("chevron-down", "Move down"),
            )
        )  # fmt: skip
        tools = QHBoxLayout()
        tools.setSpacing(2)
        for button in (self.add_button, self.remove_button, self.up_button, self.down_button):
            tools.addWidget(button)
        tools.addStretch()
        return tools

    def _button(self, name: str, text: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(name, "text_dim"))
        button.setIconSize(QSize(16, 16))
        button.setToolTip(tip(tr(text)))
        button.setAccessibleName(f"{tr(self.spec.title)}: {tr(text)}")
        return button

    def offer(
        self, offered: Callable[[], Sequence[str | Offer]], enter: "Callable[[Cell], None] | None" = None
    ) -> None:
        """Offer references in every cell that is written; ``enter`` is told which, for a value that is picked elsewhere."""
        self._delegate.offered, self._delegate.enter = offered, enter

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Delete removes the row; Insert adds one."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and watched is self.table:
            if event.key() == Qt.Key.Key_Delete:
                self.remove()
                return True
            if event.key() == Qt.Key.Key_Insert:
                self.add()
                return True
        return super().eventFilter(watched, event)

    # rows

    def rows(self) -> list[dict[str, Any]]:
        """Return the rows as objects; keys that have no column stay as they came."""
        found = []
        for row in range(self.table.rowCount()):
            first = self.table.item(row, 0)
            kept = dict(first.data(KEPT_ROLE) or {}) if first is not None else {}
            for index, column in enumerate(self.columns):
                item = self.table.item(row, index)
                text = item.text() if item is not None else ""
                kept[column.key] = _read(column, text)
            found.append(kept)
        return found

    def show_rows(self, rows: Sequence[dict[str, Any]]) -> None:
        """Show objects as rows."""
        self._is_setting = True
        self.table.setRowCount(0)
        for values in rows:
            self._append(values)
        self._is_setting = False
        self._fit()

    def _append(self, values: dict[str, Any]) -> None:
        row = self.table.rowCount()
        self.table.insertRow(row)
        known = {column.key for column in self.columns}
        for index, column in enumerate(self.columns):
            value = values.get(column.key, column.default)
            item = QTableWidgetItem(_write(column, value))
            if column.kind not in {"choice"}:
                item.setFont(ui_font(mono=True))
            if index == 0:
                item.setData(KEPT_ROLE, {key: other for key, other in values.items() if key not in known})
            self.table.setItem(row, index, item)

    def add(self) -> None:
        """Add a row and let its first cell be written."""
        self._is_setting = True
        self._append(self.fresh())
        self._is_setting = False
        self._fit()
        self.take()
        self.table.setCurrentCell(self.table.rowCount() - 1, 0)
        item = self.table.item(self.table.rowCount() - 1, 0)
        if item is not None:
            self.table.editItem(item)

    def fresh(self) -> dict[str, Any]:
        """Return a new row; the names of its outputs or keys must be its own."""
        taken = {row.get(self.columns[0].key) for row in self.rows()}
        number = 1
        while str(number) in taken:
            number += 1
        return {self.columns[0].key: str(number)}

    def remove(self) -> None:
        """Remove the row that is marked."""
        row = self.table.currentRow()
        if row >= 0:
            self.table.removeRow(row)
            self._fit()
            self.take()

    def _move(self, step: int) -> None:
        row = self.table.currentRow()
        rows = self.rows()
        if row < 0 or not 0 <= row + step < len(rows):
            return
        rows.insert(row + step, rows.pop(row))
        self.show_rows(rows)
        self.table.setCurrentCell(row + step, 0)
        self.take()

    def _changed(self, item: QTableWidgetItem) -> None:
        if not self._is_setting:
            self.take()

    def _fit(self) -> None:
        shown = min(max(LEAST, self.table.rowCount()), MOST)
        self.table.setFixedHeight(shown * 30 + 34)
        self._enable()

    def _enable(self) -> None:
        row, count = self.table.currentRow(), self.table.rowCount()
        self.remove_button.setEnabled(row >= 0)
        self.up_button.setEnabled(row > 0)
        self.down_button.setEnabled(0 <= row < count - 1)

    # the value

    def value(self) -> Any:
        """Return the list of objects; no row is no value."""
        return self.rows() or ABSENT

    def set_value(self, value: Any) -> None:
        """Show a list of objects; what is none is left out."""
        listed = value if isinstance(value, list) else []
        self.show_rows([row for row in listed if isinstance(row, dict)])


class PairsField(TableField):
    """Names with values: an object."""

    def fresh(self) -> dict[str, Any]:
        """Return a row without a name."""
        return {"name": "", "value": ""}

    def value(self) -> Any:
        """Return the object; rows without a name wait for one."""
        return {str(row["name"]): row["value"] for row in self.rows() if row["name"]} or ABSENT

    def set_value(self, value: Any) -> None:
        """Show an object."""
        pairs = value if isinstance(value, dict) else {}
        shown = {str(row["name"]): row["value"] for row in self.rows() if row["name"]}
        if shown != pairs or not pairs:
            self.show_rows([{"name": name, "value": one} for name, one in pairs.items()])


class Cell:
    """A cell that was written in last. Its editor is gone once the keyboard is elsewhere; its place and cursor are kept."""

    def __init__(self, table: Any, index: QModelIndex, line: QLineEdit) -> None:
        """Follow the cursor of the line in which a cell is written."""
        self.editor = table
        """What gets the keyboard back."""
        self._index = QPersistentModelIndex(index)
        self._cursor = len(str(index.data() or ""))
        line.cursorPositionChanged.connect(self._moved)

    def _moved(self, before: int, now: int) -> None:
        self._cursor = now

    def insert_reference(self, path: str) -> None:
        """Write a reference where the cursor was."""
        if not self._index.isValid():
            return
        line = QLineEdit(str(self._index.data() or ""))
        line.setCursorPosition(self._cursor)
        ReferenceCompleter(line, lambda: ()).insert_reference(path)
        self._cursor = line.cursorPosition()
        model = self.editor.model()
        model.setData(model.index(self._index.row(), self._index.column()), line.text())


class _Choices(QStyledItemDelegate):
    """Edits a cell with a box of choices where its column has them."""

    def __init__(self, columns: Sequence[FieldSpec], parent: QWidget) -> None:
        super().__init__(parent)
        self.columns = columns
        self.offered: Callable[[], Sequence[str | Offer]] | None = None
        self.enter: Callable[[Cell], None] | None = None

    def createEditor(self, parent: QWidget, option: Any, index: Any) -> QWidget:
        column = self.columns[index.column()]
        if not column.choices:
            line = QLineEdit(parent)
            line.setAccessibleName(tr(column.title))
            if self.offered is not None:
                ReferenceCompleter(line, self.offered)
            if self.enter is not None:
                self.enter(Cell(self.parent(), index, line))
            return line
        combo = QComboBox(parent)
        combo.setAccessibleName(tr(column.title))
        for choice in column.choices:
            combo.addItem(choice_word(choice), choice)
        combo.activated.connect(lambda _: self._commit(combo))
        return combo

    def _commit(self, combo: QComboBox) -> None:
        self.commitData.emit(combo)
        self.closeEditor.emit(combo)

    def setEditorData(self, editor: QWidget, index: Any) -> None:
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(max(0, editor.findText(str(index.data()))))
            editor.showPopup()
        elif isinstance(editor, QLineEdit) and editor.text() != str(index.data() or ""):
            editor.setText(str(index.data() or ""))

    def setModelData(self, editor: QWidget, model: Any, index: Any) -> None:
        text = editor.currentText() if isinstance(editor, QComboBox) else editor.text()  # type: ignore[attr-defined]
        if text != index.data():
            model.setData(index, text)


def _write(column: FieldSpec, value: Any) -> str:
    if column.choices:
        return choice_word(value)
    return ("" if value is None else str(value)) if column.kind == "text" else write_value(value)


def _read(column: FieldSpec, text: str) -> Any:
    if column.choices:
        return next((choice for choice in column.choices if choice_word(choice) == text), text)
    return text if column.kind == "text" else read_value(text)
