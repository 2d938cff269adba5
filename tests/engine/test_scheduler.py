"""The scheduler by itself: flows in, order of nodes out, no clock and no task."""

from itertools import pairwise

import pytest

from flowdesk.engine.plan import Plan
from flowdesk.engine.scheduler import Scheduler
from flowdesk.engine.visits import Again, Begin, Cancel, Close, Done, Effect, LimitHit, Reenter, Skip, Visit
from flowdesk.model.flow import Flow
from tests.engine.conftest import catalogue
from tests.engine.graphs import graph


class Playbook:
    """Plays a flow: each node leaves by the port that ``ports`` says, loops run as often as ``counts`` says."""

    def __init__(self, flow: Flow, from_node: str | None = None, **ports: str | list[str]) -> None:
        self.order: list[str] = []
        self.skipped: list[str] = []
        self.closed: list[str] = []
        self.cancelled: list[str] = []
        self.limit: LimitHit | None = None
        self.is_done = False
        self._ports = ports
        self._loops: dict[Visit, int] = {}
        self._scheduler = Scheduler(Plan(flow, catalogue(), from_node))
        self._waiting: list[Visit] = []

    def play(self, memories: dict[str, dict[str, object]] | None = None, most: int = 100_000) -> "Playbook":
        self._take(self._scheduler.start(memories))
        while self._waiting and self.limit is None and most:
            most -= 1
            visit = self._waiting.pop(0)
            self._take(self._scheduler.finished(visit, self._port(visit)))
        assert most, "the flow does not end"
        return self

    def _port(self, visit: Visit) -> str | None:
        node_id, kind = visit.step.node.id, visit.step.type.kind
        if kind == "loop":
            done = self._loops.get(visit, -1) + 1 if "index" not in visit.memory else int(visit.memory.pop("index")) + 1
            self._loops[visit] = done
            return "body" if done < visit.step.node.config.get("count", 1) else "done"
        wanted = self._ports.get(node_id)
        if isinstance(wanted, list):
            return wanted.pop(0) if len(wanted) > 1 else wanted[0]
        return wanted or (visit.step.type.outputs[0] if visit.step.type.outputs else None)

    def _take(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Begin(visit):
                    path = "".join(f"[{index}]" for index in visit.iteration)
                    self.order.append(visit.step.node.id + path)
                    self._waiting.append(visit)
                case Again(visit):
                    self._waiting.append(visit)
                case Skip(step, _):
                    self.skipped.append(step.node.id)
                case Close(visit):
                    self.closed.append(visit.step.node.id)
                case Cancel(visit):
                    self.cancelled.append(visit.step.node.id)
                    self._waiting.remove(visit)
                case LimitHit():
                    self.limit = effect
                case Done():
                    self.is_done = True
                case Reenter():
                    pass
                case _:
                    pass


def order(flow: Flow, from_node: str | None = None, **ports: str | list[str]) -> str:
    book = Playbook(flow, from_node, **ports).play()
    assert book.is_done
    return " ".join(book.order)


def test_chain_runs_in_order() -> None:
    assert order(graph("start>a", "a>b", "b>c")) == "start a b c"


def test_diamond_runs_its_join_once() -> None:
    assert order(graph("start>a", "start>b", "a>j", "b>j", "j>z")) == "start a b j z"


def test_branches_of_a_fan_out_run_one_after_another_each_to_its_end() -> None:
    assert order(graph("start>a", "start>b", "a>a2", "b>b2", "a2>a3")) == "start a a2 a3 b b2"


def test_edge_not_taken_is_dead_and_its_nodes_are_skipped() -> None:
    flow = graph("start>c", "c.true>yes", "c.false>no", "no>no2", types={"c": "work"})
    book = Playbook(flow, c="true").play()
    assert book.order == ["start", "c", "yes"]
    assert book.skipped == ["no", "no2"]


def test_branches_that_meet_again_run_the_join_once_whichever_was_taken() -> None:
    flow = graph("start>c", "c.true>a", "c.false>b", "a>j", "b>j", types={"c": "work"})
    assert order(flow, c="true") == "start c a j"
    assert order(flow, c="false") == "start c b j"


@pytest.mark.parametrize("rungs", [1, 16, 200])
def test_ladder_of_diamonds_runs_each_node_once(rungs: int) -> None:
    edges = []
    before = "start"
    for rung in range(rungs):
        edges += [f"{before}>a{rung}", f"{before}>b{rung}", f"a{rung}>j{rung}", f"b{rung}>j{rung}"]
        before = f"j{rung}"
    flow = graph(*edges)
    book = Playbook(flow).play()
    assert len(book.order) == len(set(book.order)) == len(flow.nodes)


def test_chain_of_5000_nodes_runs_each_once() -> None:
    names = ["start", *(f"n{index}" for index in range(4999))]
    flow = graph(*(f"{a}>{b}" for a, b in pairwise(names)))
    assert Playbook(flow).play().order == names


LOOP = {"l": ("loop", {"count": 3})}


def test_loop_runs_its_body_then_done() -> None:
    flow = graph("start>l", "l.body>a", "a>b", "b>l", "l.done>z", types=LOOP)
    assert order(flow) == "start l a[0] b[0] a[1] b[1] a[2] b[2] z"


def test_body_without_an_edge_back_repeats_all_the_same() -> None:
    assert order(graph("start>l", "l.body>a", "l.done>z", types=LOOP)) == "start l a[0] a[1] a[2] z"


def test_loop_of_zero_goes_straight_on() -> None:
    flow = graph("start>l", "l.body>a", "l.done>z", types={"l": ("loop", {"count": 0})})
    assert order(flow) == "start l z"


def test_nested_loop_is_entered_anew_in_each_pass() -> None:
    flow = graph(
        "start>l", "l.body>k", "k.body>a", "a>k", "k.done>b", "b>l", "l.done>z",
        types={"l": ("loop", {"count": 2}), "k": ("loop", {"count": 2})},
    )  # fmt: skip
    assert order(flow) == "start l k[0] a[0][0] a[0][1] b[0] k[1] a[1][0] a[1][1] b[1] z"


def test_inner_loop_may_lead_straight_back_to_the_outer() -> None:
    flow = graph(
        "start>l", "l.body>k", "k.body>a", "k.done>l", "l.done>z",
        types={"l": ("loop", {"count": 2}), "k": ("loop", {"count": 1})},
    )  # fmt: skip
    assert order(flow) == "start l k[0] a[0][0] k[1] a[1][0] z"


def test_diamond_in_a_body_joins_once_in_each_pass() -> None:
    flow = graph(
        "start>l", "l.body>a", "l.body>b", "a>j", "b>j", "j>l", "l.done>z", types={"l": ("loop", {"count": 2})}
    )
    assert order(flow) == "start l a[0] b[0] j[0] a[1] b[1] j[1] z"


def test_break_ends_the_innermost_loop_and_takes_done() -> None:
    flow = graph(
        "start>l", "l.body>k", "k.body>c", "c.true>x", "c.false>d", "k.done>b", "l.done>z",
        types={"l": ("loop", {"count": 2}), "k": ("loop", {"count": 5}), "c": "work", "x": "break"},
    )  # fmt: skip
    ports = ["false", "true", "true"]
    assert order(flow, c=ports) == ("start l k[0] c[0][0] d[0][0] c[0][1] x[0][1] b[0] k[1] c[1][0] x[1][0] b[1] z")


def test_continue_ends_the_pass() -> None:
    flow = graph(
        "start>l", "l.body>c", "c.true>x", "c.false>d", "l.body>after", "l.done>z",
        types={"l": ("loop", {"count": 2}), "c": "work", "x": "continue"},
    )  # fmt: skip
    assert order(flow, c=["true", "false"]) == "start l c[0] x[0] c[1] d[1] after[1] z"


def test_break_outside_of_a_loop_ends_its_path() -> None:
    assert order(graph("start>x", "start>a", types={"x": "break"})) == "start x a"


def test_edge_out_of_a_body_ends_the_loop_and_goes_on_there() -> None:
    flow = graph("start>l", "l.body>c", "c.true>z", "c.false>l", "l.done>z", types={**LOOP, "c": "work"})
    book = Playbook(flow, c=["false", "true"]).play()
    assert book.order == ["start", "l", "c[0]", "c[1]", "z"]
    assert book.closed == ["l"]


def test_jump_resets_what_lies_downstream() -> None:
    flow = graph("start>a", "a>b", "b>c", "c.true>a", "c.false>z", types={"c": "work"})
    assert order(flow, c=["true", "true", "false"]) == "start a b c a b c a b c z"


def test_jump_back_over_a_finished_loop_enters_it_anew() -> None:
    flow = graph(
        "start>l", "l.body>a", "l.done>c", "c.true>l", "c.false>z", types={"l": ("loop", {"count": 2}), "c": "work"}
    )
    assert order(flow, c=["true", "false"]) == "start l a[0] a[1] c l a[0] a[1] c z"


def test_jump_out_of_a_body_to_before_the_loop_starts_it_anew() -> None:
    flow = graph(
        "start>p",
        "p>l",
        "l.body>c",
        "c.true>p",
        "c.false>l",
        "l.done>z",
        types={"l": ("loop", {"count": 2}), "c": "work"},
    )
    assert order(flow, c=["true", "false", "false"]) == "start p l c[0] p l c[0] c[1] z"


def test_endless_jump_is_bounded() -> None:
    flow = graph("start>a", "a>b", "b>a", b={"maxIterations": 5})
    book = Playbook(flow).play()
    assert book.limit is not None
    assert book.order.count("a") == 6


def test_join_any_runs_at_the_first_and_once() -> None:
    flow = graph("start>a", "start>b", "a>j", "b>j", "j>z", j={"join": "any"})
    assert order(flow) == "start a j z b"


def test_join_each_runs_for_every_branch_with_what_follows() -> None:
    flow = graph("start>a", "start>b", "a>j", "b>j", "j>z", j={"join": "each"})
    assert order(flow) == "start a j z b j z"


def test_disabled_node_is_passed_through() -> None:
    flow = graph("start>a", "a>b", "b>c", b={"disabled": True})
    book = Playbook(flow).play()
    assert (book.order, book.skipped) == (["start", "a", "c"], ["b"])


def test_disabled_loop_goes_on_by_done() -> None:
    flow = graph("start>l", "l.body>a", "l.done>z", types=LOOP, l={"disabled": True})
    assert order(flow) == "start z"


def test_parallel_begins_all_branches_and_goes_on_when_they_are_through() -> None:
    flow = graph("start>p", "p>a", "p>b", "a>a2", "p.done>z", types={"p": "parallel"})
    assert order(flow) == "start p a b a2 z"


def test_parallel_joins_inside() -> None:
    flow = graph("start>p", "p>a", "p>b", "a>j", "b>j", types={"p": "parallel"})
    assert order(flow) == "start p a b j"


def test_break_in_a_parallel_cancels_the_other_branch() -> None:
    flow = graph(
        "start>l",
        "l.body>p",
        "p>x",
        "p>slow",
        "l.done>z",
        types={"l": ("loop", {"count": 3}), "p": "parallel", "x": "break"},
    )
    book = Playbook(flow).play()
    assert book.order == ["start", "l", "p[0]", "x[0]", "slow[0]", "z"]
    assert book.cancelled == ["slow"]


def test_run_from_the_middle_takes_what_is_before_as_done() -> None:
    flow = graph("start>a", "a>b", "a>c", "b>j", "c>j", "j>z")
    assert order(flow, "b") == "b j z"


def test_run_from_inside_a_loop_goes_on_with_the_remembered_pass() -> None:
    flow = graph("start>l", "l.body>a", "a>b", "b>l", "l.done>z", types=LOOP)
    book = Playbook(flow, "b").play({"l": {"index": 1}})
    assert book.order == ["b[1]", "a[2]", "b[2]", "z"]


def test_run_from_inside_a_loop_never_run_enters_it_anew() -> None:
    flow = graph("start>l", "l.body>a", "a>b", "b>l", "l.done>z", types=LOOP)
    assert order(flow, "b") == "l b[0] a[1] b[1] a[2] b[2] z"


def test_loop_that_leads_to_itself_ends() -> None:
    assert order(graph("start>l", "l.body>l", "l.done>z", types=LOOP)) == "start l z"


def test_seed_example_repeats_the_wait_three_times() -> None:
    flow = graph("start>c", "c.true>l", "c.false>s", "l.body>w", "w>l", "l.done>s", types={**LOOP, "c": "work"})
    assert order(flow, c="true") == "start c l w[0] w[1] w[2] s"
    assert order(flow, c="false") == "start c s"
