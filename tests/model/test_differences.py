import time
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from flowdesk.i18n import set_language, tr
from flowdesk.model.differences import differences
from flowdesk.model.flow import Flow
from flowdesk.model.reading import read_flow
from flowdesk.nodes import catalogue_with_plugins
from flowdesk.nodes.words import WORDS

CATALOGUE = catalogue_with_plugins()


def node(node_id: str, kind: str, label: str = "", **config: object) -> dict[str, Any]:
    return {"id": node_id, "type": kind, "position": {"x": 0, "y": 0}, "data": {"label": label, "config": config}}


def edge(source: str, target: str, handle: str | None = None) -> dict[str, Any]:
    return {"id": f"{source}-{target}-{handle}", "source": source, "target": target, "sourceHandle": handle}


def flow(*parts: dict[str, Any], **fields: object) -> Flow:
    """A flow of nodes and edges, told apart by what they hold."""
    nodes = [node("start", "start", "Start"), *(part for part in parts if "type" in part)]
    return read_flow({"id": "f", **fields, "nodes": nodes, "edges": [part for part in parts if "source" in part]})


def told(before: Flow, after: Flow) -> list[str]:
    return [str(one.sentence) for one in differences(before, after, CATALOGUE, WORDS)]


OK = node("ok", "click", "Click OK", selector="text=OK")
WAIT = node("w", "wait", "Wait", duration=1000)
END = node("end", "log", "Say", message="{{ok.x}}")


def test_equal_flows_differ_in_nothing() -> None:
    one = flow(OK, WAIT, edge("start", "ok"), edge("ok", "w"))
    other = flow(OK, WAIT, {**edge("start", "ok"), "id": "another"}, edge("ok", "w", "default"))
    assert told(one, other) == []


def test_settings_are_told_by_their_titles_and_values_in_their_units() -> None:
    changed = node("ok", "click", "Click OK", selector="text=OK", similarity=0.7, timeout=2500, clickType="right")
    assert told(flow(OK), flow(changed)) == [
        "Click OK: similarity 0.8 → 0.7", "Click OK: timeout not set → 2.5 s", "Click OK: button left → right",
    ]  # fmt: skip
    assert told(flow(WAIT), flow(node("w", "wait", "Wait", duration=250))) == ["Wait: duration 1 s → 250 ms"]
    options = node("w", "wait", "Wait", duration=1000, retries=2, disabled=True, retryDelay=500)
    assert told(flow(WAIT), flow(options)) == [
        "Wait: retries 0 → 2", "Wait: disabled off → on", "Wait: delay between retries 2 s → 500 ms",
    ]  # fmt: skip


def test_values_of_choices_are_told_in_words() -> None:
    one, other = (
        node("c", "condition", "Is it there?", selector="text=OK", operator=o) for o in ("exists", "notExists")
    )
    assert told(flow(one), flow(other)) == ["Is it there?: operator is on the screen → is not on the screen"]


def test_a_default_that_is_written_out_is_told_as_that() -> None:
    written = node("ok", "click", "Click OK", selector="text=OK", similarity=0.8)
    assert told(flow(OK), flow(written)) == ["Click OK: similarity is now written as 0.8 (the default)"]
    assert told(flow(written), flow(OK)) == ["Click OK: similarity is no longer written; the default 0.8 applies"]


def test_what_a_program_does_not_know_is_told_too() -> None:
    strange = {**OK, "style": {"color": "red"}}
    assert told(flow(OK), flow(strange)) == ['Click OK: style not set → {"color": "red"}']
    assert told(flow(overlap="skip"), flow(overlap="queue")) == ['The flow: overlap "skip" → "queue"']
    handled = {**edge("start", "ok"), "label": "then"}
    assert told(flow(OK, edge("start", "ok")), flow(OK, handled)) == ['Edge Start → Click OK: label not set → "then"']


