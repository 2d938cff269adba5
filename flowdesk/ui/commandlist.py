"""The list of all commands: type a few letters, Enter carries it out."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout

from flowdesk.i18n import tr
from flowdesk.ui.actions import COMMANDS
from flowdesk.ui.icons import icon

if TYPE_CHECKING:
    from flowdesk.ui.window import MainWindow

NAME_ROLE = Qt.ItemDataRole.UserRole


class CommandList(QDialog):
    """Shows the commands that can be carried out now."""

    def __init__(self, window: "MainWindow") -> None:
        """List the commands of a window."""
        # Not a popup: those are left out of what screen readers see.
        super().__init__(window, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("commandList")
        self.setWindowTitle(tr("Command list…"))
        self.main = window
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(tr("What do you want to do?"))
        self.search.setAccessibleName(tr("What do you want to do?"))
        self.list = QListWidget(self)
        self.list.setAccessibleName(tr("Commands"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 8, 8, 8)
        rows.addWidget(self.search)
        rows.addWidget(self.list)
        self.search.textChanged.connect(self._fill)
        self.search.returnPressed.connect(lambda: self._take(self.list.currentItem()))
        self.search.installEventFilter(self)
        self.list.itemClicked.connect(self._take)
        self._fill()

    def open_over(self, window: "MainWindow") -> None:
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
            if step and self.list.count():
                self.list.setCurrentRow((self.list.currentRow() + step) % self.list.count())
                return True
        return bool(super().eventFilter(watched, event))

    def _fill(self) -> None:
        words = self.search.text().casefold().split()
        self.list.clear()
        for command in COMMANDS:
            action = self.main.actions_by_name[command.name]
            texts = f"{command.text} {tr(command.text)} {tr(command.menu)}".casefold()
            if command.name == "command_list" or not action.isEnabled() or not all(word in texts for word in words):
                continue
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            item = QListWidgetItem(f"{action.text()}    {keys}".rstrip())
            item.setIcon(icon(command.icon or "circle", "text_dim"))
            item.setData(NAME_ROLE, command.name)
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _take(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        name = item.data(NAME_ROLE)
        self.close()
        self.main.carry_out(name)
