"""Macros and workflows of other tools: each valid, each step taken or a note at its place, nothing run, junk refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowdesk.importing.reading import Imported, read_script, write
from flowdesk.importing.sending import pieces
from flowdesk.model.errors import FlowUnreadable
from flowdesk.model.flow import Flow, Node
from flowdesk.model.validation import validate
from flowdesk.nodes import builtin_catalogue

CATALOGUE = builtin_catalogue()


def brought(folder: Path, name: str, text: str) -> Imported:
    path = folder / name
    path.write_text(text, "utf-8")
    imported = read_script(path, [], CATALOGUE)
    for flow in imported.flows:
        assert [problem.message for problem in validate(flow, CATALOGUE) if problem.is_error] == []
    return imported


def of(flow: Flow, kind: str) -> list[Node]:
    return [node for node in flow.nodes if node.type == kind]


def ways(flow: Flow) -> set[tuple[str, str | None, str]]:
    return {(edge.source, edge.source_handle, edge.target) for edge in flow.edges}


def uivision(folder: Path, *commands: tuple[str, str, str]) -> Imported:
    listed = [{"Command": command, "Target": target, "Value": value} for command, target, value in commands]
    return brought(folder, "macro.json", json.dumps({"Name": "macro", "CreationDate": "2026-1-1", "Commands": listed}))


def test_uivision_pictures_keys_and_pauses(tmp_path: Path) -> None:
    found = uivision(
        tmp_path,
        ("store", "7", "!timeout_wait"),
        ("XClick", "ok_dpi_96.png@0.85", "#right"),
        ("XType", "me${KEY_TAB}${KEY_CTRL+KEY_A}", ""),
        ("pause", "500", ""),
        ("XDesktopAutomation", "true", ""),
        ("XClick", "10,20", ""),
        ("XClickText", "Save", ""),
    )
    flow = found.flows[0]
    click, place, text = (node.config for node in of(flow, "click"))
    assert (click["selector"], click["similarity"], click["timeout"], click["clickType"]) == (
        "image=ok_dpi_96.png",
        0.85,
        7000,
        "right",
    )
    assert (place["selector"], text["selector"]) == ("point=10,20", "text=Save")
    assert [node.config["keys"] for node in of(flow, "keys")] == [["tab"], ["ctrl", "a"]]
    assert not found.report.left


def test_uivision_errors_that_are_ignored_do_not_end_the_run(tmp_path: Path) -> None:
    clicks = [
        ("XClick", "a.png", ""),
        ("store", "true", "!errorIgnore"),
        ("XClick", "b.png", ""),
        ("store", "false", "!errorIgnore"),
    ]
    found = uivision(tmp_path, *clicks, ("XClick", "c.png", ""))
    assert [node.config.get("onError") for node in of(found.flows[0], "click")] == [None, "continue", None]
    assert not found.report.left


def test_uivision_loops_conditions_and_jumps(tmp_path: Path) -> None:
    found = uivision(
        tmp_path,
        ("store", "0", "n"),
        ("label", "again", ""),
        ("executeScript_Sandbox", "return Number(${n}) + 1", "n"),
        ("if", "${n} < 3", ""),
        ("gotoLabel", "again", ""),
        ("elseif", "${n} == 3", ""),
        ("echo", "n is ${n}", ""),
        ("else", "", ""),
        ("echo", "more", ""),
        ("end", "", ""),
        ("times", "2", ""),
        ("pause", "1", ""),
        ("end", "", ""),
    )
    flow = found.flows[0]
    assert not found.report.left
    assert of(flow, "setVariable")[1].config["value"] == "{{ n + 1 }}"
    assert ("condition1", "true", "setVariable2") in ways(flow)
    assert {("log1", "default", "loop1"), ("log2", "default", "loop1")} <= ways(flow)


def test_parts_of_web_pages_are_notes_with_the_original_and_the_reason(tmp_path: Path) -> None:
    found = uivision(
        tmp_path, ("open", "https://example.org", ""), ("click", "xpath=//button", ""), ("XClick", "5,5", "")
    )
    assert (found.report.taken, len(found.report.left)) == (0, 3)
    assert set(found.report.kinds()) == {"web: open", "web: click", "web: place"}
    notes = [note["text"] for note in (found.flows[0].model_extra or {})["notes"].values()]
    assert notes[1].startswith("click | xpath=//button\n— This step targets an element of a web page")


PMC = """[PMC Globals]|None||
[PMC Code v5.4.1]|F3||1|Window,2,Fast,0,1,Input,-1,-1,1|1|Macro1
Context=None|
Groups=Start:1
1|[Assign Variable]|n := 5|1|0|Variable|Expression||||1|
2|[LoopStart]|LoopStart|3|0|Loop|||||2|
3|Left Move & Click|10, 20 Left, 2|1|0|Click|||||3|
4|a|Hi %n%{Tab 2}^s{Shift Down}|1|50|Send|||||4|
05|[Pause]||1|200|Sleep|||||5|
6|[LoopEnd]|LoopEnd|1|0|Loop|||||6|
7|Continue, Continue, FoundX, FoundY, 0|10, 10, 110, 60, *51 C:\\pics\\ok.png|1|0|ImageSearch||Screen|||7|
8|If Image/Pixel Found||1|0|If_Statement|||||8|
9|Left Move & Click|%FoundX%, %FoundY% Left, , Down|1|0|Click|||||9|
10|[Else]||1|0|If_Statement|||||10|
11|beep|_null := |1|0|Function|||||11|
12|[End If]|EndIf|1|0|If_Statement|||||12|
13|WinActivate||1|0|WinActivate||Untitled - Notepad ahk_class Notepad|||13|
14|SoundBeep|7777, 33|1|0|SoundBeep|||||14|

