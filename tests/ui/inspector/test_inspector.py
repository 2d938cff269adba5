"""The inspector with several nodes: one edit changes all of them, as one step of undo."""

from typing import Any

from tests.ui.conftest import Live, Rig, node, until


def edit(rig: Rig, key: str, text: str) -> None:
    form = rig.window.inspector.form
    assert form is not None
    field: Any = form.rows[key].field
    field.line.setText(text)
    field.edited.emit()
    rig.window.inspector.flush()


def test_nodes_of_one_type_are_edited_together_and_undone_at_once(live: Live) -> None:
    async def story(rig: Rig) -> None:
        tab = await rig.window.open_path(rig.chain(duration=20))
        assert tab is not None
        tab.scene.select(["one", "two"])
        form = rig.window.inspector.form
        assert form is not None
        assert form.value_of("duration") not in {20, 5}  # they differ
        edit(rig, "duration", "77")
        nodes = tab.scene.draft.nodes
        await until(lambda: [nodes[name].config["duration"] for name in ("one", "two")] == [77, 77])
        assert form.value_of("duration") == 77
        tab.undo()
        await until(lambda: [nodes[name].config["duration"] for name in ("one", "two")] == [20, 5])

    live(story)


def test_nodes_of_different_types_show_what_every_node_may_have(live: Live) -> None:
    async def story(rig: Rig) -> None:
        path = rig.file(
            [node("start", "start", 0), node("w", "wait", 260, retries=2), node("l", "log", 520, retries=2)], []
        )
        tab = await rig.window.open_path(path)
        assert tab is not None
        tab.scene.select(["w", "l"])
        form = rig.window.inspector.form
        assert form is not None
        assert form.value_of("retries") == 2
        assert "duration" not in form.rows
        edit(rig, "retries", "3")
        await until(lambda: all(tab.scene.draft.nodes[name].config["retries"] == 3 for name in ("w", "l")))

    live(story)
