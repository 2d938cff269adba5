"""The variables of the flow in front: their values at the start, and what they are in the run."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from flowdesk.i18n import tr
from flowdesk.model.changes import SetFlow
from flowdesk.ui.icons import icon
from flowdesk.ui.inspector.values import read_value, write_value
from flowdesk.ui.panels.place import Place
from flowdesk.ui.plain import PlainLabel, tip
from flowdesk.ui.theme import theme, ui_font

NAME_ROLE = Qt.ItemDataRole.UserRole
NAME, VALUE, NOW = range(3)
LONGEST = 200
"""Characters of a run's value that are shown."""


class VariableTree(QTreeWidget):
    """A table whose first two columns are edited."""

    delete_pressed = Signal()

    def edit(self, index: Any, trigger: Any = None, event: Any = None) -> Any:
        """Refuse to edit what the run tells."""
        if trigger is None:
            return super().edit(index)
        return index.column() != NOW and super().edit(index, trigger, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete removes the variable."""
        if event.key() == Qt.Key.Key_Delete:
            self.delete_pressed.emit()
        else:
            super().keyPressEvent(event)


class VariablesPanel(QWidget):
    """Asks for changes of the flow: ``edited(changes, label)``."""

    edited = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Show no variables."""
        super().__init__(parent)
        self.setObjectName("panel")
        self._values: dict[str, Any] = {}
        self._now: dict[str, Any] = {}
        self._is_filling = False
        self.hint = PlainLabel(self)
        self.hint.setObjectName("dim")
        self.add_button, self.remove_button = QToolButton(self), QToolButton(self)
        self.tree = VariableTree(self)
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setColumnCount(3)
        self.tree.setColumnWidth(NAME, 180)
        self.tree.setColumnWidth(VALUE, 300)
        self.tree.header().setSectionResizeMode(NOW, QHeaderView.ResizeMode.Stretch)
        self.tree.setEditTriggers(
            QTreeWidget.EditTrigger.DoubleClicked
            | QTreeWidget.EditTrigger.EditKeyPressed
            | QTreeWidget.EditTrigger.AnyKeyPressed
        )
        top = QHBoxLayout()
        top.addWidget(self.hint, 1)
        for button in (self.add_button, self.remove_button):
            button.setIconSize(QSize(16, 16))
            top.addWidget(button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 4, 8, 8)
        rows.setSpacing(4)
        rows.addLayout(top)
        rows.addWidget(self.tree)
        self.add_button.clicked.connect(self.add)
        self.remove_button.clicked.connect(self.remove)
        self.tree.delete_pressed.connect(self.remove)
        self.tree.itemChanged.connect(self._changed)
        self.tree.itemSelectionChanged.connect(self._enable)
        theme.changed.connect(self.retranslate)
        self.setEnabled(False)
        self.retranslate()

    def retranslate(self) -> None:
        """Set the texts in the language in force."""
        self.tree.setAccessibleName(tr("Variables"))
        self.tree.setHeaderLabels([tr("Name"), tr("Initial value"), tr("Value in the last run")])
        for button, name, text in (
            (self.add_button, "plus", "Add a variable"),
            (self.remove_button, "trash-2", "Remove the variable"),
        ):
            button.setIcon(icon(name, "text_dim"))
            button.setToolTip(tip(tr(text)))
            button.setAccessibleName(tr(text))
        self.hint.setText(tr("{{name}} in a text inserts the variable."))
        self._fill()

    def show_variables(self, values: Mapping[str, Any] | None, now: Mapping[str, Any]) -> None:
        """Show the flow's variables and those of its last run; ``None`` while no flow is open."""
        self.setEnabled(values is not None)
        if write_value([dict(values or {}), dict(now)]) != write_value([self._values, self._now]):
            self._values, self._now = dict(values or {}), dict(now)
            self._fill()

    def add(self) -> None:
        """Add a variable under a free name and let it be named."""
        number = 1
        while (name := f"variable{number}") in self._values:
            number += 1
        self.edited.emit([SetFlow(path=("variables", name), value="")], tr("Add a variable"))
        self._values[name] = ""
        self._fill()
        item = self._row(name)
        if item is not None:
            self.tree.setCurrentItem(item)
            self.tree.scrollToItem(item)
            self.tree.editItem(item, NAME)

    def remove(self) -> None:
        """Remove the selected variable."""
        item = self.tree.currentItem()
        name = item.data(NAME, NAME_ROLE) if item is not None else None
        if name in self._values:
            self.edited.emit([SetFlow(path=("variables", name), remove=True)], tr("Remove the variable"))

    def _changed(self, item: QTreeWidgetItem, column: int) -> None:
        if self._is_filling:
            return
        name, written = item.data(NAME, NAME_ROLE), item.text(NAME).strip()
        if column == VALUE:
            value = read_value(item.text(VALUE))
            if write_value(value) != write_value(self._values.get(name)):
                self.edited.emit([SetFlow(path=("variables", name), value=value)], tr("Edit the variables"))
        elif written and written != name and written not in self._values and not set(written) & set("{}"):
            self._is_filling = True
            item.setData(NAME, NAME_ROLE, written)
            self._is_filling = False
            renamed = {written if key == name else key: value for key, value in self._values.items()}
            self.edited.emit([SetFlow(path=("variables",), value=renamed)], tr("Edit the variables"))
        else:
            item.setText(NAME, name)

    def _fill(self) -> None:
        chosen = self.tree.currentItem()
        name = chosen.data(NAME, NAME_ROLE) if chosen is not None else None
        self._is_filling = True
        self.tree.clear()
        for key in [*self._values, *(key for key in self._now if key not in self._values)]:
            own = key in self._values
            now = _short(self._now[key]) if key in self._now else ""
            item = QTreeWidgetItem(self.tree, [key, write_value(self._values[key]) if own else "", now])
            item.setData(NAME, NAME_ROLE, key)
            item.setFont(VALUE, ui_font(mono=True))
            item.setFont(NOW, ui_font(mono=True))
            item.setForeground(NOW, theme().text_dim)
            item.setToolTip(NOW, tip(now))
            if own:
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            else:
                item.setForeground(NAME, theme().text_dim)
        self._is_filling = False
        again = self._row(name) if name is not None else None
        if again is not None:
            self.tree.setCurrentItem(again)
            self.tree.scrollToItem(again)
        self._enable()

    def _row(self, name: str) -> QTreeWidgetItem | None:
        items = (self.tree.topLevelItem(row) for row in range(self.tree.topLevelItemCount()))
        return next((item for item in items if item is not None and item.data(NAME, NAME_ROLE) == name), None)

    def _enable(self) -> None:
        item = self.tree.currentItem()
        self.remove_button.setEnabled(item is not None and item.data(NAME, NAME_ROLE) in self._values)


def _short(value: Any) -> str:
    text = write_value(value)
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


PLACE = Place("variables", "Variables", "below", lambda around: VariablesPanel(around.window))