def test_a_step_in_between_is_one_change() -> None:
    before = flow(OK, END, edge("start", "ok"), edge("ok", "end"))
    typed = node("t", "input", "Type text", text="hi")
    after = flow(OK, typed, END, edge("start", "ok"), edge("ok", "t"), edge("t", "end"))
    found = differences(before, after, CATALOGUE)
    assert [str(one.sentence) for one in found] == ["Type text added after Click OK"]
    assert found[0].details == ('text: "hi"',)
    assert told(after, before) == ["Type text removed"]


def test_a_step_that_takes_the_place_of_another_brings_no_connections() -> None:
    before = flow(OK, WAIT, END, edge("start", "ok"), edge("ok", "w"), edge("w", "end"))
    after = flow(OK, node("t", "input", "Type", text="hi"), END, edge("start", "ok"), edge("ok", "t"), edge("t", "end"))
    assert told(before, after) == ["Wait removed", "Type added after Click OK"]


def test_several_steps_in_between_are_told_each_after_the_one_before() -> None:
    before = flow(OK, END, edge("ok", "end"))
    first, second = node("a", "log", "A"), node("b", "log", "B")
    after = flow(OK, first, second, END, edge("ok", "a"), edge("a", "b"), edge("b", "end"))
    assert told(before, after) == ["A added after Click OK", "B added after A"]
    assert told(after, before) == ["A removed", "B removed"]


def test_no_connection_hides_behind_a_step_that_has_nothing_to_do_with_it() -> None:
    before = flow(OK, WAIT, END, edge("start", "ok"), edge("ok", "end"))
    extra = node("x", "log", "X")
    after = flow(OK, WAIT, END, extra, edge("start", "ok"), edge("ok", "w"), edge("start", "x"), edge("x", "end"))
    assert told(before, after) == [
        "X added after Start", "Edge Click OK → Say removed", "Edge Click OK → Wait added",
        "Edge X → Say added",
    ]  # fmt: skip


def test_outputs_are_named_and_the_order_of_branches_is_told() -> None:
    test = node("c", "condition", "There?", selector="text=OK")
    yes, no = edge("c", "ok", "true"), edge("c", "w", "false")
    assert told(flow(test, OK, yes), flow(test, OK, WAIT, yes, no)) == ["Wait added after There? (false)"]
    assert told(flow(test, OK, WAIT, yes), flow(test, OK, WAIT, yes, no)) == ["Edge There? (false) → Wait added"]
    fan = (edge("start", "ok"), edge("start", "w"))
    assert told(flow(OK, WAIT, *fan), flow(OK, WAIT, *reversed(fan))) == [
        "The order of the branches after Start changed"
    ]


def test_a_renamed_id_is_followed_with_its_references_and_connections() -> None:
    before = flow(OK, END, edge("start", "ok"), edge("ok", "end"), groups={"g": {"title": "G", "nodes": ["ok"]}})
    renamed = {**OK, "id": "okButton"}
    end = node("end", "log", "Say", message="{{okButton.x}}")
    groups = {"g": {"title": "G", "nodes": ["okButton"]}}
    after = flow(renamed, end, edge("start", "okButton"), edge("okButton", "end"), groups=groups)
    assert told(before, after) == ["Click OK: id ok → okButton"]


def test_labels_and_types_and_steps_called_the_same() -> None:
    assert told(flow(WAIT), flow({**WAIT, "data": {"label": "Rest", "config": {"duration": 1000}}})) == [
        "Wait was renamed to Rest"
    ]
    assert told(flow(node("w", "log", "Wait")), flow(node("w", "wait", "Wait"))) == ["Wait: type Log → Wait"]
    twins = (node("a", "wait", duration=1000), node("b", "wait", duration=2000))
    assert told(flow(*twins), flow(twins[0], node("b", "wait", duration=3000))) == ["Wait (b): duration 2 s → 3 s"]


def test_variables_name_and_description() -> None:
    before = flow(name="A", description="x", variables={"a": 1, "b": True})
    after = flow(name="B", description="x", variables={"a": "1", "c": []})
    assert told(before, after) == [
        'Variable a: 1 → "1"', "Variable b removed", "Variable c added: []", 'The flow: name "A" → "B"',
    ]  # fmt: skip


