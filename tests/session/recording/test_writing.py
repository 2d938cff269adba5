"""Recorded steps hang behind one another, in rows, with a note where the program changes; each can be taken back."""

from itertools import pairwise
from typing import Any

from flowdesk.engine.ports import Window
from flowdesk.model.changes import Draft
from flowdesk.model.flow import Edge, Flow, Node, Position
from flowdesk.model.groups import read_notes
from flowdesk.session.recording.writing import Placing, last_of
from tests.session.recording.person import EDITOR, OTHER


def flow(*ids: str) -> Flow:
    nodes = tuple(Node(id=one, type="start" if one == "start" else "log") for one in ids)
    edges = tuple(Edge(id=f"{a}-{b}", source=a, target=b) for a, b in pairwise(ids))
    return Flow(nodes=nodes, edges=edges)


def add(placing: Placing, draft: Draft, *steps: tuple[str, Window | None]) -> list[Any]:
    changes = placing.changes(draft, [(kind, {}, window, "") for kind, window in steps])
    return [change.apply(draft) for change in changes][::-1]


def chain(draft: Draft, at: str = "start") -> list[str]:
    found = [at]
    while (
        after := next((edge.target for edge in draft.edges.values() if edge.source == found[-1]), "")
    ) and after not in found:
        found.append(after)
    return found


def test_steps_hang_behind_the_end() -> None:
    draft = Draft(flow("start", "a"))
    placing = Placing(last_of(draft.nodes, draft.edges))
    assert placing.anchor == "a"
    add(placing, draft, ("click", EDITOR), ("input", EDITOR))
    add(placing, draft, ("click", EDITOR))
    assert chain(draft) == ["start", "a", "click", "input", "click2"]


def test_steps_in_the_middle_lead_on_to_what_followed() -> None:
    draft = Draft(flow("start", "a", "b"))
    placing = Placing("a")
    undo = add(placing, draft, ("click", EDITOR), ("input", EDITOR))
    add(placing, draft, ("keys", EDITOR))
    assert chain(draft) == ["start", "a", "click", "input", "keys", "b"]
    assert placing.tail(draft.nodes) == "keys"
    assert len(undo) > 0


def placed(*ids: str) -> Flow:
    """A flow in one row."""
    known = flow(*ids)
    nodes = tuple(
        node.model_copy(update={"position": Position(x=260.0 * at, y=0.0)}) for at, node in enumerate(known.nodes)
    )
    return known.model_copy(update={"nodes": nodes})


def places(draft: Draft, *ids: str) -> list[tuple[float, float]]:
    return [(draft.nodes[one].position.x, draft.nodes[one].position.y) for one in ids]


def test_what_follows_makes_room_for_steps_in_the_middle() -> None:
    draft = Draft(placed("start", "a", "b", "c"))
    placing = Placing("a")
    undo = add(placing, draft, ("click", EDITOR))
    assert places(draft, "a", "click", "b", "c") == [(260, 0), (520, 0), (780, 0), (1040, 0)]
    undo += add(placing, draft, ("keys", EDITOR))
    assert places(draft, "click", "keys", "b", "c") == [(520, 0), (780, 0), (1040, 0), (1300, 0)]


def test_steps_that_are_to_take_the_place_of_a_node_lie_below_it_and_note_no_program() -> None:
    draft = Draft(placed("start", "a", "b"))
    placing = Placing("a", is_for_anchor=True)
    add(placing, draft, ("click", EDITOR), ("keys", EDITOR))
    assert places(draft, "a", "click", "keys", "b") == [(260, 0), (260, 170), (520, 170), (520, 0)]
    assert not read_notes(draft.fields)


def test_a_step_that_was_taken_back_leaves_the_place_to_the_next() -> None:
    draft = Draft(flow("start"))
    placing = Placing("start")
    add(placing, draft, ("click", EDITOR))
    undo = add(placing, draft, ("keys", EDITOR))
    for change in undo:
        change.apply(draft)
    add(placing, draft, ("input", EDITOR))
    assert chain(draft) == ["start", "click", "input"]


def test_programs_have_rows_and_notes() -> None:
    draft = Draft(flow("start"))
    placing = Placing("start")
    add(placing, draft, ("click", EDITOR), ("click", EDITOR), ("click", OTHER), ("click", OTHER))
    rows = (
        {draft.nodes[one].position.y for one in ("click", "click2")},
        {draft.nodes[one].position.y for one in ("click3", "click4")},
    )
    assert len(rows[0]) == len(rows[1]) == 1
    assert rows[0] != rows[1]
    assert [note.text for note in read_notes(draft.fields).values()] == ["editor", "notes"]


def test_no_two_steps_lie_over_each_other() -> None:
    draft = Draft(flow("start"))
    placing = Placing("start")
    for number in range(30):
        add(placing, draft, ("click", EDITOR if number % 7 else OTHER))
    places = [(node.position.x, node.position.y) for node in draft.nodes.values()]
    assert len(set(places)) == len(places)
