"""What was begun before a renaming names the node as it was called then."""

from flowdesk.model.changes import MoveNode, RenameNode, SetNode
from flowdesk.model.renamings import REMEMBERED, Renamings


def set_label(node_id: str) -> SetNode:
    return SetNode(id=node_id, path=("data", "label"), value="L")


def test_ids_are_those_of_the_revision() -> None:
    known = Renamings()
    known.note([RenameNode(id="a", to="b")], 3)
    known.note([RenameNode(id="b", to="c"), RenameNode(id="x", to="a")], 5)
    assert known.as_of(2, [set_label("c")]) == [set_label("a")]
    assert known.as_of(3, [set_label("c")]) == [set_label("b")]
    assert known.as_of(5, [set_label("c")]) == [set_label("c")]
    assert known.as_of(2, [RenameNode(id="a", to="z")]) == [RenameNode(id="x", to="z")]
    move = MoveNode(id="q", x=1, y=2)
    assert known.as_of(2, [move]) == [move]


def test_it_is_bounded() -> None:
    known = Renamings()
    known.note([RenameNode(id=f"n{number}", to=f"n{number + 1}") for number in range(3 * REMEMBERED)], 1)
    assert known.as_of(0, [set_label(f"n{3 * REMEMBERED}")]) == [set_label(f"n{2 * REMEMBERED}")]
