from flowdesk.model.flow import Flow
from flowdesk.model.reading import read_flow
from flowdesk.model.wiring import wiring
from flowdesk.nodes import catalogue_with_plugins

CATALOGUE = catalogue_with_plugins()


def flow(nodes: str, *ends: str) -> Flow:
    """``ends`` such as ``"a>b"``."""
    edges = [{"id": str(at), "source": one[0], "target": one[-1]} for at, one in enumerate(ends)]
    return read_flow({"nodes": [{"id": n, "type": "log"} for n in nodes], "edges": edges})


def same(nodes: str) -> dict[str, str]:
    return {n: n for n in nodes}


def test_a_filled_and_a_closed_gap_are_no_connections_of_their_own() -> None:
    one, other = flow("ac", "a>c"), flow("abc", "a>b", "b>c")
    found = wiring(one, other, same("ac"), CATALOGUE)
    assert (found.after, found.added, found.removed) == ({"b": ("a", "")}, [], [])
    found = wiring(other, one, same("ac"), CATALOGUE)
    assert (found.added, found.removed) == ([], [])


def test_two_ways_on_are_both_told() -> None:
    one, other = flow("acd", "a>c"), flow("abcd", "a>b", "b>c", "b>d")
    found = wiring(one, other, same("acd"), CATALOGUE)
    assert [(edge.source, edge.target) for edge in found.added] == [("b", "d")]
    assert found.removed == []


def test_connections_given_twice_are_counted() -> None:
    found = wiring(flow("ab", "a>b"), flow("ab", "a>b", "a>b"), same("ab"), CATALOGUE)
    assert len(found.added) == 1
    assert len(found.kept) == 1
