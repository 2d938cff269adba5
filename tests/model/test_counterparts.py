from itertools import pairwise
from typing import Any

from flowdesk.model.counterparts import counterparts
from flowdesk.model.flow import Flow
from flowdesk.model.reading import read_flow


def flow(*nodes: tuple[str, str, str, int], chain: str = "") -> Flow:
    made: list[dict[str, Any]] = [
        {"id": i, "type": kind, "data": {"label": label, "config": {"n": number}}} for i, kind, label, number in nodes
    ]
    ends = chain.split()
    edges = [{"id": f"{a}{b}", "source": a, "target": b} for a, b in pairwise(ends)]
    return read_flow({"id": "f", "nodes": made, "edges": edges})


def test_the_same_id_is_the_same_node_unless_all_else_differs() -> None:
    assert counterparts(flow(("a", "log", "A", 1)), flow(("a", "log", "B", 2))) == {"a": "a"}
    assert counterparts(flow(("a", "log", "A", 1)), flow(("a", "wait", "A", 2))) == {"a": "a"}
    assert counterparts(flow(("a", "log", "A", 1)), flow(("a", "wait", "B", 2))) == {}


def test_an_id_that_was_changed_is_followed_by_label_and_settings_or_neighbors() -> None:
    assert counterparts(flow(("a", "log", "A", 1)), flow(("x", "log", "A", 1))) == {"a": "x"}
    one, other = flow(("s", "start", "", 0), ("a", "log", "A", 1), chain="s a"), flow(("s", "start", "", 0), ("x", "log", "A", 2), chain="s x")  # fmt: skip
    assert counterparts(one, other) == {"s": "s", "a": "x"}


def test_two_that_fit_as_well_are_not_guessed() -> None:
    assert counterparts(flow(("a", "log", "A", 1)), flow(("x", "log", "A", 1), ("y", "log", "A", 1))) == {}
    assert counterparts(flow(("a", "wait", "Wait", 1)), flow(("x", "wait", "Wait", 2))) == {}


def test_what_is_found_leads_to_more() -> None:
    one = flow(("a", "log", "A", 1), ("b", "log", "L", 2), ("c", "log", "L", 3), chain="a b c")
    other = flow(("x", "log", "A", 1), ("y", "log", "L", 5), ("z", "log", "L", 6), chain="x y z")
    assert counterparts(one, other) == {"a": "x", "b": "y", "c": "z"}
