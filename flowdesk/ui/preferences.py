"""The settings dialog: every change counts at once."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from flowdesk.i18n import LANGUAGES, tr
from flowdesk.ui.canvas.habits import HABITS
from flowdesk.ui.plain import PlainLabel
from flowdesk.ui.settings import SettingsFile

Apply = Callable[[str, Any], None]

LOOKS: tuple[tuple[str, str, dict[Any, str]], ...] = (
    ("language", "Language", {"system": "Like the system", **LANGUAGES}),
    ("theme", "Theme", {"system": "Like the system", "light": "Light", "dark": "Dark"}),
    ("habits", "Shortcut and mouse scheme", {known.id: known.title for known in HABITS.values()}),
    (
        "left_drag",
        "Left button on the canvas",
        {"": "Default of the scheme", "select": "Selects", "pan": "Moves the canvas"},
    ),
    (
        "wheel",
        "Mouse wheel on the canvas",
        {"": "Default of the scheme", "zoom": "Zooms", "pan": "Scrolls; zooms with Ctrl"},
    ),
)
RUNS: tuple[tuple[str, str, dict[Any, str]], ...] = (
    ("while_running", "Window during a run", {"hide": "Hide it", "keep": "Keep it visible"}),
    ("run_delay", "Delay between nodes", {0: "None", 250: "0.25 s", 1000: "1 s", 3000: "3 s"}),
    ("on_missing_target", "When a target is not found", {"ask": "Ask what to do", "fail": "Fail"}),
)


class PreferencesDialog(QDialog):
    """Shows the settings; ``changed(name, value)`` tells each change."""

    changed = Signal(str, object)
    tour_wanted = Signal()

    def __init__(self, settings: SettingsFile, parent: QWidget | None = None) -> None:
        """Show the settings as they stand."""
        super().__init__(parent)
        self.setObjectName("preferences")
        self.settings = settings
        self.rows: dict[str, QWidget] = {}
        self.body = QScrollArea(self)
        self.body.setWidgetResizable(True)
        self.body.setFrameShape(QFrame.Shape.NoFrame)
        self.tour = QPushButton(self)
        self.done_button = QPushButton(self)
        self.done_button.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addWidget(self.tour)
        buttons.addStretch()
        buttons.addWidget(self.done_button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(18, 16, 18, 14)
        rows.setSpacing(12)
        rows.addWidget(self.body)
        rows.addLayout(buttons)
        self.tour.clicked.connect(self._show_tour)
        self.done_button.clicked.connect(self.accept)
        self.retranslate()
        self.resize(560, 620)

    def retranslate(self) -> None:
        """Make the dialog anew in the language in force."""
        self.setWindowTitle(tr("flowdesk settings"))
        self.tour.setText(tr("Show the tour again"))
        self.done_button.setText(tr("Close"))
        self.rows.clear()
        page = QWidget()
        page.setObjectName("plain")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(14)
        column.addWidget(self._section("Appearance", [self._choice(*row) for row in LOOKS]))
        running = [self._choice(*row) for row in RUNS]
        running.append(self._number("kept_runs", "Run records to keep", 1, 10_000))
        running.append(self._number("kept_days", "Days to keep run records; 0 = unlimited", 0, 3650))
        column.addWidget(self._section("Running flows", running))
        column.addWidget(_note(
            tr("To stop all runs from anywhere, press Ctrl+Alt+Q or hold the pointer in a screen corner.")
        ))  # fmt: skip
        serving = [self._check("serves", "Allow browsers and scripts on this computer to connect")]
        serving.append(self._number("port", "Port", 1, 65_535))
        column.addWidget(self._section("Server", serving))
        column.addStretch()
        self.body.setWidget(page)

    def _section(self, title: str, rows: list[tuple[str, QWidget]]) -> QWidget:
        frame = QWidget()
        column = QVBoxLayout(frame)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        head = PlainLabel(tr(title), frame)
        head.setObjectName("heading")
        column.addWidget(head)
        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        for text, widget in rows:
            if text:
                label = PlainLabel(text, frame)
                label.setMinimumWidth(200)
                label.setBuddy(widget)
                form.addRow(label, widget)
            else:
                form.addRow(widget)
        column.addLayout(form)
        return frame

    def _choice(self, name: str, title: str, values: dict[Any, str]) -> tuple[str, QWidget]:
        combo = QComboBox()
        now = getattr(self.settings.values, name)
        for value, text in values.items():
            combo.addItem(text if value in LANGUAGES else tr(text), value)
        if combo.findData(now) < 0:
            combo.addItem(f"{now} ms" if name == "run_delay" else str(now), now)
        combo.setCurrentIndex(combo.findData(now))
        combo.setAccessibleName(tr(title))
        combo.setAccessibleDescription(tr(title))
        combo.activated.connect(lambda _: self.changed.emit(name, combo.currentData()))
        self.rows[name] = combo
        return tr(title), combo

    def _number(self, name: str, title: str, least: int, most: int) -> tuple[str, QWidget]:
        box = QSpinBox()
        box.setRange(least, most)
        box.setValue(getattr(self.settings.values, name))
        box.setAccessibleName(tr(title))
        box.setKeyboardTracking(False)
        box.editingFinished.connect(lambda: self._tell_number(name, box.value()))
        self.rows[name] = box
        return tr(title), box

    def _tell_number(self, name: str, value: int) -> None:
        if getattr(self.settings.values, name) != value:
            self.changed.emit(name, value)

    def _check(self, name: str, title: str) -> tuple[str, QWidget]:
        box = QCheckBox(tr(title))
        box.setChecked(bool(getattr(self.settings.values, name)))
        box.clicked.connect(lambda is_on: self.changed.emit(name, is_on))
        self.rows[name] = box
        return "", box

    def _show_tour(self) -> None:
        self.accept()
        self.tour_wanted.emit()


def _note(text: str) -> QLabel:
    label = PlainLabel(text)
    label.setObjectName("dim")
    label.setWordWrap(True)
    return label
