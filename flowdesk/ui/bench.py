"""What the parts of the window share: the session, the settings, the flows in its tabs, its panels, and how a person is told something."""

from collections.abc import Coroutine
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMainWindow, QTabWidget

from flowdesk.aio import spawn
from flowdesk.i18n import tr_all
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.runlist import UNDER_WAY
from flowdesk.protocol.events import ListedRun, StatusEvent
from flowdesk.session.session import Session
from flowdesk.ui.canvas.habits import DEFAULT, HABITS, Habits
from flowdesk.ui.docks import Docks
from flowdesk.ui.fleetdesk import FleetDesk
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
from flowdesk.ui.settings import SettingsFile
from flowdesk.ui.tab import FlowTab

NOTICE_MS = 12_000


class Bench(QObject):
    """Lies under every part of one window. It knows none of them: what a part changes it tells by ``changed``."""

    changed = Signal()
    """What is in front, or how it stands, is not what it was: title, commands and status are shown again."""

    def __init__(self, window: QMainWindow, session: Session, settings: SettingsFile) -> None:
        """Put tabs and panels into a window."""
        super().__init__(window)
        self.window, self.session, self.settings = window, session, settings
        self.peer = WindowPeer(session, window)
        self.status: StatusEvent = {}
        """What the session told last of itself."""
        self.tabs = QTabWidget(window)
        self.tabs.setDocumentMode(True)
        self.tabs.setMovable(True)
        window.setCentralWidget(self.tabs)
        self.docks = Docks(PANELS, Around(session.catalogue, self.peer, window))
        self.palette = self.docks.panel(Palette)
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

    # what is open

    @property
    def tab(self) -> FlowTab | None:
        """The flow in front."""
        widget = self.tabs.currentWidget()
        return widget if isinstance(widget, FlowTab) else None

    def all_tabs(self) -> list[FlowTab]:
        """Return the open flows."""
        widgets = (self.tabs.widget(index) for index in range(self.tabs.count()))
        return [widget for widget in widgets if isinstance(widget, FlowTab)]

    def tab_of(self, workflow_id: str | None) -> FlowTab | None:
        """Return the tab of a flow, ``None`` where it is not open."""
        return next((tab for tab in self.all_tabs() if tab.workflow_id == workflow_id), None)

    def chosen_nodes(self) -> list[str]:
        """Return the nodes that are selected in the flow in front."""
        return list(self.tab.scene.selected_ids()) if self.tab is not None else []

    def remember_open(self) -> None:
        """Keep which files are open: they are opened again at the next start, after a crash too."""
        self.settings.change(open_files=self.open_files())

    def open_files(self) -> list[str]:
        """Return the files of the flows that are open."""
        return [tab.path for tab in self.all_tabs() if tab.path]

    def show_in_flow(self, workflow_id: str, item_id: str) -> None:
        """Bring a flow to the front and something of it into sight."""
        tab = self.tab_of(workflow_id)
        if tab is not None:
            self.tabs.setCurrentWidget(tab)
            tab.jump_to(item_id)

    def runs_under_way(self) -> list[ListedRun]:
        """Return the runs of this desktop that have not ended, of whatever flow."""
        return [run for run in self.status.get("runs", ()) if run["status"] in UNDER_WAY]

    @property
    def habits(self) -> Habits:
        """What keys and buttons of the canvas mean."""
        chosen = self.settings.values
        return HABITS.get(chosen.habits, DEFAULT).changed(chosen.left_drag, chosen.wheel)

    # telling

    def show_status(self, text: str, milliseconds: int = NOTICE_MS) -> None:
        """Show a sentence in the status bar for a while."""
        self.window.statusBar().showMessage(text, milliseconds)

    def show_notice(self, text: str) -> None:
        """Show a sentence in the status bar for a while, and keep it in the log."""
        self.show_status(text)
        self.log.add(self.tab.workflow_id if self.tab else "", "warn", "flowdesk", text)

    def show_error(self, error: FlowdeskError) -> None:
        """Show an error: sentence and fix, in the status bar and the log."""
        text = tr_all(error.message, error.fix)
        self.show_status(text)
        where = self.tab.workflow_id if self.tab else ""
        self.log.add(where, "error", "flowdesk", text, error.details.get("node_id"))
        problems = error.details.get("problems") or ()
        for problem in problems:
            self.log.add(where, "error", "", tr_all(problem["message"], problem["fix"]), problem["node_id"])
        if problems:
            self.docks.bring("problems")

    def spawn(self, work: Coroutine[Any, Any, object], name: str) -> None:
        """Do something beside what else happens; an error is shown."""

        async def tell() -> None:
            try:
                await work
            except FlowdeskError as error:
                self.show_error(error)

        spawn(tell(), name)
