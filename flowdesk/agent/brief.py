"""Short texts for assistants: what costs few tokens and says what is needed. Pure."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flowdesk.model.flow import Edge, Flow, Node
from flowdesk.model.nodetype import Catalogue, NodeType

MOST_TOKENS = 3_800
"""Tokens of one answer, as ``tokens`` guesses them."""
LONGEST_VALUE = 160


def tokens(text: str) -> int:
    """Guess how many tokens a text is: three characters of ASCII, or one of anything else, are at most one."""
    ascii_count = sum(letter < "\x80" for letter in text)
    return ascii_count // 3 + (len(text) - ascii_count)


def shortened(lines: Iterable[str], rest: str, most: int = MOST_TOKENS) -> str:
    """Return lines as one text of at most ``most`` tokens; ``rest`` says of those left out, with ``{count}`` in it."""
    kept: list[str] = []
    used, left = 0, 0
    for line in lines:
        used += tokens(line) + 1
        if used > most:
            left += 1
        else:
            kept.append(line)
    return "\n".join([*kept, rest.format(count=left)] if left else kept)


def value_text(value: Any, longest: int = LONGEST_VALUE) -> str:
    """Return a value as JSON, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text)} characters)"


def elements_lines(found: Mapping[str, Any]) -> Iterable[str]:
    """Yield a line for each element: its selector or its kind and name, its value, its states, where its middle is."""
    for element in found["elements"]:
        head = element["selector"] or f'{element["role"]} "{element["name"]}"'
        x, y, width, height = element["box"]
        line = "  " * element["depth"] + head[:160]
        if element.get("value") not in (None, "", element["name"]):
            line += f" = {value_text(element['value'], 80)}"
        if element.get("states"):
            line += f" ({', '.join(element['states'])})"
        line += f" @{x + width // 2},{y + height // 2}"
        if element["selector"] and not element["tried"]:
            line += " not tried"
        if element.get("more"):
            line += f" (+{element['more']} more {element['role']})"
        yield line


def windows_lines(found: Mapping[str, Any]) -> Iterable[str]:
    """Yield a line for each window."""
    for window in found["windows"]:
        states = [word for word in ("active", "minimized") if window[word]]
        told = f" ({', '.join(states)})" if states else ""
        yield f'{window["selector"]} "{window["title"][:100]}" {window["box"]}{told}'


def flow_lines(flow: Flow, nodes: Sequence[str] = ()) -> Iterable[str]:
    """Yield a line for each variable and node of a flow, in its order: id, type, label, settings, where it leads."""
    if flow.variables and not nodes:
        yield "variables: " + ", ".join(f"{name} = {value_text(value, 60)}" for name, value in flow.variables.items())
    ways: dict[str, list[Edge]] = {}
    for edge in flow.edges:
        ways.setdefault(edge.source, []).append(edge)
    for node in flow.nodes:
        if not nodes or node.id in nodes:
            yield node_line(node, ways.get(node.id, []), 2000 if nodes else LONGEST_VALUE)


def node_line(node: Node, ways: Sequence[Edge], longest: int = LONGEST_VALUE) -> str:
    """Return a node as a line."""
    label = f' "{node.data.label}"' if node.data.label and node.data.label != node.id else ""
    settings = "".join(
        f" {key}={value_text(value, longest)}" for key, value in node.config.items() if value is not None
    )
    leads = "".join(
        f" → {edge.target}" if edge.source_handle in (None, "default") else f" {edge.source_handle}→ {edge.target}"
        for edge in ways
    )
    return f"{node.id} [{node.type}]{label}{settings}{leads}"


def problem_lines(problems: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    """Yield a line for each problem with its fix."""
    for problem in problems:
        where = problem.get("node_id") or problem.get("edge_id") or "flow"
        field = f".{problem['field']}" if problem.get("field") else ""
        yield f"{problem['level']} {where}{field}: {problem['message']} Fix: {problem['fix']}"


def types_lines(catalogue: Catalogue) -> Iterable[str]:
    """Yield a line for each type of node."""
    for kind in catalogue:
        described = kind.describe()
        needs = [field["key"] for field in described["fields"] if field["is_required"]]
        outputs = [output for output in described["outputs"] if output != "default"]
        told = f" Needs {', '.join(needs)}." if needs else ""
        ends = f" Outputs also {', '.join(outputs)}." if outputs else ""
        yield f"{kind.id}: {kind.first_line}{told}{ends}"


def type_lines(kinds: Sequence[NodeType]) -> Iterable[str]:
    """Yield what there is to know of types of nodes: settings, outputs, results. What several share is told once."""
    shared: dict[str, str] = {}
    for kind in kinds:
        described = kind.describe()
        yield f"## {kind.id}: {described['title']}"
        yield described["documentation"]
        yield f"outputs: {', '.join(described['outputs']) or 'none'}"
        for field in described["fields"]:
            line = _field_line(field)
            if field["group"] == "target":
                shared[field["key"]] = line
            elif field["group"] != "options":
                yield line
    if shared:
        yield "## What a target may have beside selector"
        yield from shared.values()


def _field_line(field: Mapping[str, Any]) -> str:
    told = [field["kind"]]
    if field["is_required"]:
        told.append("required")
    if field["choices"]:
        told.append("one of " + ", ".join(str(choice) for choice in field["choices"][:30]))
    if field["default"] not in (None, "", [], {}):
        told.append(f"default {value_text(field['default'], 60)}")
    return f"- {field['key']} ({'; '.join(told)}): {field['description']}"
