"""Reading a flow from JSON: flowdesk's own files and the bare ``{"nodes", "edges"}`` of React Flow and simple clients."""

import json
import math
import uuid
from collections.abc import Callable
from itertools import count
from typing import Any

from pydantic import ValidationError

from flowdesk.model.causes import json_cause
from flowdesk.model.config import first_fault
from flowdesk.model.errors import FlowTooNew, FlowUnreadable
from flowdesk.model.filetext import KeyTwice, load
from flowdesk.model.flow import FORMAT_VERSION, Edge, Flow, Node
from flowdesk.model.pieces import Pieces
from flowdesk.model.problem import Problem
from flowdesk.model.sentence import say

MOST_NODES = 50_000
MOST_EDGES = 200_000
MOST_TOLD = 100
"""Faults of one flow that are told."""
DEEPEST = 64
"""How deep objects and lists may be nested in a flow."""

MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""From a version to the next. Empty: version 1 is the first."""


def parse_flow(text: str) -> Flow:
    """Read the text of a flow file.

    Raises:
        FlowUnreadable: If it is not JSON or not a flow; says where.
        FlowTooNew: If a newer flowdesk wrote it.
    """
    try:
        values = load(text.removeprefix("\ufeff"))
    except KeyTwice as error:
        raise FlowUnreadable(
            say('The key "{key}" stands twice in one object, in line {line}, column {column}.', key=error.key, line=error.line, column=error.column),
            say("Keep one of the two in a text editor: flowdesk cannot know which one is meant."),
            line=error.line, column=error.column,
        ) from error  # fmt: skip
    except json.JSONDecodeError as error:
        raise FlowUnreadable(
            say("This is not valid JSON: {reason} in line {line}, column {column}.", reason=json_cause(error), line=error.lineno, column=error.colno),
            say("Open a file saved by flowdesk, or correct it in a text editor."),
            line=error.lineno, column=error.colno,
        ) from error  # fmt: skip
    except RecursionError:
        raise _too_deep() from None
    except ValueError as error:
        raise FlowUnreadable(
            say("flowdesk cannot read this JSON: {reason}.", reason=str(error)[:200]),
            say("Correct it in a text editor."),
        ) from error
    return read_flow(values)


def read_flow(values: Any) -> Flow:
    """Read a flow from JSON values.

    Raises:
        FlowUnreadable: If it is not a flow; names the node or edge and the field.
        FlowTooNew: If a newer flowdesk wrote it.
    """
    if not isinstance(values, dict):
        raise FlowUnreadable(
            say('A flow is a JSON object with "nodes" and "edges".'), say("Open a flow file (.flow.json).")
        )
    if not isinstance(values.get("nodes"), list):
        raise FlowUnreadable(say('The flow has no list "nodes".'), say("Open a flow file (.flow.json)."))
    edges = values.get("edges", [])
    if not isinstance(edges, list):
        raise FlowUnreadable(say('"edges" of the flow is not a list.'), say("Open a flow file (.flow.json)."))
    if len(values["nodes"]) > MOST_NODES or len(edges) > MOST_EDGES:
        raise FlowUnreadable(
            say("The flow has more than {nodes} nodes or {edges} edges.", nodes=MOST_NODES, edges=MOST_EDGES),
            say("Split it into subflows."),
        )
    _check_values(values)
    values = _migrated(values)
    taken = {str(edge["id"]) for edge in edges if isinstance(edge, dict) and edge.get("id") is not None}
    faults: list[Problem] = []
    # One by one: a library call for all of them would keep every other thread waiting.
    nodes = [_read(Node, _node, part, index, faults) for index, part in enumerate(values["nodes"])]
    read_edges = [
        _read(Edge, lambda part, index: _edge(part, index, taken), part, index, faults)
        for index, part in enumerate(edges)
    ]
    if faults:
        raise _all(faults)
    try:
        return Flow.model_validate(
            {**values, "flowdesk": FORMAT_VERSION, "id": values.get("id") or uuid.uuid4().hex, "nodes": nodes, "edges": read_edges}
        )  # fmt: skip
    except ValidationError as error:
        place, reason = first_fault(error)
        raise FlowUnreadable(
            say("The flow cannot be read: {field}: {reason}.", field=".".join(place), reason=reason),
            say("Correct it in a text editor."),
        ) from error


def _read(
    kind: type[Node] | type[Edge], fill: Callable[[Any, int], Any], part: Any, index: int, faults: list[Problem]
) -> Node | Edge | None:
    """Read a node or an edge, after ``fill`` put in what may be left out; what is wrong with it is a fault among the others."""
    word = "node" if kind is Node else "edge"
    known = {**part, **_text_ids(part, "id")}.get("id") if isinstance(part, dict) else None
    shown = known if isinstance(known, str) and known else None
    try:
        return kind.model_validate(fill(part, index))
    except FlowUnreadable as error:
        message, fix, field = error.message, error.fix, ""
    except ValidationError as error:
        place, reason = first_fault(error)
        field = ".".join(place)
        message = say('The {kind} "{id}" cannot be read: {field}: {reason}.', kind=word, id=shown or index + 1, field=field or word, reason=reason)  # fmt: skip
        fix = say("Correct it in a text editor, or remove it.")
    if len(faults) < MOST_TOLD:
        where = f"{word}s[{index}]{'.' + field if field else ''}"
        faults.append(Problem("error", FlowUnreadable.code, message, fix, field=where, **{f"{word}_id": shown}))
    return None


def _all(faults: list[Problem]) -> FlowUnreadable:
    first, details = faults[0], {"problems": [fault.payload() for fault in faults]}
    if len(faults) == 1:
        return FlowUnreadable(first.message, first.fix, **details)
    return FlowUnreadable(
        say("The flow has {count} faults. The first: {first}", count=len(faults), first=first.message),
        first.fix,
        **details,
    )


def _migrated(values: dict[str, Any]) -> dict[str, Any]:
    version = values.get("flowdesk", FORMAT_VERSION)
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise FlowUnreadable(
            say('The format version "{version}" is not a whole number of 1 or more.', version=version),
            say('Set "flowdesk": 1.'),
        )
    if version > FORMAT_VERSION:
        raise FlowTooNew(
            say("A newer flowdesk saved this flow (format {version}; this version reads up to {known}).", version=version, known=FORMAT_VERSION),
            say("Install the latest flowdesk."),
            version=version,
        )  # fmt: skip
    while version < FORMAT_VERSION:
        values = MIGRATIONS[version](values)
        version += 1
    return values


def _node(node: Any, index: int) -> Any:
    """Fill in what React Flow leaves out: a missing position, a null config, a number as id."""
    if not isinstance(node, dict):
        raise FlowUnreadable(say("Node {number} is not an object.", number=index + 1), say("Remove it from the file."))
    node = {**node, **_text_ids(node, "id")}
    data = node.get("data")
    if data is None:
        node["data"] = {}
    elif isinstance(data, dict):
        node["data"] = {
            **data,
            "label": ""
            if data.get("label") is None
            else data["label"]
            if isinstance(data["label"], str)
            else str(data["label"]),
            "config": {} if data.get("config") is None else data["config"],
        }
    position = node.get("position")
    if position is None:
        node["position"] = {"x": 0, "y": 0}
    elif isinstance(position, dict):  # a place that is no number, such as NaN, is written as null by JavaScript
        node["position"] = {**position, **{axis: 0 for axis in ("x", "y") if position.get(axis, 0) is None}}
    if "type" not in node:
        raise FlowUnreadable(
            say('Node "{id}" has no type.', id=node.get("id", index + 1)),
            say("Run flowdesk nodes to list the types."),
        )
    return node


def _edge(edge: Any, index: int, taken: set[str]) -> Any:
    """Fill in a missing id, by the place of the edge: it is the same at each opening."""
    if not isinstance(edge, dict):
        raise FlowUnreadable(say("Edge {number} is not an object.", number=index + 1), say("Remove it from the file."))
    edge = {**edge, **_text_ids(edge, "id", "source", "target")}
    if edge.get("id") is None:
        number = next(number for number in count(index + 1) if f"edge-{number}" not in taken)
        edge["id"] = f"edge-{number}"
        taken.add(edge["id"])
    return edge


def _text_ids(part: dict[str, Any], *names: str) -> dict[str, str]:
    return {
        name: str(part[name]) for name in names if isinstance(part.get(name), int) and not isinstance(part[name], bool)
    }


def _too_deep() -> FlowUnreadable:
    return FlowUnreadable(
        say("The flow is nested more than {depth} levels deep.", depth=DEEPEST), say("Reduce the nesting.")
    )


def _check_values(values: Any) -> None:
    """Refuse what would break every reader downstream: nesting without end, NaN, numbers beyond double precision."""
    waiting: list[tuple[Any, int]] = [(values, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > DEEPEST:
            raise _too_deep()
        if isinstance(value, dict):
            waiting.extend((item, depth + 1) for item in value.values())
        elif isinstance(value, list):
            waiting.extend((item, depth + 1) for item in value)
        elif isinstance(value, float) and not math.isfinite(value):
            raise FlowUnreadable(say("The flow contains a number that is not finite."), say("Use a finite number."))


def write_flow(flow: Flow, pieces: Pieces | None = None) -> str:
    """Return the text of a flow file: stable key order, two-space indent, one final newline.

    ``pieces`` are those of a document that is written again and again.
    """
    return (pieces or Pieces()).file_text(flow)
