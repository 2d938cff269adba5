"""The inspector with several nodes: one edit changes all of them, as one step of undo."""

from collections.abc import Mapping
from typing import Any

from flowdesk.ui.inspector.inspector import ID
from tests.ui.conftest import Live, Rig, node, until


def edit(rig: Rig, key: str, text: str) -> None:
    form = rig.window.bench.inspector.form
    assert form is not None
    field: Any = form.rows[key].field
    field.line.setText(text)
    field.edited.emit()
    rig.window.bench.inspector.flush()


def test_nodes_of_one_type_are_edited_together_and_undone_at_once(live: Live) -> None:
    async def story(rig: Rig) -> None:
        tab = await rig.window.flows.open_path(rig.chain(duration=20))
        assert tab is not None
        tab.scene.select(["one", "two"])
        form = rig.window.bench.inspector.form
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
        tab = await rig.window.flows.open_path(path)
        assert tab is not None
        tab.scene.select(["w", "l"])
        form = rig.window.bench.inspector.form
        assert form is not None
        assert form.value_of("retries") == 2
        assert "duration" not in form.rows
        edit(rig, "retries", "3")
        await until(lambda: all(tab.scene.draft.nodes[name].config["retries"] == 3 for name in ("w", "l")))

    live(story)


def test_a_node_is_renamed_with_every_reference_to_it_and_undone_at_once(live: Live) -> None:
    async def story(rig: Rig) -> None:
        nodes = [
            node("start", "start", 0),
            node("w", "wait", 260),
            node("l", "log", 520, message="{{ w.x|default(1) }}"),
        ]
        wires = [("start", "w"), ("w", "l")]
        tab = await rig.window.flows.open_path(rig.file(nodes, wires))
        assert tab is not None
        tab.scene.select(["w"])
        edit(rig, ID, "pause")
        await until(lambda: "pause" in tab.scene.draft.nodes)
        assert tab.scene.draft.nodes["l"].config["message"] == "{{ pause.x|default(1) }}"
        assert {(edge.source, edge.target) for edge in tab.scene.draft.edges.values()} == {
            ("start", "pause"),
            ("pause", "l"),
        }
        assert tab.scene.selected_ids() == ["pause"]
        assert rig.window.bench.inspector.node_id == "pause"
        assert tab.scene.edges_of("pause") == {"start-w", "w-l"}
        tab.undo()
        await until(lambda: "w" in tab.scene.draft.nodes)
        assert tab.scene.draft.nodes["l"].config["message"] == "{{ w.x|default(1) }}"
        edit(rig, ID, "l")
        await rig.window.bench.peer.settle()
        assert "w" in tab.scene.draft.nodes
        form = rig.window.bench.inspector.form
        assert form is not None
        assert form.value_of(ID) == "w"

    live(story)


def test_a_click_on_a_menu_entry_becomes_the_node_that_says_it_better(live: Live) -> None:
    async def story(rig: Rig) -> None:
        config = {"selector": "app=kate >> menu_item[name='Save']", "clickType": "double", "timeout": 500, "retries": 2}
        path = rig.file([node("start", "start", 0), node("c", "click", 260, **config)], [("start", "c")])
        tab = await rig.window.flows.open_path(path)
        assert tab is not None
        tab.scene.select(["c"])
        form = rig.window.bench.inspector.form
        assert form is not None
        field: Any = form.rows["selector"].field
        assert field.offer.isHidden()
        field._remember({"type": "menu", "config": {"selector": "app=kate", "path": ["File", "Save"]}})
        assert not field.offer.isHidden()
        field.offer.click()
        nodes = tab.scene.draft.nodes
        await until(lambda: nodes["c"].type == "menu")
        kept = {"selector": "app=kate", "path": ["File", "Save"], "timeout": 500, "retries": 2}
        assert nodes["c"].config == kept, "what a menu knows stays, what only a click knows goes"
        tab.undo()
        await until(lambda: nodes["c"].type == "click")
        assert nodes["c"].config == config

    live(story)


def test_a_field_is_not_held_against_somebody_who_still_types_in_it(live: Live) -> None:
    async def story(rig: Rig) -> None:
        tab = await rig.window.flows.open_path(
            rig.file([node("start", "start", 0), node("l", "log", 260, message="a")], [])
        )
        assert tab is not None
        tab.scene.select(["l"])
        form = rig.window.bench.inspector.form
        assert form is not None
        row = form.rows["message"]
        field: Any = row.field
        field.box.setPlainText("{{ start")
        await until(lambda: any(problem.field == "message" for problem in tab.problems))
        assert row.fault.isHidden()
        assert "closing" not in tab.scene.node_items["l"].problem_text
        field.left.emit()
        await until(lambda: not row.fault.isHidden())
        assert "closing" in tab.scene.node_items["l"].problem_text
        field.box.setPlainText("{{ start.x")  # what was held already stays until it is right
        await until(lambda: "start.x" in str(tab.scene.draft.nodes["l"].config["message"]))
        await until(lambda: any("start.x" in str(problem.message) for problem in tab.problems))
        assert not row.fault.isHidden()

    live(story)


def test_a_line_that_was_picked_is_cleared_first_unless_somebody_said_otherwise(live: Live) -> None:
    async def story(rig: Rig) -> None:
        nodes = [
            node("start", "start", 0),
            node("a", "input", 260, text="x"),
            node("b", "input", 520, text="x", clearFirst=False),
        ]
        tab = await rig.window.flows.open_path(rig.file(nodes, []))
        assert tab is not None

        def config(name: str) -> Mapping[str, Any]:
            assert tab is not None
            return dict(tab.scene.draft.nodes[name].config)

        async def pick(name: str) -> None:
            assert tab is not None
            tab.scene.select([name])
            form = rig.window.bench.inspector.form
            assert form is not None
            field: Any = form.rows["selector"].field
            field._remember({"type": "input", "config": {"clearFirst": True}})
            field.set_value("text=Name")
            field.edited.emit()
            field.left.emit()
            await until(lambda: config(name).get("selector") == "text=Name")
            assert field.offer.isHidden()

        await pick("a")
        assert config("a")["clearFirst"] is True
        tab.undo()
        await until(lambda: "selector" not in config("a") and "clearFirst" not in config("a"))
        await pick("b")
        assert config("b")["clearFirst"] is False

    live(story)
