"""Questions of a script: which way it goes on."""

import ast
import builtins
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from flowdesk.importing.computing import value_of
from flowdesk.importing.drawing import Out
from flowdesk.importing.expressions import evaluate, expression, setting
from flowdesk.importing.loops import left_early
from flowdesk.importing.report import Left, Untaken
from flowdesk.importing.values import Known, Picture, Ref, Scope, Several
from flowdesk.model.sentence import say

if TYPE_CHECKING:
    from flowdesk.importing.scripts import Reader

_OPERATORS: dict[type[ast.cmpop], str] = {
    ast.Eq: "eq", ast.NotEq: "ne", ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.Is: "eq", ast.IsNot: "ne",
}  # fmt: skip
_OPPOSITES = {"exists": "notExists", "notExists": "exists", "eq": "ne", "ne": "eq", "lt": "ge", "ge": "lt", "gt": "le",
              "le": "gt", "isTrue": "isFalse", "isFalse": "isTrue", "contains": "notContains", "notContains": "contains",
              "isEmpty": "isNotEmpty", "isNotEmpty": "isEmpty"}  # fmt: skip


def test(reader: "Reader", node: ast.expr, scope: Scope) -> tuple[list[Out], list[Out]]:
    """Draw a question and return the outputs by which it is so and not so."""
    drawing = reader.drawing
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        true, false = reader.test(node.operand, scope)
        return false, true
    if isinstance(node, ast.BoolOp):
        is_and = isinstance(node.op, ast.And)
        through: list[Out] = []
        past: list[Out] = []
        for part in node.values:
            true, false = reader.test(part, scope)
            through, drawing.outs = (true, true) if is_and else (false, false)
            past += false if is_and else true
            if not drawing.outs:
                break
        return (through, past) if is_and else (past, through)
    known = reader._known(node, scope)
    if known is not None:
        return (drawing.outs, []) if known else ([], drawing.outs)
    try:
        config = reader.question(node, scope)
    except Untaken as error:
        return reader._ask(node, scope, error)
    node_id = drawing.add("condition", config or {}, ast.unparse(node), outs=())
    return [(node_id, "true")], [(node_id, "false")]


def _known(reader: "Reader", node: ast.expr, scope: Scope) -> bool | None:
    """Return whether something is so, where the script itself says it."""
    if isinstance(node, ast.Constant):
        return bool(node.value)
    if isinstance(node, ast.Name) and node.id in {"True", "False", "true", "false"}:
        return node.id in {"True", "true"}
    if (
        isinstance(node, ast.Call)
        and not node.args
        and ast.unparse(node.func).endswith((".isLinux", ".isWindows", ".isMac"))
    ):
        value = reader.dialect.call(reader, node, scope)
        return bool(value.value) if isinstance(value, Known) else None
    if isinstance(node, ast.Compare) and isinstance(node.left, ast.Name) and node.left.id == "__name__":
        return True
    if isinstance(node, ast.Compare) and ast.unparse(node.comparators[0]) == "sys.path":
        return isinstance(node.ops[0], ast.NotIn)  # where scripts lie beside is found out without it
    return None


def _ask(reader: "Reader", node: ast.expr, scope: Scope, error: Untaken) -> tuple[list[Out], list[Out]]:
    """Let a person answer what the flow cannot find out."""
    drawing, original = reader.drawing, ast.unparse(node)
    value = value_of(reader, node, scope, is_question=True)
    if value is not None:
        config = {"left": "{{" + value.expression + "}}", "operator": "isTrue"}
        node_id = drawing.add("condition", config, original, outs=())
        return [(node_id, "true")], [(node_id, "false")]
    drawing.note(f"{original}\n— {error.reason}")
    reader.report.leave(Left(scope.file, node.lineno, error.kind, original, str(error.reason)))
    asked = drawing.add(
        "prompt", {"message": str(say("Is this so? {question}", question=original.replace("{{", "{ {"))), "kind": "confirm"}, original
    )  # fmt: skip
    node_id = drawing.add("condition", {"left": "{{" + asked + ".value}}", "operator": "isTrue"}, original, outs=())
    return [(node_id, "true")], [(node_id, "false")]


def question(reader: "Reader", node: ast.expr, scope: Scope, *, may_draw: bool = True) -> dict[str, Any] | None:
    """Return the settings of a ``condition`` for a question; ``None`` where it needs more than one, or steps before it.

    Raises:
        Untaken: If it has no counterpart.
    """
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        inner = reader.question(node.operand, scope, may_draw=may_draw)
        if inner is None or (inner.get("operator") == "exists" and inner.get("timeout")):
            if not may_draw:
                return None
            value = evaluate(reader.hoist(node.operand, scope), scope)  # it waits whether it shows, and says so then
            if isinstance(value, Ref) and value.kind == "match":
                return {"left": "{{ " + value.expression + ".count }}", "operator": "eq", "right": 0}
            return inner and {**inner, "operator": "notExists", "timeout": 0}
        return {**inner, "operator": _OPPOSITES[inner["operator"]]}
    screen = reader.dialect.condition(reader, node, scope)
    if screen is not None:
        return screen
    if not may_draw and any(isinstance(part, ast.Call) and reader.is_drawn(part, scope) for part in ast.walk(node)):
        return None
    node = reader.hoist(node, scope)
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return reader._compare(node, scope)
    value = evaluate(node, scope)
    if isinstance(value, Ref) and value.kind == "match":
        return {"left": "{{ " + value.expression + ".count }}", "operator": "gt", "right": 0}
    if isinstance(value, Picture | Several):
        return {"left": True, "operator": "isTrue"}
    return {"left": "{{ true if " + expression(value, node) + " else false }}", "operator": "isTrue"}


