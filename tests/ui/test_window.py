"""The window on a real session: opening, editing, saving, running, leaving."""

import json
from pathlib import Path

from PySide6.QtWidgets import QApplication, QMessageBox, QTreeWidgetItem

from flowdesk.i18n import set_language
from flowdesk.model.flow import Flow
from flowdesk.model.run import NodeState, RunState
from tests.ui.conftest import Live, Rig, node, until


def question() -> QMessageBox | None:
    boxes = [widget for widget in QApplication.topLevelWidgets() if widget.objectName() == "unsavedQuestion"]
    return next((box for box in boxes if isinstance(box, QMessageBox) and box.isVisible()), None)


def press(box: QMessageBox | None, text: str) -> None:
    assert box is not None
    next(button for button in box.buttons() if button.text() == text).click()


def test_a_file_opens_in_a_tab_that_shows_its_nodes(live: Live) -> None:
    async def story(rig: Rig) -> None:
        tab = await rig.window.flows.open_path(rig.chain())
        assert tab is not None
        assert set(tab.scene.node_items) == {"start", "one", "two"}
        assert rig.window.bench.tabs.tabText(0) == "flow"
        assert rig.settings.values.recent == [tab.path]

    live(story)


def test_a_file_that_is_no_flow_is_refused_with_a_sentence(live: Live) -> None:
    async def story(rig: Rig) -> None:
        broken = rig.folder / "broken.flow.json"
        broken.write_text("{", encoding="utf-8")
        assert await rig.window.flows.open_path(str(broken)) is None
        assert rig.window.bench.tabs.count() == 0
        assert "broken.flow.json" in rig.window.statusBar().currentMessage()

    live(story)


def test_an_edit_in_the_form_reaches_the_saved_file(live: Live) -> None:
    async def story(rig: Rig) -> None:
        path = rig.chain()
        tab = await rig.window.flows.open_path(path)
        assert tab is not None
        tab.scene.select(["one"])
        form = rig.window.bench.inspector.form
        assert form is not None
        line = form.rows["duration"].field
        line.line.setText("1234")  # type: ignore[attr-defined]
        line.edited.emit()
        rig.window.carry_out("save")
        await until(lambda: not tab.is_modified and tab.undo_label)
        saved = json.loads(Path(path).read_text(encoding="utf-8"))
        assert next(n for n in saved["nodes"] if n["id"] == "one")["data"]["config"]["duration"] == 1234

    live(story)


def test_undo_and_redo_show_in_the_form(live: Live) -> None:
    async def story(rig: Rig) -> None:
        tab = await rig.window.flows.open_path(rig.chain(duration=20))
        assert tab is not None
        tab.scene.select(["one"])
        form = rig.window.bench.inspector.form
        assert form is not None
        form.rows["duration"].field.line.setText("77")  # type: ignore[attr-defined]
        form.rows["duration"].field.edited.emit()
        rig.window.bench.inspector.flush()
        await until(lambda: tab.scene.draft.nodes["one"].config["duration"] == 77)
        assert rig.window.commands.actions["undo"].isEnabled()
        rig.window.carry_out("undo")
        await until(lambda: tab.scene.draft.nodes["one"].config["duration"] == 20)
        assert form.value_of("duration") == 20
        rig.window.carry_out("redo")
        await until(lambda: form.value_of("duration") == 77)

    live(story)


def test_an_emptied_field_leaves_the_config(live: Live) -> None:
    async def story(rig: Rig) -> None:
        tab = await rig.window.flows.open_path(rig.chain())
        assert tab is not None
        tab.scene.select(["one"])
        form = rig.window.bench.inspector.form
        assert form is not None
        form.rows["duration"].field.line.clear()  # type: ignore[attr-defined]
        form.rows["duration"].field.edited.emit()
        rig.window.bench.inspector.flush()
        await until(lambda: "duration" not in tab.scene.draft.nodes["one"].config)

    live(story)


def test_a_fault_shows_beside_its_field(live: Live) -> None:
    async def story(rig: Rig) -> None:
        path = rig.file([node("start", "start", 0), node("c", "click", 260)], [("start", "c")])
        tab = await rig.window.flows.open_path(path)
        assert tab is not None
        tab.scene.select(["c"])
        form = rig.window.bench.inspector.form
        assert form is not None
        assert form.rows["selector"].fault.isVisibleTo(form)
        assert rig.window.bench.problems.tree.topLevelItemCount() >= 1

    live(story)


