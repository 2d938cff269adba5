"""The list that offers what may stand after ``{{`` while a person types: values, and functions with a line of help."""

import re
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView, QPlainTextEdit

from flowdesk.i18n import tr

_OPEN = re.compile(r"\{\{\s*([^{}\n]*)$")
_TOKEN = re.compile(r"[^\s|~+*/%<>=!,(]*$")
"""What is being written at the end of an expression."""
SHOWN = 9
INSERTED, WORDS = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
LONGEST = 60
"""Characters of a value or a line of help in the list."""


class Offer(NamedTuple):
    """One line of the list."""

    path: str
    """What is inserted."""
    beside: str = ""
    """What stands beside it: its value in the last run, or a line of help."""
    words: str = ""
    """More words that find it: what people call the node, and pinyin."""
    is_function: bool = False


class ReferenceCompleter(QObject):
    """Offers references in a line or a box as soon as ``{{`` stands before the cursor."""

    entered = Signal(object)
    """The editor has the keyboard now; with the completer itself."""

    def __init__(self, editor: QLineEdit | QPlainTextEdit, offered: Callable[[], Sequence[str | Offer]]) -> None:
        """Watch ``editor``; ``offered`` is asked anew each time."""
        super().__init__(editor)
        self.editor = editor
        self._offered = offered
        editor.installEventFilter(self)
        if isinstance(editor, QLineEdit):
            editor.textEdited.connect(lambda _: self.offer())
        else:
            editor.textChanged.connect(self._box_changed)

    @cached_property
    def _model(self) -> QStandardItemModel:
        return QStandardItemModel(self)

    @cached_property
    def popup(self) -> QListView:
        """The list; made when it is first needed: a form has many lines that never need one."""
        popup = QListView()
        popup.setObjectName("references")
        popup.setAccessibleName(tr("Variables and results"))
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
        """Let Tab take what is marked, as Enter does; tell when the editor gets the keyboard."""
        if watched is self.editor:
            if event.type() == QEvent.Type.FocusIn:
                self.entered.emit(self)
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Tab:
            index = self.popup.currentIndex()
            if not index.isValid():
                index = self.completer.completionModel().index(0, 0)
            self.popup.hide()
            self.insert(str(index.data(INSERTED) or ""))
            return True
        return bool(super().eventFilter(watched, event))

    def offer(self) -> None:
        """Show what fits what is typed after ``{{``, or nothing."""
        match = _OPEN.search(self._before_cursor())
        if match is None:
            if "completer" in self.__dict__:
                self.popup.hide()
            return
        token, is_filter = _written(match.group(1))
        self._model.clear()
        for known in self._offered():
            offer = Offer(known) if isinstance(known, str) else known
            if offer.is_function or not is_filter:
                self._model.appendRow(_line(offer))
        self.completer.setCompletionPrefix(token)
        if not self.completer.completionCount():
            self.popup.hide()
            return
        rect = self.editor.cursorRect() if isinstance(self.editor, QPlainTextEdit) else self.editor.rect()
        rect.setWidth(max(240, self.popup.sizeHintForColumn(0) + 28))
        self.completer.complete(rect)
        self.popup.setCurrentIndex(self.completer.completionModel().index(0, 0))

    def insert(self, name: str) -> None:
        """Complete the reference before the cursor; braces that stand behind it already are kept."""
        match = _OPEN.search(self._before_cursor())
        if match is None or not name:
            return
        token, _ = _written(match.group(1))
        self._replace(len(token), name if self._after_cursor().lstrip().startswith("}}") else name + "}}")

    def insert_reference(self, path: str) -> None:
        """Write a whole reference at the cursor, or into the one that is being written there."""
        match = _OPEN.search(self._before_cursor())
        if match is None:
            self._replace(0, "{{ " + path + " }}" if not path.isidentifier() else "{{" + path + "}}")
        else:
            self.insert(path)

    def _replace(self, count: int, text: str) -> None:
        """Write a text instead of so many characters before the cursor."""
        if isinstance(self.editor, QLineEdit):
            if count:
                self.editor.cursorBackward(True, count)
            self.editor.insert(text)
            self.editor.textEdited.emit(self.editor.text())
        else:
            cursor = self.editor.textCursor()
            cursor.movePosition(cursor.MoveOperation.Left, cursor.MoveMode.KeepAnchor, count)
            cursor.insertText(text)
            self.editor.setTextCursor(cursor)

    def _box_changed(self) -> None:
        if self.editor.hasFocus():
            self.offer()

    def _before_cursor(self) -> str:
        if isinstance(self.editor, QLineEdit):
            return self.editor.text()[: self.editor.cursorPosition()]
        cursor = self.editor.textCursor()
        return cursor.block().text()[: cursor.positionInBlock()]

    def _after_cursor(self) -> str:
        if isinstance(self.editor, QLineEdit):
            return self.editor.text()[self.editor.cursorPosition() :]
        cursor = self.editor.textCursor()
        return cursor.block().text()[cursor.positionInBlock() :]


def _written(body: str) -> tuple[str, bool]:
    """Return what is being written at the end of an expression, and whether it is a filter."""
    match = _TOKEN.search(body)
    token = match.group(0) if match is not None else ""
    return token, body[: len(body) - len(token)].rstrip().endswith("|")


def _line(offer: Offer) -> QStandardItem:
    beside = offer.beside if len(offer.beside) <= LONGEST else offer.beside[: LONGEST - 1] + "…"
    item = QStandardItem(f"{offer.path}    {beside}".rstrip())
    item.setData(offer.path, INSERTED)
    item.setData(f"{offer.path} {offer.words}", WORDS)
    return item
