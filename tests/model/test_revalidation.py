"""What is found while a flow is edited is what is found when it is looked at as a whole."""

from hypothesis import given
from hypothesis import strategies as st

from flowdesk.model.flow import Edge, Flow, Node
from flowdesk.model.revalidation import Revalidation
from flowdesk.model.validation import validate
from flowdesk.nodes import builtin_catalogue

CATALOGUE = builtin_catalogue()

CONFIGS: tuple[tuple[str, dict[str, object]], ...] = (
    ("start", {}),
    ("click", {"selector": "button[name='OK']"}),
    ("click", {"selector": "button["}),
    ("click", {}),
    ("loop", {"type": "count", "count": 2}),
    ("loop", {"type": "count", "count": 2, "disabled": True}),
    ("end", {}),
    ("nonsense", {}),
    ("wait", {"duration": -1, "retries": "x"}),
)
NAMES = ("a", "b", "c", "d")

nodes = st.builds(
    lambda name, kind, x: Node.model_validate(
        {"id": name, "type": kind[0], "position": {"x": x, "y": 0}, "data": {"label": name, "config": kind[1]}}
    ),
    st.sampled_from(NAMES),
    st.sampled_from(CONFIGS),
    st.integers(0, 3),
)
edges = st.builds(
    lambda name, source, target, handle: Edge(id=name, source=source, target=target, sourceHandle=handle),
    st.sampled_from(("e", "f", "g")),
    st.sampled_from((*NAMES, "nobody")),
    st.sampled_from((*NAMES, "nobody")),
    st.sampled_from((None, "body", "error", "elsewhere")),
)
edits = st.one_of(
    st.tuples(st.just("node"), st.integers(0, 5), st.none() | nodes),
    st.tuples(st.just("edge"), st.integers(0, 5), st.none() | edges),
)


@given(st.lists(nodes, max_size=5), st.lists(edges, max_size=5), st.lists(edits, max_size=8))
def test_an_edited_flow_has_the_problems_that_it_has_as_a_whole(
    some: list[Node], links: list[Edge], then: list[tuple[str, int, Node | Edge | None]]
) -> None:
    revalidation = Revalidation(CATALOGUE)
    flow = Flow(nodes=tuple(some), edges=tuple(links))
    assert revalidation.problems(flow) == validate(flow, CATALOGUE)
    for what, place, part in then:
        parts: list[Node | Edge] = list(flow.nodes if what == "node" else flow.edges)
        parts[place : place + 1] = [part] if part is not None else []
        flow = flow.model_copy(update={"nodes" if what == "node" else "edges": tuple(parts)})
        assert revalidation.problems(flow) == validate(flow, CATALOGUE)


def test_what_an_edit_left_alone_is_not_looked_at_again() -> None:
    class Counted(Revalidation):
        """Tells which nodes are new to it."""

        def _node_problems(self, flow: Flow) -> tuple[list, list[Node]]:  # type: ignore[type-arg]
            found, fresh = super()._node_problems(flow)
            seen.append([node.id for node in fresh])
            return found, fresh

    seen: list[list[str]] = []
    start = Node.model_validate({"id": "a", "type": "start", "position": {"x": 0, "y": 0}})
    wait = Node.model_validate(
        {"id": "b", "type": "wait", "position": {"x": 9, "y": 0}, "data": {"config": {"duration": 1}}}
    )
    revalidation = Counted(CATALOGUE)
    revalidation.problems(Flow(nodes=(start, wait)))
    revalidation.problems(Flow(nodes=(start, wait.model_copy())))
    assert seen == [["a", "b"], ["b"]]
