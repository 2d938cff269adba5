"""Workflows of n8n (JSON): structure, sticky notes, and the nodes that have a counterpart. Items are no rows here: see the notes."""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from flowdesk.importing.graphs import Drawn, Graph, Other, Way, listed, number, only_names
from flowdesk.importing.n8ntriggers import KINDS, triggers_of
from flowdesk.importing.report import Untaken
from flowdesk.importing.steps import variable
from flowdesk.model.sentence import say

_JSON = re.compile(
    r"\$(?:json|\(\s*['\"][^'\"]*['\"]\s*\)\.(?:item|first\(\)|last\(\))\.json)\.(\w+(?:\.\w+|\[\d+\])*)"
)
_OPERATORS = {
    "equals": "eq", "equal": "eq", "notEquals": "ne", "notEqual": "ne", "larger": "gt", "gt": "gt", "largerEqual": "ge", "gte": "ge",
    "smaller": "lt", "lt": "lt", "smallerEqual": "le", "lte": "le", "contains": "contains", "notContains": "notContains",
    "startsWith": "startsWith", "endsWith": "endsWith", "isEmpty": "isEmpty", "empty": "isEmpty", "isNotEmpty": "isNotEmpty",
    "notEmpty": "isNotEmpty", "regex": "matches",
}  # fmt: skip
_SECONDS = {"seconds": 1000, "minutes": 60_000, "hours": 3_600_000, "days": 86_400_000}


def read_workflow(graph: Graph, values: Mapping[str, Any]) -> list[Way]:
    """Take every node of a workflow, and return how they are connected."""
    names = {}
    about = values.get("settings")
    zone = str(about.get("timezone") or "") if isinstance(about, Mapping) else ""
    for node in listed(values.get("nodes")):
        if not isinstance(node, Mapping):
            continue
        given = node.get("parameters")
        settings: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
        x, y = (number(part) for part in (*listed(node.get("position")), 0, 0)[:2])
        kind, name = str(node.get("type") or "").rpartition(".")[2], str(node.get("name") or "")
        if kind == "stickyNote":
            graph.note(
                x,
                y,
                str(settings.get("content") or ""),
                number(settings.get("width"), 240),
                number(settings.get("height"), 160),
            )
            continue
        is_trigger = kind.lower().endswith("trigger") or kind in ("webhook", "start", "cron", "interval")
        other = Other(name, kind, name or kind, x, y, settings, is_trigger, bool(node.get("disabled")))
        names[name] = other
        if kind in KINDS:
            graph.take_starts(other, lambda kind, settings: triggers_of(kind, settings, zone))
        elif kind == "wait":
            graph.take_step(other, partial(_wait, number(node.get("typeVersion"), 1)))
        elif is_trigger:
            graph.take_trigger(other, kind, is_manual=kind in ("manualTrigger", "start"))
        else:
            graph.take_step(other, _counterpart)
    return list(_ways(values.get("connections"), names))


def _ways(connections: Any, names: Mapping[str, Other]) -> Iterator[Way]:
    for source, outputs in connections.items() if isinstance(connections, Mapping) else ():
        for kind, branches in outputs.items() if isinstance(outputs, Mapping) else ():
            if kind != "main" or source not in names:
                continue
            for place, branch in enumerate(listed(branches)):
                for link in listed(branch):
                    if isinstance(link, Mapping) and link.get("node") in names:
                        yield Way(source, str(place), str(link["node"]))


def _value(value: Any) -> Any:
    """Return a setting; an expression that is more than a field of the item has no counterpart."""
    if not isinstance(value, str) or not value.startswith("="):
        return value
    return only_names(value[1:], _JSON, r"\1")


def _counterpart(kind: str, settings: Mapping[str, Any]) -> Drawn:
    act = _KINDS.get(kind)
    if act is None:
        raise Untaken(f"node: {kind}", say("{name} has no counterpart here.", name=kind))
    drawn: Drawn = act(settings)
    return drawn


def _http(settings: Mapping[str, Any]) -> Drawn:
    method = str(settings.get("method") or settings.get("requestMethod") or "GET").upper()
    config: dict[str, Any] = {"url": _value(settings.get("url") or ""), "method": method}
    headers = settings.get("headerParameters")
    listed = headers.get("parameters") if isinstance(headers, Mapping) else None
    if listed:
        config["headers"] = {
            str(one.get("name")): str(_value(one.get("value") or "")) for one in listed if isinstance(one, Mapping)
        }
    body = settings.get("jsonBody") or settings.get("body")
    if isinstance(body, str) and body:
        config["body"] = _value(body)
    if settings.get("authentication") not in (None, "none"):
        raise Untaken("credentials", say("This step uses credentials that are not in the file. Save them as a secret."))
    return Drawn("http", config)


