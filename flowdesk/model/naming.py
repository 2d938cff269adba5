"""Ids of nodes that people can read and write, and what changes when one is renamed. Pure.

``{{readTable.rows}}`` names a node by its id, so a new node is ``readTable``, the next one ``readTable2``. Renaming one
changes every reference to it: between braces in any setting of any node, in expressions too, at the ends of edges, in
groups, and in what notes say. Settings in which braces stand for themselves, as the program of a script, stay untouched.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from flowdesk.model.changes import (
    AddEdge,
    AddNode,
    AnyChange,
    Draft,
    MakeFunction,
    MoveNode,
    RemoveNode,
    RenameNode,
    SetEdge,
    SetFlow,
    SetNode,
)
from flowdesk.model.errors import ChangeRefused
from flowdesk.model.expressions import KEYWORDS
from flowdesk.model.extracting import made_function, renamed_calls
from flowdesk.model.flow import Node, node_json
from flowdesk.model.sentence import say
from flowdesk.model.templates import MARK, Reference, cut_path, pieces

RUN_NAMES = frozenset({"item", "index", "number", "isLast", "lastError", "trigger", "row", "secret"})
"""Variables that a run sets by itself."""
NAMING_KEYS = ("name", "variable", "itemVariable", "indexVariable")
"""Config keys that name a variable."""
LONGEST_ID = 64
Literals = Callable[[str], Collection[str]]
"""Returns the settings of a type of node in which braces stand for themselves (``Catalogue.literal_keys``)."""
Spot = tuple[str, tuple[str, ...]]


def no_literals(_type: str) -> Collection[str]:
    """Say that braces are references everywhere."""
    return ()


_MADE_UP = re.compile(r"_[0-9a-f]{8}$")
"""How ids ended that people were not meant to read."""


def fresh_id(type_name: str, draft: Draft, functions: Collection[str] = (), taken: Collection[str] = ()) -> str:
    """Return the id of a new node of a type: ``readTable``, else the first of ``readTable2``, ``readTable3``, … that is free.

    Args:
        type_name: The type, such as ``readTable``.
        draft: The flow that it is added to.
        functions: Names of functions, which are avoided.
        taken: Ids that are given in the same edit.
    """
    names = variable_names(draft)
    number = 1
    while True:
        name = type_name if number == 1 else f"{type_name}{number}"
        if not (name in draft.nodes or name in taken or name in functions or name in names or name in KEYWORDS):
            return name
        number += 1


def fresh_copy_id(node: Node, draft: Draft, functions: Collection[str] = (), taken: Collection[str] = ()) -> str:
    """Return the id of a copy of a node: its own where that is free, else its own with a number."""
    base = node.id.rstrip("0123456789")
    is_readable = node.id.isidentifier() and base.isidentifier() and not _MADE_UP.search(node.id)
    if is_readable and node.id not in {*draft.nodes, *taken, *functions, *KEYWORDS, *variable_names(draft)}:
        return node.id
    return fresh_id(base if is_readable else node.type, draft, functions, taken)


def variable_names(draft: Draft) -> set[str]:
    """Return the names of a flow's variables: its own, those that its nodes set, and those that a run sets by itself."""
    named = (node.config.get(key) for node in draft.nodes.values() for key in NAMING_KEYS)
    variables = draft.fields.get("variables")
    own = variables if isinstance(variables, Mapping) else {}
    return {*RUN_NAMES, *own, *(cut_path(name)[0] for name in named if isinstance(name, str) and name)}


