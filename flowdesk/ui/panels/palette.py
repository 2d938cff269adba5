"""The palette: every node type by category, searched by typing, added by a double click or dragged to the canvas."""

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QDrag
from PySide6.QtWidgets import QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from flowdesk.i18n import tr
from flowdesk.model.nodetype import Catalogue
from flowdesk.nodes.plugins import left_out
from flowdesk.ui.canvas.drops import TYPE_MIME
from flowdesk.ui.icons import category_icon
from flowdesk.ui.inspector.form import plain
from flowdesk.ui.panels.place import Place
from flowdesk.ui.plain import PlainLabel, tip
from flowdesk.ui.theme import theme, ui_font
from flowdesk.ui.typesearch import find_types

TYPE_ROLE = Qt.ItemDataRole.UserRole


class _TypeTree(QTreeWidget):
    """A tree whose leaves are dragged as node types."""

    def startDrag(self, actions: Qt.DropAction) -> None:
        item = self.currentItem()
        name = item.data(0, TYPE_ROLE) if item is not None else None
        if item is None or not name:
            return
        drag = QDrag(self)
        content = QMimeData()
        content.setData(TYPE_MIME, str(name).encode())
        drag.setMimeData(content)
        drag.setPixmap(item.icon(0).pixmap(QSize(28, 28)))
        drag.exec(Qt.DropAction.CopyAction)


class Palette(QWidget):
    """Shows the node types there are."""

    chosen = Signal(str)
    """Id of a node type that is to be added."""

    def __init__(self, catalogue: Catalogue, parent: QWidget | None = None) -> None:
        """Show a catalogue."""
        super().__init__(parent)
        self.setObjectName("panel")
        self.catalogue = catalogue
        self.search = QLineEdit(self)
        self.search.setClearButtonEnabled(True)
        self.nothing = PlainLabel("", self)
        self.nothing.setObjectName("dim")
        self.nothing.setWordWrap(True)
        self.tree = _TypeTree(self)
        self.tree.setHeaderHidden(True)
        self.tree.setIndentation(10)
        self.tree.setIconSize(QSize(18, 18))
        self.tree.setDragEnabled(True)
        self.tree.setRootIsDecorated(False)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 4, 8, 8)
        rows.setSpacing(6)
        for part in (self.search, self.nothing, self.tree):
            rows.addWidget(part)
        self.search.textChanged.connect(self._fill)
        self.search.returnPressed.connect(self._take_first)
        self.tree.itemActivated.connect(self._take)
        theme.changed.connect(self._fill)
        self.retranslate()

    def retranslate(self) -> None:
        """Set the texts in the language in force."""
        self.search.setPlaceholderText(tr("Search nodes…"))
        self.search.setAccessibleName(tr("Search nodes"))
        self.tree.setAccessibleName(tr("Node types"))
        self._fill()

    def _fill(self) -> None:
        found = find_types(self.catalogue, self.search.text(), translate=tr)
        self.tree.clear()
        self.nothing.setText(tr("Nothing found. Did you mean:") if found.types else tr("Nothing found."))
        self.nothing.setVisible(found.is_nearest)
        heads: dict[str, QTreeWidgetItem] = {}
        for node_type in found.types:
            if node_type.category not in heads:
                heads[node_type.category] = self._head(tr(node_type.category.capitalize()))
            title = tr(node_type.title)
            lines = [tr(line) for line in node_type.package.told(node_type.uses)] if node_type.package else []
            item = QTreeWidgetItem(heads[node_type.category], [title])
            item.setIcon(0, category_icon(node_type.icon, node_type.category))
            item.setToolTip(0, tip("\n".join([plain(node_type.first_line), *lines])))
            if node_type.package is not None:
                item.setText(0, f"{title}\n{node_type.package.title}")
                item.setData(0, Qt.ItemDataRole.AccessibleTextRole, title)
                item.setData(0, Qt.ItemDataRole.AccessibleDescriptionRole, " · ".join(lines))
            item.setData(0, TYPE_ROLE, node_type.id)
        self._fill_left_out()
        self.tree.expandAll()

    def _head(self, title: str) -> QTreeWidgetItem:
        head = QTreeWidgetItem(self.tree, [title])
        head.setFlags(Qt.ItemFlag.ItemIsEnabled)
        head.setForeground(0, theme().text_dim)
        head.setFont(0, ui_font("small", "semibold"))
        return head

    def _fill_left_out(self) -> None:
        """Show what could not be loaded of installed packages: who looks for their nodes reads here why there are none."""
        wanted = self.search.text().strip().casefold()
        found = [one for one in left_out() if not wanted or wanted in one.package.casefold()]
        if not found:
            return
        head = self._head(tr("Not loaded"))
        for one in found:
            reason, fix = tr(one.reason), tr(one.fix)
            item = QTreeWidgetItem(head, [f"{one.package}\n{reason}"])
            item.setFlags(Qt.ItemFlag.ItemIsEnabled)
            item.setForeground(0, theme().text_dim)
            item.setToolTip(0, tip("\n".join([one.package, reason, fix])))
            item.setData(0, Qt.ItemDataRole.AccessibleTextRole, one.package)
            item.setData(0, Qt.ItemDataRole.AccessibleDescriptionRole, f"{reason} {fix}")

    def _take(self, item: QTreeWidgetItem | None) -> None:
        name = item.data(0, TYPE_ROLE) if item is not None else None
        if name:
            self.chosen.emit(name)

    def _take_first(self) -> None:
        head = self.tree.topLevelItem(0)
        if head is not None and head.childCount() and self.nothing.isHidden():
            self._take(head.child(0))


PLACE = Place("palette", "Nodes", "left", lambda around: Palette(around.catalogue, around.window))
