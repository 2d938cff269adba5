"""Recording in the window: the small bar that stays while the window makes way, and what its buttons ask of the session."""

from collections.abc import Sequence
from functools import partial
from typing import cast

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QVBoxLayout

from flowdesk.i18n import tr
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.sentence import say
from flowdesk.protocol.events import RecordChanged, RecordingState
from flowdesk.ui import dialogs
from flowdesk.ui.bench import Bench
from flowdesk.ui.floating import FloatingBar
from flowdesk.ui.icons import icon
from flowdesk.ui.plain import PlainLabel, plain_input, tip

WIDTH = 420


def heading(told: RecordingState) -> str:
    """Return what the bar says of a recording: its state, and how many steps it has."""
    state = tr("Paused") if told["status"] == "paused" else tr("Recording")
    count = told["count"]
    return f"{state} · {tr(say('{count} steps', count=count) if count != 1 else say('1 step'))}"


class RecordBar(FloatingBar):
    """Shows that somebody records, and the last step; pauses, takes back, notes and stops. What is done in it is not recorded."""

    pause_requested = Signal(bool)
    undo_requested = Signal()
    note_written = Signal(str)
    point_requested = Signal(str)
    """What is to become of what is pointed at: ``wait``, ``check`` or ``read``."""
    stop_requested = Signal()

    def __init__(self) -> None:
        """Stay hidden until a recording begins."""
        super().__init__()
        self.setFixedWidth(WIDTH)
        self._is_paused = False
        self.state_label = PlainLabel(self)
        bold = self.state_label.font()
        bold.setBold(True)
        self.state_label.setFont(bold)
        self.step_label = PlainLabel(self)
        self.step_label.setObjectName("dim")
        texts = QVBoxLayout()
        texts.setSpacing(1)
        texts.addWidget(self.state_label)
        texts.addWidget(self.step_label)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.addLayout(texts, 1)
        self.pause_button, self.undo_button, self.note_button = (QToolButton(self) for _ in range(3))
        self.point_button, self.stop_button = QToolButton(self), QToolButton(self)
        for button in (self.pause_button, self.undo_button, self.point_button, self.note_button, self.stop_button):
            button.setIconSize(QSize(18, 18))
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            row.addWidget(button)
        self.pause_button.clicked.connect(lambda: self.pause_requested.emit(not self._is_paused))
        self.undo_button.clicked.connect(self.undo_requested)
        self.note_button.clicked.connect(self._ask_note)
        self.point_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.point_button.setMenu(self._pointing())
        self.stop_button.clicked.connect(self.stop_requested)

    def show_recording(self, told: RecordingState | RecordChanged) -> None:
        """Show how the recording stands, and its last step if that is told."""
        self._is_paused = told["status"] == "paused"
        self.state_label.setText(heading(told))
        step = cast("RecordChanged", told).get("step")
        if step is not None:
            text = f"{tr(step['title'])}  {step['summary']}"
            self.step_label.setText(
                self.step_label.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, self._room())
            )
        elif not told["count"]:
            self.step_label.setText(tr("Do once what the flow is to do."))
        self.pause_button.setIcon(icon("play" if self._is_paused else "pause"))
        self.undo_button.setIcon(icon("undo-2"))
        self.note_button.setIcon(icon("sticky-note"))
        self.point_button.setIcon(icon("crosshair"))
        self.stop_button.setIcon(icon("square", "error"))
        for button, text in (
            (self.pause_button, tr("Go on recording") if self._is_paused else tr("Pause the recording")),
            (self.undo_button, tr("Take back the last step")),
            (self.note_button, tr("Note for the last step…")),
            (self.point_button, tr("Point at something: wait for it, check it, or read it")),
            (self.stop_button, tr("Stop recording")),
        ):
            button.setToolTip(tip(text))
            button.setAccessibleName(text)
        for button in (self.undo_button, self.note_button):
            button.setEnabled(bool(told["count"]))

    def _room(self) -> int:
        """Return how many pixels are left for a text beside the buttons."""
        row = self.layout()
        buttons = (self.pause_button, self.undo_button, self.point_button, self.note_button, self.stop_button)
        margins = row.contentsMargins() if row is not None else self.contentsMargins()
        gaps = len(buttons) * max(0, row.spacing() if row is not None else 0)
        taken = sum(button.sizeHint().width() for button in buttons)
        return WIDTH - margins.left() - margins.right() - gaps - taken

    def appear(self) -> None:
        """Show at the bottom right of the screen, without taking the focus."""
        self.adjustSize()
        place = self.screen().availableGeometry()
        self.move(place.right() - self.width() - 16, place.bottom() - self.height() - 16)
        self.show()
        self.raise_()

    def _pointing(self) -> QMenu:
        menu = QMenu(self)
        actions = {
            name: menu.addAction("", partial(self.point_requested.emit, name)) for name in ("wait", "check", "read")
        }

        def name() -> None:
            actions["wait"].setText(tr("Wait for this…"))
            actions["check"].setText(tr("Check that this is there…"))
            actions["read"].setText(tr("Read this into a variable…"))

        menu.aboutToShow.connect(name)  # the language may have changed
        name()
        return menu

    def _ask_note(self) -> None:
        dialog = plain_input(None, tr("Note for the last step"), tr("Note"))
        dialog.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.textValueSelected.connect(self.note_written)
        dialog.open()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where the bar was taken."""
        self._taken = event.globalPosition().toPoint() - self.pos()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Let the bar be moved out of the way."""
        self.move(event.globalPosition().toPoint() - self._taken)


async def point(bench: Bench, bar: RecordBar, workflow_id: str, action: str) -> None:
    """Let a person point at something while they record: wait for it, check that it is there, or read it."""
    from flowdesk.ui.picker.pick import pick_target

    try:
        picked = await pick_target(bar, bench.peer, workflow_id)
        variable = None
        if picked and action == "read":
            variable = await dialogs.ask_text(bar, tr("Read this into a variable"), tr("Variable"), "text")
        if not picked or (action == "read" and not variable):
            return
        asked = {"action": action, "selector": picked, "variable": variable or ""}
        await bench.peer.request("record.point", asked, workflow_id)
    except FlowdeskError as error:
        bench.show_error(error)


async def keep_secrets(bench: Bench, workflow_id: str, names: Sequence[str]) -> None:
    """Ask for each password that was typed in a recording, once, and keep it; say how to keep one later."""
    for name in names:
        label = tr(say("Password for {name}. It is kept in the system's key store, never in the flow.", name=name))
        value = await dialogs.ask_password(bench.window, tr("Keep the password"), label)
        if value:
            try:
                await bench.peer.request("record.secret", {"name": name, "value": value}, workflow_id)
                continue
            except FlowdeskError as error:
                bench.show_error(error)
        bench.show_notice(tr(say("Keep the password: flowdesk secret set {name}", name=name)))


async def after_recording(bench: Bench, told: RecordingState) -> None:
    """Ask what a recording leaves open: passwords that were typed, and whether what was done several times is to be a loop."""
    await keep_secrets(bench, told["workflow_id"], told["secrets"])
    repeat = told.get("repeat")
    if repeat is None:
        return
    text = say(
        "You did {steps} steps {times} times with different data: {columns}. Do them for every row of a table instead?",
        steps=repeat["steps"],
        times=repeat["times"],
        columns=", ".join(repeat["columns"]),
    )
    if await dialogs.ask_yes_no(bench.window, tr("Repeat for every row"), tr(text)):
        try:
            await bench.peer.request("record.repeat", {}, told["workflow_id"])
        except FlowdeskError as error:
            bench.show_error(error)
