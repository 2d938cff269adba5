"""Questions of runs: each is a window of its own, above everything, as the main window may have made way."""

import base64
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QComboBox, QDialog, QFileDialog, QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout

from flowdesk.i18n import tr
from flowdesk.model.selector import is_bare_point
from flowdesk.model.sentence import say
from flowdesk.session.doings import Doing
from flowdesk.session.trust import told
from flowdesk.ui.picker.choices import BARE_POINT
from flowdesk.ui.plain import PlainLabel
from flowdesk.ui.theme import theme

HELP_ACTIONS = (("retry", "Try again"), ("skip", "Skip the node"), ("stop", "Stop the run"))
PICTURE = QSize(420, 240)
"""The largest picture of where was looked."""


class QuestionDialog(QDialog):
    """Asks one question. Closing it without an answer stops the run."""

    answered = Signal(str, object)
    """Action and value of ``help.answer``."""
    target_accepted = Signal(object)
    """The selectors that were picked, with which the run is to go on."""
    pick_wanted = Signal()
    """The person wants to point at the target anew."""
    show_wanted = Signal()
    """The person wants to do by hand what the node should have done."""

    def __init__(self, question: dict[str, Any]) -> None:
        """Ask what the payload of a ``help.needed`` says."""
        super().__init__(None, Qt.WindowType.Dialog | Qt.WindowType.WindowStaysOnTopHint)
        self.setObjectName("runQuestion")
        self.setWindowTitle(tr("A run needs your attention"))
        self.setMinimumWidth(380)
        self._is_done = False
        self.proposed: list[str] = []
        """The target that was picked, best way first."""
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(18, 16, 18, 14)
        self._rows.setSpacing(12)
        if question.get("title"):
            title = PlainLabel(tr(say('"{node}" needs an answer:', node=question["title"])), self)
            title.setObjectName("dim")
            self._rows.addWidget(title)
        message = PlainLabel(tr(question["message"]), self)
        message.setTextFormat(Qt.TextFormat.PlainText)
        message.setWordWrap(True)
        message.setObjectName("heading")
        self._rows.addWidget(message)
        if question.get("doings"):
            self._rows.addWidget(_doings(question["doings"], self))
        self._show_details(question)
        self._ask(question)

    def _show_details(self, question: dict[str, Any]) -> None:
        """Show what else is known of a target that is missing: the fix, and the picture of where was looked."""
        if question.get("fix"):
            fix = PlainLabel(tr(question["fix"]), self)
            fix.setObjectName("dim")
            fix.setWordWrap(True)
            self._rows.addWidget(fix)
        picture = QPixmap()
        if question.get("picture") and picture.loadFromData(base64.b64decode(question["picture"])):
            if question.get("best_box"):
                _mark(picture, question["best_box"])
            shown = PlainLabel(self)
            shown.setAccessibleName(tr("Searched screen"))
            ratio = self.devicePixelRatioF()
            fitted = picture.scaled(
                PICTURE * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            fitted.setDevicePixelRatio(ratio)
            shown.setPixmap(fitted)
            self._rows.addWidget(shown)

    def review(self, selectors: Sequence[str]) -> None:
        """Show a target that was picked: the run goes on with it when somebody says so."""
        self.proposed[:] = selectors
        self.target_label.setText("\n".join(selectors))
        self.target_box.show()
        self.warning.setVisible(is_bare_point(selectors))
        self.go_on.setFocus()

    def _show_review(self) -> None:
        self.target_box = QFrame(self)
        heading = PlainLabel(tr("New target"), self.target_box)
        heading.setObjectName("dim")
        self.target_label, self.warning = PlainLabel(self.target_box), PlainLabel(tr(BARE_POINT), self.target_box)
        self.warning.setObjectName("warning")
        for label in (self.target_label, self.warning):
            label.setWordWrap(True)
        self.go_on = QPushButton(tr("Use it and continue"), self.target_box)
        self.go_on.clicked.connect(lambda: self.target_accepted.emit(list(self.proposed)))
        rows = QVBoxLayout(self.target_box)
        for part in (heading, self.target_label, self.warning, self.go_on):
            rows.addWidget(part)
        self._rows.addWidget(self.target_box)
        self.target_box.hide()

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
        if kind in ("text", "password", "file"):
            self._ask_line(kind, "" if default is None else str(default))
        elif kind == "choice":
            combo = QComboBox(self)
            combo.setAccessibleName(tr("Answer"))
            combo.addItems([str(choice) for choice in question.get("choices") or ()])
            combo.setCurrentText("" if default is None else str(default))
            self._rows.addWidget(combo)
            self._buttons((("OK", lambda: self.give("answer", combo.currentText())),))
        elif kind == "help":
            self._show_review()
            again = ("Pick again", self.pick_wanted.emit)
            shown = ("Show me", self.show_wanted.emit)
            self._buttons([again, shown, *((text, lambda a=action: self.give(a)) for action, text in HELP_ACTIONS)])
        else:
            self._buttons((("Yes", lambda: self.give("answer", True)), ("No", lambda: self.give("answer", False))))

    def _ask_line(self, kind: str, default: str) -> None:
        """Ask for a line: a password is not shown, the path of a file can be chosen."""
        line = QLineEdit(default, self)
        line.setAccessibleName(tr("Answer"))
        if kind == "password":
            line.setEchoMode(QLineEdit.EchoMode.Password)
        self._rows.addWidget(line)
        chooser = QFileDialog(self)
        chooser.setFileMode(QFileDialog.FileMode.AnyFile)
        chooser.fileSelected.connect(line.setText)
        browse = (("Browse…", chooser.open),) if kind == "file" else ()
        self._buttons((("OK", lambda: self.give("answer", line.text())), *browse))
        line.setFocus()

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


def _doings(would: list[dict[str, Any]], parent: QDialog) -> PlainLabel:
    """Return a list of all that a flow would do, of which a person allows the whole."""
    lines = told([Doing(**doing) for doing in would])
    label = PlainLabel("\n".join(tr(line) for line in lines), parent)
    label.setObjectName("doings")
    label.setWordWrap(True)
    return label


def _mark(picture: QPixmap, box: list[int]) -> None:
    """Draw a frame around what was most like the target."""
    painter = QPainter(picture)
    painter.setPen(QPen(theme().error, max(2, picture.width() // 300)))
    painter.drawRect(QRect(*box[:4]))
    painter.end()
