"""One open flow: its canvas and what the window knows of its document and its run."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPointF, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from flowdesk.i18n import tr
from flowdesk.model.changes import CHANGE, AnyChange
from flowdesk.model.flow import Flow, new_node
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.run import NodeState, RunState
from flowdesk.model.sentence import say
from flowdesk.model.validation import Problem
from flowdesk.ui.canvas import editing
from flowdesk.ui.canvas.card import WIDTH, snapped
from flowdesk.ui.canvas.quickadd import QuickAdd
from flowdesk.ui.canvas.view import CanvasView
from flowdesk.ui.find import FindBar
from flowdesk.ui.peer import WindowPeer

NODE_TYPE_MIME = "application/x-flowdesk-node-type"
"""What the palette hands over by drag and drop: the id of a node type."""


class DropCanvas(CanvasView):
    """A canvas that takes node types and files which are dropped on it."""

    type_dropped = Signal(str, QPointF)
    files_dropped = Signal(object, QPointF)
    """Paths of files, and where in the scene they were dropped."""

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take node types and files."""
        if event.mimeData().hasFormat(NODE_TYPE_MIME) or event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Take them anywhere."""
        if event.mimeData().hasFormat(NODE_TYPE_MIME) or event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell what was dropped, and where."""
        if event.mimeData().hasFormat(NODE_TYPE_MIME):
            name = bytes(event.mimeData().data(NODE_TYPE_MIME).data()).decode()
            self.type_dropped.emit(name, self.mapToScene(event.position().toPoint()))
        else:
            paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
            self.files_dropped.emit(paths, self.mapToScene(event.position().toPoint()))
        event.acceptProposedAction()


