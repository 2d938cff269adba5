"""Python that neither looks at the screen nor acts on it: it stays as it is, in a ``script`` node.

What such a step is given are values that a flow can hold, and so is what later steps read of it. What it needs besides are
libraries that come with Python, and functions of the script that are such Python themselves.
"""

import ast
import builtins
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeGuard

from flowdesk.importing.expressions import setting
from flowdesk.importing.names import changed_in_place
from flowdesk.importing.report import Untaken
from flowdesk.importing.values import Function, Known, Module, Ref, Scope, Several
from flowdesk.model.sentence import say

if TYPE_CHECKING:
    from flowdesk.importing.scripts import Reader

MOST_FUNCTIONS = 12
"""Functions of the script that one step may bring along."""
_FOREIGN = frozenset(
    {"tkinter", "turtle", "ctypes", "winreg", "winsound", "msvcrt", "signal", "threading", "multiprocessing", "asyncio", "subprocess",
     "sys", "logging", "unittest", "curses", "cmd", "pdb", "concurrent", "queue", "select", "selectors", "readline", "webbrowser", "smtplib"}
)  # fmt: skip
"""Libraries that come with Python and do more than compute and read and write files."""
_NEVER = frozenset(
    {"input", "exit", "quit", "help", "exec", "eval", "breakpoint", "globals", "locals", "vars", "raw_input", "print"}
)
_WAITS = frozenset({"sleep", "system", "startfile", "popen", "_exit", "execv", "kill", "abort", "fork", "execl"})
_PLAIN_CALLS = frozenset(
    {"len", "int", "float", "str", "bool", "abs", "round", "sum", "min", "max", "sorted", "list", "dict", "tuple", "ord", "chr", "any", "all",
     "json.load", "json.loads", "json.dumps", "os.listdir", "os.getcwd", "os.environ.get", "os.getenv", "re.findall", "re.sub", "re.split",
     "platform.system", "getpass.getuser", "socket.gethostname", "time.time", "time.strftime", "glob.glob", "random.sample", "random.choices",
     "random.randint", "random.uniform", "random.random", "random.choice", "random.randrange", "os.path.exists", "os.path.isfile",
     "os.path.isdir", "os.path.join", "os.path.dirname", "os.path.basename", "os.path.abspath", "os.path.expanduser", "os.path.splitext",
     "os.path.getsize", "os.path.getmtime", "os.path.normpath", "os.path.realpath", "os.path.split", "hex", "bin", "repr", "divmod"}
)  # fmt: skip
_PLAIN_METHODS = frozenset(
    {"read", "readlines", "readline", "strip", "lstrip", "rstrip", "split", "rsplit", "splitlines", "lower", "upper", "title", "capitalize",
     "replace", "join", "format", "zfill", "rjust", "ljust", "center", "strftime", "isoformat", "isdigit", "isalpha", "isnumeric", "isalnum",
     "startswith", "endswith", "find", "rfind", "index", "count", "get", "keys", "values", "items", "copy", "group", "groups", "partition",
     "total_seconds", "timestamp", "encode", "decode", "exists", "is_file", "is_dir", "as_posix", "swapcase", "isupper", "islower", "weekday",
     "pop", "removeprefix", "removesuffix", "toordinal", "isspace"}
)  # fmt: skip


@dataclass
class Needs:
    """What a piece of Python needs and leaves."""

    inputs: dict[str, Any] = field(default_factory=dict)
    """Settings by name."""
    imports: dict[str, str] = field(default_factory=dict)
    """Lines that import, by the name that they bring."""
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    """Names that are given a value, or whose value is changed in place."""
    outside: set[str] = field(default_factory=set)
    """Those of them that functions set as names of the script."""


def needs_of(reader: "Reader", nodes: Iterable[ast.AST], scope: Scope) -> Needs | None:
    """Return what nodes need, ``None`` where they do more than compute."""
    found = Needs()
    try:
        _gather(reader, list(nodes), scope, found, frozenset())
    except Untaken:
        return None
    return found


