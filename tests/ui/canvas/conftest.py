"""A canvas with a document behind it: what it asks for is done and comes back."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from flowdesk.model.changes import AnyChange
from flowdesk.model.document import Document
from flowdesk.model.flow import Flow
from flowdesk.ui.canvas.view import CanvasView
from tests.ui.canvas.samples import CATALOGUE, chain

Modifier = Qt.KeyboardModifier
NONE = Qt.KeyboardModifier.NoModifier


class Bench:
    """A view, its document, and a hand on the mouse."""

    def __init__(self, view: CanvasView, flow: Flow) -> None:
        self.view = view
        self.scene = view.flow_scene
        self.document = Document(flow)
        self.labels: list[str] = []
        view.changes_requested.connect(self._edit)
        self.scene.show(flow)
        view.navigator.zoom_to(1.0)
        view.centerOn(QPointF(300, 150))

    def _edit(self, changes: list[AnyChange], label: str, gesture: str) -> None:
        self.labels.append(label)
        self.scene.apply(self.document.edit(changes, "me", label, gesture).changes)

    @property
    def flow(self) -> Flow:
        return self.document.flow

    def at(self, x: float, y: float) -> QPoint:
        return self.view.mapFromScene(QPointF(x, y))

    def drag(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        *,
        keys: Modifier = NONE,
        button: Qt.MouseButton = Qt.MouseButton.LeftButton,
        release: bool = True,
        during: Callable[[], object] = lambda: None,
    ) -> None:
        port = self.view.viewport()
        first, last = self.at(*start), self.at(*end)
        QTest.mousePress(port, button, keys, first)
        for step in (0.3, 0.7, 1.0):
            self._move(first + (last - first) * step, button, keys)
        during()
        if release:
            QTest.mouseRelease(port, button, keys, last)

    def _move(self, at: QPoint, button: Qt.MouseButton, keys: Modifier) -> None:
        port = self.view.viewport()
        event = QMouseEvent(
            QEvent.Type.MouseMove, QPointF(at), QPointF(port.mapToGlobal(at)), Qt.MouseButton.NoButton, button, keys
        )
        QApplication.sendEvent(port, event)

    def key(self, key: Qt.Key, keys: Modifier = NONE) -> None:
        QTest.keyClick(self.view, key, keys)

    def place(self, node_id: str) -> tuple[float, float]:
        position = self.flow.node(node_id).position
        return position.x, position.y

    def wires(self) -> set[tuple[str, str | None, str]]:
        return {(edge.source, edge.source_handle, edge.target) for edge in self.flow.edges}


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    view = CanvasView(CATALOGUE)
    qtbot.addWidget(view)
    view.resize(1200, 800)
    view.show()
    qtbot.waitExposed(view)
    return Bench(view, chain())
