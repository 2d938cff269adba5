"""`find` says where things are, all of them, and that there are none."""

from flowdesk.drivers.fake import Thing
from flowdesk.model.geometry import Box
from flowdesk.model.run import RunState
from tests.nodes.conftest import Bench


def row(number: int, name: str = "text=Row") -> Thing:
    return Thing(name, Box(10, 20 * number, 30, 10), text=f"Row {number}")


async def test_the_first_or_all_places_are_told(bench: Bench) -> None:
    bench.desktop.things = [row(1), row(2), row(3)]
    await bench.run(("find", {"selector": "text=Row"}), ("find", {"selector": "text=Row", "all": True}))
    assert bench.result("n1")["count"] == 1
    every = bench.result("n2")
    assert every["count"] == 3
    assert [(match["x"], match["y"], match["text"]) for match in every["matches"]] == [
        (25, 25, "Row 1"), (25, 45, "Row 2"), (25, 65, "Row 3"),
    ]  # fmt: skip
    assert every["matches"][0]["box"] == [10, 20, 30, 10]
    assert bench.desktop.actions() == ["release_all"], "it only looks"


async def test_nothing_found_is_no_failure(bench: Bench) -> None:
    finished = await bench.run(("find", {"selector": "text=Row", "all": True}))
    assert finished.state is RunState.SUCCEEDED
    assert bench.result() == {"count": 0, "color": None, "rgb": None, "selector": None, "matches": []}
    assert bench.clock.time < 0.1, "without a timeout it looks once"


async def test_which_of_several_selectors_hit_is_told(bench: Bench) -> None:
    bench.desktop.things = [row(1, "text=Line"), row(2, "text=Line")]
    await bench.run(("find", {"selector": ["text=Row", "text=Line"], "all": True}))
    assert (bench.result()["selector"], bench.result()["count"]) == ("text=Line", 2)


async def test_an_occurrence_chooses_one_and_does_not_matter_to_all(bench: Bench) -> None:
    bench.desktop.things = [row(1), row(2)]
    await bench.run(
        ("find", {"selector": "text=Row", "occurrence": 2}),
        ("find", {"selector": "text=Row", "occurrence": 3}),
        ("find", {"selector": "text=Row", "occurrence": 3, "all": True}),
    )
    assert [match["y"] for match in bench.result("n1")["matches"]] == [45]
    assert bench.result("n2")["count"] == 0
    assert [match["y"] for match in bench.result("n3")["matches"]] == [25, 45]


async def test_with_a_timeout_it_waits_until_there_is_something(bench: Bench) -> None:
    bench.desktop.things = [Thing("text=Row", Box(1, 1, 2, 2), appears=2)]
    await bench.run(("find", {"selector": "text=Row", "timeout": 5000}))
    assert bench.result()["count"] == 1
    assert 2 <= bench.clock.time < 3
