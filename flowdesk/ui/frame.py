"""The frame of the main window: panels, menus, tool bar and status bar around the flows."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QMainWindow,
    QProgressBar,
    QTabWidget,
)

from flowdesk.aio import spawn
from flowdesk.i18n import set_language, tr, tr_all
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.place import is_on_own_desktop
from flowdesk.model.run import RunState
from flowdesk.model.runlist import UNDER_WAY
from flowdesk.protocol.events import ListedRun, StatusEvent
from flowdesk.session.session import Session
from flowdesk.ui.actions import COMMANDS
from flowdesk.ui.asking import QuestionDialog
from flowdesk.ui.beginning import Beginning
from flowdesk.ui.canvas.glyphs import add_drawings
from flowdesk.ui.canvas.habits import DEFAULT, HABITS, Habits
from flowdesk.ui.commandbar import CommandBar
from flowdesk.ui.connections import Serving, ServingLabel, ask_first_run, ask_to_record
from flowdesk.ui.docks import Docks
from flowdesk.ui.fleetdesk import FleetDesk
from flowdesk.ui.icons import icon
from flowdesk.ui.inspector.inspector import Inspector
from flowdesk.ui.panels.fleet import FleetPanel
from flowdesk.ui.panels.log import LogPanel
from flowdesk.ui.panels.palette import Palette
from flowdesk.ui.panels.place import Around
from flowdesk.ui.panels.problems import ProblemsPanel
from flowdesk.ui.panels.runs import RunsPanel
from flowdesk.ui.panels.table import PANELS
from flowdesk.ui.panels.variables import VariablesPanel
from flowdesk.ui.panels.visit import VisitPanel
from flowdesk.ui.peer import WindowPeer
from flowdesk.ui.plain import PlainLabel
from flowdesk.ui.recording import RecordBar
from flowdesk.ui.runbar import RunBar, run_word
from flowdesk.ui.settings import SettingsFile
from flowdesk.ui.tab import FlowTab
from flowdesk.ui.theme import theme

NOTICE_MS = 12_000
SIZE = QSize(1440, 900)
FRAME = QSize(16, 48)
"""How large the window is at first, and the room that its frame may take."""


class WindowFrame(QMainWindow):
    """What is around the flows, and how it follows language, theme and the state of the flow in front."""

    serving_changed = Signal()
    """Whether and where browsers can connect was changed in the settings."""

    def __init__(self, session: Session, settings: SettingsFile) -> None:
        """Make the window with panels and commands, but without flows."""
        super().__init__()
        self.session = session
        self.settings = settings
        self.peer = WindowPeer(session, self)
        self._acts_by_name: dict[str, Callable[[], object]] = {}
        self.tabs = QTabWidget(self)
        self.run_bar = RunBar()
        self.record_bar = RecordBar()
        self._recorded: str | None = None
        """The flow that this window records into."""
        self.made_way_for: str | None = None
        self.stepping: str | None = None
        """The flow that a person steps through: the window stays."""
        self._was_maximized = False
        self._status: StatusEvent = {}
        self._questions: dict[str, QuestionDialog] = {}
        add_drawings(self.session.catalogue)
        self._take_room()
        self._make_tabs()
        self.docks = Docks(PANELS, Around(session.catalogue, self.peer, self))
        self._take_panels()
        self.commands = CommandBar(
            self, self.carry_out, self.docks.toggles(), self.change_setting, lambda name: getattr(settings.values, name)
        )
        self.commands.set_shortcuts(self.habits)
        self.actions_by_name = self.commands.actions
        self.inspector.guide = self.actions_by_name["guide"]
        self.beginning = Beginning(self.tabs, self.actions_by_name)
        self._make_status_bar()
        theme.changed.connect(self._refresh_icons)

    # making

    def _take_room(self) -> None:
        """Be as large as is good, or fill a screen that has no more room than that: no edge is ever out of sight."""
        room = self.screen().availableGeometry().size()
        self.resize(SIZE.boundedTo(room - FRAME))
        if room.width() < SIZE.width() + FRAME.width() or room.height() < SIZE.height() + FRAME.height():
            self.setWindowState(self.windowState() | Qt.WindowState.WindowMaximized)

    def _make_tabs(self) -> None:
        self.tabs.setDocumentMode(True)
        self.tabs.setMovable(True)
        self.setCentralWidget(self.tabs)

    def _take_panels(self) -> None:
        """Know the panels by what they are, and bring those together that tell of each other."""
        self.palette_panel = self.docks.panel(Palette)
        self.inspector = self.docks.panel(Inspector)
        self.visit = self.docks.panel(VisitPanel)
        self.log = self.docks.panel(LogPanel)
        self.problems = self.docks.panel(ProblemsPanel)
        self.variables = self.docks.panel(VariablesPanel)
        self.runs = self.docks.panel(RunsPanel)
        self.fleet = self.docks.panel(FleetPanel)
        self.inspector.beside = self.docks["visit"].toggleViewAction()
        self.inspector.last_values.shown.connect(self.visit.show_node)
        self.docks["fleet"].visibilityChanged.connect(FleetDesk(self.peer, self.fleet, self).show)

    @property
    def habits(self) -> Habits:
        """What keys and buttons of the canvas mean."""
        chosen = self.settings.values
        return HABITS.get(chosen.habits, DEFAULT).changed(chosen.left_drag, chosen.wheel)

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

    # texts and looks

    def retranslate(self) -> None:
        """Set every text in the language in force."""
        self.commands.retranslate()
        self.docks.retranslate()
        for tab in self.all_tabs():
            tab.scene.set_summaries({})
            tab.scene.update()
        self._refresh_icons()
        self.refresh()

    def _refresh_icons(self) -> None:
        self.commands.refresh_icons()
        self.docks.refresh_icons()

    def change_setting(self, name: str, value: Any) -> None:
        """Change a setting and do at once what it says."""
        self.settings.change(**{name: value})
        if name == "theme":
            theme.set_mode(value)
        elif name == "language":
            set_language(value)
        elif name in {"habits", "left_drag", "wheel"}:
            self.commands.set_shortcuts(self.habits)
            for tab in self.all_tabs():
                tab.view.set_habits(self.habits)
            self.retranslate()
        elif name == "kept_runs":
            self.session.runs.kept = value
        elif name == "kept_days":
            self.session.runs.kept_days = value
        elif name in {"serves", "port"}:
            self.serving_changed.emit()

    # what is in front

    @property
    def tab(self) -> FlowTab | None:
        """The flow in front."""
        widget = self.tabs.currentWidget()
        return widget if isinstance(widget, FlowTab) else None

    @property
    def has_documents(self) -> bool:
        """Whether a flow is open."""
        return self.tabs.count() > 0

    def all_tabs(self) -> list[FlowTab]:
        """Return the open flows."""
        return [self._tab_at(index) for index in range(self.tabs.count())]

    def _tab_at(self, index: int) -> FlowTab:
        widget = self.tabs.widget(index)
        assert isinstance(widget, FlowTab)
        return widget

    def _tab_of(self, workflow_id: str | None) -> FlowTab | None:
        return next((tab for tab in self.all_tabs() if tab.workflow_id == workflow_id), None)

    @property
    def acting(self) -> FlowTab | None:
        """The flow that the window made way for, else the one in front."""
        return self._tab_of(self.made_way_for) or self.tab

    def refresh(self) -> None:
        """Show title, tabs, commands and status as they stand."""
        tab = self.tab
        for index, each in enumerate(self.all_tabs()):
            self.tabs.setTabText(index, each.name + (" •" if each.is_modified else ""))
            self.tabs.setTabToolTip(index, each.path or tr("Not saved yet"))
        self.setWindowTitle(f"{tab.name}[*] – flowdesk" if tab else "flowdesk")
        self.setWindowModified(bool(tab and tab.is_modified))
        self._enable(tab)
        self.beginning.refresh()
        self.problems.show_problems(tab.problems if tab else ())
        own = (tab.scene.draft.fields.get("variables") or {}) if tab else None
        self.variables.show_variables(own, tab.variables if tab else {})
        count = len(tab.problems) if tab else 0
        self.docks["problems"].setWindowTitle(tr("Problems") + (f" ({count})" if count else ""))
        self._show_run(tab)
        self.server_label.refresh(self._status, self.peer.id, self.peer.name)

    def runs_under_way(self) -> list[ListedRun]:
        """Return the runs of this desktop that have not ended, of whatever flow."""
        return [run for run in self._status.get("runs", ()) if run["status"] in UNDER_WAY]

    def _enable(self, tab: FlowTab | None) -> None:
        running = bool(tab and tab.is_running)
        there = {
            "": True,
            "tab": tab is not None,
            "server": self.server_label.server is not None,
            "undo": bool(tab and tab.undo_label),
            "redo": bool(tab and tab.redo_label),
            "running": running,
            "any_run": running or bool(self.runs_under_way()),
            "file": bool(tab and tab.path),
            "idle": tab is not None and not running,
            "selection": bool(tab and tab.scene.selectedItems()),
            "nodes": bool(tab and tab.scene.selected_ids()),
            "one": bool(tab and len(tab.scene.selected_ids()) == 1),
            "several": bool(tab and len(tab.scene.selectedItems()) > 1),
        }
        self.commands.enable(there)
        own = self.actions_by_name["own_desktop"]
        own.setCheckable(True)
        own.setChecked(tab is not None and is_on_own_desktop(tab.scene.draft.fields))
        is_recording = self._status.get("recording") is not None
        self.actions_by_name["record"].setText(tr("Stop recording") if is_recording else tr("Record"))
        here = (run for run in self.runs_under_way() if run.get("desktop") != "private")
        is_free = tab is not None and all(run["status"] == RunState.PAUSED.value for run in here)
        self.actions_by_name["record"].setEnabled(is_recording or is_free)
        self.actions_by_name["record_again"].setEnabled(is_free and not is_recording and there["one"])
        is_paused = tab is not None and tab.run_state in {RunState.PAUSED, RunState.PAUSING}
        self.actions_by_name["run"].setEnabled(tab is not None and (not running or is_paused))
        self.actions_by_name["pause"].setText(tr("Resume" if is_paused else "Pause"))
        self.actions_by_name["pause"].setIcon(icon("play" if is_paused else "pause"))
        for name, label in (("undo", tab and tab.undo_label), ("redo", tab and tab.redo_label)):
            text = tr("Undo" if name == "undo" else "Redo")
            self.actions_by_name[name].setText(f"{text}: {tr(label)}" if label else text)

    def _show_progress(self) -> None:
        """Show how far runs are, and nothing else: this comes 60 times a second."""
        self._show_run(self.tab)

    def _show_run(self, tab: FlowTab | None) -> None:
        state = tab.run_state if tab else None
        node = tab.label_of(next(reversed(tab.running), "")) if tab else ""
        word = run_word(state, is_rehearsal=bool(tab and tab.is_rehearsal))
        self.run_label.setText(word + (f" · {node}" if word and node else ""))
        self.progress.setVisible(bool(tab and tab.is_running))
        if tab is not None and state is not None:
            self.progress.setValue(round(tab.percent))
        acting = self._tab_of(self.made_way_for) if self.made_way_for else None
        if acting is not None and acting.run_state is not None:
            node = acting.label_of(next(reversed(acting.running), ""))
            self.run_bar.show_run(acting.name, acting.run_state, node, acting.percent)

    # telling

    def show_notice(self, text: str) -> None:
        """Show a sentence in the status bar for a while, and keep it in the log."""
        self.statusBar().showMessage(text, NOTICE_MS)
        self.log.add(self.tab.workflow_id if self.tab else "", "warn", "flowdesk", text)

    def show_error(self, error: FlowdeskError) -> None:
        """Show an error: sentence and fix, in the status bar and the log."""
        text = tr_all(error.message, error.fix)
        self.statusBar().showMessage(text, NOTICE_MS)
        where = self.tab.workflow_id if self.tab else ""
        self.log.add(where, "error", "flowdesk", text, error.details.get("node_id"))
        problems = error.details.get("problems") or ()
        for problem in problems:
            self.log.add(where, "error", "", tr_all(problem["message"], problem["fix"]), problem["node_id"])
        if problems:
            self.docks.bring("problems")

    def show_server(self, server: Serving | None) -> None:
        """Say where browsers can connect, and who does."""
        self.server_label.serve(server)
        self.refresh()

    def connections(self) -> None:
        """Show who is connected, and how others get in."""
        self.server_label.show_connections()

    def open_in_browser(self) -> None:
        """Open the flows in the browser, by a link that works once."""
        if (server := self.server_label.server) is not None:
            QDesktopServices.openUrl(QUrl(server.browser_url()))

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

    def _spawn(self, work: Any, name: str) -> None:
        async def tell() -> None:
            try:
                await work
            except FlowdeskError as error:
                self.show_error(error)

        spawn(tell(), name)
