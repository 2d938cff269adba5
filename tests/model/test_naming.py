"""Ids that people can read, and renaming."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowdesk.model.changes import AddEdge, AddNode, Draft, RemoveEdge, RemoveNode, RenameNode, SetNode
from flowdesk.model.document import Document
from flowdesk.model.errors import ChangeRefused
from flowdesk.model.flow import Edge, Flow, new_edge, new_node
from flowdesk.model.naming import apart, fresh_copy_id, fresh_id, meaning, renamed, spelled_out

FUNCTIONS = {"keys", "sort"}


def flow(**configs: Any) -> Flow:
    nodes = (
        new_node("start", id="start"),
        new_node("readTable", id="readTable"),
        new_node("log", {"message": "{{readTable.rows}}", **configs}, id="log"),
        new_node("setVariable", {"name": "rows[0].x"}, id="v"),
    )
    edges = (new_edge("start", "readTable"), new_edge("readTable", "log"), Edge(id="e3", source="log", target="v"))
    groups = {"g": {"title": "", "nodes": ["log", "readTable"]}}
    return Flow.model_validate({"nodes": nodes, "edges": edges, "variables": {"total": 1}, "groups": groups})


def test_new_ids_are_the_type_with_a_number_where_that_is_taken() -> None:
    draft = Draft(flow())
    assert fresh_id("click", draft, FUNCTIONS) == "click"
    assert fresh_id("readTable", draft, FUNCTIONS) == "readTable2"
    assert fresh_id("readTable", draft, FUNCTIONS, ["readTable2"]) == "readTable3"
    assert fresh_id("keys", draft, FUNCTIONS) == "keys2"
    assert fresh_id("rows", draft) == "rows2"
    assert fresh_id("total", draft) == "total2"


def test_copies_keep_their_id_where_it_is_free() -> None:
    draft = Draft(flow())
    assert fresh_copy_id(new_node("readTable", id="orders"), draft) == "orders"
    assert fresh_copy_id(new_node("readTable", id="订单7"), draft, (), ["订单7"]) == "订单"
    assert fresh_copy_id(new_node("log", id="log"), draft) == "log2"
    assert fresh_copy_id(new_node("click"), draft) == "click"


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("{{old}} {{ old.rows[0].x }} {{older}} old", "{{new}} {{ new.rows[0].x }} {{older}} old"),
        ("{{ old.n + old.m|default(old) }}", "{{ new.n + new.m|default(new) }}"),
        ('{{ item["old"] ~ "old" ~ x.old }}', '{{ item["old"] ~ "old" ~ x.old }}'),
        ("{{ rows|where('old', '>', old.n) }}", "{{ rows|where('old', '>', new.n) }}"),
        ("{{old.Unit price}} {{secret:old}}", "{{new.Unit price}} {{secret:old}}"),
        (r"\{{old}} {{ broken", r"\{{old}} {{ broken"),
        ("{{ {'old': old}['old'] }}", "{{ {'old': new}['old'] }}"),
    ],
)
def test_every_reference_in_a_text_follows_and_nothing_else(text: str, after: str) -> None:
    assert renamed(text, {"old": "new"}) == after
    assert renamed(after, {"new": "old"}) == text


def test_an_id_that_is_no_word_is_followed_too() -> None:
    assert renamed("{{node-1.x}} {{ node-1 }}", {"node-1": "read"}) == "{{read.x}} {{ read }}"


def test_renaming_is_one_step_that_is_taken_back_exactly() -> None:
    before = flow(other=["{{ readTable.rows|length }}", {"deep": "{{readTable.count}}"}], odd="{{orders.x}}")
    document = Document(before)
    document.edit(spelled_out([RenameNode(id="readTable", to="orders")], document.draft), "me", "Rename")
    after = document.flow
    assert [node.id for node in after.nodes] == ["start", "orders", "log", "v"]
    assert after.node("log").config == {
        "message": "{{orders.rows}}",
        "other": ["{{ orders.rows|length }}", {"deep": "{{orders.count}}"}],
        "odd": "{{orders.x}}",
    }
    assert [(edge.source, edge.target) for edge in after.edges][:2] == [("start", "orders"), ("orders", "log")]
    assert after.to_json()["groups"]["g"]["nodes"] == ["log", "orders"]
    document.undo("me")
    assert document.flow.to_json() == before.to_json()
    document.redo("me")
    assert document.flow.to_json() == after.to_json()


@pytest.mark.parametrize(
    ("renames", "ids", "message"),
    [
        ([("readTable", "t1"), ("t1", "t2")], ["start", "t2", "log", "v"], "{{t2.rows}}"),
        ([("readTable", "t"), ("log", "readTable"), ("t", "log")], ["start", "log", "readTable", "v"], "{{log.rows}}"),
        ([("readTable", "t"), ("log", "readTable")], ["start", "t", "readTable", "v"], "{{t.rows}}"),
        ([("readTable", "t"), ("t", "readTable")], ["start", "readTable", "log", "v"], "{{readTable.rows}}"),
    ],
)
def test_several_renamings_in_one_edit_follow_one_another(
    renames: list[tuple[str, str]], ids: list[str], message: str
) -> None:
    before = flow(other="{{ readTable.rows|length }} {{log}}")
    document = Document(before)
    document.edit(
        spelled_out([RenameNode(id=old, to=new) for old, new in renames], document.draft, (), literals), "me", "Rename"
    )
    assert [node.id for node in document.flow.nodes] == ids
    assert document.flow.node(ids[2]).config["message"] == message
    assert [edge.target for edge in document.flow.edges][:2] == ids[1:3]
    document.undo("me")
    assert document.flow.to_json() == before.to_json()


@pytest.mark.parametrize(
    "to", ["__proto__", "log", "total", "rows", "item", "sort", "and", "a b", "1a", "x-y", "", "secret", "a" * 65]
)
def test_an_id_that_means_something_else_or_cannot_be_written_is_refused(to: str) -> None:
    with pytest.raises((ChangeRefused, ValueError)):
        spelled_out([RenameNode(id="readTable", to=to)], Draft(flow()), FUNCTIONS)


def test_an_id_that_an_edge_or_a_group_names_already_is_refused() -> None:
    lost = flow().model_copy(update={"edges": (Edge(id="e", source="start", target="gone"),)})
    with pytest.raises(ChangeRefused):
        RenameNode(id="log", to="gone").apply(Draft(lost))


def test_what_is_written_means_the_variable_where_there_is_one_of_that_name() -> None:
    shadowed = Flow(nodes=(new_node("log", {"message": "{{x.y}}"}, id="x"),), variables={"x": {"y": 1}})
    assert spelled_out([RenameNode(id="x", to="z")], Draft(shadowed)) == [RenameNode(id="x", to="z")]


def test_copies_refer_to_copies() -> None:
    node = new_node("log", {"message": "{{a.x}} {{ b.y + c.z }}"}, id="log2")
    (added,) = spelled_out([AddNode(node=node, ids={"a": "b", "b": "a"})], Draft(flow()))
    assert isinstance(added, AddNode)
    assert added.node.config["message"] == "{{b.x}} {{ a.y + c.z }}"
    assert added.ids == {}


@given(st.text("{}ab1.|\"'\\ []+old", max_size=40))
def test_renaming_back_gives_the_same_text(text: str) -> None:
    assert renamed(renamed(text, {"old": "quitenew"}), {"quitenew": "old"}) == text


def test_two_people_who_give_the_same_id_both_keep_their_node() -> None:
    draft = Draft(flow())
    mine = AddNode(node=new_node("log", {"message": "{{log2.x}} {{log.y}}"}, id="log"))
    changes, ids = apart([mine, AddEdge(edge=new_edge("readTable", "log"))], {"log"}, draft)
    assert ids == {"log": "log2"}
    added, wire = changes
    assert isinstance(added, AddNode)
    assert isinstance(wire, AddEdge)
    assert (added.node.id, added.node.config["message"]) == ("log2", "{{log2.x}} {{log2.y}}")
    assert (wire.edge.source, wire.edge.target) == ("readTable", "log2")
    (later,) = meaning([SetNode(id="log", path=("data", "label"), value="Mine")], ids, draft)
    assert isinstance(later, SetNode)
    assert later.id == "log2"


LITERALS = {"script": frozenset({"code"})}


def literals(type_name: str) -> frozenset[str]:
    return LITERALS.get(type_name, frozenset())


def test_a_program_stays_as_it_is_and_everything_else_that_refers_follows() -> None:
    code = "x = '{{old.rows}}'\nresult = f'{{{input}}}'"
    nodes = (
        new_node("readTable", id="old"),
        new_node("script", {"code": code, "input": "{{old.rows}}", "note": "see {{old.count}}"}, id="program"),
        new_node("subflow", {"flow": "{{old.path}}", "inputs": {"rows": ["{{old.rows}}", {"{{old.k}}": 1}]}}, id="sub"),
        new_node("handle", {"selector": ["text={{old.name}}"], "times": "{{ old.count + 1 }}"}, id="handle"),
    )
    odd = {**nodes[3].model_dump(by_alias=True), "id": "odd", "retries": "{{old.count}}"}
    fields = {"notes": {"n": {"text": "{{old.rows}} are the orders"}}, "groups": {"g": {"nodes": ["old", "sub"]}}}
    before = Flow.model_validate({"nodes": [*(n.model_dump(by_alias=True) for n in nodes), odd], "edges": [], **fields})
    document = Document(before)
    document.edit(spelled_out([RenameNode(id="old", to="orders")], document.draft, (), literals), "me", "Rename")
    after = document.flow
    assert after.node("program").config == {"code": code, "input": "{{orders.rows}}", "note": "see {{orders.count}}"}
    assert after.node("sub").config == {
        "flow": "{{orders.path}}", "inputs": {"rows": ["{{orders.rows}}", {"{{orders.k}}": 1}]}
    }  # fmt: skip
    assert after.node("handle").config == {"selector": ["text={{orders.name}}"], "times": "{{ orders.count + 1 }}"}
    assert after.node("odd").option("retries") == "{{orders.count}}"
    assert after.to_json()["notes"]["n"]["text"] == "{{orders.rows}} are the orders"
    assert after.to_json()["groups"]["g"]["nodes"] == ["orders", "sub"]
    document.undo("me")
    assert document.flow.to_json() == before.to_json()


def test_copies_of_a_program_keep_it() -> None:
    node = new_node("script", {"code": "'{{a.x}}'", "input": "{{a.x}}"}, id="s2")
    (added,) = spelled_out([AddNode(node=node, ids={"a": "b"})], Draft(flow()), (), literals)
    assert isinstance(added, AddNode)
    assert added.node.config == {"code": "'{{a.x}}'", "input": "{{b.x}}"}
    whole = SetNode(id="s", path=("data", "config"), value={"code": "{{a.x}}", "input": "{{a.x}}"})
    (meant,) = meaning([AddNode(node=new_node("script", id="s")), whole], {"a": "b"}, Draft(flow()), literals)[1:]
    assert isinstance(meant, SetNode)
    assert meant.value == {"code": "{{a.x}}", "input": "{{b.x}}"}


def test_what_others_wrote_and_removed_follows_when_a_renaming_is_taken_back() -> None:
    document = Document(flow())
    document.edit([SetNode(id="v", path=("data", "config", "value"), value="{{readTable.count}}")], "li", "Set")
    document.edit(spelled_out([RenameNode(id="readTable", to="orders")], document.draft), "mei", "Rename")
    document.edit([SetNode(id="start", path=("data", "config", "appName"), value="{{orders.rows}}")], "li", "Set")
    document.edit([SetNode(id="orders", path=("data", "label"), value="Orders")], "li", "Label")
    document.undo("mei")
    assert document.flow.node("v").config["value"] == "{{readTable.count}}"
    assert document.flow.node("start").config["appName"] == "{{readTable.rows}}"
    document.undo("li")
    assert document.flow.node("readTable").data.label == ""
    document.redo("mei")
    assert document.flow.node("start").config["appName"] == "{{orders.rows}}"
    document.redo("li")
    assert document.flow.node("orders").data.label == "Orders"


def test_a_removed_node_comes_back_with_the_id_that_others_gave_to_what_it_refers_to() -> None:
    document = Document(flow())
    document.edit([RemoveEdge(id=document.flow.edges[1].id), RemoveEdge(id="e3"), RemoveNode(id="log")], "li", "Remove")
    document.edit(spelled_out([RenameNode(id="readTable", to="orders")], document.draft), "mei", "Rename")
    document.undo("li")
    assert document.flow.node("log").config["message"] == "{{orders.rows}}"
    assert [edge.source for edge in document.flow.edges] == ["start", "orders", "log"]