def _compare(reader: "Reader", node: ast.Compare, scope: Scope) -> dict[str, Any]:
    left, right = evaluate(node.left, scope), evaluate(node.comparators[0], scope)
    sign = node.ops[0]
    if isinstance(sign, ast.In | ast.NotIn):
        return {
            "left": setting(right),
            "operator": "contains" if isinstance(sign, ast.In) else "notContains",
            "right": setting(left),
        }
    operator = _OPERATORS[type(sign)]
    if isinstance(right, Known) and (right.value is None or isinstance(right.value, bool)) and operator in {"eq", "ne"}:
        if isinstance(left, Ref) and left.kind == "match":
            is_there = (operator == "ne") is not bool(right.value)
            return {"left": "{{ " + left.expression + ".count }}", "operator": "gt" if is_there else "eq", "right": 0}
        if right.value is None:
            return {"left": setting(left), "operator": "isEmpty" if operator == "eq" else "isNotEmpty"}
        return {"left": setting(left), "operator": "isTrue" if (operator == "eq") is right.value else "isFalse"}
    return {"left": setting(left, node), "operator": operator, "right": setting(right, node)}


def branch(reader: "Reader", statement: ast.If, scope: Scope) -> None:
    """Draw an if."""
    drawing = reader.drawing
    true, false = reader.test(statement.test, scope)
    ends: list[Out] = []
    for outs, body in ((true, statement.body), (false, statement.orelse)):
        if not outs and body and "__name__" not in ast.unparse(statement.test):
            reader.drawing.note(str(say("Left out, for it is never so here: {test}", test=ast.unparse(statement.test))))
        drawing.outs = list(outs)
        is_elif = len(body) == 1 and isinstance(body[0], ast.If)
        drawing.depth += 0 if is_elif else 1
        reader.block(body, scope)
        drawing.depth -= 0 if is_elif else 1
        ends += drawing.outs
    drawing.outs = ends


def attempt(reader: "Reader", statement: ast.Try, scope: Scope) -> None:
    """Draw a try: whatever fails in its body goes on at the handler."""
    drawing = reader.drawing
    if all(_is_interrupt(handler) for handler in statement.handlers):
        _unguarded(reader, statement, scope)
        return
    mark, before = drawing.mark(), reader.raised
    reader.raised = []
    reader.attempts += 1
    try:
        reader.block([*statement.body, *statement.orelse], scope)
    finally:
        reader.attempts -= 1
    ends, failures = drawing.outs, [*drawing.failures(mark), *reader.raised]
    reader.raised = before
    if failures:
        reader.has_crossings = True
    drawing.outs = failures
    drawing.depth += 1
    _handled(reader, [each for each in statement.handlers if not _is_interrupt(each)], scope)
    drawing.depth -= 1
    drawing.outs = [*ends, *drawing.outs]
    _left_by_a_stop(reader, [each for each in statement.handlers if _is_interrupt(each)], scope)
    _finally(reader, statement, scope)


_TARGETS = frozenset({"FindFailed", "ImageNotFoundException", "ImageNotFound"})
"""Failures by which a tool says that it did not find what it looked for."""
_VALUES = ("ValueError", "TypeError", "KeyError", "IndexError", "AttributeError", "ZeroDivisionError", "NameError")
"""Failures of Python that a flow tells as those of a value, the likeliest first."""
_ANY = frozenset({"Exception", "BaseException", "StandardError", "RuntimeError", "Error"})


def _handled(reader: "Reader", handlers: Sequence[ast.ExceptHandler], scope: Scope) -> None:
    """Draw the handlers of a try where its failures lead: each asks which failure it is, one for every failure does not."""
    drawing, ends = reader.drawing, []
    covered = {kind for handler in handlers for name in _names(handler) for kind in _kinds(name)}
    value = next((kind for kind in _VALUES if kind in covered), "")
    for place, handler in enumerate(handlers):
        asked = None if place == len(handlers) - 1 and place == 0 else _failure(handler, value)
        rest: list[Out] = []
        if asked is not None and drawing.is_reached:
            node_id = drawing.add("condition", asked, f"except {ast.unparse(handler.type)}" if handler.type else "except", outs=())  # fmt: skip
            drawing.outs, rest = [(node_id, "true")], [(node_id, "false")]
        if handler.name:
            scope.names[handler.name] = Ref("lastError.message")
        reader.block(handler.body, scope)
        ends += drawing.outs
        drawing.outs = rest
    if drawing.outs:  # a failure that none of them is for
        drawing.add("end", {"status": "failed", "message": "{{lastError.message}}"}, "Failed")
    drawing.outs = ends