def spelled_out(
    changes: Sequence[AnyChange], draft: Draft, functions: Collection[str] = (), literals: Literals = no_literals
) -> Sequence[AnyChange]:
    """Return the changes of an edit with what references to renamed and copied nodes need.

    Raises:
        ChangeRefused: If a node cannot be renamed so.
    """
    if len(changes) > 1 and any(isinstance(change, RenameNode) for change in changes):
        return _one_by_one(changes, draft, functions, literals)
    found: list[AnyChange] = []
    for change in changes:
        if isinstance(change, RenameNode):
            found += renaming(draft, change, functions, literals)
        elif isinstance(change, MakeFunction):
            found += made_function(draft, change, _fresh_ids(draft, functions, ("function", "call", "end")))
        elif isinstance(change, SetNode):
            found += [change, *renamed_calls(draft, change)]
        elif isinstance(change, AddNode) and change.ids:
            found.append(AddNode(node=with_references(change.node, change.ids, literals), index=change.index))
        else:
            found.append(change)
    return found


def _one_by_one(
    changes: Sequence[AnyChange], draft: Draft, functions: Collection[str], literals: Literals
) -> list[AnyChange]:
    """Spell out each change for the flow that those before it leave: an id that one gives, the next may take away."""
    found: list[AnyChange] = []
    working = draft.copy()
    for change in changes:
        spelled = spelled_out((change,), working, functions, literals)
        for each in spelled:
            each.apply(working)
        found += spelled
    return found


def _fresh_ids(draft: Draft, functions: Collection[str], types: Sequence[str]) -> Iterator[str]:
    for type_name in types:
        yield fresh_id(type_name, draft, functions)


def following(
    changes: Sequence[AnyChange], renames: Mapping[str, str], draft: Draft, literals: Literals = no_literals
) -> Sequence[AnyChange]:
    """Return changes that were meant for nodes which have another id by now, with that id, in what they set too."""
    added = {change.node.id for change in changes if isinstance(change, AddNode)}
    ids = {old: new for old, new in renames.items() if old not in draft.nodes and old not in added}
    return meaning(changes, ids, draft, literals)


def apart(
    changes: Sequence[AnyChange],
    strangers: Collection[str],
    draft: Draft,
    functions: Collection[str] = (),
    literals: Literals = no_literals,
) -> tuple[Sequence[AnyChange], dict[str, str]]:
    """Return an edit whose new nodes have ids of their own where somebody else took theirs meanwhile, and which those are."""
    ids: dict[str, str] = {}
    for change in changes:
        if isinstance(change, AddNode) and change.node.id in strangers and change.node.id in draft.nodes:
            ids[change.node.id] = fresh_copy_id(change.node, draft, functions, ids.values())
    return meaning(changes, ids, draft, literals), ids


def meaning(
    changes: Sequence[AnyChange], ids: Mapping[str, str], draft: Draft, literals: Literals = no_literals
) -> Sequence[AnyChange]:
    """Return changes that mean other nodes than they say: ids, ends of edges, members of groups and references."""
    return Meaning(ids, draft, literals).of(changes) if ids else changes


