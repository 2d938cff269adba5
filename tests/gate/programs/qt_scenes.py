"""Scenes in Qt: ``qt_scenes.py OUT SCENE``. What happened to the program stands in OUT, a line each."""

import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QFrame,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QMenu,
    QMessageBox,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

OUT = open(sys.argv[1], "w", buffering=1, encoding="utf-8")  # noqa: SIM115
KEPT: list[object] = []
"""What Qt would else collect."""


def tell(line: str) -> Callable[..., object]:
    return lambda *_: OUT.write(line + "\n")


def later(milliseconds: int, what: Callable[[], object]) -> None:
    """Do something after a while, and leave a mark that it is done."""

    def do() -> None:
        what()
        Path(sys.argv[1] + ".ready").touch()

    QTimer.singleShot(milliseconds, do)


def button(name: str, parent: QWidget | None = None) -> QPushButton:
    made = QPushButton(name, parent)
    made.clicked.connect(tell(name))
    return made


def window(
    title: str = "Scene", x: int = 300, y: int = 200, width: int = 320, height: int = 400
) -> tuple[QWidget, QVBoxLayout]:
    made = QWidget()
    made.setWindowTitle(title)
    made.setGeometry(x, y, width, height)
    KEPT.append(made)
    return made, QVBoxLayout(made)


def rows(count: int = 40, prefix: str = "Row") -> QScrollArea:
    area, inner = QScrollArea(), QWidget()
    layout = QVBoxLayout(inner)
    for number in range(1, count + 1):
        layout.addWidget(button(f"{prefix} {number}"))
    area.setWidget(inner)
    area.setWidgetResizable(True)
    return area


def danger(layout: QVBoxLayout) -> None:
    below = button("Delete all")
    below.setMinimumHeight(120)
    layout.addWidget(below)


def scroll() -> None:
    shown, layout = window()
    layout.addWidget(rows())
    danger(layout)
    shown.show()


def nested() -> None:
    shown, layout = window()
    outer, inner = QScrollArea(), QWidget()
    column = QVBoxLayout(inner)
    for number in range(6):
        area = rows(20, f"Part {number} row")
        area.setMinimumHeight(220)
        column.addWidget(area)
    outer.setWidget(inner)
    outer.setWidgetResizable(True)
    layout.addWidget(outer)
    danger(layout)
    shown.show()


def records() -> None:
    """Rows of a label and a button, of which most are scrolled out, and a row below what scrolls where some of those would be."""
    shown, layout = window()
    area, inner = QScrollArea(), QWidget()
    column = QVBoxLayout(inner)
    for number in range(1, 31):
        line = QHBoxLayout()
        edit = QPushButton("Edit" if number % 10 else f"Only {number}")
        edit.clicked.connect(tell(f"Edit {number}"))
        line.addWidget(QLabel(f"Row {number}"))
        line.addWidget(edit)
        column.addLayout(line)
    area.setWidget(inner)
    area.setWidgetResizable(True)
    layout.addWidget(area)
    total = QLabel("Total")
    total.setFixedHeight(120)
    layout.addWidget(total)
    shown.show()


def cards() -> None:
    """Two groups, in each of which the same button is scrolled out."""
    shown, layout = window(height=500)
    for number in (1, 2):
        card = QGroupBox(f"Card {number}")
        area, inner = QScrollArea(), QWidget()
        column = QVBoxLayout(inner)
        for line in range(12):
            column.addWidget(QLabel(f"Line {line}"))
        remove = QPushButton("Remove")
        remove.clicked.connect(tell(f"Remove {number}"))
        column.addWidget(remove)
        area.setWidget(inner)
        area.setWidgetResizable(True)
        QVBoxLayout(card).addWidget(area)
        layout.addWidget(card)
    shown.show()


def across() -> None:
    shown, layout = window()
    area, inner = QScrollArea(), QWidget()
    inner.setFixedSize(1500, 1200)
    target = button("Far corner", inner)
    target.setGeometry(1300, 1100, 120, 30)
    area.setWidget(inner)
    layout.addWidget(area)
    danger(layout)
    shown.show()


def wheel_traps() -> None:
    shown, layout = window()
    area, inner = QScrollArea(), QWidget()
    column = QVBoxLayout(inner)
    for number in range(20):
        combo, spin = QComboBox(), QSpinBox()
        combo.addItems(["one", "two", "three"])
        combo.currentTextChanged.connect(tell("combo changed"))
        spin.valueChanged.connect(tell("spin changed"))
        column.addWidget(combo)
        column.addWidget(spin)
        column.addWidget(button(f"Keep {number}"))
    area.setWidget(inner)
    layout.addWidget(area)
    danger(layout)
    shown.show()


