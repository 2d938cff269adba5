"""The window without a flow: it offers what to begin with."""

from tests.ui.conftest import Live, Rig, until


def test_without_a_flow_the_window_offers_a_new_one_and_with_one_nothing(live: Live) -> None:
    async def story(rig: Rig) -> None:
        window = rig.window
        window.refresh()
        assert not window.beginning.isHidden()
        assert window.beginning.buttons["new"].text().startswith("New flow")
        window.beginning.buttons["new"].click()
        await until(lambda: window.tab is not None)
        assert window.beginning.isHidden()

    live(story)
