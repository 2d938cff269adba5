"""The tray: runs the flow in front, stops what runs, and says what runs."""

from tests.ui.conftest import Live, Rig, until


def test_run_and_stop_follow_the_flow_in_front(live: Live) -> None:
    async def story(rig: Rig) -> None:
        tab = await rig.window.flows.open_path(rig.chain(duration=60_000))
        tray = rig.window.tray
        assert tab is not None
        assert tray is not None
        tray.show_state()
        assert tray.run_action.text() == "Run flow"
        assert tray.run_action.isEnabled()
        assert not tray.stop_action.isEnabled()
        tray.run_action.trigger()
        await until(lambda: tab.is_running)
        tray.show_state()
        assert "flow" in tray.toolTip()
        assert not tray.run_action.isEnabled()
        tray.stop_action.trigger()
        await until(lambda: not tab.is_running)
        tray.show_state()
        assert tray.toolTip() == "flowdesk"

    live(story)


def test_files_that_are_open_are_remembered_at_once(live: Live) -> None:
    async def story(rig: Rig) -> None:
        path = rig.chain()
        await rig.window.flows.open_path(path)
        assert rig.settings.values.open_files == [path]
        rig.window.carry_out("close_tab")
        await until(lambda: rig.window.bench.tabs.count() == 0)
        assert rig.settings.values.open_files == []

    live(story)
