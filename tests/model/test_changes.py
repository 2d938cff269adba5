"""Changes and their inverses give the identical file, order of keys included."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowdesk.model.changes import CHANGE, AnyChange, Draft, SetEdge, SetFlow, SetNode, change_json
from flowdesk.model.errors import ChangeRefused
from flowdesk.model.flow import Edge, Flow, Node, NodeBody


def a_flow() -> Flow:
    return Flow.model_validate(
        {
            "id": "f",
            "nodes": (
                Node(id="a", type="click", data=NodeBody(label="A", config={"x": 1, "y": {"deep": 2}, "z": 3})),
                Node(id="b", type="click"),
            ),
            "edges": (Edge(id="e", source="a", target="b"),),
            "viewport": {"x": 0, "zoom": 1},
            "theirs": [1, 2],
        }
    )


def text(draft: Draft) -> str:
    return json.dumps(draft.flow().to_json())


@pytest.mark.parametrize(
    "change",
    [
        SetNode(id="a", path=("data", "config", "x"), remove=True),
        SetNode(id="a", path=("data", "config", "y", "deep"), remove=True),
        SetNode(id="a", path=("data", "config", "new", "inner", "key"), value=5),
        SetNode(id="a", path=("data", "config", "x"), value=9),
        SetNode(id="b", path=("data", "nothing"), remove=True),
        SetEdge(id="e", path=("label",), value="yes"),
        SetFlow(path=("viewport",), remove=True),
        SetFlow(path=("viewport", "x"), remove=True),
        SetFlow(path=("groups", "g"), value={"title": "G"}),
        SetFlow(path=("none", "there"), remove=True),
    ],
)
def test_an_inverse_gives_the_identical_text_and_its_inverse_the_change_again(change: AnyChange) -> None:
    draft = Draft(a_flow())
    before = text(draft)
    back = CHANGE.validate_python(change_json(change.apply(draft)))
    after = text(draft)
    again = back.apply(draft)
    assert text(draft) == before
    again.apply(draft)
    assert text(draft) == after


def test_taking_back_the_first_of_two_values_leaves_what_another_put_beside_it() -> None:
    draft = Draft(a_flow())
    back = SetFlow(path=("groups", "one"), value={}).apply(draft)
    SetFlow(path=("groups", "two"), value={}).apply(draft)
    back.apply(draft)
    assert draft.fields["groups"] == {"two": {}}


def test_a_path_through_a_list_is_refused_and_changes_nothing() -> None:
    draft = Draft(a_flow())
    before = text(draft)
    with pytest.raises(ChangeRefused):
        SetFlow(path=("theirs", "x"), value=1).apply(draft)
    assert text(draft) == before


KEYS = st.sampled_from("xyzpq")


@given(st.lists(st.tuples(st.lists(KEYS, min_size=1, max_size=3), st.booleans(), st.integers()), max_size=12))
def test_any_settings_taken_back_in_turn_give_the_identical_text(steps: list[tuple[list[str], bool, Any]]) -> None:
    draft = Draft(a_flow())
    before, backs = text(draft), []
    for keys, remove, value in steps:
        change = SetNode(id="a", path=("data", "config", *keys), value=None if remove else value, remove=remove)
        try:
            backs.append(change.apply(draft))
        except ChangeRefused:
            continue
    forwards = [back.apply(draft) for back in reversed(backs)]
    assert text(draft) == before
    for forward in reversed(forwards):
        forward.apply(draft)
    for back in reversed(backs):
        back.apply(draft)
    assert text(draft) == before