class Meaning:
    """What changes mean where nodes have other ids than those that the changes say."""

    def __init__(self, ids: Mapping[str, str], draft: Draft, literals: Literals = no_literals) -> None:
        """Take what the ids mean. Between braces the name of a variable means the variable."""
        names = variable_names(draft)
        self._ids, self._words = ids, {old: new for old, new in ids.items() if old not in names}
        self._types = {node.id: node.type for node in draft.nodes.values()}
        self._types |= {old: self._types[new] for old, new in ids.items() if new in self._types}
        self._literals = literals

    def of(self, changes: Sequence[AnyChange]) -> list[AnyChange]:
        """Return the changes as they are meant."""
        self._types |= {change.node.id: change.node.type for change in changes if isinstance(change, AddNode)}
        return [self.change(change) for change in changes]

    def change(self, change: AnyChange) -> AnyChange:
        """Return one change as it is meant."""
        ids = self._ids
        match change:
            case AddNode():
                node = with_references(change.node, self._words, self._literals)
                return change.model_copy(update={"node": node.model_copy(update={"id": ids.get(node.id, node.id)})})
            case SetNode():
                value = change.value if self._is_literal(change) else self._value(change)
                return change.model_copy(update={"id": ids.get(change.id, change.id), "value": value})
            case MakeFunction():
                return change.model_copy(update={"nodes": tuple(ids.get(each, each) for each in change.nodes)})
            case MoveNode() | RemoveNode() | RenameNode() if change.id in ids:
                return change.model_copy(update={"id": ids[change.id]})
            case AddEdge():
                ends = {end: ids.get(name, name) for end, name in (("source", change.edge.source), ("target", change.edge.target))}  # fmt: skip
                return change.model_copy(update={"edge": change.edge.model_copy(update=ends)})
            case SetEdge() if change.path[0] in ("source", "target") and isinstance(change.value, str):
                return change.model_copy(update={"value": ids.get(change.value, change.value)})
            case SetFlow() if change.path[0] == "groups":
                return change.model_copy(update={"value": self._groups(change.path, change.value)})
            case SetFlow() if change.path[0] == "notes":
                return change.model_copy(update={"value": _renamed_value(change.value, self._words)})
        return change

    def _is_literal(self, change: SetNode) -> bool:
        path, literal = change.path, self._literals(self._types.get(change.id, ""))
        return len(path) > 2 and path[:2] == ("data", "config") and path[2] in literal

    def _value(self, change: SetNode) -> Any:
        """What a setting, or all of them together, are set to."""
        literal = self._literals(self._types.get(change.id, ""))
        at, value = {("data",): 1, ("data", "config"): 0}.get(change.path), change.value
        if at == 1 and isinstance(value, Mapping) and isinstance(value.get("config"), Mapping):
            kept = {key: each for key, each in value["config"].items() if key in literal}
            return {**_renamed_value(value, self._words), "config": {**_renamed_value(value["config"], self._words), **kept}}  # fmt: skip
        if at == 0 and isinstance(value, Mapping):
            kept = {key: each for key, each in value.items() if key in literal}
            return {**_renamed_value(value, self._words), **kept}
        return _renamed_value(value, self._words)

    def _groups(self, path: tuple[str, ...], value: Any) -> Any:
        """The members of one group, of all groups, or the list of members itself."""
        if len(path) == 1 and isinstance(value, Mapping):
            return {key: self._groups(("groups", key), each) for key, each in value.items()}
        if len(path) == 2 and isinstance(value, Mapping) and isinstance(value.get("nodes"), list | tuple):
            return {**value, "nodes": self._groups((*path, "nodes"), value["nodes"])}
        if len(path) == 3 and path[2] == "nodes" and isinstance(value, list | tuple):
            return [self._ids.get(each, each) if isinstance(each, str) else each for each in value]
        return value


def renaming(
    draft: Draft, change: RenameNode, functions: Collection[str] = (), literals: Literals = no_literals
) -> list[AnyChange]:
    """Return the changes that rename a node as a person asks for it, with every reference to it.

    Raises:
        ChangeRefused: If the new id cannot be written in a reference, or means something else already.
    """
    old, new = change.id, change.to
    if not new.isidentifier() or len(new) > LONGEST_ID or new in KEYWORDS or new.startswith("__"):
        raise ChangeRefused(
            say('"{id}" is not a valid ID.', id=new[:LONGEST_ID]),
            say("Use letters, digits, and _, starting with a letter."),
        )
    if new in draft.nodes and new != old:
        raise ChangeRefused(say('A node "{id}" already exists.', id=new), say("Use another ID."))
    if new in variable_names(draft):
        raise ChangeRefused(say('"{id}" is the name of a variable.', id=new), say("Use another ID."))
    if new in functions:
        raise ChangeRefused(say('"{id}" is the name of a function.', id=new), say("Use another ID."))
    return [change, *_references(draft, {old: new}, literals)]


def taken_along(changes: Sequence[AnyChange], draft: Draft, literals: Literals = no_literals) -> list[AnyChange]:
    """Return what else has to change where applied changes renamed nodes: references that others made meanwhile.

    Args:
        changes: What was applied, such as a step that was taken back.
        draft: The flow after it.
        literals: Which settings hold no references.
    """
    ids: dict[str, str] = {}
    for change in changes:
        if isinstance(change, RenameNode):
            ids = {old: change.to if new == change.id else new for old, new in ids.items()} | {change.id: change.to}
    ids = {old: new for old, new in ids.items() if old not in draft.nodes and new in draft.nodes}
    return _references(draft, ids, literals) if ids else []


