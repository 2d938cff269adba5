"""What the window asks about files and values: two people in one field, a change on disk, names, deletion."""

import json
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication, QInputDialog, QMessageBox

from flowdesk.ui.inspector.inspector import ID
from tests.session.conftest import Keeper, ask
from tests.ui.conftest import Live, Rig, node, until


def box_of(name: str) -> QMessageBox | None:
    boxes = [box for box in QApplication.topLevelWidgets() if box.objectName() == name and box.isVisible()]
    return next((box for box in boxes if isinstance(box, QMessageBox)), None)


async def press(name: str, text: str) -> str:
    """Press a button of a question and return what that said."""
    await until(lambda: box_of(name))
    box = box_of(name)
    assert box is not None
    said = f"{box.text()}\n{box.informativeText()}"
    next(button for button in box.buttons() if button.text() == text).click()
    await until(lambda: box_of(name) is None)
    return said


def test_two_people_in_one_field_are_shown_both_values(live: Live) -> None:
    async def story(rig: Rig) -> None:
        tab = await rig.window.flows.open_path(rig.chain())
        assert tab is not None
        other = Keeper("Mei")
        await ask(rig.session, other, "flow.open", tab.workflow_id)
        tab.scene.select(["one"])
        form = rig.window.bench.inspector.form
        assert form is not None
        for choice, wins in (("Keep theirs", 77), ("Use mine", 1234)):
            line: Any = form.rows["duration"].field
            line.line.setText("1234")
            line.edited.emit()
            theirs = 77 if choice == "Keep theirs" else 78
            change = {"op": "setNode", "id": "one", "path": ["data", "config", "duration"], "value": theirs}
            await ask(rig.session, other, "flow.edit", tab.workflow_id, changes=[change])
            rig.window.bench.inspector.flush()
            said = await press("clashQuestion", choice)
            assert "Yours: 1234" in said
            assert f"Value of Mei: {theirs}" in said
            await until(lambda wins=wins: tab.scene.draft.nodes["one"].config["duration"] == wins)  # type: ignore[misc]
            await until(lambda wins=wins, line=line: line.line.text() == str(wins))  # type: ignore[misc]

    live(story)


def test_two_people_who_rename_one_node_are_shown_both_names_and_keep_what_they_type(live: Live) -> None:
    async def story(rig: Rig) -> None:
        nodes = [node("start", "start", 0), node("w", "wait", 260, duration=5), node("l", "log", 520, message="{{ w.x|default(1) }}")]  # fmt: skip
        tab = await rig.window.flows.open_path(rig.file(nodes, [("start", "w"), ("w", "l")]))
        assert tab is not None
        other = Keeper("Mei")
        await ask(rig.session, other, "flow.open", tab.workflow_id)
        tab.scene.select(["w"])
        form = rig.window.bench.inspector.form
        assert form is not None
        field: Any = form.rows[ID].field
        duration: Any = form.rows["duration"].field
        name = "w"
        for number, choice in enumerate(("Keep theirs", "Use mine")):
            mine, theirs = f"mine{number}", f"theirs{number}"
            field.line.setText(mine[:3])
            field.edited.emit()
            duration.line.setText(f"100{number}")
            duration.edited.emit()
            change = {"op": "renameNode", "id": name, "to": theirs}
            await ask(rig.session, other, "flow.edit", tab.workflow_id, changes=[change])
            await until(lambda theirs=theirs: rig.window.bench.inspector.node_id == theirs)  # type: ignore[misc]
            assert rig.window.bench.inspector.form is form, "the form stays, with the keyboard in it"
            assert (field.line.text(), duration.line.text()) == (mine[:3], f"100{number}")
            field.line.setText(mine)  # goes on typing
            field.edited.emit()
            rig.window.bench.inspector.flush()
            said = await press("clashQuestion", choice)
            assert f"Yours: {mine}" in said
            assert f"Value of Mei: {theirs}" in said
            name = theirs if choice == "Keep theirs" else mine
            await until(lambda name=name: field.line.text() == name)  # type: ignore[misc]
            await until(lambda name=name: name in tab.scene.draft.nodes)  # type: ignore[misc]
            await until(lambda name=name, n=number: tab.scene.draft.nodes[name].config["duration"] == 1000 + n)  # type: ignore[misc]
            assert tab.scene.draft.nodes["l"].config["message"] == f"{{{{ {name}.x|default(1) }}}}"

    live(story)


def test_a_change_on_disk_is_compared_and_reloaded_or_overwritten(live: Live) -> None:
    async def story(rig: Rig) -> None:
        path = Path(rig.chain())
        tab = await rig.window.flows.open_path(str(path))
        assert tab is not None
        values = json.loads(path.read_text("utf-8"))
        values["nodes"][1]["data"]["config"]["duration"] = 99
        path.write_text(json.dumps(values), "utf-8")
        await press("diskQuestion", "Compare")
        said = await press("diskQuestion", "Reload the file")
        assert "one: duration 20 ms → 99 ms" in said
        await until(lambda: tab.scene.draft.nodes["one"].config["duration"] == 99)
        assert not tab.is_modified
        path.unlink()
        await press("diskQuestion", "Keep mine")
        await until(lambda: tab.is_modified)
        rig.window.carry_out("save")
        await until(lambda: path.is_file() and not tab.is_modified)

    live(story)


