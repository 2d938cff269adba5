"""The flows that a window has open: opened into tabs, saved, closed, and offered again after a crash."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QTabBar, QToolButton

from flowdesk.i18n import tr
from flowdesk.importing.bringing import is_of_other_tool
from flowdesk.model.changes import AnyChange, RemoveEdge, SetFlow
from flowdesk.model.errors import FileChanged, FileExists, FlowdeskError
from flowdesk.model.flow import Flow
from flowdesk.model.sentence import say
from flowdesk.protocol.events import ChangedEvent
from flowdesk.protocol.replies import DocumentState
from flowdesk.session.flowfiles import private_root
from flowdesk.session.recovery import Unsaved
from flowdesk.session.restoring import recovering
from flowdesk.ui import dialogs
from flowdesk.ui.bench import Bench
from flowdesk.ui.canvas import editing
from flowdesk.ui.chips import TriggerChips
from flowdesk.ui.contextmenu import fill_context_menu
from flowdesk.ui.droppedfiles import add_dropped
from flowdesk.ui.flowfiles import FlowFiles
from flowdesk.ui.icons import icon
from flowdesk.ui.importing import import_paths
from flowdesk.ui.recovery import RecoveryDialog
from flowdesk.ui.tab import FlowTab
from flowdesk.ui.triggers import TriggersDesk

SAVED_MS = 4000


class OpenFlows(QObject):
    """Opens, saves and closes the flows of a window."""

    progressed = Signal()
    """A run of a flow went on."""
    selected = Signal()
    """What is selected in the flow in front is not what it was."""

    def __init__(self, bench: Bench, actions: Mapping[str, QAction]) -> None:
        """Open nothing yet. ``actions`` are the commands by their names, for the menus of the canvas."""
        super().__init__(bench)
        self._bench, self._actions = bench, actions
        self.files = FlowFiles(bench)
        bench.tabs.currentChanged.connect(self._front_changed)
        bench.palette.chosen.connect(self._add_chosen)
        bench.log.node_chosen.connect(self._jump)
        bench.problems.node_chosen.connect(self._jump)
        bench.problems.edge_unwanted.connect(
            lambda edge_id: self._edit_front([RemoveEdge(id=edge_id)], tr("Delete the edge"))
        )
        bench.variables.edited.connect(self._edit_front)

    # opening

    async def open_path(self, path: str) -> FlowTab | None:
        """Open a file in a tab; a refusal is shown. Returns the tab."""
        try:
            state = await self._bench.peer.request("flow.open", {"path": path})
        except FlowdeskError as error:
            self._bench.show_error(error)
            return None
        self._bench.settings.remember(state["path"] or path)
        tab = self.show(state)
        self._bench.remember_open()
        return tab

    async def open_live(self, workflow_id: str) -> FlowTab:
        """Show a flow that is open in the session and that no tab shows."""
        return self.show(await self._bench.peer.request("flow.open", {}, workflow_id))

    async def open_new(self) -> FlowTab:
        """Open a new flow that holds a start node."""
        start = {
            "id": "start",
            "type": "start",
            "position": {"x": 0, "y": 0},
            "data": {"label": tr("Start"), "config": {}},
        }
        state = await self._bench.peer.request("flow.open", {"flow": {"name": "", "nodes": [start], "edges": []}})
        return self.show(state)

    def offer_recovered(self, left: Sequence[Unsaved]) -> None:
        """Offer what an earlier flowdesk left unsaved."""
        dialog = RecoveryDialog(left, self._bench.window)

        async def restore() -> None:
            for one in left:
                tab = await self.open_recovered(one.flow, one.path)
                if tab.is_modified or not recovering(tab.flow, one.flow):
                    self._bench.session.recovery.forget(one)

        def discard() -> None:
            for one in left:
                self._bench.session.recovery.forget(one)

        dialog.restored.connect(lambda: self._bench.spawn(restore(), "restore unsaved work"))
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
            tab = self.show(await self._bench.peer.request("flow.open", {"flow": flow.to_json()}))
            value = tr(say("{name} (recovered)", name=flow.name or name))
            tab.edit([SetFlow(path=("name",), value=value)], "Recover")
            text = say("{name} was not saved when flowdesk closed. It is open again as a copy.", name=name)
        await self._bench.peer.settle()
        self._bench.show_notice(tr(text))
        return tab

    def show(self, state: DocumentState) -> FlowTab:
        """Show a document in a tab of its own, as ``flow.open`` told it; one that has a tab comes to the front."""
        known = self._bench.tab_of(state["workflow_id"])
        if known is not None:
            self._bench.tabs.setCurrentWidget(known)
            return known
        tab = FlowTab(self._bench.peer, self._bench.session.catalogue, state)
        tab.changed.connect(self._bench.changed)
        tab.clashed.connect(lambda error, payload: self.files.clashed(tab, error, payload))
        tab.disk_changed.connect(lambda state: self.files.disk_changed(tab, state))
        if tab.on_disk != "same":
            self.files.disk_changed(tab, tab.on_disk)
        tab.progressed.connect(self.progressed)
        tab.flow_changed.connect(lambda payload: self._changes_shown(tab, payload))
        tab.view.set_habits(self._bench.habits)
        tab.view.selection_changed.connect(lambda ids: self._selection_changed(tab, ids))
        tab.view.open_requested.connect(self._open_settings)
        tab.view.rename_requested.connect(lambda node_id: self._bench.spawn(self._rename(node_id), "rename"))
        tab.view.context_menu_requested.connect(self._context_menu)
        tab.view.files_dropped.connect(self.open_dropped)
        tab.view.chip_pressed.connect(self.show_trigger)
        tab.past_bar.moved.connect(
            lambda node_id, visit: self._bench.visit.show_past(tab.workflow_id, tab.past_bar.run_id, node_id, visit)
        )
        tab.past_bar.left.connect(lambda: self._bench.spawn(self._catch_up(tab), "show the last run again"))
        tab.past_bar.left.connect(lambda: self._bench.visit.show_past(tab.workflow_id, None, "", 0))
        TriggerChips(self._bench.peer, tab)
        index = self._bench.tabs.addTab(tab, tab.name)
        close = QToolButton(self._bench.tabs)
        close.setObjectName("closeTab")
        close.setIcon(icon("x", "text_dim", 14))
        close.setIconSize(QSize(14, 14))
        close.setAccessibleName(tr("Close flow"))
        close.clicked.connect(lambda: self._bench.spawn(self.close(tab), "close a flow"))
        self._bench.tabs.tabBar().setTabButton(index, QTabBar.ButtonPosition.RightSide, close)
        self._bench.tabs.setCurrentIndex(index)
        self._bench.spawn(self._catch_up(tab), "catch up with the last run")
        self._bench.changed.emit()
        QTimer.singleShot(0, tab, tab.view.navigator.fit_all)
        tab.view.setFocus()
        return tab

    async def _catch_up(self, tab: FlowTab) -> None:
        """Show the run of a flow that others began before it was opened here, with its log."""
        for payload in await tab.catch_up():
            node_id = payload["node_id"]
            self._bench.log.add(
                tab.workflow_id, payload["level"], tab.label_of(node_id), tr(payload["message"]), node_id
            )
        self._bench.changed.emit()

    def _add_chosen(self, type_name: str) -> None:
        if self._bench.tab is not None:
            self._bench.tab.add_node(type_name)

    def _front_changed(self) -> None:
        tab = self._bench.tab
        self._bench.inspector.flush()
        self._bench.inspector.show_tab(tab)
        self._bench.log.show_flow(tab.workflow_id if tab else "")
        self._bench.changed.emit()

    def _changes_shown(self, tab: FlowTab, payload: ChangedEvent) -> None:
        if payload.get("not_kept"):
            lost = say(
                "Your edits cannot be saved to disk: {reason}. Free some disk space, then save.",
                reason=payload["not_kept"],
            )
            self._bench.show_notice(tr(lost))
        if tab is self._bench.tab:
            self._bench.inspector.take_changes(payload)

    def _selection_changed(self, tab: FlowTab, ids: list[str]) -> None:
        if tab is not self._bench.tab:
            return
        self._bench.inspector.show_nodes(ids)
        self.selected.emit()

    def _open_settings(self, node_id: str) -> None:
        self._bench.docks.bring("inspector")
        self._bench.inspector.show_nodes([node_id])
        self._bench.inspector.focus_first()

    def open_dropped(self, paths: list[str], at: QPointF) -> None:
        """Open flows; any other file becomes a node that uses it."""
        scripts = [path for path in paths if is_of_other_tool(Path(path))]
        if scripts:
            self._bench.spawn(import_paths(self._bench, self.open_path, scripts), "import dropped scripts")
        for path in [path for path in paths if path not in scripts]:
            if path.endswith(".json"):
                self._bench.spawn(self.open_path(path), "open a dropped file")
            elif self._bench.tab is not None:
                self._bench.spawn(add_dropped(self._bench.tab, path, at), "make a node of a dropped file")
                at = at + QPointF(0, 100)

    def show_trigger(self, shown: str) -> None:
        """Show what starts by itself, one of the flow's triggers first."""
        TriggersDesk(self._bench.peer, self._bench.tab, self._bench.window, shown)

    def _context_menu(self, place: Any, at: Any, kind: str, item_id: str) -> None:
        menu = QMenu(self._bench.window)
        fill_context_menu(menu, self._actions, self._bench.tab.view.commands if self._bench.tab else None, kind)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    async def _rename(self, node_id: str) -> None:
        tab = self._bench.tab
        if tab is None:
            return
        base = tab.revision
        label = await dialogs.ask_text(self._bench.window, tr("Rename"), tr("Name"), tab.label_of(node_id))
        if label is not None:
            tab.edit(editing.rename(tab.scene.draft, node_id, label), "Rename", base=base)

    def _jump(self, node_id: str) -> None:
        if self._bench.tab is not None:
            self._bench.tab.jump_to(node_id)

    async def save(self, tab: FlowTab, *, ask: bool = False) -> bool:
        """Save a flow; ask for a name where it has none. Returns whether it is saved.

        Raises:
            FlowdeskError: If it cannot be written.
        """
        self._bench.inspector.flush()
        await self._bench.peer.settle()
        path = None
        if ask or tab.path is None:
            private_root(self._bench.session.folders.flows)
            path = await dialogs.ask_save_path(
                self._bench.window, tab.path or str(self._bench.session.folders.flows / tab.name)
            )
            if path is None:
                return False
        try:
            reply = await self._bench.peer.request("flow.save", {"path": path}, tab.workflow_id)
        except FileExists as error:
            if not await dialogs.ask_overwrite(self._bench.window, tr(error.message)):
                return False
            reply = await self._bench.peer.request("flow.save", {"path": path, "force": True}, tab.workflow_id)
        except FileChanged:
            if await self.files.settle_disk(tab, "changed") != "keep":
                return False
            reply = await self._bench.peer.request("flow.save", {"path": path}, tab.workflow_id)
        self._bench.settings.remember(reply["path"])
        self._bench.remember_open()
        self._bench.show_status(tr(say("Saved {path}", path=reply["path"])), SAVED_MS)
        return True

    async def close(self, tab: FlowTab) -> None:
        """Close a flow; what is not saved is asked about."""
        self._bench.inspector.flush()
        await self._bench.peer.settle()
        if tab.is_modified:
            answer = await dialogs.ask_unsaved(self._bench.window, [tab.name])
            if answer == "cancel" or (answer == "save" and not await self.save(tab)):
                return
            if answer == "discard":
                self._bench.session.recovery.drop(tab.workflow_id)
        await self._bench.peer.request("flow.close", {}, tab.workflow_id)
        self.gone(tab)

    def gone(self, tab: FlowTab) -> None:
        """Take the tab of a flow away that is closed, here or by somebody who deleted it."""
        if tab not in self._bench.all_tabs():  # told by the session meanwhile: Qt may have let it go already
            return
        self._bench.log.forget(tab.workflow_id)
        self._bench.tabs.removeTab(self._bench.tabs.indexOf(tab))
        tab.deleteLater()
        self._bench.remember_open()

    def _edit_front(self, changes: list[AnyChange], label: str) -> None:
        if self._bench.tab is not None:
            self._bench.tab.edit(changes, label)
