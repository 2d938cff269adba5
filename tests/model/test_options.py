"""The options that every node may have."""

from typing import Any

import pytest

from flowdesk.model.config import read_config
from flowdesk.model.fields import common_fields
from flowdesk.model.flow import Node, new_node
from flowdesk.model.options import FILLED_KEYS, OPTION_KEYS, NodeOptions, given_options
from flowdesk.model.validation import node_problems
from flowdesk.model.wording import Wording
from flowdesk.nodes import builtin_catalogue

PROMISED = {
    "disabled": False, "retries": 0, "retryDelay": 2000, "retryBackoff": "fixed", "onError": None, "delayAfter": 0,
    "breakpoint": False, "note": "", "join": "all", "maxIterations": 10_000,
}  # fmt: skip


def problems(**options: Any) -> list[str | None]:
    node = new_node("log", {"message": "m", **options})
    return [problem.field for problem in node_problems(node, builtin_catalogue())]


def test_the_defaults_are_those_that_are_promised() -> None:
    assert {spec.key: spec.default for spec in common_fields()} == PROMISED
    assert set(PROMISED) == OPTION_KEYS


def test_every_option_is_in_the_form_of_every_node_type_once() -> None:
    for node_type in builtin_catalogue():
        keys = [spec.key for spec in node_type.fields]
        assert len(keys) == len(set(keys))
        assert set(keys) >= OPTION_KEYS, node_type.id


def test_times_are_seconds_in_code_and_what_is_empty_is_not_given() -> None:
    options, faults = read_config(NodeOptions, {"retryDelay": 500, "delayAfter": "", "retries": None, "note": 5})
    assert not faults
    assert isinstance(options, NodeOptions)
    assert (options.retry_delay, options.delay_after, options.retries, options.note) == (0.5, 0, 0, "5")


@pytest.mark.parametrize(("key", "value"), [
    ("retries", -1), ("retries", True), ("retries", 1.5), ("retryDelay", -1), ("retryDelay", "soon"), ("onError", "panic"),
    ("join", "some"), ("disabled", 1), ("breakpoint", "yes"), ("maxIterations", -1), ("retryBackoff", "slow"),
])  # fmt: skip
def test_what_does_not_fit_is_a_problem_of_its_field(key: str, value: Any) -> None:
    assert problems(**{key: value}) == [key]


@pytest.mark.parametrize("value", ["none", "fixed", "exponential"])
def test_growth_of_the_pause(value: str) -> None:
    assert problems(retryBackoff=value) == []


@pytest.mark.parametrize("key", sorted(OPTION_KEYS))
def test_a_reference_is_taken_where_it_is_filled(key: str) -> None:
    is_free = key in FILLED_KEYS or key == "note"
    assert problems(**{key: "{{ 1 }}"}) == ([] if is_free else [key])


def test_what_others_keep_under_the_name_of_a_note_is_no_fault() -> None:
    assert problems(note={"x": 1}) == []


def test_an_option_stands_in_the_config_else_in_the_data_else_in_the_node() -> None:
    node = Node.model_validate(
        {"id": "a", "type": "log", "retries": 1, "data": {"retries": 2, "config": {"join": "any"}}}
    )
    assert given_options(node) == {"retries": 2, "join": "any"}


def test_a_type_that_declares_an_option_itself_reads_it_its_own_way() -> None:
    loop = builtin_catalogue()["loop"]
    title = next(spec.title for spec in loop.fields if spec.key == "maxIterations")
    assert title == loop.config.model_fields["max_iterations"].title


def test_options_have_words() -> None:
    wording = Wording(None, {})
    assert wording.title("retryBackoff") == "delay growth"
    assert wording.value("retryDelay", 2000) == "2 s"
