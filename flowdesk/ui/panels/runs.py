"""The runs of all flows, whoever started them: the newest first, each with its outcome, its pictures and its folder."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QIcon, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QListView,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from flowdesk.i18n import language, retold, tr
from flowdesk.model.run import RunState
from flowdesk.model.runlist import KINDS, UNDER_WAY, matching
from flowdesk.model.sentence import say
from flowdesk.protocol.events import ListedRun
from flowdesk.session.history import merged, pictures_of
from flowdesk.ui.icons import icon
from flowdesk.ui.panels.history import began, took
from flowdesk.ui.panels.place import Place
from flowdesk.ui.plain import PlainLabel, tip
from flowdesk.ui.runbar import run_word
from flowdesk.ui.theme import theme

RUN_ROLE = Qt.ItemDataRole.UserRole
COLORS = {
    "pending": "warning",
    "succeeded": "success",
    "failed": "error",
    "stopped": "warning",
    "interrupted": "warning",
}
ICONS = {
    "pending": "timer",
    "succeeded": "circle-check",
    "failed": "circle-x",
    "stopped": "circle-stop",
    "interrupted": "zap",
}
INTERRUPTED = "Interrupted"
STATE, STARTED, FLOW, DURATION, STARTER = range(5)
"""The columns: when a run was stands before what names it, so that a narrow panel shows both."""
THUMBNAIL = QSize(112, 70)
REFRESH_MS = 1000
SHARE = 0.8
"""Of the screen, that a picture may take."""


class RunsPanel(QWidget):
    """Shows what ``workflow.list`` returns and what lies in the folders of earlier runs."""

    flow_chosen = Signal(str, str)
    """Workflow id and the node to show, or an empty text."""
    past_wanted = Signal(str, str)
    """Workflow id and the run that is to be shown on its canvas."""
    report_wanted = Signal(object)
    """The run whose report is to be written and shown."""
    keep_wanted = Signal(object, bool)
    """The run, and whether its record is to be kept."""
    stop_wanted = Signal(str, str)
    """Workflow id and the run that is to be stopped."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Show no runs."""
        super().__init__(parent)
        self.setObjectName("panel")
        self._live: Sequence[ListedRun] = ()
        self._earlier: Sequence[ListedRun] = ()
        self._runs: dict[str, ListedRun] = {}
        self._pictured = ""
        self._is_following = True
        """Whether the newest run is chosen, whichever comes."""
        self.search, self.kind = QLineEdit(self), QComboBox(self)
        self.search.setClearButtonEnabled(True)
        self.kind.addItems(list(KINDS.values()))
        self.tree = QTreeWidget(self)
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setColumnCount(5)
        self.tree.setIconSize(QSize(16, 16))
        head = self.tree.header()
        for column in (STATE, STARTED, DURATION, STARTER):
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(FLOW, QHeaderView.ResizeMode.Stretch)
        head.setMinimumSectionSize(56)
        head.setStretchLastSection(False)
        self.outcome = PlainLabel(self)
        self.outcome.setWordWrap(True)
        self.outcome.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.show_button, self.folder_button = QPushButton(self), QPushButton(self)
        self.past_button, self.stop_button = QPushButton(self), QPushButton(self)
        self.report_button, self.keep_box = QPushButton(self), QCheckBox(self)
        self.pictures = QListWidget(self)
        self.pictures.setViewMode(QListView.ViewMode.IconMode)
        self.pictures.setIconSize(THUMBNAIL)
        self.pictures.setResizeMode(QListView.ResizeMode.Adjust)
        self.pictures.setMovement(QListView.Movement.Static)
        self.pictures.setSpacing(4)
        self._lay_out()
        self._clock = QTimer(self)
        self._clock.setInterval(REFRESH_MS)
        self._clock.timeout.connect(self._show_durations)
        self._connect()
        theme.changed.connect(self.retranslate)
        self.retranslate()

    def _connect(self) -> None:
        self.tree.itemSelectionChanged.connect(self._choose)
        self.tree.itemActivated.connect(lambda _: self._show_flow())
        self.show_button.clicked.connect(self._show_flow)
        self.folder_button.clicked.connect(self._open_folder)
        self.past_button.clicked.connect(self._show_past)
        self.report_button.clicked.connect(self._ask_for_report)
        self.keep_box.clicked.connect(self._ask_to_keep)
        self.stop_button.clicked.connect(self._stop)
        self.search.textChanged.connect(lambda _: self._fill())
        self.kind.currentIndexChanged.connect(lambda _: self._fill())
        self.pictures.itemActivated.connect(lambda item: self._show_picture(item.data(RUN_ROLE)))
        self.pictures.itemClicked.connect(lambda item: self._show_picture(item.data(RUN_ROLE)))

    def _lay_out(self) -> None:
        buttons = QGridLayout()  # in rows of two: the list beside it needs the room
        for place, button in enumerate((self.past_button, self.show_button, self.folder_button, self.report_button)):
            buttons.addWidget(button, place // 2, place % 2)
        buttons.setColumnStretch(2, 1)
        detail = QWidget(self)
        column = QVBoxLayout(detail)
        column.setContentsMargins(10, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.outcome)
        column.addWidget(self.stop_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(buttons)
        column.addWidget(self.keep_box)
        column.addStretch()
        listed = QWidget(self)
        tools = QHBoxLayout()
        tools.addWidget(self.search, 1)
        tools.addWidget(self.kind)
        lines = QVBoxLayout(listed)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(4)
        lines.addLayout(tools)
        lines.addWidget(self.tree, 1)
        splitter = QSplitter(self)
        for part, share in ((listed, 4), (detail, 3), (self.pictures, 2)):
            splitter.addWidget(part)
            splitter.setStretchFactor(splitter.count() - 1, share)
        splitter.setSizes([400, 300, 200])
        splitter.setChildrenCollapsible(False)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 4, 8, 8)
        rows.addWidget(splitter)

    def retranslate(self) -> None:
        """Set the texts in the language in force."""
        self.tree.setAccessibleName(tr("Runs"))
        self.tree.setHeaderLabels([tr("State"), tr("Started"), tr("Flow"), tr("Duration"), tr("Started by")])
        self.search.setPlaceholderText(tr("Search runs"))
        self.search.setAccessibleName(tr("Search runs"))
        self.kind.setAccessibleName(tr("Show"))
        for place, text in enumerate(KINDS.values()):
            self.kind.setItemText(place, tr(text))
        self.stop_button.setText(tr("Stop"))
        self.stop_button.setIcon(icon("square", "error"))
        self.pictures.setAccessibleName(tr("Images of the run"))
        self.report_button.setText(tr("Report"))
        self.report_button.setIcon(icon("file-text"))
        self.keep_box.setText(tr("Keep this run"))
        self.show_button.setText(tr("Show the flow"))
        self.past_button.setText(tr("Show on the canvas"))
        self.past_button.setIcon(icon("history"))
        self.folder_button.setText(tr("Open the folder"))
        self.folder_button.setIcon(icon("folder-open"))
        self._fill()

    def show_runs(self, runs: Sequence[ListedRun]) -> None:
        """Show the runs that the session tells of."""
        self._live = runs
        self._fill()

    def show_earlier(self, runs: Sequence[ListedRun]) -> None:
        """Show the runs of earlier days too."""
        self._earlier = runs
        self._fill()

    def _fill(self) -> None:
        chosen = None if self._is_following else self._chosen()
        runs = matching(
            merged(self._live, self._earlier), list(KINDS)[self.kind.currentIndex()], self.search.text(), tr
        )
        self._runs = {run["run_id"]: run for run in runs}
        self.tree.blockSignals(True)
        self.tree.clear()
        for run in runs:
            state = run["status"]
            item = QTreeWidgetItem(
                self.tree,
                [
                    _state_word(run),
                    began(run["started"]),
                    run["name"] or tr("Untitled"),
                    _duration(run),
                    tr(run.get("started_by") or ""),
                ],
            )
            item.setForeground(0, getattr(theme(), COLORS.get(state, "running")))
            item.setIcon(0, icon(ICONS.get(state, "loader-circle"), COLORS.get(state, "running"), 16))
            where = tr("On a separate desktop") if run.get("desktop") == "private" else ""
            item.setIcon(FLOW, icon("app-window") if where else QIcon())
            item.setToolTip(FLOW, tip("\n".join(filter(None, (where, tr(run.get("message") or ""))))))
            item.setTextAlignment(DURATION, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setIcon(STARTED, icon("flag", size=14) if run.get("kept") else QIcon())
            item.setData(0, RUN_ROLE, run["run_id"])
            if chosen is not None and run["run_id"] == chosen["run_id"]:
                self.tree.setCurrentItem(item)
        first = self.tree.topLevelItem(0)
        if chosen is None and first is not None:
            self.tree.setCurrentItem(first)
        self.tree.blockSignals(False)
        is_live = any(_is_live(run) for run in runs)
        self._clock.start() if is_live else self._clock.stop()
        self._show_chosen()

    def _show_durations(self) -> None:
        for row in range(self.tree.topLevelItemCount()):
            item = self.tree.topLevelItem(row)
            run = self._runs.get(item.data(0, RUN_ROLE)) if item is not None else None
            if item is not None and run is not None and _is_live(run):
                run["duration"] = (run.get("duration") or 0.0) + REFRESH_MS / 1000
                item.setText(DURATION, _duration(run))

    def _choose(self) -> None:
        item = self.tree.currentItem()
        self._is_following = item is None or item is self.tree.topLevelItem(0)
        self._show_chosen()

    def _chosen(self) -> ListedRun | None:
        item = self.tree.currentItem()
        return self._runs.get(item.data(0, RUN_ROLE)) if item is not None else None

    def _show_chosen(self) -> None:
        run = self._chosen()
        self.show_button.setEnabled(run is not None)
        self.past_button.setEnabled(run is not None and not _is_live(run))
        self.stop_button.setVisible(run is not None and _is_live(run))
        self.folder_button.setEnabled(bool(run and run["folder"] and Path(run["folder"]).is_dir()))
        self.report_button.setEnabled(self.folder_button.isEnabled() and self.past_button.isEnabled())
        self.keep_box.setEnabled(self.report_button.isEnabled())
        self.keep_box.setChecked(bool(run and run.get("kept")))
        if run is None:
            is_limited = bool(self.search.text().strip()) or self.kind.currentIndex() > 0
            none = tr("No matches.") if is_limited else tr("No runs yet. Press F5 to run the current flow.")
            self.outcome.setText(none)
            self.pictures.clear()
            return
        self.outcome.setText(outcome_of(run))
        self._show_pictures(run)

    def _show_pictures(self, run: ListedRun) -> None:
        paths = pictures_of(run.get("folder"))
        key = f"{run['run_id']} {len(paths)}"
        if key == self._pictured:
            return
        self._pictured = key
        self.pictures.clear()
        for path in paths:
            shown = QPixmap(str(path)).scaled(
                THUMBNAIL * 2, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            shown.setDevicePixelRatio(2)
            item = QListWidgetItem(QIcon(shown), path.name, self.pictures)
            item.setToolTip(tip(str(path)))
            item.setData(RUN_ROLE, str(path))
        self.pictures.setVisible(bool(paths))

    def _show_picture(self, path: str) -> None:
        PictureDialog(path, self.window()).open()

    def _show_flow(self) -> None:
        run = self._chosen()
        if run is not None:
            self.flow_chosen.emit(run["workflow_id"], run.get("node_id") or "")

    def _show_past(self) -> None:
        run = self._chosen()
        if run is not None:
            self.past_wanted.emit(run["workflow_id"], run["run_id"])

    def _ask_for_report(self) -> None:
        run = self._chosen()
        if run is not None:
            self.report_wanted.emit(dict(run))

    def _ask_to_keep(self) -> None:
        run = self._chosen()
        if run is not None:
            self.keep_wanted.emit(dict(run), self.keep_box.isChecked())

    def _stop(self) -> None:
        run = self._chosen()
        if run is not None:
            self.stop_wanted.emit(run["workflow_id"], run["run_id"])

    def _open_folder(self) -> None:
        run = self._chosen()
        if run is not None and run["folder"]:
            _open(run["folder"])


class PictureDialog(QDialog):
    """Shows a picture as large as the screen allows."""

    def __init__(self, path: str, parent: QWidget | None = None) -> None:
        """Show a file."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(Path(path).name)
        picture = QPixmap(path)
        room = self.screen().availableGeometry().size() * SHARE
        shown = PlainLabel(self)
        shown.setAccessibleName(Path(path).name)
        fitted = QSize(picture.size()).scaled(room, Qt.AspectRatioMode.KeepAspectRatio).boundedTo(picture.size())
        ratio = self.devicePixelRatioF()
        scaled = picture.scaled(
            fitted * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        scaled.setDevicePixelRatio(ratio)
        shown.setPixmap(scaled)
        open_button = QPushButton(icon("folder-open"), tr("Open the file"), self)
        open_button.setAutoDefault(False)
        open_button.clicked.connect(lambda: _open(path))
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(open_button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 12, 12, 12)
        rows.addWidget(shown)
        rows.addLayout(buttons)


def outcome_of(run: ListedRun) -> str:
    """Return a sentence on how a run ended, or where it is."""
    if run["status"] == "interrupted":
        node = run.get("node_id")
        if node:
            return tr(say('flowdesk closed during this run, at node "{node}".', node=node))
        return tr("flowdesk closed during this run.")
    text = run.get("message") or ""
    starter = run.get("started_by") or ""
    by = tr(say("Started by {name}.", name=starter)) if starter else ""
    return " ".join(part for part in (_state_word(run) + ".", retold(text, language()), by) if part)


def _state_word(run: Mapping[str, Any]) -> str:
    state = run["status"]
    if state == "pending":
        return tr("Waiting")
    if state == "interrupted":
        return tr(INTERRUPTED)
    try:
        return run_word(RunState(state), is_rehearsal=bool(run.get("rehearsal")))
    except ValueError:
        return str(state)


def _is_live(run: Mapping[str, Any]) -> bool:
    return run["status"] in UNDER_WAY


def _duration(run: Mapping[str, Any]) -> str:
    return took(run.get("duration"))


def _open(path: str) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(path))


PLACE = Place("runs", "Runs", "below", lambda around: RunsPanel(around.window))
