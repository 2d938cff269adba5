"""Writing in place: the text of a note, the title of a group."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFocusEvent, QFont, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit

from flowdesk.model.groups import Group, Note
from flowdesk.model.sentence import say
from flowdesk.ui.canvas import framing
from flowdesk.ui.canvas.frame_item import CLOSED_HEIGHT, HEADER, GroupItem, NoteItem
from flowdesk.ui.canvas.surface import Surface
from flowdesk.ui.theme import ui_font

LOWEST = 22
"""Least height of the field, in pixels of the screen."""


class Writer(QPlainTextEdit):
    """A field over a note or a group's title. Leaving it keeps what was written, Esc does not."""

    def __init__(self, view: Surface, frame_id: str) -> None:
        """Write in a frame of a view."""
        super().__init__(view.viewport())
        self.view = view
        self.frame_id = frame_id
        item = view.flow_scene.frames.items[frame_id]
        frame = item.frame
        self.is_line = isinstance(frame, Group)
        self._before = frame.title if isinstance(frame, Group) else frame.text if isinstance(frame, Note) else ""
        self._is_over = False
        self.setObjectName("writer")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(view.flow_scene.look.translate(say("Title") if self.is_line else say("Note")))
        self.setFont(_scaled(ui_font("body", "semibold" if self.is_line else "regular"), view.zoom))
        self.setPlainText(self._before)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        if self.is_line:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.place()
        view.moved.connect(self.place)
        self.selectAll()
        self.show()
        self.setFocus()

    def place(self) -> None:
        """Lie over what is written in."""
        item = self.view.flow_scene.frames.items.get(self.frame_id)
        if item is None:
            self.close()
            return
        rect = item.card_rect()
        if isinstance(item, GroupItem):
            height = CLOSED_HEIGHT if item.shown.collapsed else HEADER
            rect = QRectF(rect.x() + 28, rect.y() + 2, rect.width() - 36, height - 4)
        elif isinstance(item, NoteItem):
            rect = rect.adjusted(3, 3, -3, -3)
        shown = self.view.mapFromScene(rect).boundingRect()
        if shown.height() < LOWEST:
            shown.setHeight(LOWEST)
        self.setGeometry(shown)

    def finish(self, *, keep: bool) -> None:
        """Ask for the text that was written, or leave the one before."""
        if self._is_over:
            return
        self._is_over = True
        text = self.toPlainText()
        if keep and text != self._before:
            key = "title" if self.is_line else "text"
            changes = framing.set_frames(self.view.flow_scene.draft, [self.frame_id], key, text)
            self.view.request(changes, say("Rename") if self.is_line else say("Edit note"))
        self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc gives up; Enter ends a title, Ctrl+Enter a note."""
        if event.key() == Qt.Key.Key_Escape:
            self.finish(keep=False)
            self.view.setFocus()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and (
            self.is_line or event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            self.finish(keep=True)
            self.view.setFocus()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Keep what was written."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.finish(keep=True)


def _scaled(font: QFont, zoom: float) -> QFont:
    font.setPixelSize(max(9, round(font.pixelSize() * zoom)))
    return font
