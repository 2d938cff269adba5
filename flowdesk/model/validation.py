"""Validation: every fault of a flow at once, each with its place, a sentence and a fix (contract §1)."""

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from flowdesk.model.config import Config, has_template, known_keys, read_config
from flowdesk.model.errors import SelectorError
from flowdesk.model.flow import Edge, Flow, Node
from flowdesk.model.nodetype import Catalogue, NodeType
from flowdesk.model.selector import parse_selector
from flowdesk.model.sentence import Sentence, say

NODE_OPTIONS = {
    "disabled", "retries", "retryDelay", "retryBackoff", "onError", "delayAfter", "breakpoint", "note", "join",
    "maxIterations", "waitTime", "label",
}  # fmt: skip
"""Config keys that every node may have."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault found before a run. Errors stop a run from starting, warnings do not."""

    level: Literal["error", "warning"]
    code: str
    message: str
    fix: str = ""
    node_id: str | None = None
    edge_id: str | None = None
    field: str | None = None

    @property
    def is_error(self) -> bool:
        """Whether the flow cannot run with it."""
        return self.level == "error"

    def payload(self) -> dict[str, Any]:
        """Return the problem as JSON values."""
        return {
            "level": self.level,
            "code": self.code,
            "message": self.message,
            "fix": self.fix,
            "node_id": self.node_id,
            "edge_id": self.edge_id,
            "field": self.field,
        }


def validate(flow: Flow, catalogue: Catalogue, configs: dict[str, Config] | None = None) -> tuple[Problem, ...]:
    """Return every problem of a flow: errors first, otherwise in the order of the file.

    Args:
        flow: The flow.
        catalogue: The node types.
        configs: Is given the config of each node that holds no ``{{reference}}``, by node id.
    """
    nodes = {node.id: node for node in flow.nodes}
    before, after = whole_problems(flow, catalogue)
    problems = [
        *before,
        *(problem for node in flow.nodes for problem in node_problems(node, catalogue, configs)),
        *(
            problem
            for edge in flow.edges
            for problem in edge_problems(edge, nodes.get(edge.source), nodes.get(edge.target), catalogue)
        ),
        *after,
    ]
    return tuple(sorted(problems, key=lambda problem: not problem.is_error))


def whole_problems(flow: Flow, catalogue: Catalogue) -> tuple[list[Problem], list[Problem]]:
    """Return the problems of a flow as a whole: those told before the problems of its parts, and those told after."""
    return [*_duplicates(flow), *_start(flow)], [*_loops(flow, catalogue), *_unreachable(flow)]


def node_problems(node: Node, catalogue: Catalogue, configs: dict[str, Config] | None = None) -> Iterator[Problem]:
    """Yield the problems of one node by itself: its type, config and common options."""
    node_type = catalogue.get(node.type)
    if node_type is None:
        yield Problem(
            "error", "node.unknown_type",
            say('There is no node type "{type}".', type=node.type),
            _suggest(node.type, [known.id for known in catalogue], say("Run `flowdesk nodes` to see the types there are.")),
            node_id=node.id, field="type",
        )  # fmt: skip
        return
    config, faults = read_config(node_type.config, node.config)
    if config is not None and configs is not None:
        configs[node.id] = config
    for key, fault in faults:
        missing = fault == "Field required"
        yield Problem(
            "error", "config.missing" if missing else "config.invalid",
            say('"{field}" of "{node}" is missing.', field=key, node=node.label)
            if missing
            else say('"{field}" of "{node}" is not right: {reason}.', field=key, node=node.label, reason=fault if isinstance(fault, Sentence) else _lower(fault)),
            _config_fix(node_type, key),
            node_id=node.id, field=key or None,
        )  # fmt: skip
    known = known_keys(node_type.config)
    for key in node.config:
        if key not in known and key not in NODE_OPTIONS and not key.startswith("_"):
            yield Problem(
                "warning", "config.unknown",
                say('"{node}" has a setting "{field}" that {type} does not know.', node=node.label, field=key, type=node.type),
                _suggest(key, sorted(known), say("It is kept in the file but does nothing.")),
                node_id=node.id, field=key,
            )  # fmt: skip
    yield from _selector_problems(node)
    yield from _option_problems(node)


def _selector_problems(node: Node) -> Iterator[Problem]:
    raw = node.config.get("selector")
    for text in raw if isinstance(raw, list) else [raw]:
        if not isinstance(text, str) or not text.strip() or has_template(text):
            continue
        try:
            parse_selector(text)
        except SelectorError as error:
            yield Problem("error", error.code, error.message, error.fix, node_id=node.id, field="selector")


_OPTION_RULES: dict[str, tuple[str, Any]] = {
    "retries": ("a whole number from 0 on", lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= 0),
    "retryDelay": ("a number of milliseconds", lambda value: _is_number(value) and value >= 0),
    "delayAfter": ("a number of milliseconds", lambda value: _is_number(value) and value >= 0),
    "retryBackoff": ("fixed or exponential", lambda value: value in ("none", "fixed", "exponential")),
    "onError": ("stop, continue or branch", lambda value: value in ("stop", "continue", "branch")),
    "join": ("all, any or each", lambda value: value in ("all", "any", "each")),
    "disabled": ("true or false", lambda value: isinstance(value, bool)),
    "breakpoint": ("true or false", lambda value: isinstance(value, bool)),
}  # fmt: skip

