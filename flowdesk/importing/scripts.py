"""Reads a script statement by statement and draws it: control flow, functions, names. What the calls mean, a dialect says."""

import ast
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from flowdesk.importing import computing, conditions, functions, loops
from flowdesk.importing.calling import Drawn
from flowdesk.importing.drawing import Drawing, Out
from flowdesk.importing.expressions import evaluate, expression, setting, untaken
from flowdesk.importing.names import changing_names
from flowdesk.importing.report import Left, Report, Untaken
from flowdesk.importing.source import Source, read_source
from flowdesk.importing.state import State
from flowdesk.importing.values import Area, Class, Function, Known, Module, Picture, Place, Ref, Scope, Several, Thing
from flowdesk.model.sentence import say

_SILENT = (ast.Pass, ast.Import, ast.ImportFrom, ast.Global, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
"""Statements that do nothing by themselves."""


class Dialect(Protocol):
    """What the calls of one tool mean."""

    is_old: bool
    """Whether the tool runs Python 2."""

    def begin(self, scope: Scope) -> None:
        """Put the tool's own names into a scope."""

    def module(self, name: str) -> Module | None:
        """Return a library of the tool, or one that it knows."""

    def call(self, reader: "Reader", node: ast.Call, scope: Scope) -> Any:
        """Draw a call and return its value, or ``NotImplemented`` for what the tool does not know."""

    def condition(self, reader: "Reader", node: ast.expr, scope: Scope) -> dict[str, Any] | None:
        """Return the settings of a ``condition`` for a question about the screen, ``None`` for any other."""

    def hold(self, reader: "Reader", node: ast.expr, scope: Scope) -> Callable[[], None] | None:
        """Draw what ``with node:`` presses, and return what draws its release; ``None`` for any other."""

    def assign(self, reader: "Reader", target: ast.expr, value: ast.expr, scope: Scope) -> bool:
        """Take an assignment to a setting of the tool. Returns whether it is one."""


@dataclass
class Frame:
    """A call of a function that is being drawn."""

    function: Any
    result: str
    exits: list[Out] = field(default_factory=list)
    value: Any = None
    returns: int = 0
    drawn: Drawn | None = None
    """Of a function of the flow, rather than one that is drawn where it is called."""


class Reader:
    """Reads one script into one drawing."""

    test = conditions.test
    _known = conditions._known
    _ask = conditions._ask
    question = conditions.question
    _compare = conditions._compare
    branch = conditions.branch
    attempt = conditions.attempt
    fail = conditions.fail
    while_loop = loops.while_loop
    body = loops.body
    for_loop = loops.for_loop
    _each = loops._each
    _range = loops._range
    _items = loops._items
    target_of = functions.target_of
    _method = functions._method
    is_drawn = functions.is_drawn
    hoist = functions.hoist
    call = functions.call
    _make = functions._make
    _inline = functions._inline
    inline_whole = functions.inline_whole
    statement_of = functions.statement_of
    _prefix = functions._prefix
    _pass = functions._pass
    give_back = functions.give_back

    def __init__(self, drawing: Drawing, dialect: Dialect, report: Report, files: dict[str, Path], name: str) -> None:
        """``files`` are the scripts that it may import, by module name."""
        self.drawing, self.dialect, self.report, self.files = drawing, dialect, report, files
        self.scope = Scope(file=name)
        self.source: Source = Source(ast.Module([], []), (), ())
        self.frames: list[Frame] = []
        self.modules: dict[str, Module] = {}
        self.called: set[int] = set()
        """Functions that were drawn, by the identity of their definitions."""
        self.sources: dict[str, Source] = {}
        self.has_crossings = False
        self.raised: list[Out] = []
        """Outputs that lead to the handler of the try that is being drawn."""
        self.attempts = 0
        """How many tries what is being drawn stands in, those around calls included."""
        self.live: frozenset[str] = frozenset()
        """What the variables of functions begin with whose values the statement that is being drawn may still read."""
        self.others: set[str] = set()
        """Scripts that it runs, by name: each is a flow of its own."""
        self.functions: dict[int, Drawn] = {}
        """The functions of the flow, by the identity of their definitions."""
        self.plain: dict[int, bool] = {}
        """Which functions may be such."""
        self.objects: Counter[str] = Counter()
        """How many objects of each class were made."""
        self.temporary = 0
        self._reads: dict[int, tuple[frozenset[int], Counter[str]]] = {}
        dialect.begin(self.scope)

    def read(self, source: Source) -> None:
        """Read a whole script."""
        self._enter(source, self.scope)
        self.block(source.tree.body, self.scope)
        if len(self.drawing.outs) > 1 and self.has_crossings:
            self.drawing.add("end", {}, "End")

    def _enter(self, source: Source, scope: Scope) -> None:
        self.sources[scope.file] = source
        if source.divides_whole or (self.dialect.is_old and not source.is_new):
            scope.names["$whole"] = Known(True)
        scope.changing = changing_names(source.tree.body)
        for number, text in source.faults:
            reason = say("It is no Python.")
            self.drawing.note(f"{text}\n— {reason}")
            self.report.leave(Left(scope.file, number, "syntax", text, str(reason)))
        for statement in source.tree.body:
            if isinstance(statement, ast.FunctionDef):
                scope.names[statement.name] = Function(statement, scope)
            elif isinstance(statement, ast.ClassDef):
                scope.names[statement.name] = Class(statement, scope)

    def import_module(self, name: str) -> Module:
        """Return a script that lies beside, read; or a library by its name."""
        known = self.dialect.module(name) or self.modules.get(name)
        if known is not None:
            return known
        short = name.rsplit(".", 1)[-1]
        path = self.files.get(name) or self.files.get(short) or module_around(Path(self.report.source), name)
        if path is None and name.split(".")[0] == "sys":
            return Module(name, Scope(names={"argv": Ref("argv")}))
        if path is None:
            return Module(name)
        scope = Scope(prefix="", file=path.name)
        self.modules[name] = module = Module(name, scope)
        self.dialect.begin(scope)
        source = read_source(path.read_bytes()[:2_000_000].decode("utf-8", "replace"))
        self._enter(source, scope)
        body = [each for each in source.tree.body if not _is_main(each)]
        self.block(body, scope)
        return module

    def reads(self, node: ast.AST) -> tuple[frozenset[int], "Counter[str]"]:
        """Return what ``computing.reads_of`` does, worked out once for each function and script."""
        if id(node) not in self._reads:
            self._reads[id(node)] = computing.reads_of(node)
        return self._reads[id(node)]

    # -- statements -----------------------------------------------------------------------------------------------------

    def block(self, body: Sequence[ast.stmt], scope: Scope) -> None:
        """Read statements one after the other."""
        place = 0
        while place < len(body):
            statement = body[place]
            if not self.drawing.is_reached and not isinstance(statement, _SILENT):
                self.count(statement, scope)
                place += 1
            else:
                place += self.statement(body[place:], scope)

    def count(self, statement: ast.stmt, scope: Scope) -> None:
        """Count a statement, those in it too, without drawing it: nothing leads to it."""
        for node in ast.walk(statement):
            if isinstance(node, ast.stmt) and not isinstance(node, _SILENT) and not _is_text(node):
                self.report.met(scope.file, node.lineno)

    def statement(self, body: Sequence[ast.stmt], scope: Scope) -> int:
        """Read the first statement of a block; what has no counterpart becomes a script where it only computes, else a note.

        Returns how many statements were read: more than one where a script holds them together.
        """
        statement = body[0]
        if isinstance(statement, _SILENT):
            self._declare(statement, scope)
            return 1
        if _is_text(statement):
            return 1
        self.report.met(scope.file, statement.lineno)
        before, left, fault, live = State(self, scope), len(self.report.left), None, self.live
        try:
            if self.drawing.is_full:
                raise Untaken("too large", say("The flow would be too large to be read by people."))
            self._take(statement, scope)
        except Untaken as error:
            fault = error
        except RecursionError:
            fault = Untaken("too deep", say("It is nested too deep."))
        finally:
            self.live = live
        if (fault is not None or len(self.report.left) > left) and not self.drawing.is_full:
            redo = before.undo()
            taken = computing.take(self, body, scope)
            if taken:
                return taken
            redo()
        if fault is not None:
            self.leave(statement, scope, fault)
        return 1

    def leave(self, statement: ast.stmt, scope: Scope, error: Untaken) -> None:
        """Write what was not taken as a note, and into the report."""
        source = self.sources.get(scope.file)
        original = source.segment(statement) if source is not None else ast.unparse(statement)
        self.drawing.note(f"{original}\n— {error.reason}")
        self.report.leave(Left(scope.file, statement.lineno, error.kind, original, str(error.reason)))
        for node in ast.walk(statement):  # what hangs on it is lost with it
            if isinstance(node, ast.Assign) and node is statement:
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        scope.owner(target.id).names.setdefault(target.id, Ref(scope.variable(target.id)))
                        self.drawing.variables.setdefault(scope.variable(target.id), None)

    def _declare(self, statement: ast.stmt, scope: Scope) -> None:
        match statement:
            case ast.Import():
                for alias in statement.names:
                    module = self.import_module(alias.name)
                    scope.names[alias.asname or alias.name.split(".")[0]] = module
            case ast.ImportFrom():
                module = self.import_module(statement.module or "")
                for alias in statement.names:
                    if alias.name == "*":
                        scope.names.update(
                            {
                                k: v
                                for k, v in (module.scope.names if module.scope else {}).items()
                                if k not in scope.names or not isinstance(v, Module)
                            }
                        )
                    else:
                        found = module.scope.names.get(alias.name) if module.scope is not None else None
                        scope.names[alias.asname or alias.name] = found or Module(f"{module.name}.{alias.name}")
            case ast.FunctionDef():
                scope.names[statement.name] = Function(statement, scope)
            case ast.ClassDef():
                scope.names[statement.name] = Class(statement, scope)
            case _:
                pass

    def _take(self, statement: ast.stmt, scope: Scope) -> None:
        takers: dict[type[ast.stmt], Callable[[Any, Scope], None]] = {
            ast.Assign: self._assigned, ast.AnnAssign: self._assigned, ast.AugAssign: self._augmented, ast.If: self.branch,
            ast.While: self.while_loop, ast.For: self.for_loop, ast.Try: self.attempt, ast.With: self._with, ast.Break: self._leave_loop,
            ast.Match: self._match, ast.Continue: self._leave_loop, ast.Return: self.give_back, ast.Raise: self.fail, ast.Assert: self._assert,
        }  # fmt: skip
        if isinstance(statement, ast.Expr):
            self._expression(statement.value, scope)
        elif isinstance(statement, ast.Delete) and all(isinstance(each, ast.Name) for each in statement.targets):
            return  # a name that is forgotten does nothing
        elif type(statement) in takers:
            takers[type(statement)](statement, scope)
        else:
            kind = type(statement).__name__
            reason = say("This kind of statement has no counterpart here: {kind}.", kind=kind)
            raise Untaken(f"statement: {kind}", reason)

    def _match(self, statement: ast.Match, scope: Scope) -> None:
        """Read a match of plain values as the ifs that it is."""
        chain: list[ast.stmt] = []
        for case in reversed(statement.cases):
            values = case.pattern.patterns if isinstance(case.pattern, ast.MatchOr) else [case.pattern]
            tests: list[ast.expr] = [] if case.guard is None else [case.guard]
            if all(isinstance(one, ast.MatchValue) for one in values):
                pairs = [ast.Compare(statement.subject, [ast.Eq()], [one.value]) for one in values if isinstance(one, ast.MatchValue)]  # fmt: skip
                tests.insert(0, pairs[0] if len(pairs) == 1 else ast.BoolOp(ast.Or(), [*pairs]))
            elif not (
                isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None and case.pattern.name is None
            ):
                raise Untaken("statement: Match", say("Only a match of plain values has a counterpart here."))
            if not tests:
                chain = list(case.body)
                continue
            test = tests[0] if len(tests) == 1 else ast.BoolOp(ast.And(), tests)
            branch = ast.copy_location(ast.If(test, list(case.body), chain), case.body[0])
            chain = [ast.fix_missing_locations(branch)]
        self.block(chain, scope)

    def _assigned(self, statement: ast.Assign | ast.AnnAssign, scope: Scope) -> None:
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        for target in targets:
            if statement.value is not None:
                self._assign(target, statement.value, scope)

    def _augmented(self, statement: ast.AugAssign, scope: Scope) -> None:
        if isinstance(statement.target, ast.Subscript):
            raise untaken(statement.target)
        left = ast.copy_location(ast.parse(ast.unparse(statement.target), mode="eval").body, statement)
        value = ast.copy_location(ast.BinOp(left, statement.op, statement.value), statement)
        self._assign(statement.target, value, scope)

    def _leave_loop(self, statement: ast.stmt, scope: Scope) -> None:
        word = "break" if isinstance(statement, ast.Break) else "continue"
        self.drawing.add(word, {}, word.title())

    def _expression(self, node: ast.expr, scope: Scope) -> None:
        if isinstance(node, ast.Call):
            node.is_alone = True  # type: ignore[attr-defined]
            self.call(node, scope)
        elif isinstance(node, ast.BoolOp | ast.IfExp | ast.Compare):
            true, false = self.test(node, scope)
            self.drawing.outs = [*true, *false]
        else:
            evaluate(self.hoist(node, scope), scope)

    def _assert(self, statement: ast.Assert, scope: Scope) -> None:
        config = self.question(statement.test, scope)
        if config is None:
            raise untaken(statement.test)
        message = evaluate(statement.msg, scope) if statement.msg is not None else Known("")
        self.drawing.add("assert", {**config, "message": setting(message)}, ast.unparse(statement.test))

    def _with(self, statement: ast.With, scope: Scope) -> None:
        for item in statement.items:
            release = self.dialect.hold(self, item.context_expr, scope) if len(statement.items) == 1 else None
            if release is not None:
                self.block(statement.body, scope)
                if self.drawing.is_reached:
                    release()
                continue
            value = evaluate(self.hoist(item.context_expr, scope), scope)
            if not isinstance(value, Area):
                raise untaken(item.context_expr)
            inside = Scope(scope.prefix, scope, {"$area": value}, scope.changing, scope.file, scope.globals)
            if isinstance(item.optional_vars, ast.Name):
                inside.names[item.optional_vars.id] = value
            self.block(statement.body, inside)
            scope.names.update({name: value for name, value in inside.names.items() if name != "$area"})

    # -- names ----------------------------------------------------------------------------------------------------------

    def _assign(self, target: ast.expr, value: ast.expr, scope: Scope) -> None:
        if self.dialect.assign(self, target, value, scope):
            return
        if isinstance(target, ast.Tuple | ast.List):
            self._unpack(target, value, scope)
            return
        found = evaluate(self.hoist(value, scope), scope)
        self.bind(target, found, scope)

    def _unpack(self, target: ast.Tuple | ast.List, value: ast.expr, scope: Scope) -> None:
        found = evaluate(self.hoist(value, scope), scope)
        if isinstance(found, Several):
            found = functions.apart(self, target, found, scope)
        for place, part in enumerate(target.elts):
            if isinstance(found, Several):
                one = found.items[place]
            elif isinstance(found, Known) and isinstance(found.value, list) and len(found.value) == len(target.elts):
                one = Known(found.value[place])
            elif isinstance(found, Ref) and found.kind in {"point", "match"} and len(target.elts) == 2:
                path = f"{found.expression}.matches[0]" if found.kind == "match" else found.expression
                one = Ref(f"{path}.{'xy'[place]}")
            elif isinstance(found, Ref) and found.kind == "match" and len(target.elts) == 4:
                one = Ref(f"{found.expression}.matches[0].box[{place}]")
            elif isinstance(found, Place) and len(target.elts) == 2:
                one = _plain((found.x, found.y)[place])
            elif isinstance(found, Ref):
                one = Ref(f"{found.expression}[{place}]")
            else:
                raise untaken(target)
            self.bind(part, one, scope)

    def bind(self, target: ast.expr, value: Any, scope: Scope) -> None:
        """Let a name stand for a value; one that changes while the script runs becomes a variable of the flow.

        Raises:
            Untaken: If the value can be in no variable.
        """
        if isinstance(target, ast.Attribute):
            owner = evaluate(target.value, scope)
            inside = owner.attributes if isinstance(owner, Thing) else getattr(owner, "scope", None)
            if not isinstance(inside, Scope):
                raise untaken(target)
            self._name(
                target.attr, value, inside, is_changing=not isinstance(value, Picture | Area | Place | Thing | Several)
            )
        elif isinstance(target, ast.Name):
            self._name(target.id, value, scope, is_changing=target.id in scope.owner(target.id).changing)
        elif isinstance(target, ast.Subscript):
            path = expression(evaluate(target, scope), target)
            self.drawing.add("setVariable", {"name": path, "value": setting(value)}, ast.unparse(target))
        else:
            raise untaken(target)

    def _name(self, name: str, value: Any, scope: Scope, *, is_changing: bool) -> None:
        owner, variable = scope.owner(name), scope.variable(name)
        if (
            not is_changing
            and isinstance(value, Known)
            and not owner.prefix
            and isinstance(value.value, str | int | float | bool | None)
        ):
            self.drawing.variables.setdefault(variable, value.value)
        is_fixed = isinstance(value, Area | Class | Function | Module | Thing) or type(value).__name__ == "Program"
        is_once = isinstance(value, Known | Picture | Place | Several) or (
            isinstance(value, Ref) and value.kind == "match"
        )
        if is_fixed or (is_once and not is_changing):
            owner.names[name] = value
            return
        kind, stored = stored_as(value)
        self.drawing.add("setVariable", {"name": variable, "value": stored}, f"{name} =")
        self.drawing.variables.setdefault(variable, None)
        owner.names[name] = Ref(variable, kind, isinstance(value, Ref) and value.is_center)


MOST_AROUND = 300
"""Folders in which a script that another imports is looked for, at each level."""


def module_around(script: Path, name: str) -> Path | None:
    """Look for a script that another imports in the folders around it, up to four above or to that of a repository."""
    parts = name.split(".")
    if not script.is_absolute() or not all(part.isidentifier() for part in parts):
        return None
    for folder in list(script.parents)[:5]:
        around = [folder, *islice((each for each in folder.iterdir() if each.is_dir()), MOST_AROUND)]
        for place in around:
            for found in (
                place.joinpath(*parts).with_suffix(".py"),
                place.joinpath(*parts, "__init__.py"),
                place / f"{parts[-1]}.sikuli" / f"{parts[-1]}.py",
            ):
                if found.is_file() and found != script:
                    return found
        if (folder / ".git").exists() or folder == Path.home():
            return None
    return None


def stored_as(value: Any) -> tuple[str, Any]:
    """Return how a variable of a flow keeps a value: its kind, and the value of the setting.

    Raises:
        Untaken: If none can.
    """
    match value:
        case Picture(similarity=None, offset=None):
            return "picture", value.name
        case Picture():
            raise Untaken(
                "changing picture", say("A variable cannot hold a picture together with its similarity and offset.")
            )
        case Place():
            return "point", {"x": value.x, "y": value.y}
        case Ref():
            return ("match" if value.kind == "match" else value.kind), "{{ " + value.expression + " }}"
        case Several():
            return "list", "{{ " + expression(value) + " }}"
        case Known():
            kind = "picture" if is_picture_name(value.value) else "value"
            return kind, setting(value)
    raise Untaken("value", say("A value of this kind can be in no variable."))


def is_picture_name(value: Any) -> bool:
    """Whether a text is the name of a picture's file."""
    return isinstance(value, str) and value.lower().endswith((".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff"))


def _plain(value: Any) -> Any:
    return Ref(value.removeprefix("{{").removesuffix("}}").strip()) if isinstance(value, str) else Known(value)


def _is_text(node: ast.stmt) -> bool:
    """Whether a statement is a text alone: a docstring, or a comment in quotes."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_main(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)
