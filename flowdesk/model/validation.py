"""Validation: every fault of a flow at once, each with its place, a sentence and a fix (contract §1)."""

import difflib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from typing import Any

from flowdesk.model.config import MISSING, Config, has_template, known_keys, literal_keys, read_config, read_keys
from flowdesk.model.errors import SelectorError
from flowdesk.model.faults import fault_of
from flowdesk.model.flow import Edge, Flow, Node
from flowdesk.model.functions import FUNCTION, function_problems, reached
from flowdesk.model.nodetype import Catalogue, NodeType
from flowdesk.model.options import FILLED_KEYS, OPTION_KEYS, NodeOptions, given_options
from flowdesk.model.problem import Problem
from flowdesk.model.selector import parse_selector
from flowdesk.model.sentence import say
from flowdesk.model.templates import backslash_problems, is_plain_name, problems_in, secrets_in

UNREAD_KEYS = frozenset({"waitTime", "label"})
"""Config keys that editors of older flows wrote into every node: no warning where nothing reads them."""


def validate(flow: Flow, catalogue: Catalogue, configs: dict[str, Config] | None = None) -> tuple[Problem, ...]:
    """Return every problem of a flow: errors first, otherwise in the order of the file.

    Args:
        flow: The flow.
        catalogue: The node types.
        configs: Is given the config of each node that holds no ``{{reference}}``, by node id.
    """
    nodes = {node.id: node for node in flow.nodes}
    names = odd_names(flow)
    before, after = whole_problems(flow, catalogue)
    problems = [
        *before,
        *(problem for node in flow.nodes for problem in node_problems(node, catalogue, configs, names)),
        *(
            problem
            for edge in flow.edges
            for problem in edge_problems(edge, nodes.get(edge.source), nodes.get(edge.target), catalogue)
        ),
        *after,
        *problems_of_triggers(flow),
    ]
    return tuple(sorted(problems, key=lambda problem: not problem.is_error))


TRIGGER_FIELDS = ("triggers", "overlap")
"""What the fields of faults begin with that are faults of a flow's triggers."""
_BROKEN = frozenset({"node.unknown_type", "edge.dangling"})
"""Faults of a file that is not what its author meant, rather than unfinished."""


def hindering(
    problems: Iterable[Problem], needed: Set[str], sources: Mapping[str, str], *, has_start: bool, is_whole: bool
) -> tuple[Problem, ...]:
    """Return those errors that keep a run from beginning that comes to some nodes only.

    Args:
        problems: The problems of the flow.
        needed: The ids of the nodes that the run may come to and run.
        sources: The node from which each edge leads, by the edge's id.
        has_start: Whether the run begins at the start node.
        is_whole: Whether nobody asked for a part of the flow: then what is broken counts wherever it is.
    """

    def hinders(problem: Problem) -> bool:
        if problem.field is not None and problem.field.startswith(TRIGGER_FIELDS):
            return False  # it keeps the flow from starting by itself, nobody from starting it
        if problem.code in {"flow.no_start", "flow.two_starts"}:
            return has_start
        if problem.code in _BROKEN and is_whole:
            return True
        if problem.code in {"node.duplicate_id", "edge.duplicate_id"}:
            return True
        if problem.edge_id is not None:
            return sources.get(problem.edge_id) in needed
        return problem.node_id is None or problem.node_id in needed

    return tuple(problem for problem in problems if problem.is_error and hinders(problem))


def problems_of_triggers(flow: Flow) -> tuple[Problem, ...]:
    """Return the problems of what starts the flow by itself."""
    if not flow.model_extra or flow.model_extra.keys().isdisjoint(TRIGGER_FIELDS):
        return ()
    from flowdesk.model.trigger import declared  # few flows have any: the others need not wait for its libraries

    return declared(flow).problems


