"""The main window: put together of parts that share a bench, and shown as the flow in front stands."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QProgressBar

from flowdesk.i18n import on_language_changed, set_language, tr
from flowdesk.model.place import is_on_own_desktop
from flowdesk.model.run import RunState
from flowdesk.session.session import Session
from flowdesk.ui.actions import COMMANDS
from flowdesk.ui.beginning import Beginning
from flowdesk.ui.bench import Bench
from flowdesk.ui.canvas.glyphs import add_drawings
from flowdesk.ui.commandbar import CommandBar
from flowdesk.ui.connections import Serving, ServingLabel, ask_first_run, ask_to_record
from flowdesk.ui.fileacts import FileActs
from flowdesk.ui.findacts import FindActs
from flowdesk.ui.icons import icon
from flowdesk.ui.leaving import Leaving
from flowdesk.ui.news import News
from flowdesk.ui.openflows import OpenFlows
from flowdesk.ui.plain import PlainLabel
from flowdesk.ui.questions import Questions
from flowdesk.ui.recordactions import RecordActions
from flowdesk.ui.recordacts import RecordActs
from flowdesk.ui.ring import Ring, Rings
from flowdesk.ui.runacts import RunActs
from flowdesk.ui.runbar import run_word
from flowdesk.ui.settings import SettingsFile
from flowdesk.ui.stepaside import StepAside
from flowdesk.ui.tab import FlowTab
from flowdesk.ui.theme import theme
from flowdesk.ui.tray import TrayIcon
from flowdesk.ui.visiting import Visiting
from flowdesk.ui.windowacts import WindowActs

SIZE = QSize(1440, 900)
FRAME = QSize(16, 48)
"""How large the window is at first, and the room that its frame may take."""


class MainWindow(QMainWindow):
    """Shows open flows and lets a person edit and run them. It is one peer of the session among others."""

    quit_requested = Signal()
    """Everything is saved or given up: the application may end."""
    serving_changed = Signal()
    """Whether and where browsers can connect was changed in the settings."""

    def __init__(self, session: Session, settings: SettingsFile) -> None:
        """Make the window; ``flows`` brings flows."""
        super().__init__()
        add_drawings(session.catalogue)
        self._take_room()
        self.bench = bench = Bench(self, session, settings)
        self.commands = CommandBar(
            self,
            self.carry_out,
            bench.docks.toggles(),
            self.change_setting,
            lambda name: getattr(settings.values, name),
        )
        self.commands.set_shortcuts(bench.habits)
        bench.inspector.guide = self.commands.actions["guide"]
        self.beginning = Beginning(bench.tabs, self.commands.actions)
        self._make_status_bar()
        self.flows = OpenFlows(bench, self.commands.actions)
        self.aside = StepAside(bench)
        self.recording = RecordActs(bench, self.aside)
        self.questions = Questions(bench, self.recording)
        self.ring, self.rings = Ring(), Rings()
        self.running = RunActs(bench, self.aside, self.rings)
        self.files = FileActs(bench, self.flows, self.commands.recent_menu, self.beginning)
        self.acts = WindowActs(bench, self.commands, self.server_label, self.flows, self.files, self.change_setting)
        self.records = RecordActions(bench)
        self._visiting = Visiting(bench, self.running.start)
        self.leaving = Leaving(bench, self.flows)
        self._news = News(bench, self.flows, self.aside, self.recording, self.questions)
        self._acts_by_name: dict[str, Callable[[], object]] = {
            **self.files.acts(), **self.running.acts(), **self.recording.acts(), **FindActs(bench).acts(), **self.acts.acts(),
        }  # fmt: skip
        self.tray = TrayIcon(bench, self.commands.actions, self.aside.come_back)
        self._connect()
        self.leaving.restore_layout()
        session.runs.kept = settings.values.kept_runs
        session.runs.kept_days = settings.values.kept_days
        session.looking.on_highlight = self.ring.show_around
        session.runs.on_rehearsed = self.rings.show
        bench.inspector.show_spot = self.ring.show_around
        self._forget_language = on_language_changed(self.retranslate)
        self.retranslate()

    # making

    def _take_room(self) -> None:
        """Be as large as is good, or fill a screen that has no more room than that: no edge is ever out of sight."""
        room = self.screen().availableGeometry().size()
        self.resize(SIZE.boundedTo(room - FRAME))
        if room.width() < SIZE.width() + FRAME.width() or room.height() < SIZE.height() + FRAME.height():
            self.setWindowState(self.windowState() | Qt.WindowState.WindowMaximized)

    def _make_status_bar(self) -> None:
        self.run_label = PlainLabel(self)
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(140)
        self.progress.hide()
        self.server_label = ServingLabel(self)
        self.statusBar().addPermanentWidget(self.run_label)
        self.statusBar().addPermanentWidget(self.progress)
        self.statusBar().addPermanentWidget(self.server_label)
        self.statusBar().setSizeGripEnabled(False)

    def _connect(self) -> None:
        theme.changed.connect(self._refresh_icons)
        self.bench.changed.connect(self.refresh)
        self.flows.selected.connect(self._enable)
        self.flows.progressed.connect(self._show_run)
        self.leaving.agreed.connect(self.quit_requested)

    # texts and looks

    def retranslate(self) -> None:
        """Set every text in the language in force."""
        self.commands.retranslate()
        self.bench.docks.retranslate()
        for tab in self.bench.all_tabs():
            tab.scene.set_summaries({})
            tab.scene.update()
        self._refresh_icons()
        self.refresh()
        self.tray.retranslate()

    def _refresh_icons(self) -> None:
        self.commands.refresh_icons()
        self.bench.docks.refresh_icons()

    def change_setting(self, name: str, value: Any) -> None:
        """Change a setting and do at once what it says."""
        self.bench.settings.change(**{name: value})
        runs = self.bench.session.runs
        if name == "theme":
            theme.set_mode(value)
        elif name == "language":
            set_language(value)
        elif name in {"habits", "left_drag", "wheel"}:
            self.commands.set_shortcuts(self.bench.habits)
            for tab in self.bench.all_tabs():
                tab.view.set_habits(self.bench.habits)
            self.retranslate()
        elif name == "kept_runs":
            runs.kept = value
        elif name == "kept_days":
            runs.kept_days = value
        elif name in {"serves", "port"}:
            self.serving_changed.emit()

    # how it stands

    @property
    def tab(self) -> FlowTab | None:
        """The flow in front."""
        return self.bench.tab

    def refresh(self) -> None:
        """Show title, tabs, commands and status as they stand, in the tray too."""
        bench, tab = self.bench, self.tab
        for index, each in enumerate(bench.all_tabs()):
            bench.tabs.setTabText(index, each.name + (" •" if each.is_modified else ""))
            bench.tabs.setTabToolTip(index, each.path or tr("Not saved yet"))
        self.setWindowTitle(f"{tab.name}[*] – flowdesk" if tab else "flowdesk")
        self.setWindowModified(bool(tab and tab.is_modified))
        self._enable()
        self.beginning.refresh()
        bench.problems.show_problems(tab.problems if tab else ())
        own = (tab.scene.draft.fields.get("variables") or {}) if tab else None
        bench.variables.show_variables(own, tab.variables if tab else {})
        count = len(tab.problems) if tab else 0
        bench.docks["problems"].setWindowTitle(tr("Problems") + (f" ({count})" if count else ""))
        self._show_run()
        self.server_label.refresh(bench.status, bench.peer.id, bench.peer.name)
        self.tray.show_state()

    def _enable(self) -> None:
        tab, actions, under_way = self.tab, self.commands.actions, self.bench.runs_under_way()
        running = bool(tab and tab.is_running)
        there = {
            "": True,
            "tab": tab is not None,
            "server": self.server_label.server is not None,
            "undo": bool(tab and tab.undo_label),
            "redo": bool(tab and tab.redo_label),
            "running": running,
            "any_run": running or bool(under_way),
            "file": bool(tab and tab.path),
            "idle": tab is not None and not running,
            "selection": bool(tab and tab.scene.selectedItems()),
            "nodes": bool(tab and tab.scene.selected_ids()),
            "one": bool(tab and len(tab.scene.selected_ids()) == 1),
            "several": bool(tab and len(tab.scene.selectedItems()) > 1),
        }
        self.commands.enable(there)
        own = actions["own_desktop"]
        own.setCheckable(True)
        own.setChecked(tab is not None and is_on_own_desktop(tab.scene.draft.fields))
        is_recording = self.bench.status.get("recording") is not None
        actions["record"].setText(tr("Stop recording") if is_recording else tr("Record"))
        here = (run for run in under_way if run.get("desktop") != "private")
        is_free = tab is not None and all(run["status"] == RunState.PAUSED.value for run in here)
        actions["record"].setEnabled(is_recording or is_free)
        actions["record_again"].setEnabled(is_free and not is_recording and there["one"])
        is_paused = tab is not None and tab.run_state in {RunState.PAUSED, RunState.PAUSING}
        actions["run"].setEnabled(tab is not None and (not running or is_paused))
        actions["pause"].setText(tr("Resume" if is_paused else "Pause"))
        actions["pause"].setIcon(icon("play" if is_paused else "pause"))
        for name, label in (("undo", tab and tab.undo_label), ("redo", tab and tab.redo_label)):
            text = tr("Undo" if name == "undo" else "Redo")
            actions[name].setText(f"{text}: {tr(label)}" if label else text)

    def _show_run(self) -> None:
        """Show how far runs are, and nothing else: this comes 60 times a second."""
        tab = self.tab
        state = tab.run_state if tab else None
        node = tab.label_of(next(reversed(tab.running), "")) if tab else ""
        word = run_word(state, is_rehearsal=bool(tab and tab.is_rehearsal))
        self.run_label.setText(word + (f" · {node}" if word and node else ""))
        self.progress.setVisible(bool(tab and tab.is_running))
        if tab is not None and state is not None:
            self.progress.setValue(round(tab.percent))
        self.aside.show_run()

    def show_server(self, server: Serving | None) -> None:
        """Say where browsers can connect, and who does."""
        self.server_label.serve(server)
        self.refresh()

    # what is asked of it

    async def ask_first_run(self, client: str, flow: str, would: Sequence[str]) -> bool:
        """Ask whether a client that is not the owner's may run a flow, and say what that would do."""
        self.show()
        self.raise_()
        return await ask_first_run(self, client, flow, would)

    async def ask_to_record(self, client: str) -> bool:
        """Ask whether a client that is not the owner's may record what they do."""
        self.show()
        self.raise_()
        return await ask_to_record(self, client)

    def carry_out(self, name: str) -> None:
        """Carry out a command by its name."""
        act = self._acts_by_name.get(name)
        command = next((known for known in COMMANDS if known.name == name), None)
        if act is not None:
            act()
        elif command is not None and self.tab is not None:
            self.tab.view.commands.carry_out(command.on_canvas)

    # the end

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask once, then let the application end in order."""
        self.leaving.take(event)

    def prepare_end(self) -> None:
        """Remember the layout and the open files; close what asks."""
        self.leaving.prepare()

    def end(self) -> None:
        """Go: the application ends."""
        self.leaving.may_close = True
        self.acts.end_tour()
        self._forget_language()
        session = self.bench.session
        session.disconnect(self.bench.peer)
        self.aside.end()
        self.recording.end()
        session.looking.on_highlight = session.runs.on_rehearsed = None
        self.rings.close()
        self.ring.close()
        self.ring.deleteLater()
        self.tray.hide()
        self.close()
        self.deleteLater()
