"""The practice window: a small form to build and try flows on, with nothing else installed.

It stands for any application. What was submitted can be read back as JSON lines (``--output``), so a tutorial or a
test compares what a flow meant to do with what the application really received.
"""

import argparse
import hashlib
import json
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QLocale, QSocketNotifier, Qt
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QMainWindow,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from flowdesk.helptext import translate
from flowdesk.resource import resource_path
from flowdesk.ui.display import require_display
from flowdesk.ui.plain import PlainLabel
from flowdesk.ui.practice_style import DARK, LIGHT, palette, style_sheet
from flowdesk.ui.practice_words import WORDS

Record = dict[str, str | bool]
W = TypeVar("W", bound=QWidget)


class PracticeForm(QFrame):
    """The fields. ``record`` reads them; ``clear`` empties them."""

    def __init__(self, words: dict[str, str]) -> None:
        """Build the fields with the words of one language."""
        super().__init__()
        self.setObjectName("card")
        self._words = words
        self.name = _named(QLineEdit(), "name", words["name"])
        self.email = _named(QLineEdit(), "email", words["email"])
        self.city = _named(QComboBox(), "city", words["city"])
        self.city.addItems(words["cities"].split("|"))
        self.city.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.morning = _named(QRadioButton(words["morning"]), "morning", words["morning"])
        self.afternoon = _named(QRadioButton(words["afternoon"]), "afternoon", words["afternoon"])
        self.morning.setChecked(True)
        self.notes = _named(QPlainTextEdit(), "notes", words["notes"])
        self.notes.setTabChangesFocus(True)
        self.notes.setFixedHeight(76)
        self.agree = _named(QCheckBox(words["agree"]), "agree", words["agree"])
        self.submit = _named(QPushButton(words["submit"]), "submit", words["submit"])
        self.clear_button = _named(QPushButton(words["clear"]), "clear", words["clear"])
        self.details = _named(QPushButton(words["details"]), "details", words["details"])
        self._arrange()

    def _arrange(self) -> None:
        visit = QHBoxLayout()
        visit.setSpacing(20)
        group = QButtonGroup(self)
        for choice in (self.morning, self.afternoon):
            group.addButton(choice)
            visit.addWidget(choice)
        visit.addStretch()
        rows = QFormLayout()
        rows.setVerticalSpacing(10)
        rows.setHorizontalSpacing(14)
        rows.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        for key, field in (("name", self.name), ("email", self.email), ("city", self.city)):
            rows.addRow(self._words[key], field)
        rows.addRow(self._words["visit"], visit)
        rows.addRow(self._words["notes"], self.notes)
        rows.addRow("", self.agree)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.details)
        buttons.addStretch()
        buttons.addWidget(self.clear_button)
        buttons.addWidget(self.submit)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(22, 20, 22, 18)
        whole.addLayout(rows)
        whole.addStretch()
        whole.addSpacing(8)
        whole.addLayout(buttons)

    def record(self) -> Record:
        """Return what the fields hold, keyed ``name``, ``email``, ``city``, ``visit``, ``notes``, ``agree``."""
        return {
            "name": self.name.text(),
            "email": self.email.text(),
            "city": self.city.currentText(),
            "visit": self.morning.text() if self.morning.isChecked() else self.afternoon.text(),
            "notes": self.notes.toPlainText(),
            "agree": self.agree.isChecked(),
        }

    def clear(self) -> None:
        """Empty every field and put the cursor into the first."""
        self.name.clear()
        self.email.clear()
        self.city.setCurrentIndex(0)
        self.morning.setChecked(True)
        self.notes.clear()
        self.agree.setChecked(False)
        self.name.setFocus()


