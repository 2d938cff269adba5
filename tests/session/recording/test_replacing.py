"""What was shown takes the place of a node that failed."""

from itertools import pairwise
from typing import Any

from flowdesk.model.changes import MoveNode, SetNode
from flowdesk.model.document import Document
from flowdesk.model.flow import Edge, Flow, Node, NodeBody, new_edge
from flowdesk.session.recording.replacing import replacing


def node(name: str, kind: str = "click", **config: Any) -> Node:
    return Node(id=name, type=kind, data=NodeBody(label=name.title(), config=config))


def shown(*made: Node) -> Document:
    """Return a flow in which steps were recorded behind the node ``old``."""
    nodes = [
        node("start", "start"),
        node("old", selector="button[name='Ok']", delayAfter=500),
        *made,
        node("next"),
        node("fail"),
    ]
    edges: list[Edge] = [new_edge(one.id, other.id) for one, other in pairwise(nodes[:-1])]
    return Document(Flow(nodes=tuple(nodes), edges=(*edges, new_edge("old", "fail", "error"))))


def links(document: Document) -> set[tuple[str, str | None, str]]:
    return {(edge.source, edge.source_handle, edge.target) for edge in document.flow.edges}


def test_one_step_of_the_same_type_gives_the_node_its_target() -> None:
    document = shown(node("click2", selector="button[name='OK']"))
    document.edit(replacing(document.draft, "old", ["click2"]), "mei")
    kept = document.draft.nodes["old"]
    assert kept.config == {"selector": "button[name='OK']", "delayAfter": 500}
    assert kept.data.label == "Old"
    assert links(document) == {("start", None, "old"), ("old", None, "next"), ("old", "error", "fail")}


def test_what_belonged_to_the_old_target_goes_with_it() -> None:
    document = shown(node("click2", selector="button[name='OK']"))
    for key, value in {"offset": {"x": 90, "y": 0}, "occurrence": 2, "timeout": 5000}.items():
        document.edit([SetNode(id="old", path=("data", "config", key), value=value)], "mei")
    document.edit(replacing(document.draft, "old", ["click2"]), "mei")
    assert document.draft.nodes["old"].config == {"selector": "button[name='OK']", "delayAfter": 500, "timeout": 5000}


def test_several_steps_begin_where_it_lay_and_what_follows_makes_room() -> None:
    document = shown(node("menu", "menu", path=["File"]), node("click2"))
    spots = {"old": (260, 0), "menu": (260, 170), "click2": (520, 170), "next": (520, 0), "fail": (520, 140)}
    document.edit([MoveNode(id=name, x=x, y=y) for name, (x, y) in spots.items()], "mei")
    document.edit(replacing(document.draft, "old", ["menu", "click2"]), "mei")
    nodes = document.draft.nodes
    found = {name: (nodes[name].position.x, nodes[name].position.y) for name in ("menu", "click2", "next", "fail")}
    assert found == {"menu": (260, 0), "click2": (520, 0), "next": (780, 0), "fail": (780, 140)}


def test_several_steps_take_its_place() -> None:
    document = shown(node("menu", "menu", path=["File"]), node("click2"))
    before = document.flow
    document.edit(replacing(document.draft, "old", ["menu", "click2"]), "mei")
    assert "old" not in document.draft.nodes
    assert links(document) == {
        ("start", None, "menu"),
        ("menu", None, "click2"),
        ("click2", None, "next"),
        ("click2", "error", "fail"),
    }
    document.undo("mei")
    assert document.flow == before
