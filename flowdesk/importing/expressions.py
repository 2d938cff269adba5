"""Expressions of Python as values that are known, or as expressions of flowdesk."""

import ast
import json
import operator
import re
from collections.abc import Callable
from typing import Any

from flowdesk.importing.report import Untaken
from flowdesk.importing.values import Area, Class, Function, Known, Picture, Place, Ref, Scope, Several, Thing
from flowdesk.model.sentence import say

_STATIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
    ast.BitOr: lambda one, other: one + other if isinstance(one, str) else one | other,
}  # fmt: skip
_SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
}  # fmt: skip
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.In: "in",
    ast.NotIn: "not in", ast.Is: "==", ast.IsNot: "!=",
}  # fmt: skip
_FUNCTIONS = {"len": "length", "int": "int", "float": "float", "str": "string", "unicode": "string", "abs": "abs",
              "round": "round", "list": "list", "sum": "sum", "min": "min", "max": "max"}  # fmt: skip
_METHODS = {"upper": "upper", "lower": "lower", "strip": "trim", "title": "title", "capitalize": "capitalize",
            "replace": "replace", "split": "split", "startswith": "starts_with", "endswith": "ends_with",
            "splitlines": "lines", "keys": "keys", "values": "values"}  # fmt: skip
_PLACEHOLDER = re.compile(
    r"%(?:\((?P<name>\w+)\))?(?P<flags>[-0 +#]*)(?P<width>\d*)(?:\.(?P<digits>\d+))?(?P<kind>[a-zA-Z%])"
)
_SPEC = re.compile(
    r"(?P<flags>(?:[<>^]|0?(?=\d))?)(?P<width>\d{0,3})(?P<comma>,?)(?:\.(?P<digits>\d{1,2}))?(?P<kind>[dsf]?)"
)
"""What stands behind the colon in the braces of a formatted text, as far as it is followed."""
LONGEST_TEXT = 5_000

Value = Any
"""One of ``flowdesk.importing.values``."""


def untaken(node: ast.AST) -> Untaken:
    """Say that an expression has no counterpart."""
    if isinstance(node, ast.Call):
        name = ast.unparse(node.func)[:60]
        return Untaken(f"call: {name}", say("{name} has no counterpart here.", name=name))
    if isinstance(node, ast.Name):
        return Untaken("unknown name", say("The script does not say what {name} is.", name=node.id))
    kind = type(node).__name__
    return Untaken(f"expression: {kind}", say("This kind of expression has no counterpart here: {kind}.", kind=kind))


def evaluate(node: ast.expr, scope: Scope) -> Value:
    """Return what an expression stands for.

    Raises:
        Untaken: If it has no counterpart.
    """
    match node:
        case ast.Constant():
            return Known(node.value.decode("latin-1") if isinstance(node.value, bytes) else node.value)
        case ast.Name():
            return _name(node, scope)
        case ast.Lambda():
            return _lambda(node, scope)
        case ast.List() | ast.Tuple() | ast.Set():
            items = tuple(evaluate(item, scope) for item in node.elts)
            if all(isinstance(item, Known) for item in items):
                return Known([item.value for item in items])
            return Several(items)
        case ast.Attribute():
            return _attribute(node, scope)
        case ast.Subscript():
            return _subscript(node, scope)
        case ast.BinOp():
            return _operation(node, scope)
        case ast.JoinedStr():
            return _joined([_part(part, scope) for part in node.values])
        case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
            inner = evaluate(node.operand, scope)
            sign = "-" if isinstance(node.op, ast.USub) else "+"
            if isinstance(inner, Known) and isinstance(inner.value, int | float):
                return Known(-inner.value if sign == "-" else inner.value)
            return Ref(f"({sign}{expression(inner, node)})")
    written = _dynamic(node, scope)
    return Ref(written, "date" if written.startswith("now()") else "value")


def _lambda(node: ast.Lambda, scope: Scope) -> Function:
    body = ast.copy_location(ast.Return(node.body), node)
    definition = ast.FunctionDef(name="function", args=node.args, body=[body], decorator_list=[])
    return Function(ast.fix_missing_locations(ast.copy_location(definition, node)), scope)


def _name(node: ast.Name, scope: Scope) -> Value:
    if node.id in {"True", "False", "None"}:
        return Known({"True": True, "False": False, "None": None}[node.id])
    found = scope.find(node.id)
    if found is None:
        raise untaken(node)
    return found