def _names(handler: ast.ExceptHandler) -> list[str]:
    """Return the names of the failures that a handler is for; none where it takes all."""
    if handler.type is None:
        return []
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = [ast.unparse(kind).rsplit(".", 1)[-1] for kind in kinds]
    return [] if any(name in _ANY for name in names) else names


def _failure(handler: ast.ExceptHandler, value: str) -> dict[str, Any] | None:
    """Return the settings of a ``condition`` that asks whether a failure is for a handler; ``None`` for one that takes all."""
    words = [word for name in _names(handler) for word in _words(name, value)]
    pattern = "|".join(dict.fromkeys(words))
    return (
        {"left": "{{lastError.code}} {{lastError.message}}", "operator": "matches", "right": pattern} if words else None
    )


def _words(name: str, value: str) -> Iterator[str]:
    """Yield patterns of how a run calls failures of a kind: by their own names, and by the flow's codes.

    Args:
        name: The name of the failure.
        value: Under which name a flow's failures of values are handled.
    """
    known = _kinds(name)
    if name in _TARGETS:
        yield r"^target\."
    if value in known:
        yield r"^value\."
    if name == "IOError" or "FileNotFoundError" in known:
        yield r"^file\."
    yield from (rf"\b{re.escape(each)}\b" for each in sorted({name, *known}))


def _kinds(name: str) -> list[str]:
    """Return the names of Python's failures that are of a kind."""
    kind = getattr(builtins, name, None)
    if not isinstance(kind, type):
        return [name]
    return [each for each, one in vars(builtins).items() if isinstance(one, type) and issubclass(one, kind)]


def _finally(reader: "Reader", statement: ast.Try, scope: Scope) -> None:
    """Draw what stands under finally, after the rest. Where something leads out of the try before, that is told."""
    handled = [step for handler in statement.handlers for step in handler.body]
    if left_early([*statement.body, *handled, *statement.orelse], (ast.Return, ast.Break, ast.Continue)):
        for each in statement.finalbody:
            reader.report.met(scope.file, each.lineno)
            reason = say("This is not done where return, break, or continue leads out of the try.")
            reader.leave(each, scope, Untaken("finally", reason))
    reader.block(statement.finalbody, scope)


def _left_by_a_stop(reader: "Reader", handlers: Sequence[ast.ExceptHandler], scope: Scope) -> None:
    """Leave out what a script does when somebody stops it, unless that is what a stopped run does anyway."""
    for each in (step for handler in handlers for step in handler.body):
        if isinstance(each, ast.Pass):
            continue
        reader.report.met(scope.file, each.lineno)
        if not _only_ends(each):
            reason = say("This is done when somebody stops the script. A run that is stopped ends.")
            reader.leave(each, scope, Untaken("except KeyboardInterrupt", reason))


def _unguarded(reader: "Reader", statement: ast.Try, scope: Scope) -> None:
    """Draw a try that handles no failure: what fails in it fails the run, and what follows is not done then."""
    reader.block([*statement.body, *statement.orelse], scope)
    _left_by_a_stop(reader, statement.handlers, scope)
    if statement.finalbody:
        reader.drawing.note(str(say("What stands under finally is not done when a step before it fails.")))
    _finally(reader, statement, scope)


def fail(reader: "Reader", statement: ast.Raise, scope: Scope) -> None:
    """Draw a raise: to the handler around it, else the end of the run as failed."""
    message: Any = "{{lastError.message}}"
    if isinstance(statement.exc, ast.Call) and statement.exc.args:
        try:
            message = setting(evaluate(reader.hoist(statement.exc.args[0], scope), scope))
        except Untaken:
            if not reader.attempts:
                raise
            message = setting(Known(ast.unparse(statement.exc)))  # the way that it takes matters more than what it says
    elif statement.exc is not None:
        message = ast.unparse(statement.exc)
    if reader.attempts:
        if statement.exc is not None:
            kind = ast.unparse(statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc)
            told = {"code": kind.rsplit(".", 1)[-1], "message": message}
            reader.drawing.add("setVariable", {"name": "lastError", "value": told}, f"raise {kind}")
        reader.raised += reader.drawing.outs
        reader.drawing.outs = []
        return
    reader.drawing.add("end", {"status": "failed", "message": message}, "Failed")


def _only_ends(statement: ast.stmt) -> bool:
    """Whether a statement in such a handler does no more than a stopped run: it ends the script, or says that it ends."""
    match statement:
        case ast.Expr(ast.Call(func, args, [])):
            name = ast.unparse(func)
            is_said = all(isinstance(part, ast.Constant) for part in args)  # a run that is stopped says so itself
            return name in {"exit", "quit", "sys.exit", "os._exit"} or (name == "print" and is_said)
    return False


def _is_interrupt(handler: ast.ExceptHandler) -> bool:
    """Whether a handler is for a stop by a person: flowdesk ends a run then."""
    if handler.type is None:
        return False
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return bool(kinds) and all(
        any(word in ast.unparse(kind) for word in ("KeyboardInterrupt", "FailSafe", "SystemExit")) for kind in kinds
    )
