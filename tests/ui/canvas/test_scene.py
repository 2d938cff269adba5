"""The scene shows what the document holds, whoever changed it, and how the run stands."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QPixmap
from pytestqt.qtbot import QtBot

from flowdesk.model.changes import AddEdge, AddNode, AnyChange, MoveNode, RemoveEdge, SetEdge, SetFlow, SetNode, removal
from flowdesk.model.document import Document
from flowdesk.model.problem import Problem
from flowdesk.model.run import NodeState
from flowdesk.nodes import builtin_catalogue
from flowdesk.resource import resource_path
from flowdesk.ui.canvas.glyphs import SHAPES, category_path, icon_pixmap
from flowdesk.ui.canvas.hover import hover_text
from flowdesk.ui.canvas.scene import FlowScene
from flowdesk.ui.theme import load_theme
from tests.ui.canvas.samples import CATALOGUE, chain, edge, grid, node

if TYPE_CHECKING:
    from tests.ui.canvas.conftest import Bench


def matches(scene: FlowScene, document: Document) -> bool:
    flow = document.flow
    return (
        set(scene.node_items) == {n.id for n in flow.nodes}
        and set(scene.edge_items) == {e.id for e in flow.edges}
        and all(
            (scene.node_items[n.id].pos().x(), scene.node_items[n.id].pos().y()) == (n.position.x, n.position.y)
            for n in flow.nodes
        )
        and all(scene.edge_items[e.id].edge == e for e in flow.edges)
        and list(scene.draft.nodes) == [n.id for n in flow.nodes]
    )


def test_every_change_and_its_undo_is_shown(bench: "Bench") -> None:
    document, scene = bench.document, bench.scene
    groups: list[list[AnyChange]] = [
        [AddNode(node=node("new", "condition", 0, 300)), AddEdge(edge=edge("e3", "b", "new"))],
        [MoveNode(id="new", x=40, y=60), SetNode(id="new", path=("data", "label"), value="Seen?")],
        [SetEdge(id="e3", path=("source",), value="a"), RemoveEdge(id="e1")],
        [SetFlow(path=("name",), value="Named")],
        removal({"a", "b"}, {"e2": edge("e2", "a", "b"), "e3": edge("e3", "a", "new")}),
    ]
    for group in groups:
        scene.apply(document.edit(group, "another editor").changes)
        assert matches(scene, document)
    for _ in groups:
        scene.apply(document.undo("another editor").changes)
        assert matches(scene, document)


def test_a_change_that_does_not_fit_asks_for_the_flow_anew(bench: "Bench", qtbot: QtBot) -> None:
    with qtbot.waitSignal(bench.scene.stale):
        bench.scene.apply([MoveNode(id="gone", x=0, y=0)])


def test_edges_follow_a_moved_node(bench: "Bench") -> None:
    bench.scene.apply([MoveNode(id="a", x=300, y=400)])
    assert bench.scene.edge_items["e1"].ends[1] == bench.scene.node_items["a"].input_point()
    assert bench.scene.edge_items["e2"].ends[0] == bench.scene.node_items["a"].output_point(None)


def test_ways_taken_show_how_often_and_dead_ways_are_shown(bench: "Bench") -> None:
    scene = bench.scene
    scene.set_ways({"e1": 3, "gone": 1})
    scene.set_node_state("s", NodeState.SUCCESS)
    scene.set_node_state("a", NodeState.RUNNING)
    assert scene.edge_items["e1"].taken == 3
    scene.clear_states()
    assert scene.edge_items["e1"].taken == 0
    scene.set_node_state("b", NodeState.SKIPPED)
    assert scene.edge_items["e2"].is_dead


def test_a_way_that_nothing_told_is_that_of_the_predecessor_that_ended_last(bench: "Bench") -> None:
    scene = bench.scene
    for node_id in ("s", "a", "b"):
        scene.set_node_state(node_id, NodeState.RUNNING)
        scene.set_node_state(node_id, NodeState.SUCCESS)
    assert (scene.edge_items["e1"].taken, scene.edge_items["e2"].taken) == (1, 1)


def test_hovering_shows_why_a_node_failed_its_picture_and_the_values_it_had(bench: "Bench", tmp_path: Path) -> None:
    picture = tmp_path / "not-found.png"
    QPixmap(8, 8).save(str(picture))
    scene = bench.scene
    scene.apply([SetNode(id="b", path=("data", "config", "text"), value="{{name}} and {{ a.score }}")])
    scene.set_node_state("a", NodeState.SUCCESS, "", {"result": {"score": 0.91, "none": None}, "duration": 0.25})
    failed = {"error_details": {"fix": "Pick it again.", "picture": str(picture)}, "duration": 3.0}
    scene.set_node_state("b", NodeState.ERROR, "Target not found.", failed)
    text = hover_text(scene.node_items["b"], scene, {"name": "<张三>"})
    for part in ("Target not found.", "Pick it again.", "&lt;张三&gt;", "0.91", picture.as_uri(), "3.00 s"):
        assert part in text
    assert "none" not in hover_text(scene.node_items["a"], scene, {})
    scene.apply([SetNode(id="b", path=("data", "config", "text"), value="{{ a.score * 100 }}% {{gone}} {{secret:x}}")])
    text = hover_text(scene.node_items["b"], scene, {})
    assert "91" in text
    assert "{{gone}}&nbsp;" not in text
    assert "secret:x}}&nbsp;" not in text
    scene.set_ways({"e1": 7})
    assert "7" in hover_text(scene.edge_items["e1"], scene, {})


def test_the_glow_runs_only_while_a_node_does(bench: "Bench", qtbot: QtBot) -> None:
    bench.scene.set_node_state("a", NodeState.RUNNING)
    assert bench.scene._glow.isActive()
    bench.scene.set_node_state("a", NodeState.SUCCESS)
    qtbot.waitUntil(lambda: not bench.scene._glow.isActive())


def test_a_problem_marks_its_node_an_error_over_a_warning_and_goes_again(bench: "Bench") -> None:
    warning = Problem("warning", "w", "Odd.", node_id="a")
    error = Problem("error", "e", "Missing.", "Give it.", node_id="a")
    bench.scene.set_problems([warning, error])
    assert bench.scene.node_items["a"].problem == "error"
    assert "Missing. Give it." in hover_text(bench.scene.node_items["a"], bench.scene, {})
    bench.scene.set_problems([])
    assert bench.scene.node_items["a"].problem is None


def test_given_summaries_stand_under_the_titles(bench: "Bench") -> None:
    bench.scene.set_summaries({"a": "左键 确定"})
    assert bench.scene.node_items["a"].summary == "左键 确定"


def test_a_node_taken_away_by_another_while_it_is_dragged_does_no_harm(bench: "Bench") -> None:
    bench.drag((340, 230), (440, 330), release=False)
    bench.scene.apply(bench.document.edit(removal({"lone"}, {}), "another editor").changes)
    bench.drag((340, 30), (340, 40))
    assert "lone" not in bench.scene.node_items


def test_a_flow_with_a_dangling_edge_is_shown_without_it(qtbot: QtBot) -> None:
    scene = FlowScene(CATALOGUE)
    flow = chain()
    scene.show(flow.model_copy(update={"edges": (*flow.edges, edge("bad", "a", "gone"))}))
    assert set(scene.edge_items) == {"e1", "e2"}


def test_an_edge_to_nowhere_is_drawn_when_its_node_comes_and_goes_with_it(qtbot: QtBot) -> None:
    loose = chain().model_copy(update={"edges": (*chain().edges, edge("loose", "a", "later"))})
    document, scene = Document(loose), FlowScene(CATALOGUE)
    scene.show(loose)
    steps: list[tuple[AnyChange, bool]] = [
        (SetEdge(id="loose", path=("label",), value="x"), False),
        (AddNode(node=node("later")), True),
        (SetEdge(id="loose", path=("target",), value="b"), True),
        (RemoveEdge(id="loose"), False),
    ]
    for change, is_drawn in steps:
        scene.apply(document.edit([change], "me").changes)
        assert ("loose" in scene.edge_items) == is_drawn
    for _, is_drawn in [(None, True), (None, True), (None, False), (None, False)]:
        scene.apply(document.undo("me").changes)
        assert ("loose" in scene.edge_items) == is_drawn
        assert set(scene.node_items) == {one.id for one in document.flow.nodes}
    assert document.flow == loose


def test_the_index_divides_what_the_nodes_take_up(qtbot: QtBot) -> None:
    scene = FlowScene(CATALOGUE)
    scene.show(grid(2000))
    assert scene.sceneRect().contains(scene.cards_rect())
    assert len(scene.items(scene.node_items["n500"].card_rect())) < 10


def test_every_category_has_a_colour_and_a_shape_of_its_own() -> None:
    assert SHAPES.keys() == load_theme(is_dark=False).category.keys()
    assert len(set(SHAPES.values())) == len(SHAPES)
    for category in SHAPES:
        assert not category_path(category, 0.0, 0.0, 36.0).isEmpty()


def test_an_icon_that_does_not_exist_is_no_picture(qtbot: QtBot) -> None:
    assert icon_pixmap("no-such-icon", 0xFF000000, 20.0, 1.0) is None
    assert icon_pixmap("../lucide/play", 0xFF000000, 20.0, 1.0) is None
    assert icon_pixmap("play", 0xFF000000, 20.0, 2.0) is not None


def test_every_built_in_node_type_has_an_icon_and_a_category_with_a_shape() -> None:
    for node_type in builtin_catalogue():
        assert node_type.category in SHAPES, node_type.id
        assert resource_path("icons", "lucide", f"{node_type.icon}.svg").is_file(), (node_type.id, node_type.icon)


def test_an_edge_that_leads_back_goes_between_rows_and_else_around_every_card(bench: "Bench") -> None:
    bench.scene.apply([AddEdge(edge=edge("back", "b", "lone")), AddEdge(edge=edge("ring", "b", "a", "error"))])
    between, around = bench.scene.edge_items["back"].path(), bench.scene.edge_items["ring"].path()
    assert between.boundingRect().bottom() <= 231
    assert between.pointAtPercent(0.5).y() == 130
    for path in (between, around):
        for node_id in ("s", "a", "b", "lone"):
            card = bench.scene.node_items[node_id].card_rect().adjusted(4, 4, -4, -4)
            assert not any(card.contains(path.pointAtPercent(step / 200)) for step in range(201))


def test_a_failed_node_says_why_under_its_card_until_the_next_run(bench: "Bench", tmp_path: Path) -> None:
    picture = tmp_path / "seen.png"
    QPixmap(900, 500).save(str(picture))
    item = bench.scene.node_items["a"]
    bench.scene.set_node_state("a", NodeState.ERROR, "Not found.", {"error_details": {"picture": str(picture)}})
    reason = item.reason
    assert reason is not None
    assert reason.sceneBoundingRect().top() > item.card_rect().bottom()
    assert reason.picture is not None
    assert reason.picture.width() <= 400
    assert not bench.view.grab().isNull()
    bench.scene.apply([MoveNode(id="a", x=0, y=400)])
    assert reason.sceneBoundingRect().left() < 20
    bench.scene.clear_states()
    assert item.reason is None
    assert reason.scene() is None
