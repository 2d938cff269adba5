"""The main window: flows in tabs, panels around them, and the commands of ``actions``."""

import base64
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QLabel,
    QMainWindow,
    QMenu,
    QProgressBar,
    QTabBar,
    QTabWidget,
    QToolBar,
    QToolButton,
    QWidget,
)

from flowdesk import __version__
from flowdesk.aio import spawn
from flowdesk.i18n import LANGUAGES, on_language_changed, set_language, tr
from flowdesk.model.errors import FileChanged, FlowdeskError
from flowdesk.model.run import RunState
from flowdesk.model.sentence import say
from flowdesk.resource import resource_path
from flowdesk.session.session import Session
from flowdesk.ui import dialogs
from flowdesk.ui.actions import COMMANDS, MENUS, TOOLBAR, Command
from flowdesk.ui.canvas import editing
from flowdesk.ui.icons import icon
from flowdesk.ui.inspector.inspector import Inspector
from flowdesk.ui.panels.log import LogPanel
from flowdesk.ui.panels.palette import Palette
from flowdesk.ui.panels.problems import ProblemsPanel
from flowdesk.ui.peer import WindowPeer
from flowdesk.ui.runbar import STATES, RunBar
from flowdesk.ui.settings import SettingsFile
from flowdesk.ui.tab import FlowTab
from flowdesk.ui.theme import theme

NOTICE_MS = 12_000
DOCKS = {"palette": "Nodes", "inspector": "Settings", "log": "Log", "problems": "Problems"}


