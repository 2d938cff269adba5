"""The user guide in the window: it opens where a person is, is searched, and leads from page to page."""

from PySide6.QtCore import QUrl
from PySide6.QtTest import QSignalSpy

from flowdesk.i18n import set_language
from flowdesk.ui.guide import Guide, open_guide, page_of_error
from tests.ui.conftest import Live, Rig, until


def shown(rig: Rig) -> Guide:
    found = rig.window.findChildren(Guide)
    assert len(found) == 1
    assert found[0].isVisible()
    return found[0]


def visible(guide: Guide) -> list[str]:
    """The pages that the list offers."""
    shown = [item for heading, items in guide.sections if not heading.isHidden() for item in items]
    return [item.text(0) for item in shown if not item.isHidden()]


def marked(guide: Guide) -> str:
    """The page that is marked in the list."""
    return "".join(item.text(0) for item in guide.pages.selectedItems())


def test_the_guide_begins_with_the_first_page(live: Live) -> None:
    async def story(rig: Rig) -> None:
        rig.window.carry_out("guide")
        guide = shown(rig)
        assert "Your first flow in five minutes" in guide.reader.toPlainText()
        assert "Contents" not in guide.reader.toPlainText().splitlines()[0]
        assert marked(guide) == "Your first flow in five minutes"

    live(story)


def test_it_opens_at_the_type_of_the_selected_node(live: Live) -> None:
    async def story(rig: Rig) -> None:
        tab = await rig.window.flows.open_path(rig.chain())
        assert tab is not None
        tab.scene.select(["one"])
        rig.window.carry_out("guide")
        assert shown(rig).reader.source().fragment() == f"type-{tab.scene.draft.nodes['one'].type}"

    live(story)


def test_it_opens_at_the_error_of_a_node_that_failed(live: Live) -> None:
    async def story(rig: Rig) -> None:
        tab = await rig.window.flows.open_path(rig.chain())
        assert tab is not None
        tab.take_nodes(
            [
                {
                    "run_id": "r",
                    "node_id": "one",
                    "status": "error",
                    "error": "",
                    "error_details": {"code": "target.not_found"},
                }
            ]
        )
        tab.scene.select(["one"])
        rig.window.carry_out("guide")
        assert shown(rig).reader.source().fragment() == "targetnot_found"
        tab.take_nodes([{"run_id": "r", "node_id": "one", "status": "running"}])
        rig.window.carry_out("guide")
        assert shown(rig).reader.source().fragment().startswith("type-")

    live(story)


def test_the_search_keeps_the_pages_whose_text_holds_every_word(live: Live) -> None:
    async def story(rig: Rig) -> None:
        rig.window.carry_out("guide")
        guide = shown(rig)
        everything = visible(guide)
        guide.search.setText("Stable disappear")
        assert "Wait instead of sleep" in visible(guide)
        assert 0 < len(visible(guide)) < len(everything)
        guide.search.setText("xyzzy plugh")
        assert visible(guide) == []
        guide.search.clear()
        assert visible(guide) == everything

    live(story)


def test_a_link_leads_to_its_page_and_back_again(live: Live) -> None:
    async def story(rig: Rig) -> None:
        rig.window.carry_out("guide")
        guide = shown(rig)
        moved = QSignalSpy(guide.reader.sourceChanged)
        guide.reader.anchorClicked.emit(QUrl("concepts.html"))
        await until(lambda: moved.count())
        assert guide.reader.source().fileName() == "concepts.html"
        assert marked(guide) == "Concepts"
        guide.reader.backward()
        assert guide.reader.source().fileName() == "tutorial.html"

    live(story)


def test_chinese_readers_have_the_chinese_pages(live: Live) -> None:
    async def story(rig: Rig) -> None:
        set_language("zh_CN")
        try:
            open_guide(rig.window, "")
            assert shown(rig).reader.source().path().endswith("/zh/tutorial.html")
            assert page_of_error("target.not_found") == "zh/troubleshooting.html#targetnot_found"
        finally:
            set_language("en")

    live(story)
