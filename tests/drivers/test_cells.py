"""Texts into cells of a sheet arrive as they are, whatever the sheet completes them with; where there is no sheet, no key is added."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from flowdesk.drivers import cells
from flowdesk.drivers.desktop import RealDesktopDriver
from flowdesk.engine.brake import Brake
from flowdesk.engine.ports import Desktop
from tests.rig import Apps, until

SHEET = """
import os
from pathlib import Path
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

out, has_echo = Path(os.environ["OUT"]), os.environ["ECHO"] == "1"
application = QApplication([])
window = QWidget()
window.setWindowTitle("Sheet")
layout = QVBoxLayout(window)
echo = QLineEdit()
echo.setFocusPolicy(Qt.FocusPolicy.NoFocus)
echo.setVisible(has_echo)
layout.addWidget(echo)

class Cells(QWidget):
    kept, typed, keys = [], "", []

    def keyPressEvent(self, event):
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Tab):
            self.kept.append(self.typed + self.added)
            self.typed, self.added = "", ""
        elif event.key() == Qt.Key.Key_Backspace:
            self.typed, self.added = self.typed[:-1], ""
        else:
            self.typed += event.text()
            self.added = next((one[len(self.typed):] for one in self.kept if self.typed and one.startswith(self.typed)), "")
        self.keys.append(event.text() or "?")
        echo.setText(self.typed)
        out.write_text("\\n".join(self.kept) + "\\n--\\n" + "".join(self.keys))

    added = ""

    def event(self, event):
        if event.type() == event.Type.KeyPress:
            self.keyPressEvent(event)
            return True
        return super().event(event)

sheet = Cells()
sheet.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
sheet.setMinimumSize(300, 200)
layout.addWidget(sheet)
window.show()
sheet.setFocus()
application.exec()
"""

TEXT = "Apfelsaft\t12\nApfel\t7\nApfels\n"


@pytest.fixture
def desktop(apps: Apps) -> Iterator[Desktop]:
    driver = RealDesktopDriver()
    yield driver.open(Brake())
    driver.close()


@pytest.mark.desktop
async def test_what_a_sheet_completes_is_taken_out(desktop: Desktop, apps: Apps, tmp_path: Path) -> None:
    out = tmp_path / "out.txt"
    apps.rig.wait_window(apps.script(SHEET, OUT=str(out), ECHO="1"), "Sheet")
    report = await desktop.type_text(TEXT)
    assert (report.method, report.characters) == ("keys", len(TEXT))
    until(lambda: out.read_text().startswith("Apfelsaft\n12\nApfel\n7\nApfels\n--"), "the cells")
    report = await desktop.type_text("Apf")
    assert report.read_back == "Apf"
    await desktop.press_keys(["enter"])
    until(lambda: "\nApf\n--" in out.read_text(), "the last cell")


@pytest.mark.desktop
async def test_where_nothing_shows_what_is_typed_no_key_is_added(desktop: Desktop, apps: Apps, tmp_path: Path) -> None:
    out = tmp_path / "out.txt"
    apps.rig.wait_window(apps.script(SHEET, OUT=str(out), ECHO="0"), "Sheet")
    report = await desktop.type_text("Birne\t12\nOst\n")
    assert report.read_back is None
    until(lambda: out.read_text().startswith("Birne\n12\nOst\n--"), "the cells")
    assert out.read_text().rpartition("--\n")[2].replace("?", "") == "Birne\t12\nOst\n"


def test_a_text_is_cut_at_the_keys_between_cells() -> None:
    pieces = cells.pieces_of("a b\t\nc\n")
    assert pieces == ["a b", "\t\n", "c", "\n"]
    assert [cells.is_for_cell(piece) for piece in pieces] == [True, False, True, False]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a {\n  b\n}", True),
        ("\tx\ny", True),
        ("a\tb\nc\t7\n", False),
        ("  one line", False),
        ("a\n \nb", False),
        ("", False),
    ],
)
def test_indented_lines_are_code(text: str, expected: bool) -> None:
    assert cells.is_indented(text) is expected