def _attribute(node: ast.Attribute, scope: Scope) -> Value:
    owner = evaluate(node.value, scope)
    if isinstance(owner, Thing):
        found = owner.attributes.find(node.attr)
        if found is None:
            raise untaken(node)
        return found
    known_scope = getattr(owner, "scope", None)
    if isinstance(known_scope, Scope) and known_scope.names.get(node.attr) is not None:
        return known_scope.names[node.attr]
    if isinstance(owner, Class):
        return _class_attribute(owner, node)
    if isinstance(owner, Place) and node.attr in {"x", "y"}:
        return _number(getattr(owner, node.attr))
    if isinstance(owner, Area) and owner.box is not None and node.attr in {"x", "y", "w", "h", "width", "height"}:
        return _number(owner.box[{"x": 0, "y": 1, "w": 2, "h": 3, "width": 2, "height": 3}[node.attr]])
    if isinstance(owner, Ref) and owner.kind in {"match", "point"} and node.attr in {"x", "y"}:
        return Ref(f"{point_of(owner)}.{node.attr}")
    if isinstance(owner, Ref) and owner.kind == "match" and node.attr in {"left", "top", "width", "height", "w", "h"}:
        index = {"left": 0, "top": 1, "width": 2, "height": 3, "w": 2, "h": 3}[node.attr]
        return Ref(f"{point_of(owner)}.box[{index}]")
    if isinstance(owner, Ref) and owner.kind != "shot":
        return Ref(f"{owner.expression}.{node.attr}")
    raise untaken(node)


def _class_attribute(owner: Class, node: ast.Attribute) -> Value:
    """Return what stands in the body of a class, as scripts keep their pictures and regions."""
    for statement in owner.definition.body:
        if isinstance(statement, ast.Assign) and any(ast.unparse(one) == node.attr for one in statement.targets):
            return evaluate(statement.value, owner.scope)
    raise untaken(node)


def _number(value: Any) -> Value:
    return Ref(value.removeprefix("{{").removesuffix("}}").strip()) if isinstance(value, str) else Known(value)


def _subscript(node: ast.Subscript, scope: Scope) -> Value:
    owner = evaluate(node.value, scope)
    if isinstance(node.slice, ast.Slice):
        kind = "text" if _is_text(owner) else "value"
        ends = [
            expression(evaluate(end, scope), end) if end is not None else "none"
            for end in (node.slice.lower, node.slice.upper)
        ]
        if node.slice.step is not None:
            step = expression(evaluate(node.slice.step, scope), node)
            first, last = ("" if end == "none" else end for end in ends)
            return Ref(f"{expression(owner, node)}[{first}:{last}:{step}]", kind)
        ends[0] = "0" if ends[0] == "none" else ends[0]
        return Ref(f"({expression(owner, node)}|slice({', '.join(ends)}))", kind)
    index = evaluate(node.slice, scope)
    if isinstance(index, Known) and isinstance(owner, Known | Several):
        items = owner.value if isinstance(owner, Known) else owner.items
        try:
            found = items[index.value]
        except (LookupError, TypeError):
            raise untaken(node) from None
        return Known(found) if isinstance(owner, Known) else found
    if isinstance(owner, Place) and isinstance(index, Known) and index.value in (0, 1):
        return _number((owner.x, owner.y)[index.value])
    if isinstance(owner, Ref) and owner.kind in {"match", "point"} and isinstance(index, Known):
        if (owner.kind == "point" or owner.is_center) and index.value in (0, 1):
            return Ref(f"{point_of(owner)}.{'xy'[index.value]}")
        if index.value in (0, 1, 2, 3):
            return Ref(f"{point_of(owner)}.box[{index.value}]")
    if isinstance(owner, Ref) and owner.kind == "text":
        return Ref(f"({expression(owner, node)}|list)[{expression(index, node)}]", "text")
    return Ref(f"{expression(owner, node)}[{expression(index, node)}]")


