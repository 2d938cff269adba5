"""References are offered from what the flow holds before the node."""

from typing import Any

from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit

from flowdesk.model.changes import Draft
from flowdesk.model.flow import Flow
from flowdesk.model.offering import references, result_fields
from flowdesk.nodes import catalogue_with_plugins
from flowdesk.ui.inspector.references import ReferenceCompleter

CATALOGUE = catalogue_with_plugins()


def draft(nodes: list[tuple[str, str, dict[str, Any]]], edges: list[tuple[str, str]]) -> Draft:
    return Draft(
        Flow.model_validate(
            {
                "id": "f",
                "nodes": [
                    {"id": node_id, "type": kind, "position": {"x": 0, "y": 0}, "data": {"config": config}}
                    for node_id, kind, config in nodes
                ],
                "edges": [{"id": f"{a}{b}", "source": a, "target": b} for a, b in edges],
            }
        )
    )


def test_variables_come_first_then_results_of_nodes_before() -> None:
    flow = draft(
        [
            ("start", "start", {}),
            ("k", "keys", {"keys": ["a"]}),
            ("v", "setVariable", {"name": "total"}),
            ("w", "wait", {}),
        ],
        [("start", "k"), ("k", "v")],
    )
    found = references(flow.nodes, flow.edges, {"who": "Ada"}, CATALOGUE, "v")
    assert found[:2] == ["who", "total"]
    assert {"k.keys", "k.times"} <= set(found)
    assert not any(name.startswith("w.") for name in found)


def test_a_loop_over_items_offers_its_item() -> None:
    flow = draft([("l", "loop", {"type": "forEach"}), ("w", "wait", {})], [("l", "w")])
    assert {"item", "index"} <= set(references(flow.nodes, flow.edges, {}, CATALOGUE, "w"))


def test_a_cycle_of_edges_ends() -> None:
    flow = draft([("a", "wait", {}), ("b", "wait", {})], [("a", "b"), ("b", "a")])
    assert isinstance(references(flow.nodes, flow.edges, {}, CATALOGUE, "a"), list)


def test_the_documentation_names_the_fields_of_a_result() -> None:
    assert result_fields("Press.\n\nResult: `keys` and `times`.\n\nRaises:\n    X: `no`.") == ["keys", "times"]
    assert result_fields("Press.") == []


def test_a_line_completes_the_reference_before_the_cursor(qapp: QApplication) -> None:
    line = QLineEdit("Hello {{wh, bye")
    line.setCursorPosition(10)
    completer = ReferenceCompleter(line, lambda: ["who"])
    completer.insert("who")
    assert line.text() == "Hello {{who}}, bye"


def test_braces_that_are_there_are_not_doubled(qapp: QApplication) -> None:
    line = QLineEdit("{{}}")
    line.setCursorPosition(2)
    ReferenceCompleter(line, lambda: ["who"]).insert("who")
    assert line.text() == "{{who}}"


def test_a_box_completes_too(qapp: QApplication) -> None:
    box = QPlainTextEdit("one\n{{k.")
    cursor = box.textCursor()
    cursor.movePosition(cursor.MoveOperation.End)
    box.setTextCursor(cursor)
    ReferenceCompleter(box, lambda: ["k.keys"]).insert("k.keys")
    assert box.toPlainText() == "one\n{{k.keys}}"


def test_nothing_is_offered_outside_of_braces(qapp: QApplication) -> None:
    line = QLineEdit("plain")
    completer = ReferenceCompleter(line, lambda: ["plain"])
    completer.offer()
    assert not completer.popup.isVisible()
