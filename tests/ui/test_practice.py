import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QDialog, QLabel, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from flowdesk.ui.practice import PracticeWindow, give_way, main


def make(qtbot: QtBot, language: str = "en", rows: list[dict[str, str | bool]] | None = None) -> PracticeWindow:
    window = PracticeWindow(language, rows.append if rows is not None else None)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    return window


def test_a_submitted_row_reaches_the_table_the_output_and_the_status(qtbot: QtBot) -> None:
    rows: list[dict[str, str | bool]] = []
    window = make(qtbot, rows=rows)
    window.form.name.setText("张三 Zhang San")
    window.form.email.setText("zhang@example.com")
    window.form.city.setCurrentText("London")
    window.form.afternoon.setChecked(True)
    window.form.notes.setPlainText("two\nlines")
    window.form.agree.setChecked(True)
    QTest.mouseClick(window.form.submit, Qt.MouseButton.LeftButton)
    assert rows == [
        {
            "name": "张三 Zhang San",
            "email": "zhang@example.com",
            "city": "London",
            "visit": "Afternoon",
            "notes": "two\nlines",
            "agree": True,
        }
    ]
    item = window.entries.item(0, 0)
    assert item is not None
    assert item.text() == "张三 Zhang San"
    assert window.status.text() == "Saved 1 entry: 张三 Zhang San"
    assert window.form.name.text() == "张三 Zhang San"


def test_a_second_row_is_counted_as_entries(qtbot: QtBot) -> None:
    window = make(qtbot)
    window.form.name.setText("Ann")
    window.form.agree.setChecked(True)
    window.submit()
    window.submit()
    assert window.status.text() == "Saved 2 entries: Ann"


@pytest.mark.parametrize(
    ("name", "agrees", "sentence"),
    [("  ", True, "Please enter a name"), ("Ann", False, "Please tick “I agree” first")],
)
def test_an_incomplete_row_is_refused_with_a_sentence(qtbot: QtBot, name: str, agrees: bool, sentence: str) -> None:
    rows: list[dict[str, str | bool]] = []
    window = make(qtbot, rows=rows)
    window.form.name.setText(name)
    window.form.agree.setChecked(agrees)
    window.submit()
    assert rows == []
    assert window.entries.rowCount() == 0
    assert window.status.text() == sentence


def test_a_row_that_cannot_be_written_is_not_counted(qtbot: QtBot) -> None:
    def full(_record: dict[str, str | bool]) -> None:
        raise OSError(28, "No space left on device")

    window = PracticeWindow("en", full)
    qtbot.addWidget(window)
    window.form.name.setText("Ann")
    window.form.agree.setChecked(True)
    window.submit()
    assert window.entries.rowCount() == 0
    assert window.status.text() == "Not saved: No space left on device"


def test_clear_empties_the_form_and_keeps_the_entries(qtbot: QtBot) -> None:
    window = make(qtbot)
    window.form.name.setText("Ann")
    window.form.notes.setPlainText("note")
    window.form.agree.setChecked(True)
    window.submit()
    QTest.mouseClick(window.form.clear_button, Qt.MouseButton.LeftButton)
    assert window.form.record() == {
        "name": "",
        "email": "",
        "city": "Beijing",
        "visit": "Morning",
        "notes": "",
        "agree": False,
    }
    assert window.entries.rowCount() == 1


def test_the_details_dialog_opens_beside_the_loop_and_closes_by_ok(qtbot: QtBot) -> None:
    window = make(qtbot)
    QTest.mouseClick(window.form.details, Qt.MouseButton.LeftButton)
    dialog = window.findChild(QDialog, "detailsDialog")
    assert dialog is not None
    assert dialog.isVisible()
    ok = dialog.findChild(QAbstractButton, "ok")
    assert ok is not None
    with qtbot.waitSignal(dialog.accepted):
        QTest.mouseClick(ok, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_control_has_a_name_for_programs_and_for_people(qtbot: QtBot, language: str) -> None:
    window = make(qtbot, language)
    controls: list[QWidget] = []
    for kind in (QLineEdit, QPlainTextEdit, QAbstractButton):
        found = [one for one in window.findChildren(kind) if not one.objectName().startswith("qt_")]  # Qt's own parts
        controls += [one for one in found if one.parent() is not window.entries]
    controls += [window.form.city, window.entries, window.status]
    assert len(controls) >= 12
    for control in controls:
        assert control.objectName(), control
        assert control.accessibleName(), control.objectName()
        assert QAccessible.queryAccessibleInterface(control) is not None


@pytest.mark.parametrize(("language", "title"), [("en", "flowdesk practice"), ("zh", "flowdesk 练习窗口")])
def test_the_title_is_stable(qtbot: QtBot, language: str, title: str) -> None:
    assert make(qtbot, language).windowTitle() == title


def test_nothing_is_cut_off_at_the_first_size(qtbot: QtBot) -> None:
    window = make(qtbot, "zh")
    for label in window.findChildren(QLabel):
        assert label.width() >= label.sizeHint().width(), label.text()


def test_an_output_that_cannot_be_written_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--output", str(tmp_path / "no" / "rows.jsonl")]) == 2
    assert "Choose another --output file." in capsys.readouterr().err


ANNOUNCED = (
    "import sys\n"
    "from PySide6.QtCore import QTimer\n"
    "from flowdesk.ui import practice\n"
    "show = practice.PracticeWindow.show\n"
    "def announced(window):\n"
    "    show(window)\n"
    "    QTimer.singleShot(0, lambda: print('shown', flush=True))\n"
    "practice.PracticeWindow.show = announced\n"
    "sys.exit(practice.main(sys.argv[1:]))\n"
)


def start_practice(display: str, *arguments: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", ANNOUNCED, "--lang", "en", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "DISPLAY": display},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "shown\n"
    return process


def test_the_window_ends_cleanly_on_a_termination_signal(tmp_path: Path) -> None:
    output = tmp_path / "rows.jsonl"
    with start_practice(str(tmp_path), "--output", str(output)) as process:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert [json.loads(line) for line in output.read_text("utf-8").splitlines()] == []


def test_opening_it_again_replaces_the_window_that_is_open(tmp_path: Path) -> None:
    with start_practice(str(tmp_path)) as first, start_practice(str(tmp_path)) as second:
        assert first.wait(60) == 0
        assert second.poll() is None
        second.send_signal(signal.SIGTERM)
        assert second.wait(60) == 0


def test_a_practice_window_gives_up_its_name_before_another_learns_that_it_may_take_it(qtbot: QtBot) -> None:
    name = f"flowdesk-practice-test-{os.getpid()}"
    old = QLocalServer()
    assert old.listen(name)
    window = make(qtbot)
    old.newConnection.connect(lambda: give_way(old, window))
    asking = QLocalSocket()
    asking.connectToServer(name)
    qtbot.waitUntil(lambda: not window.isVisible())
    assert not old.isListening()
    assert asking.state() == QLocalSocket.LocalSocketState.ConnectedState, "it is still there, so the other waits"
    new = QLocalServer()
    assert new.listen(name), "the name is free"
    old.deleteLater()
    qtbot.waitUntil(lambda: asking.state() == QLocalSocket.LocalSocketState.UnconnectedState)
    assert Path(new.fullServerName()).exists(), "the end of the old one takes nothing from the new one"
    new.close()