def _operation(node: ast.BinOp, scope: Scope) -> Value:
    if isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant | ast.JoinedStr | ast.BinOp):
        left = evaluate(node.left, scope)
        if isinstance(left, Known) and isinstance(left.value, str):
            return _percent(left.value, node.right, scope)
    left, right = evaluate(node.left, scope), evaluate(node.right, scope)
    if isinstance(node.op, ast.Div) and scope.find("$whole") is not None:
        return _old_division(left, right, node)
    if isinstance(left, Known) and isinstance(right, Known) and type(node.op) in _STATIC:
        if isinstance(node.op, ast.Mult) and _is_large(left.value, right.value):
            raise untaken(node)
        try:
            found = _STATIC[type(node.op)](left.value, right.value)
        except Exception:  # noqa: BLE001 - whatever two constants of a stranger's script may do
            raise untaken(node) from None
        if len(repr(found)) > LONGEST_TEXT:
            raise untaken(node)
        return Known(found)
    if isinstance(node.op, ast.Add) and (_is_text(left) or _is_text(right)):
        return _joined([left, right])
    sign = _SIGNS.get(type(node.op))
    if sign is None:
        raise untaken(node)
    return Ref(f"({expression(left, node)} {sign} {expression(right, node)})")


def _is_large(one: Any, other: Any) -> bool:
    """Whether two constants of a stranger's script make something large when they are multiplied."""
    sizes = [len(each) for each in (one, other) if isinstance(each, str | bytes | list | tuple)]
    counts = [each for each in (one, other) if isinstance(each, int)]
    return (bool(sizes) and any(size * count > LONGEST_TEXT for size in sizes for count in counts)) or sum(
        count.bit_length() for count in counts
    ) > 4 * LONGEST_TEXT


def _is_text(value: Value) -> bool:
    return (isinstance(value, Known) and isinstance(value.value, str)) or (
        isinstance(value, Ref) and value.kind == "text"
    )


def _old_division(left: Value, right: Value, node: ast.BinOp) -> Value:
    """Divide as Python 2 does: two whole numbers give a whole number."""
    sides = left, right
    if all(isinstance(side, Known) for side in sides):
        try:
            return Known(
                left.value // right.value if _is_whole(left) and _is_whole(right) else left.value / right.value
            )
        except Exception:  # noqa: BLE001 - whatever two constants of a stranger's script may do
            raise untaken(node) from None
    one, other = expression(left, node), expression(right, node)
    if any(isinstance(side, Known) and not _is_whole(side) for side in sides) or _is_float(node):
        return Ref(f"({one} / {other})")
    tests = [f"({text}|int) == {text}" for text, side in ((one, left), (other, right)) if not isinstance(side, Known)]
    return Ref(f"(({one} // {other}) if {' and '.join(tests)} else ({one} / {other}))")


def _is_float(node: ast.expr) -> bool:
    """Whether a script says itself that a number is none of the whole ones, as ``float(n) / 2`` does."""
    match node:
        case ast.Constant(float()) | ast.Call(ast.Name("float")):
            return True
        case ast.UnaryOp(operand=inner):
            return _is_float(inner)
        case ast.BinOp(left, _, right):
            return _is_float(left) or _is_float(right)
    return False


def _is_whole(value: Known) -> bool:
    return isinstance(value.value, int)


def _percent(template: str, right: ast.expr, scope: Scope) -> Value:
    given = list(right.elts) if isinstance(right, ast.Tuple) else [right]
    parts: list[Value] = []
    at = 0
    for match in _PLACEHOLDER.finditer(template):
        parts.append(Known(template[at : match.start()]))
        at = match.end()
        if match["kind"] == "%":
            parts.append(Known("%"))
        elif match["name"] or not given:
            raise untaken(right)
        else:
            parts.append(_formatted(evaluate(given.pop(0), scope), match, right, is_percent=True))
    if given:
        raise untaken(right)
    return _joined([*parts, Known(template[at:])])


def _part(part: ast.expr, scope: Scope) -> Value:
    if not isinstance(part, ast.FormattedValue):
        return evaluate(part, scope)
    value = evaluate(part.value, scope)
    if part.conversion != -1:
        raise untaken(part)
    if part.format_spec is None:
        return value
    given = part.format_spec.values if isinstance(part.format_spec, ast.JoinedStr) else []
    spec = "".join(str(one.value) for one in given if isinstance(one, ast.Constant))
    match = _SPEC.fullmatch(spec)
    is_general = match is not None and match["digits"] and match["kind"] != "f" and not isinstance(value, Known)
    if match is None or len(given) > 1 or is_general or (match["comma"] and not match["digits"]):
        raise untaken(part)
    return _formatted(value, match, part, is_percent=False)


