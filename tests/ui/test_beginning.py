"""The window without a flow: it offers what to begin with."""

from PySide6.QtTest import QTest

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


def test_an_example_is_chosen_by_its_card_and_opens_as_a_file_of_its_own(live: Live) -> None:
    async def story(rig: Rig) -> None:
        window = rig.window
        window.refresh()
        gallery = window.beginning.gallery
        await until(lambda: gallery.lists[1].count() > 20)
        QTest.keyClicks(gallery.search, "csv form")
        found = gallery.lists[1].item(0)
        assert "CSV" in found.text()
        assert not found.icon().isNull()
        gallery.lists[1].itemClicked.emit(found)
        gallery.lists[1].itemClicked.emit(found)
        await until(lambda: window.tab is not None)
        assert window.tab is not None
        assert window.tab.path == str(rig.session.folders.flows / "form-from-csv.flow.json")
        assert (rig.session.folders.flows / "visitors.csv").is_file()
        assert window.bench.tabs.count() == 1
        QTest.keyClicks(gallery.search, "qqqq")
        assert not gallery.nothing.isHidden()

    live(story)
