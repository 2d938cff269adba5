"""What programs and screen readers see of the canvas."""

from typing import TYPE_CHECKING, cast

import pytest
from PySide6.QtGui import QAccessible, QAccessibleInterface

from flowdesk.model.changes import removal
from flowdesk.ui.canvas.faces import MOST_SHOWN, CanvasFace
from flowdesk.ui.canvas.gestures.resize import collapse
from tests.ui.canvas.samples import grid

if TYPE_CHECKING:
    from tests.ui.canvas.conftest import Bench

NAME, DESCRIPTION = QAccessible.Text.Name, QAccessible.Text.Description


@pytest.fixture
def face(bench: "Bench") -> CanvasFace:
    return cast("CanvasFace", QAccessible.queryAccessibleInterface(bench.view))


def parts(face: QAccessibleInterface) -> list[QAccessibleInterface]:
    found = [face.child(index) for index in range(face.childCount())]
    assert None not in found
    return found


def named(face: QAccessibleInterface, name: str) -> QAccessibleInterface:
    return next(child for child in parts(face) if child.text(NAME) == name)


def names(face: QAccessibleInterface) -> list[str]:
    return [child.text(NAME) for child in parts(face)]


def test_the_canvas_is_a_list_of_its_nodes_by_their_labels_and_of_its_edges(face: CanvasFace) -> None:
    assert face.role() == QAccessible.Role.List
    assert face.text(NAME) == "Canvas"
    assert names(face) == ["s", "a", "b", "lone", "s → a", "a → b"]
    assert named(face, "a → b").role() == QAccessible.Role.Link


def test_a_node_says_where_it_is_what_it_is_and_how_it_stands(bench: "Bench", face: CanvasFace) -> None:
    node = named(face, "a")
    assert "Click" in node.text(DESCRIPTION)
    card = bench.scene.node_items["a"].card_rect()
    corner = bench.view.viewport().mapToGlobal(bench.view.mapFromScene(card.topLeft()))
    assert (node.rect().topLeft() - corner).manhattanLength() <= 1
    assert not node.state().selected
    bench.scene.select(["a"])
    assert node.state().selected
    assert node.parent() is face
    assert face.indexOfChild(node) == 1


def test_ports_are_parts_of_their_node_and_lie_where_they_are_drawn(bench: "Bench", face: CanvasFace) -> None:
    node = named(face, "a")
    assert names(node) == ["input", "default", "error"]
    port = named(node, "error")
    point = bench.scene.node_items["a"].output_point("error")
    assert port.rect().contains(bench.view.viewport().mapToGlobal(bench.view.mapFromScene(point)))
    assert port.parent() is node


def test_what_is_under_a_point_of_the_screen_is_found(bench: "Bench", face: CanvasFace) -> None:
    at = bench.view.viewport().mapToGlobal(bench.at(340, 30))
    found = face.childAt(at.x(), at.y())
    assert found is not None
    assert found.text(NAME) == "a"
    assert face.childAt(at.x(), at.y() + 2000) is None


def test_a_removed_node_is_no_longer_valid(bench: "Bench", face: CanvasFace) -> None:
    node = named(face, "lone")
    bench.scene.apply(bench.document.edit(removal({"lone"}, {}), "me").changes)
    assert not node.isValid()
    assert node.text(NAME) == ""
    assert node.childCount() == 0
    assert "lone" not in names(face)


def test_groups_are_named_and_a_collapsed_one_stands_for_its_nodes(bench: "Bench", face: CanvasFace) -> None:
    bench.scene.select(["a", "b"])
    bench.view.commands.group()
    assert "Group" in names(face)
    collapse(bench.view, list(bench.scene.frames.items))
    assert "a" not in names(face)
    assert "collapsed" in named(face, "Group").text(DESCRIPTION)


def test_of_a_large_flow_only_what_is_in_sight_is_told(bench: "Bench", face: CanvasFace) -> None:
    bench.scene.show(grid(MOST_SHOWN + 200))
    bench.view.navigator.zoom_to(1.0)
    bench.view.centerOn(bench.scene.node_items["n5"].pos())
    assert "Step 5" in names(face)
    assert face.childCount() < 200
