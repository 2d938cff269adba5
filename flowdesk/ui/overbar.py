"""Bars over the top of the canvas: a text, and buttons for what can be done about it."""

from collections.abc import Sequence
from typing import Any, Protocol

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from flowdesk.model.changes import AnyChange
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.run import RunState
from flowdesk.protocol.events import NodeEvent
from flowdesk.ui.peer import WindowPeer
from flowdesk.ui.plain import PlainLabel

WIDEST, GAP = 720, 10


class FlowPage(Protocol):
    """What a bar uses of the tab over whose canvas it lies."""

    peer: WindowPeer
    workflow_id: str
    catalogue: Catalogue
    view: Any
    """The canvas, a ``CanvasView``."""
    run_id: str | None
    run_state: RunState | None
    running: dict[str, None]

    @property
    def scene(self) -> Any:
        """The scene of the canvas."""

    def label_of(self, node_id: str | None) -> str:
        """Return what people read of a node."""

    def jump_to(self, item_id: str) -> None:
        """Bring something into sight, and select it."""

    def edit(self, changes: Sequence[AnyChange], label: str) -> None:
        """Ask for an edit of the flow."""

    def take_nodes(self, payloads: Sequence[NodeEvent]) -> None:
        """Show the states of nodes."""


class OverCanvas(QFrame):
    """Keeps to the top of a flow's canvas, as wide as it has room for. Hidden at first."""

    def __init__(self, tab: FlowPage) -> None:
        """Be hidden."""
        super().__init__(tab.view)
        self.setObjectName("overlay")
        self.tab = tab
        tab.view.installEventFilter(self)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep to the top of the canvas."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return bool(super().eventFilter(watched, event))

    def _place(self) -> None:
        wide = min(WIDEST, self.tab.view.width() - 2 * GAP)
        self.resize(wide, max(self.heightForWidth(wide), self.sizeHint().height()))
        self.move((self.tab.view.width() - wide) // 2, GAP)


class OverBar(OverCanvas):
    """Hidden until ``show_text``."""

    def __init__(self, tab: FlowPage, buttons: int) -> None:
        """Be hidden, with so many buttons."""
        super().__init__(tab)
        self.text = PlainLabel(self)
        self.text.setWordWrap(True)
        self.buttons = [QPushButton(self) for _ in range(buttons)]
        column = QVBoxLayout()
        for button in self.buttons:
            column.addWidget(button)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.addWidget(self.text, 1)
        row.addLayout(column)

    def show_text(self, text: str) -> None:
        """Show a text, or nothing where it is empty."""
        self.setVisible(bool(text))
        if text:
            self.text.setText(text)
            self._place()
            self.raise_()
