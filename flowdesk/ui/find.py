"""Finding in the flow in front: a bar over its canvas."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QToolButton,
)

from flowdesk.i18n import tr
from flowdesk.ui.canvas.search import Hit, search
from flowdesk.ui.icons import icon
from flowdesk.ui.overbar import FlowPage
from flowdesk.ui.plain import PlainLabel, tip

GAP = 12
WIDTH = 340
PAUSE = 120
"""Milliseconds without a letter after which is looked."""
MOST = 500
"""Most hits in the list over all flows."""
HIT_ROLE = Qt.ItemDataRole.UserRole


class FindBar(QFrame):
    """Looks in one flow while letters are typed; Enter and Shift+Enter walk the hits, Esc goes back to the canvas."""

    def __init__(self, tab: FlowPage) -> None:
        """Lie over a flow's canvas, hidden."""
        super().__init__(tab.view)
        self.tab = tab
        self.setObjectName("overlay")
        self.hits: list[Hit] = []
        self.at = -1
        self.search = QLineEdit(self)
        self.search.setClearButtonEnabled(True)
        self.count = PlainLabel(self)
        self.count.setObjectName("dim")
        self._buttons = {name: QToolButton(self) for name in ("chevron-up", "chevron-down", "x")}
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 6, 6)
        row.setSpacing(4)
        row.addWidget(self.search, 1)
        row.addWidget(self.count)
        for button in self._buttons.values():
            button.setAutoRaise(True)
            row.addWidget(button)
        self._buttons["chevron-up"].clicked.connect(lambda: self.step(-1))
        self._buttons["chevron-down"].clicked.connect(lambda: self.step(1))
        self._buttons["x"].clicked.connect(self.leave)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(self.look)
        self.search.textChanged.connect(lambda _: self._pause.start())
        self.search.installEventFilter(self)
        tab.view.installEventFilter(self)
        self.hide()

    def begin(self) -> None:
        """Come up and take the letters; what was looked for before is there to be typed over."""
        for name, text in (("chevron-up", "Find previous"), ("chevron-down", "Find next"), ("x", "Close")):
            self._buttons[name].setIcon(icon(name, "text_dim"))
            self._buttons[name].setToolTip(tip(tr(text)))
            self._buttons[name].setAccessibleName(tr(text))
        self.search.setPlaceholderText(tr("Name, type, or text in the settings"))
        self.search.setAccessibleName(tr("Find"))
        self._place()
        self.show()
        self.raise_()
        self.search.setFocus()
        self.search.selectAll()
        self.look()

    def leave(self) -> None:
        """Go, and give the keys back to the canvas."""
        self._pause.stop()
        self.hide()
        self.tab.view.setFocus()

    def look(self) -> None:
        """Look for what is typed and go to the first hit; the one shown stays if it still is one."""
        shown = self.hits[self.at].id if 0 <= self.at < len(self.hits) else None
        self._renew()
        ids = [hit.id for hit in self.hits]
        self.at = ids.index(shown) if shown in ids else -1
        if self.at < 0 and self.hits:
            self._go(0)
        self._tell()

    def step(self, by: int) -> None:
        """Go to the next hit or the one before, in the flow as it is now; after the last comes the first."""
        if not self.search.text().strip():
            self.begin()
            return
        self._renew()
        if self.hits:
            self._go(self.at + by if self.at >= 0 else min(by, 0))
        self._tell()

    def _renew(self) -> None:
        self._pause.stop()
        self.hits = search(self.tab.scene.draft, self.tab.catalogue, self.search.text(), tr)

    def _go(self, to: int) -> None:
        self.at = to % len(self.hits)
        self.tab.jump_to(self.hits[self.at].id)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take Enter and Esc of the field, and keep to the canvas's corner."""
        if watched is self.tab.view and event.type() == QEvent.Type.Resize:
            self._place()
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = event.key()
            if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down, Qt.Key.Key_Up}:
                is_back = key == Qt.Key.Key_Up or bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self.step(-1 if is_back else 1)
                return True
            if key == Qt.Key.Key_Escape:
                self.leave()
                return True
        return bool(super().eventFilter(watched, event))

    def _tell(self) -> None:
        if not self.search.text().strip():
            self.count.setText("")
        else:
            self.count.setText(f"{self.at + 1} / {len(self.hits)}" if self.hits else tr("No matches"))
        where = self.hits[self.at].where if 0 <= self.at < len(self.hits) else ""
        self.search.setToolTip(tip(where))

    def _place(self) -> None:
        self.resize(min(WIDTH, self.tab.view.width() - 2 * GAP), self.sizeHint().height())
        self.move(self.tab.view.width() - self.width() - GAP, GAP)
