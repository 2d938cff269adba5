"""A function of a script that is called more than once becomes a function of the flow, where a flow can hold what it is given.

What it is given must be texts, numbers, lists, or pictures by their names, and of the same kind at every call. A function that
ends the script, sets names outside of it, or stands under other settings at another call is drawn where it is called.
"""

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flowdesk.importing.expressions import evaluate, setting
from flowdesk.importing.names import changed_in_place, changing_names
from flowdesk.importing.report import Untaken
from flowdesk.importing.state import State
from flowdesk.importing.values import Function, Known, Picture, Ref, Scope, Several
from flowdesk.model.sentence import say

if TYPE_CHECKING:
    from flowdesk.importing.scripts import Reader

FEWEST = 2
"""Calls, and statements of its body, from which on a function is worth being one."""
_NEVER = (
    ast.Global, ast.Nonlocal, ast.Yield, ast.YieldFrom, ast.Await, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.With,
    ast.Import, ast.ImportFrom,
)  # fmt: skip
_LEAVES = frozenset({"exit", "quit", "_exit"})
_PASSED = frozenset({"value", "text", "picture", "list"})


@dataclass
class Drawn:
    """A function that is in the flow."""

    name: str
    kinds: dict[str, str]
    """What each parameter is."""
    settings: Any
    """What the tool was set to when it was drawn."""
    result: str = "value"


def as_call(reader: "Reader", function: Function, node: ast.Call, scope: Scope) -> Ref | None:
    """Draw a call of a function, and the function at its first call; ``None`` where it must be drawn in place."""
    definition = function.definition
    if not _may_be(reader, function) or scope.find("$area") is not None:
        return None
    given = _given(reader, function, node, scope)
    if given is None:
        return None
    kinds = {name: kind for name, (kind, _) in given.items()}
    known = reader.functions.get(id(definition))
    if known is None:
        known = _draw(reader, function, kinds)
    if known is None or known.kinds != kinds or known.settings != _settings(reader):
        return None
    inputs = {name: value for name, (_, value) in given.items()}
    config = {"function": known.name, **({"inputs": inputs} if inputs else {})}
    return Ref(reader.drawing.add("call", config, ast.unparse(node)), known.result)


def _may_be(reader: "Reader", function: Function) -> bool:
    definition = function.definition
    if id(definition) in reader.plain:
        return reader.plain[id(definition)]
    arguments = definition.args
    is_simple = not (arguments.vararg or arguments.kwarg or arguments.kwonlyargs or definition.decorator_list)
    parts = [part for statement in definition.body for part in ast.walk(statement)]
    own = {part.id for part in parts if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
    reader.plain[id(definition)] = found = (
        is_simple
        and function.owner is None
        and not function.scope.prefix
        and len(definition.body) >= FEWEST
        and _count(reader, definition.name) >= FEWEST
        and not any(isinstance(part, _NEVER) or _leaves(part) or _sets_outside(part) for part in parts)
        and not _calls_what_sets_outside(function, {id(definition)})
        and not any(name not in own for part in parts for name in changed_in_place(part))
    )
    return found


def _calls_what_sets_outside(function: Function, seen: set[int]) -> bool:
    """Whether a function calls another of the script that gives a value to names outside of it, or calls such a one."""
    for part in ast.walk(function.definition):
        if not (isinstance(part, ast.Call) and isinstance(part.func, ast.Name)):
            continue
        other = function.scope.find(part.func.id)
        if not isinstance(other, Function) or id(other.definition) in seen:
            continue
        seen.add(id(other.definition))
        if any(isinstance(each, ast.Global) for each in ast.walk(other.definition)):
            return True
        if _calls_what_sets_outside(other, seen):
            return True
    return False


def _leaves(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).rsplit(".", 1)[-1] in _LEAVES


def _sets_outside(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load)


def _count(reader: "Reader", name: str) -> int:
    return sum(source.calls[name] for source in reader.sources.values())


def _settings(reader: "Reader") -> Any:
    return [getattr(reader.dialect, name, None) for name in ("similarity", "seconds", "pause")]


def _given(reader: "Reader", function: Function, node: ast.Call, scope: Scope) -> dict[str, tuple[str, Any]] | None:
    """Return what each parameter is given, with its kind; ``None`` where one is given nothing, or what a flow cannot hold."""
    definition = function.definition
    names = [argument.arg for argument in (*definition.args.posonlyargs, *definition.args.args)]
    parts = dict(zip(names, node.args, strict=False)) | {word.arg: word.value for word in node.keywords if word.arg}
    defaults = dict(zip(reversed(names), reversed(definition.args.defaults), strict=False))
    if len(node.args) > len(names) or any(name not in names for name in parts):
        return None
    found: dict[str, tuple[str, Any]] = {}
    for name in names:
        if name not in parts and name not in defaults:
            return None
        value = (
            evaluate(reader.hoist(parts[name], scope), scope)
            if name in parts
            else evaluate(defaults[name], function.scope)
        )
        passed = _passed(value)
        if passed is None:
            return None
        found[name] = passed
    return found


def _passed(value: Any) -> tuple[str, Any] | None:
    from flowdesk.importing.scripts import is_picture_name

    match value:
        case Picture(similarity=None, offset=None):
            return "picture", value.name
        case Known():
            return "picture" if is_picture_name(value.value) else "value", setting(value)
        case Several() if all(isinstance(item, Known | Ref) for item in value.items):
            return "value", setting(value)
        case Ref() if value.kind in _PASSED:
            return "picture" if value.kind == "picture" else "value", setting(value)
    return None


def _draw(reader: "Reader", function: Function, kinds: dict[str, str]) -> Drawn | None:
    """Draw a function below the flow; ``None`` where it cannot be one."""
    from flowdesk.importing.scripts import Frame

    definition, drawing = function.definition, reader.drawing
    state = State(reader, function.scope)
    drawn = Drawn(drawing.free_name(definition.name), kinds, _settings(reader))
    reader.functions[id(definition)] = drawn
    frame = Frame(definition, "", drawn=drawn)
    outer = drawing.begin_function(drawn.name, dict.fromkeys(kinds, ""))
    raised, reader.raised, frames, reader.frames = reader.raised, [], reader.frames, [frame]
    attempts, reader.attempts = reader.attempts, 0
    reader.called.add(id(definition))
    inside = Scope(
        f"{definition.name}_", function.scope, {}, changing_names(definition.body, list(kinds)), function.scope.file
    )
    try:
        for name, kind in kinds.items():
            if name in inside.changing:
                reader._name(name, Ref(name, kind), inside, is_changing=True)
            else:
                inside.names[name] = Ref(name, kind)
        reader.block(definition.body, inside)
    except Untaken:
        reader.frames, reader.raised, reader.attempts = frames, raised, attempts
        state.undo()
        drawing.end_function(outer)
        reader.plain[id(definition)] = False
        del reader.functions[id(definition)]
        return None
    reader.frames, reader.raised, reader.attempts = frames, raised, attempts
    drawing.end_function(outer)
    return drawn


def give_back(reader: "Reader", drawn: Drawn, value: Any) -> None:
    """Draw what a function gives back.

    Raises:
        Untaken: If it gives back things of several kinds, or what a flow cannot hold.
    """
    from flowdesk.importing.scripts import stored_as

    kind, stored = ("value", None) if value is None else stored_as(value)
    if kind != "value" and drawn.result not in {"value", kind}:
        raise Untaken("result", say("The function gives back things of different kinds."))
    drawn.result = kind if kind != "value" else drawn.result
    reader.drawing.add("end", {} if value is None else {"result": stored}, "return")
