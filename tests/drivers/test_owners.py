"""Which window a program means."""

from pathlib import Path

from flowdesk.drivers.eyes import RealEyes
from flowdesk.drivers.owners import Top, shown_of, window_of
from flowdesk.engine.ports import Window
from flowdesk.model.geometry import Box
from tests.drivers.looking import seen
from tests.rig import Apps, Rig, until

FRONT = Window(1, "Form", pid=7, box=Box(0, 0, 300, 200), is_active=True)
BEHIND = Window(2, "Form", pid=7, box=Box(0, 0, 300, 200))
OTHER = Window(3, "List", pid=7, box=Box(500, 0, 300, 200), is_minimized=True)
STRANGE = Window(4, "Form", pid=8, box=Box(0, 0, 300, 200))

TWO_FORMS = """
import sys
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget, QVBoxLayout
app = QApplication([])
kept = []
for index in range(2):
    window = QWidget()
    window.setWindowTitle("Same form")
    edit = QLineEdit(f"form {index}")
    edit.setAccessibleName(f"Name {index}")
    QVBoxLayout(window).addWidget(edit)
    window.setGeometry(200, 200, 300, 200)
    window.show()
    kept.append(window)
app.exec()
"""


def test_the_title_tells_a_window() -> None:
    windows = [FRONT, OTHER, STRANGE]
    assert window_of(7, Top("List", Box(0, 0, 1, 1)), windows) == OTHER
    assert window_of(8, Top("Form", Box(0, 0, 1, 1)), windows) == STRANGE


def test_of_two_windows_at_one_place_the_active_one_says_so() -> None:
    windows = [FRONT, BEHIND, STRANGE]
    assert window_of(7, Top("Form", Box(0, 0, 300, 200), is_active=True), windows) == FRONT
    assert window_of(7, Top("Form", Box(0, 0, 300, 200)), windows) == BEHIND


def test_what_is_not_sure_is_not_told() -> None:
    third = Window(5, "Form", pid=7, box=Box(0, 0, 300, 200))
    assert window_of(7, Top("Form", Box(0, 0, 300, 200)), [FRONT, BEHIND, third]) is None
    assert window_of(7, Top("Elsewhere", Box(0, 0, 1, 1)), [FRONT, BEHIND]) is None
    assert window_of(7, None, [FRONT, BEHIND]) is None
    assert window_of(7, None, [FRONT, STRANGE]) == FRONT


def test_a_popup_belongs_to_the_active_window_of_its_process() -> None:
    assert shown_of(7, [BEHIND, FRONT, STRANGE]) == FRONT
    assert shown_of(8, [BEHIND, FRONT, STRANGE]) == STRANGE
    assert shown_of(9, [FRONT]) is None


async def test_a_spot_says_whose_it_is(apps: Apps, eyes: RealEyes, tmp_path: Path) -> None:
    entry = apps.zenity("--entry", "--title", "flowdesk entry")
    frame = Box(*entry.box)
    point = f"{frame.x + 20},{frame.y + 20}"
    field = "app=zenity >> text_field"
    for text in (field, f'window="flowdesk entry" >> point={point}', "window=flowdesk entry", "app=zenity", point):
        spot = await seen(eyes, text)
        assert (spot.owner, spot.pid) == (entry.window, entry.process.pid), text
        assert (spot.handle is not None) == (text == field)


async def test_two_windows_of_one_title_at_one_place_are_told_apart(
    apps: Apps, eyes: RealEyes, clean_desktop: Rig
) -> None:
    process = apps.script(TWO_FORMS)

    def both() -> list[int]:
        mine = [number for number, pid, _ in clean_desktop.windows() if pid == process.pid]
        return mine if len(mine) == 2 else []

    windows = until(both, "both windows")
    until(lambda: clean_desktop.active() in windows, "one of them to be active")
    spot = await seen(eyes, "window=Same form >> text_field")
    assert spot.owner == clean_desktop.active()
