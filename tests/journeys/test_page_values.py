"""Values in the browser editor: the picker, completion, what a field would be, and a node's id, with a real server."""

import os
import re
from pathlib import Path

import pytest

from tests.journeys.conftest import Start
from tests.journeys.editor import MILLISECONDS, Visit, answered, barriers, expect, saved
from tests.journeys.editor import browser as browser
from tests.journeys.editor import visit as visit
from tests.journeys.test_page_runs import expect_state, flow_of, written

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(240)]

ROWS = [{"Name": "Li", "Unit.Price": 3.5}, {"Name": "Wu", "Unit.Price": 4}]


def test_values_are_picked_completed_and_shown_and_a_renamed_node_is_followed(
    flowdesk: Start, visit: Visit, tmp_path: Path
) -> None:
    flow = flow_of(
        ("set", "setVariable", {"name": "订单", "value": ROWS}),
        ("say", "log", {"message": '{{ set|sum("Unit.Price") }} EUR'}),
        ("last", "log", {"message": ""}),
    )
    path = written(tmp_path, flow)
    editor = visit(answered(flowdesk("serve", "--port", "0", str(path))))
    page = editor.page
    editor.node("say").click()
    editor.button("Run").click()
    expect_state(editor, "Succeeded")
    expect(page.locator(".preview").first).to_have_text("= 7.5 EUR", timeout=MILLISECONDS)

    # While a reference is written: values with what they were, by pinyin too; functions behind a bar.
    editor.node("last").click()
    message = editor.field("Message")
    message.click()
    page.keyboard.type("Sum {{ddprice")
    offers = page.get_by_role("listbox", name="Variables and results")
    expect(offers).to_have_count(0)
    for _ in "ddprice":
        page.keyboard.press("Backspace")
    page.keyboard.type("dingd")
    expect(offers.get_by_role("option").first).to_contain_text("订单", timeout=MILLISECONDS)
    page.keyboard.press("Enter")
    expect(message).to_have_value("Sum {{订单}}")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.type("|sum")
    expect(offers.get_by_role("option").first).to_contain_text("Adds the numbers", timeout=MILLISECONDS)
    page.keyboard.press("Tab")
    page.keyboard.type('("Unit.Price")')
    expect(message).to_have_value('Sum {{订单|sum("Unit.Price")}}')
    expect(page.locator(".preview").first).to_have_text("= Sum 7.5", timeout=MILLISECONDS)
    page.keyboard.press("End")
    page.keyboard.type("{{ 订单.x }}")
    expect(page.locator(".preview.is-bad").first).to_contain_text("x", timeout=MILLISECONDS)

    # The picker: found by typing, taken by Enter into the field that was written in.
    message.fill("")
    page.get_by_text("Data for {{ }}").click()
    find = page.get_by_label("Find a value")
    find.fill("set price")
    page.keyboard.press("Enter")
    expect(message).to_have_value('{{ set[0]["Unit.Price"] }}')
    expect(page.locator(".preview").first).to_have_text("= 3.5", timeout=MILLISECONDS)
    # Input and output stand beside the settings, also after the node was renamed.
    editor.node("say").click()
    page.get_by_role("button", name="Input and output").click()
    panel = page.get_by_role("complementary", name="Input and output")
    expect(panel).to_contain_text("7.5 EUR", timeout=MILLISECONDS)
    beside, settings = panel.bounding_box(), page.get_by_role("complementary", name="Inspector").bounding_box()
    assert beside is not None
    assert settings is not None
    assert beside["x"] + beside["width"] <= settings["x"] + 1
    for view in ("Tree", "Text", "Table"):
        panel.get_by_label("Show as").select_option(label=view)
        expect(panel).to_contain_text("7.5 EUR")

    assert barriers(editor) == []
    if folder := os.environ.get("FLOWDESK_PICTURES"):
        editor.node("say").click()
        page.get_by_text("Data for {{ }}").click()
        page.screenshot(path=str(Path(folder) / "page.png"))
        page.emulate_media(color_scheme="dark")
        page.screenshot(path=str(Path(folder) / "page-dark.png"))

    # The id: every reference follows, in the file too.
    editor.node("set").click()
    editor.field("ID").fill("orders")
    page.keyboard.press("Enter")
    expect(editor.node("orders")).to_be_visible(timeout=MILLISECONDS)
    expect(editor.field("ID")).to_have_value("orders")
    expect(panel).to_contain_text("3.5", timeout=MILLISECONDS)
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved").first).to_be_visible(timeout=MILLISECONDS)
    nodes = {node["id"]: node["data"]["config"] for node in saved(path)["nodes"]}
    assert nodes["say"]["message"] == '{{ orders|sum("Unit.Price") }} EUR'
    assert nodes["last"]["message"] == '{{ orders[0]["Unit.Price"] }}'


