"""The field that has the keyboard, as real programs tell it."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from flowdesk.drivers import elements
from flowdesk.drivers.atspi import fields
from flowdesk.drivers.x11.input import RealHands
from tests.drivers import typing_apps
from tests.rig import Apps, until

pytestmark = pytest.mark.desktop

TWINS = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication, QLineEdit

app = QApplication([])
edits = []
for number in range(2):
    edit = QLineEdit(f"text {number}")
    edit.setAccessibleName("Name")
    edit.setWindowTitle("flowdesk twin")
    edit.setGeometry(200, 200, 400, 60)
    edit.show()
    edit.setFocus()
    edits.append(edit)
edits[1].textChanged.connect(lambda text: Path(sys.argv[1]).write_text(text))
edits[1].activateWindow()
edits[1].raise_()
app.exec()
"""


def _app(pid: int) -> elements.Application:
    found: list[elements.Application] = until(lambda: elements.applications({pid}), "the program on the bus")
    return found[0]


def _now(field: fields.Field) -> fields.Field:
    now = fields.read(field.place, field.role, field.box)
    assert now is not None
    return now


@pytest.mark.parametrize("name", ["qt_line", "gtk3_entry", "mousepad"])
async def test_a_field_tells_its_text_and_what_is_selected(hands: RealHands, apps: Apps, name: str) -> None:
    program = getattr(typing_apps, name)(apps)
    await hands.type_text("abc 你好", "keys", 0.0)
    app = _app(program.app.process.pid)
    field = until(lambda: fields.focused(app), "the field")
    assert field is not None
    assert field.value == "abc 你好"
    assert (field.selected, field.is_writable, field.is_whole_selected) == (0, True, False)
    await hands.press_keys(["ctrl", "a"])
    until(lambda: _now(field).is_whole_selected, "the selection")


async def test_of_two_windows_at_one_place_the_active_ones_field_counts(apps: Apps) -> None:
    path, script = apps._file("out.txt"), apps._file("twins.py")
    script.write_text(TWINS, encoding="utf-8")
    process = apps.rig.start([sys.executable, str(script), str(path)], QT_QPA_PLATFORM="xcb")
    apps.rig.wait_window(process)
    app = _app(process.pid)
    with ThreadPoolExecutor(1) as pool:
        field = until(lambda: pool.submit(fields.focused, app).result(), "the field")
    assert field is not None
    active = until(lambda: (now := fields.focused(app)) and now.value, "its text")
    apps.rig.xdotool("key", "End", "x")
    until(path.exists, "the key in the second window")
    assert active == "text 1"
    until(lambda: _now(field).value == "text 1x", "the same field")


async def test_only_qt_may_have_a_field_that_it_does_not_tell_of(apps: Apps) -> None:
    table = typing_apps.qt_table(apps)
    assert not fields.has_no_field(_app(table.app.process.pid))
    dialog = apps.zenity("--question", "--text", "Really?")
    assert fields.has_no_field(_app(dialog.process.pid))
