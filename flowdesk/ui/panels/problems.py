"""The problems of the flow that is in front. A click on one leads to its node; an edge that is wrong is deleted from here.

An edge to a node that does not exist is nowhere on the canvas, so this is the only place where it can be seen and removed.
"""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from flowdesk.i18n import tr
from flowdesk.model.problem import Problem
from flowdesk.ui.icons import icon
from flowdesk.ui.inspector.form import plain
from flowdesk.ui.panels.place import Place
from flowdesk.ui.plain import PlainLabel, tip
from flowdesk.ui.theme import theme

NODE_ROLE = Qt.ItemDataRole.UserRole
EDGE_ROLE = Qt.ItemDataRole.UserRole + 1


class ProblemsPanel(QWidget):
    """Shows problems, errors first."""

    node_chosen = Signal(str)
    edge_unwanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Show none."""
        super().__init__(parent)
        self.setObjectName("panel")
        self._problems: Sequence[Problem] = ()
        self.nothing = PlainLabel(self)
        self.nothing.setObjectName("dim")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.tree = QTreeWidget(self)
        self.tree.setRootIsDecorated(False)
        self.tree.setHeaderHidden(True)
        self.tree.setColumnCount(3)
        self.tree.setIconSize(QSize(16, 16))
        header = self.tree.header()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(False)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 4, 8, 8)
        rows.addWidget(self.nothing)
        rows.addWidget(self.tree)
        self.tree.itemClicked.connect(self._choose)
        self.delete_edge = QAction(self.tree)
        self.delete_edge.setShortcut(QKeySequence(QKeySequence.StandardKey.Delete))
        self.delete_edge.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.delete_edge.triggered.connect(self._delete)
        self.tree.addAction(self.delete_edge)
        theme.changed.connect(self.retranslate)
        self.retranslate()

    def retranslate(self) -> None:
        """Set the texts in the language in force."""
        self.nothing.setText(tr("No problems. The flow is ready to run."))
        self.tree.setAccessibleName(tr("Problems"))
        self._fill()

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show these problems."""
        if list(problems) != list(self._problems):
            self._problems = problems
            self._fill()

    def _fill(self) -> None:
        problems = self._problems
        self.tree.clear()
        for problem in problems:
            item = QTreeWidgetItem(self.tree, [tr(problem.message), plain(problem.fix)])
            item.setIcon(0, icon("circle-x", "error") if problem.is_error else icon("triangle-alert", "warning"))
            item.setForeground(1, theme().text_dim)
            item.setToolTip(0, tip(tr(problem.message)))
            item.setData(0, NODE_ROLE, problem.node_id)
            item.setData(0, EDGE_ROLE, problem.edge_id)
            if problem.edge_id:
                item.setText(2, tr("Delete the edge"))
                item.setForeground(2, theme().accent)
        self.delete_edge.setText(tr("Delete the edge"))
        self.nothing.setVisible(not problems)
        self.tree.setVisible(bool(problems))

    def _delete(self) -> None:
        item = self.tree.currentItem()
        edge_id = item.data(0, EDGE_ROLE) if item is not None else None
        if edge_id:
            self.edge_unwanted.emit(edge_id)

    def _choose(self, item: QTreeWidgetItem, column: int = 0) -> None:
        edge_id, node_id = item.data(0, EDGE_ROLE), item.data(0, NODE_ROLE)
        if edge_id and column == 2:
            self.edge_unwanted.emit(edge_id)
            return
        if node_id:
            self.node_chosen.emit(node_id)


PLACE = Place("problems", "Problems", "below", lambda around: ProblemsPanel(around.window))
