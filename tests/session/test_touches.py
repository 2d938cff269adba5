from flowdesk.model.changes import AddNode, Draft, RemoveEdge, RemoveNode, RenameNode, SetEdge, SetFlow, SetNode
from flowdesk.model.flow import new_node
from flowdesk.model.reading import read_flow
from flowdesk.session.touches import REMEMBERED, Touches
from tests.session.conftest import flow_json, wait_node

PATH = ("data", "config", "duration")


def draft() -> Draft:
    return Draft(read_flow(flow_json(wait_node(duration=5))))


def change(value: object = 1, path: tuple[str, ...] = PATH) -> SetNode:
    return SetNode(id="w", path=path, value=value)


def test_what_somebody_else_set_since_is_a_conflict_with_both_values() -> None:
    touches = Touches()
    touches.note([change(5)], 3, "mei", "Mei")
    (found,) = touches.conflicts([change(7)], 2, "li", draft())
    assert (found["yours"], found["theirs"], found["by"], found["label"]) == (7, 5, "Mei", "w")
    assert touches.conflicts([change(7)], 3, "li", draft()) == []
    assert touches.conflicts([change(7)], 2, "mei", draft()) == []


def test_what_lies_around_or_in_a_field_counts_and_its_siblings_do_not() -> None:
    touches = Touches()
    touches.note([change(5)], 3, "mei", "Mei")
    assert touches.conflicts([change({}, ("data", "config"))], 0, "li", draft())
    assert touches.conflicts([change("x", ("data", "label"))], 0, "li", draft()) == []
    assert touches.conflicts([SetFlow(path=PATH, value=1)], 0, "li", draft()) == []


def test_a_removal_is_no_value() -> None:
    touches = Touches()
    touches.note([change(5)], 3, "mei", "Mei")
    (found,) = touches.conflicts([SetNode(id="w", path=PATH, remove=True)], 0, "li", draft())
    assert found["yours"] is None


def test_only_so_many_are_remembered() -> None:
    touches = Touches()
    for number in range(2 * REMEMBERED):
        touches.note([SetNode(id=str(number), path=PATH)], number, "mei", "Mei")
    assert touches.conflicts([SetNode(id="0", path=PATH)], -1, "li", draft()) == []
    assert touches.conflicts([SetNode(id=str(2 * REMEMBERED - 1), path=PATH)], -1, "li", draft())


def test_a_node_that_somebody_else_made_by_the_same_id_is_not_meant() -> None:
    touches = Touches()
    touches.note([AddNode(node=new_node("wait", id="wait2"))], 4, "mei", "Mei")
    meant = [SetNode(id="wait2", path=PATH, value=1)]
    assert touches.strangers(meant, 3, "li") == [("wait2", "Mei")]
    assert touches.strangers(meant, 4, "li") == []
    assert touches.strangers(meant, 3, "mei") == []
    assert touches.strangers([AddNode(node=new_node("wait", id="wait2")), *meant], 3, "li") == []


def test_what_a_node_is_called_now_is_known_for_edits_that_do_not_know_it_yet() -> None:
    touches = Touches()
    touches.note([RenameNode(id="a", to="b")], 2, "mei", "Mei")
    touches.note([RenameNode(id="b", to="c")], 5, "mei", "Mei")
    assert touches.renames(1) == {"a": "c", "b": "c"}
    assert touches.renames(2) == {"b": "c"}
    assert touches.renames(5) == {}


def test_removing_what_somebody_else_set_since_is_a_conflict() -> None:
    touches = Touches()
    touches.note([change(5), SetEdge(id="e0", path=("sourceHandle",), value="a")], 3, "mei", "Mei")
    found = touches.conflicts([RemoveEdge(id="e0"), RemoveNode(id="w")], 2, "li", draft())
    assert [(one["op"], one["id"], one["path"], one["yours"]) for one in found] == [
        ("setEdge", "e0", ["sourceHandle"], None),
        ("setNode", "w", list(PATH), None),
    ]
    assert touches.conflicts([RemoveEdge(id="e0"), RemoveNode(id="w")], 3, "li", draft()) == []
    assert touches.conflicts([RemoveEdge(id="e0"), RemoveNode(id="w")], 2, "mei", draft()) == []