def _wait(version: float, kind: str, settings: Mapping[str, Any]) -> Drawn:
    amount, unit = (1, "hours") if version < 1.1 else (5, "seconds")  # what it takes where its settings do not say
    amount, unit = settings.get("amount", amount), str(settings.get("unit") or unit)
    if settings.get("resume") not in (None, "timeInterval") or not isinstance(amount, int | float):
        raise Untaken("wait", say("This way of waiting has no counterpart here."))
    if unit not in _SECONDS:
        raise Untaken("wait", say("This way of waiting has no counterpart here."))
    return Drawn("wait", {"duration": int(amount * _SECONDS[unit])})


def _set(settings: Mapping[str, Any]) -> Drawn:
    given = settings.get("assignments")
    listed = given.get("assignments") if isinstance(given, Mapping) else None
    if listed is None:
        old = settings.get("values")
        listed = [one for group in old.values() for one in group] if isinstance(old, Mapping) else []
    if len(listed or []) != 1:
        raise Untaken(
            "several values",
            say("This step sets {count} values at once. Use a Set variable node for each.", count=len(listed or [])),
        )
    (one,) = listed
    return Drawn("setVariable", {"name": variable(str(one.get("name") or "")), "value": _value(one.get("value"))})


def _asked(given: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the questions of a node, those of older versions in the words of the newer."""
    listed = given.get("conditions")
    if isinstance(listed, list):
        return [one for one in listed if isinstance(one, Mapping)]
    groups = [group for group in given.values() if isinstance(group, list)]
    return [
        {
            "operator": {"operation": one.get("operation", "equal")},
            "leftValue": one.get("value1"),
            "rightValue": one.get("value2"),
        }
        for group in groups
        for one in group
        if isinstance(one, Mapping)
    ]


def _if(settings: Mapping[str, Any]) -> Drawn:
    given = settings.get("conditions")
    listed = _asked(given) if isinstance(given, Mapping) else []
    if len(listed) != 1:
        raise Untaken("question", say("This step checks {count} conditions at once.", count=len(listed)))
    (one,) = listed
    operation = one.get("operator", {}).get("operation") if isinstance(one.get("operator"), Mapping) else None
    if operation == "true":
        return Drawn(
            "condition",
            {"left": _value(one.get("leftValue")), "operator": "eq", "right": True},
            {"0": "true", "1": "false"},
        )
    if operation not in _OPERATORS:
        raise Untaken("question", say("This condition has no counterpart here."))
    config = {
        "left": _value(one.get("leftValue")),
        "operator": _OPERATORS[operation],
        "right": _value(one.get("rightValue")),
    }
    return Drawn("condition", config, {"0": "true", "1": "false"})


def _command(settings: Mapping[str, Any]) -> Drawn:
    text = str(_value(settings.get("command") or ""))
    return Drawn("command", {"command": ["sh", "-c", text]})


def _batches(settings: Mapping[str, Any]) -> Drawn:
    raise Untaken("items", say("This step goes through n8n items. Use a Loop node with For each item."))


def _nothing(settings: Mapping[str, Any]) -> Drawn:
    return Drawn("log", {"message": "…"})


def _stop(settings: Mapping[str, Any]) -> Drawn:
    return Drawn("end", {"status": "failed", "message": _value(settings.get("errorMessage") or "")})


def _file(operation: str) -> Any:
    def read(settings: Mapping[str, Any]) -> Drawn:
        path = _value(settings.get("fileSelector") or settings.get("filePath") or settings.get("fileName") or "")
        if operation == "write":
            raise Untaken("binary", say("This step writes binary data of n8n. Enter the text of the file instead."))
        return Drawn("file", {"operation": "read", "path": path})

    return read


_KINDS: dict[str, Any] = {
    "httpRequest": _http, "set": _set, "if": _if, "executeCommand": _command, "splitInBatches": _batches, "noOp": _nothing,
    "merge": _nothing, "stopAndError": _stop, "readBinaryFile": _file("read"), "writeBinaryFile": _file("write"),
    "readWriteFile": _file("read"),
}  # fmt: skip
