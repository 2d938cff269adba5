"""A target that a run misses: picked again, looked at, and kept by the flow when the run continues with it."""

from collections.abc import Callable
from typing import Any

from flowdesk.i18n import tr
from flowdesk.model.changes import SetNode
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.sentence import say
from flowdesk.ui.asking import QuestionDialog
from flowdesk.ui.bench import Bench
from flowdesk.ui.recordacts import RecordActs


class Repair:
    """One question about a target."""

    def __init__(
        self,
        bench: Bench,
        recording: RecordActs,
        dialog: QuestionDialog,
        question: dict[str, Any],
        workflow_id: str,
        asks: Callable[[str], bool],
    ) -> None:
        """Repair what ``help.needed`` asks about; ``asks`` tells whether a question is still open."""
        self._bench, self._recording, self._dialog = bench, recording, dialog
        self._question, self._workflow_id, self._asks = question, workflow_id, asks

    async def pick(self) -> None:
        """Let a person point at the target, and show what was picked."""
        from flowdesk.ui.picker.pick import pick_target

        picked = await pick_target(self._dialog, self._bench.peer, self._workflow_id)
        if picked and self._asks(self._question["help_id"]):
            self._dialog.review(picked)

    async def show(self) -> None:
        """Let a person do by hand what the node should have done: it is recorded in the node's place, and the run continues behind it."""
        tab = self._bench.tab_of(self._workflow_id)
        if tab is None:
            return
        self._dialog.hide()
        try:
            await self._recording.show_step(tab, self._question["node_id"], self._shown)
        except FlowdeskError as error:
            self._dialog.show()
            self._bench.show_error(error)

    def _shown(self, count: int) -> None:
        """Let the run continue behind what was shown; where nothing was, ask again."""
        if count:
            self._dialog.give("skip")
        else:
            self._dialog.show()

    def accept(self, picked: list[str]) -> None:
        """Let the run continue with what was picked; the flow keeps it."""
        value: str | list[str] = picked if len(picked) > 1 else picked[0]
        tab = self._bench.tab_of(self._workflow_id)
        node_id, key = self._question["node_id"], self._question["key"]
        if key and tab is not None and node_id in tab.scene.draft.nodes:
            label = tr(say("Repair {name}", name=tab.label_of(node_id)))
            tab.edit([SetNode(id=node_id, path=("data", "config", key), value=value)], label)
        self._dialog.give("answer", value)
