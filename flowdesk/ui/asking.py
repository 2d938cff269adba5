"""Questions of runs: each is a window of its own, above everything, as the main window may have made way."""

import base64
from typing import Any

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout

from flowdesk.i18n import tr
from flowdesk.model.sentence import say
from flowdesk.ui.theme import theme

HELP_ACTIONS = (("retry", "Try again"), ("skip", "Skip the node"), ("stop", "Stop the run"))
PICTURE = QSize(420, 240)
"""The largest picture of where was looked."""


class QuestionDialog(QDialog):
    """Asks one question. Closing it without an answer stops the run."""

    answered = Signal(str, object)
    """Action and value of ``help.answer``."""
    pick_wanted = Signal()
    """The person wants to point at the target anew."""

    def __init__(self, question: dict[str, Any]) -> None:
        """Ask what the payload of a ``help.needed`` says."""
        super().__init__(None, Qt.WindowType.Dialog | Qt.WindowType.WindowStaysOnTopHint)
        self.setObjectName("runQuestion")
        self.setWindowTitle(tr("A run asks you"))
        self.setMinimumWidth(380)
        self._is_done = False
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(18, 16, 18, 14)
        self._rows.setSpacing(12)
        if question.get("title"):
            title = QLabel(tr(say('"{node}" asks:', node=question["title"])), self)
            title.setObjectName("dim")
            self._rows.addWidget(title)
        message = QLabel(tr(question["message"]), self)
        message.setTextFormat(Qt.TextFormat.PlainText)
        message.setWordWrap(True)
        message.setObjectName("heading")
        self._rows.addWidget(message)
        self._show_details(question)
        self._ask(question)

    def _show_details(self, question: dict[str, Any]) -> None:
        """Show what else is known of a target that is missing: the fix, and the picture of where was looked."""
        if question.get("fix"):
            fix = QLabel(tr(question["fix"]), self)
            fix.setObjectName("dim")
            fix.setWordWrap(True)
            self._rows.addWidget(fix)
        picture = QPixmap()
        if question.get("picture") and picture.loadFromData(base64.b64decode(question["picture"])):
            if question.get("best_box"):
                _mark(picture, question["best_box"])
            shown = QLabel(self)
            shown.setAccessibleName(tr("Where was looked"))
            ratio = self.devicePixelRatioF()
            fitted = picture.scaled(
                PICTURE * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            fitted.setDevicePixelRatio(ratio)
            shown.setPixmap(fitted)
            self._rows.addWidget(shown)

    def give(self, action: str, value: Any = None) -> None:
        """Answer once and go."""
        if not self._is_done:
            self._is_done = True
            self.answered.emit(action, value)
        self.close()

    def withdraw(self) -> None:
        """The question is void: go without an answer."""
        self._is_done = True
        self.close()

    def reject(self) -> None:
        """Esc closes."""
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Leave nobody waiting."""
        if not self._is_done:
            self._is_done = True
            self.answered.emit("stop", None)
        event.accept()  # Qt's own would reject, which closes: the dialog would stay

    def _ask(self, question: dict[str, Any]) -> None:
        kind, default = question["kind"], question.get("default")
        if kind == "text":
            line = QLineEdit("" if default is None else str(default), self)
            line.setAccessibleName(tr("Answer"))
            self._rows.addWidget(line)
            self._buttons((("OK", lambda: self.give("answer", line.text())),))
            line.setFocus()
        elif kind == "choice":
            combo = QComboBox(self)
            combo.setAccessibleName(tr("Answer"))
            combo.addItems([str(choice) for choice in question.get("choices") or ()])
            combo.setCurrentText("" if default is None else str(default))
            self._rows.addWidget(combo)
            self._buttons((("OK", lambda: self.give("answer", combo.currentText())),))
        elif kind == "help":
            again = ("Pick again", self.pick_wanted.emit)
            self._buttons([again, *((text, lambda a=action: self.give(a)) for action, text in HELP_ACTIONS)])
        else:
            self._buttons((("Yes", lambda: self.give("answer", True)), ("No", lambda: self.give("answer", False))))

    def _buttons(self, buttons: Any) -> None:
        row = QHBoxLayout()
        row.addStretch()
        for index, (text, act) in enumerate(buttons):
            button = QPushButton(tr(text), self)
            button.setAutoDefault(index == 0)
            button.setDefault(index == 0)
            button.clicked.connect(lambda _=False, act=act: act())
            row.addWidget(button)
        self._rows.addLayout(row)


def _mark(picture: QPixmap, box: list[int]) -> None:
    """Draw a frame around what was most like the target."""
    painter = QPainter(picture)
    painter.setPen(QPen(theme().error, max(2, picture.width() // 300)))
    painter.drawRect(QRect(*box[:4]))
    painter.end()
