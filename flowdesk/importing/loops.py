"""Loops of a script."""

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flowdesk.importing.expressions import evaluate, expression, setting, untaken
from flowdesk.importing.report import Left, Untaken
from flowdesk.importing.values import Known, Picture, Place, Ref, Scope, Several
from flowdesk.model.sentence import say

if TYPE_CHECKING:
    from flowdesk.importing.scripts import Reader


def while_loop(reader: "Reader", statement: ast.While, scope: Scope) -> None:
    """Draw a while; without the bound that flowdesk's loops have by default."""
    drawing = reader.drawing
    forever = {"type": "while", "left": 1, "operator": "eq", "right": 1, "maxIterations": 0}
    known = reader._known(statement.test, scope)
    if known is False:
        reader.count(statement, scope)
        return
    config: dict[str, Any] | None = None
    if known is None and not isinstance(statement.test, ast.BoolOp):
        try:
            config = reader.question(statement.test, scope, may_draw=False)
        except Untaken:
            config = None
    if config is not None or known:
        loop = drawing.add("loop", {**forever, **(config or {})}, f"while {ast.unparse(statement.test)}")
        reader.body(statement.body, scope)
    else:
        loop = drawing.add("loop", forever, f"while {ast.unparse(statement.test)}")
        drawing.depth += 1
        true, false = reader.test(statement.test, scope)
        drawing.outs = false
        if false:
            drawing.add("break", {}, "Break")
        drawing.outs = true
        drawing.depth -= 1
        reader.body(statement.body, scope)
    drawing.outs = [(loop, "done")]
    _otherwise(reader, statement, scope)


def _otherwise(reader: "Reader", statement: ast.While | ast.For, scope: Scope) -> None:
    """Draw what stands under the else of a loop: after it, unless a break may end the loop and pass it by."""
    if not left_early(statement.body, (ast.Break,)):
        reader.block(statement.orelse, scope)
        return
    for each in statement.orelse:
        reader.report.met(scope.file, each.lineno)
        reader.leave(each, scope, Untaken("else of a loop", say("This is done only where no break ends the loop.")))


def left_early(body: Sequence[ast.AST], ways: tuple[type[ast.AST], ...]) -> bool:
    """Whether one of these statements leads out of a body: a loop keeps its own breaks, a function its returns."""
    for each in body:
        if isinstance(each, ways):
            return True
        if isinstance(each, ast.FunctionDef | ast.ClassDef | ast.Lambda):
            continue
        inner = tuple(way for way in ways if way is ast.Return) if isinstance(each, ast.While | ast.For) else ways
        if left_early(list(ast.iter_child_nodes(each)), inner):
            return True
    return False


def body(reader: "Reader", body: list[ast.stmt], scope: Scope) -> None:
    """Draw the body of a loop: at least one node hangs on it."""
    drawing = reader.drawing
    drawing.depth += 1
    before = len(drawing.nodes)
    reader.block(body, scope)
    if len(drawing.nodes) == before and drawing.outs:
        drawing.add("log", {"message": str(say("Nothing is done in this loop."))}, "pass")
    elif len(drawing.outs) > 1 and reader.has_crossings:
        drawing.add("continue", {}, "Continue")
    drawing.depth -= 1


def for_loop(reader: "Reader", statement: ast.For, scope: Scope) -> None:
    """Draw a for."""
    drawing = reader.drawing
    label = f"for {ast.unparse(statement.target)} in {ast.unparse(statement.iter)}"
    try:
        config, bindings = reader._each(statement, scope)
    except Untaken as error:
        original = label
        drawing.note(f"{original}\n— {error.reason}")
        reader.report.leave(Left(scope.file, statement.lineno, error.kind, original, str(error.reason)))
        config, bindings = {"type": "forEach", "items": []}, {}
        for node in ast.walk(statement.target):
            if isinstance(node, ast.Name):
                bindings[node.id] = Ref(scope.variable(node.id))
    for name, value in bindings.items():
        scope.owner(name).names[name] = value
    loop = drawing.add("loop", config, label)
    reader.body(statement.body, scope)
    drawing.outs = [(loop, "done")]
    _otherwise(reader, statement, scope)