def whole_problems(flow: Flow, catalogue: Catalogue) -> tuple[list[Problem], list[Problem]]:
    """Return the problems of a flow as a whole: those told before the problems of its parts, and those told after."""
    return [*_duplicates(flow), *_start(flow)], [
        *_loops(flow, catalogue),
        *_handled(flow, catalogue),
        *function_problems(flow),
        *_unreachable(flow),
    ]


def node_problems(
    node: Node,
    catalogue: Catalogue,
    configs: dict[str, Config] | None = None,
    names: Collection[str] = frozenset(),
) -> Iterator[Problem]:
    """Yield the problems of one node by itself: its type, config and common options.

    ``names`` are the variables of the flow whose names no expression could be (``odd_names``).
    """
    node_type = catalogue.get(node.type)
    if node_type is None:
        yield Problem(
            "error", "node.unknown_type",
            say("Unknown node type \"{type}\".", type=node.type),
            _suggest(node.type, [known.id for known in catalogue], say("Run flowdesk nodes to list the types. If a package adds this one, install it with pip next to flowdesk.")),
            node_id=node.id, field="type",
        )  # fmt: skip
        return
    config, faults = read_config(node_type.config, node.config)
    if config is not None and configs is not None:
        configs[node.id] = config
    yield from _faults(node, node_type.config, faults)
    known = known_keys(node_type.config)
    for key in node.config:
        if key not in known and key not in OPTION_KEYS | UNREAD_KEYS and not key.startswith("_"):
            yield Problem(
                "warning", "config.unknown",
                say("\"{node}\" has an unknown setting \"{field}\".", node=node.label, field=key, type=node.type),
                _suggest(key, sorted(known), say("The file keeps it, but it has no effect.")),
                node_id=node.id, field=key,
            )  # fmt: skip
    yield from _reference_problems(node, node_type, catalogue, names)
    yield from _selector_problems(node, node_type)
    yield from _option_problems(node, known)


_NAMING = ("name", "variable", "itemVariable", "indexVariable")
"""Config keys that name a variable."""


def odd_names(flow: Flow) -> frozenset[str]:
    """Return the names of a flow's variables that can stand between braces although no expression could be written so."""
    return _odd(flow.variables).union(*(odd_names_of(node) for node in flow.nodes))


def odd_names_of(node: Node) -> frozenset[str]:
    """Return those of ``odd_names`` that one node names."""
    config = node.config
    return _odd(config[key] for key in _NAMING if key in config)


def _odd(names: Iterable[Any]) -> frozenset[str]:
    return frozenset(name for name in names if isinstance(name, str) and not is_plain_name(name))


def _reference_problems(
    node: Node, node_type: NodeType, catalogue: Catalogue, names: Collection[str]
) -> Iterator[Problem]:
    """Yield each ``{{`` of what a run fills in that is not closed or cannot be read."""
    keys = read_keys(node_type.config) - literal_keys(node_type.config)
    for key, value in node.config.items():
        if key in keys or key in FILLED_KEYS:
            for error in problems_in(value, catalogue.functions, names):
                yield Problem("error", "value.unreadable", error.message, error.fix, node_id=node.id, field=key)
            for message, fix in backslash_problems(value, is_pattern=_is_pattern(node, key, value)):
                yield Problem("warning", "value.backslash", message, fix, node_id=node.id, field=key)
            yield from _secret_problems(node, key, value, node_type.config.secrets)


def _secret_problems(node: Node, key: str, value: Any, read: Set[str] | None) -> Iterator[Problem]:
    """Yield where a setting asks for a secret that has no name, or that nobody would read there."""
    names = list(secrets_in(value))
    if not all(names):
        yield Problem(
            "error", "secret.nameless", say("A secret in \"{node}\" has no name.", node=node.label),
            say("Write {{secret:name}}, and set it with: flowdesk secret set name"), node_id=node.id, field=key,
        )  # fmt: skip
    elif names and read is not None and key not in read:
        yield Problem(
            "error", "secret.unread",
            say("\"{node}\" does not read secrets in {field}: {name} would be used as it is written.", node=node.label,
                field=key, name=f"{{{{secret:{names[0]}}}}}"),
            say("Use the secret in {fields}.", fields=", ".join(sorted(read))) if read else say("Remove the secret."),
            node_id=node.id, field=key,
        )  # fmt: skip


