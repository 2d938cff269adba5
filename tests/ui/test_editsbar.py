"""Edits during a run, in the window: what they mean to it is said, and a paused run takes them."""

import json
from pathlib import Path

from flowdesk.model.changes import SetNode
from flowdesk.model.run import RunState
from tests.session.conftest import flow_json
from tests.ui.conftest import Live, Rig, until


def test_a_paused_run_takes_an_edit_by_a_press_and_gives_it_back(live: Live, tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        held = {"id": "two", "type": "log", "data": {"label": "Two", "config": {"message": "2", "breakpoint": True}}}
        path = tmp_path / "held.flow.json"
        path.write_text(json.dumps(flow_json(held, id="held")))
        await rig.window.flows.open_path(str(path))
        tab = rig.window.tab
        assert tab is not None
        bar = tab.edits_bar
        rig.window.carry_out("run")
        await until(lambda: tab.run_state is RunState.PAUSED)
        assert bar.isHidden()
        tab.edit([SetNode(id="two", path=("data", "config", "message"), value="new")], "Edit")
        await until(lambda: not bar.isHidden())
        assert bar.text.text() == 'The paused run still uses the old settings of "Two".'
        assert bar.back_button.isHidden()
        bar.take_button.click()
        await until(lambda: not bar.back_button.isHidden())
        assert bar.text.text() == 'This run uses the new settings of "Two".'
        bar.back_button.click()
        await until(lambda: not bar.take_button.isHidden())
        bar.take_button.click()
        await until(lambda: bar.take_button.isHidden())
        rig.window.carry_out("pause")
        await until(lambda: tab.run_state is RunState.SUCCEEDED)
        assert bar.isHidden()
        await until(lambda: "new" in "\n".join(rig.window.bench.log.texts()))

    live(story)


def test_a_dry_run_reads_rehearsed(live: Live) -> None:
    async def story(rig: Rig) -> None:
        await rig.window.flows.open_path(rig.chain())
        tab = rig.window.tab
        assert tab is not None
        rig.window.carry_out("dry_run")
        await until(lambda: tab.run_state is RunState.SUCCEEDED)
        await until(lambda: rig.window.run_label.text() == "Rehearsed")
        rig.window.carry_out("run")
        await until(lambda: rig.window.run_label.text() == "Succeeded")

    live(story)
