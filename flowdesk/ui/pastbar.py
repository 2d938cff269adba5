"""A run that ended, on the canvas: how everything stood at any of its moments."""

from datetime import datetime

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSlider, QToolButton

from flowdesk.aio import spawn
from flowdesk.i18n import tr
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.run import RunState
from flowdesk.protocol.replies import PastRun
from flowdesk.ui.icons import icon
from flowdesk.ui.overbar import FlowPage, OverCanvas
from flowdesk.ui.plain import PlainLabel, tip
from flowdesk.ui.runbar import run_word

PAUSE = 120
"""Milliseconds at rest after which a moment is read: a record may be long, and what is dragged over is not."""


class PastBar(OverCanvas):
    """Lies over a flow's canvas while an earlier run is shown there."""

    left = Signal()
    """The last run is to be shown again."""
    moved = Signal(str, int)
    """The node and its visit that are shown now."""
    shown = Signal()
    """An earlier run is shown: what is said of the last one no longer holds."""

    def __init__(self, tab: FlowPage) -> None:
        """Be hidden."""
        super().__init__(tab)
        self.past: PastRun | None = None
        self.title, self.where = PlainLabel(self), PlainLabel(self)
        self.back, self.on = QToolButton(self), QToolButton(self)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.close_button = QPushButton(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 8, 6)
        for part in (self.title, self.back, self.slider, self.on, self.where, self.close_button):
            row.addWidget(part, 1 if part is self.slider else 0)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(lambda: self._read(self.slider.value()))
        self.slider.valueChanged.connect(self._moved)
        self.back.clicked.connect(lambda: self.slider.setValue(self.slider.value() - 1))
        self.on.clicked.connect(lambda: self.slider.setValue(self.slider.value() + 1))
        self.close_button.clicked.connect(self.leave)

    @property
    def run_id(self) -> str | None:
        """The run that is shown, ``None`` for the last."""
        return self.past["run_id"] if self.past is not None else None

    def show_run(self, run_id: str) -> None:
        """Show how a run ended."""
        spawn(self._fetch(run_id, None), "show an earlier run")

    def leave(self) -> None:
        """Show the last run again."""
        if self.past is not None:
            self.past = None
            self.hide()
            self.tab.scene.clear_states()
            self.tab.run_id = None
            self.left.emit()

    def _read(self, moment: int) -> None:
        if self.past is not None and moment != self.past["moment"]:
            spawn(self._fetch(self.past["run_id"], moment), "show a moment of an earlier run")

    async def _fetch(self, run_id: str, moment: int | None) -> None:
        try:
            past = await self.tab.peer.request("execution.past", {"run_id": run_id, "moment": moment})
        except FlowdeskError as error:
            self.tab.peer.failed.emit(error)
            return
        self._show(past)

    def _show(self, past: PastRun) -> None:
        tab = self.tab
        self.past = past
        self.shown.emit()
        tab.scene.clear_states()
        tab.run_state = None
        tab.take_nodes(list(past["nodes"].values()))
        tab.running.clear()
        tab.scene.set_ways(past["ways"])
        began = datetime.fromtimestamp(past["started"]).astimezone().strftime("%Y-%m-%d %H:%M:%S")
        known: dict[str, RunState] = {state.value: state for state in RunState}
        ended = run_word(known.get(past["status"]), is_rehearsal=bool(past.get("rehearsal")))
        self.title.setText(f"{began}  {ended if past['is_end'] else ''}".rstrip())
        self.where.setText(f"{past['moment']} / {past['moments']}   {tab.label_of(past['node_id'])}")
        for button, name, text in (
            (self.back, "chevron-left", tr("Back one step")),
            (self.on, "chevron-right", tr("On one step")),
        ):
            button.setIcon(icon(name))
            button.setAutoRaise(True)
            button.setToolTip(tip(text))
            button.setAccessibleName(text)
        self.close_button.setText(tr("Back to now"))
        self.slider.setAccessibleName(tr("Step of the run"))
        self.slider.blockSignals(True)
        self.slider.setRange(1, max(1, past["moments"]))
        self.slider.setValue(past["moment"])
        self.slider.blockSignals(False)
        self._place()
        self.show()
        self.raise_()
        if past["node_id"] in tab.scene.node_items:
            tab.jump_to(past["node_id"])
        self.moved.emit(past["node_id"], past["visit"])

    def _moved(self, moment: int) -> None:
        if self.past is not None:
            self.where.setText(f"{moment} / {self.past['moments']}")
        self._pause.start()
