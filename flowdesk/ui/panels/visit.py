"""What the selected node was given and what came of it, beside its settings: at any visit of the last run."""

import base64
from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QSpinBox,
    QStackedWidget,
    QToolButton,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from flowdesk.aio import spawn
from flowdesk.i18n import tr
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.run import NodeState
from flowdesk.model.sentence import say
from flowdesk.protocol.replies import NodeVisit
from flowdesk.ui.canvas.node_item import STATE_WORDS
from flowdesk.ui.icons import icon
from flowdesk.ui.marking import FailureDialog
from flowdesk.ui.panels.place import Place
from flowdesk.ui.panels.valuehtml import ValuePage, as_lines
from flowdesk.ui.peer import WindowPeer
from flowdesk.ui.plain import PlainLabel, tip
from flowdesk.ui.tree import LinesTree

PICTURE = QSize(220, 138)
EMPTY, FILLED, WIDEST = 160, 260, 16_777_215
"""Widths in pixels: a panel that has nothing to show leaves the room to the canvas."""
VIEWS = (say("Table"), say("Tree"), say("Text"))


class VisitPanel(QWidget):
    """Asks the session for a visit while it is in sight."""

    run_wanted = Signal(str, str, object)
    """Workflow id, node id and the visit (``run_id``, ``visit``) whose values a run from there is to begin with."""
    target_drawn = Signal(str, str, bytes)
    """Workflow id, node id and the picture of what the node is to find."""

    def __init__(self, peer: WindowPeer, parent: QWidget | None = None) -> None:
        """Show no node."""
        super().__init__(parent)
        self.setObjectName("panel")
        self._peer = peer
        self._workflow_id, self._node_id = "", ""
        self._past: tuple[str, str] | None = None
        """A workflow and an earlier run of it that is shown instead of the last."""
        self._told: NodeVisit = {"run_id": "", "visits": 0}
        self._failure = QPixmap()
        self.makes_target: Callable[[str, str], bool] = lambda workflow_id, node_id: False
        """Whether a node of a workflow has a target."""
        self.first, self.last = QToolButton(self), QToolButton(self)
        self.number = QSpinBox(self)
        self.view = QComboBox(self)
        self.view.addItems(list(VIEWS))
        self.state = PlainLabel(self)
        self.state.setObjectName("dim")
        self.state.setWordWrap(True)
        self.picture = QToolButton(self)
        self.picture.setIconSize(PICTURE)
        self.run_button = QPushButton(self)
        self.page = ValuePage(self)
        self.tree = LinesTree(("", ""), self)
        self.tree.setMinimumHeight(0)
        self.tree.setMaximumHeight(16_777_215)
        self.body = QStackedWidget(self)
        self.body.addWidget(self.page)
        self.body.addWidget(self.tree)
        self.chooser = QWidget(self)
        row = QHBoxLayout(self.chooser)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for widget in (self.first, self.number, self.last, self.view):
            row.addWidget(widget, 1 if widget is self.view else 0)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 8, 12, 12)
        rows.setSpacing(8)
        rows.addWidget(self.chooser)
        rows.addWidget(self.state)
        rows.addWidget(self.picture)
        rows.addWidget(self.run_button)
        rows.addWidget(self.body, 1)
        self._connect()
        self.retranslate()

    def _connect(self) -> None:
        self.picture.clicked.connect(self._show_picture)
        self.run_button.clicked.connect(self._run)
        self.first.clicked.connect(lambda: self.number.setValue(1))
        self.last.clicked.connect(lambda: self.number.setValue(self.number.maximum()))
        self.number.valueChanged.connect(lambda number: self._ask(number))
        self.view.currentIndexChanged.connect(lambda _: self._show())

    def retranslate(self) -> None:
        """Set every text in the language in force."""
        self.setAccessibleName(tr("Input and output"))
        self.first.setText("|‹")
        self.last.setText("›|")
        for button, text in ((self.first, tr("First execution")), (self.last, tr("Last execution"))):
            button.setToolTip(tip(text))
            button.setAccessibleName(text)
        self.number.setAccessibleName(tr("Execution"))
        self.number.setToolTip(tip(tr("Which execution of the node to show")))
        self.view.setAccessibleName(tr("Show as"))
        for place, text in enumerate(VIEWS):
            self.view.setItemText(place, tr(text))
        self.tree.setHeaderLabels([tr("Setting or result"), tr("Value")])
        self.picture.setToolTip(tip(tr("Screen at the failure")))
        self.picture.setAccessibleName(tr("Screen at the failure"))
        self.run_button.setText(tr("Run from here with these values"))
        self.run_button.setIcon(icon("skip-forward"))
        self._show()

    def show_node(self, workflow_id: str, node_id: str) -> None:
        """Show the last visit of a node; of none, how one comes to see it."""
        self._workflow_id, self._node_id = workflow_id, node_id
        self._told, self._failure = {"run_id": "", "visits": 0}, QPixmap()
        self._show()
        self._ask(None)

    def show_past(self, workflow_id: str, run_id: str | None, node_id: str, visit: int) -> None:
        """Show a visit of an earlier run, and what else is asked for of that run; ``None`` is the last again."""
        self._past = (workflow_id, run_id) if run_id is not None else None
        if node_id:
            self._workflow_id, self._node_id = workflow_id, node_id
            self._told = {"run_id": "", "visits": 0}
            self.number.setRange(1, max(1, visit))
            self._ask(None, visit)
        elif self._node_id:
            self.show_node(self._workflow_id, self._node_id)

    def showEvent(self, event: Any) -> None:
        """Ask for what was not asked for while it was out of sight."""
        super().showEvent(event)
        self._ask(None)

    def _ask(self, number: int | None, at: int | None = None) -> None:
        if self._node_id and self.isVisible() and (number is None or number != self._told.get("visit")):
            spawn(self._fetch(number, at), "read a visit")

    async def _fetch(self, number: int | None, at: int | None = None) -> None:
        asked = self._workflow_id, self._node_id, self._past
        payload = {"node_id": asked[1], "visit": at or number}
        if self._past is not None and self._past[0] == asked[0]:
            payload["run_id"] = self._past[1]
        try:
            told = await self._peer.request("value.visit", payload, asked[0])
        except FlowdeskError:
            return  # The flow was closed meanwhile.
        if asked == (self._workflow_id, self._node_id, self._past) and number in (None, self.number.value()):
            self._told, self._failure = told, QPixmap()
            self._show()
            await self._fetch_picture()

    def _show(self) -> None:
        told = self._told
        self.setMinimumWidth(FILLED if told["visits"] else EMPTY)
        self.setMaximumWidth(WIDEST if told["visits"] else EMPTY)
        self.chooser.setVisible(told["visits"] > 0)
        self.body.setVisible(told["visits"] > 0)
        self.state.setText(self._state())
        self.run_button.setVisible(told["visits"] > 0 and not told["iteration"])
        self.picture.setVisible(not self._failure.isNull())
        if not self._failure.isNull():
            self.picture.setIcon(QIcon(self._failure.scaled(PICTURE * 2, Qt.AspectRatioMode.KeepAspectRatio)))
        if not told["visits"]:
            return
        self.number.blockSignals(True)
        self.number.setRange(1, told["visits"])
        self.number.setValue(told["visit"] or 0)
        self.number.setSuffix(f" / {told['visits']}")
        self.number.blockSignals(False)
        for widget in (self.first, self.last, self.number):
            widget.setVisible(told["visits"] > 1)
        sections = [(tr(title), value) for title, value in sections_of(told)]
        view = VIEWS[self.view.currentIndex()]
        self.body.setCurrentWidget(self.tree if view == "Tree" else self.page)
        if view == "Tree":
            self._show_tree(sections)
        elif view == "Table":
            self.page.show_tables(sections)
        else:
            self.page.show_texts(sections)

    async def _fetch_picture(self) -> None:
        told = self._told
        if told.get("picture"):
            asked = {"run_id": told["run_id"], "name": told["picture"]}
            content = (await self._peer.request("execution.picture", asked))["data"]
            if told is self._told and self._failure.loadFromData(base64.b64decode(content)):
                self._show()

    def _show_picture(self) -> None:
        asked = self._workflow_id, self._node_id
        dialog = FailureDialog(self._failure, makes_target=self.makes_target(*asked), parent=self.window())
        dialog.taken.connect(lambda picture: self.target_drawn.emit(*asked, picture))
        dialog.open()

    def _run(self) -> None:
        visit = {"run_id": self._told["run_id"], "visit": self._told["visit"]}
        self.run_wanted.emit(self._workflow_id, self._node_id, visit)

    def _state(self) -> str:
        told = self._told
        if not self._node_id:
            return tr("Select a node to see its input and output.")
        if not told["visits"]:
            return tr("This node did not run in the last run, or there is no run yet.")
        parts = [tr(STATE_WORDS[NodeState(told["status"] or "pending")])]
        if told["iteration"]:
            passes = " › ".join(str(place + 1) for place in told["iteration"])
            parts.append(tr(say("iteration {passes} of the loop", passes=passes)))
        if told["is_cut"]:
            parts.append(tr("long values are shortened"))
        return " · ".join(parts)

    def _show_tree(self, sections: list[tuple[str, Any]]) -> None:
        self.tree.clear()
        for title, value in sections:
            item = tree_item(title, value)
            self.tree.addTopLevelItem(item)
            item.setExpanded(True)


def sections_of(told: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return what a visit tells, under its headings."""
    wrong = {key: f"⚠ {tr(message)}" for key, message in told["wrong"].items()}
    found: list[tuple[str, Any]] = [(say("Input"), {**told["input"], **wrong})]
    if told["error"]:
        found.append((say("Error"), _error(told["error"])))
    if told["output"] is not None:
        found.append((say("Output"), told["output"]))
    found.append((say("Changed variables"), told["changed"]))
    return [(title, value) for title, value in found if value not in ({}, "")]


def _error(error: Any) -> Any:
    if not isinstance(error, Mapping):
        return tr(str(error))
    return " ".join(tr(str(error[key])) for key in ("message", "fix") if error.get(key))


def tree_item(name: str, value: Any) -> QTreeWidgetItem:
    """Return the line of a value, with the lines of its parts in it."""
    parts = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    text = " ".join(as_lines(value)[:300].split()) if not isinstance(value, str) else value[:300]
    item = QTreeWidgetItem([name, text])
    item.setToolTip(1, tip(text))
    item.addChildren([tree_item(str(key), part) for key, part in parts])
    return item


PLACE = Place(
    "visit", "Input and output", "right", lambda around: VisitPanel(around.peer, around.window), "columns-3", wide=1600
)