def test_an_edge_to_nowhere_is_deleted_from_the_problems_and_brought_back(live: Live) -> None:
    async def story(rig: Rig) -> None:
        path = rig.file([node("start", "start", 0), node("w", "wait", 260)], [("start", "w"), ("w", "gone")])
        tab = await rig.window.flows.open_path(path)
        assert tab is not None
        tree = rig.window.bench.problems.tree

        def fault() -> QTreeWidgetItem | None:
            items = [tree.topLevelItem(at) for at in range(tree.topLevelItemCount())]
            return next((item for item in items if item is not None and '"gone"' in item.text(0)), None)

        await until(lambda: fault() is not None)
        item = fault()
        assert item is not None
        assert item.text(2) == "Delete the edge"
        tree.itemClicked.emit(item, 2)
        await until(lambda: fault() is None)
        assert len(tab.scene.draft.edges) == 1
        tab.undo()
        await until(lambda: fault() is not None)
        again = fault()
        assert again is not None
        tree.setCurrentItem(again)
        rig.window.bench.problems.delete_edge.trigger()
        await until(lambda: fault() is None)

    live(story)


def test_a_run_colours_the_nodes_and_ends_in_the_log(live: Live) -> None:
    async def story(rig: Rig) -> None:
        tab = await rig.window.flows.open_path(rig.chain())
        assert tab is not None
        rig.window.carry_out("run")
        await until(lambda: tab.run_state is RunState.SUCCEEDED)
        assert {item.state for item in tab.scene.node_items.values()} == {NodeState.SUCCESS}
        assert any("succeeded" in text for text in rig.window.bench.log.texts())
        assert rig.window.isVisible()

    live(story)


def test_pause_resume_and_stop_act_on_the_run(live: Live) -> None:
    async def story(rig: Rig) -> None:
        tab = await rig.window.flows.open_path(rig.chain(duration=60_000))
        assert tab is not None
        rig.window.carry_out("run")
        await until(lambda: tab.scene.node_items["one"].state is NodeState.RUNNING)
        rig.window.carry_out("pause")
        await until(lambda: tab.run_state is RunState.PAUSED)
        assert rig.window.commands.actions["pause"].text() == "Resume"
        rig.window.carry_out("run")
        await until(lambda: tab.run_state is RunState.RUNNING)
        rig.window.carry_out("stop")
        await until(lambda: tab.run_state is RunState.STOPPED)
        assert not rig.window.commands.actions["stop"].isEnabled()

    live(story)


def test_closing_asks_once_and_cancel_keeps_everything(live: Live) -> None:
    async def story(rig: Rig) -> None:
        left: list[bool] = []
        rig.window.quit_requested.connect(lambda: left.append(True))
        tab = await rig.window.flows.open_new()
        tab.add_node("wait")
        await until(lambda: tab.is_modified)
        rig.window.close()
        rig.window.close()
        await until(question)
        press(question(), "Cancel")
        await until(lambda: question() is None and not rig.window.leaving.is_asking)
        assert not left
        assert rig.window.isVisible()
        rig.window.close()
        await until(question)
        press(question(), "Discard")
        await until(lambda: left)

    live(story)


def test_closing_without_edits_asks_nothing(live: Live) -> None:
    async def story(rig: Rig) -> None:
        left: list[bool] = []
        rig.window.quit_requested.connect(lambda: left.append(True))
        await rig.window.flows.open_path(rig.chain())
        rig.window.close()
        await until(lambda: left)

    live(story)


def test_the_language_switches_while_the_window_is_open(live: Live) -> None:
    async def story(rig: Rig) -> None:
        tab = await rig.window.flows.open_path(rig.chain())
        assert tab is not None
        tab.scene.select(["one"])
        rig.window.change_setting("language", "zh_CN")
        assert rig.window.commands.actions["run"].text() == "运行"
        assert rig.window.menuBar().actions()[0].text() == "文件"
        assert rig.window.bench.inspector.node_id == "one"
        set_language("en")
        assert rig.window.commands.actions["run"].text() == "Run"

    live(story)


