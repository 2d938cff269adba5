"""Finding in the flow in front and in all open flows; the commands that arrange; habits from the settings."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from flowdesk.ui.findall import FindAll
from tests.ui.conftest import Live, Rig, node, until


def test_find_walks_the_hits_and_brings_them_into_sight(live: Live) -> None:
    async def story(rig: Rig) -> None:
        tab = await rig.window.flows.open_path(rig.chain())
        assert tab is not None
        rig.window.carry_out("find_here")
        bar = tab.find_bar
        assert bar.isVisible()
        QTest.keyClicks(bar.search, "wait")
        await until(lambda: bar.count.text() == "1 / 2")
        assert tab.scene.selected_ids() == ["one"]
        QTest.keyClick(bar.search, Qt.Key.Key_Return)
        assert tab.scene.selected_ids() == ["two"]
        QTest.keyClick(bar.search, Qt.Key.Key_Return)
        assert tab.scene.selected_ids() == ["one"]
        QTest.keyClick(bar.search, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
        assert tab.scene.selected_ids() == ["two"]
        QTest.keyClick(bar.search, Qt.Key.Key_Escape)
        assert not bar.isVisible()
        rig.window.carry_out("find_next")
        assert tab.scene.selected_ids() == ["one"]

    live(story)


def test_find_says_when_there_is_nothing(live: Live) -> None:
    async def story(rig: Rig) -> None:
        tab = await rig.window.flows.open_path(rig.chain())
        assert tab is not None
        rig.window.carry_out("find_here")
        tab.find_bar.search.setText("no such thing")
        await until(lambda: tab.find_bar.count.text() == "No matches")

    live(story)


def test_find_in_all_flows_goes_to_the_flow_and_the_node(live: Live) -> None:
    async def story(rig: Rig) -> None:
        first = await rig.window.flows.open_path(rig.chain())
        path = rig.file([node("start", "start", 0), node("special", "wait", 260)], [("start", "special")], "second")
        second = await rig.window.flows.open_path(path)
        assert first is not None
        assert second is not None
        rig.window.bench.tabs.setCurrentWidget(first)
        dialog = FindAll(rig.window.bench)
        dialog.open_over()
        dialog.search.setText("special")
        assert dialog.list.count() >= 1
        QTest.keyClick(dialog.search, Qt.Key.Key_Return)
        assert rig.window.tab is second
        assert second.scene.selected_ids() == ["special"]

    live(story)


def test_the_arrange_menu_aligns_and_distributes(live: Live) -> None:
    async def story(rig: Rig) -> None:
        path = rig.file([node("start", "start", 0), node("one", "wait", 300), node("two", "wait", 900)], [])
        tab = await rig.window.flows.open_path(path)
        assert tab is not None
        assert not rig.window.commands.actions["align_left"].isEnabled()
        tab.scene.select(["start", "one", "two"])
        await until(rig.window.commands.actions["align_left"].isEnabled)
        rig.window.commands.actions["distribute_across"].trigger()
        await until(lambda: tab.scene.draft.nodes["one"].position.x == 450)
        rig.window.commands.actions["align_left"].trigger()
        await until(lambda: tab.scene.draft.nodes["two"].position.x == 0)
        rig.window.carry_out("undo")
        await until(lambda: tab.scene.draft.nodes["two"].position.x == 900)

    live(story)


def test_habits_from_the_settings_are_in_force_at_once_and_shown_in_the_menus(live: Live) -> None:
    async def story(rig: Rig) -> None:
        tab = await rig.window.flows.open_path(rig.chain())
        assert tab is not None
        assert rig.window.commands.actions["duplicate"].shortcut().toString() == "Ctrl+D"
        rig.window.change_setting("habits", "blender")
        assert tab.view.habits.id == "blender"
        assert rig.window.commands.actions["duplicate"].shortcut().toString() == "Shift+D"
        rig.window.change_setting("left_drag", "pan")
        assert (tab.view.habits.id, tab.view.habits.left_drag) == ("blender", "pan")

    live(story)
