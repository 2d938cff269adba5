"""What a flowdesk that did not end properly left unsaved is offered again."""

import time
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QPushButton, QVBoxLayout, QWidget

from flowdesk.i18n import tr
from flowdesk.model.flow import Flow
from flowdesk.model.sentence import say
from flowdesk.session.recovery import Unsaved
from flowdesk.ui.icons import icon
from flowdesk.ui.plain import PlainLabel


class RecoveryDialog(QDialog):
    """Lists what was left; closing it decides nothing: it is offered again at the next start."""

    restored = Signal()
    discarded = Signal()

    def __init__(self, left: Sequence[Unsaved], parent: QWidget | None = None) -> None:
        """List the flows."""
        super().__init__(parent)
        self.setObjectName("recovery")
        self.setWindowTitle(tr("Unsaved work"))
        heading = PlainLabel(tr("flowdesk closed unexpectedly. These flows had unsaved changes:"), self)
        heading.setObjectName("heading")
        heading.setWordWrap(True)
        self.list = QListWidget(self)
        self.list.setAccessibleName(tr("Unsaved work"))
        for one in left:
            self.list.addItem(_line(one.flow, one.path, one.time))
            self.list.item(self.list.count() - 1).setIcon(icon("file-text", "text_dim"))
        note = PlainLabel(tr("Restored changes open as unsaved edits. Your files stay unchanged until you save."), self)
        note.setObjectName("dim")
        note.setWordWrap(True)
        self.restore, self.discard = QPushButton(tr("Restore"), self), QPushButton(tr("Discard"), self)
        self.later = QPushButton(tr("Decide later"), self)
        self.restore.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addWidget(self.discard)
        buttons.addStretch()
        buttons.addWidget(self.later)
        buttons.addWidget(self.restore)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(18, 16, 18, 14)
        rows.setSpacing(12)
        for part in (heading, self.list, note):
            rows.addWidget(part)
        rows.addLayout(buttons)
        for button, told in ((self.restore, self.restored), (self.discard, self.discarded)):
            button.clicked.connect(told)
            button.clicked.connect(self.accept)
        self.later.clicked.connect(self.reject)
        self.resize(520, 300)


def _line(flow: Flow, path: Path | None, at: float) -> str:
    name = path.name if path is not None else flow.name or tr("Untitled")
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(at))
    return tr(say("{name}, last changed {when}", name=name, when=when))