class MainWindow(QMainWindow):
    """Shows open flows and lets a person edit and run them. It is one peer of the session among others."""

    quit_requested = Signal()
    """Everything is saved or given up: the application may end."""

    def __init__(self, session: Session, settings: SettingsFile) -> None:
        """Make the window; ``open_path`` and ``open_new`` bring flows."""
        super().__init__()
        self.session = session
        self.settings = settings
        self.peer = WindowPeer(session, self)
        self.actions_by_name: dict[str, QAction] = {}
        self.tabs = QTabWidget(self)
        self.run_bar = RunBar()
        self._docks: dict[str, QDockWidget] = {}
        self._menus: dict[str, QMenu] = {}
        self._is_leaving = False
        self._may_close = False
        self._made_way_for: str | None = None
        self._was_maximized = False
        self._status: dict[str, Any] = {}
        self._links: list[str] = []
        self.resize(1440, 900)
        self._make_tabs()
        self._make_docks()
        self._make_actions()
        self._make_status_bar()
        self._connect()
        self._restore_layout()
        self._forget_language = on_language_changed(self.retranslate)
        theme.changed.connect(self._refresh_icons)
        self.retranslate()

    # -- making -------------------------------------------------------------------------------------------------------

    def _make_tabs(self) -> None:
        self.tabs.setDocumentMode(True)
        self.tabs.setMovable(True)
        self.setCentralWidget(self.tabs)
        self.tabs.currentChanged.connect(self._front_changed)

    def _make_docks(self) -> None:
        self.palette_panel = Palette(self.session.catalogue, self)
        self.inspector = Inspector(self.session.catalogue, self.peer, self)
        self.log = LogPanel(self)
        self.problems = ProblemsPanel(self)
        left, right, below = (
            Qt.DockWidgetArea.LeftDockWidgetArea,
            Qt.DockWidgetArea.RightDockWidgetArea,
            Qt.DockWidgetArea.BottomDockWidgetArea,
        )
        for name, panel, area in (
            ("palette", self.palette_panel, left),
            ("inspector", self.inspector, right),
            ("log", self.log, below),
            ("problems", self.problems, below),
        ):
            dock = QDockWidget(self)
            dock.setObjectName(name)
            dock.setWidget(panel)
            dock.setFeatures(
                QDockWidget.DockWidgetFeature.DockWidgetClosable | QDockWidget.DockWidgetFeature.DockWidgetMovable
            )
            title = QLabel(dock) if area is not below else QWidget(dock)
            title.setObjectName("dockTitle")
            dock.setTitleBarWidget(title)
            self.addDockWidget(area, dock)
            self._docks[name] = dock
        for area in (left, right, below):
            self.setTabPosition(area, QTabWidget.TabPosition.North)
        self.setCorner(Qt.Corner.BottomLeftCorner, left)
        self.setCorner(Qt.Corner.BottomRightCorner, right)
        self.tabifyDockWidget(self._docks["log"], self._docks["problems"])
        self._docks["log"].raise_()
        self.resizeDocks([self._docks["palette"], self._docks["inspector"]], [220, 330], Qt.Orientation.Horizontal)
        self.resizeDocks([self._docks["log"]], [190], Qt.Orientation.Vertical)

    def _make_actions(self) -> None:
        for title in MENUS:
            self._menus[title] = self.menuBar().addMenu(title)
        for command in COMMANDS:
            action = QAction(self)
            action.setShortcuts([QKeySequence(keys) for keys in command.keys])
            action.triggered.connect(lambda _=False, name=command.name: self.carry_out(name))
            self.actions_by_name[command.name] = action
            menu = self._menus[command.menu]
            if command.begins_group:
                menu.addSeparator()
            menu.addAction(action)
            if command.name == "open":
                self._recent_menu = menu.addMenu("")
                self._recent_menu.aboutToShow.connect(self._fill_recent)
        self._make_view_menu(self._menus["View"])
        self._make_toolbar()

    def _make_view_menu(self, menu: QMenu) -> None:
        menu.addSeparator()
        for dock in self._docks.values():
            menu.addAction(dock.toggleViewAction())
        menu.addSeparator()
        self._choices: list[tuple[QMenu, str, list[tuple[QAction, str, str]]]] = []
        self._add_choice(menu, "Theme", "theme", {"system": "Like the system", "light": "Light", "dark": "Dark"})
        self._add_choice(menu, "Language", "language", {"system": "Like the system", **LANGUAGES})
        self._add_choice(
            menu, "While a run acts", "while_running", {"hide": "Make way for it", "keep": "Keep the window in sight"}
        )

    def _add_choice(self, menu: QMenu, title: str, setting: str, values: dict[str, str]) -> None:
        inner = menu.addMenu(title)
        entries = []
        for value, text in values.items():
            action = inner.addAction(text)
            action.setCheckable(True)
            action.triggered.connect(lambda _=False, v=value: self.change_setting(setting, v))
            entries.append((action, value, text))
        self._choices.append((inner, title, entries))
        inner.aboutToShow.connect(lambda: self._check_choice(setting, entries))

    def _check_choice(self, setting: str, entries: list[tuple[QAction, str, str]]) -> None:
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
                button.setObjectName("run")
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)

    def _make_status_bar(self) -> None:
        self.run_label = QLabel(self)
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(140)
        self.progress.hide()
        self.server_label = QLabel(self)
        self.statusBar().addPermanentWidget(self.run_label)
        self.statusBar().addPermanentWidget(self.progress)
        self.statusBar().addPermanentWidget(self.server_label)
        self.statusBar().setSizeGripEnabled(False)

    def _connect(self) -> None:
        self.peer.message.connect(self._take)
        self.peer.nodes.connect(self._take_nodes)
        self.peer.failed.connect(self.show_error)
        self.palette_panel.chosen.connect(self._add_chosen)
        self.log.node_chosen.connect(self._jump)
        self.problems.node_chosen.connect(self._jump)
        self.run_bar.pause_requested.connect(self.pause)
        self.run_bar.stop_requested.connect(self.stop)
        self.run_bar.window_requested.connect(self._come_back)

    # -- texts and looks ----------------------------------------------------------------------------------------------

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
        self.toolbar.setWindowTitle(tr("Tool bar"))
        for panel in (self.palette_panel, self.inspector, self.log, self.problems):
            panel.retranslate()
        for tab in self._all_tabs():
            tab.scene.set_summaries({})
            tab.scene.update()
        self._refresh_icons()
        self.refresh()

    def _word(self, command: Command) -> None:
        action = self.actions_by_name[command.name]
        action.setText(tr(command.text))
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{tr(command.text)}  ({keys})" if keys else tr(command.text))

    def _refresh_icons(self) -> None:
        for command in COMMANDS:
            if command.icon:
                color = {"run": "on_accent", "stop": "error"}.get(command.name, "text")
                self.actions_by_name[command.name].setIcon(icon(command.icon, color))

    def change_setting(self, name: str, value: str) -> None:
        """Change a setting and do at once what it says."""
        self.settings.change(**{name: value})
        if name == "theme":
            theme.set_mode(value)  # type: ignore[arg-type]
        elif name == "language":
            set_language(value)

    def refresh(self) -> None:
        """Show title, tabs, commands and status as they stand."""
        tab = self.tab
        for index, each in enumerate(self._all_tabs()):
            mark = " •" if each.is_modified else ""
            self.tabs.setTabText(index, each.name + mark)
            self.tabs.setTabToolTip(index, each.path or tr("Not saved yet"))
        self.setWindowTitle(f"{tab.name}[*] – flowdesk" if tab else "flowdesk")
        self.setWindowModified(bool(tab and tab.is_modified))
        self._enable(tab)
        self.problems.show_problems(tab.problems if tab else ())
        count = len(tab.problems) if tab else 0
        self._docks["problems"].setWindowTitle(tr("Problems") + (f" ({count})" if count else ""))
        self._show_run(tab)
        clients = [client for client in self._status.get("clients", ()) if client["id"] != self.peer.id]
        if self._links:
            self.server_label.setText(tr(say("{count} connected", count=len(clients))) + "  ·  " + self._links[0])

    def _enable(self, tab: FlowTab | None) -> None:
        running = bool(tab and tab.is_running)
        there = {
            "": True,
            "tab": tab is not None,
            "undo": bool(tab and tab.undo_label),
            "redo": bool(tab and tab.redo_label),
            "running": running,
            "idle": tab is not None and not running,
            "selection": bool(tab and tab.scene.selected_ids()),
        }
        for command in COMMANDS:
            self.actions_by_name[command.name].setEnabled(there[command.needs])
        is_paused = bool(tab and tab.run_state in {RunState.PAUSED, RunState.PAUSING})
        self.actions_by_name["run"].setEnabled(tab is not None and (not running or is_paused))
        self.actions_by_name["pause"].setText(tr("Resume" if is_paused else "Pause"))
        self.actions_by_name["pause"].setIcon(icon("play" if is_paused else "pause"))
        for name, label in (("undo", tab and tab.undo_label), ("redo", tab and tab.redo_label)):
            text = tr("Undo" if name == "undo" else "Redo")
            self.actions_by_name[name].setText(f"{text}: {tr(label)}" if label else text)

    def _show_run(self, tab: FlowTab | None) -> None:
        state = tab.run_state if tab else None
        node = tab.label_of(next(reversed(tab.running), "")) if tab else ""
        self.run_label.setText((tr(STATES[state]) + (f" · {node}" if node else "")) if state else "")
        self.progress.setVisible(bool(tab and tab.is_running))
        if tab is not None and state is not None:
            self.progress.setValue(round(tab.percent))
        acting = self._tab_of(self._made_way_for) if self._made_way_for else None
        if acting is not None and acting.run_state is not None:
            node = acting.label_of(next(reversed(acting.running), ""))
            self.run_bar.show_run(acting.name, acting.run_state, node, acting.percent)

    def show_notice(self, text: str) -> None:
        """Show a sentence in the status bar for a while, and keep it in the log."""
        self.statusBar().showMessage(text, NOTICE_MS)
        self.log.add(self.tab.workflow_id if self.tab else "", "warn", "flowdesk", text)

    def show_error(self, error: FlowdeskError) -> None:
        """Show an error: sentence and fix, in the status bar and the log."""
        text = f"{tr(error.message)} {tr(error.fix)}".strip()
        self.statusBar().showMessage(text, NOTICE_MS)
        where = self.tab.workflow_id if self.tab else ""
        self.log.add(where, "error", "flowdesk", text, error.details.get("node_id"))
        problems = error.details.get("problems") or ()
        for problem in problems:
            self.log.add(where, "error", "", f"{problem['message']} {problem['fix']}".strip(), problem["node_id"])
        if problems:
            self._docks["problems"].show()
            self._docks["problems"].raise_()

    def show_server(self, lines: Iterable[str]) -> None:
        """Say where browsers can connect."""
        self._links = [line for line in lines if line]
        self.server_label.setToolTip("\n".join(self._links))
        self.server_label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.refresh()

    # -- tabs ---------------------------------------------------------------------------------------------------------

    @property
    def tab(self) -> FlowTab | None:
        """The flow in front."""
        widget = self.tabs.currentWidget()
        return widget if isinstance(widget, FlowTab) else None

    @property
    def has_documents(self) -> bool:
        """Whether a flow is open."""
        return self.tabs.count() > 0

    def _all_tabs(self) -> list[FlowTab]:
        return [self._tab_at(index) for index in range(self.tabs.count())]

    def _tab_at(self, index: int) -> FlowTab:
        widget = self.tabs.widget(index)
        assert isinstance(widget, FlowTab)
        return widget

    def _tab_of(self, workflow_id: str | None) -> FlowTab | None:
        return next((tab for tab in self._all_tabs() if tab.workflow_id == workflow_id), None)

    async def open_path(self, path: str) -> FlowTab | None:
        """Open a file in a tab; a refusal is shown. Returns the tab."""
        try:
            state = await self.peer.request("flow.open", {"path": path})
        except FlowdeskError as error:
            self.show_error(error)
            return None
        self.settings.remember(state["path"] or path)
        return self._add_tab(state)

    async def open_new(self) -> FlowTab:
        """Open a new flow that holds a start node."""
        start = {
            "id": "start",
            "type": "start",
            "position": {"x": 0, "y": 0},
            "data": {"label": tr("Start"), "config": {}},
        }
        state = await self.peer.request("flow.open", {"flow": {"name": tr("Untitled"), "nodes": [start], "edges": []}})
        return self._add_tab(state)

    def _add_tab(self, state: dict[str, Any]) -> FlowTab:
        known = self._tab_of(state["workflow_id"])
        if known is not None:
            self.tabs.setCurrentWidget(known)
            return known
        tab = FlowTab(self.peer, self.session.catalogue, state)
        tab.changed.connect(self.refresh)
        tab.flow_changed.connect(lambda payload: self._changes_shown(tab, payload))
        tab.view.selection_changed.connect(lambda ids: self._selection_changed(tab, ids))
        tab.view.open_requested.connect(self._open_settings)
        tab.view.rename_requested.connect(lambda node_id: self._spawn(self._rename(node_id), "rename"))
        tab.view.context_menu_requested.connect(self._context_menu)
        tab.view.files_dropped.connect(self._open_dropped)
        index = self.tabs.addTab(tab, tab.name)
        close = QToolButton(self.tabs)
        close.setObjectName("closeTab")
        close.setIcon(icon("x", "text_dim", 14))
        close.setIconSize(QSize(14, 14))
        close.setAccessibleName(tr("Close flow"))
        close.clicked.connect(lambda: self._spawn(self._close(tab), "close a flow"))
        self.tabs.tabBar().setTabButton(index, QTabBar.ButtonPosition.RightSide, close)
        self.tabs.setCurrentIndex(index)
        self.refresh()
        QTimer.singleShot(0, tab, tab.view.navigator.fit_all)
        tab.view.setFocus()
        return tab

    def _add_chosen(self, type_name: str) -> None:
        if self.tab is not None:
            self.tab.add_node(type_name)

    def _front_changed(self) -> None:
        tab = self.tab
        self.inspector.flush()
        self.inspector.show_tab(tab)
        self.log.show_flow(tab.workflow_id if tab else "")
        self.refresh()

    def _changes_shown(self, tab: FlowTab, payload: dict[str, Any]) -> None:
        if tab is self.tab:
            self.inspector.take_changes(payload)

    def _selection_changed(self, tab: FlowTab, ids: list[str]) -> None:
        if tab is not self.tab:
            return
        self.inspector.show_nodes(ids)
        self._enable(self.tab)

    def _open_settings(self, node_id: str) -> None:
        self._docks["inspector"].show()
        self._docks["inspector"].raise_()
        self.inspector.show_nodes([node_id])
        self.inspector.focus_first()

    def _open_dropped(self, paths: list[str]) -> None:
        for path in paths:
            self._spawn(self.open_path(path), "open a dropped file")

    def _context_menu(self, place: Any, at: Any, kind: str, item_id: str) -> None:
        menu = QMenu(self)
        names = {
            "node": ("cut", "copy", "duplicate", "delete", "", "run_from_node", "add_node"),
            "edge": ("undo",),
            "canvas": ("add_node", "paste", "select_all", "", "lay_out", "fit_all"),
        }[kind]
        if kind == "edge" and self.tab is not None:
            delete = menu.addAction(icon("unlink"), tr("Disconnect"))
            delete.triggered.connect(self.tab.view.commands.delete)
        elif kind == "node" and self.tab is not None:
            do = self.tab.view.commands
            for text, name, act in (
                ("Rename", "type", do.rename),
                ("Disable or enable", "ban", do.toggle_disabled),
                ("Breakpoint", "circle-dot", do.toggle_breakpoint),
            ):
                menu.addAction(icon(name), tr(text)).triggered.connect(act)
            menu.addSeparator()
        for name in names if kind != "edge" else ():
            menu.addAction(self.actions_by_name[name]) if name else menu.addSeparator()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    async def _rename(self, node_id: str) -> None:
        tab = self.tab
        if tab is None:
            return
        label = await dialogs.ask_text(self, tr("Rename"), tr("Name"), tab.label_of(node_id))
        if label is not None:
            tab.edit(editing.rename(tab.scene.draft, node_id, label), "Rename")

    def _jump(self, node_id: str) -> None:
        if self.tab is not None:
            self.tab.jump_to(node_id)

    # -- what the session tells ---------------------------------------------------------------------------------------

    def _take(self, message: dict[str, Any]) -> None:
        kind, payload, workflow_id = message["type"], message["payload"], message["workflow_id"]
        if kind == "system.status" and "run_id" not in payload:
            self._status = payload
            self.refresh()
            return
        tab = self._tab_of(workflow_id)
        if kind == "execution.log":
            label = tab.label_of(payload["node_id"]) if tab else ""
            self.log.add(workflow_id, payload["level"], label, tr(payload["message"]), payload["node_id"])
            return
        if tab is None:
            return
        tab.take_message(kind, payload)
        if kind == "system.status" and payload["status"] == "running":
            self._make_way(tab)
        if kind in {"execution.complete", "execution.error"}:
            self._run_ended(tab, payload)

    def _take_nodes(self, workflow_id: str, payloads: list[dict[str, Any]]) -> None:
        tab = self._tab_of(workflow_id)
        if tab is None:
            return
        tab.take_nodes(payloads)
        for payload in payloads:
            if payload["status"] == "error":
                fix = (payload.get("error_details") or {}).get("fix", "")
                text = f"{payload.get('error', '')} {fix}".strip()
                self.log.add(workflow_id, "error", tab.label_of(payload["node_id"]), text, payload["node_id"])

    def _run_ended(self, tab: FlowTab, payload: dict[str, Any]) -> None:
        state = RunState(payload["status"])
        seconds = f"{payload['duration']:.1f}"
        if state is RunState.SUCCEEDED:
            text, level = tr(say("The run succeeded in {seconds} s.", seconds=seconds)), "good"
        elif state is RunState.STOPPED:
            text, level = tr(say("The run was stopped after {seconds} s.", seconds=seconds)), "warn"
        else:
            reason = f"{payload.get('error', '')} {payload.get('fix', '')}".strip()
            text, level = tr(say("The run failed: {reason}", reason=reason)), "error"
        self.log.add(tab.workflow_id, level, tab.label_of(payload.get("node_id")), text, payload.get("node_id"))
        self.statusBar().showMessage(text, NOTICE_MS)
        if state is RunState.FAILED and payload.get("node_id") and tab is self.tab:
            tab.jump_to(payload["node_id"])
        if self._made_way_for == tab.workflow_id:
            self._come_back()
        self.refresh()

    # -- getting out of the way ---------------------------------------------------------------------------------------

    def _make_way(self, tab: FlowTab) -> None:
        """Leave the desktop to a run that acts on it; a small bar stays."""
        if self._made_way_for is not None or self.settings.values.while_running != "hide" or not self._acts(tab):
            return
        self._made_way_for = tab.workflow_id
        self._was_maximized = self.isMaximized()
        self._show_run(self.tab)
        self.run_bar.appear()
        self.showMinimized()

    def _acts(self, tab: FlowTab) -> bool:
        types = {known.id: known for known in self.session.catalogue}
        nodes = tab.scene.draft.nodes.values()
        return self.session.services.driver is not None and any(
            node.type in types and types[node.type].uses & {"input", "screen"} and node.type != "wait" for node in nodes
        )

    def _come_back(self) -> None:
        self._made_way_for = None
        self.run_bar.hide()
        if self.isMinimized():
            self.showMaximized() if self._was_maximized else self.showNormal()
        self.raise_()
        self.activateWindow()

    # -- commands -----------------------------------------------------------------------------------------------------

    def carry_out(self, name: str) -> None:
        """Carry out a command by its name."""
        getattr(self, name)()

    def _spawn(self, work: Any, name: str) -> None:
        async def tell() -> None:
            try:
                await work
            except FlowdeskError as error:
                self.show_error(error)

        spawn(tell(), name)

    def new(self) -> None:
        """Open a new flow."""
        self._spawn(self.open_new(), "new flow")

    def open(self) -> None:
        """Ask which flow to open."""
        self._spawn(self._ask_and_open(), "open a flow")

    async def _ask_and_open(self) -> None:
        for path in await dialogs.ask_files(self, self._folder()):
            await self.open_path(path)

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
        self._recent_menu.clear()
        for path in self.settings.values.recent:
            action = self._recent_menu.addAction(Path(path).name)
            action.setToolTip(path)
            action.triggered.connect(lambda _=False, p=path: self._spawn(self.open_path(p), "open a recent flow"))
        if not self.settings.values.recent:
            self._recent_menu.addAction(tr("No recent flows")).setEnabled(False)

    def save(self) -> None:
        """Save the flow in front."""
        if self.tab is not None:
            self._spawn(self.save_tab(self.tab), "save")

    def save_as(self) -> None:
        """Save the flow in front under another name."""
        if self.tab is not None:
            self._spawn(self.save_tab(self.tab, ask=True), "save as")

    async def save_tab(self, tab: FlowTab, *, ask: bool = False) -> bool:
        """Save a flow; ask for a name where it has none. Returns whether it is saved.

        Raises:
            FlowdeskError: If it cannot be written.
        """
        self.inspector.flush()
        await self.peer.settle()
        path = None
        if ask or tab.path is None:
            self.session.folders.flows.mkdir(parents=True, exist_ok=True)
            path = await dialogs.ask_save_path(self, tab.path or str(self.session.folders.flows / tab.name))
            if path is None:
                return False
        try:
            reply = await self.peer.request("flow.save", {"path": path}, tab.workflow_id)
        except FileChanged:
            if not await dialogs.ask_overwrite(self, path or tab.path or ""):
                return False
            reply = await self.peer.request("flow.save", {"path": path, "force": True}, tab.workflow_id)
        self.settings.remember(reply["path"])
        self.statusBar().showMessage(tr(say("Saved {path}", path=reply["path"])), 4000)
        return True

    def close_tab(self) -> None:
        """Close the flow in front."""
        if self.tab is not None:
            self._spawn(self._close(self.tab), "close a flow")

    async def _close(self, tab: FlowTab) -> None:
        self.inspector.flush()
        await self.peer.settle()
        if tab.is_modified:
            answer = await dialogs.ask_unsaved(self, [tab.name])
            if answer == "cancel" or (answer == "save" and not await self.save_tab(tab)):
                return
        await self.peer.request("flow.close", {}, tab.workflow_id)
        self.log.forget(tab.workflow_id)
        self.tabs.removeTab(self.tabs.indexOf(tab))
        tab.deleteLater()

    def undo(self) -> None:
        """Take back the last edit."""
        self.inspector.flush()
        if self.tab is not None:
            self.tab.undo()

    def redo(self) -> None:
        """Make the edit again that was taken back."""
        if self.tab is not None:
            self.tab.redo()

    def _canvas(self, name: str) -> None:
        if self.tab is not None:
            getattr(self.tab.view.commands, name)()

    def cut(self) -> None:
        """Cut the selected nodes."""
        self._canvas("cut")

    def copy(self) -> None:
        """Copy the selected nodes."""
        self._canvas("copy")

    def paste(self) -> None:
        """Paste nodes."""
        self._canvas("paste")

    def duplicate(self) -> None:
        """Duplicate the selected nodes."""
        self._canvas("duplicate")

    def delete(self) -> None:
        """Delete what is selected."""
        self._canvas("delete")

    def select_all(self) -> None:
        """Select every node."""
        self._canvas("select_all")

    def add_node(self) -> None:
        """Open the quick add."""
        self._canvas("quick_add")

    def lay_out(self) -> None:
        """Tidy up."""
        self._canvas("lay_out")

    def fit_all(self) -> None:
        """Show the whole flow."""
        if self.tab is not None:
            self.tab.view.navigator.fit_all()

    def zoom_full(self) -> None:
        """Show the flow at its actual size."""
        if self.tab is not None:
            self.tab.view.navigator.zoom_to(1.0)

    def toggle_minimap(self) -> None:
        """Show the minimap, or hide it."""
        if self.tab is not None:
            self.tab.view.toggle_minimap()

    def run(self) -> None:
        """Start the flow in front, or let its paused run go on."""
        tab = self.tab
        if tab is None:
            return
        if tab.run_state in {RunState.PAUSED, RunState.PAUSING}:
            self.peer.send("workflow.resume", {}, tab.workflow_id)
        else:
            self.start()

    def start(self, **options: Any) -> None:
        """Start the flow in front with options of ``workflow.start``."""
        self.inspector.flush()
        if self.tab is not None and not self.tab.is_running:
            self.peer.send("workflow.start", options, self.tab.workflow_id)

    def dry_run(self) -> None:
        """Rehearse: look for every target and send no input."""
        self.start(dry_run=True)

    def run_from_node(self) -> None:
        """Start at the selected node."""
        chosen = self.tab.scene.selected_ids() if self.tab else []
        if chosen:
            self.start(from_node=chosen[0])

    def pause(self) -> None:
        """Pause the run, or let it go on."""
        tab = self._tab_of(self._made_way_for) or self.tab
        if tab is not None and tab.is_running:
            is_paused = tab.run_state in {RunState.PAUSED, RunState.PAUSING}
            self.peer.send("workflow.resume" if is_paused else "workflow.pause", {}, tab.workflow_id)

    def step(self) -> None:
        """Run one node; an idle flow starts paused."""
        tab = self.tab
        if tab is None:
            return
        if tab.is_running:
            self.peer.send("workflow.step", {}, tab.workflow_id)
        else:
            self.start(paused=True)

    def stop(self) -> None:
        """Stop the run."""
        tab = self._tab_of(self._made_way_for) or self.tab
        if tab is not None and tab.is_running:
            self.peer.send("workflow.stop", {}, tab.workflow_id)

    def command_list(self) -> None:
        """Open the list of all commands."""
        from flowdesk.ui.commandlist import CommandList

        CommandList(self).open_over(self)

    def help(self) -> None:
        """Show the keys."""
        from flowdesk.ui.help import HelpOverlay

        HelpOverlay(self).open()

    def about(self) -> None:
        """Say what this is."""
        self._spawn(
            dialogs.tell(self, f"flowdesk {__version__}", tr("Build flows that drive the desktop, and run them.")),
            "about",
        )

    # -- the end ------------------------------------------------------------------------------------------------------

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
            unsaved = [tab for tab in self._all_tabs() if tab.is_modified]
            if unsaved:
                answer = await dialogs.ask_unsaved(self, [tab.name for tab in unsaved])
                if answer == "cancel":
                    return
                for tab in unsaved if answer == "save" else ():
                    if not await self.save_tab(tab):
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
            open_files=[tab.path for tab in self._all_tabs() if tab.path],
        )
        for widget in QApplication.topLevelWidgets():
            if widget is not self and widget.isVisible() and isinstance(widget, QWidget):
                widget.close()

    def end(self) -> None:
        """Go: the application ends."""
        self._may_close = True
        self._forget_language()
        self.session.disconnect(self.peer)
        self.run_bar.close()
        self.run_bar.deleteLater()
        self.close()
        self.deleteLater()
