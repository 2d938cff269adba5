"""The commands of the window as what Qt shows of them: menus, tool bar, keys, and whether each can be chosen now."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QToolBar, QToolButton

from flowdesk.i18n import LANGUAGES, tr
from flowdesk.ui.actions import COMMANDS, MENUS, TOOLBAR, Command
from flowdesk.ui.canvas.habits import Habits
from flowdesk.ui.icons import icon
from flowdesk.ui.plain import tip
from flowdesk.ui.preferences import LOOKS, RUNS

_COLORS = {"run": "on_accent", "stop": "error", "record": "error"}
"""Of icons that are not drawn in the colour of text."""


class CommandBar:
    """Shows the table of commands in a window."""

    def __init__(
        self,
        window: QMainWindow,
        act: Callable[[str], None],
        toggles: list[QAction],
        choose: Callable[[str, Any], None],
        chosen: Callable[[str], Any],
    ) -> None:
        """Fill the menus and the tool bar.

        Args:
            window: Whose they are.
            act: Carries out a command by its name.
            toggles: What shows and hides the panels, for the menu *View*.
            choose: Changes a setting of which the menus offer the values.
            chosen: Returns what a setting is.
        """
        self._window, self.act, self._choose, self._chosen = window, act, choose, chosen
        self.actions: dict[str, QAction] = {}
        self._menus = {title: window.menuBar().addMenu(title) for title in MENUS}
        for command in COMMANDS:
            self._add(command)
        self._choices: list[tuple[QMenu, str, list[tuple[QAction, Any, str]]]] = []
        self._fill_view(self._menus["View"], toggles)
        self.toolbar = self._made_toolbar()

    def _add(self, command: Command) -> None:
        action = self.actions[command.name] = QAction(self._window)
        action.triggered.connect(lambda _=False: self.act(command.name))
        menu = self._menus[command.menu]
        if command.begins_group:
            menu.addSeparator()
        menu.addAction(action)
        if command.name == "open":
            self.recent_menu = menu.addMenu("")

    def _fill_view(self, menu: QMenu, toggles: list[QAction]) -> None:
        menu.addSeparator()
        menu.addActions(toggles)
        menu.addSeparator()
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
            action.triggered.connect(lambda _=False, v=value: self._choose(setting, v))
            entries.append((action, value, text))
        self._choices.append((inner, title, entries))
        inner.aboutToShow.connect(lambda: self._check_choice(setting, entries))

    def _check_choice(self, setting: str, entries: list[tuple[QAction, Any, str]]) -> None:
        for action, value, _ in entries:
            action.setChecked(self._chosen(setting) == value)

    def _made_toolbar(self) -> QToolBar:
        toolbar = QToolBar(self._window)
        toolbar.setObjectName("toolbar")
        toolbar.setMovable(False)
        toolbar.setIconSize(QSize(18, 18))
        self._window.addToolBar(toolbar)
        for name in TOOLBAR:
            if not name:
                toolbar.addSeparator()
                continue
            toolbar.addAction(self.actions[name])
            button = toolbar.widgetForAction(self.actions[name])
            if name == "run" and isinstance(button, QToolButton):
                self.actions[name].setIconVisibleInMenu(False)  # its colour is that of the button
                button.setObjectName("run")
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        return toolbar

    def set_shortcuts(self, habits: Habits) -> None:
        """Give each command its keys. Those of the canvas are only shown: they act while the canvas has the focus."""
        for command in COMMANDS:
            action = self.actions[command.name]
            own = habits.keys_of(command.on_canvas) if command.on_canvas and not command.keys else ()
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut if own else Qt.ShortcutContext.WindowShortcut)
            action.setShortcuts([QKeySequence(keys) for keys in own or command.keys])

    def retranslate(self) -> None:
        """Set every text in the language in force."""
        for command in COMMANDS:
            action = self.actions[command.name]
            action.setText(tr(command.text))
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(tip(f"{tr(command.text)}  ({keys})" if keys else tr(command.text)))
        for title, menu in self._menus.items():
            menu.setTitle(tr(title))
        self.recent_menu.setTitle(tr("Open recent"))
        for inner, title, entries in self._choices:
            inner.setTitle(tr(title))
            for action, value, text in entries:
                action.setText(text if value in LANGUAGES else tr(text))
        self.toolbar.setWindowTitle(tr("Toolbar"))

    def refresh_icons(self) -> None:
        """Draw the icons in the colours of the theme."""
        for command in COMMANDS:
            if command.icon:
                self.actions[command.name].setIcon(icon(command.icon, _COLORS.get(command.name, "text")))

    def enable(self, there: Mapping[str, bool]) -> None:
        """Let be chosen whose needs are there."""
        for command in COMMANDS:
            self.actions[command.name].setEnabled(there[command.needs])
