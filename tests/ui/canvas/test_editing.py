"""The commands as pure functions, and the law that undo and redo give the identical file."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowdesk.model.changes import AnyChange, Draft, SetFlow, SetNode
from flowdesk.model.document import Document
from flowdesk.model.flow import Flow
from flowdesk.model.groups import read_groups, read_notes
from flowdesk.ui.canvas import arrange, editing, fragment, framing
from flowdesk.ui.canvas.card import Box, boxes, card_shape
from flowdesk.ui.canvas.rules import refusal
from flowdesk.ui.canvas.tidying import tidy
from tests.ui.canvas.samples import CATALOGUE, chain, edge, grid, node


def done(flow: Flow, changes: list[AnyChange]) -> Flow:
    document = Document(flow)
    document.edit(changes, "me")
    return document.flow


def wires(flow: Flow) -> set[tuple[str, str | None, str]]:
    return {(e.source, e.source_handle, e.target) for e in flow.edges}


def test_deleting_a_node_removes_its_edges_once_even_when_one_is_chosen_too() -> None:
    flow = done(chain(), editing.delete(Draft(chain()), ["a"], ["e1"]))
    assert wires(flow) == set()
    assert [n.id for n in flow.nodes] == ["s", "b", "lone"]


def test_healing_joins_over_several_removed_nodes_and_keeps_the_handle() -> None:
    flow = Flow(
        id="f",
        nodes=(node("s", "start"), node("c", "condition"), node("x"), node("y"), node("z")),
        edges=(
            edge("1", "s", "c"),
            edge("2", "c", "x", "true"),
            edge("3", "x", "y"),
            edge("4", "y", "z"),
            edge("5", "x", "z", "error"),
        ),
    )
    healed = done(flow, editing.delete_and_heal(Draft(flow), CATALOGUE, ["x", "y"]))
    assert wires(healed) == {("s", None, "c"), ("c", "true", "z")}


def test_healing_a_ring_of_removed_nodes_ends() -> None:
    flow = Flow(
        id="f",
        nodes=(node("s", "start"), node("x"), node("y")),
        edges=(edge("1", "s", "x"), edge("2", "x", "y"), edge("3", "y", "x")),
    )
    assert wires(done(flow, editing.delete_and_heal(Draft(flow), CATALOGUE, ["x", "y"]))) == set()


@pytest.mark.parametrize(
    ("source", "handle", "target", "sentence"),
    [
        ("b", None, "s", "This node has no input."),
        ("a", None, "a", "A node cannot connect to itself."),
        ("s", None, "a", "These two are already connected."),
        ("s", "default", "a", "These two are already connected."),
        ("gone", None, "a", "This node no longer exists."),
        ("a", "error", "b", None),
    ],
)
def test_rules_refuse_with_a_reason(source: str, handle: str | None, target: str, sentence: str | None) -> None:
    assert refusal(Draft(chain()), CATALOGUE, source, handle, target) == sentence


def test_nothing_follows_an_end() -> None:
    flow = Flow(id="f", nodes=(node("e", "end"), node("a")))
    assert refusal(Draft(flow), CATALOGUE, "e", None, "a") == "This node has no outputs."


def test_splicing_keeps_the_edge_and_its_handle_and_needs_a_free_node() -> None:
    flow = done(chain(), editing.splice(Draft(chain()), CATALOGUE, "lone", "e2"))
    assert wires(flow) == {("s", None, "a"), ("a", None, "lone"), ("lone", None, "b")}
    assert not editing.can_splice(Draft(flow), CATALOGUE, "b", "e1")


def test_a_paste_has_fresh_ids_keeps_inner_edges_and_never_a_second_start() -> None:
    draft = Draft(chain())
    found = fragment.read_fragment(fragment.copy_fragment(draft, ["s", "a", "b"]))
    assert found is not None
    pasted = done(chain(), fragment.paste(draft, found, at=(103, 407)))
    fresh = [n for n in pasted.nodes if n.id not in {"s", "a", "b", "lone"}]
    assert [n.type for n in fresh] == ["click", "input"]
    assert len(pasted.edges) == 3
    assert all(n.position.x % 20 == 0 and n.position.y % 20 == 0 for n in fresh)


def test_a_paste_with_inputs_is_led_to_from_where_the_original_is() -> None:
    draft = Draft(chain())
    found = fragment.read_fragment(fragment.copy_fragment(draft, ["b"]))
    assert found is not None
    pasted = done(chain(), fragment.paste(draft, found, keep_inputs=True))
    assert sum(1 for e in pasted.edges if e.source == "a") == 2


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"nodes": [{"id": "1", "type": "click", "position": {"x": 1, "y": 2}, "data": {}}]}),
        'Look at this:\n```json\n{"nodes": [{"id": "1", "type": "click"}], "edges": []}\n```',
        json.dumps({"type": "workflow.start", "payload": {"nodes": [{"id": "1", "type": "click"}], "edges": []}}),
        json.dumps({"id": "1", "type": "click", "position": {"x": 0, "y": 0}}),
        json.dumps({"nodes": [{"id": "1", "type": "click"}], "edges": [{"source": "1", "target": "gone"}]}),
    ],
)
def test_text_with_a_flow_in_it_is_read(text: str) -> None:
    found = fragment.read_fragment(text)
    assert found is not None
    assert [n.type for n in found[0]] == ["click"]
    assert found[1] == []


@pytest.mark.parametrize(
    "text", ["", "hello", "{", "[]", '{"nodes": 3}', '{"nodes": []}', '{"nodes": [{"id": 1}]}', "{" * 100_000]
)
def test_other_text_is_not(text: str) -> None:
    assert fragment.read_fragment(text) is None


def test_disabling_a_mixed_selection_disables_all_and_again_enables_all() -> None:
    flow = done(chain(), editing.toggle_disabled(Draft(chain()), ["a"]))
    flow = done(flow, editing.toggle_disabled(Draft(flow), ["a", "b"]))
    assert [n.id for n in flow.nodes if n.option("disabled")] == ["a", "b"]
    assert done(flow, editing.toggle_disabled(Draft(flow), ["a", "b"])) == chain()


def test_following_the_graph_selects_upstream_and_downstream() -> None:
    draft = Draft(chain())
    assert editing.select_along(draft, ["a"], "upstream") == {"s", "a"}
    assert editing.select_along(draft, ["a"], "downstream") == {"a", "b"}
    assert editing.select_along(draft, ["a"], "both") == {"s", "a", "b"}


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("left", {"p": (0, 0), "q": (0, 105)}),
        ("right", {"p": (300, 0), "q": (300, 105)}),
        ("center", {"p": (150, 0), "q": (150, 105)}),
        ("top", {"p": (0, 0), "q": (300, 0)}),
        ("bottom", {"p": (0, 125), "q": (300, 105)}),
        ("middle", {"p": (0, 62.5), "q": (300, 52.5)}),
        ("grid", {"p": (0, 0), "q": (300, 100)}),
        ("row", {"p": (0, 0), "q": (240, 0)}),
    ],
)
def test_eight_ways_to_align(how: Any, expected: dict[str, tuple[float, float]]) -> None:
    chosen = {"p": (0.0, 0.0, 180.0, 60.0), "q": (300.0, 105.0, 180.0, 80.0)}
    assert arrange.align(chosen, how) == expected


def test_distributing_keeps_the_outer_two_and_makes_gaps_equal() -> None:
    chosen = {"p": (0.0, 0.0, 100.0, 60.0), "q": (110.0, 5.0, 100.0, 60.0), "r": (500.0, 9.0, 100.0, 60.0)}
    assert arrange.distribute(chosen, "horizontal") == {"p": (0, 0), "q": (250, 5), "r": (500, 9)}


def test_a_layout_leads_from_left_to_right_and_nothing_overlaps() -> None:
    flow = grid(60, 12)
    draft = Draft(flow)
    places = tidy(draft, boxes(draft.nodes, CATALOGUE), (1e9, 700))
    for wire in flow.edges:
        assert places[wire.source][0] < places[wire.target][0]
    rects = [(*places[n.id], card_shape(n, CATALOGUE)) for n in flow.nodes]
    for i, (x, y, shape) in enumerate(rects):
        for other_x, other_y, other in rects[:i]:
            apart = x + shape.width <= other_x or other_x + other.width <= x
            assert apart or y + shape.height <= other_y or other_y + other.height <= y


def test_a_layout_ends_on_rings_and_on_a_long_chain() -> None:
    ring = Flow(
        id="r", nodes=(node("x"), node("y")), edges=(edge("1", "x", "y"), edge("2", "y", "x"), edge("3", "x", "x"))
    )
    assert len(tidy(Draft(ring), boxes(Draft(ring).nodes, CATALOGUE), (1200, 700))) == 2
    long = grid(3000, 3000)
    assert len(tidy(Draft(long), boxes(Draft(long).nodes, CATALOGUE), (1200, 700))) == 3000


def a_command(draw: Any, draft: Draft) -> list[AnyChange]:
    ids = draw(st.lists(st.sampled_from([*draft.nodes, "gone"]), max_size=4, unique=True))
    one = draw(st.sampled_from([*draft.nodes, "gone"]))
    cards = boxes(draft.nodes, CATALOGUE)
    chosen = {i: cards[i] for i in ids if i in cards}
    fragment_of = fragment.read_fragment(fragment.copy_fragment(draft, ids))
    commands = [
        lambda: editing.delete(draft, ids, list(draft.edges)[:1]),
        lambda: editing.delete_and_heal(draft, CATALOGUE, ids),
        lambda: editing.nudge(draft, ids, 20, -40),
        lambda: editing.toggle_disabled(draft, ids),
        lambda: editing.toggle_breakpoint(draft, ids),
        lambda: editing.rename(draft, one, "another name"),
        lambda: editing.connect(draft, CATALOGUE, one, draw(st.sampled_from([None, "error"])), ids[0] if ids else one),
        lambda: editing.cut(draft, list(draft.edges)[:2]),
        lambda: fragment.duplicate(draft, ids),
        lambda: fragment.paste(draft, fragment_of, keep_inputs=True) if fragment_of else [],
        lambda: editing.move(draft, arrange.align(chosen, "left")),
        lambda: editing.move(draft, tidy(draft, cards, (900, 600))),
        lambda: editing.splice(draft, CATALOGUE, one, next(iter(draft.edges), "")),
        lambda: editing.add_node(
            draft,
            CATALOGUE,
            node(f"new{draw(st.integers(0, 10**9).filter(lambda number: f'new{number}' not in draft.nodes))}"),
            one,
            None,
        ),
    ]
    changes: list[AnyChange] = draw(st.sampled_from([*commands, *more_commands(draw, draft, chosen, one)]))()
    return changes


def more_commands(draw: Any, draft: Draft, chosen: dict[str, Box], one: str) -> list[Callable[[], list[AnyChange]]]:
    """Groups, notes, and what forms do: settings set and emptied, pictures chosen."""
    groups, notes = list(read_groups(draft.fields)), list(read_notes(draft.fields))
    frames = [*groups, *notes]
    number = draw(st.integers(0, 10**9))
    some = draw(st.lists(st.sampled_from([*frames, "gone"]), max_size=3, unique=True))
    key = draw(st.sampled_from(["selector", "text", "duration", "fresh"]))
    return [
        lambda: framing.group(draft, chosen, f"group_{number}", "Log in") if f"group_{number}" not in frames else [],
        lambda: framing.add_note(draft, f"note_{number}", 40, -80, "Ask first"),
        lambda: framing.toggle_collapsed(draft, some),
        lambda: framing.ungroup(draft, some),
        lambda: framing.remove_frames(draft, some),
        lambda: framing.set_frames(draft, some, draw(st.sampled_from(["color", "title", "text"])), "teal"),
        lambda: framing.place_frames(draft, {i: (float(number % 500), 20.0, 300.0, 200.0) for i in some}),
        lambda: framing.regroup(draft, {i: draw(st.sampled_from([None, *groups])) for i in chosen}),
        lambda: framing.drop_moves(draft, chosen, dict.fromkeys(groups, (0.0, 0.0, 400.0, 300.0)), some),
        lambda: [*framing.without(draft, list(chosen), some), *editing.delete(draft, list(chosen))],
        lambda: fragment.duplicate(draft, list(chosen), some),
        lambda: [SetNode(id=one, path=("data", "config", key), value=f"image={number}.png")] if one != "gone" else [],
        lambda: [SetNode(id=one, path=("data", "config", key), remove=True)] if one != "gone" else [],
        lambda: [SetFlow(path=("variables", key), value=number)],
        lambda: [SetFlow(path=("variables", key), remove=True)],
    ]


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_undoing_everything_gives_the_identical_file_and_redoing_it_too(data: st.DataObject) -> None:
    document = Document(chain())
    before = json.dumps(document.flow.to_json())
    steps = 0
    for _ in range(data.draw(st.integers(1, 10))):
        changes = a_command(data.draw, document.draft)
        if changes:
            document.edit(changes, "me", "step")
            steps += 1
    after = json.dumps(document.flow.to_json())
    for _ in range(steps):
        document.undo("me")
    assert json.dumps(document.flow.to_json()) == before
    for _ in range(steps):
        document.redo("me")
    assert json.dumps(document.flow.to_json()) == after
