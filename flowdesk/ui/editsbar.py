"""What edits of a flow mean to its run that is under way, over the canvas, with taking them into the run while it is paused."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from flowdesk.i18n import tr
from flowdesk.model.sentence import say
from flowdesk.ui.icons import icon
from flowdesk.ui.plain import PlainLabel

if TYPE_CHECKING:
    from flowdesk.ui.tab import FlowTab

WIDEST, GAP = 720, 10
MOST_LINES = 3
"""Sentences that are shown; the others are counted."""


class EditsBar(QFrame):
    """Shows the edits of ``execution.edits``; hidden where there are none."""

    def __init__(self, tab: "FlowTab") -> None:
        """Be hidden."""
        super().__init__(tab.view)
        self.setObjectName("overlay")
        self.tab = tab
        self.run_id = ""
        self.edits: Sequence[dict[str, Any]] = ()
        self.text = PlainLabel(self)
        self.text.setWordWrap(True)
        self.take_button, self.back_button = QPushButton(self), QPushButton(self)
        buttons = QVBoxLayout()
        buttons.addWidget(self.take_button)
        buttons.addWidget(self.back_button)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.addWidget(self.text, 1)
        row.addLayout(buttons)
        self.take_button.clicked.connect(lambda: self._ask(back=False))
        self.back_button.clicked.connect(lambda: self._ask(back=True))
        tab.view.installEventFilter(self)
        self.hide()

    def show_edits(self, run_id: str, edits: Sequence[dict[str, Any]]) -> None:
        """Show what is told of a run."""
        self.run_id, self.edits = run_id, edits
        self.setVisible(bool(edits))
        if not edits:
            return
        lines = [tr(edit["message"]) for edit in edits[:MOST_LINES]]
        if len(edits) > MOST_LINES:
            lines.append(tr(say("and {count} more", count=len(edits) - MOST_LINES)))
        self.text.setText("\n".join(lines))
        fates = {edit["fate"] for edit in edits}
        self.take_button.setText(tr("Use in this run"))
        self.take_button.setVisible("open" in fates)
        self.back_button.setText(tr("Use the old settings"))
        self.back_button.setIcon(icon("undo-2"))
        self.back_button.setVisible("taken" in fates)
        self._place()
        self.raise_()

    def _ask(self, *, back: bool) -> None:
        self.tab.peer.send("workflow.take", {"run_id": self.run_id, "back": back}, self.tab.workflow_id)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep to the top of the canvas."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return bool(super().eventFilter(watched, event))

    def _place(self) -> None:
        wide = min(WIDEST, self.tab.view.width() - 2 * GAP)
        self.resize(wide, max(self.heightForWidth(wide), self.sizeHint().height()))
        self.move((self.tab.view.width() - wide) // 2, GAP)
