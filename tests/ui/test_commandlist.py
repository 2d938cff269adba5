"""The command list: typed letters narrow it, arrows choose, Enter carries out."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from flowdesk.ui.commandlist import NAME_ROLE, CommandList
from tests.ui.conftest import Live, Rig, until


def names(shown: CommandList) -> list[str]:
    items = (shown.list.topLevelItem(row) for row in range(shown.list.topLevelItemCount()))
    return [item.data(0, NAME_ROLE) for item in items if item is not None]


def test_letters_narrow_it_and_enter_carries_out(live: Live) -> None:
    async def story(rig: Rig) -> None:
        await rig.window.flows.open_new()
        shown = CommandList(rig.window, rig.window.commands.actions, rig.window.carry_out)
        shown.open_over(rig.window)
        assert "new" in names(shown)
        assert "stop" not in names(shown)  # nothing runs
        QTest.keyClicks(shown.search, "new flow")
        assert names(shown) == ["new"]
        QTest.keyClick(shown.search, Qt.Key.Key_Return)
        await until(lambda: rig.window.bench.tabs.count() == 2)

    live(story)


def test_arrows_go_around(live: Live) -> None:
    async def story(rig: Rig) -> None:
        shown = CommandList(rig.window, rig.window.commands.actions, rig.window.carry_out)
        shown.open_over(rig.window)
        QTest.keyClick(shown.search, Qt.Key.Key_Up)
        last = shown.list.currentItem()
        assert last is not None
        assert last.data(0, NAME_ROLE) == names(shown)[-1]
        QTest.keyClick(shown.search, Qt.Key.Key_Down)
        assert shown.list.currentItem() is shown.list.topLevelItem(0)
        shown.close()

    live(story)
