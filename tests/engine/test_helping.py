"""A target that is not found: a person looks again, points anew, goes past the node, or stops."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from flowdesk.engine.context import Called, Question, Run, Services
from flowdesk.engine.options import RunOptions
from flowdesk.engine.runner import Runner
from flowdesk.model.config import Config, TargetConfig
from flowdesk.model.errors import NodeError, TargetNotFound
from flowdesk.model.flow import Flow
from flowdesk.model.nodetype import Catalogue, node
from flowdesk.model.run import NodeState, RunState
from tests.engine.conftest import catalogue
from tests.engine.graphs import graph

FOUND: list[Any] = []


@node("seek", category="flow", title="Seek", outputs=("default", "error"))
async def seek(run: Run, config: TargetConfig) -> Any:
    """Find only what is called ``here``."""
    FOUND.append(config.selector)
    if config.selector != "here" and len(FOUND) < 4:
        raise TargetNotFound(
            "It is not there.", "Pick it again.", selector=config.selector, picture=run.variables.get("p")
        )
    return {"selector": config.selector}


def flow(*edges: str) -> Flow:
    return graph(*edges, types={"seek": ("seek", {"selector": "text=gone"})})


class Answers:
    """A person who gives these answers, one after the other."""

    def __init__(self, *answers: Mapping[str, Any]) -> None:
        self.questions: list[Question] = []
        self._answers = list(answers)

    async def __call__(self, question: Question) -> dict[str, Any]:
        self.questions.append(question)
        if not self._answers:
            raise NodeError("Nobody is there.", "")
        return dict(self._answers.pop(0))


async def run(ask: Any, shape: Flow | None = None, **options: Any) -> Runner:
    FOUND.clear()
    types = Catalogue((*catalogue(), seek.node_type, inner.node_type))  # type: ignore[attr-defined]
    given = RunOptions(**{"asks_for_help": True, **options})
    runner = Runner(shape or flow("start>seek", "seek>b"), types, Services(ask=ask), lambda event: None, given)
    await runner.run()
    return runner


async def test_looking_again_tries_the_node_once_more() -> None:
    ask = Answers({"action": "retry"}, {"action": "retry"}, {"action": "retry"})
    runner = await run(ask)
    assert FOUND == ["text=gone"] * 4
    assert runner.state is RunState.SUCCEEDED
    question = ask.questions[0]
    assert (question.kind, question.details["node_id"], question.details["selector"]) == ("help", "seek", "text=gone")


@pytest.mark.parametrize("value", ["here", ["here", "there"]])
async def test_a_target_that_was_pointed_at_anew_takes_the_place_of_the_old_one(value: Any) -> None:
    await run(Answers({"action": "answer", "value": value}, {"action": "skip"}))
    assert FOUND[:2] == ["text=gone", value]


async def test_skipping_goes_on_behind_the_node() -> None:
    runner = await run(Answers({"action": "skip"}))
    assert FOUND == ["text=gone"]
    assert runner.states == dict.fromkeys(("start", "seek", "b"), NodeState.SUCCESS)


@pytest.mark.parametrize("answers", [({"action": "stop"},), ()])
async def test_stopping_or_nobody_there_fails_as_without_help(answers: tuple[Mapping[str, Any], ...]) -> None:
    runner = await run(Answers(*answers))
    assert runner.state is RunState.FAILED
    assert runner.states["seek"] is NodeState.ERROR


async def test_nobody_is_asked_where_the_flow_has_a_way_on_or_help_is_not_wanted() -> None:
    ask = Answers()
    shape = flow("start>seek", "seek.error>b")
    assert (await run(ask, shape)).state is RunState.SUCCEEDED
    assert (await run(ask, asks_for_help=False)).state is RunState.FAILED
    assert (await run(ask, is_dry=True)).state is RunState.FAILED
    assert ask.questions == []


async def test_the_picture_of_where_was_looked_goes_along(tmp_path: Path) -> None:
    picture = tmp_path / "not-found.png"
    picture.write_bytes(b"PNG")
    ask = Answers({"action": "skip"})
    await run(ask, variables={"p": str(picture)})
    assert ask.questions[0].details["picture"] == "UE5H"


@node("inner", category="flow", title="Inner")
async def inner(run: Run, config: Config) -> Any:
    """Run a flow that seeks in vain."""
    await run._core.calls.flow(Called(flow("start>seek", "seek>b")), {}, run.visit)


@pytest.mark.parametrize(("edges", "asked"), [(("start>sub",), 1), (("start>sub", "sub.error>b"), 0)])
async def test_a_subflow_asks_as_its_caller_would_and_names_the_caller(edges: tuple[str, ...], asked: int) -> None:
    ask = Answers({"action": "answer", "value": "here"})
    runner = await run(ask, graph(*edges, types={"sub": "inner"}))
    assert runner.state is RunState.SUCCEEDED
    assert len(ask.questions) == asked
    for question in ask.questions:
        assert (question.title, question.details["node_id"], question.details["key"]) == ("sub › seek", "sub", "")
