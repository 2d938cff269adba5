"""What is remembered of the last runs is bounded, in number and in size."""

import gc
import tracemalloc
import weakref

import pytest

from flowdesk.session import lastruns
from flowdesk.session.journal import Journal
from flowdesk.session.journals import MOST_IDLE
from flowdesk.session.lastruns import KEPT, KEPT_BYTES, LastRun, LastRuns, size_of
from flowdesk.session.secrets import Secrets
from flowdesk.session.session import Session
from tests.session.conftest import Keeper, ask, flow_json
from tests.waiting import eventually


def last(size: int = 1, **variables: object) -> LastRun:
    return LastRun(variables, {}, {}, Secrets(None), size)


def test_the_runs_used_last_are_remembered() -> None:
    runs = LastRuns()
    for number in range(KEPT):
        runs.keep(f"w{number}", last(number=number))
    assert runs.find("w0") is not None
    runs.keep("new", last())
    assert runs.find("w0") is not None
    assert runs.find("w1") is None
    assert runs.find("new") is not None


def test_a_large_run_lets_go_of_the_others_and_is_kept_itself() -> None:
    runs = LastRuns()
    runs.keep("small", last())
    runs.keep("large", last(KEPT_BYTES + 1))
    assert runs.find("small") is None
    assert runs.find("large") is not None
    runs.keep("next", last())
    assert runs.find("large") is None


def test_a_run_that_is_counted_later_makes_room_then() -> None:
    runs = LastRuns()
    runs.keep("small", last())
    large = last(0, text="x" * (KEPT_BYTES + 1))
    runs.keep("large", large)
    assert "small" in runs
    runs.weigh("large", large, large.counted())
    assert "small" not in runs
    assert "large" in runs
    runs.weigh("large", last(), 1)  # of a run that is no longer the last one
    runs.keep("next", last())
    assert "large" not in runs


def test_the_size_counts_each_value_once_and_gives_up_on_very_many() -> None:
    text = "x" * 10_000
    assert 10_000 < size_of([text, text, {"a": text}]) < 12_000
    assert size_of([[str(number)] for number in range(200_000)]) > KEPT_BYTES


def test_values_that_hold_themselves_are_measured() -> None:
    loop: list[object] = []
    loop.append(loop)
    assert size_of(loop) < 200


async def test_the_journals_of_runs_that_are_no_longer_remembered_are_let_go(session: Session) -> None:
    peer, journals = Keeper("p"), list[weakref.ref[Journal]]()
    for number in range(3 * KEPT):
        name = f"w{number}"
        session.connect(peer)
        await ask(session, peer, "workflow.start", name, **flow_json())
        journals.append(weakref.ref(session.journal(name)))
        live = session.runs.current[name]
        assert live.task is not None
        await live.task
        session.disconnect(peer)
    gc.collect()
    assert sum(journal() is not None for journal in journals) <= KEPT + MOST_IDLE + 1
    assert journals[-1]() is not None


async def test_what_is_kept_of_runs_of_large_flows_is_bounded_with_their_nodes(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lastruns, "KEPT_BYTES", 300_000)
    peer = Keeper("p")
    session.connect(peer)
    steps = [{"id": f"w{at}", "type": "wait", "data": {"config": {"duration": 0}}} for at in range(60)]
    for number in range(6):
        await ask(session, peer, "workflow.start", f"w{number}", **flow_json(*steps))
        await eventually(lambda: not session.runs.under_way())
    await eventually(lambda: "w1" not in session.runs._last)
    assert "w5" in session.runs._last
    kept = [session.runs._last.find(f"w{number}") for number in range(6)]
    nodes = [list(each.nodes.values()) for each in kept if each is not None]
    tracemalloc.start()
    copies = [node.model_copy(deep=True) for each in nodes for node in each]
    real = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert copies
    assert real < 2 * 300_000, "what is kept takes more than was counted"