def _each(reader: "Reader", statement: ast.For, scope: Scope) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the settings of a loop, and what its names stand for in the body."""
    iterated, target = statement.iter, statement.target
    if isinstance(iterated, ast.Call) and isinstance(iterated.func, ast.Name):
        if iterated.func.id in {"range", "xrange"} and isinstance(target, ast.Name):
            return reader._range(iterated, target.id, scope)
        if iterated.func.id == "enumerate" and isinstance(target, ast.Tuple) and len(target.elts) == 2:
            index, item = target.elts
            if isinstance(index, ast.Name) and isinstance(item, ast.Name):
                config, bindings = reader._items(iterated.args[0], item.id, scope)
                config["indexVariable"] = scope.variable(index.id)
                return config, {**bindings, index.id: Ref(scope.variable(index.id))}
    if isinstance(target, ast.Name):
        return reader._items(iterated, target.id, scope)
    if isinstance(target, ast.Tuple) and all(isinstance(part, ast.Name) for part in target.elts):
        names = [part.id for part in target.elts if isinstance(part, ast.Name)]
        variable = scope.variable("_".join(names))
        value = evaluate(reader.hoist(iterated, scope), scope)
        config = {"type": "forEach", "items": setting(value, iterated), "itemVariable": variable}
        return config, {name: Ref(f"{variable}[{place}]") for place, name in enumerate(names)}
    raise untaken(target)


def _range(reader: "Reader", call: ast.Call, name: str, scope: Scope) -> tuple[dict[str, Any], dict[str, Any]]:
    given = [evaluate(reader.hoist(part, scope), scope) for part in call.args]
    variable = scope.variable(name)
    if len(given) == 1:
        return {"type": "count", "count": setting(given[0], call), "indexVariable": variable}, {name: Ref(variable)}
    begin, end, step = given[0], given[1], given[2] if len(given) > 2 else Known(1)
    values = [part.value for part in (begin, end, step) if isinstance(part, Known) and isinstance(part.value, int)]
    if len(values) == 3 and values[2]:
        count: Any = len(range(*values))
    elif isinstance(step, Known) and step.value == 1:
        count = "{{ " + f"{expression(end, call)} - {expression(begin, call)}" + " }}"
    else:
        raise untaken(call)
    index = f"{variable}_index"
    factor = "" if isinstance(step, Known) and step.value == 1 else f" * {expression(step, call)}"
    reference = Ref(f"({expression(begin, call)} + {index}{factor})")
    return {"type": "count", "count": count, "indexVariable": index}, {name: reference}


def _items(reader: "Reader", node: ast.expr, name: str, scope: Scope) -> tuple[dict[str, Any], dict[str, Any]]:
    from flowdesk.importing.scripts import is_picture_name

    value = evaluate(reader.hoist(node, scope), scope)
    variable, kind = scope.variable(name), "value"
    if isinstance(value, Ref) and value.kind == "matches":
        return {"type": "forEach", "items": "{{ " + value.expression + ".matches }}", "itemVariable": variable}, {
            name: Ref(variable, "point")
        }
    if isinstance(value, Several):
        if all(isinstance(item, Picture) for item in value.items):
            if len({(item.similarity, item.offset) for item in value.items}) > 1:
                raise Untaken("pictures that differ", say("The pictures of this list differ in similarity or offset."))
            first = value.items[0]
            items: Any = [item.name for item in value.items]
            binding: Any = Picture("{{ " + variable + " }}", first.similarity, first.offset, is_name_known=False)
            return {"type": "forEach", "items": items, "itemVariable": variable}, {name: binding}
        if all(isinstance(item, Place) for item in value.items):
            items = [{"x": item.x, "y": item.y} for item in value.items]
            return {"type": "forEach", "items": items, "itemVariable": variable}, {name: Ref(variable, "point")}
    if isinstance(value, Known) and isinstance(value.value, list):
        kind = "picture" if value.value and all(map(is_picture_name, value.value)) else "value"
    if isinstance(value, Known) and isinstance(value.value, str):
        value = Known(list(value.value))
    config = {"type": "forEach", "items": setting(value, node), "itemVariable": variable}
    return config, {name: Ref(variable, kind)}
