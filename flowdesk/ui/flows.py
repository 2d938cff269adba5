"""The flows of the main window: opening, saving and closing them, and what the session tells of them."""

import asyncio
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPointF, QSize, Qt, QTimer
from PySide6.QtWidgets import QMenu, QTabBar, QToolButton

from flowdesk.i18n import tr, tr_all
from flowdesk.importing.bringing import is_of_other_tool
from flowdesk.model.changes import SetFlow
from flowdesk.model.errors import FileChanged, FileExists, FlowdeskError
from flowdesk.model.flow import Flow
from flowdesk.model.place import is_on_own_desktop
from flowdesk.model.run import NodeState, RunState
from flowdesk.model.sentence import say
from flowdesk.protocol.events import ChangedEvent, EndEvent, LogEvent, NodeEvent, ProgressEvent, RecordChanged
from flowdesk.protocol.replies import DocumentState
from flowdesk.session.flowfiles import private_root
from flowdesk.session.recovery import Unsaved
from flowdesk.session.restoring import recovering
from flowdesk.session.session import Session
from flowdesk.ui import dialogs
from flowdesk.ui.asking import QuestionDialog
from flowdesk.ui.canvas import editing
from flowdesk.ui.chips import TriggerChips
from flowdesk.ui.contextmenu import fill_context_menu
from flowdesk.ui.droppedfiles import add_dropped
from flowdesk.ui.flowfiles import FlowFiles
from flowdesk.ui.frame import NOTICE_MS, WindowFrame
from flowdesk.ui.icons import icon
from flowdesk.ui.importing import import_paths
from flowdesk.ui.recording import after_recording, point
from flowdesk.ui.recovery import RecoveryDialog
from flowdesk.ui.repairing import Repair
from flowdesk.ui.settings import SettingsFile
from flowdesk.ui.tab import FlowTab
from flowdesk.ui.triggers import TriggersDesk