def test_groups_and_notes() -> None:
    before = flow(OK, WAIT, groups={"g": {"title": "Log in", "nodes": ["ok"]}}, notes={"n": {"text": "Ask"}})
    after = flow(OK, WAIT, groups={"g": {"title": "Sign in", "nodes": ["w"]}}, notes={"m": {"text": "Tell"}})
    assert told(before, after) == [
        'Group Sign in: title "Log in" → "Sign in"', "Wait is now in Group Sign in", "Click OK is no longer in Group Sign in",
        "Note Ask removed", "Note Tell added",
    ]  # fmt: skip


def test_what_only_moved_is_counted() -> None:
    moved = {**OK, "position": {"x": 5, "y": 0}, "selected": True}
    found = differences(flow(OK, viewport={"x": 0}), flow(moved, viewport={"x": 9}), CATALOGUE)
    assert [(one.kind, one.after) for one in found] == [("moved", 2)]


def test_of_long_texts_what_differs_is_shown() -> None:
    lines = "\n".join(f"line {number}" for number in range(100))
    one, other = (
        node("s", "script", "S", code=lines),
        node("s", "script", "S", code=lines.replace("line 50", "line fifty")),
    )
    (sentence,) = told(flow(one), flow(other))
    assert "50" in sentence
    assert "fifty" in sentence
    assert len(sentence) < 200


def test_it_is_said_in_the_language_of_the_reader() -> None:
    changed = node("ok", "click", "Click OK", selector="text=OK", similarity=0.7)
    set_language("zh_CN")
    try:
        found = [tr(one.sentence) for one in differences(flow(OK), flow(changed), CATALOGUE)]
    finally:
        set_language("en")
    assert found == [f"Click OK：{'最低匹配度'} 0.8 → 0.7"]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda v: st.lists(v, max_size=3)
)
CONFIGS = st.dictionaries(st.sampled_from(["selector", "similarity", "timeout", "x"]), VALUES, max_size=4)
NODES = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(["click", "wait", "?"]), st.sampled_from(["", "A"]), CONFIGS), max_size=4, unique_by=lambda n: n[0])  # fmt: skip
EDGES = st.lists(st.tuples(st.sampled_from(["start", *"abcd"]), st.sampled_from("abcd")), max_size=6, unique=True)


@settings(max_examples=150, deadline=None)
@given(NODES, EDGES, NODES, EDGES)
def test_nothing_is_hidden_and_nothing_made_up(n1: Any, e1: Any, n2: Any, e2: Any) -> None:
    """What differs in anything that a run reads is told, and what is told differs."""

    def made(nodes: Any, edges: Any) -> Flow:
        ids = {"start", *(each[0] for each in nodes)}
        wired = [edge(*each) for each in edges if set(each) <= ids]
        return flow(*(node(i, t, label, **config) for i, t, label, config in nodes), *wired)

    one, other = made(n1, e1), made(n2, e2)
    same = {n.id: n for n in one.nodes} == {n.id: n for n in other.nodes} and list(one.edges) == list(other.edges)
    if same:
        assert told(one, other) == []
    elif {n.id: n for n in one.nodes} != {n.id: n for n in other.nodes} or {*map(str, one.edges)} != {
        *map(str, other.edges)
    }:
        assert told(one, other)


def test_two_large_flows_are_compared_in_seconds() -> None:
    many = [node(f"n{number}", "log", message=str(number)) for number in range(3000)]
    chain = [edge(f"n{number}", f"n{number + 1}") for number in range(2999)]
    renamed = [{**each, "id": "x" + each["id"]} for each in many]
    rewired = [edge(f"xn{number}", f"xn{number + 1}") for number in range(2999)]
    begun = time.monotonic()
    found = differences(flow(*many, *chain), flow(*renamed, *rewired), CATALOGUE)
    assert {one.kind for one in found} == {"renamed"}
    assert time.monotonic() - begun < 20
