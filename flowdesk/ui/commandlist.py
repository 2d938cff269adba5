"""The list of all commands: type a few letters, Enter carries it out."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QDialog, QHeaderView, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from flowdesk.i18n import tr
from flowdesk.model.searching import Entry, rank
from flowdesk.pinyin import readings
from flowdesk.ui.actions import COMMANDS
from flowdesk.ui.icons import icon
from flowdesk.ui.plain import PlainLabel
from flowdesk.ui.theme import theme

NAME_ROLE = Qt.ItemDataRole.UserRole


class CommandList(QDialog):
    """Shows the commands that can be carried out now."""

    def __init__(self, window: QWidget, actions: Mapping[str, QAction], carry_out: Callable[[str], object]) -> None:
        """List the commands of a window, and carry out one by its name."""
        # Not a popup: those are left out of what screen readers see.
        super().__init__(window, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("commandList")
        self.setWindowTitle(tr("Commands…"))
        self._actions, self._carry_out = actions, carry_out
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(tr("What do you want to do?"))
        self.search.setAccessibleName(tr("What do you want to do?"))
        self.list = QTreeWidget(self)
        self.list.setColumnCount(2)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setIconSize(QSize(16, 16))
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.list.setAccessibleName(tr("Commands"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 8, 8, 8)
        self.nothing = PlainLabel(tr("Nothing found. Did you mean:"), self)
        self.nothing.setObjectName("dim")
        for part in (self.search, self.nothing, self.list):
            rows.addWidget(part)
        self.search.textChanged.connect(self._fill)
        self.search.returnPressed.connect(lambda: self._take(self.list.currentItem()))
        self.search.installEventFilter(self)
        self.list.itemClicked.connect(self._take)
        self._fill()

    def open_over(self, window: QWidget) -> None:
        """Open at the top of the window."""
        self.resize(520, 420)
        self.move(window.mapToGlobal(QPoint((window.width() - 520) // 2, 70)))
        self.show()
        self.activateWindow()
        self.search.setFocus()

    def event(self, event: QEvent) -> bool:
        """Go as soon as another window is used."""
        if event.type() == QEvent.Type.WindowDeactivate:
            self.close()
        return bool(super().event(event))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrows choose while the letters go on narrowing."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
            count = self.list.topLevelItemCount()
            if step and count:
                current = self.list.currentItem()
                row = self.list.indexOfTopLevelItem(current) if current is not None else 0
                self._mark((row + step) % count)
                return True
        return bool(super().eventFilter(watched, event))

    def _fill(self) -> None:
        self.list.clear()
        named = {command.name: command for command in COMMANDS if self._is_open(command.name)}
        entries = [Entry(c.name, (tr(c.text), c.text), (), (tr(c.menu), c.menu)) for c in named.values()]
        found = rank(self.search.text(), entries, readings())
        self.nothing.setVisible(found.is_nearest)
        for name in found.keys:
            command, action = named[name], self._actions[name]
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            item = QTreeWidgetItem(self.list, [action.text(), keys])
            item.setIcon(0, icon(command.icon or "circle", "text_dim"))
            item.setForeground(1, theme().text_dim)
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setData(0, NAME_ROLE, command.name)
        self._mark(-1 if found.is_nearest else 0)

    def _is_open(self, name: str) -> bool:
        return name != "command_list" and self._actions[name].isEnabled()

    def _mark(self, row: int) -> None:
        item = self.list.topLevelItem(row)
        if item is not None:
            self.list.setCurrentItem(item)

    def _take(self, item: QTreeWidgetItem | None) -> None:
        if item is None:
            return
        name = item.data(0, NAME_ROLE)
        self.close()
        self._carry_out(name)
