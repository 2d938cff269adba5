"""The list that offers what may stand next in a selector: windows, programs, elements, images."""

from collections.abc import Awaitable, Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QPlainTextEdit
from shiboken6 import isValid

from flowdesk.aio import spawn_if_running
from flowdesk.i18n import tr
from flowdesk.model.errors import FlowdeskError
from flowdesk.protocol.lookreplies import Completions
from flowdesk.ui.inspector.offering import Offer, Offering
from flowdesk.ui.inspector.references import written_reference

PAUSE = 120
"""Milliseconds without a key after which the desktop is looked at."""

Ask = Callable[[str], Awaitable[Completions]]
"""Asks what may stand where a selector ends; answers as ``target.complete`` does."""


class SelectorCompleter(Offering):
    """Asks once for each step of a selector; what is typed then narrows the list without a look at the desktop."""

    marks_first = False

    def __init__(self, editor: QPlainTextEdit, ask: Ask) -> None:
        """Watch ``editor``."""
        super().__init__(editor, tr("Windows and elements"))
        self._ask = ask
        self._step: str | None = None
        self._told: Completions | None = None
        self._told_of = ""
        """The step that the answer is about."""
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(lambda: spawn_if_running(self._fetch, "list what a target may be"))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look anew when the editor gets the keyboard, but not from its own list: what is on the desktop may be another."""
        is_new = (
            isinstance(event, QFocusEvent) and event.gotFocus() and event.reason() != Qt.FocusReason.PopupFocusReason
        )
        if watched is self.editor and is_new:
            self._step = None
        return super().eventFilter(watched, event)

    def offer(self) -> None:
        """Show what may stand at the cursor, at once where it was asked for already."""
        before = self.before_cursor()
        if written_reference(before) is not None or self.after_cursor().strip():
            self._pause.stop()
            self.hide()
        elif step_of(before) == self._step:
            self._show()
        else:
            self._step, self._told = step_of(before), None
            self.hide()
            self._pause.start()

    def insert(self, name: str) -> None:
        """Write the offer in the place of what is being written."""
        before = self.before_cursor()
        is_there = step_of(before) == self._told_of and not self.after_cursor().strip()  # where the list was about
        if name and is_there and self._told is not None:
            self.replace(len(before) - _past_blanks(before, self._told["begin"]), name)

    async def _fetch(self) -> None:
        step = self._step
        try:
            told = await self._ask(self.before_cursor())
        except (FlowdeskError, ValueError):  # ValueError: no message is that long
            return  # a list is a courtesy; Test says what is wrong
        if isValid(self) and step is not None and step == self._step:
            self._told, self._told_of = told, step
            if self.editor.hasFocus():
                self._show()

    def _show(self) -> None:
        if self._told is None:
            return
        before = self.before_cursor()
        written = before[_past_blanks(before, self._told["begin"]) :]
        offers = [
            Offer(one["text"], tr(one["beside"]) if one["kind"] == "engine" else one["beside"], one["beside"])
            for one in self._told["offers"]
            if one["text"] != written
        ]
        self.show_offers(offers, before[_past_blanks(before, self._told["typed"]) :])


def step_of(before: str) -> str:
    """Return the part of a selector that decides what is offered: all up to its last ``=`` or ``>>``."""
    return before[: max(before.rfind("=") + 1, before.rfind(">>") + 2 if ">>" in before else 0)]


def _past_blanks(before: str, at: int) -> int:
    """Return where the text begins behind the blanks at a place: they may have come after the step was asked for."""
    return len(before) - len(before[at:].lstrip())
