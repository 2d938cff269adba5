"""What a reference in a node may stand for: variables, and results of the nodes before it in the order in which they run. Pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flowdesk.model.flow import Edge, Node
from flowdesk.model.functions import FUNCTION, parameters_of
from flowdesk.model.nodetype import Catalogue

_RESULT = re.compile(r"^Result:(.*?)(?:\n\s*\n|\Z)", re.DOTALL | re.MULTILINE)
_WORD = re.compile(r"`(\w+)`")
_NAMING = ("variable", "itemVariable", "indexVariable", "name")
"""Keys of configs that name a variable; ``name`` does so in ``setVariable`` alone."""
LAST_ERROR = ("lastError.message", "lastError.label", "lastError.code")


def references(
    nodes: Mapping[str, Node],
    edges: Mapping[str, Edge],
    variables: Mapping[str, Any],
    catalogue: Catalogue,
    node_id: str | None,
) -> list[str]:
    """Return what a reference in a node may stand for: variables first, then results of the nodes before it."""
    before = nodes_before(nodes, edges, node_id) if node_id is not None else []
    found = [*variables, *named_variables(nodes, catalogue)]
    for node in before:
        node_type = catalogue.get(node.type)
        if node_type is not None:
            found += [f"{node.id}.{field}" for field in result_fields(node_type.doc)]
    return list(dict.fromkeys([*found, *(LAST_ERROR if before else ())]))


def result_fields(documentation: str) -> list[str]:
    """Return the fields of a node's result, which its documentation names after ``Result:``."""
    match = _RESULT.search(documentation)
    return list(dict.fromkeys(_WORD.findall(match.group(1)))) if match else []


def named_variables(nodes: Mapping[str, Node], catalogue: Catalogue) -> list[str]:
    """Return the variables that the nodes of a flow set, in its order."""
    return list(dict.fromkeys(name for node in nodes.values() for name in _named_by(node, catalogue)))


def nodes_before(nodes: Mapping[str, Node], edges: Mapping[str, Edge], node_id: str) -> list[Node]:
    """Return the nodes from which a node can be reached, in the order in which they run first."""
    into: dict[str, list[str]] = {}
    out: dict[str, list[str]] = {}
    for edge in edges.values():
        into.setdefault(edge.target, []).append(edge.source)
        out.setdefault(edge.source, []).append(edge.target)
    before = _reached(into, into.get(node_id, ())) - {node_id}
    starts = [node.id for node in nodes.values() if node.type == "start"]
    order = list(dict.fromkeys([*_in_order(out, starts), *nodes]))
    return [nodes[found] for found in order if found in before and found in nodes]


def _reached(ways: Mapping[str, list[str]], begin: Iterable[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(begin)
    while waiting:
        node_id = waiting.pop()
        if node_id not in found:
            found.add(node_id)
            waiting += ways.get(node_id, ())
    return found


def _in_order(ways: Mapping[str, list[str]], begin: Iterable[str]) -> list[str]:
    found: dict[str, None] = {}
    waiting = list(begin)
    for node_id in waiting:  # grows while it is gone through
        if node_id not in found:
            found[node_id] = None
            waiting += ways.get(node_id, ())
    return list(found)


def _named_by(node: Node, catalogue: Catalogue) -> Iterable[str]:
    node_type = catalogue.get(node.type)
    if node.type == FUNCTION:
        yield from parameters_of(node)
    for key in _NAMING:
        if key == "name" and node.type != "setVariable":
            continue
        if node_type is None or (key.endswith("Variable") and node.config.get("type") != "forEach"):
            continue
        name = node.config.get(key)
        if name is None and key.endswith("Variable"):
            name = node_type.describe_default(key)
        if isinstance(name, str) and name and "{{" not in name:
            yield name
