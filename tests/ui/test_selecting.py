"""Selecting one node after the other in the window: each shows its settings, whatever was shown before."""

import random

import shiboken6

from flowdesk.ui.actionbutton import ActionButton
from flowdesk.ui.tab import FlowTab
from tests.ui.conftest import Live, Rig, node, until


async def select(rig: Rig, tab: FlowTab | None, *ids: str) -> None:
    """Select nodes, and wait until the form of those before is taken apart."""
    assert tab is not None
    before = rig.window.bench.inspector.form
    tab.scene.select(ids)
    if before is not None:
        await until(lambda: not shiboken6.isValid(before))


def headings(rig: Rig) -> list[str]:
    """What the heading of the settings offers."""
    return [button.text() for button in rig.window.bench.inspector.findChildren(ActionButton)]


def test_the_buttons_over_the_settings_are_there_for_every_node(live: Live) -> None:
    async def story(rig: Rig) -> None:
        tab = await rig.window.flows.open_path(rig.chain())
        seen = []
        for ids in (["one"], [], ["two"], ["one", "two"], ["start"]):
            await select(rig, tab, *ids)
            seen.append(headings(rig))
        assert len(seen[0]) == 2
        assert seen[0] == seen[2] == seen[4]

    live(story)


def test_the_button_for_input_and_output_shows_and_hides_the_panel(live: Live) -> None:
    async def story(rig: Rig) -> None:
        tab = await rig.window.flows.open_path(rig.chain())
        for node_id in ("one", "two"):
            await select(rig, tab, node_id)
            button = next(b for b in rig.window.bench.inspector.findChildren(ActionButton) if b.isCheckable())
            was = rig.window.bench.visit.isVisible()
            button.click()
            assert (rig.window.bench.visit.isVisible(), button.isChecked()) == (not was, not was)
            button.click()
            assert (rig.window.bench.visit.isVisible(), button.isChecked()) == (was, was)

    live(story)


def test_a_node_of_every_type_shows_its_settings_after_any_other(live: Live) -> None:
    async def story(rig: Rig) -> None:
        kinds = [node_type.id for node_type in rig.session.catalogue]
        tab = await rig.window.flows.open_path(
            rig.file([node(kind, kind, 260 * x) for x, kind in enumerate(kinds)], [])
        )
        for kind in random.Random(7).sample(kinds, len(kinds)):
            await select(rig, tab, kind)
            assert rig.window.bench.inspector.node_id == kind

    live(story)
