"""Finding in every open flow: a list over the window."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout

from flowdesk.i18n import tr
from flowdesk.ui.bench import Bench
from flowdesk.ui.canvas.search import search
from flowdesk.ui.icons import icon
from flowdesk.ui.plain import PlainLabel

MOST = 500
"""Most hits in the list."""
HIT_ROLE = Qt.ItemDataRole.UserRole


class FindAll(QDialog):
    """Lists what is found in every open flow; choosing one goes there."""

    def __init__(self, bench: Bench) -> None:
        """Look in the flows of a window."""
        super().__init__(bench.window, Qt.WindowType.Popup)
        self._bench = bench
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(tr("Find in all open flows…"))
        self.search.setAccessibleName(tr("Find in all open flows…"))
        self.list = QListWidget(self)
        self.list.setAccessibleName(tr("Matches"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.nothing = PlainLabel(tr("No matches"), self)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.hide()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 8, 8, 8)
        for widget in (self.search, self.nothing, self.list):
            rows.addWidget(widget)
        self.search.textChanged.connect(self._fill)
        self.search.returnPressed.connect(lambda: self._take(self.list.currentItem()))
        self.search.installEventFilter(self)
        self.list.itemClicked.connect(self._take)

    def open_over(self) -> None:
        """Open at the top of the window."""
        window = self._bench.window
        self.resize(620, 440)
        self.move(window.mapToGlobal(QPoint((window.width() - 620) // 2, 70)))
        self.show()
        self.search.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrows choose while the letters go on narrowing."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
            if step and self.list.count():
                self.list.setCurrentRow((self.list.currentRow() + step) % self.list.count())
                return True
        return bool(super().eventFilter(watched, event))

    def _fill(self) -> None:
        self.list.clear()
        for tab in self._bench.all_tabs():
            for hit in search(tab.scene.draft, tab.catalogue, self.search.text(), tr):
                if self.list.count() >= MOST:
                    break
                parts = [tab.name, hit.label, hit.where]
                item = QListWidgetItem("   ›   ".join(part for part in parts if part))
                node = tab.scene.draft.nodes.get(hit.id)
                known = tab.catalogue.get(node.type) if node is not None else None
                item.setIcon(icon(known.icon if known else "square", "text_dim"))
                item.setData(HIT_ROLE, (tab.workflow_id, hit.id))
                self.list.addItem(item)
        self.nothing.setVisible(bool(self.search.text().strip()) and not self.list.count())
        self.list.setCurrentRow(0)

    def _take(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        workflow_id, item_id = item.data(HIT_ROLE)
        self.close()
        self._bench.show_in_flow(workflow_id, item_id)
