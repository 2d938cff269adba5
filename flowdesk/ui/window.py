"""The main window: the commands of ``actions`` on the flows in its tabs, and its end."""

import base64
import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QApplication,
    QWidget,
)

from flowdesk import __version__
from flowdesk.i18n import on_language_changed, tr
from flowdesk.model.changes import AnyChange, RemoveEdge
from flowdesk.model.sentence import say
from flowdesk.resource import resource_path
from flowdesk.session.session import Session
from flowdesk.ui import dialogs, importing
from flowdesk.ui.findacts import FindActs
from flowdesk.ui.flowfiles import unsaved_elsewhere
from flowdesk.ui.flows import FlowsWindow
from flowdesk.ui.gallery import Gallery, GalleryDialog
from flowdesk.ui.plain import tip
from flowdesk.ui.preferences import PreferencesDialog
from flowdesk.ui.recordactions import RecordActions
from flowdesk.ui.ring import Ring, Rings
from flowdesk.ui.runacts import RunActs
from flowdesk.ui.settings import SettingsFile
from flowdesk.ui.tour import Tour
from flowdesk.ui.tray import TrayIcon
from flowdesk.ui.visiting import Visiting


class MainWindow(FlowsWindow):
    """Shows open flows and lets a person edit and run them. It is one peer of the session among others."""

    quit_requested = Signal()
    """Everything is saved or given up: the application may end."""

    def __init__(self, session: Session, settings: SettingsFile) -> None:
        """Make the window; ``open_path`` and ``open_new`` bring flows."""
        super().__init__(session, settings)
        self.running: RunActs = RunActs(self)
        self._acts_by_name = self._all_acts()
        self._is_leaving = False
        self._may_close = False
        self._tour: Tour | None = None
        self.tray: TrayIcon | None = None
        self._connect()
        self._restore_layout()
        session.runs.kept = settings.values.kept_runs
        session.runs.kept_days = settings.values.kept_days
        self.ring = Ring()
        self.rings = Rings()
        session.looking.on_highlight = self.ring.show_around
        session.runs.on_rehearsed = self.rings.show
        self.inspector.show_spot = self.ring.show_around
        self.tray = TrayIcon(self)
        self._forget_language = on_language_changed(self.retranslate)
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text in the language in force."""
        super().retranslate()
        if self.tray is not None:
            self.tray.retranslate()

    def refresh(self) -> None:
        """Show title, tabs, commands and status as they stand, in the tray too."""
        super().refresh()
        if self.tray is not None:
            self.tray.show_state()

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._front_changed)
        self.commands.recent_menu.aboutToShow.connect(self._fill_recent)
        self.peer.message.connect(self._take)
        self.peer.nodes.connect(self._take_nodes)
        self.peer.logs.connect(self._take_logs)
        self.peer.progress.connect(self._take_progress)
        self.peer.failed.connect(self.show_error)
        self.palette_panel.chosen.connect(self._add_chosen)
        self.beginning.gallery.chosen.connect(self.take_card)
        self.beginning.wanted.connect(lambda: QTimer.singleShot(0, self, self._fill_beginning))
        self.runs.flow_chosen.connect(self._show_flow)
        self.runs.past_wanted.connect(self._show_past)
        self._visiting = Visiting(self)
        self.runs.stop_wanted.connect(lambda flow, run: self.peer.send("workflow.stop", {"run_id": run}, flow))
        self.records = RecordActions(self)
        self.log.node_chosen.connect(self._jump)
        self.problems.node_chosen.connect(self._jump)
        self.problems.edge_unwanted.connect(
            lambda edge_id: self._edit_front([RemoveEdge(id=edge_id)], tr("Delete the edge"))
        )
        self.variables.edited.connect(self._edit_front)
        self.run_bar.pause_requested.connect(self.running.pause)
        self.run_bar.stop_requested.connect(self.running.stop)
        self.run_bar.window_requested.connect(self.come_back)

        self.record_bar.pause_requested.connect(lambda paused: self.peer.send("record.pause", {"paused": paused}))
        self.record_bar.undo_requested.connect(lambda: self.peer.send("record.undo"))
        self.record_bar.note_written.connect(lambda text: self.peer.send("record.note", {"text": text}))
        self.record_bar.stop_requested.connect(lambda: self.peer.send("record.stop"))
        self.record_bar.point_requested.connect(self._point_recorded)

    # commands

    def _all_acts(self) -> dict[str, Callable[[], object]]:
        """Return what carries out each command that is not the canvas's: the window those about its flows, each room its own."""
        return {
            "new": self.new,
            "open": self.open,
            "gallery": self.gallery,
            "import_scripts": self.import_scripts,
            "open_example": self.open_example,
            "save": self.save,
            "save_as": self.save_as,
            "rename_flow": self.rename_flow,
            "move_flow": self.move_flow,
            "duplicate_flow": self.duplicate_flow,
            "delete_flow": self.delete_flow,
            "preferences": self.preferences,
            "close_tab": self.close_tab,
            "quit": self.quit,
            "undo": self.undo,
            "redo": self.redo,
            "find_all": self.find_all,
            "command_list": self.command_list,
            "record": self.record,
            "record_again": self.record_again,
            "triggers": self.triggers,
            "open_in_browser": self.open_in_browser,
            "connections": self.connections,
            "tour": self.tour,
            "guide": self.guide,
            "help": self.help,
            "about": self.about,
            **self.running.acts(),
            **FindActs(self).acts(),
        }

    def new(self) -> None:
        """Open a new flow."""
        self._spawn(self.open_new(), "new flow")

    def open(self) -> None:
        """Ask which flow to open."""
        self._spawn(self._ask_and_open(), "open a flow")

    async def _ask_and_open(self) -> None:
        for path in await dialogs.ask_files(self, self._folder()):
            await self.open_path(path)

    def gallery(self) -> None:
        """Show examples and own flows as cards."""
        GalleryDialog(self).open()

    async def fill_gallery(self, gallery: Gallery) -> None:
        """Ask for the cards of a gallery, and show them."""
        told = await self.peer.request("gallery.list")
        with contextlib.suppress(RuntimeError):  # it was closed meanwhile
            gallery.show_cards(told)

    def _fill_beginning(self) -> None:
        self._spawn(self.fill_gallery(self.beginning.gallery), "fill the gallery")

    def take_card(self, card: Mapping[str, Any], is_example: bool) -> None:
        """Open the flow of a card; an example is copied to the flows folder first."""
        self._spawn(self._take_card(card, is_example), "open a card")

    async def _take_card(self, card: Mapping[str, Any], is_example: bool) -> None:
        path = card["path"]
        if is_example:
            path = (await self.peer.request("gallery.take", {"name": card["name"]}))["path"]
        await self.open_path(str(self.session.folders.flows / path))

    def import_scripts(self) -> None:
        """Ask which scripts of other tools become flows."""
        self._spawn(self._ask_and_import(), "import scripts")

    async def _ask_and_import(self) -> None:
        chosen = await dialogs.ask_files(self, self._folder(), importing.filters(), tr("Import scripts"))
        await importing.import_paths(self, chosen)

    def open_example(self) -> None:
        """Open the example in the language in force, as a new flow."""
        import json

        from flowdesk.i18n import language

        name = "练习-填表.flow.json" if language() == "zh_CN" else "practice-form.flow.json"
        flow = json.loads(resource_path("flows", name).read_text(encoding="utf-8"))

        async def show() -> None:
            self._add_tab(await self.peer.request("flow.open", {"flow": flow}))

        self._spawn(show(), "open the example")

    def _folder(self) -> str:
        recent = self.settings.values.recent
        folder = Path(recent[0]).parent if recent else self.session.folders.flows
        return str(folder if folder.is_dir() else Path.home())

    def _fill_recent(self) -> None:
        self.commands.recent_menu.clear()
        for workflow_id, name in unsaved_elsewhere(self._status, {tab.workflow_id for tab in self.all_tabs()}):
            action = self.commands.recent_menu.addAction(tr(say("{name} (not saved)", name=name)))
            action.triggered.connect(lambda _=False, w=workflow_id: self._spawn(self.open_live(w), "open unsaved work"))
        for path in self.settings.values.recent:
            action = self.commands.recent_menu.addAction(Path(path).name)
            action.setToolTip(tip(path))
            action.triggered.connect(lambda _=False, p=path: self._spawn(self.open_path(p), "open a recent flow"))
        if not self.settings.values.recent:
            self.commands.recent_menu.addAction(tr("No recent flows")).setEnabled(False)

    def save(self) -> None:
        """Save the flow in front."""
        if self.tab is not None:
            self._spawn(self.save_tab(self.tab), "save")

    def save_as(self) -> None:
        """Save the flow in front under another name."""
        if self.tab is not None:
            self._spawn(self.save_tab(self.tab, ask=True), "save as")

    def rename_flow(self) -> None:
        """Give the file of the flow in front another name."""
        if self.tab is not None:
            self._spawn(self.files.rename(self.tab), "rename a flow")

    def move_flow(self) -> None:
        """Move the file of the flow in front into a folder of the flows folder."""
        if self.tab is not None:
            self._spawn(self.files.move(self.tab), "move a flow")

    def duplicate_flow(self) -> None:
        """Copy the flow in front into a file of its own."""
        if self.tab is not None:
            self._spawn(self.files.duplicate(self.tab), "copy a flow")

    def delete_flow(self) -> None:
        """Put the file of the flow in front into the trash."""
        if self.tab is not None:
            self._spawn(self.files.delete(self.tab), "delete a flow")

    def close_tab(self) -> None:
        """Close the flow in front."""
        if self.tab is not None:
            self._spawn(self._close(self.tab), "close a flow")

    def undo(self) -> None:
        """Take back the last edit."""
        self.inspector.flush()
        if self.tab is not None:
            self.tab.undo()

    def redo(self) -> None:
        """Make the edit again that was taken back."""
        if self.tab is not None:
            self.tab.redo()

    def _edit_front(self, changes: list[AnyChange], label: str) -> None:
        if self.tab is not None:
            self.tab.edit(changes, label)

    def find_all(self) -> None:
        """Look for something in every open flow."""
        from flowdesk.ui.find import FindAll

        FindAll(self).open_over(self)

    def record(self) -> None:
        """Record what is done on the desktop into the flow in front; again: stop."""
        if self._status.get("recording") is not None:
            self.peer.send("record.stop")
        elif self.tab is not None:
            self._spawn(self.begin_recording(self.tab), "begin to record")

    def record_again(self) -> None:
        """Record what is done on the desktop in the place of the selected node."""
        if (chosen := self.chosen_nodes()) and self.tab is not None:
            self._spawn(self.begin_recording(self.tab, chosen[0]), "begin to record a step again")

    def chosen_nodes(self) -> list[str]:
        """Return the nodes that are selected."""
        return list(self.tab.scene.selected_ids()) if self.tab is not None else []

    def preferences(self) -> None:
        """Open the settings of flowdesk."""
        dialog = PreferencesDialog(self.settings, self)
        dialog.changed.connect(self.change_setting)
        dialog.tour_wanted.connect(self.tour)
        forget = on_language_changed(dialog.retranslate)
        dialog.finished.connect(lambda _: forget())
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def triggers(self) -> None:
        """Show what starts by itself, edit and switch it."""
        self.show_trigger("")

    def tour(self) -> None:
        """Show what is where."""
        if self._tour is not None:
            self._tour.end()
        self.settings.change(has_seen_tour=True)
        parts = {"toolbar": self.commands.toolbar, **dict(self.docks.widgets())}
        self._tour = Tour(self, parts.get)
        self._tour.example_wanted.connect(self.open_example)
        self._tour.ended.connect(self._tour_ended)
        self._tour.appear()

    def _tour_ended(self) -> None:
        self._tour = None

    def stop_all(self) -> None:
        """Stop every run at once."""
        self.session.stop_all(self.peer.name)

    def command_list(self) -> None:
        """Open the list of all commands."""
        from flowdesk.ui.commandlist import CommandList

        CommandList(self).open_over(self)

    def guide(self) -> None:
        """Open the user guide where it tells about what is selected."""
        from flowdesk.ui.guide import open_guide, page_of

        open_guide(self, page_of(self.tab))

    def help(self) -> None:
        """Show the keys."""
        from flowdesk.ui.help import HelpOverlay

        HelpOverlay(self, self.habits).open()

    def about(self) -> None:
        """Say what this is."""
        text = tr("Build flows that drive the desktop, and run them.")
        self._spawn(dialogs.tell(self, f"flowdesk {__version__}", text), "about")

    def _show_past(self, workflow_id: str, run_id: str) -> None:
        self._show_flow(workflow_id)
        tab = self._tab_of(workflow_id)
        if tab is not None:
            tab.past_bar.show_run(run_id)

    def _show_flow(self, workflow_id: str, node_id: str = "") -> None:
        tab = self._tab_of(workflow_id)
        if tab is None:
            self.show_notice(tr("The flow of this run is not open."))
            return
        self.tabs.setCurrentWidget(tab)
        if node_id:
            tab.jump_to(node_id)

    async def read_history(self) -> None:
        """Show the runs of earlier days, whose records lie on the disk."""
        await self.records.read()
        for run in self.session.runs.interrupted:
            if not run["is_new"]:
                continue
            sentence = say("The last run of {name} was interrupted. See Runs.", name=run.get("name") or run["run_id"])
            self.show_notice(tr(sentence))

    # the end

    def quit(self) -> None:
        """Leave; unsaved flows are asked about once."""
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask once, then let the application end in order."""
        if self._may_close:
            event.accept()
            return
        event.ignore()
        if not self._is_leaving:
            self._is_leaving = True
            self._spawn(self._leave(), "leave")

    async def _leave(self) -> None:
        try:
            self.inspector.flush()
            await self.peer.settle()
            unsaved = [tab for tab in self.all_tabs() if tab.is_modified]
            if unsaved:
                answer = await dialogs.ask_unsaved(self, [tab.name for tab in unsaved])
                if answer == "cancel":
                    return
                for tab in unsaved:
                    if answer == "discard":
                        self.session.recovery.drop(tab.workflow_id)
                    elif not await self.save_tab(tab):
                        return
            self.quit_requested.emit()
        finally:
            self._is_leaving = False

    def _restore_layout(self) -> None:
        if self.settings.values.geometry:
            self.restoreGeometry(QByteArray(base64.b64decode(self.settings.values.geometry)))
        if self.settings.values.layout:
            self.restoreState(QByteArray(base64.b64decode(self.settings.values.layout)))

    def prepare_end(self) -> None:
        """Remember the layout and the open files; close what asks."""
        self.settings.change(
            geometry=base64.b64encode(self.saveGeometry().data()).decode(),
            layout=base64.b64encode(self.saveState().data()).decode(),
            open_files=[tab.path for tab in self.all_tabs() if tab.path],
        )
        for widget in QApplication.topLevelWidgets():
            if widget is not self and widget.isVisible() and isinstance(widget, QWidget):
                widget.close()

    def end(self) -> None:
        """Go: the application ends."""
        self._may_close = True
        if self._tour is not None:
            self._tour.end()
        self._forget_language()
        self.session.disconnect(self.peer)
        for bar in (self.run_bar, self.record_bar):
            bar.close()
            bar.deleteLater()
        self.session.looking.on_highlight = self.session.runs.on_rehearsed = None
        self.rings.close()
        self.ring.close()
        self.ring.deleteLater()
        if self.tray is not None:
            self.tray.hide()
        self.close()
        self.deleteLater()
