"""The data picker: every value that a setting may name, with what it was in the last run, in the order of the flow."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QTreeWidgetItem, QVBoxLayout, QWidget

from flowdesk.i18n import tr
from flowdesk.ui.plain import tip
from flowdesk.ui.tree import LinesTree

PATH, WORDS = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1


def written(path: str) -> str:
    """Return the reference to a value as it stands in a setting."""
    return "{{" + path + "}}" if path.replace(".", "").isidentifier() else "{{ " + path + " }}"


class _Tree(LinesTree):
    """A tree whose lines can be dragged into a field."""

    def mimeData(self, items: Sequence[QTreeWidgetItem]) -> QMimeData:
        """Drag the reference as a text."""
        data = QMimeData()
        data.setText(written(str(items[0].data(0, PATH))) if items else "")
        return data

    def mimeTypes(self) -> list[str]:
        """Only text is dragged."""
        return ["text/plain"]


class ValuePicker(QWidget):
    """A line that narrows the tree, and the tree."""

    chosen = Signal(str)
    """The path of a value that a person took by Enter, Tab, or a double click."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Show nothing yet."""
        super().__init__(parent)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(tr("Find a value"))
        self.search.setAccessibleName(tr("Find a value"))
        self.search.setClearButtonEnabled(True)
        self.tree = _Tree((tr("Value"), tr("Value in the last run")), self)
        self.tree.setAccessibleName(tr("Variables and results"))
        self.tree.setDragEnabled(True)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(6)
        rows.addWidget(self.search)
        rows.addWidget(self.tree)
        self.search.textChanged.connect(self.narrow)
        self.tree.itemDoubleClicked.connect(lambda item, _: self._take(item))
        self.search.installEventFilter(self)
        self.tree.installEventFilter(self)

    def show_values(self, entries: Sequence[Mapping[str, Any]]) -> None:
        """Show values as ``value.list`` tells them."""
        self.tree.clear()
        self.tree.addTopLevelItems([entry_item(entry) for entry in entries])
        self.narrow(self.search.text())

    def narrow(self, text: str) -> None:
        """Show what holds every word of a text in its name, its node's name or their pinyin."""
        words = text.lower().split()
        first = None
        for place in range(self.tree.topLevelItemCount()):
            first = _narrowed(self.tree.topLevelItem(place), words, "") or first
        if words and first is not None:
            self.tree.setCurrentItem(first)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the marked value by Enter or Tab; the arrows go on from the search to the tree."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            current = self.tree.currentItem()
            is_taking = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} or (
                event.key() == Qt.Key.Key_Tab and (watched is self.tree or bool(self.search.text()))
            )
            if is_taking and current is not None:
                self._take(current)
                return True
            if watched is self.search and event.key() == Qt.Key.Key_Down:
                self.tree.setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return super().eventFilter(watched, event)

    def _take(self, item: QTreeWidgetItem) -> None:
        self.chosen.emit(str(item.data(0, PATH)))


def entry_item(entry: Mapping[str, Any]) -> QTreeWidgetItem:
    """Return the line of a value, with the lines of its parts in it."""
    name, label, shown = str(entry["name"]), str(entry["label"]), entry["shown"]
    title = f"{label} ({name})" if label and label != name else name
    item = QTreeWidgetItem([title, str(shown) if shown else "–"])
    item.setData(0, PATH, entry["path"])
    item.setData(0, WORDS, f"{entry['path']} {title} {entry['search']}".lower())
    item.setToolTip(0, tip(written(str(entry["path"]))))
    if shown is not None:
        item.setToolTip(1, tip(str(shown)))
    item.addChildren([entry_item(child) for child in entry["children"]])
    return item


def _narrowed(item: QTreeWidgetItem | None, words: Sequence[str], around: str) -> QTreeWidgetItem | None:
    """Hide an item unless it or what lies in it fits; return the first that does."""
    if item is None:
        return None
    own = f"{around} {item.data(0, WORDS)}"
    found = item if words and all(word in own for word in words) else None
    inner = [_narrowed(item.child(place), words, own) for place in range(item.childCount())]
    is_inside = any(one is not None for one in inner)
    item.setHidden(bool(words) and found is None and not is_inside)
    item.setExpanded(bool(words) and is_inside)
    return found or next((one for one in inner if one is not None), None)
