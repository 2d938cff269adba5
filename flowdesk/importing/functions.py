"""Functions and objects of a script: each call is drawn where it stands."""

import ast
import copy
import re
from typing import TYPE_CHECKING, Any

from flowdesk.importing.calling import as_call
from flowdesk.importing.calling import give_back as give_function_back
from flowdesk.importing.computing import value_of
from flowdesk.importing.expressions import evaluate, untaken
from flowdesk.importing.names import changing_names, global_names
from flowdesk.importing.report import Untaken
from flowdesk.importing.values import Class, Function, Known, Module, Place, Ref, Scope, Several, Thing
from flowdesk.model.sentence import say

if TYPE_CHECKING:
    from flowdesk.importing.scripts import Reader

MOST_CALLS = 12
"""Calls within calls that are drawn."""


def target_of(reader: "Reader", node: ast.Call, scope: Scope) -> Any:
    """Return the function or class of the script that a call means, ``None`` for any other."""
    try:
        found = evaluate(node.func, scope) if isinstance(node.func, ast.Name | ast.Attribute) else None
    except Untaken:
        found = None
    if isinstance(found, Function | Class):
        return found
    if isinstance(node.func, ast.Attribute):
        try:
            owner = evaluate(node.func.value, scope)
        except Untaken:
            return None
        if isinstance(owner, Thing):
            return reader._method(owner.of, node.func.attr, owner)
    return None


def _method(reader: "Reader", of: Class, name: str, owner: Thing) -> Function | None:
    for statement in of.definition.body:
        if isinstance(statement, ast.FunctionDef) and statement.name == name:
            return Function(statement, of.scope, owner)
    for parent in of.definition.bases:
        found = of.scope.find(ast.unparse(parent))
        if isinstance(found, Class) and found is not of:
            return reader._method(found, name, owner)
    return None


def is_drawn(reader: "Reader", node: ast.Call, scope: Scope) -> bool:
    """Whether a call takes steps of its own: a function of the script, or an action of the tool."""
    if reader.target_of(node, scope) is not None:
        return True
    name = ast.unparse(node.func).rsplit(".", 1)[-1]
    return name in getattr(reader.dialect, "actions", frozenset())


def hoist(reader: "Reader", node: ast.expr, scope: Scope) -> ast.expr:
    """Draw the calls in an expression that take steps, and return it with what they give in their places."""
    if not any(isinstance(part, ast.Call) for part in ast.walk(node)):
        return _computed(reader, node, node, scope)
    before = reader.temporary

    class Hoisting(ast.NodeTransformer):
        def visit_Lambda(self, part: ast.Lambda) -> ast.AST:
            return part

        def visit_Call(self, part: ast.Call) -> ast.AST:
            if reader.target_of(part, scope) is None:
                value = reader.dialect.call(reader, part, scope)
                if value is NotImplemented:
                    return self.generic_visit(part)
            else:
                value = reader.call(part, scope)
            reader.temporary += 1
            name = f"${reader.temporary}"
            scope.names[name] = value
            return ast.copy_location(ast.Name(name, ast.Load()), part)

    hoisted: ast.expr = Hoisting().visit(copy.deepcopy(node))
    return hoisted if reader.temporary > before else _computed(reader, node, hoisted, scope)


def _computed(reader: "Reader", node: ast.expr, hoisted: ast.expr, scope: Scope) -> ast.expr:
    """Return an expression, or the result of a script where it has no counterpart and only computes."""
    try:
        evaluate(hoisted, scope)
    except Untaken:
        value = value_of(reader, node, scope)
        if value is not None:
            reader.temporary += 1
            name = f"${reader.temporary}"
            scope.names[name] = value
            return ast.copy_location(ast.Name(name, ast.Load()), node)
    return hoisted


def call(reader: "Reader", node: ast.Call, scope: Scope) -> Any:
    """Draw a call and return its value.

    Raises:
        Untaken: If it has no counterpart.
    """
    target = reader.target_of(node, scope)
    if isinstance(target, Class):
        return reader._make(target, node, scope)
    if isinstance(target, Function):
        return reader._inline(target, node, scope)
    value = reader.dialect.call(reader, node, scope)
    if value is NotImplemented:
        return evaluate(reader.hoist(node, scope), scope)
    return value


def _make(reader: "Reader", of: Class, node: ast.Call, scope: Scope) -> Thing:
    reader.objects[of.definition.name] += 1
    number = reader.objects[of.definition.name]  # each object has variables of its own
    thing = Thing(of, Scope(f"{of.definition.name}{number if number > 1 else ''}_", None, {}, file=of.scope.file))
    for statement in of.definition.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            reader.report.met(of.scope.file, statement.lineno)
            try:
                thing.attributes.names[statement.targets[0].id] = evaluate(statement.value, of.scope)
            except Untaken as error:
                reader.leave(statement, of.scope, error)
    begin = reader._method(of, "__init__", thing)
    if begin is not None:
        reader._inline(begin, node, scope)
    return thing


def _inline(reader: "Reader", function: Function, node: ast.Call, scope: Scope) -> Any:
    from flowdesk.importing.scripts import Frame

    node = spread(reader, node, scope)
    called = as_call(reader, function, node, scope)
    if called is not None:
        return called
    definition = function.definition
    if any(frame.function is definition for frame in reader.frames):
        raise Untaken("recursion", say("A function that calls itself has no counterpart here."))
    if len(reader.frames) >= MOST_CALLS:
        raise Untaken("too deep", say("The calls are nested too deep."))
    prefix = reader._prefix(function)
    inside = Scope(prefix, function.scope, {}, frozenset(), function.scope.file, global_names(definition.body))
    names = [argument.arg for argument in (*definition.args.posonlyargs, *definition.args.args)]
    if function.owner is not None and names:
        inside.names[names.pop(0)] = function.owner
    inside.changing = changing_names(definition.body, names)
    reader._pass(definition, names, node, scope, inside)
    reader.called.add(id(definition))
    frame = Frame(definition, f"{prefix}result")
    frame.returns = sum(isinstance(part, ast.Return) for part in ast.walk(definition))
    reader.frames.append(frame)
    reader.live |= {prefix}
    try:
        reader.block(definition.body, inside)
    finally:
        reader.frames.pop()
    if frame.exits:
        reader.drawing.outs = [*reader.drawing.outs, *frame.exits]
    return frame.value if frame.value is not None else Known(None)


