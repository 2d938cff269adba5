"""The ways of finding: declared once, and nothing is named in one place only."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from flowdesk.drivers.doctor import checks
from flowdesk.drivers.engines import FINDERS
from flowdesk.model.bodies import number_of
from flowdesk.model.engines import BUILTIN, ENGINES, Engine, Place, View, add, remove
from flowdesk.model.errors import SelectorError
from flowdesk.model.selector import RELATIONS, format_selector, parse_selector
from flowdesk.resource import resource_path


def find_nothing(body: str, view: View) -> Sequence[Place]:
    return []


STRANGE = Engine("strange", "Strange", "Nothing at all.", ("strange=5",), "sun", check=number_of, find=find_nothing)


@pytest.fixture
def strange() -> Iterator[Engine]:
    add(STRANGE, RELATIONS)
    yield STRANGE
    remove("strange")


def test_every_engine_of_flowdesk_is_looked_for_by_the_driver() -> None:
    assert FINDERS.keys() == {engine.name for engine in BUILTIN} - {"nth"}
    assert all(engine.find is None for engine in BUILTIN)


@pytest.mark.parametrize("engine", BUILTIN, ids=lambda engine: engine.name)
def test_every_engine_is_declared_whole(engine: Engine) -> None:
    for example in engine.examples:
        parsed = parse_selector(example)
        assert engine.name in [step.engine for step in parsed.steps]
        assert [step.body for step in parse_selector(format_selector(parsed.steps)).steps] == [
            step.body for step in parsed.steps
        ]
    assert engine.title
    assert engine.doc.endswith(".")
    assert resource_path("icons", "lucide", f"{engine.icon}.svg").is_file()
    if engine.is_prefix:
        prefix = parse_selector(f"button >> {engine.name}={engine.sample}")
        assert prefix.steps[-1].engine == engine.name


def test_what_an_engine_needs_is_what_the_doctor_looks_at() -> None:
    names = {check.name for check in checks()}
    assert {part for engine in BUILTIN for part in engine.needs} <= names
    assert "ways to find targets" in names


def test_a_digit_in_the_name_of_an_engine_is_a_part_of_it() -> None:
    add(replace(STRANGE, name="qr2"), RELATIONS)
    try:
        [step] = parse_selector("qr2=5").steps
        assert (step.engine, step.body) == ("qr2", "5")
    finally:
        remove("qr2")


def test_an_engine_of_another_package_is_parsed_checked_and_written_back(strange: Engine) -> None:
    selector = parse_selector("window=Mail >> strange=2")
    assert [step.engine for step in selector.steps] == ["window", "strange"]
    assert format_selector(selector.steps) == "window=Mail >> strange=2"
    with pytest.raises(SelectorError):
        parse_selector("strange=none")
    with pytest.raises(SelectorError) as caught:
        parse_selector("strange=")
    assert "strange=5" in str(caught.value.fix)
    with pytest.raises(SelectorError) as caught:
        parse_selector("strang=1")
    assert "strange=" in str(caught.value.fix)


def test_an_engine_that_is_gone_is_unknown() -> None:
    assert "strange" not in ENGINES
    with pytest.raises(SelectorError):
        parse_selector("strange=2")


@pytest.mark.parametrize("changed", [
    {"name": "text"}, {"name": "near"}, {"name": "Bad Name"}, {"find": None}, {"examples": ()}, {"body": "element"},
])  # fmt: skip
def test_what_cannot_be_added_is_refused(changed: dict[str, object]) -> None:
    before = set(ENGINES)
    with pytest.raises(ValueError):
        add(replace(STRANGE, **changed), RELATIONS)  # type: ignore[arg-type]
    assert set(ENGINES) == before


def test_flowdesks_own_cannot_be_taken_away() -> None:
    remove("text")
    assert "text" in ENGINES