def test_a_question_about_a_file_goes_with_what_it_asks_and_comes_again_at_the_save(live: Live) -> None:
    async def story(rig: Rig) -> None:
        path = Path(rig.chain())
        tab = await rig.window.flows.open_path(str(path))
        assert tab is not None
        before = path.read_text("utf-8")
        theirs = before.replace('"duration": 20', '"duration": 99').replace('"duration":20', '"duration":99')
        assert theirs != before
        path.write_text(theirs, "utf-8")
        await until(lambda: box_of("diskQuestion"))
        path.unlink()
        await until(lambda: (box := box_of("diskQuestion")) is not None and "no longer exists" in box.text())
        path.write_text(before, "utf-8")
        await until(lambda: box_of("diskQuestion") is None and tab.on_disk == "same")
        path.write_text(theirs, "utf-8")
        await until(lambda: box_of("diskQuestion"))
        await ask(rig.session, Keeper("Mei"), "flow.reload", tab.workflow_id, action="reload")
        await until(lambda: box_of("diskQuestion") is None)
        path.write_text(before, "utf-8")
        await press("diskQuestion", "Decide later")
        rig.window.carry_out("save")
        await press("diskQuestion", "Compare")
        assert "99 ms → 20 ms" in await press("diskQuestion", "Keep mine")
        await until(lambda: "99" in path.read_text("utf-8") and not tab.is_modified)
        path.write_text(before, "utf-8")
        await press("diskQuestion", "Decide later")
        rig.window.carry_out("save")
        await press("diskQuestion", "Reload the file")
        await until(lambda: tab.scene.draft.nodes["one"].config["duration"] == 20)
        assert path.read_text("utf-8") == before

    live(story)


def test_a_flow_is_renamed_with_its_tab_and_copied(live: Live) -> None:
    async def story(rig: Rig) -> None:
        path = Path(rig.chain())
        tab = await rig.window.flows.open_path(str(path))
        assert tab is not None
        rig.window.carry_out("rename_flow")
        for given in ("a/b", "July"):
            await until(lambda: rig.window.findChildren(QInputDialog))
            dialog = rig.window.findChildren(QInputDialog)[-1]
            dialog.setTextValue(given)
            dialog.accept()
            await until(lambda dialog=dialog: dialog not in rig.window.findChildren(QInputDialog))  # type: ignore[misc]
        await until(lambda: tab.name == "July")
        assert (path.parent / "July.flow.json").is_file()
        assert not path.exists()
        rig.window.carry_out("duplicate_flow")
        await until(lambda: rig.window.bench.tabs.count() == 2)
        assert rig.window.tab is not None
        assert rig.window.tab.name == "July 2"

    live(story)


def test_a_flow_is_moved_into_a_new_folder_and_back(live: Live) -> None:
    async def answer(rig: Rig, text: str) -> None:
        await until(lambda: [box for box in rig.window.findChildren(QInputDialog) if box.isVisible()])
        dialog = next(box for box in rig.window.findChildren(QInputDialog) if box.isVisible())
        dialog.setTextValue(text)
        dialog.accept()
        await until(lambda: dialog not in rig.window.findChildren(QInputDialog) or not dialog.isVisible())

    async def story(rig: Rig) -> None:
        path, root = Path(rig.chain()), rig.session.folders.flows
        tab = await rig.window.flows.open_path(str(path))
        assert tab is not None
        rig.window.carry_out("move_flow")
        await answer(rig, "New folder…")
        await answer(rig, "Bills")
        await until(lambda: tab.path == str(root / "Bills" / path.name))
        assert (root / "Bills" / path.name).is_file()
        assert not path.exists()
        rig.window.carry_out("move_flow")
        await answer(rig, "(no folder)")
        await until(lambda: tab.path == str(root / path.name))
        assert (root / path.name).is_file()

    live(story)


def test_a_deletion_that_is_given_up_deletes_nothing(live: Live) -> None:
    async def story(rig: Rig) -> None:
        path = Path(rig.chain())
        await rig.window.flows.open_path(str(path))
        rig.window.carry_out("delete_flow")
        said = await press("deleteQuestion", "Cancel")
        assert "trash" in said
        assert path.is_file()

    live(story)


def test_work_that_a_page_left_is_offered_in_the_menu(live: Live) -> None:
    async def story(rig: Rig) -> None:
        page = Keeper("page")
        rig.session.connect(page)
        state = await ask(rig.session, page, "flow.open", flow={"name": "From the page", "nodes": [], "edges": []})
        change = {"op": "setFlow", "path": ["description"], "value": "x"}
        await ask(rig.session, page, "flow.edit", state["workflow_id"], changes=[change])
        rig.session.disconnect(page)
        rig.window.files.fill_recent()
        (action,) = [one for one in rig.window.commands.recent_menu.actions() if "From the page" in one.text()]
        action.trigger()
        await until(lambda: rig.window.tab and rig.window.tab.workflow_id == state["workflow_id"])

    live(story)
