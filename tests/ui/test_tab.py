"""A tab of the window: what is dropped on its canvas."""

import json
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent

from flowdesk.model.run import RunState
from flowdesk.ui.canvas.drops import TYPE_MIME
from flowdesk.ui.tab import FlowTab
from tests.session.conftest import flow_json
from tests.ui.conftest import Live, Rig, until


def drop(tab: FlowTab, name: str, at: QPointF) -> None:
    """Drag a node type from the palette to a point of the scene and drop it there."""
    content = QMimeData()
    content.setData(TYPE_MIME, name.encode())
    place = tab.view.mapFromScene(at)
    rest = (Qt.DropAction.CopyAction, content, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    tab.view.dragEnterEvent(QDragEnterEvent(place, *rest))
    tab.view.dragMoveEvent(QDragMoveEvent(place, *rest))
    tab.view.dropEvent(QDropEvent(QPointF(place), *rest))


def test_a_node_type_dropped_on_a_wire_is_put_into_it(live: Live) -> None:
    async def story(rig: Rig) -> None:
        tab = await rig.window.flows.open_path(rig.chain())
        assert tab is not None
        drop(tab, "log", QPointF(230, 30))
        await until(lambda: any(node.type == "log" for node in tab.scene.draft.nodes.values()))
        added = next(node.id for node in tab.scene.draft.nodes.values() if node.type == "log")
        ways = {(edge.source, edge.target) for edge in tab.scene.draft.edges.values()}
        assert ways == {("start", added), (added, "one"), ("one", "two")}

    live(story)


def test_a_node_type_dropped_beside_is_added_alone(live: Live) -> None:
    async def story(rig: Rig) -> None:
        tab = await rig.window.flows.open_path(rig.chain())
        assert tab is not None
        drop(tab, "log", QPointF(200, 400))
        await until(lambda: any(node.type == "log" for node in tab.scene.draft.nodes.values()))
        assert len(tab.scene.draft.edges) == 2

    live(story)


def test_an_earlier_run_is_shown_step_by_step_and_left_again(live: Live, tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        loop = {"id": "l", "type": "loop", "data": {"config": {"type": "count", "count": 3}}}
        inner = {"id": "i", "type": "log", "data": {"config": {"message": "{{l.index}}"}}}
        path = tmp_path / "past.flow.json"
        flow = flow_json(loop, inner, id="p")
        flow["edges"] = [
            {"id": "e1", "source": "start", "target": "l"},
            {"id": "e2", "source": "l", "target": "i", "sourceHandle": "body"},
        ]
        path.write_text(json.dumps(flow))
        await rig.window.flows.open_path(str(path))
        tab = rig.window.tab
        assert tab is not None
        rig.window.carry_out("run")
        await until(lambda: tab.run_state is RunState.SUCCEEDED)
        bar, states = tab.past_bar, tab.scene.states
        assert tab.run_id is not None
        rig.window.bench.runs.past_wanted.emit(tab.workflow_id, tab.run_id)
        await until(lambda: bar.past is not None)
        assert bar.past is not None
        assert not bar.isHidden()
        assert states == {"start", "l", "i"}
        bar.slider.setValue(1)
        await until(lambda: bar.past is not None and bar.past["moment"] == 1)
        assert states == {"start"}
        bar.close_button.click()
        await until(lambda: states == {"start", "l", "i"})
        assert bar.isHidden()

    live(story)


def test_what_a_new_node_lacks_is_a_fault_once_it_is_left_or_a_run_is_asked_for(live: Live) -> None:
    async def story(rig: Rig) -> None:
        tab = await rig.window.flows.open_path(rig.chain())
        assert tab is not None

        def shown(node_id: str) -> str:
            return str(tab.scene.node_items[node_id].problem or "")

        tab.add_node("click")
        await until(lambda: "click" in tab.scene.node_items and tab.scene.selected_ids() == ["click"])
        await until(lambda: any(problem.node_id == "click" for problem in tab.problems))
        assert shown("click") == ""
        tab.scene.select(["one"])
        assert shown("click") == "error"
        tab.add_node("click")
        await until(lambda: tab.scene.selected_ids() == ["click2"])
        await until(lambda: any(problem.node_id == "click2" for problem in tab.problems))
        assert shown("click2") == ""
        rig.window.carry_out("run")
        assert shown("click2") == "error"

    live(story)
