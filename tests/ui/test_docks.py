"""The panels of the window are those that are declared, each at its place, brought to the front by name."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from flowdesk.i18n import set_language
from flowdesk.ui.panels.palette import Palette
from flowdesk.ui.panels.table import PANELS
from tests.ui.conftest import Live, Rig, until

AREAS = {
    "left": Qt.DockWidgetArea.LeftDockWidgetArea,
    "right": Qt.DockWidgetArea.RightDockWidgetArea,
    "below": Qt.DockWidgetArea.BottomDockWidgetArea,
}


def test_every_declared_panel_lies_at_its_place_and_in_the_menu(live: Live) -> None:
    async def story(rig: Rig) -> None:
        docks = rig.window.bench.docks
        assert [name for name, _ in docks.widgets()] == [place.name for place in PANELS]
        for place in PANELS:
            assert rig.window.dockWidgetArea(docks[place.name]) == AREAS[place.area]
        assert [action.text() for action in docks.toggles()] == [place.title for place in PANELS]
        assert docks.panel(Palette) is docks["palette"].widget()

    live(story)


def test_a_panel_is_brought_before_those_behind_which_it_lies(live: Live) -> None:
    async def story(rig: Rig) -> None:
        docks = rig.window.bench.docks
        shown: list[bool] = []
        docks["runs"].visibilityChanged.connect(shown.append)
        docks.bring("runs")
        await until(lambda: shown[-1:] == [True])
        docks.bring("log")
        await until(lambda: shown[-1:] == [False])
        docks["runs"].close()
        docks.bring("runs")
        await until(lambda: shown[-1:] == [True])

    live(story)


def test_titles_follow_the_language(live: Live) -> None:
    async def story(rig: Rig) -> None:
        try:
            set_language("zh_CN")
            assert not rig.window.bench.docks["runs"].windowTitle().isascii()
        finally:
            set_language("en")
        assert rig.window.bench.docks["runs"].windowTitle() == "Runs"

    live(story)


WIDTHS = """
import asyncio, sys
from pathlib import Path
import qasync
from PySide6.QtWidgets import QApplication
from flowdesk.engine.context import Services
from flowdesk.nodes import builtin_catalogue
from flowdesk.session.session import Folders, Session
from flowdesk.ui.settings import SettingsFile
from flowdesk.ui.window import MainWindow

async def tell():
    home = Path(sys.argv[1])
    session = Session(builtin_catalogue(), Services(driver=None), Folders(home / "state", home / "runs", home / "flows"))
    window = MainWindow(session, SettingsFile(home / "window.json"))
    window.show()
    await asyncio.sleep(0.3)
    print([0 if (dock := window.bench.docks[name]).isHidden() else dock.width() for name in ("palette", "visit", "inspector")])

app = QApplication([])
with qasync.QEventLoop(app) as loop:
    loop.run_until_complete(tell())
"""


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (780, 560)])
def test_a_hidden_panel_takes_no_room_from_the_others(tmp_path: Path, width: int, height: int) -> None:
    screen = {"name": "a", "x": 0, "y": 0, "width": width, "height": height, "dpr": 1}
    (tmp_path / "screens.json").write_text(json.dumps({"screens": [screen]}), "utf-8")
    told = subprocess.run(
        [sys.executable, "-c", WIDTHS, str(tmp_path)],
        env={**os.environ, "QT_QPA_PLATFORM": f"offscreen:configfile={tmp_path / 'screens.json'}"},
        capture_output=True, text=True, check=True, timeout=100,
    )  # fmt: skip
    palette, visit, inspector = json.loads(told.stdout)
    assert visit == 0
    assert inspector <= (340 if width > 800 else 300)
    assert palette == (220 if width > 800 else 0)