class FlowTab(QWidget):
    """Shows a live document and asks the session for edits of it."""

    changed = Signal()
    """Name, file, mark of modification, undo, problems or run are not what they were."""
    progressed = Signal()
    """A run of it went on: states of nodes and progress are not what they were."""
    flow_changed = Signal(object)
    """The payload of a ``flow.changed``, after the canvas showed it."""

    def __init__(self, peer: WindowPeer, catalogue: Catalogue, state: dict[str, Any]) -> None:
        """Show a document as ``flow.open`` returned it."""
        super().__init__()
        self.peer = peer
        self.catalogue = catalogue
        self.workflow_id: str = state["workflow_id"]
        self.path: str | None = None
        self.is_modified = False
        self.undo_label: str | None = None
        self.redo_label: str | None = None
        self.problems: list[Problem] = []
        self.run_id: str | None = None
        self.run_state: RunState | None = None
        self.percent = 0.0
        self.running: dict[str, None] = {}
        self.variables: dict[str, Any] = {}
        self.view = DropCanvas(catalogue, tr, self)
        self.quick_add = QuickAdd(self.view)
        self.find_bar = FindBar(self)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.view)
        self.view.changes_requested.connect(self.edit)
        self.view.type_dropped.connect(self.add_node)
        self.view.breakpoint_toggled.connect(
            lambda node_id: self.view.request(editing.toggle_breakpoint(self.scene.draft, [node_id]), "Breakpoint")
        )
        self.scene.stale.connect(self.reload)
        self.show_state(state)

    @property
    def scene(self) -> Any:
        """The scene of the canvas."""
        return self.view.flow_scene

    @property
    def flow(self) -> Flow:
        """The flow as the canvas shows it."""
        draft = self.scene.draft
        return Flow.model_validate(
            {**draft.fields, "nodes": tuple(draft.nodes.values()), "edges": tuple(draft.edges.values())}
        )

    @property
    def name(self) -> str:
        """The name of the flow, else of its file."""
        if self.path:
            return Path(self.path).name.removesuffix(".json").removesuffix(".flow")
        return str(self.scene.draft.fields.get("name") or tr("Untitled"))

    @property
    def is_running(self) -> bool:
        """Whether a run of this flow is under way."""
        return self.run_state is not None and not self.run_state.is_end

    def show_state(self, state: dict[str, Any]) -> None:
        """Show the whole document."""
        self.path = state["path"]
        self.scene.show(Flow.model_validate(state["flow"]))
        self._take(state)
        self.view.navigator.fit_all()

    def reload(self) -> None:
        """Show the document anew: the picture no longer fits it."""
        from flowdesk.aio import spawn

        async def fetch() -> None:
            self.show_state(await self.peer.request("flow.get", {}, self.workflow_id))

        spawn(fetch(), "reload the flow")

    async def fetch_variables(self) -> None:
        """Ask what the variables of the last run are now."""
        self.variables = (await self.peer.request("execution.snapshot", {}, self.workflow_id))["variables"]
        self.view.variables = self.variables
        self.changed.emit()

    async def catch_up(self) -> None:
        """Show the last run of a flow that others ran before it was opened here."""
        last = await self.peer.request("execution.snapshot", {}, self.workflow_id)
        if self.run_id is None and last["run_id"]:
            self.run_id = last["run_id"]
            self.take_nodes(list(last["nodes"].values()))
            self.scene.set_ways(last["ways"])
            self.variables = self.view.variables = last["variables"]

    # editing

    def edit(self, changes: Sequence[AnyChange], label: str, gesture: str = "") -> None:
        """Ask for changes."""
        self.peer.send("flow.edit", {"changes": list(changes), "label": label, "gesture": gesture}, self.workflow_id)

    def undo(self) -> None:
        """Take back this window's last edit."""
        self.peer.send("flow.edit", {"action": "undo"}, self.workflow_id)

    def redo(self) -> None:
        """Make the edit again that was taken back."""
        self.peer.send("flow.edit", {"action": "redo"}, self.workflow_id)

    def add_node(self, type_name: str, at: QPointF | None = None) -> None:
        """Add a node of a type: at a point of the scene, else after the selected node or in the middle."""
        if type_name not in {known.id for known in self.catalogue}:
            return
        scene, source = self.scene, None
        chosen = scene.selected_ids()
        if at is not None:
            x, y = snapped(at.x() - WIDTH / 2), snapped(at.y() - 30)
        elif len(chosen) == 1 and scene.node_items[chosen[0]].card.outputs:
            source = chosen[0]
            x, y = editing.place_after(scene.draft, source)
        else:
            middle = self.view.visible_rect().center()
            x, y = snapped(middle.x() - WIDTH / 2), snapped(middle.y() - 30)
        x, y = editing.free_place(scene.draft, x, y)
        title = tr(self.catalogue[type_name].title)
        node = new_node(type_name, x=x, y=y, label=title)
        changes = editing.add_node(scene.draft, self.catalogue, node, source)
        self.view.request(changes, tr(say("Add {title}", title=title)), select=[node.id])

    # what the session tells

    def take_message(self, kind: str, payload: dict[str, Any]) -> None:
        """Show an event of this document or its run."""
        if kind == "flow.changed":
            self.scene.apply([CHANGE.validate_python(change) for change in payload["changes"]])
            if payload["origin"] != self.peer.id:
                payload = {key: value for key, value in payload.items() if key not in {"undo", "redo"}}
            self._take(payload)
            self.flow_changed.emit(payload)
        elif kind == "flow.saved":
            self.path, self.is_modified = payload["path"], False
            self.changed.emit()
        elif kind == "system.status":
            self._take_run(payload["run_id"], RunState(payload["status"]))
        elif kind == "execution.progress":
            self.percent = payload["percent"]
            self.progressed.emit()
        elif kind in {"execution.complete", "execution.error"} and payload["run_id"] == self.run_id:
            self.running.clear()
            self._take_run(payload["run_id"], RunState(payload["status"]))

    def take_nodes(self, payloads: Sequence[dict[str, Any]]) -> None:
        """Show states of nodes."""
        for payload in payloads:
            state = NodeState(payload["status"])
            node_id = payload["node_id"]
            message = str(payload.get("error") or payload.get("message") or "")
            self.scene.set_ways(payload.get("ways") or {})
            self.scene.set_node_state(node_id, state, message, payload)
            if state is NodeState.RUNNING:
                self.running[node_id] = None
            else:
                self.running.pop(node_id, None)
        self.progressed.emit()

    def label_of(self, node_id: str | None) -> str:
        """Return what people call a node."""
        node = self.scene.draft.nodes.get(node_id)
        return str(node.label) if node is not None else str(node_id or "")

    def jump_to(self, node_id: str) -> None:
        """Select a node, group or note and bring it into sight."""
        self.view.show_item(node_id)

    def _take_run(self, run_id: str, state: RunState) -> None:
        if run_id != self.run_id and not state.is_end:
            self.run_id, self.percent = run_id, 0.0
            self.running.clear()
            self.scene.clear_states()
        self.run_state = state
        self.changed.emit()

    def _take(self, values: dict[str, Any]) -> None:
        self.is_modified = values["modified"]
        self.undo_label = values.get("undo", self.undo_label)
        self.redo_label = values.get("redo", self.redo_label)
        self.problems = [Problem(**problem) for problem in values["problems"]]
        self.scene.set_problems(self.problems)
        self.changed.emit()