def _is_pattern(node: Node, key: str, value: Any) -> bool:
    """Whether a setting is a regular expression, or a selector with one."""
    if key in {"right", "value"}:
        return node.config.get("operator") in {"matches", "textMatches"}
    return isinstance(value, str) and re.search(r"=\s*/.*/[a-z]*(\s|$)", value) is not None


def _selector_problems(node: Node, node_type: NodeType) -> Iterator[Problem]:
    """Yield what is wrong with the selectors of a node, in every field that holds any."""
    for key in sorted(node_type.target_keys & node.config.keys(), key=[*node.config].index):
        raw = node.config[key]
        for text in raw if isinstance(raw, list) else [raw]:
            if not isinstance(text, str) or not text.strip() or has_template(text):
                continue
            try:
                parse_selector(text)
            except SelectorError as error:
                yield Problem("error", error.code, error.message, error.fix, node_id=node.id, field=key)


def _option_problems(node: Node, own: Set[str]) -> Iterator[Problem]:
    """Yield what is wrong with the options that every node may have; ``own`` are keys that the type itself declares."""
    given = given_options(node, OPTION_KEYS - own)
    if given:
        yield from _faults(node, NodeOptions, read_config(NodeOptions, given)[1])


def _faults(node: Node, model: type[Config], faults: Iterable[tuple[str, str]]) -> Iterator[Problem]:
    for key, fault in faults:
        message, fix = fault_of(model, key, fault, node.label)
        code = "config.missing" if fault == MISSING else "config.invalid"
        yield Problem("error", code, message, fix, node_id=node.id, field=key or None)


def _duplicates(flow: Flow) -> Iterator[Problem]:
    for node_id, count in Counter(node.id for node in flow.nodes).items():
        if count > 1:
            yield Problem(
                "error", "node.duplicate_id", say("{count} nodes have the ID \"{id}\".", count=count, id=node_id),
                say("Give each node a different ID."), node_id=node_id, field="id",
            )  # fmt: skip
    for edge_id, count in Counter(edge.id for edge in flow.edges).items():
        if count > 1:
            yield Problem(
                "error", "edge.duplicate_id", say("{count} edges have the ID \"{id}\".", count=count, id=edge_id),
                say("Give each edge a different ID."), edge_id=edge_id, field="id",
            )  # fmt: skip


def _start(flow: Flow) -> Iterator[Problem]:
    starts = [node for node in flow.nodes if node.type == "start"]
    if not starts:
        yield Problem("error", "flow.no_start", say("The flow has no Start node."), say("Add a Start node."))
    for node in starts[1:]:
        yield Problem(
            "error", "flow.two_starts", say("There is more than one Start node: \"{node}\".", node=node.label),
            say("Keep only one Start node."), node_id=node.id,
        )  # fmt: skip


def edge_problems(edge: Edge, source: Node | None, target: Node | None, catalogue: Catalogue) -> Iterator[Problem]:
    """Yield the problems of one edge; ``source`` and ``target`` are the nodes it names, ``None`` where there is none."""
    for field, node, node_id, sentence in (
        ("source", source, edge.source, 'The edge "{id}" starts at a node "{node}" that does not exist.'),
        ("target", target, edge.target, 'The edge "{id}" leads to a node "{node}" that does not exist.'),
    ):
        if node is None:
            yield Problem(
                "error", "edge.dangling", say(sentence, id=edge.id, node=node_id),
                say("Delete the edge, or connect it to an existing node."), edge_id=edge.id, field=field,
            )  # fmt: skip
    if target is not None and target.type == "start":
        yield Problem(
            "error", "edge.into_start", say("An edge leads to the Start node."),
            say("Connect it to the node after the Start node instead."), edge_id=edge.id, field="target",
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
            "error", "edge.no_output", say("\"{node}\" has no outputs, so nothing can follow it.", node=source.label),
            say("Delete the edge."), edge_id=edge.id, field="sourceHandle",
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
            say("An edge of \"{node}\" does not name its output.", node=source.label),
            say("Use one of the outputs: {outputs}.", outputs=", ".join(outputs)),
            edge_id=edge.id, field="sourceHandle",
        )  # fmt: skip