def _formatted(value: Value, match: re.Match[str], node: ast.AST, *, is_percent: bool) -> Value:
    """Write a value in so many places, as Python does.

    Raises:
        Untaken: If a flow would write it otherwise.
    """
    kind, flags, width, digits = match["kind"], match["flags"], match["width"], match["digits"]
    if isinstance(value, Known):
        try:
            written = match[0] % (value.value,) if is_percent else format(value.value, match[0])
        except Exception:  # noqa: BLE001 - whatever a stranger's script may give
            raise untaken(node) from None
        if len(written) > LONGEST_TEXT:
            raise untaken(node)
        return Known(written)
    if kind not in {"s", "d", "i", "f", ""} or flags.strip("-0<>") or (digits and kind in {"s", "d", "i"}):
        raise untaken(node)
    text = expression(value, node)
    if width and flags == "0" and kind != "s":
        return _with_zeros(text, match, node, is_percent=is_percent)
    if kind == "f" or digits:
        places = "." + "0" * int(digits or 6)
        comma = "#,##" if not is_percent and match["comma"] else ""
        text = f'({text}|format("{comma}0{places if places != "." else ""}"))'
    elif kind in {"d", "i"} and is_percent:
        text = f"({text}|int)"
    if not width:
        return Ref(text, "text" if digits or kind == "f" else value.kind if isinstance(value, Ref) else "value")
    is_left = "-" in flags or "<" in flags or (not is_percent and kind not in {"d", "f"} and not digits and not flags)
    side = ', "right"' if is_left else ""
    if is_left and not is_percent and not flags and kind == "":
        raise untaken(node)  # numbers to the right, texts to the left: only a run knows which it is
    return Ref(f'({text}|string|pad({int(width)}, " "{side}))', "text")


def _with_zeros(text: str, match: re.Match[str], node: ast.AST, *, is_percent: bool) -> Value:
    """Write a number with zeros before it, which stand behind its sign.

    Raises:
        Untaken: If it may be a text.
    """
    width, kind = int(match["width"]), match["kind"]
    if kind == "f":
        comma = "" if is_percent else match["comma"]
        return Ref(f'({text}|format("0{width}{comma}.{int(match["digits"] or 6)}f"))', "text")
    if kind not in {"d", "i"}:
        raise untaken(node)
    return Ref(f'({text}{"|int" if is_percent else ""}|format("0{width}d"))', "text")


def _joined(parts: list[Value]) -> Value:
    """Join the parts of a text: one that is known where all are."""
    if all(isinstance(part, Known) for part in parts):
        return Known("".join(str(part.value) for part in parts))
    written = [expression(part) for part in parts if not (isinstance(part, Known) and part.value == "")]
    return Ref("(" + " ~ ".join(written) + ")", "text")


def expression(value: Value, node: ast.AST | None = None) -> str:
    """Write a value as a part of an expression of flowdesk.

    Raises:
        Untaken: If it is none that an expression can hold.
    """
    if isinstance(value, Known):
        return _literal(value.value)
    if isinstance(value, Ref):
        return point_of(value) if value.kind == "match" else value.expression
    if isinstance(value, Several):
        return "[" + ", ".join(expression(item, node) for item in value.items) + "]"
    if isinstance(value, Place):
        x, y = (_number(part) for part in (value.x, value.y))
        return f"[{expression(x)}, {expression(y)}]"
    if isinstance(value, Picture):
        return _literal(value.name)
    if node is not None:
        raise untaken(node)
    raise Untaken("value", say("A value of this kind cannot be part of an expression."))


