"""The robots and the jobs of a hub: who does what, what failed, with cancel, retry and report. As the page shows them."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from flowdesk.i18n import tr
from flowdesk.model.sentence import say
from flowdesk.ui.icons import icon
from flowdesk.ui.panels.history import began
from flowdesk.ui.panels.place import Place
from flowdesk.ui.plain import PlainLabel, tip
from flowdesk.ui.theme import theme

TYPING_MS = 250
"""After the last letter before jobs are looked for."""
PAGE, MOST = 100, 500
"""Jobs that are shown, and with each press of the button more, up to as many as one answer holds."""
WIDTHS = (60, 110, 150, 150, 110, 110)
"""Of the columns at first; the last has the rest."""
LONGEST = 400
"""Characters of a value in the list."""
WORDS = {
    "waiting": say("waiting"), "running": say("running"), "succeeded": say("succeeded"), "failed": say("failed"),
    "cancelled": say("cancelled"), "expired": say("expired"), "lost": say("lost"),
    "idle": say("idle"), "busy": say("busy"), "draining": say("ending"), "gone": say("gone"),
}  # fmt: skip
JOB_STATES = ("waiting", "running", "succeeded", "failed", "cancelled", "expired", "lost")
COLORS = {
    "succeeded": "success", "failed": "error", "lost": "error", "cancelled": "warning", "expired": "warning",
    "running": "running", "busy": "running",
}  # fmt: skip
CANCELLED, RETRIED = {"waiting", "running", "lost"}, {"failed", "cancelled", "expired", "lost"}
"""States of jobs that can be cancelled, and that can be tried again."""

Told = Mapping[str, Any]
Column = tuple[str, Callable[[Told], str]]


def _value(value: Any) -> str:
    if value is None or value in ({}, []):
        return ""
    return tr(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _when(time: Any) -> str:
    return began(datetime.fromisoformat(time).timestamp()) if time else ""


def _state(told: Told) -> str:
    word = tr(WORDS.get(told["state"], say(told["state"])))
    return f"{word} ({tr('business')})" if told.get("kind") == "business" else word


def _outcome(job: Told) -> str:
    return _value(job["result"] if job["state"] == "succeeded" else job["message"])


JOB_COLUMNS: tuple[Column, ...] = (
    (say("Job"), lambda job: str(job["id"])),
    (say("State"), _state),
    (say("Flow"), lambda job: str(job["flow"])),
    (say("Row"), lambda job: _row(job)),
    (say("Robot"), lambda job: str(job["robot"] or "")),
    (say("Submitted"), lambda job: _when(job["submitted"])),
    (say("Outcome"), _outcome),
)
ROBOT_COLUMNS: tuple[Column, ...] = (
    (say("Robot"), lambda robot: str(robot["name"])),
    (say("State"), _state),
    (say("Jobs"), lambda robot: f"{robot['busy']} / {robot['desktops']}"),
    (say("Pool"), lambda robot: str(robot["pool"])),
    (say("Screen"), lambda robot: str(robot["labels"].get("screen", ""))),
    (say("Version"), lambda robot: str(robot["version"])),
    (say("Last seen"), lambda robot: _when(robot["seen"])),
)
DETAILS: tuple[Column, ...] = (
    (say("Outcome"), lambda job: _value(job["message"])),
    (say("Fix"), lambda job: _value(job["fix"])),
    (say("Waiting"), lambda job: _value(job["waits_for"])),
    (say("Result"), lambda job: _value(job["result"])),
    (say("Row"), lambda job: _value(job["row"])),
    (say("Variables"), lambda job: _value(job["variables"])),
    (say("Key"), lambda job: str(job["key"])),
    (say("Submitted by"), lambda job: str(job["submitted_by"])),
    (say("Started"), lambda job: _when(job["started"])),
    (say("Ended"), lambda job: _when(job["ended"])),
    (say("Retried as"), lambda job: _value(job["retried_by"])),
    (say("Retry of"), lambda job: _value(job["retry_of"])),
    (say("Files"), lambda job: ", ".join(file["name"] for file in job["files"])),
)
"""What is told of a chosen job; what is empty is left out."""


def _row(job: Told) -> str:
    """Return the row of a job: its number, and what is in it."""
    if not job["number"]:
        return ""
    return f"{job['number']}: {_value(job['row'])}"[:LONGEST]


class FleetPanel(QWidget):
    """Shows what ``fleet.robots``, ``fleet.jobs`` and ``fleet.job`` told. What is wanted is told by signals."""

    asked = Signal()
    """Other jobs are to be shown: ``query`` says which."""
    job_asked = Signal(int)
    """All that is known of this job is to be shown."""
    cancel_wanted = Signal(list)
    retry_wanted = Signal(list)
    report_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Show nothing yet."""
        super().__init__(parent)
        self.setObjectName("panel")
        self._jobs: Sequence[Told] = ()
        self._robots: Sequence[Told] = ()
        self._counts: Told = {}
        self._detail: Told | None = None
        self._fault, self._has_asked = "", False
        self._limit, self._batch, self._more = PAGE, "", False
        self.jobs_button, self.robots_button = QPushButton(self), QPushButton(self)
        self.views = QButtonGroup(self)
        self.pages = QStackedWidget(self)
        self.state, self.search = QComboBox(self), QLineEdit(self)
        self.search.setClearButtonEnabled(True)
        self.batch_button, self.more_button = QPushButton(self), QPushButton(self)
        self.cancel_button, self.retry_button = QPushButton(self), QPushButton(self)
        self.report_button, self.rows_button = QPushButton(self), QPushButton(self)
        self.jobs, self.robots = _table(JOB_COLUMNS, self), _table(ROBOT_COLUMNS, self)
        self.jobs.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.fault, self.detail = PlainLabel(self), PlainLabel(self)
        self.detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for label in (self.fault, self.detail):
            label.setWordWrap(True)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._lay_out()
        self._connect()
        theme.changed.connect(self.retranslate)
        self.retranslate()

    @property
    def query(self) -> dict[str, Any]:
        """Which jobs are to be shown, as ``fleet.jobs`` asks for them."""
        chosen = self.state.currentIndex()
        return {
            "state": JOB_STATES[chosen - 1] if chosen > 0 else "",
            "text": self.search.text().strip(),
            "batch": self._batch,
            "limit": self._limit,
        }

    def show_robots(self, robots: Sequence[Told]) -> None:
        """Show the robots."""
        self._robots, self._has_asked = robots, True
        self._fill_robots()

    def show_jobs(self, told: Told) -> None:
        """Show the jobs that were asked for."""
        self._jobs, self._counts, self._more = told["jobs"], told["counts"], bool(told["more"])
        self._has_asked = True
        self._fill_states()
        self._fill_jobs()

    def show_job(self, job: Told) -> None:
        """Show all that is known of the chosen job."""
        if job["id"] == self.chosen_job:
            self._detail = job
            self._show_detail()

    def show_fault(self, sentence: str) -> None:
        """Say what could not be done; an empty text takes it away."""
        self._fault = sentence
        self._show_fault()

    @property
    def chosen_job(self) -> int | None:
        """The job whose details are shown: the only one that is chosen."""
        chosen = self.chosen_jobs
        return chosen[0] if len(chosen) == 1 else None

    @property
    def chosen_jobs(self) -> list[int]:
        """The numbers of the jobs that are chosen."""
        return [int(item.text(0)) for item in self.jobs.selectedItems()]

    def retranslate(self) -> None:
        """Set the texts in the language in force."""
        for table, columns, name in ((self.jobs, JOB_COLUMNS, "Jobs"), (self.robots, ROBOT_COLUMNS, "Robots")):
            table.setAccessibleName(tr(name))
            table.setHeaderLabels([tr(title) for title, _ in columns])
        self.jobs_button.setText(tr("Jobs"))
        self.search.setPlaceholderText(tr("Search jobs"))
        self.search.setAccessibleName(tr("Search jobs"))
        self.state.setAccessibleName(tr("State"))
        for button, text, name in (
            (self.cancel_button, tr("Cancel"), "ban"),
            (self.retry_button, tr("Retry"), "refresh-cw"),
            (self.report_button, tr("Report"), "file-text"),
            (self.rows_button, tr("Show the rows of this batch"), ""),
            (self.more_button, tr("Show more"), ""),
        ):
            button.setText(text)
            if name:
                button.setIcon(icon(name))
        self._fill_states()
        self._fill_robots()
        self._fill_jobs()
        self._show_fault()

    # -- made of

    def _lay_out(self) -> None:
        for place, button in enumerate((self.jobs_button, self.robots_button)):
            button.setCheckable(True)
            self.views.addButton(button, place)
        self.jobs_button.setChecked(True)
        tools, acts = QHBoxLayout(), QHBoxLayout()
        for part in (self.jobs_button, self.robots_button, self.state, self.search, self.batch_button):
            tools.addWidget(part, 1 if part is self.search else 0)
        tools.addStretch(0)
        for part in (self.cancel_button, self.retry_button, self.report_button):
            acts.addWidget(part)
        acts.addStretch()
        detail, column = QWidget(self), QVBoxLayout()
        detail.setLayout(column)
        column.setContentsMargins(10, 0, 0, 0)
        column.addLayout(acts)
        column.addWidget(self.detail)
        column.addWidget(self.rows_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch()
        listed, lines = QWidget(self), QVBoxLayout()
        listed.setLayout(lines)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.addWidget(self.jobs, 1)
        lines.addWidget(self.more_button, 0, Qt.AlignmentFlag.AlignLeft)
        both = QSplitter(self)
        for side, share in ((listed, 3), (detail, 2)):
            both.addWidget(side)
            both.setStretchFactor(both.count() - 1, share)
        both.setSizes([700, 300])
        both.setChildrenCollapsible(False)
        self.pages.addWidget(both)
        self.pages.addWidget(self.robots)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 4, 8, 8)
        rows.setSpacing(4)
        rows.addLayout(tools)
        rows.addWidget(self.fault)
        rows.addWidget(self.pages, 1)

    def _connect(self) -> None:
        self.views.idClicked.connect(self._show_view)
        self.state.currentIndexChanged.connect(lambda _: self._ask())
        self.search.textChanged.connect(lambda _: self._typing.start())
        self._typing.timeout.connect(self._ask)
        self.jobs.itemSelectionChanged.connect(self._choose)
        self.batch_button.clicked.connect(lambda: self._show_batch(""))
        self.rows_button.clicked.connect(lambda: self._show_batch(str(self._detail["batch"]) if self._detail else ""))
        self.more_button.clicked.connect(self._show_more)
        self.cancel_button.clicked.connect(lambda: self.cancel_wanted.emit(self.chosen_jobs))
        self.retry_button.clicked.connect(lambda: self.retry_wanted.emit(self.chosen_jobs))
        self.report_button.clicked.connect(lambda: self.report_wanted.emit(self.chosen_jobs[0]))

    # -- what is asked for

    def _ask(self) -> None:
        self._limit = PAGE
        self.asked.emit()

    def _show_batch(self, batch: str) -> None:
        self._batch = batch
        self._ask()

    def _show_more(self) -> None:
        self._limit = min(MOST, self._limit + PAGE)
        self.asked.emit()

    def _show_view(self, place: int) -> None:
        self.pages.setCurrentIndex(place)
        self.state.setVisible(place == 0)
        self.search.setVisible(place == 0)
        self._show_fault()

    def _choose(self) -> None:
        self._detail = None
        self._show_detail()
        if self.chosen_job is not None:
            self.job_asked.emit(self.chosen_job)

    # -- what is shown

    def _fill_states(self) -> None:
        with QSignalBlocker(self.state):
            chosen = max(0, self.state.currentIndex())
            self.state.clear()
            self.state.addItem(f"{tr('All')} ({sum(self._counts.values())})")
            self.state.addItems([f"{tr(WORDS[state])} ({self._counts.get(state, 0)})" for state in JOB_STATES])
            self.state.setCurrentIndex(chosen)
        self.batch_button.setVisible(bool(self._batch))
        self.batch_button.setText(tr(say("Batch {batch}", batch=self._batch)))
        self.batch_button.setIcon(icon("x", size=14))
        self.more_button.setVisible(self._more and self._limit < MOST)

    def _fill_jobs(self) -> None:
        chosen = set(self.chosen_jobs)
        with QSignalBlocker(self.jobs):
            _fill(self.jobs, JOB_COLUMNS, self._jobs)
            for place, job in enumerate(self._jobs):
                item = self.jobs.topLevelItem(place)
                if item is not None and job["id"] in chosen:
                    item.setSelected(True)
        self._show_fault()
        self._show_detail()

    def _fill_robots(self) -> None:
        _fill(self.robots, ROBOT_COLUMNS, self._robots)
        here = sum(robot["state"] != "gone" for robot in self._robots)
        self.robots_button.setText(f"{tr('Robots')} ({here})")
        self._show_fault()

    def _show_detail(self) -> None:
        states = {job["state"] for job in self._jobs if job["id"] in set(self.chosen_jobs)}
        self.cancel_button.setEnabled(bool(states & CANCELLED))
        self.retry_button.setEnabled(bool(states & RETRIED))
        job = self._detail if self._detail is not None and self._detail["id"] == self.chosen_job else None
        self.report_button.setEnabled(job is not None and bool(job["files"]))
        self.rows_button.setVisible(job is not None and bool(job["number"]) and not self._batch)
        told = [(tr(title), read(job)) for title, read in DETAILS] if job is not None else []
        self.detail.setText("\n".join(f"{title}: {value}" for title, value in told if value))

    def _show_fault(self) -> None:
        text = self._fault
        if not text and not self._has_asked:
            text = tr("Asking the hub…")
        elif not text and self.pages.currentIndex() == 0 and not self._jobs:
            text = tr("There are no such jobs.")
        elif not text and self.pages.currentIndex() == 1 and not self._robots:
            text = tr("There are no robots. flowdesk worker starts one.")
        self.fault.setText(text)
        self.fault.setVisible(bool(text))


def _table(columns: Sequence[Column], parent: QWidget) -> QTreeWidget:
    table = QTreeWidget(parent)
    table.setRootIsDecorated(False)
    table.setUniformRowHeights(True)
    table.setColumnCount(len(columns))
    table.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    table.header().setStretchLastSection(True)
    for column, width in enumerate(WIDTHS):
        table.setColumnWidth(column, width)
    return table


def _fill(table: QTreeWidget, columns: Sequence[Column], told: Sequence[Told]) -> None:
    """Show one line for each that was told of, and leave where the list is scrolled to."""
    place = table.verticalScrollBar().value()
    table.clear()
    for each in told:
        values = [read(each) for _, read in columns]
        item = QTreeWidgetItem(table, [value[:LONGEST] for value in values])
        item.setForeground(1, getattr(theme(), COLORS.get(each["state"], "text")))
        item.setToolTip(len(columns) - 1, tip(values[-1]))
        if labels := each.get("labels"):
            item.setToolTip(0, tip("\n".join(f"{name}={value}" for name, value in labels.items())))
    table.verticalScrollBar().setValue(place)


PLACE = Place("fleet", "Robots", "below", lambda around: FleetPanel(around.window))