def test_two_pages_that_rename_one_node_at_once_end_with_one_name_everywhere(
    flowdesk: Start, visit: Visit, tmp_path: Path
) -> None:
    set_rows, say = (
        ("set", "setVariable", {"name": "x", "value": ROWS}),
        ("say", "log", {"message": "{{ set|length }}"}),
    )
    path = written(tmp_path, flow_of(set_rows, say))
    made = flowdesk("token", "new", "--name", "li", "--role", "edit")
    assert made.ends() == 0
    token = re.findall(r"[\w-]{40,}", made.printed())[-1]
    link = answered(flowdesk("serve", "--port", "0", str(path)))
    mei, li = visit(link), visit(link.partition("#")[0], token=token)
    name = "set"
    for number, choice in enumerate(("Keep theirs", "Use mine", "Keep theirs")):
        first, second = (mei, li) if number % 2 else (li, mei)
        for editor, wanted in ((first, f"first{number}"), (second, f"second{number}")):
            editor.node(name).click()
            editor.field("ID").fill(wanted)
        first.page.keyboard.press("Enter")
        second.page.keyboard.press("Enter")
        dialog = second.page.get_by_role("dialog", name="Two people changed this at the same time")
        expect(dialog).to_contain_text(f"first{number}", timeout=MILLISECONDS)
        expect(dialog).to_contain_text(f"second{number}")
        dialog.get_by_role("button", name=choice).click()
        name = f"first{number}" if choice == "Keep theirs" else f"second{number}"
        for editor in (mei, li):
            expect(editor.node(name)).to_be_visible(timeout=MILLISECONDS)
            editor.node("say").click()
            expect(editor.field("Message")).to_have_value(f"{{{{ {name}|length }}}}", timeout=MILLISECONDS)
    mei.page.keyboard.press("Control+s")
    expect(mei.page.get_by_text("Saved").first).to_be_visible(timeout=MILLISECONDS)
    nodes = {node["id"]: node["data"]["config"] for node in saved(path)["nodes"]}
    assert set(nodes) == {"start", name, "say"}
    assert nodes["say"]["message"] == f"{{{{ {name}|length }}}}"


def test_what_is_typed_goes_on_while_somebody_else_renames_the_node(
    flowdesk: Start, visit: Visit, tmp_path: Path
) -> None:
    path = written(tmp_path, flow_of(("say", "log", {"message": "old"}), ("last", "log", {"message": "{{ say }}"})))
    made = flowdesk("token", "new", "--name", "li", "--role", "edit")
    assert made.ends() == 0
    token = re.findall(r"[\w-]{40,}", made.printed())[-1]
    link = answered(flowdesk("serve", "--port", "0", str(path)))
    mei, li = visit(link), visit(link.partition("#")[0], token=token)
    li.node("say").click()
    li.field("Message").click()
    li.page.keyboard.press("Control+a")
    li.page.keyboard.type("begun")
    mei.node("say").click()
    mei.field("ID").fill("told")
    mei.page.keyboard.press("Enter")
    expect(li.field("ID")).to_have_value("told", timeout=MILLISECONDS)
    li.page.keyboard.type(" and ended")
    expect(li.field("Message")).to_have_value("begun and ended")
    li.field("ID").click()
    expect(mei.field("Message")).to_have_value("begun and ended", timeout=MILLISECONDS)
    mei.page.keyboard.press("Control+s")
    expect(mei.page.get_by_text("Saved").first).to_be_visible(timeout=MILLISECONDS)
    nodes = {node["id"]: node["data"]["config"] for node in saved(path)["nodes"]}
    assert nodes["told"]["message"] == "begun and ended"
    assert nodes["last"]["message"] == "{{ told }}"


def test_each_parameter_of_the_called_function_has_a_field_and_the_run_gets_what_is_written(
    flowdesk: Start, visit: Visit, tmp_path: Path
) -> None:
    flow = flow_of(("call", "call", {"variable": "gross"}), ("say", "log", {"message": "= {{gross}}"}))
    declared = {"function": "Price", "parameters": {"net": None, "tax": 0.19}}
    for node_id, kind, config in (
        ("price", "function", declared),
        ("end", "end", {"result": "{{net * (1 + tax)}}"}),
    ):
        place = {"x": 0, "y": 400 + 200 * (kind == "end")}
        flow["nodes"].append({"id": node_id, "type": kind, "position": place, "data": {"config": config}})
    flow["edges"].append({"id": "inside", "source": "price", "target": "end"})
    path = written(tmp_path, flow)
    editor = visit(answered(flowdesk("serve", "--port", "0", str(path))))
    editor.node("call").click()
    editor.field("Function").select_option("Price")
    expect(editor.field("net")).to_have_attribute("placeholder", "Required", timeout=MILLISECONDS)
    expect(editor.field("tax")).to_have_attribute("placeholder", "0.19")
    editor.field("net").fill("100")
    editor.field("tax").fill("0.07")
    editor.page.keyboard.press("Control+s")
    expect(editor.page.get_by_text("Saved").first).to_be_visible(timeout=MILLISECONDS)
    (call,) = (node for node in saved(path)["nodes"] if node["id"] == "call")
    assert call["data"]["config"] == {"function": "Price", "inputs": {"net": 100, "tax": 0.07}, "variable": "gross"}
    editor.button("Run").click()
    expect_state(editor, "Succeeded")
    expect(editor.page.get_by_text("= 107").first).to_be_visible(timeout=MILLISECONDS)
