"""The panels of the window are those that are declared, each at its place, brought to the front by name."""

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
        docks = rig.window.docks
        assert [name for name, _ in docks.widgets()] == [place.name for place in PANELS]
        for place in PANELS:
            assert rig.window.dockWidgetArea(docks[place.name]) == AREAS[place.area]
        assert [action.text() for action in docks.toggles()] == [place.title for place in PANELS]
        assert docks.panel(Palette) is docks["palette"].widget()

    live(story)


def test_a_panel_is_brought_before_those_behind_which_it_lies(live: Live) -> None:
    async def story(rig: Rig) -> None:
        docks = rig.window.docks
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
            assert not rig.window.docks["runs"].windowTitle().isascii()
        finally:
            set_language("en")
        assert rig.window.docks["runs"].windowTitle() == "Runs"

    live(story)