def long_list() -> None:
    shown, layout = window()
    entries = QListWidget()
    entries.addItems([f"Item {number}" for number in range(10_000)])
    entries.itemClicked.connect(lambda item: OUT.write(item.text() + "\n"))
    layout.addWidget(entries)
    danger(layout)
    shown.show()


def table() -> None:
    shown, layout = window()
    cells = QTableWidget(200, 3)
    for row in range(200):
        for column in range(3):
            cells.setItem(row, column, QTableWidgetItem(f"R{row}C{column}"))
    cells.itemClicked.connect(lambda item: OUT.write(item.text() + "\n"))
    layout.addWidget(cells)
    danger(layout)
    shown.show()


def overlaid(gone_after: int = 0) -> None:
    shown, layout = window()
    layout.addWidget(button("Target"))
    layout.addWidget(button("Free"))
    shown.show()
    cover = QFrame(shown)
    cover.setStyleSheet("background: gray")
    cover.setAccessibleName("Please wait")
    cover.setGeometry(0, 0, 320, 200)
    cover.mousePressEvent = tell("cover")  # type: ignore[method-assign,assignment]
    cover.show()
    cover.raise_()
    if gone_after:
        QTimer.singleShot(gone_after, cover.hide)


def overlay_goes() -> None:
    overlaid(1200)


def sticky() -> None:
    shown, layout = window()
    area = rows()
    layout.addWidget(area)
    danger(layout)
    shown.show()
    header = QPushButton("Sort", area.viewport())
    header.clicked.connect(tell("Sort"))
    header.setGeometry(2, 2, 280, 60)
    header.show()


def sticky_scrolled() -> None:
    """A header over the view, told by the tree; the view is scrolled so that Row 12 lies under it."""
    sticky()
    area = KEPT[0].findChild(QScrollArea)  # type: ignore[attr-defined]
    row = next(one for one in area.findChildren(QPushButton) if one.text() == "Row 12")
    later(100, lambda: area.verticalScrollBar().setValue(row.y() - 10))


def laid(value: int = 0, kind: type[QWidget] = QPushButton) -> None:
    """A header that lies on the scroll area itself, of which the tree says nothing."""
    shown, layout = window()
    area, inner = QScrollArea(), QWidget()
    column = QVBoxLayout(inner)
    for number in range(1, 41):
        made = kind()
        made.setText(f"Row {number}")  # type: ignore[attr-defined]
        made.clicked.connect(tell(f"Row {number}"))  # type: ignore[attr-defined]
        column.addWidget(made)
    area.setWidget(inner)
    area.setWidgetResizable(True)
    layout.addWidget(area)
    danger(layout)
    shown.show()
    header = QPushButton("Sort", area)
    header.clicked.connect(tell("Sort"))
    header.setGeometry(0, 0, 290, 60)
    header.show()
    header.raise_()
    row = next(one for one in area.findChildren(kind) if one.text() == "Row 12")  # type: ignore[attr-defined]
    later(100, lambda: area.verticalScrollBar().setValue(row.y() - 10 if value else 0))


def laid_scrolled() -> None:
    laid(1)


def laid_ticks() -> None:
    laid(1, QCheckBox)


def edges() -> None:
    """Rows at the edge of what scrolls, with nothing over them."""
    shown, layout = window()
    area, inner = QScrollArea(), QWidget()
    column = QVBoxLayout(inner)
    for number in range(1, 31):
        tick = QCheckBox(f"Tick {number}")
        tick.toggled.connect(tell(f"Tick {number}"))
        column.addWidget(tick)
    area.setWidget(inner)
    area.setWidgetResizable(True)
    layout.addWidget(area)
    danger(layout)
    shown.show()


def partly_off() -> None:
    """A window of which half is off the screen: what is to be clicked is half in sight."""
    shown, _ = window(width=400, height=300)
    wide = button("Wide", shown)
    wide.setGeometry(100, 100, 290, 40)
    shown.show()
    later(300, lambda: shown.move(1400, 300))


def minimized() -> None:
    shown, layout = window("Minimized")
    layout.addWidget(button("Target"))
    other, beside = window("Other", 800, 200)
    beside.addWidget(button("Beside"))
    other.show()
    shown.show()
    later(300, shown.showMinimized)


def menu_open() -> None:
    shown, layout = window()
    layout.addWidget(button("Target"))
    layout.addWidget(button("Other"))
    shown.show()
    menu = QMenu(shown)
    for name in ("Open", "Save As", "Print", "Quit", "More", "Help", "About"):
        menu.addAction(name, tell(name))
    menu.setMinimumWidth(320)
    KEPT.append(menu)
    later(300, lambda: menu.popup(shown.mapToGlobal(QPoint(0, 0))))


