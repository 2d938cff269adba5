"""The tour: walked through or skipped, in the language in force, and never shown again unasked."""

from PySide6.QtCore import QRect

from flowdesk.i18n import set_language
from flowdesk.ui.tour import STOPS, Tour
from tests.ui.conftest import Live, Rig, until


def tour_of(rig: Rig) -> Tour:
    tour = rig.window.findChild(Tour)
    assert tour is not None
    return tour


def test_each_stop_stays_inside_the_window_and_the_last_opens_the_example(live: Live) -> None:
    async def story(rig: Rig) -> None:
        await rig.window.flows.open_new()
        rig.window.carry_out("tour")
        tour = tour_of(rig)
        for number in range(len(STOPS)):
            assert tour.index == number
            assert rig.window.rect().contains(QRect(tour.pos(), tour.size()))
            tour.next.click()
        await until(lambda: rig.window.bench.tabs.count() == 2)

    live(story)


def test_skipping_ends_it_and_it_counts_as_seen(live: Live) -> None:
    async def story(rig: Rig) -> None:
        rig.window.carry_out("tour")
        assert rig.settings.values.has_seen_tour
        tour = tour_of(rig)
        tour.skip.click()
        assert not tour.isVisible()

    live(story)


def test_it_changes_its_language_while_it_shows(live: Live) -> None:
    async def story(rig: Rig) -> None:
        rig.window.carry_out("tour")
        set_language("zh_CN")
        assert tour_of(rig).title.text() == "欢迎使用 flowdesk"

    live(story)
