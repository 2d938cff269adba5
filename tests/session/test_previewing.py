"""What editors show of values: which there are, and what a setting would be."""

from flowdesk.engine.lookup import Values
from flowdesk.model.changes import Draft
from flowdesk.model.flow import Flow, new_edge, new_node
from flowdesk.nodes import builtin_catalogue
from flowdesk.protocol.replies import OfferedValue
from flowdesk.session.previewing import offered, previews, search_words

CATALOGUE = builtin_catalogue()
ROWS = [{"name": "Li", "Unit.Price": 3.5}, {"name": "Wu", "Unit.Price": 4}]
VALUES = Values(
    {"item": {"No.": 1, "名称": "x"}, "rows": ROWS, "lastError": {"message": "m"}},
    {"read": {"rows": ROWS, "columns": ["name", "Unit.Price"], "count": 2}},
)


def draft() -> Draft:
    nodes = (
        new_node("log", id="later"),
        new_node("log", {"message": ""}, id="here"),
        new_node("readTable", id="read", label="读取订单"),
        new_node("setVariable", {"name": "total", "value": 1}, id="set"),
        new_node("start", id="start"),
    )
    edges = (new_edge("start", "read"), new_edge("read", "set"), new_edge("set", "here"), new_edge("here", "later"))
    return Draft(Flow(nodes=nodes, edges=edges, variables={"greeting": "Hi"}))


def entries(values: Values = VALUES) -> dict[str, OfferedValue]:
    found: dict[str, OfferedValue] = {}
    waiting = offered(draft(), CATALOGUE, values, "here")
    while waiting:
        entry = waiting.pop(0)
        found[entry["path"]] = entry
        waiting += entry["children"]
    return found


def test_values_come_in_the_order_in_which_nodes_run_with_what_they_were() -> None:
    tree = offered(draft(), CATALOGUE, VALUES, "here")
    assert [entry["path"] for entry in tree] == [
        "greeting",
        "total",
        "item",
        "rows",
        "lastError",
        "start",
        "read",
        "set",
    ]
    found = entries()
    assert found["greeting"]["shown"] == "Hi"
    assert found["total"]["shown"] is None
    assert found["read"]["label"] == "读取订单"
    assert {"duqudingdan", "dqdd"} <= set(found["read"]["search"].split())
    assert found["read.rows[0].name"]["shown"] == "Li"
    assert found['read.rows[0]["Unit.Price"]']["shown"] == "3.5"
    assert found['rows|map("name")']["shown"] == '["Li", "Wu"]'
    assert found['item["No."]']["shown"] == "1"


def test_every_path_that_is_offered_works_as_it_is_written() -> None:
    for path, entry in entries().items():
        if (entry["shown"] is not None and path in {"item.名称"}) or "rows" in path or path.startswith("item"):
            assert previews({"x": "{{ " + path + " }}"}, VALUES)["x"].get("shown") == entry["shown"], path


def test_before_a_run_the_fields_of_results_are_known_by_their_declarations() -> None:
    found = entries(Values({}, {}))
    assert "read.rows" in found
    assert found["read.rows"]["shown"] is None


def test_a_setting_shows_what_it_would_be_or_why_not() -> None:
    shown = previews(
        {
            "text": "Dear {{item.名称}}, {{ item['No.'] + 0.5 }} {{secret:door}}",
            "whole": "{{rows}}",
            "bad": "a {{ item.nope }} b",
            "open": "{{ item",
            "deep": ["{{ 1 + 1 }}", {"a": "{{gone}}"}],
            "fine": {"a": "{{ 1 + 1 }}"},
        },
        VALUES,
    )
    assert shown["text"]["shown"] == "Dear x, 1.5 •••"
    assert [(one["start"], one["end"], one["shown"]) for one in shown["text"]["references"]][:2] == [
        (5, 16, "x"),
        (18, 41, "1.5"),
    ]
    assert (shown["whole"]["kind"], shown["whole"]["shown"][:16]) == ("list", '[{"name": "Li", ')
    assert shown["bad"]["references"][0]["start"] == 2
    assert "nope" in shown["bad"]["message"]
    assert "No." in shown["bad"]["fix"]
    assert "no closing braces" in shown["open"]["message"]
    assert "gone" in shown["deep"]["message"]
    assert shown["fine"]["shown"] == '{"a": "2"}'


def test_a_large_table_is_shown_by_its_beginning() -> None:
    many = Values({"rows": [{"n": "x" * 1000}] * 100_000}, {})
    assert len(previews({"x": "{{rows}}"}, many)["x"]["shown"]) <= 300
    assert len(offered(Draft(Flow()), CATALOGUE, many, None)[0]["shown"] or "") in range(1, 301)


def test_chinese_is_found_by_its_pinyin_and_first_letters() -> None:
    words = search_words("订单号").split()
    assert "dingdanhao" in words
    assert "ddh" in words
    assert {"chongshi", "zhongshi", "cs", "zs"} <= set(search_words("重试").split()), (
        "a character with several readings"
    )
    assert "bdanhao" in search_words("B单号").split()
    assert search_words("Order") == ""
