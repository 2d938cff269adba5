"""A person who tries everything: commands in any order leave the window whole, and undo leads back to the file."""

import asyncio
import random

import pytest

from flowdesk.i18n import set_language
from flowdesk.resource import resource_path
from flowdesk.ui.actions import COMMANDS
from flowdesk.ui.tab import FlowTab
from tests.ui.conftest import Live, Rig, until

ASKING = frozenset({"rename", "add_node", "find_here", "find_next", "find_previous", "find_all", "command_list"})
"""Open a field or a list that takes the keyboard: what is typed there is tried elsewhere."""
EDITING = [
    command.name for command in COMMANDS if command.menu in {"Edit", "Arrange", "View"} and command.name not in ASKING
    and command.needs in {"tab", "undo", "redo", "selection", "nodes", "several"}
]  # fmt: skip


async def settled(rig: Rig, tab: FlowTab) -> None:
    """Wait until what the canvas shows is what the session holds."""
    held = rig.session.documents[tab.workflow_id].document
    await until(lambda: tab.revision == held.revision and tab.flow == held.flow)


async def one_step(rig: Rig, tab: FlowTab, dice: random.Random) -> str:
    """Select something, switch the language or trigger a command that can be chosen now. Returns what it was."""
    what = dice.choice(["select", "select", "language", *["command"] * 7])
    if what == "select":
        ids = [*tab.scene.draft.nodes, *tab.scene.draft.edges]
        tab.scene.select(dice.sample(ids, min(len(ids), dice.choice([0, 1, 1, 2, 5]))))
    elif what == "language":
        set_language(dice.choice(["en", "zh_CN"]))
    else:
        able = [name for name in EDITING if rig.window.commands.actions[name].isEnabled()]
        what = dice.choice(able)
        rig.window.commands.actions[what].trigger()
    await asyncio.sleep(0)
    if dice.random() < 0.3:
        await settled(rig, tab)
    return what


@pytest.mark.parametrize("name", ["functions", "practice-form", "parallel"])
def test_commands_in_any_order_are_undone_to_the_file(live: Live, name: str) -> None:
    async def story(rig: Rig) -> None:
        tab = await rig.window.flows.open_path(str(resource_path("flows", f"{name}.flow.json")))
        assert tab is not None
        before, dice = tab.flow, random.Random(name)
        steps = [await one_step(rig, tab, dice) for _ in range(80)]
        await settled(rig, tab)
        assert tab.flow != before, steps
        while tab.undo_label:
            revision = tab.revision
            rig.window.commands.actions["undo"].trigger()
            await until(lambda: tab.revision != revision)  # noqa: B023
        assert tab.flow == before, steps

    live(story)
