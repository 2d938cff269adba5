"""The small bar that stays in sight while a run acts on the desktop and the window has made way."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QToolButton, QVBoxLayout

from flowdesk.i18n import tr
from flowdesk.model.run import RunState
from flowdesk.model.sentence import say
from flowdesk.ui.floating import FloatingBar
from flowdesk.ui.icons import icon
from flowdesk.ui.plain import PlainLabel, tip

STATES = {
    RunState.RUNNING: "Running",
    RunState.PAUSING: "Pausing…",
    RunState.PAUSED: "Paused",
    RunState.STOPPING: "Stopping…",
    RunState.SUCCEEDED: "Succeeded",
    RunState.FAILED: "Failed",
    RunState.STOPPED: "Stopped",
}
"""What people read for each state of a run."""
REHEARSED = say("Rehearsed")
"""What people read where a dry run succeeded: it did nothing."""
WIDTH = 340


def run_word(state: RunState | None, *, is_rehearsal: bool = False) -> str:
    """Return what people read for the state of a run, empty for none."""
    if state is None:
        return ""
    return tr(REHEARSED if state is RunState.SUCCEEDED and is_rehearsal else STATES[state])


class RunBar(FloatingBar):
    """Shows the state and the node of a run; pauses and stops it. Never takes the focus."""

    pause_requested = Signal()
    stop_requested = Signal()
    window_requested = Signal()

    def __init__(self) -> None:
        """Stay hidden until a run begins."""
        super().__init__()
        self.setFixedWidth(WIDTH)
        self.state_label = PlainLabel(self)
        bold = self.state_label.font()
        bold.setBold(True)
        self.state_label.setFont(bold)
        self.node_label = PlainLabel(self)
        self.node_label.setObjectName("dim")
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.pause_button, self.stop_button, self.window_button = (QToolButton(self) for _ in range(3))
        texts = QVBoxLayout()
        texts.setSpacing(1)
        texts.addWidget(self.state_label)
        texts.addWidget(self.node_label)
        top = QHBoxLayout()
        top.addLayout(texts, 1)
        for button in (self.pause_button, self.stop_button, self.window_button):
            button.setIconSize(QSize(18, 18))
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            top.addWidget(button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 8, 8, 8)
        rows.addLayout(top)
        rows.addWidget(self.progress)
        self.pause_button.clicked.connect(self.pause_requested)
        self.stop_button.clicked.connect(self.stop_requested)
        self.window_button.clicked.connect(self.window_requested)

    def show_run(self, name: str, state: RunState, node: str, percent: float) -> None:
        """Show how a run stands."""
        self.state_label.setText(f"{run_word(state)} · {name}")
        self.node_label.setText(
            self.node_label.fontMetrics().elidedText(node, Qt.TextElideMode.ElideRight, WIDTH - 150)
        )
        self.progress.setValue(round(percent))
        is_paused = state in {RunState.PAUSED, RunState.PAUSING}
        self.pause_button.setIcon(icon("play" if is_paused else "pause"))
        for button, text in (
            (self.pause_button, "Resume" if is_paused else "Pause"),
            (self.stop_button, "Stop"),
            (self.window_button, "Show the window"),
        ):
            button.setToolTip(tip(tr(text)))
            button.setAccessibleName(tr(text))
        self.stop_button.setIcon(icon("square", "error"))
        self.window_button.setIcon(icon("app-window"))

    def appear(self) -> None:
        """Show at the bottom right of the screen, without taking the focus."""
        self.adjustSize()
        place = self.screen().availableGeometry()
        self.move(place.right() - self.width() - 16, place.bottom() - self.height() - 16)
        self.show()
        self.raise_()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where the bar was taken."""
        self._taken = event.globalPosition().toPoint() - self.pos()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Let the bar be moved out of the way."""
        self.move(event.globalPosition().toPoint() - self._taken)
