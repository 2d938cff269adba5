"""The frame of the main window: panels, menus, tool bar and status bar around the flows."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Protocol

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import QAction, QDesktopServices, QKeySequence
from PySide6.QtWidgets import (
    QDockWidget,
    QLabel,
    QMainWindow,
    QMenu,
    QProgressBar,
    QTabWidget,
    QToolBar,
    QToolButton,
    QWidget,
)

from flowdesk.aio import spawn
from flowdesk.i18n import LANGUAGES, set_language, tr, tr_all
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.place import is_on_own_desktop
from flowdesk.model.run import RunState
from flowdesk.model.runlist import UNDER_WAY
from flowdesk.protocol.events import ListedRun, StatusEvent
from flowdesk.session.session import Session
from flowdesk.ui.actions import COMMANDS, MENUS, TOOLBAR, Command
from flowdesk.ui.asking import QuestionDialog
from flowdesk.ui.beginning import Beginning
from flowdesk.ui.canvas.glyphs import add_drawings
from flowdesk.ui.canvas.habits import DEFAULT, HABITS, Habits
from flowdesk.ui.connections import Serving, ServingLabel, ask_first_run
from flowdesk.ui.fleetdesk import FleetDesk
from flowdesk.ui.icons import icon
from flowdesk.ui.inspector.inspector import Inspector
from flowdesk.ui.panels.fleet import FleetPanel
from flowdesk.ui.panels.log import LogPanel
from flowdesk.ui.panels.palette import Palette
from flowdesk.ui.panels.problems import ProblemsPanel
from flowdesk.ui.panels.runs import RunsPanel
from flowdesk.ui.panels.variables import VariablesPanel
from flowdesk.ui.panels.visit import VisitPanel
from flowdesk.ui.peer import WindowPeer
from flowdesk.ui.plain import PlainLabel, tip
from flowdesk.ui.preferences import LOOKS, RUNS
from flowdesk.ui.recording import RecordBar
from flowdesk.ui.runbar import RunBar, run_word
from flowdesk.ui.settings import SettingsFile
from flowdesk.ui.tab import FlowTab
from flowdesk.ui.theme import theme

NOTICE_MS = 12_000
SIZE = QSize(1440, 900)
PALETTE_LEAST = 168
NARROW, LOW = 800, 600
"""Width of a screen below which the panels beside the canvas begin narrow, height below which those under it begin hidden."""
TIGHT = 1000
"""Width of a low screen below which the palette begins hidden, too: nodes come by *Add node* there."""
WIDE = 1600
"""Width of a screen from which on input and output of a node are shown beside its settings without being asked for."""
FRAME = QSize(16, 48)
"""How large the window is at first, and the room that its frame may take."""
DOCKS = {
    "palette": "Nodes",
    "visit": "Input and output",
    "inspector": "Settings",
    "log": "Log",
    "problems": "Problems",
    "variables": "Variables",
    "runs": "Runs",
    "fleet": "Robots",
}
BELOW = ("log", "problems", "variables", "runs", "fleet")
"""The panels under the canvas, one behind the other."""


class Panel(Protocol):
    """What lies in a dock."""

    def retranslate(self) -> None:
        """Set the texts in the language in force."""


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
        self.actions_by_name: dict[str, QAction] = {}
        self.tabs = QTabWidget(self)
        self.run_bar = RunBar()
        self.record_bar = RecordBar()
        self._recorded: str | None = None
        """The flow that this window records into."""
        self._docks: dict[str, QDockWidget] = {}
        self._panels: list[Panel] = []
        self._menus: dict[str, QMenu] = {}
        self._made_way_for: str | None = None
        self._stepping: str | None = None
        """The flow that a person steps through: the window stays."""
        self._was_maximized = False
        self._status: StatusEvent = {}
        self._questions: dict[str, QuestionDialog] = {}
        add_drawings(self.session.catalogue)
        self._take_room()
        self._make_tabs()
        self._make_docks()
        self._make_actions()
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

    def _make_docks(self) -> None:
        self.palette_panel = Palette(self.session.catalogue, self)
        self.inspector = Inspector(self.session.catalogue, self.peer, self)
        self.visit = VisitPanel(self.peer, self)
        self.log = LogPanel(self)
        self.problems = ProblemsPanel(self)
        self.variables = VariablesPanel(self)
        self.runs = RunsPanel(self)
        self.fleet = FleetPanel(self)
        left, right, below = (
            Qt.DockWidgetArea.LeftDockWidgetArea,
            Qt.DockWidgetArea.RightDockWidgetArea,
            Qt.DockWidgetArea.BottomDockWidgetArea,
        )
        for name, panel, area in (
            ("palette", self.palette_panel, left),
            ("visit", self.visit, right),
            ("inspector", self.inspector, right),
            ("log", self.log, below),
            ("problems", self.problems, below),
            ("variables", self.variables, below),
            ("runs", self.runs, below),
            ("fleet", self.fleet, below),
        ):
            self._panels.append(panel)
            self._add_dock(name, panel, area, has_title=area is not below)
        self._put_beside(self._docks["visit"])
        for area in (left, right, below):
            self.setTabPosition(area, QTabWidget.TabPosition.North)
        self.setCorner(Qt.Corner.BottomLeftCorner, left)
        self.setCorner(Qt.Corner.BottomRightCorner, right)
        for before, name in pairwise(BELOW):
            self.tabifyDockWidget(self._docks[before], self._docks[name])
        self._docks["fleet"].visibilityChanged.connect(FleetDesk(self.peer, self.fleet, self).show)
        self._docks["log"].raise_()
        room = self.screen().availableGeometry()
        widths = [220, 330] if room.width() >= NARROW else [PALETTE_LEAST, 264]
        self.resizeDocks([self._docks["palette"], self._docks["inspector"]], widths, Qt.Orientation.Horizontal)
        self.resizeDocks([self._docks["log"]], [230], Qt.Orientation.Vertical)
        self.palette_panel.setMinimumWidth(PALETTE_LEAST)
        if room.height() < LOW:
            for name in (*BELOW, *(["palette"] if room.width() < TIGHT else [])):
                self._docks[name].hide()

    def _add_dock(self, name: str, panel: QWidget, area: Qt.DockWidgetArea, *, has_title: bool) -> None:
        dock = self._docks[name] = QDockWidget(self)
        dock.setObjectName(name)
        dock.setWidget(panel)
        dock.setFeatures(
            QDockWidget.DockWidgetFeature.DockWidgetClosable | QDockWidget.DockWidgetFeature.DockWidgetMovable
        )
        title = PlainLabel(dock) if has_title else QWidget(dock)
        title.setObjectName("dockTitle")
        dock.setTitleBarWidget(title)
        self.addDockWidget(area, dock)

    def _put_beside(self, visit: QDockWidget) -> None:
        """Put input and output of a node beside its settings."""
        self.splitDockWidget(visit, self._docks["inspector"], Qt.Orientation.Horizontal)
        visit.setVisible(self.screen().availableGeometry().width() >= WIDE)
        self.inspector.beside = visit.toggleViewAction()
        self.inspector.last_values.shown.connect(self.visit.show_node)

    def _make_actions(self) -> None:
        for title in MENUS:
            self._menus[title] = self.menuBar().addMenu(title)
        for command in COMMANDS:
            action = QAction(self)
            action.triggered.connect(lambda _=False, name=command.name: self.carry_out(name))
            self.actions_by_name[command.name] = action
            menu = self._menus[command.menu]
            if command.begins_group:
                menu.addSeparator()
            menu.addAction(action)
            if command.name == "open":
                self._recent_menu = menu.addMenu("")
        self._set_shortcuts()
        self._make_view_menu(self._menus["View"])
        self._make_toolbar()

    def _set_shortcuts(self) -> None:
        """Give each command its keys. Those of the canvas are only shown: they act while the canvas has the focus."""
        for command in COMMANDS:
            action = self.actions_by_name[command.name]
            own = self.habits.keys_of(command.on_canvas) if command.on_canvas and not command.keys else ()
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut if own else Qt.ShortcutContext.WindowShortcut)
            action.setShortcuts([QKeySequence(keys) for keys in own or command.keys])

    @property
    def habits(self) -> Habits:
        """What keys and buttons of the canvas mean."""
        chosen = self.settings.values
        return HABITS.get(chosen.habits, DEFAULT).changed(chosen.left_drag, chosen.wheel)

    def _make_view_menu(self, menu: QMenu) -> None:
        menu.addSeparator()
        for dock in self._docks.values():
            menu.addAction(dock.toggleViewAction())
        menu.addSeparator()
        self._choices: list[tuple[QMenu, str, list[tuple[QAction, Any, str]]]] = []
        for name, title, values in LOOKS[:3]:
            self._add_choice(menu, title, name, values)
        for name, title, values in RUNS[:2]:
            self._add_choice(self._menus["Run"], title, name, values)

    def _add_choice(self, menu: QMenu, title: str, setting: str, values: dict[Any, str]) -> None:
        inner = menu.addMenu(title)
        entries = []
        for value, text in values.items():
            action = inner.addAction(text)
            action.setCheckable(True)
            action.triggered.connect(lambda _=False, v=value: self.change_setting(setting, v))
            entries.append((action, value, text))
        self._choices.append((inner, title, entries))
        inner.aboutToShow.connect(lambda: self._check_choice(setting, entries))

    def _check_choice(self, setting: str, entries: list[tuple[QAction, Any, str]]) -> None:
        for action, value, _ in entries:
            action.setChecked(getattr(self.settings.values, setting) == value)

    def _make_toolbar(self) -> None:
        self.toolbar = QToolBar(self)
        self.toolbar.setObjectName("toolbar")
        self.toolbar.setMovable(False)
        self.toolbar.setIconSize(QSize(18, 18))
        self.addToolBar(self.toolbar)
        for name in TOOLBAR:
            if not name:
                self.toolbar.addSeparator()
                continue
            self.toolbar.addAction(self.actions_by_name[name])
            button = self.toolbar.widgetForAction(self.actions_by_name[name])
            if name == "run" and isinstance(button, QToolButton):
                self.actions_by_name[name].setIconVisibleInMenu(False)  # its colour is that of the button
                button.setObjectName("run")
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)

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
        for command in COMMANDS:
            self._word(command)
        for title, menu in self._menus.items():
            menu.setTitle(tr(title))
        self._recent_menu.setTitle(tr("Open recent"))
        for name, dock in self._docks.items():
            dock.setWindowTitle(tr(DOCKS[name]))
            head = dock.titleBarWidget()
            if isinstance(head, QLabel):
                head.setText(tr(DOCKS[name]))
        for inner, title, entries in self._choices:
            inner.setTitle(tr(title))
            for action, value, text in entries:
                action.setText(text if value in LANGUAGES else tr(text))
        self.toolbar.setWindowTitle(tr("Toolbar"))
        for panel in self._panels:
            panel.retranslate()
        for tab in self.all_tabs():
            tab.scene.set_summaries({})
            tab.scene.update()
        self._refresh_icons()
        self.refresh()

    def _word(self, command: Command) -> None:
        action = self.actions_by_name[command.name]
        action.setText(tr(command.text))
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(tip(f"{tr(command.text)}  ({keys})" if keys else tr(command.text)))

    def _refresh_icons(self) -> None:
        for command in COMMANDS:
            if command.icon:
                color = {"run": "on_accent", "stop": "error", "record": "error"}.get(command.name, "text")
                self.actions_by_name[command.name].setIcon(icon(command.icon, color))
        self._docks["visit"].toggleViewAction().setIcon(icon("columns-3", "text"))

    def change_setting(self, name: str, value: Any) -> None:
        """Change a setting and do at once what it says."""
        self.settings.change(**{name: value})
        if name == "theme":
            theme.set_mode(value)
        elif name == "language":
            set_language(value)
        elif name in {"habits", "left_drag", "wheel"}:
            self._set_shortcuts()
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
        self._docks["problems"].setWindowTitle(tr("Problems") + (f" ({count})" if count else ""))
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
        for command in COMMANDS:
            self.actions_by_name[command.name].setEnabled(there[command.needs])
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
        acting = self._tab_of(self._made_way_for) if self._made_way_for else None
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
            self._docks["problems"].show()
            self._docks["problems"].raise_()

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

    def carry_out(self, name: str) -> None:
        """Carry out a command by its name."""
        command = next((known for known in COMMANDS if known.name == name), None)
        if command is None or not command.on_canvas:
            getattr(self, name)()
        elif self.tab is not None:
            self.tab.view.commands.carry_out(command.on_canvas)

    def _spawn(self, work: Any, name: str) -> None:
        async def tell() -> None:
            try:
                await work
            except FlowdeskError as error:
                self.show_error(error)

        spawn(tell(), name)
