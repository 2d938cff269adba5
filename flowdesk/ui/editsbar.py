"""What edits of a flow mean to its run that is under way, over the canvas, with taking them into the run while it is paused."""

from collections.abc import Sequence

from flowdesk.i18n import tr
from flowdesk.model.sentence import say
from flowdesk.protocol.events import RunEdit
from flowdesk.ui.icons import icon
from flowdesk.ui.overbar import FlowPage, OverBar

MOST_LINES = 3
"""Sentences that are shown; the others are counted."""


class EditsBar(OverBar):
    """Shows the edits of ``execution.edits``; hidden where there are none."""

    def __init__(self, tab: FlowPage) -> None:
        """Be hidden."""
        super().__init__(tab, 2)
        self.run_id = ""
        self.edits: Sequence[RunEdit] = ()
        self.take_button, self.back_button = self.buttons
        self.take_button.clicked.connect(lambda: self._ask(back=False))
        self.back_button.clicked.connect(lambda: self._ask(back=True))

    def show_edits(self, run_id: str, edits: Sequence[RunEdit]) -> None:
        """Show what is told of a run."""
        self.run_id, self.edits = run_id, edits
        lines = [tr(edit["message"]) for edit in edits[:MOST_LINES]]
        if len(edits) > MOST_LINES:
            lines.append(tr(say("and {count} more", count=len(edits) - MOST_LINES)))
        fates = {edit["fate"] for edit in edits}
        self.take_button.setText(tr("Use in this run"))
        self.take_button.setVisible("open" in fates)
        self.back_button.setText(tr("Use the old settings"))
        self.back_button.setIcon(icon("undo-2"))
        self.back_button.setVisible("taken" in fates)
        self.show_text("\n".join(lines))

    def _ask(self, *, back: bool) -> None:
        self.tab.peer.send("workflow.take", {"run_id": self.run_id, "back": back}, self.tab.workflow_id)
