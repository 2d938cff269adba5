"""A function that is made of nodes: what it is given, gives back and leaves, by running both flows."""

import pytest

from flowdesk.engine.context import Services
from flowdesk.engine.options import RunOptions
from flowdesk.engine.runner import Runner
from flowdesk.model.changes import Draft, MakeFunction, SetNode
from flowdesk.model.errors import ChangeRefused
from flowdesk.model.flow import Flow
from flowdesk.model.naming import spelled_out
from flowdesk.model.validation import validate
from flowdesk.nodes import builtin_catalogue
from tests.engine.graphs import graph

TYPES = {
    "a": ("setVariable", {"name": "n", "value": 4}),
    "b": ("setVariable", {"name": "m", "value": "{{ n * 2 }}"}),
    "c": ("condition", {"left": "{{m}}", "operator": "gt", "right": 5}),
    "d": ("setVariable", {"name": "m", "value": "{{ m + 1 }}"}),
    "e": ("setVariable", {"name": "all", "value": "{{ m * 10 }}"}),
}
EDGES = ("start>a", "a>b", "b>c", "c.true>d", "d>e", "c.false>e")


def made(flow: Flow, *nodes: str, name: str = "") -> Flow:
    draft = Draft(flow)
    for change in spelled_out([MakeFunction(nodes=nodes, name=name)], draft):
        change.apply(draft)
    return draft.flow()


async def result(flow: Flow) -> dict[str, object]:
    assert not [problem.message for problem in validate(flow, builtin_catalogue())]
    runner = Runner(flow, builtin_catalogue(), Services(), lambda event: None, RunOptions())
    await runner.run()
    return {name: value for name, value in runner.variables.items() if name in {"n", "m", "all"}}


async def test_nodes_become_a_function_that_does_the_same() -> None:
    before = graph(*EDGES, types=TYPES)
    after = made(before, "b", "c", "d")
    assert await result(after) == await result(before) == {"n": 4, "m": 9, "all": 90}
    assert after.node("call").config == {"function": "Function", "variable": "m"}
    assert after.node("end").config == {"result": "{{m}}"}
    extra = after.model_extra or {}
    assert extra["groups"]["group_function"]["nodes"] == ["function", "b", "c", "d", "end"]


async def test_nodes_of_a_function_take_what_only_it_knows_as_parameters() -> None:
    types = {
        **TYPES,
        "k": ("call", {"function": "f", "inputs": {"n": 4}, "variable": "all"}),
        "f": ("function", {"function": "f", "parameters": {"n": ""}}),
        "z": ("end", {"result": "{{m}}"}),
    }
    before = graph("start>k", "f>b", "b>c", "c.true>d", "d>z", "c.false>z", types=types)
    after = made(before, "b", "c", "d", name="Double")
    assert after.node("call").config == {"function": "Double", "inputs": {"n": "{{n}}"}, "variable": "m"}
    assert await result(after) == await result(before) == {"all": 9}


def test_what_cannot_be_one_is_refused_with_the_reason() -> None:
    flow = graph(*EDGES, "a>e", types=TYPES)
    for nodes, reason in (
        (("start", "a"), '"start" cannot be part of a function'),
        (("c", "e"), "more than one of these nodes from outside. (c, e)"),
        (("c",), "lead to more than one other node. (d, e)"),
        (("a", "b", "c", "d"), "more than one variable"),
    ):
        with pytest.raises(ChangeRefused) as caught:
            made(
                graph(*EDGES, types={**TYPES, "e": ("log", {"message": "{{n}}{{m}}"})})
                if "variable" in reason
                else flow,
                *nodes,
            )
        assert reason in str(caught.value.message)


def test_a_new_name_of_a_function_changes_its_calls_and_the_title_of_its_group() -> None:
    draft = Draft(made(graph(*EDGES, types=TYPES), "b", "c", "d"))
    for change in spelled_out([SetNode(id="function", path=("data", "config", "function"), value="Twice")], draft):
        change.apply(draft)
    assert draft.nodes["call"].config["function"] == "Twice"
    assert draft.fields["groups"]["group_function"]["title"] == "Twice"