class PracticeWindow(QMainWindow):
    """The whole window: the form, the entries it received, and a status line.

    Args:
        language: ``en`` or ``zh``.
        save: Called with every submitted row; may raise ``OSError``.
    """

    def __init__(self, language: str = "en", save: Callable[[Record], None] | None = None) -> None:
        """Build the window; it is not shown yet."""
        super().__init__()
        self._words = WORDS[language]
        self._save = save
        self.setObjectName("practice")
        self.setWindowTitle(self._words["title"])
        self.setAccessibleName(self._words["title"])
        self.form = PracticeForm(self._words)
        self.entries = self._entries_table()
        self.status = _named(PlainLabel(self._words["ready"]), "status", self._words["ready"])
        self._dialog: QDialog | None = None
        self._arrange()
        self._add_menus()
        self.form.submit.clicked.connect(self.submit)
        self.form.clear_button.clicked.connect(self._clear)
        self.form.details.clicked.connect(self._show_details)
        self.form.name.returnPressed.connect(self.submit)
        self.form.email.returnPressed.connect(self.submit)
        self.form.name.setFocus()

    def _add_menus(self) -> None:
        """Offer in menus what the buttons do, and a tick."""
        register = self.menuBar().addMenu(self._words["menu"])
        submit = register.addAction(self._words["menu_submit"])
        submit.setShortcut("Ctrl+Return")
        submit.triggered.connect(self.submit)
        register.addAction(self._words["menu_clear"]).triggered.connect(self._clear)
        register.addAction(self._words["menu_details"]).triggered.connect(self._show_details)
        large = self.menuBar().addMenu(self._words["view"]).addAction(self._words["large"])
        large.setCheckable(True)
        rows = self.entries.verticalHeader()
        large.toggled.connect(lambda is_on: rows.setDefaultSectionSize(54 if is_on else 36))

    def submit(self) -> None:
        """Take the form's row into the table and the output, or say what is missing. The form stays as it is."""
        record = self.form.record()
        if not str(record["name"]).strip():
            self._tell("bad", self._words["no_name"])
            self.form.name.setFocus()
            return
        if not record["agree"]:
            self._tell("bad", self._words["no_consent"])
            self.form.agree.setFocus()
            return
        if self._save is not None:
            try:
                self._save(record)
            except OSError as error:
                self._tell("bad", self._words["not_saved"].format(reason=error.strerror or error))
                return
        row = self.entries.rowCount()
        self.entries.insertRow(row)
        for column, key in enumerate(("name", "email", "city", "visit")):
            self.entries.setItem(row, column, QTableWidgetItem(str(record[key])))
        self.entries.scrollToBottom()
        template = "saved" if row == 0 else "saved_many"
        self._tell("good", self._words[template].format(count=row + 1, name=record["name"]))

    def _clear(self) -> None:
        self.form.clear()
        self._tell("", self._words["cleared"])

    def _show_details(self) -> None:
        dialog = QDialog(self)
        dialog.setObjectName("detailsDialog")
        dialog.setWindowTitle(self._words["details_title"])
        dialog.setAccessibleName(self._words["details_title"])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        text = self._words["about"].format(count=self.entries.rowCount())
        about = _named(PlainLabel(text), "about", text)
        close = _named(QPushButton(self._words["ok"]), "ok", self._words["ok"])
        close.setDefault(True)
        close.clicked.connect(dialog.accept)
        layout = QVBoxLayout(dialog)
        layout.setContentsMargins(24, 22, 24, 18)
        layout.setSpacing(18)
        layout.addWidget(about)
        layout.addWidget(close, alignment=Qt.AlignmentFlag.AlignRight)
        self._dialog = dialog
        dialog.open()

    def _tell(self, tone: str, text: str) -> None:
        self.status.setText(text)
        self.status.setAccessibleName(text)
        self.status.setProperty("tone", tone)
        self.status.style().unpolish(self.status)
        self.status.style().polish(self.status)

    def _entries_table(self) -> QTableWidget:
        table = _named(QTableWidget(0, 4), "entries", self._words["entries"])
        table.setHorizontalHeaderLabels([self._words[key] for key in ("name", "email", "city", "visit")])
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setAlternatingRowColors(True)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        table.verticalHeader().setDefaultSectionSize(36)
        return table

    def _arrange(self) -> None:
        heading = _named(PlainLabel(self._words["heading"]), "heading", self._words["heading"])
        subheading = _named(PlainLabel(self._words["subheading"]), "subheading", self._words["subheading"])
        received = QFrame()
        received.setObjectName("card")
        received_layout = QVBoxLayout(received)
        received_layout.setContentsMargins(18, 18, 18, 14)
        received_layout.addWidget(_named(PlainLabel(self._words["entries"]), "entriesHeading", self._words["entries"]))
        received_layout.addWidget(self.entries)
        self.form.setFixedWidth(390)
        cards = QHBoxLayout()
        cards.setSpacing(16)
        cards.addWidget(self.form)
        cards.addWidget(received, 1)
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(22, 18, 22, 12)
        layout.setSpacing(4)
        layout.addWidget(heading)
        layout.addWidget(subheading)
        layout.addSpacing(10)
        layout.addLayout(cards, 1)
        layout.addSpacing(6)
        layout.addWidget(self.status)
        self.setCentralWidget(body)
        self.resize(980, 564)


