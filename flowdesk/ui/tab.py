"""One open flow: its canvas and what the window knows of its document and its run."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPointF, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from flowdesk.i18n import tr
from flowdesk.model.changes import CHANGE, AddNode, AnyChange
from flowdesk.model.errors import FlowdeskError, StaleRevision
from flowdesk.model.flow import Flow, new_node
from flowdesk.model.naming import fresh_id
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.problem import UNFINISHED, Problem
from flowdesk.model.renamings import Renamings
from flowdesk.model.run import NodeState, RunState
from flowdesk.model.sentence import say
from flowdesk.protocol.events import ChangedEvent, LogEvent, NodeEvent
from flowdesk.protocol.replies import DocumentState
from flowdesk.ui.canvas import editing, placing
from flowdesk.ui.canvas.card import WIDTH, snapped
from flowdesk.ui.canvas.quickadd import QuickAdd
from flowdesk.ui.canvas.view import CanvasView
from flowdesk.ui.editsbar import EditsBar
from flowdesk.ui.find import FindBar
from flowdesk.ui.movedbar import MovedBar
from flowdesk.ui.pastbar import PastBar
from flowdesk.ui.peer import WindowPeer


class DropCanvas(CanvasView):
    """A canvas that takes files which are dropped on it, beside the node types that every canvas takes."""

    files_dropped = Signal(object, QPointF)
    """Paths of files, and where in the scene they were dropped."""

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()
        else:
            super().dragEnterEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Take files anywhere."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()
        else:
            super().dragMoveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell which files were dropped, and where."""
        if not event.mimeData().hasUrls():
            super().dropEvent(event)
            return
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

    clashed = Signal(object, object)
    """A ``StaleRevision`` and the payload of the ``flow.edit`` that it refused."""
    disk_changed = Signal(str)
    """What the file is to what was opened: ``same``, ``changed`` or ``gone``."""

    def __init__(self, peer: WindowPeer, catalogue: Catalogue, state: DocumentState) -> None:
        """Show a document as ``flow.open`` returned it."""
        super().__init__()
        self.peer = peer
        self.catalogue = catalogue
        self.workflow_id: str = state["workflow_id"]
        self.path: str | None = None
        self.is_modified = False
        self._renamings = Renamings()
        self.revision = 0
        """The revision that is shown."""
        self.on_disk = "same"
        """What the file is to what was opened."""
        self.undo_label: str | None = None
        self.redo_label: str | None = None
        self.problems: list[Problem] = []
        self.fresh: set[str] = set()
        self._typed: tuple[str, str] | None = None
        """The node and the field that is being typed into and had no fault when that began."""
        """Nodes that were just added here: what they lack is not held against them until they are left, or a run is asked for."""
        self.run_id: str | None = None
        self.run_state: RunState | None = None
        self.is_rehearsal = False
        """Whether the run that is shown is a dry run."""
        self.percent = 0.0
        self.running: dict[str, None] = {}
        self.failures: dict[str, str] = {}
        """The error codes of the nodes that failed last."""
        self.variables: dict[str, Any] = {}
        self.view = DropCanvas(catalogue, tr, self)
        self.quick_add = QuickAdd(self.view)
        self.find_bar = FindBar(self)
        self.past_bar = PastBar(self)
        self.edits_bar = EditsBar(self)
        self.moved_bar = MovedBar(self)
        self.past_bar.shown.connect(lambda: self.moved_bar.show_moved(()))
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.view)
        self.view.changes_requested.connect(self._note_fresh)
        self.view.changes_requested.connect(self.edit)
        self.view.selection_changed.connect(self._leave_fresh)
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

    def show_state(self, state: DocumentState) -> None:
        """Show the whole document."""
        self.path = state["path"]
        self.revision = state["revision"]
        self.on_disk = state["on_disk"]
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

    async def catch_up(self) -> list[LogEvent]:
        """Show the last run of a flow that others ran before it was opened here. Returns the lines of its log."""
        last = await self.peer.request("execution.snapshot", {}, self.workflow_id)
        if self.run_id is None and last["run_id"]:
            self.run_id = last["run_id"]
            self.run_state = RunState(last["status"])
            self.is_rehearsal = bool(last.get("rehearsal"))
            self.edits_bar.show_edits(self.run_id or "", last["edits"])
            self.percent = last["progress"]["percent"] if last["progress"] else 0.0
            self.take_nodes(list(last["nodes"].values()))
            self.scene.set_ways(last["ways"])
            self.variables = self.view.variables = last["variables"]
            self.moved_bar.show_moved(last["end"].get("moved", ()) if last["end"] else ())
            return list(last["logs"])
        return []

    # editing

    def edit(self, changes: Sequence[AnyChange], label: str, gesture: str = "", base: int | None = None) -> None:
        """Ask for changes; ``base`` is the revision that was shown when they were begun, if not this one."""
        seen = self.revision if base is None else base
        changes = self._renamings.as_of(seen, changes)
        self.request_edit({"changes": list(changes), "label": label, "gesture": gesture, "base_revision": seen})

    def held_problems(self) -> list[Problem]:
        """Return the problems that are shown as faults: what a node lacks that is still being filled in is none, nor what is being typed."""
        return [
            one
            for one in self.problems
            if not (one.code in UNFINISHED and one.node_id in self.fresh)
            and not (self._typed is not None and one.is_about(*self._typed))
        ]

    def begin_typing(self, node_id: str, key: str) -> None:
        """Hold nothing against a field that somebody types into, until it is left; what was held already stays."""
        if self._typed == (node_id, key) or any(one.is_about(node_id, key) for one in self.held_problems()):
            return
        self._typed = (node_id, key)

    def end_typing(self) -> None:
        """Show what is wrong with the field that was typed into."""
        if self._typed is not None:
            self._typed = None
            self.scene.set_problems(self.held_problems())
            self.changed.emit()

    def settle_fresh(self) -> None:
        """Show what is missing everywhere."""
        self.end_typing()
        if self.fresh:
            self.fresh.clear()
            self.scene.set_problems(self.held_problems())
            self.changed.emit()

    def _note_fresh(self, changes: Sequence[AnyChange]) -> None:
        added = [change.node.id for change in changes if isinstance(change, AddNode)]
        if len(added) == 1:
            self.fresh = set(added)

    def _leave_fresh(self, ids: Sequence[str]) -> None:
        if self.fresh and not self.fresh & set(ids):
            self.settle_fresh()

    def undo(self) -> None:
        """Take back this window's last edit."""
        self.request_edit({"action": "undo"})

    def redo(self) -> None:
        """Make the edit again that was taken back."""
        self.request_edit({"action": "redo"})

    def request_edit(self, payload: dict[str, Any]) -> None:
        """Send a ``flow.edit``; where somebody else set the same field since, ``clashed`` tells."""

        def refused(error: FlowdeskError) -> bool:
            if isinstance(error, StaleRevision):
                self.clashed.emit(error, payload)
            return isinstance(error, StaleRevision)

        self.peer.send("flow.edit", payload, self.workflow_id, refused)

    def add_node(self, type_name: str, at: QPointF | None = None) -> None:
        """Add a node of a type: at a point of the scene, else where the flow goes on."""
        if type_name not in {known.id for known in self.catalogue}:
            return
        scene = self.scene
        title = tr(self.catalogue[type_name].title)
        node = new_node(type_name, id=fresh_id(type_name, scene.draft, self.catalogue.functions), label=title)
        if at is not None:
            node = placing.moved(node, (snapped(at.x() - WIDTH / 2), snapped(at.y() - 30)))
            node = placing.moved(node, placing.place_of(scene.draft, self.catalogue, node))
            changes = editing.add_node(scene.draft, self.catalogue, node)
        else:
            chosen = scene.selected_ids()
            changes = placing.go_on(scene.draft, self.catalogue, node, chosen[0] if len(chosen) == 1 else None)
        self.view.request(changes, tr(say("Add {title}", title=title)), select=[node.id])

    # what the session tells

    def take_message(self, kind: str, payload: Any) -> None:
        """Show an event of this document or its run."""
        if kind == "flow.changed":
            changes = [CHANGE.validate_python(change) for change in payload["changes"]]
            self._renamings.note(changes, payload["revision"])
            self.scene.apply(changes)
            if payload["origin"] not in (self.peer.id, f"recording of {self.peer.id}"):
                payload = {key: value for key, value in payload.items() if key not in {"undo", "redo"}}
            self.revision = payload["revision"]
            self._take(payload)
            self.flow_changed.emit(payload)
        elif kind == "flow.saved":
            self.path, self.is_modified, self.on_disk = payload["path"], False, "same"
            self.changed.emit()
        elif kind == "flow.moved":
            self.path, self.on_disk = payload["path"], "same"
            self.changed.emit()
        elif kind == "flow.disk":
            self.on_disk, self.is_modified = payload["state"], payload["modified"]
            self.changed.emit()
            self.disk_changed.emit(payload["state"])
        elif kind == "system.status":
            self.is_rehearsal = bool(payload.get("rehearsal"))
            self._take_run(payload["run_id"], RunState(payload["status"]))
        elif kind == "execution.edits":
            self.edits_bar.show_edits(payload["run_id"], payload["edits"])
        elif kind == "execution.progress":
            self.percent = payload["percent"]
            self.progressed.emit()
        elif kind in {"execution.complete", "execution.error"} and payload["run_id"] == self.run_id:
            self.running.clear()
            self._take_run(payload["run_id"], RunState(payload["status"]))
            self.moved_bar.show_moved(payload.get("moved") or ())

    def take_nodes(self, payloads: Sequence[NodeEvent]) -> None:
        """Show states of nodes."""
        for payload in payloads:
            state = NodeState(payload["status"])
            node_id = payload["node_id"]
            message = str(payload.get("error") or payload.get("message") or "")
            self.scene.set_ways(payload.get("ways") or {})
            self.scene.set_node_state(node_id, state, message, payload)
            if state is NodeState.ERROR:
                self.failures[node_id] = str((payload.get("error_details") or {}).get("code", ""))
            if state is NodeState.RUNNING:
                self.running[node_id] = None
                self.failures.pop(node_id, None)
            else:
                self.running.pop(node_id, None)
        self.progressed.emit()

    def label_of(self, node_id: str | None) -> str:
        """Return what people call a node."""
        node = self.scene.draft.nodes.get(node_id)
        return str(node.label) if node is not None else str(node_id or "")

    def jump_to(self, node_id: str) -> None:
        """Select a node, group or note and bring it into sight."""
        self.view.arrivals.show_item(node_id)

    def _take_run(self, run_id: str, state: RunState) -> None:
        if run_id != self.run_id and not state.is_end:
            self.past_bar.leave()
            self.run_id, self.percent = run_id, 0.0
            self.running.clear()
            self.moved_bar.show_moved(())
            self.scene.clear_states()
        self.run_state = state
        if state.is_end:
            self.edits_bar.show_edits(run_id, ())
        self.changed.emit()

    def _take(self, values: DocumentState | ChangedEvent) -> None:
        self.is_modified = values["modified"]
        self.undo_label = values.get("undo", self.undo_label)
        self.redo_label = values.get("redo", self.redo_label)
        self.problems = [Problem(**problem) for problem in values["problems"]]
        self.scene.set_problems(self.held_problems())
        self.changed.emit()