def inline_whole(reader: "Reader", function: Function, node: ast.Call) -> None:
    """Draw a function by itself: what it is not given are variables of the flow."""
    reader.statement_of(function, node)
    if len(reader.drawing.outs) > 1 and reader.has_crossings:
        reader.drawing.add("end", {}, "End")


def statement_of(reader: "Reader", function: Function, node: ast.Call) -> None:
    """Draw the body of a function; a fault of its parameters is left to the run."""
    try:
        reader._inline(function, node, function.scope)
    except Untaken as error:
        reader.leave(function.definition, function.scope, error)


def _prefix(reader: "Reader", function: Function) -> str:
    name: str = function.definition.name
    number, prefix = 1, f"{name}_"
    while prefix in reader.live:  # such as f(1) + f(2): what the first gives is read after the second
        number += 1
        prefix = f"{name}{number}_"
    return prefix


def _pass(reader: "Reader", definition: Any, names: list[str], node: ast.Call, scope: Scope, inside: Scope) -> None:
    """Let the parameters of a function stand for what it is called with."""
    given = dict(zip(names, node.args, strict=False))
    given.update({word.arg: word.value for word in node.keywords if word.arg in names})
    if len(node.args) > len(names) and definition.args.vararg is None:
        raise Untaken("arguments", say("The call gives more than the function takes."))
    defaults = dict(zip(reversed(names), reversed(definition.args.defaults), strict=False))
    for name in names:
        if name in given:
            value = evaluate(reader.hoist(given[name], scope), scope)
        elif name in defaults:
            value = evaluate(defaults[name], inside)
        else:
            value = Ref(inside.variable(name))
            reader.drawing.variables.setdefault(inside.variable(name), None)
        reader._name(name, value, inside, is_changing=name in inside.changing)


def spread(reader: "Reader", node: ast.Call, scope: Scope) -> ast.Call:
    """Return a call in which ``*position`` is written out as what it holds.

    Raises:
        Untaken: If there is no telling how many there are.
    """
    if not any(isinstance(part, ast.Starred) for part in node.args):
        return node
    parts: list[ast.expr] = []
    for part in node.args:
        if not isinstance(part, ast.Starred):
            parts.append(part)
            continue
        inner = reader.hoist(part.value, scope)
        value = evaluate(inner, scope)
        if isinstance(value, Several):
            count = len(value.items)
        elif isinstance(value, Known) and isinstance(value.value, list):
            count = len(value.value)
        elif isinstance(value, Place):
            count = 2
        else:
            raise untaken(part)
        parts += [
            ast.copy_location(ast.Subscript(inner, ast.Constant(place), ast.Load()), node) for place in range(count)
        ]
    return ast.fix_missing_locations(ast.copy_location(ast.Call(node.func, parts, node.keywords), node))


def give_back(reader: "Reader", statement: ast.Return, scope: Scope) -> None:
    """Draw a return: on to what follows the call."""
    from flowdesk.importing.scripts import stored_as

    if not reader.frames:
        reader.drawing.add("end", {}, "End")
        return
    frame = reader.frames[-1]
    if frame.drawn is not None:
        given = None if statement.value is None else evaluate(reader.hoist(statement.value, scope), scope)
        give_function_back(reader, frame.drawn, given)
        return
    if statement.value is not None:
        value = evaluate(reader.hoist(statement.value, scope), scope)
        if frame.returns == 1 and statement in frame.function.body:
            frame.value = value
        else:
            kind, stored = stored_as(value)
            known = frame.value
            if isinstance(known, Ref) and known.kind != kind and "value" not in {known.kind, kind}:
                raise untaken(statement.value)
            reader.drawing.add("setVariable", {"name": frame.result, "value": stored}, "return")
            reader.drawing.variables.setdefault(frame.result, None)
            if not (isinstance(known, Ref) and known.kind != "value"):
                frame.value = Ref(frame.result, kind)
    if statement is not frame.function.body[-1]:
        reader.has_crossings = True
        frame.exits += reader.drawing.outs
        reader.drawing.outs = []


def apart(reader: "Reader", target: ast.Tuple | ast.List, found: Several, scope: Scope) -> Several:
    """Return values of which none reads a name that an earlier one is put into, as in ``a, b = b, a``."""
    from flowdesk.importing.scripts import stored_as

    items, given = list(found.items), set[str]()
    for place, (part, item) in enumerate(zip(target.elts, items, strict=False)):
        if isinstance(item, Ref) and any(re.search(rf"\b{re.escape(name)}\b", item.expression) for name in given):
            reader.temporary += 1
            kept = f"kept{reader.temporary}"
            kind, stored = stored_as(item)
            reader.drawing.add("setVariable", {"name": kept, "value": stored}, f"{kept} =")
            reader.drawing.variables.setdefault(kept, None)
            items[place] = Ref(kept, kind, item.is_center)
        if isinstance(part, ast.Name):
            given.add(scope.variable(part.id))
    return Several(tuple(items))


def library(value: Any) -> str:
    """Return the name of a library that a value is, else an empty text."""
    return value.name if isinstance(value, Module) else ""