def test_another_editor_shows_in_canvas_and_form(live: Live) -> None:
    async def story(rig: Rig) -> None:
        from flowdesk.protocol.messages import EditFlow, OpenFlow
        from flowdesk.ui.peer import WindowPeer

        path = rig.chain()
        tab = await rig.window.flows.open_path(path)
        assert tab is not None
        tab.scene.select(["one"])
        other = WindowPeer(rig.session)
        other.connect_to_session()
        await rig.session.submit(other, "flow.open", OpenFlow(path=path), "")
        change = {"op": "setNode", "id": "one", "path": ["data", "config", "duration"], "value": 4321}
        await rig.session.submit(other, "flow.edit", EditFlow.model_validate({"changes": [change]}), tab.workflow_id)
        form = rig.window.bench.inspector.form
        assert form is not None
        assert form.value_of("duration") == 4321
        assert tab.undo_label is None
        rig.session.disconnect(other)

    live(story)


def test_a_node_from_the_palette_follows_the_selected_one(live: Live) -> None:
    async def story(rig: Rig) -> None:
        tab = await rig.window.flows.open_path(rig.chain())
        assert tab is not None
        tab.scene.select(["two"])
        rig.window.bench.palette.search.setText("screenshot")
        rig.window.bench.palette.search.returnPressed.emit()
        await until(lambda: len(tab.scene.node_items) == 4)
        assert [edge.source for edge in tab.scene.draft.edges.values()].count("two") == 1

    live(story)


def test_a_run_that_cannot_start_is_told_in_the_log(live: Live) -> None:
    async def story(rig: Rig) -> None:
        tab = await rig.window.flows.open_path(rig.file([node("one", "wait", 0)], []))
        assert tab is not None
        rig.window.carry_out("run")
        await until(lambda: any("no Start node" in text for text in rig.window.bench.log.texts()))
        assert tab.run_state is None

    live(story)


def test_a_run_that_asks_is_answered_in_a_dialog_of_its_own(live: Live) -> None:
    async def story(rig: Rig) -> None:
        path = rig.file(
            [node("start", "start", 0), node("p", "prompt", 260, message="Your name?", variable="who")],
            [("start", "p")],
        )
        tab = await rig.window.flows.open_path(path)
        assert tab is not None
        rig.window.carry_out("run")
        await until(lambda: rig.window.questions.dialogs)
        dialog = next(iter(rig.window.questions.dialogs.values()))
        dialog.give("answer", "Ada")
        await until(lambda: tab.run_state is RunState.SUCCEEDED)
        assert not rig.window.questions.dialogs
        assert rig.window.bench.runs.tree.topLevelItemCount() == 1

    live(story)


def test_a_question_that_is_closed_stops_the_run(live: Live) -> None:
    async def story(rig: Rig) -> None:
        path = rig.file([node("start", "start", 0), node("p", "prompt", 260, message="Go on?")], [("start", "p")])
        tab = await rig.window.flows.open_path(path)
        assert tab is not None
        rig.window.carry_out("run")
        await until(lambda: rig.window.questions.dialogs)
        next(iter(rig.window.questions.dialogs.values())).close()
        await until(lambda: tab.run_state is RunState.STOPPED)

    live(story)


def test_what_was_left_unsaved_opens_as_a_modified_copy(live: Live) -> None:
    async def story(rig: Rig) -> None:
        tab = await rig.window.flows.open_recovered(Flow(id="lost", name="Lost"), rig.folder / "lost.flow.json")
        assert tab.is_modified
        assert tab.path is None
        assert tab.scene.draft.fields["name"] == "Lost (recovered)"

    live(story)


def test_discarded_edits_are_not_offered_again(live: Live) -> None:
    async def story(rig: Rig) -> None:
        left: list[bool] = []
        rig.window.quit_requested.connect(lambda: left.append(True))
        tab = await rig.window.flows.open_path(rig.chain())
        assert tab is not None
        tab.add_node("wait")
        await until(lambda: tab.is_modified)
        recovery = rig.folder / "state" / "recovery"
        assert list(recovery.iterdir())
        rig.window.close()
        await until(question)
        press(question(), "Discard")
        await until(lambda: left)
        assert not list(recovery.iterdir())

    live(story)


def test_step_starts_paused_and_runs_one_node_at_a_time(live: Live) -> None:
    async def story(rig: Rig) -> None:
        tab = await rig.window.flows.open_path(rig.chain())
        assert tab is not None
        rig.window.carry_out("step")
        await until(lambda: tab.run_state is RunState.PAUSED)
        rig.window.carry_out("step")
        await until(lambda: tab.scene.node_items["start"].state is NodeState.SUCCESS)
        assert tab.scene.node_items["two"].state is not NodeState.SUCCESS
        rig.window.carry_out("run")
        await until(lambda: tab.run_state is RunState.SUCCEEDED)

    live(story)
