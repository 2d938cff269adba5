"""The window shows what starts by itself, and lets a flow do so after it showed what that would do."""

import json
from pathlib import Path

from PySide6.QtCore import QPointF

from flowdesk.model.trigger import Schedule
from flowdesk.ui.triggers import TriggersDesk
from tests.session.conftest import flow_json
from tests.ui.conftest import Live, Rig, until


def test_a_flow_is_armed_in_the_window_after_a_look_at_what_it_may_do(live: Live, tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        program = {"id": "c", "type": "command", "data": {"config": {"command": ["true"]}}}
        path = tmp_path / "morning.flow.json"
        trigger = {"id": "early", "type": "schedule", "at": "08:30"}
        path.write_text(json.dumps(flow_json(program, id="m", triggers=[trigger])))
        await rig.window.flows.open_path(str(path))
        rig.window.carry_out("triggers")
        desk = rig.window.findChild(TriggersDesk)
        assert desk is not None
        dialog = desk.dialog
        assert dialog.forms is not None
        forms = dialog.forms
        await until(lambda: forms.choice.count() == 1)
        await until(lambda: forms.choice.itemText(0) == "every day at 08:30")
        assert "08:30" in forms.next.text()
        assert not dialog.switch.isChecked()
        dialog.switch.click()
        await until(lambda: desk.question is not None)
        assert desk.question is not None
        assert "command: true" in desk.question.informativeText()
        desk.question.buttons()[0].click()
        await until(lambda: dialog.armed.count() == 1)
        assert dialog.switch.isChecked()
        assert [armed.path for armed in rig.session.triggering.ledger.armed()] == [path]
        dialog.switch.click()
        await until(lambda: dialog.armed.count() == 0)
        assert not dialog.switch.isChecked()
        dialog.close_button.click()

    live(story)


def test_a_trigger_is_made_changed_and_seen_on_the_start_node(live: Live, tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        path = tmp_path / "new.flow.json"
        path.write_text(json.dumps(flow_json(id="n")))
        await rig.window.flows.open_path(str(path))
        tab = rig.window.tab
        assert tab is not None
        start = next(item for item in tab.scene.node_items.values() if item.node.type == "start")
        rig.window.carry_out("triggers")
        desk = rig.window.findChild(TriggersDesk)
        assert desk is not None
        forms = desk.dialog.forms
        assert forms is not None
        await until(lambda: not desk.dialog.switch.isEnabled())
        forms.begin(Schedule)
        await until(lambda: [chip.text for chip in start.chips] == ["every day at 08:30"])
        forms.way.setCurrentIndex(forms.way.findData("cron"))
        forms.way.activated.emit(forms.way.currentIndex())
        await until(lambda: [chip.text for chip in start.chips] == ["Monday to Friday at 08:30"])
        assert tab.scene.draft.fields["triggers"] == [
            {"id": "schedule", "type": "schedule", "cron": "30 8 * * mon-fri"}
        ]
        assert start.chip_at(start.pos() + QPointF(20, start.card.height + 20)) == start.chips[0]
        await until(desk.dialog.switch.isEnabled)
        desk.dialog.switch.click()
        await until(lambda: desk.question is not None)
        assert desk.question is not None
        assert not tab.is_modified, "what starts by itself is the file: it is saved first"
        desk.question.buttons()[0].click()
        await until(lambda: start.chips[0].is_on)
        forms.remove.click()
        await until(lambda: start.chips == ())
        assert "triggers" not in tab.scene.draft.fields
        tab.undo()
        await until(lambda: len(start.chips) == 1)
        desk.dialog.close_button.click()

    live(story)
