"""The questions of runs in the window: each opens a dialog, and is answered or repaired there."""

from typing import Any

from flowdesk.ui.asking import QuestionDialog
from flowdesk.ui.bench import Bench
from flowdesk.ui.recordacts import RecordActs
from flowdesk.ui.repairing import Repair


class Questions:
    """Those that are open."""

    def __init__(self, bench: Bench, recording: RecordActs) -> None:
        """Ask nothing yet."""
        self._bench, self._recording = bench, recording
        self.dialogs: dict[str, QuestionDialog] = {}
        """By the id of the question."""

    def take(self, kind: str, payload: dict[str, Any], workflow_id: str) -> None:
        """Ask what ``help.needed`` asks; ask no more what ``help.closed`` closes."""
        dialog = self.dialogs.pop(payload["help_id"], None)
        if dialog is not None:
            dialog.withdraw()
            dialog.deleteLater()
        if kind == "help.closed":
            return
        dialog = QuestionDialog(payload)
        self.dialogs[payload["help_id"]] = dialog

        def answer(action: str, value: Any) -> None:
            reply = {"help_id": payload["help_id"], "action": action, "value": value}
            if action == "stop" and payload["kind"] != "help":
                self._bench.peer.send("workflow.stop", {}, workflow_id)
            else:
                self._bench.peer.send("help.answer", reply, workflow_id)

        dialog.answered.connect(answer)
        repair = Repair(self._bench, self._recording, dialog, payload, workflow_id, self.asks)
        dialog.target_accepted.connect(repair.accept)
        dialog.pick_wanted.connect(lambda: self._bench.spawn(repair.pick(), "repair a target"))
        dialog.show_wanted.connect(lambda: self._bench.spawn(repair.show(), "show a step"))
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    def asks(self, help_id: str) -> bool:
        """Whether a question of a run is still open."""
        return help_id in self.dialogs
