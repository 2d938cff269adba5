"""What was done by hand several times with other data becomes a loop over rows, in one edit."""

from itertools import pairwise
from pathlib import Path
from typing import Any

from flowdesk.model.changes import AddNode, Draft
from flowdesk.model.document import Document
from flowdesk.model.flow import Flow, Node, NodeBody, new_edge
from flowdesk.session.recording.repeats import changes, found_in
from flowdesk.session.recording.rowsfile import write_table

NAME, CITY, SAVE = "app=Shop >> text_field[name='Name']", "app=Shop >> combo_box[name='City']", "button[name='Save']"


def node(number: int, kind: str, **config: Any) -> Node:
    return Node(id=f"n{number}", type=kind, data=NodeBody(config=config))


def order(first: int, name: str, city: str, **more: Any) -> list[Node]:
    return [
        node(first, "input", selector=NAME, text=name, **more),
        node(first + 1, "choose", selector=CITY, option=city),
        node(first + 2, "click", selector=[SAVE, f"image=save-{first}.png"], timeout=3000 + first),
    ]


def flow_of(nodes: list[Node]) -> Flow:
    nodes = [Node(id="start", type="start", data=NodeBody(config={})), *nodes]
    edges = [new_edge(one.id, other.id) for one, other in pairwise(nodes)]
    return Flow(nodes=tuple(nodes), edges=tuple(edges))


def test_the_same_steps_with_other_data_are_found() -> None:
    opening, closing = (
        node(1, "click", selector="button[name='Orders']"),
        node(99, "click", selector="button[name='Close']"),
    )
    nodes = [
        opening,
        *order(10, "Mei", "Rome"),
        *order(20, "Lee", "Rome", clearFirst=True),
        *order(30, "王芳", "Paris", clearFirst=True),
        closing,
    ]
    repeat = found_in(nodes)
    assert repeat is not None
    assert repeat.payload() == {
        "times": 3, "steps": 3, "columns": ["Name", "City"],
        "rows": [["Mei", "Rome"], ["Lee", "Rome"], ["王芳", "Paris"]],
    }  # fmt: skip


def test_what_differs_in_more_than_data_or_in_nothing_is_none() -> None:
    assert found_in([*order(10, "Mei", "Rome"), *order(20, "Mei", "Rome")]) is None
    assert (
        found_in(
            [*order(10, "Mei", "Rome"), node(20, "click", selector="button[name='Back']"), *order(30, "Lee", "Rome")]
        )
        is None
    )
    assert found_in([]) is None
    secret = [*order(10, "{{secret:one}}", "Rome"), *order(20, "{{secret:two}}", "Rome")]
    assert found_in(secret) is None


def test_the_loop_is_one_edit_that_can_be_taken_back() -> None:
    nodes = [
        *order(10, "Mei", "Rome"),
        *order(20, "Lee", "Paris", clearFirst=True),
        node(99, "click", selector="button[name='Close']"),
    ]
    document = Document(flow_of(nodes))
    before = document.flow
    repeat = found_in(nodes)
    assert repeat is not None
    document.edit(changes(document.draft, repeat), "mei", "Repeat")
    flow = document.flow
    loop = next(one for one in flow.nodes if one.type == "loop")
    assert loop.config["items"] == [{"Name": "Mei", "City": "Rome"}, {"Name": "Lee", "City": "Paris"}]
    assert [one.id for one in flow.nodes if one.id.startswith("n")] == ["n10", "n11", "n12", "n99"]
    typed = next(one for one in flow.nodes if one.id == "n10")
    assert (typed.config["text"], typed.config["clearFirst"]) == ("{{item.Name}}", True)
    links = {(edge.source, edge.source_handle, edge.target) for edge in flow.edges}
    assert links == {
        ("start", None, loop.id), (loop.id, "body", "n10"), ("n10", None, "n11"), ("n11", None, "n12"), (loop.id, "done", "n99"),
    }  # fmt: skip
    document.undo("mei")
    assert document.flow == before


def test_a_table_lies_beside_the_flow(tmp_path: Path) -> None:
    nodes = [*order(10, "Mei, 42", "Rome"), *order(20, "王芳", "Paris")]
    repeat = found_in(nodes)
    assert repeat is not None
    path = tmp_path / "orders.flow.json"
    assert [write_table(path, repeat) for _ in range(2)] == ["orders.csv", "orders 2.csv"]
    assert (tmp_path / "orders.csv").read_text("utf-8-sig") == 'Name,City\n"Mei, 42",Rome\n王芳,Paris\n'
    made = changes(Draft(flow_of(nodes)), repeat, "orders.csv")
    tables = [change.node for change in made if isinstance(change, AddNode) and change.node.type == "readTable"]
    assert [table.config["path"] for table in tables] == ["orders.csv"]
