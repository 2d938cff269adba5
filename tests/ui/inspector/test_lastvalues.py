"""The data picker, what a field would be, and input and output, beside the settings of a node in the window."""

import os
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTreeWidgetItem

from flowdesk.ui.inspector.lastvalues import LastValues
from tests.ui.conftest import Live, Rig, node, until


def flow(rig: Rig) -> str:
    rows = [{"Name": "Li", "Unit.Price": 3.5}, {"Name": "Wu", "Unit.Price": 4}]
    return rig.file(
        [
            node("start", "start", 0),
            node("set", "setVariable", 260, name="订单", value=rows),
            node("l", "log", 520, message='{{ 订单|sum("Unit.Price") }} EUR'),
            node("after", "log", 780, message=""),
        ],
        [("start", "set"), ("set", "l"), ("l", "after")],
    )


def shown(values: LastValues) -> dict[str, str]:
    assert values.picker is not None
    found: dict[str, str] = {}
    waiting: list[QTreeWidgetItem | None] = [
        values.picker.tree.topLevelItem(i) for i in range(values.picker.tree.topLevelItemCount())
    ]
    for item in waiting:
        if item is not None and not item.isHidden():
            found[item.text(0)] = item.text(1)
            waiting += [item.child(i) for i in range(item.childCount())]
    return found


def test_values_of_the_last_run_are_shown_found_and_inserted(live: Live) -> None:
    async def story(rig: Rig) -> None:
        tab = await rig.window.flows.open_path(flow(rig))
        assert tab is not None
        inspector = rig.window.bench.inspector
        tab.scene.select(["l"])
        await until(lambda: "订单" in shown(inspector.last_values))
        form: Any = inspector.form
        assert form.rows["message"].preview.isHidden()
        await rig.window.bench.peer.request("workflow.start", {}, tab.workflow_id)
        await until(lambda: form.rows["message"].preview.text() == "= 7.5 EUR")
        await until(lambda: "Li" in shown(inspector.last_values)["订单"])
        box: Any = form.rows["message"].field
        assert (getattr(box, "line", None) or box.box).toolTip() == '{{ 订单|sum("Unit.Price") }} = 7.5'

        tab.scene.select(["after"])
        form = inspector.form
        picker: Any = inspector.last_values.picker
        await until(lambda: "订单" in shown(inspector.last_values))
        picker.search.setText("dd price")
        assert "Name" not in shown(inspector.last_values)
        line: Any = form.rows["message"].field
        editor: Any = getattr(line, "line", None) or line.box
        editor.setFocus()
        inspector.last_values._editor = next(
            one for one in editor.children() if type(one).__name__ == "ReferenceCompleter"
        )
        QTest.keyClick(picker.search, Qt.Key.Key_Return)
        text = editor.text() if hasattr(editor, "text") else editor.toPlainText()
        assert text == '{{ 订单[0]["Unit.Price"] }}'
        await until(lambda: form.rows["message"].preview.text() == "= 3.5")
        form.rows["message"].field.set_value("{{ 订单.x }}")
        form.edited.emit("message", "{{ 订单.x }}")
        await until(
            lambda: "x" in form.rows["message"].preview.text() and "=" not in form.rows["message"].preview.text()
        )
        if folder := os.environ.get("FLOWDESK_PICTURES"):
            rig.window.resize(1500, 1000)
            inspector.last_values._open_groups |= {"data", "told"}
            tab.scene.select(["l"])
            await until(lambda: "订单" in shown(inspector.last_values))
            await until(lambda: inspector.form is not None and "7.5" in inspector.form.rows["message"].preview.text())
            rig.window.grab().save(str(Path(folder) / "window.png"))

    live(story)


def test_functions_are_offered_after_a_bar_with_their_help(live: Live) -> None:
    async def story(rig: Rig) -> None:
        tab = await rig.window.flows.open_path(flow(rig))
        assert tab is not None
        tab.scene.select(["l"])
        values = rig.window.bench.inspector.last_values
        await until(lambda: any(not offer.is_function for offer in values.offers()))
        offers = {offer.path: offer for offer in values.offers()}
        assert "now()" in offers
        assert "Sorts" in offers["sort"].beside
        assert offers["sort"].is_function

    live(story)