_FILLED = {"retries", "retryDelay", "delayAfter", "retryBackoff", "onError"}
"""May hold a ``{{reference}}``; the others are read before the run begins."""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _option_problems(node: Node) -> Iterator[Problem]:
    if not node.has_options(_OPTION_RULES.keys()):
        return
    for name, (wanted, is_right) in _OPTION_RULES.items():
        value = node.option(name)
        is_later = has_template(value) and name in _FILLED
        if value is not None and value != "" and not is_later and not is_right(value):
            yield Problem(
                "error", "config.invalid",
                say('"{field}" of "{node}" is not right: {value}.', field=name, node=node.label, value=repr(value)),
                say("Give {wanted}.", wanted=wanted),
                node_id=node.id, field=name,
            )  # fmt: skip


def _duplicates(flow: Flow) -> Iterator[Problem]:
    for node_id, count in Counter(node.id for node in flow.nodes).items():
        if count > 1:
            yield Problem(
                "error", "node.duplicate_id", say('{count} nodes have the id "{id}".', count=count, id=node_id),
                say("Give each node an id of its own."), node_id=node_id, field="id",
            )  # fmt: skip
    for edge_id, count in Counter(edge.id for edge in flow.edges).items():
        if count > 1:
            yield Problem(
                "error", "edge.duplicate_id", say('{count} edges have the id "{id}".', count=count, id=edge_id),
                say("Give each edge an id of its own."), edge_id=edge_id, field="id",
            )  # fmt: skip


def _start(flow: Flow) -> Iterator[Problem]:
    starts = [node for node in flow.nodes if node.type == "start"]
    if not starts:
        yield Problem("error", "flow.no_start", say("The flow has no start node."), say("Add a start node."))
    for node in starts[1:]:
        yield Problem(
            "error", "flow.two_starts", say('There is more than one start node: "{node}".', node=node.label),
            say("Keep one start node."), node_id=node.id,
        )  # fmt: skip


def edge_problems(edge: Edge, source: Node | None, target: Node | None, catalogue: Catalogue) -> Iterator[Problem]:
    """Yield the problems of one edge; ``source`` and ``target`` are the nodes it names, ``None`` where there is none."""
    for field, node, node_id, sentence in (
        ("source", source, edge.source, 'The edge "{id}" leads from a node "{node}" that does not exist.'),
        ("target", target, edge.target, 'The edge "{id}" leads to a node "{node}" that does not exist.'),
    ):
        if node is None:
            yield Problem(
                "error", "edge.dangling", say(sentence, id=edge.id, node=node_id),
                say("Remove the edge or connect it to a node that exists."), edge_id=edge.id, field=field,
            )  # fmt: skip
    if target is not None and target.type == "start":
        yield Problem(
            "error", "edge.into_start", say("An edge leads into the start node."),
            say("Lead it to the node after the start node."), edge_id=edge.id, field="target",
        )  # fmt: skip
    node_type = catalogue.get(source.type) if source is not None else None
    if source is not None and node_type is not None:
        yield from _handle(edge, source, node_type)


def _handle(edge: Edge, source: Node, node_type: NodeType) -> Iterator[Problem]:
    outputs = node_type.outputs_of(source.config)
    if node_type.resolve_handle(edge.source_handle, source.config) is not None:
        return
    if not outputs:
        yield Problem(
            "error", "edge.no_output", say('"{node}" ends its path: nothing can follow it.', node=source.label),
            say("Remove the edge."), edge_id=edge.id, field="sourceHandle",
        )  # fmt: skip
    elif edge.source_handle:
        yield Problem(
            "error", "edge.unknown_handle",
            say('"{node}" has no output "{handle}".', node=source.label, handle=edge.source_handle),
            say("Use one of: {outputs}.", outputs=", ".join(outputs)), edge_id=edge.id, field="sourceHandle",
        )  # fmt: skip
    else:
        yield Problem(
            "error", "edge.no_handle",
            say('An edge leaves "{node}" without saying by which output.', node=source.label),
            say("Set its sourceHandle to one of: {outputs}.", outputs=", ".join(outputs)),
            edge_id=edge.id, field="sourceHandle",
        )  # fmt: skip


def _loops(flow: Flow, catalogue: Catalogue) -> Iterator[Problem]:
    bodies = {edge.source for edge in flow.edges if edge.source_handle == "body"}
    for node in flow.nodes:
        node_type = catalogue.get(node.type)
        if node_type and node_type.kind == "loop" and node.id not in bodies and not node.option("disabled"):
            yield Problem(
                "error", "loop.no_body", say('The loop "{node}" has no body.', node=node.label),
                say("Lead an edge from its output `body` to what is to be repeated."), node_id=node.id,
            )  # fmt: skip


def _unreachable(flow: Flow) -> Iterator[Problem]:
    successors: dict[str, list[str]] = {}
    for edge in flow.edges:
        successors.setdefault(edge.source, []).append(edge.target)
    reached = {node.id for node in flow.nodes if node.type == "start"}
    if not reached:
        return
    waiting = list(reached)
    while waiting:
        for target in successors.get(waiting.pop(), ()):
            if target not in reached:
                reached.add(target)
                waiting.append(target)
    for node in flow.nodes:
        if node.id not in reached:
            yield Problem(
                "warning", "node.unreachable", say('Nothing leads to "{node}": it will be skipped.', node=node.label),
                say("Connect it, or remove it."), node_id=node.id,
            )  # fmt: skip


def _config_fix(node_type: NodeType, key: str) -> str:
    for name, field in node_type.config.model_fields.items():
        if (field.alias or name) == key and field.description:
            return field.description
    return say("See `flowdesk nodes` for what {type} takes.", type=node_type.id)


def _suggest(word: str, known: list[str], otherwise: str) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return say('Did you mean "{word}"?', word=near[0]) if near else otherwise


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:].rstrip(".")


def summaries(flow: Flow, catalogue: Catalogue) -> Mapping[str, str]:
    """Return the one-line summary of each node by id."""
    return {node.id: node_type.summarise(node.config) for node in flow.nodes if (node_type := catalogue.get(node.type))}
