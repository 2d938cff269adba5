"""A list under a line or a box that offers what may be written at the cursor."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView, QPlainTextEdit

SHOWN = 9
INSERTED, WORDS = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
BELOW = 4
"""Pixels between the line that is typed and the list."""
LONGEST = 60
"""Characters in the list of what stands beside an offer."""
_TAKES = frozenset({Qt.Key.Key_Tab, Qt.Key.Key_Return, Qt.Key.Key_Enter})


class Offer(NamedTuple):
    """One line of the list."""

    path: str
    """What is inserted."""
    beside: str = ""
    """What stands beside it: its value in the last run, or a line of help."""
    words: str = ""
    """More words that find it: what people call the node, and pinyin."""
    is_function: bool = False


class Offering(QObject):
    """Shows offers under an editor and inserts what is taken."""

    marks_first = True
    """Whether Enter takes the first offer without a key before it."""
    entered = Signal(object)
    """The editor has the keyboard now; with the list itself."""

    def __init__(self, editor: QLineEdit | QPlainTextEdit, title: str) -> None:
        """Watch ``editor``; readers of the screen call the list ``title``."""
        super().__init__(editor)
        self.editor = editor
        self._title = title
        editor.installEventFilter(self)
        if isinstance(editor, QLineEdit):
            editor.textEdited.connect(lambda _: self.offer())
        else:
            editor.textChanged.connect(self._box_changed)

    def offer(self) -> None:
        """Show what fits what is typed, or nothing."""
        raise NotImplementedError

    def insert(self, name: str) -> None:
        """Write what was taken."""
        raise NotImplementedError

    @cached_property
    def _model(self) -> QStandardItemModel:
        return QStandardItemModel(self)

    @cached_property
    def popup(self) -> QListView:
        """The list; made when it is first needed: a form has many lines that never need one."""
        popup = QListView()
        popup.setObjectName("references")
        popup.setAccessibleName(self._title)
        return popup

    @cached_property
    def completer(self) -> QCompleter:
        """What narrows the list to what is typed."""
        completer = QCompleter(self._model, self)
        completer.setWidget(self.editor)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCompletionRole(WORDS)
        completer.setMaxVisibleItems(SHOWN)
        activated: Any = completer.activated  # has two forms: the text, and the place in the model
        activated[QModelIndex].connect(lambda index: self.insert(str(index.data(INSERTED))))
        completer.setPopup(self.popup)
        self.popup.installEventFilter(self)
        return completer

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let Tab and Enter take what is marked; tell when the editor gets the keyboard."""
        if watched is self.editor:
            if event.type() == QEvent.Type.FocusIn:
                self.entered.emit(self)
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in _TAKES:
            index = self.popup.currentIndex()
            self.popup.hide()
            if not index.isValid():
                if event.key() != Qt.Key.Key_Tab:
                    return bool(super().eventFilter(watched, event))
                index = self.completer.completionModel().index(0, 0)
            self.insert(str(index.data(INSERTED) or ""))
            return True
        return bool(super().eventFilter(watched, event))

    def show_offers(self, offers: Sequence[Offer], prefix: str) -> None:
        """Show those of ``offers`` that ``prefix`` is found in."""
        self._model.clear()
        for offer in offers:
            self._model.appendRow(_line(offer))
        self.completer.setCompletionPrefix(prefix)
        if not self.completer.completionCount():
            self.popup.hide()
            return
        rect = self.editor.rect()
        if isinstance(self.editor, QPlainTextEdit):  # the cursor's place is told within the margins of the box
            rect = self.editor.cursorRect().translated(self.editor.viewport().pos()).adjusted(0, 0, 0, BELOW)
        rect.setWidth(max(240, self.popup.sizeHintForColumn(0) + 28))
        self.completer.complete(rect)
        first = self.completer.completionModel().index(0, 0) if self.marks_first else QModelIndex()
        self.popup.setCurrentIndex(first)

    def hide(self) -> None:
        """Show nothing."""
        if "completer" in self.__dict__:
            self.popup.hide()

    def replace(self, count: int, text: str) -> None:
        """Write a text instead of so many characters before the cursor."""
        before = self.before_cursor()
        units = _units(before[len(before) - count :])
        if isinstance(self.editor, QLineEdit):
            self.editor.setSelection(self.editor.cursorPosition() - units, units)
            self.editor.insert(text)
            self.editor.textEdited.emit(self.editor.text())
        else:
            cursor = self.editor.textCursor()
            cursor.setPosition(cursor.position() - units, cursor.MoveMode.KeepAnchor)
            cursor.insertText(text)
            self.editor.setTextCursor(cursor)

    def before_cursor(self) -> str:
        """Return what stands before the cursor, in its line."""
        return self._parts()[0]

    def after_cursor(self) -> str:
        """Return what stands behind the cursor, in its line."""
        return self._parts()[1]

    def _parts(self) -> tuple[str, str]:
        if isinstance(self.editor, QLineEdit):
            return _split(self.editor.text(), self.editor.cursorPosition())
        cursor = self.editor.textCursor()
        return _split(cursor.block().text(), cursor.positionInBlock())

    def _box_changed(self) -> None:
        if self.editor.hasFocus():
            self.offer()


def _split(text: str, at: int) -> tuple[str, str]:
    """Split a text where Qt has its cursor: Qt counts a sign such as an emoji as two."""
    written = text.encode("utf-16-le", "surrogatepass")
    before, behind = written[: 2 * at], written[2 * at :]
    return before.decode("utf-16-le", "surrogatepass"), behind.decode("utf-16-le", "surrogatepass")


def _units(text: str) -> int:
    """Return how much a text is for Qt."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _line(offer: Offer) -> QStandardItem:
    beside = offer.beside if len(offer.beside) <= LONGEST else offer.beside[: LONGEST - 1] + "…"
    item = QStandardItem(f"{offer.path}    {beside}".rstrip())
    item.setData(offer.path, INSERTED)
    item.setData(f"{offer.path} {offer.words}", WORDS)
    return item
