"""What is wrong with a flow is said at its place."""

from typing import Any

import pytest

from flowdesk.model.flow import Edge, Flow, Node, new_edge
from flowdesk.model.problem import Problem
from flowdesk.model.validation import validate
from flowdesk.nodes import builtin_catalogue


def found(kind: str, **config: Any) -> list[Problem]:
    """Return the problems of a node."""
    node = Node.model_validate({"id": "n", "type": kind, "data": {"config": config}})
    flow = Flow(nodes=(Node(id="start", type="start"), node), edges=(new_edge("start", "n"),))
    return [problem for problem in validate(flow, builtin_catalogue()) if problem.node_id == "n"]


@pytest.mark.parametrize(
    ("kind", "config", "field"),
    [
        ("drag", {"selector": "100,100", "to": "txt=Bin"}, "to"),
        ("drag", {"selector": "100,100", "to": ["100,100", "button["]}, "to"),
        ("drag", {"selector": "nonsense=1", "to": "100,100"}, "selector"),
        ("click", {"selector": "point=+50"}, "selector"),
        ("click", {"selector": "point=+50,10"}, "selector"),
        ("click", {"selector": ["text=OK", "nth=2"]}, "selector"),
        ("wait", {"selector": "button >> nth=0"}, "selector"),
    ],
)
def test_a_selector_that_cannot_be_is_a_problem_in_whichever_field_it_stands(
    kind: str, config: dict[str, Any], field: str
) -> None:
    problems = found(kind, **config)
    assert [(problem.code, problem.field) for problem in problems] == [("selector.invalid", field)]
    assert problems[0].fix


def test_a_selector_that_a_reference_fills_is_left_to_the_run() -> None:
    assert found("drag", selector="{{here}}", to="text={{there}}") == []


@pytest.mark.parametrize(
    ("region", "said"),
    [([1, 2, 3], "value 4 is missing"), ([1], "value 2"), ([1, 2, 3, 4, 5], "at most 4"), ([1, 2, "x", 4], "whole")],
)  # fmt: skip
def test_a_region_of_another_length_is_not_called_missing(region: list[Any], said: str) -> None:
    (problem,) = found("click", selector="text=OK", region=region)
    assert (problem.code, problem.field) == ("config.invalid", "region")
    assert said in str(problem.message)


def test_what_must_be_given_is_called_missing() -> None:
    (problem,) = found("click")
    assert (problem.code, problem.field) == ("config.missing", "selector")


def handled(*edges: str) -> list[tuple[str, str | None]]:
    """Return the errors of a flow with a handler ``h``."""
    pairs = [edge.split(">") for edge in edges]
    ids = dict.fromkeys(["start", *(name.partition(".")[0] for pair in pairs for name in pair)])
    kinds = {"start": ("start", {}), "h": ("handle", {"selector": "text=Sorry"})}
    nodes = [
        Node.model_validate({"id": name, "type": kinds.get(name, ("log", {}))[0], "data": {"config": kinds.get(name, ("", {"message": "x"}))[1]}})
        for name in ids
    ]  # fmt: skip
    links = [
        Edge(id=edge, source=source.partition(".")[0], target=target, sourceHandle=source.partition(".")[2] or None)
        for edge, (source, target) in zip(edges, pairs, strict=True)
    ]
    problems = validate(Flow(nodes=tuple(nodes), edges=tuple(links)), builtin_catalogue())
    return [(problem.code, problem.edge_id or problem.node_id) for problem in problems if problem.is_error]


def test_what_a_handler_runs_must_be_there_and_lead_nowhere_else() -> None:
    assert handled("start>h", "h>a") == [("handle.no_body", "h")]
    assert handled("start>h", "h>a", "h.appeared>b", "b>c", "b>h", "c>b") == []
    assert handled("start>h", "h>a", "h.appeared>a") == [("handle.leads_out", "h.appeared>a")]
    assert handled("start>h", "h>a", "h.appeared>b", "b>a", "a>c") == [("handle.leads_out", "b>a")]
