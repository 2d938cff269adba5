"""Picking while the desktop lives: a person opens a menu and points at it, and Ctrl or the end of a count takes it.

Nothing is grabbed and nothing takes the focus, so open menus stay open.
"""

import asyncio

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout

from flowdesk.aio import spawn
from flowdesk.i18n import tr
from flowdesk.model.geometry import Point
from flowdesk.model.sentence import say
from flowdesk.ui.floating import FloatingBar
from flowdesk.ui.icons import icon
from flowdesk.ui.picker.overlay import Inspect, Pick
from flowdesk.ui.pixels import to_pixels
from flowdesk.ui.plain import PlainLabel, tip
from flowdesk.ui.ring import Ring
from flowdesk.ui.theme import theme

POLL_MS = 60
COUNT_SECONDS = 6.0
"""How long a person has to open a menu; Ctrl takes at once."""


class HoverPicker(FloatingBar):
    """A small bar that counts down, and a ring around what is under the pointer."""

    def __init__(self, inspect: Inspect, seconds: float = COUNT_SECONDS) -> None:
        """Begin to count with ``appear``."""
        super().__init__()
        self.picked: asyncio.Future[Pick | None] = asyncio.get_running_loop().create_future()
        self.ring = Ring()
        self.ring.color = theme().accent
        self._inspect = inspect
        self._seen: Point | None = None
        self._is_asking = False
        self._left = seconds
        self._was_held = True
        """Ctrl counts when it goes down here, not when it is still down from before."""
        self._poll = QTimer(self)
        self._poll.setInterval(POLL_MS)
        self._poll.timeout.connect(self._look)
        self.count = PlainLabel(self)
        self.count.setObjectName("heading")
        self.count.setFixedWidth(26)
        title = PlainLabel(tr("Open the menu and point at the entry"), self)
        title.setObjectName("heading")
        hint = PlainLabel(tr("Press Ctrl to select the outlined element immediately."), self)
        hint.setObjectName("dim")
        self.more = self._button("plus", tr("More time"))
        self.leave = self._button("x", tr("Cancel"))
        texts = QVBoxLayout()
        texts.setSpacing(1)
        texts.addWidget(title)
        texts.addWidget(hint)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 8, 8)
        row.addWidget(self.count)
        row.addLayout(texts, 1)
        row.addWidget(self.more)
        row.addWidget(self.leave)
        self.more.clicked.connect(self._wait_longer)
        self.leave.clicked.connect(lambda: self._end(None))

    def _button(self, name: str, text: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(name))
        button.setIconSize(QSize(18, 18))
        button.setToolTip(tip(text))
        button.setAccessibleName(text)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return button

    def appear(self) -> None:
        """Show at the bottom of the screen and begin to count."""
        self._show_left()
        self.place_below()
        self.show()
        self.raise_()
        self._poll.start()

    def _wait_longer(self) -> None:
        self._left += COUNT_SECONDS
        self._show_left()

    def _show_left(self) -> None:
        self.count.setText(f"{max(0, round(self._left + 0.4))}")
        self.setAccessibleName(tr(say("Selected in {seconds} s", seconds=self.count.text())))

    def _look(self) -> None:
        held = bool(QGuiApplication.queryKeyboardModifiers() & Qt.KeyboardModifier.ControlModifier)
        at = to_pixels(QCursor.pos())
        if (held and not self._was_held) or self._left <= 0:
            self._end(Pick("point", at.x, at.y))
            return
        self._was_held = held
        self._left -= POLL_MS / 1000
        self._show_left()
        if at != self._seen and not self._is_asking:
            self._seen, self._is_asking = at, True
            spawn(self._outline(at), "look up what is under the pointer")

    async def _outline(self, at: Point) -> None:
        try:
            path = await self._inspect(at.x, at.y)
        finally:
            self._is_asking = False
        if self.picked.done():
            return
        if path:
            self.ring.show_around(path[0].box, path[0].label, 0)
        else:
            self.ring.hide()

    def _end(self, pick: Pick | None) -> None:
        self._poll.stop()
        self.ring.hide()
        self.ring.deleteLater()
        self.hide()
        if not self.picked.done():
            self.picked.set_result(pick)