[PMC Code v5.4.1]|||1|Screen,2,Fast,0,1,Input,-1,-1,1|1|beep()
1|[FunctionStart]|beep|1|0|UserFunction|Local| / |||1|
2|[MsgBox]|Ready?|1|0|MsgBox|0||||2|
"""


def test_pulover_macros_and_functions(tmp_path: Path) -> None:
    found = brought(tmp_path, "farm.pmc", PMC)
    main, beep = found.flows
    assert (main.name, beep.name) == ("farm - Macro1", "farm - beep")
    assert found.report.kinds() == {"sound: SoundBeep": 1}
    first, second = (node.config for node in of(main, "click"))
    assert (first["selector"], first["clicks"]) == ("active >> point=10,20", 2)
    assert (second["selector"], second["action"]) == ("point={{find1.matches[0].x}},{{find1.matches[0].y}}", "down")
    assert of(main, "find")[0].config["region"] == [10, 10, 100, 50]
    assert of(main, "find")[0].config["similarity"] == 0.8
    assert [node.config for node in of(main, "keys")] == [
        {"keys": ["tab"], "times": 2}, {"keys": ["ctrl", "s"]}, {"keys": ["shift"], "action": "down"},
    ]  # fmt: skip
    assert of(main, "wait")[-1].config == {"duration": 200, "disabled": True}
    assert of(main, "subflow")[0].config["flow"] == "farm - beep.flow.json"
    assert of(main, "window")[0].config["selector"] == "window=Untitled - Notepad"
    assert ("condition1", "false", "subflow1") in ways(main)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("ab{Enter}c", [("text", "ab"), ("keys", {"keys": ["enter"]}), ("text", "c")]),
        ("^+a", [("keys", {"keys": ["ctrl", "shift", "a"]})]),
        ("{!}{{}{}}", [("text", "!{}")]),
        ("{a up}", [("keys", {"keys": ["a"], "action": "up"})]),
        ("100%", [("text", "100%")]),
    ],
)
def test_texts_of_autohotkey_are_cut_at_their_keys(text: str, wanted: list[tuple[str, Any]]) -> None:
    assert list(pieces(text)) == wanted


def action(name: str, attributes: str = "", **parameters: str) -> str:
    inner = "".join(
        f'<parameter name="{key.partition("__")[0]}"><subParameter name="{key.partition("__")[2] or "value"}" code="0">{text}</subParameter></parameter>'
        for key, text in parameters.items()
    )
    return f'<action name="Action{name}" {attributes}>{inner}</action>'


def actiona(folder: Path, *actions: str) -> Imported:
    return brought(
        folder, "job.ascr", f'<?xml version="1.0"?><scriptfile><script>{"".join(actions)}</script></scriptfile>'
    )


def test_actiona_clicks_keys_loops_and_pauses(tmp_path: Path) -> None:
    found = actiona(
        tmp_path,
        action(
            "Click",
            'pauseBefore="500" comment="first"',
            position="309:11",
            button="left",
            amount="1",
            action="pressRelease",
        ),
        action("Key", key__key="L", meta="true", action="pressRelease"),
        action("Text", text="Dear $name"),
        action("Pause", duration="2", unit="seconds"),
        action("Loop", line="1", count="4"),
        action("Wheel", intensity="-3"),
        action("Code", code="print(1)"),
    )
    flow = found.flows[0]
    assert [node.config for node in of(flow, "wait")] == [{"duration": 500}, {"duration": 2000}]
    assert of(flow, "click")[0].config["note"] == "first"
    assert of(flow, "keys")[0].config["keys"] == ["super", "l"]
    assert of(flow, "input")[0].config["text"] == "Dear {{name}}"
    assert ("condition1", "true", "wait1") in ways(flow)
    assert of(flow, "scroll")[0].config == {"direction": "down", "amount": 3}
    assert found.report.kinds() == {"action: Code": 1}


def test_an_actiona_loop_runs_as_often_as_it_says(tmp_path: Path) -> None:
    found = actiona(tmp_path, action("Console", text="x"), action("Loop", line="1", count="4"))
    condition = of(found.flows[0], "condition")[0]
    assert (condition.config["operator"], condition.config["right"], condition.config["maxIterations"]) == ("le", 4, 0)
    assert found.flows[0].variables


N8N = {
    "name": "Orders",
    "nodes": [
        {"name": "Begin", "type": "n8n-nodes-base.manualTrigger", "position": [0, 0], "parameters": {}},
        {"name": "Get", "type": "n8n-nodes-base.httpRequest", "position": [200, 0], "parameters": {"url": "=https://example.org/{{ $json.id }}"}},
        {"name": "Odd", "type": "n8n-nodes-base.code", "position": [400, 0], "parameters": {"jsCode": "return []"}},
        {"name": "Big?", "type": "n8n-nodes-base.if", "position": [600, 0], "parameters": {"conditions": {"conditions": [
            {"leftValue": "={{ $json.total }}", "rightValue": 10, "operator": {"type": "number", "operation": "gt"}}]}}},
        {"name": "Rest", "type": "n8n-nodes-base.wait", "position": [800, 100], "parameters": {"amount": 2, "unit": "minutes"}, "disabled": True},
        {"name": "About", "type": "n8n-nodes-base.stickyNote", "position": [0, -200], "parameters": {"content": "## Why", "width": 300, "height": 100}},
    ],
    "connections": {
        "Begin": {"main": [[{"node": "Get", "type": "main", "index": 0}]]},
        "Get": {"main": [[{"node": "Odd", "type": "main", "index": 0}]]},
        "Odd": {"main": [[{"node": "Big?", "type": "main", "index": 0}]]},
        "Big?": {"main": [[], [{"node": "Rest", "type": "main", "index": 0}]]},
    },
}  # fmt: skip


def test_n8n_keeps_structure_notes_and_what_has_a_counterpart(tmp_path: Path) -> None:
    found = brought(tmp_path, "orders.json", json.dumps(N8N))
    flow = found.flows[0]
    assert flow.name == "Orders"
    assert {
        ("start", None, "log"),
        ("log", None, "http"),
        ("http", None, "condition"),
        ("condition", "false", "wait"),
    } == ways(flow)
    assert of(flow, "http")[0].config["url"] == "https://example.org/{{id}}"
    assert of(flow, "wait")[0].config == {"duration": 120_000, "disabled": True}
    assert found.report.kinds() == {"node: code": 1}
    notes = [note["text"] for note in (flow.model_extra or {})["notes"].values()]
    assert any(text == "## Why" for text in notes)
    assert any("code has no counterpart here." in text for text in notes)


def test_automa_keeps_structure_and_what_has_a_counterpart(tmp_path: Path) -> None:
    nodes = [
        {"id": "t", "label": "trigger", "position": {"x": 0, "y": 0}, "data": {"type": "manual"}},
        {"id": "c", "label": "event-click", "position": {"x": 200, "y": 0}, "data": {"selector": "#go"}},
        {"id": "d", "label": "delay", "position": {"x": 400, "y": 0}, "data": {"time": "750"}},
        {
            "id": "n",
            "label": "notification",
            "position": {"x": 600, "y": 0},
            "data": {"title": "Done", "message": "{{variables.who}}"},
        },
        {"id": "k", "label": "press-key", "position": {"x": 800, "y": 0}, "data": {"keys": "Control+s"}},
    ]
    edges = [
        {"source": one, "target": other, "sourceHandle": f"{one}-output-1"}
        for one, other in zip("tcdn", "cdnk", strict=True)
    ]
    values = {"extVersion": "1.28", "name": "Daily", "drawflow": {"nodes": nodes, "edges": edges}}
    found = brought(tmp_path, "daily.automa.json", json.dumps(values))
    flow = found.flows[0]
    assert ways(flow) == {
        ("start", None, "log"),
        ("log", None, "wait"),
        ("wait", None, "notify"),
        ("notify", None, "keys"),
    }
    assert of(flow, "notify")[0].config["message"] == "{{who}}"
    assert found.report.kinds() == {"web: event-click": 1}


def test_the_report_counts_every_step_once_and_the_files_are_written(tmp_path: Path) -> None:
    found = brought(tmp_path, "farm.pmc", PMC)
    assert (len(found.report.statements), found.report.taken) == (16, 15)
    written = write(found, tmp_path)
    assert [path.name for path in written] == ["farm - Macro1.flow.json", "farm - beep.flow.json"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x.json", "{"),
        ("x.json", "[]"),
        ("x.json", '{"a": 1}'),
        ("x.ascr", "<scriptfile>"),
        ("x.ascr", '<!DOCTYPE x [<!ENTITY a "aaaa">]><scriptfile><script/></scriptfile>'),
        ("x.pmc", "nothing"),
        ("pom.xml", '<project><artifactId>sikulix</artifactId><x>click("a")</x></project>'),
    ],
)
def test_what_is_of_no_tool_is_refused_with_a_fix(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(FlowUnreadable) as refused:
        brought(tmp_path, name, text)
    assert refused.value.fix


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=8) | st.sampled_from(["${x}", "{{", "a >> ", "=", "xpath=//a", "1,2"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "type", "Command", "Target", "data", "id"]), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
COMMANDS = st.sampled_from(
    [
        "if",
        "end",
        "else",
        "times",
        "XClick",
        "gotoLabel",
        "label",
        "XType",
        "while",
        "do",
        "repeatIf",
        "store",
        "csvRead",
        "run",
    ]
)


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(st.fixed_dictionaries({"Command": COMMANDS, "Target": JUNK, "Value": JUNK}) | JUNK, max_size=8))
def test_no_macro_breaks_it(tmp_path: Path, commands: list[Any]) -> None:
    brought(tmp_path, "junk.json", json.dumps({"Name": "junk", "Commands": commands}))


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(st.fixed_dictionaries({
    "id": st.sampled_from("abc"), "name": st.sampled_from("abc"), "type": st.sampled_from(["x.if", "x.set", "x.wait", "x.stickyNote"]),
    "label": st.sampled_from(["conditions", "delay", "note", "insert-data", "press-key", "trigger"]), "parameters": JUNK, "data": JUNK,
}), max_size=4), JUNK)  # fmt: skip
def test_no_graph_breaks_it(tmp_path: Path, nodes: list[Any], junk: Any) -> None:
    brought(
        tmp_path,
        "n8n.json",
        json.dumps({"name": "j", "nodes": nodes, "connections": {"a": {"main": [[{"node": "b"}], junk]}}}),
    )
    brought(
        tmp_path,
        "automa.json",
        json.dumps({"name": "j", "drawflow": {"nodes": nodes, "edges": [{"source": "a", "target": "b"}, junk]}}),
    )