def _gather(reader: "Reader", nodes: Sequence[ast.AST], scope: Scope, found: Needs, own: frozenset[str]) -> None:
    parts = [part for node in nodes for part in ast.walk(node)]
    if any(isinstance(part, _IMPURE) and not (own and isinstance(part, ast.Global)) for part in parts):
        raise _no()
    outside = {name for part in parts if isinstance(part, ast.Global) for name in part.names}
    found.changed |= outside
    found.outside |= outside
    if any(_is_built_large(part) for part in parts):
        raise _no()
    stored = {part.id for part in parts if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load)}
    stored |= {part.arg for part in parts if isinstance(part, ast.arg)}
    stored |= {part.name for part in parts if isinstance(part, ast.ExceptHandler | ast.FunctionDef) and part.name}
    if not own:
        found.changed |= {name for node in nodes for name in _changed(node)}
    for part in parts:
        if isinstance(part, ast.AugAssign) and isinstance(part.target, ast.Name):
            _need(reader, part.target.id, scope, found, is_local=True)
    # Functions first: what they set outside of themselves is given by them.
    for part in sorted(parts, key=lambda part: not (_is_read(part) and isinstance(scope.find(part.id), Function))):
        if isinstance(part, ast.Call):
            _check_call(reader, part, scope)
        if _is_read(part):
            is_given_first = part.id in stored or part.id in own or part.id in found.changed
            _need(reader, part.id, scope, found, is_local=is_given_first)


def _is_built_large(node: ast.AST) -> bool:
    """Whether constants are multiplied or raised, by which a few characters become gigabytes."""
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Pow)):
        return False
    return not any(isinstance(part, ast.Name | ast.Attribute | ast.Call) for part in ast.walk(node))


_IMPURE = (
    ast.Await, ast.Yield, ast.YieldFrom, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal, ast.AsyncFunctionDef,
    ast.AsyncFor, ast.AsyncWith, ast.Delete,
)  # fmt: skip


def _check_call(reader: "Reader", call: ast.Call, scope: Scope) -> None:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ast.unparse(call.func)
    if name in _WAITS or (isinstance(call.func, ast.Name) and name in _NEVER and name != "print"):
        raise _no()
    target = reader.target_of(call, scope)
    if target is not None and not isinstance(target, Function):
        raise _no()
    if target is None and isinstance(call.func, ast.Name) and reader.is_drawn(call, scope):
        raise _no()


def _need(reader: "Reader", name: str, scope: Scope, found: Needs, *, is_local: bool) -> None:
    value = scope.find(name)
    if name in found.inputs or name in found.imports or name in found.functions:
        return
    match value:
        case Known() | Several() | Ref():
            if isinstance(value, Ref) and value.kind in {"match", "matches", "selector", "point", "date", "shot"}:
                raise _no()
            found.inputs[name] = setting(value)
        case Module():
            found.imports[name] = _import(name, value)
        case Function() if value.owner is None and len(found.functions) < MOST_FUNCTIONS:
            found.functions[name] = value.definition
            own = frozenset(_own_names(value.definition)) | {name}
            _gather(reader, value.definition.body, value.scope, found, own)
        case None if is_local or (hasattr(builtins, name) and name not in _NEVER) or name == "print":
            pass
        case _:
            raise _no()


def _own_names(definition: ast.FunctionDef) -> Iterator[str]:
    if definition.args.vararg or definition.args.kwarg or definition.decorator_list:
        raise _no()
    for argument in (*definition.args.posonlyargs, *definition.args.args, *definition.args.kwonlyargs):
        yield argument.arg
    for part in ast.walk(definition):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            yield part.id


def _import(name: str, module: Module) -> str:
    root = module.name.split(".")[0]
    if root not in sys.stdlib_module_names or root in _FOREIGN or module.scope is not None:
        raise _no()
    holder, _, last = module.name.rpartition(".")
    if not holder:
        return f"import {root}" if name == root else f"import {root} as {name}"
    if module.name == "os.path":
        return f"import os.path as {name}" if name != "os" else "import os"
    if name == root:
        return f"import {module.name}"
    return f"from {holder} import {last}" if name == last else f"from {holder} import {last} as {name}"