def strays(changes: Sequence[AnyChange], draft: Draft, literals: Literals = no_literals) -> frozenset[Spot]:
    """Return the settings that name an id already to which changes are about to rename a node.

    They named something else, or nothing, and do not follow when the renaming is taken back.
    """
    ids = {change.to: change.id for change in changes if isinstance(change, RenameNode)}
    return frozenset(map(spot_of, _references(draft, ids, literals))) if ids else frozenset()


def spot_of(change: AnyChange) -> Spot:
    """Return which setting a change sets: the node's id, empty for none, and the path."""
    assert isinstance(change, SetNode | SetFlow)
    return (change.id if isinstance(change, SetNode) else ""), change.path


def _references(draft: Draft, ids: Mapping[str, str], literals: Literals) -> list[AnyChange]:
    """Return the changes of every text between braces that names a node by an old id."""
    names = variable_names(draft)
    ids = {old: new for old, new in ids.items() if old not in names}  # else the variable of that name is meant
    changes: list[AnyChange] = []
    for node in draft.nodes.values():
        node_id = ids.get(node.id, node.id)
        settings = _renamed_settings(node, ids, literals(node.type))
        changes += [SetNode(id=node_id, path=path, value=value) for path, value in settings]
    notes = draft.fields.get("notes")
    for note_id, note in notes.items() if isinstance(notes, Mapping) else ():
        text = note.get("text") if isinstance(note, Mapping) else None
        if isinstance(text, str) and (after := renamed(text, ids)) != text:
            changes.append(SetFlow(path=("notes", note_id, "text"), value=after))
    return changes


def renamed(text: str, ids: Mapping[str, str]) -> str:
    """Return a text in which each reference to a node by an old id is one by its new id."""
    if MARK not in text:
        return text
    spots: dict[int, str] = {}
    for piece in pieces(text):
        if not isinstance(piece, Reference) or piece.kind == "secret":
            continue
        if piece.head in ids and (piece.expression is None or not piece.head.isidentifier()):
            spots[piece.at] = piece.head
        elif piece.expression is not None:
            from flowdesk.model.syntax import names_in

            spots |= {piece.at + name.at: name.name for name in names_in(piece.expression) if name.name in ids}
    for begin, old in sorted(spots.items(), reverse=True):
        if text.startswith(old, begin):
            text = text[:begin] + ids[old] + text[begin + len(old) :]
    return text


def with_references(node: Node, ids: Mapping[str, str], literals: Literals = no_literals) -> Node:
    """Return a copied node whose references to nodes that were copied along mean the copies."""
    values = node_json(node)
    for path, value in _renamed_settings(node, ids, literals(node.type)):
        holder = values
        for key in path[:-1]:
            holder = holder[key]
        holder[path[-1]] = value
    return Node.model_validate(values)


def _renamed_settings(
    node: Node, ids: Mapping[str, str], literal: Collection[str]
) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield each setting that names a node by an old id, wherever a node may hold one, with what it becomes."""
    places: list[tuple[tuple[str, ...], Any]] = [
        (("data", "config", key), value) for key, value in node.config.items() if key not in literal
    ]
    places += [(("data", key), value) for key, value in (node.data.model_extra or {}).items()]
    places += [((key,), value) for key, value in (node.model_extra or {}).items()]
    for path, value in places:
        changed = _renamed_value(value, ids)
        if changed != value:
            yield path, changed


def _renamed_value(value: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return renamed(value, ids)
    if isinstance(value, Mapping):
        return {
            renamed(key, ids) if isinstance(key, str) else key: _renamed_value(item, ids) for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_renamed_value(item, ids) for item in value]
    return value
