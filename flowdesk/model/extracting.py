"""Nodes of a flow become a function that is called where they were. Pure.

What they are given and give back is worked out: values that only the function around them knows are parameters, and a
variable that they set and others read is the result.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flowdesk.model.changes import (
    AddEdge,
    AddNode,
    AnyChange,
    Draft,
    MakeFunction,
    MoveNode,
    RemoveEdge,
    SetEdge,
    SetFlow,
    SetNode,
)
from flowdesk.model.errors import ChangeRefused
from flowdesk.model.flow import Edge, Node, NodeBody, Position, new_edge
from flowdesk.model.functions import CALL, FUNCTION, function_names, name_of, parameters_of, reached
from flowdesk.model.groups import GROUPS, read_groups
from flowdesk.model.sentence import Sentence, say
from flowdesk.model.templates import Reference, cut_path, pieces

ACROSS, DOWN = 260, 160
"""Scene pixels between two nodes, and between the flow and its functions."""
_SIDE, _TOP, _CARD = 24, 48, (220, 90)
_STAYS = frozenset({"start", FUNCTION, "break", "continue"})


def made_function(draft: Draft, change: MakeFunction, fresh: "Iterable[str]") -> list[AnyChange]:
    """Return the changes that make a function of nodes and call it where they were.

    Args:
        draft: The flow.
        change: Which nodes, and the name of the function.
        fresh: Ids for the function, the call and the end, in this order.

    Raises:
        ChangeRefused: If the nodes cannot be one.
    """
    chosen = [node for node in draft.nodes.values() if node.id in set(change.nodes)]
    inside = {node.id for node in chosen}
    fixed = next((node for node in chosen if node.type in _STAYS), None)
    if fixed is not None:
        raise _refused(say('"{node}" cannot be part of a function that is made of nodes.', node=fixed.label))
    entries = [edge for edge in draft.edges.values() if edge.target in inside and edge.source not in inside]
    exits = [edge for edge in draft.edges.values() if edge.source in inside and edge.target not in inside]
    first = _only(
        {edge.target for edge in entries}, draft, say("The flow leads to more than one of these nodes from outside.")
    )
    after = _only({edge.target for edge in exits}, draft, say("These nodes lead to more than one other node."))
    if first is None:
        raise _refused(say("Nothing leads to these nodes."))
    ids = iter(fresh)
    name = change.name.strip() or _free(draft, say("Function"))
    given, back = _values(draft, inside)
    function_id, call_id = next(ids), next(ids)
    config = {"function": name, **({"inputs": {each: f"{{{{{each}}}}}" for each in given}} if given else {})}
    call = _node(call_id, CALL, {**config, **({"variable": back} if back else {})}, draft.nodes[first].position)
    shift = _below(draft, chosen)
    corner = draft.nodes[first].position
    begin = _node(
        function_id, FUNCTION, {"function": name, **({"parameters": dict.fromkeys(given, "")} if given else {})},
        Position(x=min(node.position.x for node in chosen) - ACROSS, y=corner.y + shift),
    )  # fmt: skip
    changes: list[AnyChange] = [AddNode(node=call), AddNode(node=begin)]
    changes += [MoveNode(id=node.id, x=node.position.x, y=node.position.y + shift) for node in chosen]
    changes += [SetEdge(id=edge.id, path=("target",), value=call_id) for edge in entries]
    changes += [RemoveEdge(id=edge.id) for edge in exits]
    changes.append(AddEdge(edge=new_edge(function_id, first)))
    if after is not None:
        changes.append(AddEdge(edge=new_edge(call_id, after)))
    members = [function_id, *(node.id for node in chosen)]
    if back:
        changes += _ends(next(ids), back, chosen, draft, exits, shift)
        members.append(next(each.node.id for each in reversed(changes) if isinstance(each, AddNode)))
    return [*changes, *_framed(draft, members, name, [begin, *chosen], shift)]


def renamed_calls(draft: Draft, change: SetNode) -> Iterator[AnyChange]:
    """Yield what follows from another name of a function: its calls, and the title of its group."""
    node = draft.nodes.get(change.id)
    if node is None or node.type != FUNCTION or change.path != ("data", "config", "function"):
        return
    old, new = name_of(node), change.value
    if not old or not isinstance(new, str) or not new or old == new:
        return
    if sum(other.type == FUNCTION and name_of(other) == old for other in draft.nodes.values()) > 1:
        return
    for other in draft.nodes.values():
        if other.type == CALL and name_of(other) == old:
            yield SetNode(id=other.id, path=change.path, value=new)
    for group in read_groups(draft.fields).values():
        if node.id in group.nodes and group.title == old:
            yield SetFlow(path=(GROUPS, group.id, "title"), value=new)


def _ends(end_id: str, back: str, chosen: list[Node], draft: Draft, exits: list[Edge], shift: float) -> list[AnyChange]:
    """Return an End node that gives a variable back, behind every node at which the function is through."""
    leaving = {(edge.source, edge.source_handle) for edge in exits}
    inner = {edge.source for edge in draft.edges.values() if edge not in exits}
    leaving |= {(node.id, None) for node in chosen if node.id not in inner and not any(node.id == source for source, _ in leaving)}  # fmt: skip
    place = Position(
        x=max(node.position.x for node in chosen) + ACROSS, y=min(node.position.y for node in chosen) + shift
    )
    end = _node(end_id, "end", {"result": f"{{{{{back}}}}}"}, place)
    return [AddNode(node=end), *(AddEdge(edge=new_edge(source, end_id, handle)) for source, handle in sorted(leaving, key=str))]  # fmt: skip


def _values(draft: Draft, inside: set[str]) -> tuple[list[str], str]:
    """Return what the nodes must be given, and the variable that they give back."""
    read_inside = {head for node_id in inside for head in _heads(draft.nodes[node_id].config)}
    outside = [node for node in draft.nodes.values() if node.id not in inside]
    read_outside = {head for node in outside for head in _heads(node.config)}
    results = sorted(draft.nodes[node_id].label for node_id in inside & read_outside)
    if results:
        raise _refused(say("Other nodes read the result of: {names}.", names=", ".join(results)))
    back = sorted({name for node_id in inside for name in _set_by(draft.nodes[node_id])} & read_outside)
    if len(back) > 1:
        raise _refused(say("Other nodes read more than one variable that these set: {names}.", names=", ".join(back)))
    around = _function_around(draft, inside)
    own = {name for node in around for name in (*_set_by(node), *parameters_of(node), node.id)}
    given = sorted(name for name in read_inside & own if name not in inside)
    return given, back[0] if back else ""


def _function_around(draft: Draft, inside: set[str]) -> list[Node]:
    """Return the nodes of the function in which the chosen ones are, without them."""
    successors: dict[str, list[str]] = {}
    for edge in draft.edges.values():
        successors.setdefault(edge.source, []).append(edge.target)
    for node in draft.nodes.values():
        if node.type == FUNCTION and (found := reached([node.id], successors)) & inside:
            return [draft.nodes[each] for each in found - inside if each in draft.nodes]
    return []


def _set_by(node: Node) -> Iterator[str]:
    names = [node.config.get("variable")]
    if node.type == "setVariable":
        names.append(node.config.get("name"))
    if node.type == "loop":
        names += [node.config.get("itemVariable", "item"), node.config.get("indexVariable", "index")]
    for name in names:
        if isinstance(name, str) and name and "{{" not in name:
            yield cut_path(name)[0]


def _heads_of(piece: Reference) -> list[str]:
    if piece.expression is None:
        return [piece.head]
    from flowdesk.model.syntax import names_in

    return [name.name for name in names_in(piece.expression)]


def _heads(value: Any) -> Iterator[str]:
    """Yield the names with which the references of a value begin."""
    if isinstance(value, str) and "{{" in value:
        for piece in pieces(value):
            if isinstance(piece, Reference):
                yield from _heads_of(piece)
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _heads(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _heads(each)


def _only(ids: set[str], draft: Draft, otherwise: Sentence) -> str | None:
    if len(ids) > 1:
        labels = ", ".join(draft.nodes[each].label for each in sorted(ids) if each in draft.nodes)
        raise ChangeRefused(say("{reason} ({names})", reason=otherwise, names=labels), _FIX)
    return next(iter(ids), None)


_FIX = say("Select nodes that are entered at one place and that lead on to one place.")


def _refused(reason: Sentence) -> ChangeRefused:
    return ChangeRefused(reason, _FIX)


def _free(draft: Draft, base: str) -> str:
    taken, number = set(function_names(draft.nodes.values())), 1
    while (name := str(base) if number == 1 else f"{base} {number}") in taken:
        number += 1
    return name


def _node(node_id: str, kind: str, config: dict[str, Any], place: Position) -> Node:
    return Node(id=node_id, type=kind, position=Position(x=place.x, y=place.y), data=NodeBody(config=config))


def _below(draft: Draft, chosen: list[Node]) -> float:
    """How far down the chosen nodes go, to lie below all others."""
    lowest = max(node.position.y for node in draft.nodes.values())
    return lowest - min(node.position.y for node in chosen) + DOWN + _TOP


def _framed(draft: Draft, members: list[str], name: str, nodes: list[Node], shift: float) -> list[AnyChange]:
    """Put the function into a group of its own; its nodes leave those they were in."""
    taken = set(members)
    changes: list[AnyChange] = []
    for group in read_groups(draft.fields).values():
        kept = [each for each in group.nodes if each not in taken]
        if not kept:
            changes.append(SetFlow(path=(GROUPS, group.id), remove=True))
        elif len(kept) < len(group.nodes):
            changes.append(SetFlow(path=(GROUPS, group.id, "nodes"), value=kept))
    left = min(node.position.x for node in nodes)
    right = max(node.position.x for node in nodes) + _CARD[0] + ACROSS * (len(members) > len(nodes))
    tops = [nodes[0].position.y, *(node.position.y + shift for node in nodes[1:])]
    box = {"x": left - _SIDE, "y": min(tops) - _TOP, "width": right - left + 2 * _SIDE, "height": max(tops) - min(tops) + _CARD[1] + _TOP + _SIDE}  # fmt: skip
    value = {"title": name, "color": "purple", **box, "nodes": members, "collapsed": False}
    return [*changes, SetFlow(path=(GROUPS, f"group_{members[0]}"), value=value)]
