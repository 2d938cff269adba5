"""Targets that only a fallback found in a run, over the canvas, with letting the way that worked come first from now on."""

from collections.abc import Sequence

from flowdesk.i18n import tr
from flowdesk.model.changes import SetNode
from flowdesk.model.sentence import say
from flowdesk.protocol.events import MovedTarget
from flowdesk.ui.overbar import FlowPage, OverBar

MOST_NAMES = 5
"""Nodes that are named; the others are counted."""


class MovedBar(OverBar):
    """Shows the ``moved`` of a run's end; hidden where there are none, and from the next run on."""

    def __init__(self, tab: FlowPage) -> None:
        """Be hidden."""
        super().__init__(tab, 2)
        self.moved: Sequence[MovedTarget] = ()
        self._left_run: str | None = ""
        self.use_button, self.leave_button = self.buttons
        self.use_button.clicked.connect(self._use)
        self.leave_button.clicked.connect(self._leave)

    def show_moved(self, moved: Sequence[MovedTarget]) -> None:
        """Offer what a run found out; of nodes that are as the run had them."""
        is_left = self.tab.run_id == self._left_run
        self.moved = [one for one in moved if not is_left and self._is_as_it_was(one)]
        names = list(dict.fromkeys(self.tab.label_of(one["node_id"]) for one in self.moved))
        lines = [
            tr(say("Targets that have moved on, found by a fallback: {names}", names=", ".join(names[:MOST_NAMES])))
        ]
        if len(names) > MOST_NAMES:
            lines.append(tr(say("and {count} more", count=len(names) - MOST_NAMES)))
        self.use_button.setText(tr("Use what worked"))
        self.leave_button.setText(tr("Not now"))
        self.show_text("\n".join(lines) if self.moved else "")

    def _is_as_it_was(self, one: MovedTarget) -> bool:
        node = self.tab.scene.draft.nodes.get(one["node_id"])
        value = node.config.get(one["key"]) if node is not None else None
        return (
            isinstance(value, list)
            and sorted(value, key=repr) == sorted(one["ways"], key=repr)
            and value != one["ways"]
        )

    def _leave(self) -> None:
        self._left_run = self.tab.run_id
        self.show_moved(())

    def _use(self) -> None:
        changes = [
            SetNode(id=one["node_id"], path=("data", "config", one["key"]), value=one["ways"])
            for one in self.moved
            if self._is_as_it_was(one)
        ]
        if changes:
            self.tab.edit(changes, tr("Use what worked"))
        self.show_moved(())
