"""Functions of a flow: what follows a ``function`` node, run by the ``call`` nodes that name it. Pure."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flowdesk.model.flow import Flow, Node
from flowdesk.model.problem import Problem
from flowdesk.model.sentence import say

FUNCTION, CALL = "function", "call"
"""The types of the nodes that begin and call a function; both hold its name under the key ``function``."""


def name_of(node: Node) -> str:
    """Return the name of the function that a node begins or calls."""
    name = node.config.get("function")
    return name if isinstance(name, str) else ""


def function_names(nodes: Iterable[Node]) -> list[str]:
    """Return the names of a flow's functions, in its order."""
    return list(dict.fromkeys(name for node in nodes if node.type == FUNCTION and (name := name_of(node))))


def parameters_of(node: Node) -> Mapping[str, Any]:
    """Return the parameters of a ``function`` node with their defaults."""
    found = node.config.get("parameters")
    return found if isinstance(found, Mapping) else {}


def parameters_named(nodes: Iterable[Node], name: Any) -> Mapping[str, Any] | None:
    """Return the parameters of the function of a name with their defaults, ``None`` where there is no such function."""
    return next((parameters_of(node) for node in nodes if node.type == FUNCTION and name_of(node) == name != ""), None)


def is_needed(default: Any) -> bool:
    """Whether every call must give a parameter: it has no default."""
    return default in (None, "")


def function_problems(flow: Flow) -> Iterator[Problem]:
    """Yield what is wrong with the functions of a flow and with the nodes that call them."""
    functions: dict[str, Node] = {}
    for node in flow.nodes:
        if node.type != FUNCTION or not (name := name_of(node)):
            continue
        if name in functions:
            yield Problem(
                "error", "function.duplicate", say("There is more than one function \"{function}\".", function=name),
                say("Give each function a different name."), node_id=node.id, field=FUNCTION,
            )  # fmt: skip
        functions.setdefault(name, node)
    calls = [node for node in flow.nodes if node.type == CALL and name_of(node)]
    for node in calls:
        yield from _call_problems(node, functions)
    yield from _entered(flow)
    named = {name_of(node) for node in calls}
    for name, node in functions.items():
        if name not in named:
            yield Problem(
                "warning", "function.unused", say("No node calls the function \"{function}\".", function=name),
                say("Add a Call node for it, or delete it."), node_id=node.id,
            )  # fmt: skip


def _call_problems(node: Node, functions: Mapping[str, Node]) -> Iterator[Problem]:
    name = name_of(node)
    if name not in functions:
        near = difflib.get_close_matches(name, functions, n=1)
        yield Problem(
            "error", "call.unknown", say("\"{node}\" calls the function \"{function}\", which the flow does not have.", node=node.label, function=name),
            say('Did you mean "{word}"?', word=near[0]) if near else say("Choose another function, or add a Function node with this name."),
            node_id=node.id, field=FUNCTION,
        )  # fmt: skip
        return
    parameters = parameters_of(functions[name])
    inputs = node.config.get("inputs")
    given = inputs if isinstance(inputs, Mapping) else {}
    missing = [key for key, default in parameters.items() if is_needed(default) and key not in given]
    if missing and not isinstance(inputs, str):
        yield Problem(
            "error", "call.missing",
            say("\"{node}\" gives no value for: {names}.", node=node.label, names=", ".join(missing)),
            say("Add it under Inputs, or give the parameter of \"{function}\" a default.", function=name),
            node_id=node.id, field="inputs",
        )  # fmt: skip
    for key in given:
        if key not in parameters:
            yield Problem(
                "error", "call.extra",
                say("\"{node}\" gives a value for \"{name}\", which is not a parameter of \"{function}\".", node=node.label, name=key, function=name),
                say("Use one of: {names}.", names=", ".join(parameters)) if parameters else say("Remove it: the function has no parameters."),
                node_id=node.id, field="inputs",
            )  # fmt: skip


def _entered(flow: Flow) -> Iterator[Problem]:
    """Yield the edges that lead into a function from outside: only a call begins one."""
    begins = [node for node in flow.nodes if node.type == FUNCTION]
    if not begins:
        return
    successors: dict[str, list[str]] = {}
    for edge in flow.edges:
        successors.setdefault(edge.source, []).append(edge.target)
    labels = {node.id: node.label for node in flow.nodes}
    names = {node.id: name_of(node) or node.label for node in begins}
    outside = reached((node.id for node in flow.nodes if node.type == "start"), successors)
    insides = {node.id: reached([node.id], successors) for node in begins}
    for edge in flow.edges:
        if edge.target in insides:
            yield Problem(
                "error", "function.entered", say("An edge leads to the function \"{node}\".", node=names[edge.target]),
                say("Delete the edge, and add a Call node there."), edge_id=edge.id, field="target",
            )  # fmt: skip
            continue
        for first, inside in insides.items():
            is_other = edge.source in outside or any(
                edge.source in other for key, other in insides.items() if key != first
            )
            if edge.target in inside and edge.source not in inside and is_other:
                yield Problem(
                    "error", "function.entered",
                    say("An edge leads to \"{node}\", inside the function \"{function}\".", node=labels.get(edge.target, edge.target), function=names[first]),
                    say("Delete the edge, and add a Call node there."), edge_id=edge.id, field="target",
                )  # fmt: skip


def reached(first: Iterable[str], successors: Mapping[str, list[str]]) -> set[str]:
    """Return all that can be reached by edges, with what it begins with."""
    found = set(first)
    waiting = list(found)
    while waiting:
        for target in successors.get(waiting.pop(), ()):
            if target not in found:
                found.add(target)
                waiting.append(target)
    return found