def _literal(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and ("{{" in value or "}}" in value):
        raise Untaken("text with braces", say("A text with {{ or }} cannot be part of an expression."))
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        raise Untaken("value", say("A value of this kind cannot be part of an expression.")) from None


def point_of(ref: Ref) -> str:
    """Return the expression for the first place that a ``find`` found."""
    return f"{ref.expression}.matches[0]" if ref.kind == "match" else ref.expression


def setting(value: Value, node: ast.AST | None = None) -> Any:
    """Write a value as a setting of a node.

    Raises:
        Untaken: If no setting can hold it.
    """
    if isinstance(value, Known):
        if isinstance(value.value, str) and "{{" in value.value:
            raise Untaken("text with braces", say("A text with {{ or }} cannot be part of an expression."))
        return value.value
    if isinstance(value, Ref) and value.kind == "text":
        return template(value)
    return "{{ " + expression(value, node) + " }}"


def template(value: Ref) -> str:
    """Write a joined text as a template: the words, and {{ }} around what a run knows."""
    return "{{ " + value.expression.removeprefix("(").removesuffix(")") + " }}"


def milliseconds(value: Value, node: ast.AST | None = None) -> Any:
    """Write seconds as a setting in milliseconds."""
    if isinstance(value, Known):
        if isinstance(value.value, bool) or not isinstance(value.value, int | float):
            raise untaken(node) if node is not None else Untaken("value", say("This is no number of seconds."))
        if value.value != value.value or value.value > 1e8:
            return 1e11  # for ever, as scripts say it
        number = max(0.0, value.value * 1000)
        return int(number) if float(number).is_integer() else round(number, 3)
    return "{{ " + expression(value, node) + " * 1000 }}"


def _dynamic(node: ast.expr, scope: Scope) -> str:
    def inner(part: ast.expr) -> str:
        return expression(evaluate(part, scope), part)

    match node:
        case ast.Compare():
            left, parts = inner(node.left), []
            for sign, other in zip(node.ops, node.comparators, strict=True):
                right = inner(other)
                parts.append(f"{left} {_COMPARISONS[type(sign)]} {right}")
                left = right
            return "(" + " and ".join(parts) + ")"
        case ast.BoolOp():
            word = " and " if isinstance(node.op, ast.And) else " or "
            return "(" + word.join(inner(part) for part in node.values) + ")"
        case ast.UnaryOp(op=ast.Not()):
            return f"(not {inner(node.operand)})"
        case ast.IfExp():
            return f"({inner(node.body)} if {inner(node.test)} else {inner(node.orelse)})"
        case ast.Dict() if all(isinstance(key, ast.Constant) for key in node.keys):
            pairs = zip(node.keys, node.values, strict=True)
            return "{" + ", ".join(f"{inner(key)}: {inner(part)}" for key, part in pairs if key is not None) + "}"
        case ast.Call():
            return _called(node, inner)
    raise untaken(node)


def _called(node: ast.Call, inner: Callable[[ast.expr], str]) -> str:
    name = ast.unparse(node.func)
    if node.keywords or any(isinstance(part, ast.Starred) for part in node.args):
        raise untaken(node)
    given = [inner(part) for part in node.args]
    found = _chance(name.removeprefix("random."), given)
    if found is None and name in _FUNCTIONS and given:
        more = f"({given[1]})" if len(given) > 1 and name not in {"str", "unicode"} else ""
        is_listed = name in {"min", "max"} and len(given) > 1
        found = f"([{', '.join(given)}]|{name})" if is_listed else f"({given[0]}|{_FUNCTIONS[name]}{more})"
    if found is None and isinstance(node.func, ast.Attribute):
        found = _method(node.func, name, given, inner)
    if found is None:
        raise untaken(node)
    return found


def _chance(name: str, given: list[str]) -> str | None:
    """Return what a function of Python's ``random`` is here."""
    match name, given:
        case "randint", [low, high]:
            return f"random({low}, {high})"
        case "randrange", [low, high]:
            return f"random({low}, {high} - 1)"
        case "randrange", [high]:
            return f"random(0, {high} - 1)"
        case "uniform", [low, high]:
            return f"random({low}, {high}, 3)"
        case "random", []:
            return "random(0, 1, 6)"
        case "choice", [items]:
            return f"{items}[random(0, {items}|length - 1)]"
    return None


def _method(function: ast.Attribute, name: str, given: list[str], inner: Callable[[ast.expr], str]) -> str | None:
    method = function.attr
    if name.endswith(("datetime.now", "datetime.today")) and not given:
        return "now()"
    if name == "time.time" and not given:
        return '("1970-01-01T00:00:00+00:00"|diff(now(), "seconds"))'
    if name == "os.path.join" and given:
        return "(" + ' ~ "/" ~ '.join(given) + ")"
    if name == "os.getcwd" and not given:
        return '"."'
    if name == "time.strftime" and len(given) == 1:
        return f"(now()|date({given[0]}))"
    if method == "strftime" and len(given) == 1:
        return f"({inner(function.value)}|date({given[0]}))"
    if method == "join" and len(given) == 1:
        return f"({given[0]}|join({inner(function.value)}))"
    if method in {"encode", "decode"}:
        return inner(function.value)
    if method in _METHODS and len(given) <= 2:
        more = f"({', '.join(given)})" if given else ""
        return f"({inner(function.value)}|{_METHODS[method]}{more})"
    return None