def main(argv: Sequence[str]) -> int:
    """Show the practice window until it is closed or asked to end (SIGTERM, SIGINT).

    Args:
        argv: Arguments after ``flowdesk practice``.

    Returns:
        The exit code: 0, or 2 when ``--output`` cannot be written.
    """
    options = _options(argv)
    # Qt publishes its widgets to other programs only when a screen reader runs, or when told to.
    os.environ["QT_LINUX_ACCESSIBILITY_ALWAYS_ON"] = "1"
    if options.output is not None:
        try:
            options.output.open("a", encoding="utf-8").close()
        except OSError as error:
            sys.stderr.write(f"Cannot write {options.output}: {error.strerror}. Choose another --output file.\n")
            return 2
    require_display()
    app = QApplication(["flowdesk practice"])
    app.setApplicationName("flowdesk practice")
    app.setStyle("Fusion")
    app.setWindowIcon(QIcon(str(resource_path("icons", "flowdesk.svg"))))
    colours = DARK if _is_dark(options.theme) else LIGHT
    app.setPalette(palette(colours))
    app.setStyleSheet(style_sheet(colours))
    language = options.lang or _system_language()
    server = _take_over(f"flowdesk-practice-{language}-{_session_mark()}")
    window = PracticeWindow(language, _writer(options.output))
    server.newConnection.connect(lambda: give_way(server, window))
    with _ends_on_signals(app):
        window.show()
        return app.exec()


def _session_mark() -> str:
    session = "\n".join(os.environ.get(name, "") for name in ("DISPLAY", "USER", "USERNAME"))
    return hashlib.sha256(session.encode()).hexdigest()[:12]


def _take_over(name: str) -> QLocalServer:
    """Ask a practice window that is already open to close, so that a flow run again finds one fresh form."""
    asking = QLocalSocket()
    asking.connectToServer(name)
    if asking.waitForConnected(2000):
        asking.waitForDisconnected(3000)
    QLocalServer.removeServer(name)
    server = QLocalServer()
    server.listen(name)
    return server


def give_way(server: QLocalServer, window: QWidget) -> None:
    """Close, because another practice window takes over.

    The name is given up first: the end of the connection tells the other that it may take it, and a server that ends
    later would remove the file of that name, which is the other's by then.
    """
    server.nextPendingConnection()
    server.close()
    window.close()


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="flowdesk practice", description="A small form to practice flows on.")
    parser.add_argument("--lang", choices=sorted(WORDS), help="language of the window (the system's)")
    parser.add_argument(
        "--theme", choices=("system", "light", "dark"), default="system", help="color scheme of the window"
    )
    parser.add_argument("--output", type=Path, metavar="FILE", help="append every submitted row as a line of JSON")
    translate(parser)
    return parser.parse_args(argv)


def _system_language() -> str:
    return "zh" if QLocale.system().language() == QLocale.Language.Chinese else "en"


def _is_dark(theme: str) -> bool:
    if theme != "system":
        return theme == "dark"
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark


def _writer(path: Path | None) -> Callable[[Record], None] | None:
    if path is None:
        return None

    def write(record: Record) -> None:
        with path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")

    return write


@contextmanager
def _ends_on_signals(app: QApplication) -> Iterator[None]:
    """Close the windows on SIGTERM and SIGINT. The wake-up socket lets Python look while Qt's own loop runs."""
    reader, writer = socket.socketpair()
    for end in (reader, writer):
        end.setblocking(False)
    notifier = QSocketNotifier(reader.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(lambda: reader.recv(64))
    before = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    handlers = {number: signal.signal(number, lambda *_: app.quit()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(before)
        notifier.setEnabled(False)
        reader.close()
        writer.close()


def _named(widget: W, name: str, spoken: str) -> W:
    widget.setObjectName(name)
    widget.setAccessibleName(spoken)
    return widget


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
