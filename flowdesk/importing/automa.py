"""Workflows of Automa (JSON): structure, notes, and the blocks that have a counterpart. Parts of web pages have none."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from flowdesk.importing.graphs import Drawn, Graph, Other, Way, listed, number, only_names
from flowdesk.importing.keynames import key_of
from flowdesk.importing.report import Untaken
from flowdesk.importing.steps import variable
from flowdesk.model.sentence import say

_NAME = re.compile(r"(?:variables[.@])?\$*([^\W\d]\w*(?:\.\w+)*)")
_LOOP = re.compile(r"loopData[.@]([\w-]+)(?:\.data)?((?:\.\w+)*)")
_COMPARED = {
    "eq": "eq",
    "neq": "ne",
    "gt": "gt",
    "gte": "ge",
    "lt": "lt",
    "lte": "le",
    "cnt": "contains",
    "nct": "notContains",
}
_WEB = frozenset({
    "event-click", "forms", "get-text", "link", "attribute-value", "element-exists", "element-scroll", "hover-element", "switch-to",
    "upload-file", "new-tab", "close-tab", "switch-tab", "go-back", "forward-page", "reload-tab", "tab-url", "active-tab", "new-window",
    "create-element", "loop-elements", "javascript-code", "trigger-event", "save-assets", "handle-dialog", "handle-download", "cookie",
    "browser-event", "proxy", "tabs-url", "wait-connections",
})  # fmt: skip


def read_workflow(graph: Graph, values: Mapping[str, Any]) -> list[Way]:
    """Take every block of a workflow, and return how they are connected."""
    drawing = values.get("drawflow")
    if isinstance(drawing, str):
        try:
            drawing = json.loads(drawing)
        except ValueError:
            drawing = {}
    drawing = drawing if isinstance(drawing, Mapping) else {}
    if "drawflow" in drawing:
        return _old(graph, drawing)
    for node in listed(drawing.get("nodes")):
        if isinstance(node, Mapping):
            given = node.get("position")
            place: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
            _take(
                graph,
                str(node.get("id")),
                str(node.get("label") or ""),
                place.get("x", 0),
                place.get("y", 0),
                node.get("data"),
            )
    return list(_ways(listed(drawing.get("edges"))))


def _ways(edges: Any) -> Iterator[Way]:
    for edge in edges:
        if isinstance(edge, Mapping) and edge.get("source") and edge.get("target"):
            output = str(edge.get("sourceHandle") or "").removeprefix(f"{edge['source']}-output-") or "1"
            yield Way(str(edge["source"]), output, str(edge["target"]))


def _old(graph: Graph, drawing: Mapping[str, Any]) -> list[Way]:
    """Take a workflow as Automa wrote it until 2022."""
    ways: list[Way] = []
    for home in _objects(drawing.get("drawflow")).values():
        for node_id, node in _objects(_objects(home).get("data")).items():
            about = _objects(node)
            place = about.get("pos_x", 0), about.get("pos_y", 0)
            _take(graph, str(node_id), str(about.get("name") or ""), *place, about.get("data"))
            for output, told in _objects(about.get("outputs")).items():
                links = [_objects(link).get("node") for link in listed(_objects(told).get("connections"))]
                ways += [Way(str(node_id), str(output).removeprefix("output_"), str(link)) for link in links]
    return ways


def _objects(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _take(graph: Graph, node_id: str, kind: str, x: Any, y: Any, given: Any) -> None:
    settings: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
    place = number(x), number(y)
    if kind in ("note", "blocks-group"):
        graph.note(
            *place,
            str(settings.get("note") or settings.get("name") or kind),
            number(settings.get("width"), 240),
            number(settings.get("height"), 150),
        )
        if kind == "note":
            return
    label = str(settings.get("description") or "") or kind
    other = Other(node_id, kind, label, *place, settings, kind == "trigger", bool(settings.get("disableBlock")))
    if kind == "trigger":
        how = settings.get("type")
        graph.take_trigger(other, str(how), is_manual=how in (None, "", "manual"))
    else:
        graph.take_step(other, _counterpart)


def _text(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = only_names(value, re.compile(f"(?:{_LOOP.pattern}|{_NAME.pattern})"), r"\1\2\3")
    return re.sub(r"\{\{([\w-]+)", lambda found: "{{" + variable(found[1]), text)


def _counterpart(kind: str, settings: Mapping[str, Any]) -> Drawn:
    act = _KINDS.get(kind)
    if act is not None:
        drawn: Drawn = act(settings)
        return drawn
    if kind in _WEB:
        raise Untaken(
            f"web: {kind}",
            say("This step targets an element of a web page. flowdesk works on the screen, not inside web pages."),
        )
    raise Untaken(f"block: {kind}", say("{name} has no counterpart here.", name=kind))


def _delay(settings: Mapping[str, Any]) -> Drawn:
    time = settings.get("time", 500)
    return Drawn("wait", {"duration": int(time) if str(time).isdigit() else _text(time)})


def _key(settings: Mapping[str, Any]) -> Drawn:
    if settings.get("selector"):
        raise Untaken(
            "web: press-key",
            say("This step targets an element of a web page. flowdesk works on the screen, not inside web pages."),
        )
    if settings.get("action") == "multiple-keys":
        return Drawn("input", {"text": _text(settings.get("keysToPress") or "")})
    return Drawn(
        "keys", {"keys": [key_of(key.strip()) for key in str(settings.get("keys") or "").split("+") if key.strip()]}
    )


def _notify(settings: Mapping[str, Any]) -> Drawn:
    return Drawn(
        "notify", {"title": _text(settings.get("title") or ""), "message": _text(settings.get("message") or "") or " "}
    )


def _clipboard(settings: Mapping[str, Any]) -> Drawn:
    if settings.get("type") == "insert":
        return Drawn("clipboard", {"operation": "set", "text": _text(settings.get("dataToCopy") or "")})
    return Drawn(
        "clipboard", {"operation": "get", "variable": variable(str(settings.get("variableName") or "clipboard"))}
    )


def _http(settings: Mapping[str, Any]) -> Drawn:
    config: dict[str, Any] = {
        "url": _text(settings.get("url") or ""),
        "method": str(settings.get("method") or "POST").upper(),
    }
    headers = settings.get("headers")
    if isinstance(headers, list) and any(one.get("name") for one in headers if isinstance(one, Mapping)):
        config["headers"] = {
            one["name"]: _text(one.get("value") or "")
            for one in headers
            if isinstance(one, Mapping) and one.get("name")
        }
    if settings.get("body") and config["method"] not in ("GET", "HEAD"):
        config["body"] = _text(settings["body"])
    return Drawn("http", config, {"fallback": "error"})


def _repeat(settings: Mapping[str, Any]) -> Drawn:
    raise Untaken("repeat", say("This step goes back to an earlier block. Connect it yourself, or use a Loop node."))


def _insert(settings: Mapping[str, Any]) -> Drawn:
    listed = settings.get("dataList") or []
    if len(listed) != 1 or listed[0].get("type") == "table":
        raise Untaken(
            "several values",
            say("This step sets {count} values at once. Use a Set variable node for each.", count=len(listed)),
        )
    return Drawn(
        "setVariable", {"name": variable(str(listed[0].get("name") or "")), "value": _text(listed[0].get("value"))}
    )


def _increase(settings: Mapping[str, Any]) -> Drawn:
    name = variable(str(settings.get("variableName") or ""))
    by = settings.get("increaseBy", 1)
    return Drawn("setVariable", {"name": name, "value": "{{ " + f"{name} + {by}" + " }}"})


def _conditions(settings: Mapping[str, Any]) -> Drawn:
    listed = settings.get("conditions") or []
    items = _items(listed[0]) if len(listed) == 1 and isinstance(listed[0], Mapping) else None
    if items is None:
        raise Untaken("question", say("This condition has no counterpart here."))
    left, how, right = items
    if how not in _COMPARED:
        raise Untaken("question", say("This condition has no counterpart here."))
    config = {"left": _text(left), "operator": _COMPARED[how], "right": _text(right)}
    return Drawn("condition", config, {str(listed[0].get("id") or "1"): "true", "fallback": "false"})


def _items(condition: Mapping[str, Any]) -> tuple[Any, str, Any] | None:
    groups = condition.get("conditions") or []
    inner = [one for group in groups for part in group.get("conditions") or [] for one in part.get("items") or []]
    if [one.get("category") for one in inner] != ["value", "compare", "value"]:
        return None
    return inner[0].get("data", {}).get("value"), str(inner[1].get("type")), inner[2].get("data", {}).get("value")


def _loop(settings: Mapping[str, Any]) -> Drawn:
    raise Untaken("loop", say("This loop ends at another block. Use a Loop node and connect its body."))


def _screenshot(settings: Mapping[str, Any]) -> Drawn:
    return Drawn("screenshot", {"filename": f"{settings.get('fileName') or 'screenshot'}.png"})


def _log(settings: Mapping[str, Any]) -> Drawn:
    return Drawn("log", {"message": str(_text(settings.get("value") or settings.get("logName") or "…"))})


_KINDS: dict[str, Any] = {
    "delay": _delay, "press-key": _key, "notification": _notify, "clipboard": _clipboard, "webhook": _http, "repeat-task": _repeat,
    "insert-data": _insert, "increase-variable": _increase, "conditions": _conditions, "loop-data": _loop, "while-loop": _loop,
    "take-screenshot": _screenshot, "log-data": _log,
}  # fmt: skip
