"""What the session tells the window: of flows, their runs and their logs, each taken to the part that shows it."""

from typing import Any

from flowdesk.i18n import tr, tr_all
from flowdesk.model.run import RunState
from flowdesk.model.sentence import say
from flowdesk.protocol.events import EndEvent, LogEvent, NodeEvent, ProgressEvent
from flowdesk.ui.bench import Bench
from flowdesk.ui.openflows import OpenFlows
from flowdesk.ui.questions import Questions
from flowdesk.ui.recordacts import RecordActs
from flowdesk.ui.stepaside import StepAside
from flowdesk.ui.tab import FlowTab

ENDS = frozenset({"execution.complete", "execution.error"})


class News:
    """Hears the peer of a window."""

    def __init__(
        self, bench: Bench, flows: OpenFlows, aside: StepAside, recording: RecordActs, questions: Questions
    ) -> None:
        """Hear from now on."""
        self._bench, self._flows, self._aside = bench, flows, aside
        self._recording, self._questions = recording, questions
        bench.peer.message.connect(self._take)
        bench.peer.nodes.connect(self._take_nodes)
        bench.peer.logs.connect(self._take_logs)
        bench.peer.progress.connect(self._take_progress)
        bench.peer.failed.connect(bench.show_error)

    def _take(self, message: dict[str, Any]) -> None:
        kind, payload, workflow_id = message["type"], message["payload"], message["workflow_id"]
        if kind == "system.status" and "run_id" not in payload:
            self._bench.status = payload
            self._bench.runs.show_runs(payload["runs"])
            self._bench.changed.emit()
        elif kind == "record.changed":
            self._recording.take(payload)
        elif kind in {"help.needed", "help.closed"}:
            self._questions.take(kind, payload, workflow_id)
        elif (tab := self._bench.tab_of(workflow_id)) is not None:
            self._take_of(tab, kind, payload)

    def _take_of(self, tab: FlowTab, kind: str, payload: Any) -> None:
        if kind == "flow.closed":
            self._flows.gone(tab)
            return
        tab.take_message(kind, payload)
        if kind in {"flow.moved", "flow.saved"}:
            self._bench.remember_open()
        if kind == "system.status" and payload["status"] == "running":
            self._aside.make_way(tab)
        elif kind == "system.status" and payload["status"] == "paused":
            self._aside.run_paused(tab.workflow_id)
        if kind in ENDS:
            self._run_ended(tab, payload)
        if kind in ENDS or payload.get("status") == RunState.PAUSED:
            self._bench.spawn(tab.fetch_variables(), "fetch the variables of the run")

    def _take_logs(self, workflow_id: str, payloads: list[LogEvent]) -> None:
        tab = self._bench.tab_of(workflow_id)
        labels: dict[str | None, str] = {}
        for payload in payloads:
            node_id = payload["node_id"]
            if node_id not in labels:
                labels[node_id] = tab.label_of(node_id) if tab else ""
            self._bench.log.add(workflow_id, payload["level"], labels[node_id], tr(payload["message"]), node_id)

    def _take_progress(self, workflow_id: str, payload: ProgressEvent) -> None:
        tab = self._bench.tab_of(workflow_id)
        if tab is not None:
            tab.take_message("execution.progress", payload)

    def _take_nodes(self, workflow_id: str, payloads: list[NodeEvent]) -> None:
        tab = self._bench.tab_of(workflow_id)
        if tab is None:
            return
        tab.take_nodes(payloads)
        for payload in payloads:
            if payload["status"] == "error":
                fix = (payload.get("error_details") or {}).get("fix", "")
                text = tr_all(payload.get("error") or "", fix)
                self._bench.log.add(workflow_id, "error", tab.label_of(payload["node_id"]), text, payload["node_id"])

    def _run_ended(self, tab: FlowTab, payload: EndEvent) -> None:
        state = RunState(payload["status"])
        seconds = f"{payload['duration']:.1f}"
        if state is RunState.SUCCEEDED and payload.get("rehearsal"):
            text, level = tr(say("Rehearsed in {seconds} s. No input was sent.", seconds=seconds)), "good"
        elif state is RunState.SUCCEEDED:
            text, level = tr(say("The run succeeded in {seconds} s.", seconds=seconds)), "good"
        elif state is RunState.STOPPED:
            text, level = tr(say("The run was stopped after {seconds} s.", seconds=seconds)), "warn"
        else:
            reason = tr_all(payload.get("error") or "", payload.get("fix") or "")
            text, level = tr(say("The run failed: {reason}", reason=reason)), "error"
        node_id = payload.get("node_id")
        self._bench.log.add(tab.workflow_id, level, tab.label_of(node_id), text, node_id)
        self._bench.show_status(text)
        if state is RunState.FAILED and node_id and tab is self._bench.tab:
            tab.jump_to(node_id)
        self._aside.run_ended(tab.workflow_id)
        self._bench.changed.emit()