class FlowsWindow(WindowFrame):
    """A window with flows in tabs."""

    def __init__(self, session: Session, settings: SettingsFile) -> None:
        """Make the window, without flows."""
        super().__init__(session, settings)
        self.files = FlowFiles(self)
        self.showing: Repair | None = None
        """The question of a run for which somebody shows what is to be done."""

    # tabs

    async def open_path(self, path: str) -> FlowTab | None:
        """Open a file in a tab; a refusal is shown. Returns the tab."""
        try:
            state = await self.peer.request("flow.open", {"path": path})
        except FlowdeskError as error:
            self.show_error(error)
            return None
        self.settings.remember(state["path"] or path)
        tab = self._add_tab(state)
        self.remember_open()
        return tab

    async def open_live(self, workflow_id: str) -> FlowTab:
        """Show a flow that is open in the session and that no tab shows."""
        return self._add_tab(await self.peer.request("flow.open", {}, workflow_id))

    def remember_open(self) -> None:
        """Keep which files are open: they are opened again at the next start, after a crash too."""
        self.settings.change(open_files=[tab.path for tab in self.all_tabs() if tab.path])

    async def open_new(self) -> FlowTab:
        """Open a new flow that holds a start node."""
        start = {
            "id": "start",
            "type": "start",
            "position": {"x": 0, "y": 0},
            "data": {"label": tr("Start"), "config": {}},
        }
        state = await self.peer.request("flow.open", {"flow": {"name": "", "nodes": [start], "edges": []}})
        return self._add_tab(state)

    def offer_recovered(self, left: Sequence[Unsaved]) -> None:
        """Offer what an earlier flowdesk left unsaved."""
        dialog = RecoveryDialog(left, self)

        async def restore() -> None:
            for one in left:
                tab = await self.open_recovered(one.flow, one.path)
                if tab.is_modified or not recovering(tab.flow, one.flow):
                    self.session.recovery.forget(one)

        def discard() -> None:
            for one in left:
                self.session.recovery.forget(one)

        dialog.restored.connect(lambda: self._spawn(restore(), "restore unsaved work"))
        dialog.discarded.connect(discard)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    async def open_recovered(self, flow: Flow, path: Path | None) -> FlowTab:
        """Open what an earlier flowdesk left unsaved: as edits of its file, else as a copy. Neither is saved yet."""
        is_there = path is not None and await asyncio.to_thread(path.is_file)
        tab = await self.open_path(str(path)) if is_there else None
        name = path.name if path is not None else flow.name or tr("Untitled")
        if tab is not None:
            tab.edit(recovering(tab.flow, flow), tr("Restore unsaved work"))
            text = say("The unsaved changes of {name} are restored. Undo returns to the saved file.", name=name)
        else:
            tab = self._add_tab(await self.peer.request("flow.open", {"flow": flow.to_json()}))
            value = tr(say("{name} (recovered)", name=flow.name or name))
            tab.edit([SetFlow(path=("name",), value=value)], "Recover")
            text = say("{name} was not saved when flowdesk closed. It is open again as a copy.", name=name)
        await self.peer.settle()
        self.show_notice(tr(text))
        return tab

    def _add_tab(self, state: DocumentState) -> FlowTab:
        known = self._tab_of(state["workflow_id"])
        if known is not None:
            self.tabs.setCurrentWidget(known)
            return known
        tab = FlowTab(self.peer, self.session.catalogue, state)
        tab.changed.connect(self.refresh)
        tab.clashed.connect(lambda error, payload: self.files.clashed(tab, error, payload))
        tab.disk_changed.connect(lambda state: self.files.disk_changed(tab, state))
        if tab.on_disk != "same":
            self.files.disk_changed(tab, tab.on_disk)
        tab.progressed.connect(self._show_progress)
        tab.flow_changed.connect(lambda payload: self._changes_shown(tab, payload))
        tab.view.set_habits(self.habits)
        tab.view.selection_changed.connect(lambda ids: self._selection_changed(tab, ids))
        tab.view.open_requested.connect(self._open_settings)
        tab.view.rename_requested.connect(lambda node_id: self._spawn(self._rename(node_id), "rename"))
        tab.view.context_menu_requested.connect(self._context_menu)
        tab.view.files_dropped.connect(self._open_dropped)
        tab.view.chip_pressed.connect(self.show_trigger)
        tab.past_bar.moved.connect(
            lambda node_id, visit: self.visit.show_past(tab.workflow_id, tab.past_bar.run_id, node_id, visit)
        )
        tab.past_bar.left.connect(lambda: self._spawn(self._catch_up(tab), "show the last run again"))
        tab.past_bar.left.connect(lambda: self.visit.show_past(tab.workflow_id, None, "", 0))
        TriggerChips(self.peer, tab)
        index = self.tabs.addTab(tab, tab.name)
        close = QToolButton(self.tabs)
        close.setObjectName("closeTab")
        close.setIcon(icon("x", "text_dim", 14))
        close.setIconSize(QSize(14, 14))
        close.setAccessibleName(tr("Close flow"))
        close.clicked.connect(lambda: self._spawn(self._close(tab), "close a flow"))
        self.tabs.tabBar().setTabButton(index, QTabBar.ButtonPosition.RightSide, close)
        self.tabs.setCurrentIndex(index)
        self._spawn(self._catch_up(tab), "catch up with the last run")
        self.refresh()
        QTimer.singleShot(0, tab, tab.view.navigator.fit_all)
        tab.view.setFocus()
        return tab

    async def _catch_up(self, tab: FlowTab) -> None:
        """Show the run of a flow that others began before it was opened here, with its log."""
        for payload in await tab.catch_up():
            node_id = payload["node_id"]
            self.log.add(tab.workflow_id, payload["level"], tab.label_of(node_id), tr(payload["message"]), node_id)
        self.refresh()

    def _add_chosen(self, type_name: str) -> None:
        if self.tab is not None:
            self.tab.add_node(type_name)

    def _front_changed(self) -> None:
        tab = self.tab
        self.inspector.flush()
        self.inspector.show_tab(tab)
        self.log.show_flow(tab.workflow_id if tab else "")
        self.refresh()

    def _changes_shown(self, tab: FlowTab, payload: ChangedEvent) -> None:
        if payload.get("not_kept"):
            lost = say(
                "Your edits cannot be saved to disk: {reason}. Free some disk space, then save.",
                reason=payload["not_kept"],
            )
            self.show_notice(tr(lost))
        if tab is self.tab:
            self.inspector.take_changes(payload)

    def _selection_changed(self, tab: FlowTab, ids: list[str]) -> None:
        if tab is not self.tab:
            return
        self.inspector.show_nodes(ids)
        self._enable(self.tab)

    def _open_settings(self, node_id: str) -> None:
        self.docks.bring("inspector")
        self.inspector.show_nodes([node_id])
        self.inspector.focus_first()

    def _open_dropped(self, paths: list[str], at: QPointF) -> None:
        """Open flows; any other file becomes a node that uses it."""
        scripts = [path for path in paths if is_of_other_tool(Path(path))]
        if scripts:
            self._spawn(import_paths(self, scripts), "import dropped scripts")
        for path in [path for path in paths if path not in scripts]:
            if path.endswith(".json"):
                self._spawn(self.open_path(path), "open a dropped file")
            elif self.tab is not None:
                self._spawn(add_dropped(self.tab, path, at), "make a node of a dropped file")
                at = at + QPointF(0, 100)

    def show_trigger(self, shown: str) -> None:
        """Show what starts by itself, one of the flow's triggers first."""
        TriggersDesk(self.peer, self.tab, self, shown)

    def _context_menu(self, place: Any, at: Any, kind: str, item_id: str) -> None:
        menu = QMenu(self)
        fill_context_menu(menu, self.actions_by_name, self.tab.view.commands if self.tab else None, kind)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    async def _rename(self, node_id: str) -> None:
        tab = self.tab
        if tab is None:
            return
        base = tab.revision
        label = await dialogs.ask_text(self, tr("Rename"), tr("Name"), tab.label_of(node_id))
        if label is not None:
            tab.edit(editing.rename(tab.scene.draft, node_id, label), "Rename", base=base)

    def show_in_flow(self, workflow_id: str, item_id: str) -> None:
        """Bring a flow to the front and something of it into sight."""
        tab = self._tab_of(workflow_id)
        if tab is not None:
            self.tabs.setCurrentWidget(tab)
            tab.jump_to(item_id)

    def _jump(self, node_id: str) -> None:
        if self.tab is not None:
            self.tab.jump_to(node_id)

    async def save_tab(self, tab: FlowTab, *, ask: bool = False) -> bool:
        """Save a flow; ask for a name where it has none. Returns whether it is saved.

        Raises:
            FlowdeskError: If it cannot be written.
        """
        self.inspector.flush()
        await self.peer.settle()
        path = None
        if ask or tab.path is None:
            private_root(self.session.folders.flows)
            path = await dialogs.ask_save_path(self, tab.path or str(self.session.folders.flows / tab.name))
            if path is None:
                return False
        try:
            reply = await self.peer.request("flow.save", {"path": path}, tab.workflow_id)
        except FileExists as error:
            if not await dialogs.ask_overwrite(self, tr(error.message)):
                return False
            reply = await self.peer.request("flow.save", {"path": path, "force": True}, tab.workflow_id)
        except FileChanged:
            if await self.files.settle_disk(tab, "changed") != "keep":
                return False
            reply = await self.peer.request("flow.save", {"path": path}, tab.workflow_id)
        self.settings.remember(reply["path"])
        self.remember_open()
        self.statusBar().showMessage(tr(say("Saved {path}", path=reply["path"])), 4000)
        return True

    async def _close(self, tab: FlowTab) -> None:
        self.inspector.flush()
        await self.peer.settle()
        if tab.is_modified:
            answer = await dialogs.ask_unsaved(self, [tab.name])
            if answer == "cancel" or (answer == "save" and not await self.save_tab(tab)):
                return
            if answer == "discard":
                self.session.recovery.drop(tab.workflow_id)
        await self.peer.request("flow.close", {}, tab.workflow_id)
        self._gone(tab)

    def _gone(self, tab: FlowTab) -> None:
        """Take the tab of a flow away that is closed, here or by somebody who deleted it."""
        if tab not in self.all_tabs():  # told by the session meanwhile: Qt may have let it go already
            return
        self.log.forget(tab.workflow_id)
        self.tabs.removeTab(self.tabs.indexOf(tab))
        tab.deleteLater()
        self.remember_open()

    # what the session tells

    def _take(self, message: dict[str, Any]) -> None:
        kind, payload, workflow_id = message["type"], message["payload"], message["workflow_id"]
        if kind == "system.status" and "run_id" not in payload:
            self._status = payload
            self.runs.show_runs(payload["runs"])
            self.refresh()
            return
        if kind == "record.changed":
            self._recording_changed(payload)
            return
        if kind in {"help.needed", "help.closed"}:
            self._question_changed(kind, payload, workflow_id)
            return
        tab = self._tab_of(workflow_id)
        if tab is None:
            return
        if kind == "flow.closed":
            self._gone(tab)
            return
        tab.take_message(kind, payload)
        if kind in {"flow.moved", "flow.saved"}:
            self.remember_open()
        if kind == "system.status" and payload["status"] == "running":
            self._make_way(tab)
        elif kind == "system.status" and payload["status"] == "paused" and self.made_way_for == workflow_id:
            self.come_back()
        if kind in {"execution.complete", "execution.error"}:
            self._run_ended(tab, payload)
        if kind in {"execution.complete", "execution.error"} or payload.get("status") == RunState.PAUSED:
            self._spawn(tab.fetch_variables(), "fetch the variables of the run")

    def _take_logs(self, workflow_id: str, payloads: list[LogEvent]) -> None:
        tab = self._tab_of(workflow_id)
        labels: dict[str | None, str] = {}
        for payload in payloads:
            node_id = payload["node_id"]
            if node_id not in labels:
                labels[node_id] = tab.label_of(node_id) if tab else ""
            self.log.add(workflow_id, payload["level"], labels[node_id], tr(payload["message"]), node_id)

    def _take_progress(self, workflow_id: str, payload: ProgressEvent) -> None:
        tab = self._tab_of(workflow_id)
        if tab is not None:
            tab.take_message("execution.progress", payload)

    def _take_nodes(self, workflow_id: str, payloads: list[NodeEvent]) -> None:
        tab = self._tab_of(workflow_id)
        if tab is None:
            return
        tab.take_nodes(payloads)
        for payload in payloads:
            if payload["status"] == "error":
                fix = (payload.get("error_details") or {}).get("fix", "")
                text = tr_all(payload.get("error") or "", fix)
                self.log.add(workflow_id, "error", tab.label_of(payload["node_id"]), text, payload["node_id"])

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
        self.log.add(tab.workflow_id, level, tab.label_of(payload.get("node_id")), text, payload.get("node_id"))
        self.statusBar().showMessage(text, NOTICE_MS)
        if state is RunState.FAILED and (node_id := payload.get("node_id")) and tab is self.tab:
            tab.jump_to(node_id)
        self.stepping = None if self.stepping == tab.workflow_id else self.stepping
        if self.made_way_for == tab.workflow_id:
            self.come_back()
        self.refresh()

    def _question_changed(self, kind: str, payload: dict[str, Any], workflow_id: str) -> None:
        dialog = self._questions.pop(payload["help_id"], None)
        if dialog is not None:
            dialog.withdraw()
            dialog.deleteLater()
        if kind == "help.closed":
            return
        dialog = QuestionDialog(payload)
        self._questions[payload["help_id"]] = dialog

        def answer(action: str, value: Any) -> None:
            reply = {"help_id": payload["help_id"], "action": action, "value": value}
            if action == "stop" and payload["kind"] != "help":
                self.peer.send("workflow.stop", {}, workflow_id)
            else:
                self.peer.send("help.answer", reply, workflow_id)

        dialog.answered.connect(answer)
        repair = Repair(self, dialog, payload, workflow_id)
        dialog.target_accepted.connect(repair.accept)
        dialog.pick_wanted.connect(lambda: self._spawn(repair.pick(), "repair a target"))
        dialog.show_wanted.connect(lambda: self._spawn(repair.show(), "show a step"))
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    def asks(self, help_id: str) -> bool:
        """Whether a question of a run is still open."""
        return help_id in self._questions

    # getting out of the way

    def _make_way(self, tab: FlowTab) -> None:
        """Leave the desktop to a run that acts on it; a small bar stays."""
        if (
            self.stepping == tab.workflow_id
            or self.made_way_for is not None
            or self.settings.values.while_running != "hide"
            or not self._acts(tab)
        ):
            return
        self._leave_desktop(tab)

    def _leave_desktop(self, tab: FlowTab) -> None:
        self.made_way_for = tab.workflow_id
        self._was_maximized = self.isMaximized()
        self._show_run(self.tab)
        self.run_bar.appear()
        self.showMinimized()

    def _recording_changed(self, told: RecordChanged) -> None:
        """Show how a recording stands; where this window started it, make way for what is recorded."""
        if told["workflow_id"] != self._recorded:
            return
        if told["status"] != "stopped":
            self.record_bar.show_recording(told)
            return
        self._recorded = None
        self.record_bar.hide()
        showing, self.showing = self.showing, None
        if showing is None or self.made_way_for is None:  # else the run goes on, and needs the desktop
            self.come_back()
        if showing is not None:
            showing.shown(told["count"])
        self._spawn(after_recording(self, told), "ask about the recording")
        if told["doubtful"]:
            count = told["doubtful"]
            self.show_notice(tr(say("Check the text of {count} steps: no program told what arrived.", count=count)))

    async def begin_recording(self, tab: FlowTab, replace: str | None = None) -> None:
        """Record into a flow, behind the node that is selected, else at its end, or in the place of a node; the window makes way.

        Raises:
            FlowdeskError: If nothing can be recorded here.
        """
        self.inspector.flush()
        after = next(iter(chosen)) if len(chosen := tab.scene.selected_ids()) == 1 else None
        self._recorded = tab.workflow_id
        try:
            told = await self.peer.request("record.start", {"after": after, "replace": replace}, tab.workflow_id)
        except FlowdeskError:
            self._recorded = None
            raise
        self._was_maximized = self.isMaximized()
        self.record_bar.show_recording(told)
        self.record_bar.appear()
        self.showMinimized()

    def _point_recorded(self, action: str) -> None:
        if self._recorded is not None:
            self._spawn(point(self, self._recorded, action), "point while recording")

    def step_aside(self, tab: FlowTab) -> bool:
        """Leave the desktop to the node that a step runs next, if that acts on it. Returns whether the window went aside."""
        waiting = {node_id for node_id, item in tab.scene.node_items.items() if item.state is NodeState.PENDING}
        if (
            self.made_way_for is not None
            or self.settings.values.while_running != "hide"
            or not self._acts(tab, waiting)
        ):
            return False
        self._leave_desktop(tab)
        return True

    def _acts(self, tab: FlowTab, only: Collection[str] = ()) -> bool:
        """Whether a flow, or ``only`` some nodes of it, acts on the desktop."""
        types = {known.id: known for known in self.session.catalogue}
        nodes = [node for node in tab.scene.draft.nodes.values() if not only or node.id in only]
        if is_on_own_desktop(tab.scene.draft.fields):
            return False
        return self.session.services.driver is not None and any(
            node.type in types and types[node.type].uses & {"input", "screen"} and node.type != "wait" for node in nodes
        )

    def come_back(self) -> None:
        """Show the window again, in front."""
        self.made_way_for = None
        self.run_bar.hide()
        if self.isMinimized():
            self.showMaximized() if self._was_maximized else self.showNormal()
        self.raise_()
        self.activateWindow()