def combo_open() -> None:
    shown, layout = window()
    combo = QComboBox()
    combo.setAccessibleName("Destination")
    combo.addItems([f"Town {number}" for number in range(8)])
    combo.activated.connect(lambda number: OUT.write(combo.itemText(number) + "\n"))
    layout.addWidget(combo)
    layout.addWidget(button("Target"))
    layout.addStretch()
    shown.show()
    later(300, combo.showPopup)


def tooltip() -> None:
    shown, layout = window()
    target = button("Target")
    target.setMinimumHeight(80)
    layout.addWidget(target)
    layout.addWidget(button("Other"))
    shown.show()
    later(
        300,
        lambda: QToolTip.showText(
            target.mapToGlobal(QPoint(20, 0)), "Explains a lot\n" * 8, target, target.rect(), 60_000
        ),
    )


def notice(gone_after: int = 0) -> None:
    shown, layout = window()
    target = button("Target")
    target.setMinimumHeight(80)
    layout.addWidget(target)
    shown.show()
    note = QLabel("You have mail", None, Qt.WindowType.X11BypassWindowManagerHint | Qt.WindowType.FramelessWindowHint)
    note.setWindowTitle("Mail notice")
    note.setGeometry(300, 200, 320, 420)
    note.mousePressEvent = tell("notice")  # type: ignore[method-assign,assignment]
    KEPT.append(note)
    later(300, note.show)
    if gone_after:
        QTimer.singleShot(gone_after, note.hide)


def notice_goes() -> None:
    notice(1500)


def modal(*, is_app: bool = False, is_asked: bool = False) -> None:
    shown, layout = window("Main job")
    step = button("Step")
    layout.addWidget(step)
    shown.show()
    other, beside = window("Second job", 800, 200)
    beside.addWidget(button("Other step"))
    other.show()

    def ask() -> None:
        box = QMessageBox(QMessageBox.Icon.Question, "Update", "Install now?", QMessageBox.StandardButton.Yes, shown)
        box.setWindowModality(Qt.WindowModality.ApplicationModal if is_app else Qt.WindowModality.WindowModal)
        box.finished.connect(tell("answered"))
        box.show()
        KEPT.append(box)

    if is_asked:
        step.clicked.connect(ask)
    else:
        QTimer.singleShot(200, ask)


def modal_app() -> None:
    modal(is_app=True)


def modal_late() -> None:
    modal(is_asked=True)


def moving(rests_after: int = 0) -> None:
    shown, _ = window(width=700)
    target = button("Target", shown)
    target.setGeometry(0, 100, 90, 40)
    trap = button("Trap", shown)
    trap.setGeometry(0, 200, 700, 90)
    shown.show()
    timer = QTimer(shown)
    place = [0]

    def step() -> None:
        place[0] = (place[0] + 12) % 600
        target.move(place[0], 100)

    timer.timeout.connect(step)
    timer.start(16)
    if rests_after:
        QTimer.singleShot(rests_after, timer.stop)


def moving_rests() -> None:
    moving(1300)


class Hover(QObject):
    """Shows a button over another one as soon as the pointer is on it."""

    def __init__(self, over: QWidget) -> None:
        super().__init__()
        self.over = over

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Enter:
            self.over.show()
            self.over.raise_()
        return False


def hover_trap() -> None:
    shown, layout = window()
    target = button("Target")
    layout.addWidget(target)
    shown.show()
    trap = button("Trap", shown)
    trap.setGeometry(0, 0, 320, 400)
    trap.hide()
    hover = Hover(trap)
    KEPT.append(hover)
    target.installEventFilter(hover)


def disabled() -> None:
    shown, layout = window()
    target = button("Target")
    target.setEnabled(False)
    layout.addWidget(target)
    shown.show()
    QTimer.singleShot(1200, lambda: target.setEnabled(True))


def off_screen() -> None:
    shown, _ = window(x=1400, y=300, width=600, height=300)
    target = button("Target", shown)
    target.setGeometry(450, 100, 100, 40)
    shown.setWindowFlag(Qt.WindowType.X11BypassWindowManagerHint)
    shown.show()


def between_monitors() -> None:
    shown, _ = window(x=1000, y=300, width=300, height=300)
    target = button("Row 2", shown)
    target.setGeometry(50, 100, 100, 40)
    shown.setWindowFlag(Qt.WindowType.X11BypassWindowManagerHint)
    shown.show()


def second_monitor() -> None:
    shown, layout = window(x=1000, y=200)
    layout.addWidget(rows())
    danger(layout)
    shown.show()


def same_windows() -> None:
    for number in range(2):
        shown, layout = window("Same")
        layout.addWidget(button(f"Only {number}"))
        shown.show()


def main(scenes: dict[str, Callable[[], None]]) -> None:
    application = QApplication(sys.argv[:1])
    scenes[sys.argv[2]]()
    application.exec()


if __name__ == "__main__":
    main(globals())