def _loops(flow: Flow, catalogue: Catalogue) -> Iterator[Problem]:
    bodies = {edge.source for edge in flow.edges if edge.source_handle == "body"}
    for node in flow.nodes:
        node_type = catalogue.get(node.type)
        if not node_type or node.id in bodies or node.option("disabled"):
            continue
        if node_type.kind == "try":
            yield Problem(
                "error", "try.no_body", say('The output body of "{node}" is not connected.', node=node.label),
                say("Connect it to the first node whose failure is to be handled."), node_id=node.id,
            )  # fmt: skip
        if node_type.kind == "loop":
            yield Problem(
                "error", "loop.no_body", say('The loop "{node}" has no body.', node=node.label),
                say("Connect the loop's output body to the first node to repeat."), node_id=node.id,
            )  # fmt: skip


def _handled(flow: Flow, catalogue: Catalogue) -> Iterator[Problem]:
    """Yield what is wrong with what ``handle`` nodes run in between: it must be there, and lead nowhere else."""
    handlers = {
        node.id: node_type.body_output
        for node in flow.nodes
        if (node_type := catalogue.get(node.type)) and node_type.kind == "handle" and not node.option("disabled")
    }
    labels = {node.id: node.label for node in flow.nodes} if handlers else {}
    for handler, output in handlers.items():
        begins = {edge.id for edge in flow.edges if edge.source == handler and edge.source_handle == output}
        if not begins:
            yield Problem(
                "error", "handle.no_body",
                say("The output \"{output}\" of \"{node}\" is not connected.", output=output, node=labels[handler]),
                say("Connect it to the first node to run when the target shows."), node_id=handler,
            )  # fmt: skip
        around: dict[str, list[str]] = {}
        for edge in flow.edges:
            if edge.id not in begins:
                around.setdefault(edge.source, []).append(edge.target)
        elsewhere = reached((node.id for node in flow.nodes if node.type == "start"), around)
        inside = reached((edge.target for edge in flow.edges if edge.id in begins), around) - elsewhere
        for edge in flow.edges:
            leads_out = edge.id in begins or edge.source in inside
            if leads_out and edge.target in elsewhere and edge.target != handler:
                yield Problem(
                    "error", "handle.leads_out",
                    say("The branch that \"{node}\" runs leads to \"{target}\", outside the branch.", node=labels[handler], target=labels.get(edge.target, edge.target)),
                    say("End the branch there: the run then returns to where it was."), edge_id=edge.id, field="target",
                )  # fmt: skip


def _unreachable(flow: Flow) -> Iterator[Problem]:
    successors: dict[str, list[str]] = {}
    for edge in flow.edges:
        successors.setdefault(edge.source, []).append(edge.target)
    begins = [node.id for node in flow.nodes if node.type in {"start", FUNCTION}]
    connected = reached(begins, successors)
    for node in flow.nodes:
        if connected and node.id not in connected:
            yield Problem(
                "warning", "node.unreachable", say("\"{node}\" is not connected to the start, so it is skipped.", node=node.label),
                say("Connect it, or delete it."), node_id=node.id,
            )  # fmt: skip


def _suggest(word: str, known: list[str], otherwise: str) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return say('Did you mean "{word}"?', word=near[0]) if near else otherwise


def summaries(flow: Flow, catalogue: Catalogue) -> Mapping[str, str]:
    """Return the one-line summary of each node by id."""
    return {node.id: node_type.summarise(node.config) for node in flow.nodes if (node_type := catalogue.get(node.type))}