def _changed(node: ast.AST) -> Iterator[str]:
    """Yield the names that a statement gives a value to, or whose value it changes in place, not inside functions of its own."""
    if isinstance(node, ast.FunctionDef | ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
        return
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    yield from changed_in_place(node)
    for child in ast.iter_child_nodes(node):
        yield from _changed(child)


def is_plain(node: ast.expr) -> bool:
    """Whether an expression gives a value that a flow can hold: texts, numbers, lists and objects of them."""
    match node:
        case ast.Constant():
            return isinstance(node.value, str | int | float | bool | None)
        case ast.Name() | ast.Subscript() | ast.JoinedStr() | ast.Compare():
            return True
        case ast.Call(func=ast.Attribute(attr=method)):
            return method in _PLAIN_METHODS or ast.unparse(node.func) in _PLAIN_CALLS
        case ast.Call(func=ast.Name(id=name)):
            return name in _PLAIN_CALLS
    parts = _parts(node)
    return parts is not None and all(map(is_plain, parts))


def _parts(node: ast.expr) -> list[ast.expr] | None:
    """Return the parts of which a value is made; ``None`` where nothing is known of it."""
    match node:
        case ast.ListComp():
            return [node.elt]
        case ast.DictComp() | ast.NamedExpr():
            return [node.value]
        case ast.BinOp():
            return [node.left, node.right]
        case ast.UnaryOp():
            return [node.operand]
        case ast.IfExp():
            return [node.body, node.orelse]
        case ast.BoolOp() | ast.Dict():
            return list(node.values)
        case ast.List() | ast.Tuple():
            return list(node.elts)
    return None


def value_of(reader: "Reader", node: ast.expr, scope: Scope, *, is_question: bool = False) -> Ref | None:
    """Draw a script for an expression that has no counterpart, and return its value; ``None`` where it does more."""
    if isinstance(node, ast.Name | ast.Constant | ast.Lambda) or not (is_question or is_plain(node)):
        return None
    found = needs_of(reader, [node], scope)
    if found is None or found.changed:
        return None
    inner = ast.unparse(node)
    written = f"bool({inner})" if is_question else f"list({inner})" if _is_view(node) else inner
    node_id = _draw(reader, found, f"result = {written}", inner)
    return None if node_id is None else Ref(node_id)


_VIEWS = frozenset({"items", "keys", "values", "zip", "map", "filter", "range", "enumerate", "reversed", "set"})


def _is_view(node: ast.expr) -> bool:
    """Whether an expression gives what can only be gone through: JSON has lists for that."""
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
    return name in _VIEWS


def take(reader: "Reader", body: Sequence[ast.stmt], scope: Scope) -> int:
    """Draw a script for the first statements of a block. Returns how many it took: 0 where they do more than compute."""
    for count in range(1, len(body) + 1):
        group = body[:count]
        if any(isinstance(part, _STEPS_OUT) for part in _outside_functions(group)):
            return 0
        found = needs_of(reader, group, scope)
        if found is None:
            return 0
        later = _read_elsewhere(reader, group, scope)
        kept = sorted(found.changed & (later | found.outside))
        if all(_is_kept(name, [*group, *found.functions.values()]) for name in kept):
            return count if _leave_script(reader, found, group, kept, scope) else 0
        if not any(isinstance(part, ast.Name) and part.id in kept for each in body[count:] for part in ast.walk(each)):
            return 0
    return 0


_STEPS_OUT = (ast.Return,)


def _outside_functions(group: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    loops = [part for each in group for part in ast.walk(each) if isinstance(part, ast.For | ast.While)]
    inside = {id(part) for loop in loops for part in ast.walk(loop)}
    for each in group:
        for part in ast.walk(each):
            yield part
            if isinstance(part, ast.Break | ast.Continue) and id(part) not in inside:
                yield ast.Return()


def _read_elsewhere(reader: "Reader", group: Sequence[ast.stmt], scope: Scope) -> set[str]:
    """Return the names that are read outside of some statements: in their function, else anywhere in the script."""
    source = reader.sources.get(scope.file)
    around: ast.AST = source.tree if source is not None else ast.Module([], [])
    if reader.frames and not scope.globals and id(group[0]) in reader.reads(reader.frames[-1].function)[0]:
        around = reader.frames[-1].function
    inside: Counter[str] = Counter(part.id for each in group for part in ast.walk(each) if _is_read(part))
    return {name for name, count in reader.reads(around)[1].items() if count > inside[name]}


def _is_read(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)


def reads_of(node: ast.AST) -> tuple[frozenset[int], "Counter[str]"]:
    """Return the identities of the parts of a tree, and how often each name is read in it."""
    parts = list(ast.walk(node))
    return frozenset(map(id, parts)), Counter(part.id for part in parts if _is_read(part))


def _is_kept(name: str, group: Sequence[ast.stmt]) -> bool:
    """Whether every value that some statements give a name is one that a flow can hold."""
    for each in group:
        for part in ast.walk(each):
            match part:
                case ast.Assign() if any(_names(target, name) for target in part.targets):
                    if not is_plain(part.value):
                        return False
                case ast.AugAssign(target=ast.Name(id=found)) | ast.AnnAssign(target=ast.Name(id=found)) if (
                    found == name
                ):
                    if part.value is not None and not is_plain(part.value):
                        return False
                case ast.withitem(optional_vars=ast.Name(id=found)) | ast.NamedExpr(target=ast.Name(id=found)) if (
                    found == name
                ):
                    return False
                case ast.For() if _names(part.target, name):
                    if not (isinstance(part.iter, ast.Name | ast.Call) and is_plain_items(part.iter)):
                        return False
    return True


def is_plain_items(node: ast.expr) -> bool:
    """Whether the items of what a loop goes through can be held by a flow."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) in {"range", "enumerate", "zip", "reversed"}:
        return True
    return is_plain(node)


def _names(target: ast.expr, name: str) -> bool:
    return any(
        isinstance(part, ast.Name) and part.id == name and isinstance(part.ctx, ast.Store) for part in ast.walk(target)
    )


def _leave_script(reader: "Reader", found: Needs, group: Sequence[ast.stmt], kept: list[str], scope: Scope) -> bool:
    lines = [ast.unparse(each) for each in group]
    if len(kept) == 1:
        lines.append(f"result = globals().get({kept[0]!r})")
    elif kept:
        lines.append("result = {" + ", ".join(f"{name!r}: globals().get({name!r})" for name in kept) + "}")
    homes = {name: _script_of(scope) if name in found.outside else scope for name in kept}
    variable = homes[kept[0]].variable(kept[0]) if len(kept) == 1 else ""
    node_id = _draw(reader, found, "\n".join(lines), ast.unparse(group[0]), variable)
    if node_id is None:
        return False
    for name in kept:
        own = homes[name].variable(name)
        if len(kept) > 1:
            reader.drawing.add("setVariable", {"name": own, "value": f"{{{{{node_id}.{name}}}}}"}, f"{name} =")
        reader.drawing.variables.setdefault(own, None)
        homes[name].owner(name).names[name] = Ref(own)
    for each in group:
        for part in ast.walk(each):
            if isinstance(part, ast.stmt):
                reader.report.met(scope.file, part.lineno)
    return True


def _script_of(scope: Scope) -> Scope:
    """Return the names of the script that a function stands in."""
    while scope.parent is not None:
        scope = scope.parent
    return scope


def _draw(reader: "Reader", found: Needs, code: str, label: str, variable: str = "") -> str | None:
    given = [f"{name} = input[{name!r}]" for name in sorted(found.inputs)]
    definitions = [ast.unparse(each) for each in found.functions.values()]
    whole = "\n".join([*sorted(set(found.imports.values())), *given, *definitions, code])
    config: dict[str, Any] = {"code": whole, "timeout": 0}
    if found.inputs:
        config["input"] = dict(sorted(found.inputs.items()))
    if variable:
        config["variable"] = variable
    try:
        return reader.drawing.add("script", config, label.split("\n")[0][:80])
    except Untaken:
        return None


def _no() -> Untaken:
    return Untaken("computing", say("This does more than compute."))
