"""A target that a run misses: picked again, looked at, and kept by the flow when the run continues with it."""

from typing import TYPE_CHECKING, Any

from flowdesk.i18n import tr
from flowdesk.model.changes import SetNode
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.sentence import say
from flowdesk.ui.asking import QuestionDialog

if TYPE_CHECKING:
    from flowdesk.ui.flows import FlowsWindow


class Repair:
    """One question about a target."""

    def __init__(
        self, window: "FlowsWindow", dialog: QuestionDialog, question: dict[str, Any], workflow_id: str
    ) -> None:
        """Repair what ``help.needed`` asks about."""
        self._window, self._dialog = window, dialog
        self._question, self._workflow_id = question, workflow_id

    async def pick(self) -> None:
        """Let a person point at the target, and show what was picked."""
        from flowdesk.ui.picker.pick import pick_target

        picked = await pick_target(self._dialog, self._window.peer, self._workflow_id)
        if picked and self._window.asks(self._question["help_id"]):
            self._dialog.review(picked)

    async def show(self) -> None:
        """Let a person do by hand what the node should have done: it is recorded in the node's place, and the run continues behind it."""
        window = self._window
        tab = next((tab for tab in window.all_tabs() if tab.workflow_id == self._workflow_id), None)
        if tab is None:
            return
        self._dialog.hide()
        window.showing = self
        try:
            await window.begin_recording(tab, self._question["node_id"])
        except FlowdeskError as error:
            window.showing = None
            self._dialog.show()
            window.show_error(error)

    def shown(self, count: int) -> None:
        """Let the run continue behind what was shown; where nothing was, ask again."""
        if count:
            self._dialog.give("skip")
        else:
            self._dialog.show()

    def accept(self, picked: list[str]) -> None:
        """Let the run continue with what was picked; the flow keeps it."""
        value: str | list[str] = picked if len(picked) > 1 else picked[0]
        tab = next((tab for tab in self._window.all_tabs() if tab.workflow_id == self._workflow_id), None)
        node_id, key = self._question["node_id"], self._question["key"]
        if key and tab is not None and node_id in tab.scene.draft.nodes:
            label = tr(say("Repair {name}", name=tab.label_of(node_id)))
            tab.edit([SetNode(id=node_id, path=("data", "config", key), value=value)], label)
        self._dialog.give("answer", value)
