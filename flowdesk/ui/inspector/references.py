"""What ``{{`` can stand for in a flow, and the list that offers it while a person types."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

from PySide6.QtCore import QEvent, QObject, QStringListModel, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView, QPlainTextEdit

from flowdesk.i18n import tr
from flowdesk.model.flow import Edge, Node
from flowdesk.model.nodetype import Catalogue

_OPEN = re.compile(r"\{\{\s*([^{}\n]*)$")
_RESULT = re.compile(r"^Result:(.*?)(?:\n\s*\n|\Z)", re.DOTALL | re.MULTILINE)
_WORD = re.compile(r"`(\w+)`")
_NAMING = ("variable", "itemVariable", "indexVariable", "name")
"""Keys of configs that name a variable; ``name`` does so in ``setVariable`` alone."""
LAST_ERROR = ("lastError.message", "lastError.label", "lastError.code")
SHOWN = 9


def references(
    nodes: Mapping[str, Node],
    edges: Mapping[str, Edge],
    variables: Mapping[str, Any],
    catalogue: Catalogue,
    node_id: str | None,
) -> list[str]:
    """Return what a reference in a node may stand for: variables first, then results of the nodes before it."""
    before = _before(edges, node_id) if node_id is not None else set()
    named = [name for node in nodes.values() for name in _named_by(node, catalogue)]
    found = [*variables, *named]
    for node in nodes.values():
        node_type = catalogue.get(node.type)
        if node.id in before and node_type is not None:
            found += [f"{node.id}.{field}" for field in result_fields(node_type.doc)]
    return list(dict.fromkeys([*found, *(LAST_ERROR if before else ())]))


def result_fields(documentation: str) -> list[str]:
    """Return the fields of a node's result, which its documentation names after ``Result:``."""
    match = _RESULT.search(documentation)
    return list(dict.fromkeys(_WORD.findall(match.group(1)))) if match else []


def _named_by(node: Node, catalogue: Catalogue) -> Iterable[str]:
    node_type = catalogue.get(node.type)
    for key in _NAMING:
        if key == "name" and node.type != "setVariable":
            continue
        if node_type is None or (key.endswith("Variable") and node.config.get("type") != "forEach"):
            continue
        name = node.config.get(key)
        if name is None and key.endswith("Variable"):
            name = node_type.describe_default(key)
        if isinstance(name, str) and name and "{{" not in name:
            yield name


def _before(edges: Mapping[str, Edge], node_id: str) -> set[str]:
    into: dict[str, list[str]] = {}
    for edge in edges.values():
        into.setdefault(edge.target, []).append(edge.source)
    found: set[str] = set()
    waiting = list(into.get(node_id, ()))
    while waiting:
        source = waiting.pop()
        if source not in found:
            found.add(source)
            waiting += into.get(source, ())
    return found - {node_id}


class ReferenceCompleter(QObject):
    """Offers references in a line or a box as soon as ``{{`` stands before the cursor."""

    def __init__(self, editor: QLineEdit | QPlainTextEdit, offered: Callable[[], list[str]]) -> None:
        """Watch ``editor``; ``offered`` is asked anew each time."""
        super().__init__(editor)
        self.editor = editor
        self._offered = offered
        if isinstance(editor, QLineEdit):
            editor.textEdited.connect(lambda _: self.offer())
        else:
            editor.textChanged.connect(self._box_changed)

    @cached_property
    def _model(self) -> QStringListModel:
        return QStringListModel(self)

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
        completer.setMaxVisibleItems(SHOWN)
        completer.activated.connect(self.insert)
        completer.setPopup(self.popup)
        self.popup.installEventFilter(self)
        return completer

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let Tab take what is marked, as Enter does."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Tab:
            index = self.popup.currentIndex()
            self.popup.hide()
            self.insert(str(index.data()) if index.isValid() else self.completer.currentCompletion())
            return True
        return bool(super().eventFilter(watched, event))

    def offer(self) -> None:
        """Show what fits what is typed after ``{{``, or nothing."""
        match = _OPEN.search(self._before_cursor())
        if match is None:
            if "completer" in self.__dict__:
                self.popup.hide()
            return
        self._model.setStringList(self._offered())
        self.completer.setCompletionPrefix(match.group(1))
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
        written = name if self._after_cursor().lstrip().startswith("}}") else name + "}}"
        if isinstance(self.editor, QLineEdit):
            self.editor.cursorBackward(True, len(match.group(1)))
            self.editor.insert(written)
            self.editor.textEdited.emit(self.editor.text())
        else:
            cursor = self.editor.textCursor()
            cursor.movePosition(cursor.MoveOperation.Left, cursor.MoveMode.KeepAnchor, len(match.group(1)))
            cursor.insertText(written)
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
