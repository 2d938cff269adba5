"""Every command of the table has something that carries it out, an entry in its menu, and is enabled by what it needs."""

from flowdesk.ui.actions import COMMANDS, TOOLBAR
from tests.ui.conftest import Live, Rig, until


def test_every_command_is_carried_out_by_the_canvas_or_by_one_room(live: Live) -> None:
    async def story(rig: Rig) -> None:
        own = {command.name for command in COMMANDS if not command.on_canvas}
        assert rig.window._acts_by_name.keys() == own

    live(story)


def test_the_menus_and_the_tool_bar_hold_what_the_table_says(live: Live) -> None:
    async def story(rig: Rig) -> None:
        bar = rig.window.commands
        shown = {action for menu in bar._menus.values() for action in menu.actions()}
        assert {bar.actions[command.name] for command in COMMANDS} <= shown
        tools = [action for action in bar.toolbar.actions() if not action.isSeparator()]
        assert tools == [bar.actions[name] for name in TOOLBAR if name]

    live(story)


def test_a_command_can_be_chosen_where_its_needs_are_there(live: Live) -> None:
    async def story(rig: Rig) -> None:
        tab = await rig.window.flows.open_path(rig.chain())
        assert tab is not None
        actions = rig.window.commands.actions
        assert actions["save"].isEnabled()
        assert not actions["run_this"].isEnabled()
        tab.scene.select(["one"])
        await until(actions["run_this"].isEnabled)
        assert not actions["align_left"].isEnabled()

    live(story)
