"""Reads expressions by Jinja's lexer and parser. The only module that knows Jinja.

They read the language that people know from it; what they read becomes the tree of ``model.syntax``. Nothing is
compiled to Python and nothing of Jinja's runtime is used, so a flow of a stranger can reach nothing but values
(``docs/decisions/0027-jinja-expressions.md``). Pure.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from jinja2 import TemplateSyntaxError, nodes
from jinja2.lexer import TokenStream
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from flowdesk.model.elsewhere import written_here
from flowdesk.model.expressions import (
    DEEPEST,
    LONGEST_EXPRESSION,
    MOST_BRACKETS,
    SHORTER,
    TESTS,
    nearest,
    unreadable,
)
from flowdesk.model.sentence import Sentence, say
from flowdesk.model.syntax import (
    Binary,
    Call,
    Choice,
    Comparison,
    Expression,
    Joined,
    ListOf,
    Literal,
    Name,
    ObjectOf,
    Part,
    Slice,
    Test,
    Unary,
)

_ENVIRONMENT = ImmutableSandboxedEnvironment(optimized=False, cache_size=0)
_UNFINISHED = frozenset(
    {"+", "-", "*", "/", "//", "%", "~", "|", ".", ",", "(", "[", "{", "and", "or", "not", "if", "is", "in"}
)
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_OPEN, _CLOSE = frozenset(_PAIRS), frozenset(_PAIRS.values())


@lru_cache(maxsize=2048)
def parse(source: str) -> Expression:
    """Read an expression.

    Raises:
        ExpressionUnreadable: If it is not one. Says where, and what to write instead where that is known.
    """
    if len(source) > LONGEST_EXPRESSION:
        reason = say("it is longer than {most} characters", most=LONGEST_EXPRESSION)
        raise unreadable(source, LONGEST_EXPRESSION, reason, SHORTER)
    parser = Parser(_ENVIRONMENT, "", state="variable")
    try:
        parser.stream = TokenStream(_ENVIRONMENT.lexer.wrap(_placed(source)), None, None)
        read = parser.parse_expression()
        if not parser.stream.eos:
            raise TemplateSyntaxError("", parser.stream.current.lineno)
        return _Reader(source).read(read, 0)
    except TemplateSyntaxError as error:
        bracket = _unclosed(source) if parser.stream.eos and error.message != "brackets" else None
        if bracket is not None:
            sign = source[bracket]
            reason = say("the bracket {sign} is not closed", sign=sign)
            raise unreadable(source, bracket, reason, say("Add {sign}.", sign=_PAIRS[sign])) from error
        fix = SHORTER if error.message == "brackets" else None
        raise unreadable(source, error.lineno - 1, _reason(source, error), fix) from error
    except (RecursionError, OverflowError, ValueError) as error:
        reason = say("it is nested too deep or contains a number that is too long")
        raise unreadable(source, 0, reason, SHORTER) from error


def _placed(source: str) -> Iterator[tuple[int, str, str]]:
    """Yield Jinja's tokens with their place in the source, from 1, where Jinja would tell the line."""
    at, depth = 1, 0
    try:
        for _, token, text in _ENVIRONMENT.lexer.tokeniter(source, None, None, "variable"):
            if token == "operator":
                depth += (text in _OPEN) - (text in _CLOSE)
            if depth > MOST_BRACKETS:
                raise TemplateSyntaxError("brackets", at)
            if token != "variable_begin":
                if token == "float" and not text.isascii():  # digits of other scripts, which are taken for none else
                    raise TemplateSyntaxError("", at)
                yield at, token, text
                at += len(text)
    except TemplateSyntaxError as error:  # what the lexer cannot read has no place but the line
        raise TemplateSyntaxError(error.message or "", at) from error


def _unclosed(source: str) -> int | None:
    """Return where the innermost bracket begins that is not closed, ``None`` where there is none."""
    opened: list[int] = []
    try:
        for at, token, text in _placed(source):
            if token == "operator" and text in _OPEN:
                opened.append(at - 1)
            elif token == "operator" and text in _CLOSE and opened:
                opened.pop()
    except TemplateSyntaxError:
        return None
    return opened[-1] if opened else None


def _reason(source: str, error: TemplateSyntaxError) -> Sentence:
    place = error.lineno - 1
    rest = source[place:].strip()
    if error.message == "brackets":
        return say("it is nested too deep")
    if not source.strip():
        return say("it is empty")
    if not rest or rest in _UNFINISHED:
        return say("the end is missing")
    return say('it is not valid from "{part}"', part=rest[:30])


_SIGNS: dict[type[nodes.BinExpr], str] = {
    nodes.Add: "+", nodes.Sub: "-", nodes.Mul: "*", nodes.Div: "/", nodes.FloorDiv: "//", nodes.Mod: "%",
    nodes.And: "and", nodes.Or: "or",
}  # fmt: skip
_UNARY: dict[type[nodes.UnaryExpr], str] = {nodes.Not: "not", nodes.Neg: "-", nodes.Pos: "+"}
_ORDERS = {"eq": "==", "ne": "!=", "gt": ">", "gteq": ">=", "lt": "<", "lteq": "<=", "in": "in", "notin": "not in"}


class _Reader:
    """Turns Jinja's tree into ours, and refuses what is not ours."""

    def __init__(self, source: str) -> None:
        self._source = source

    def read(self, node: nodes.Node | None, depth: int) -> Expression:
        """Turn one node into an expression."""
        if depth > DEEPEST:
            raise unreadable(self._source, 0, say("it is nested too deep"), SHORTER)
        assert node is not None
        at = node.lineno - 1
        match node:
            case nodes.Const():
                return Literal(at, node.value)
            case nodes.TemplateData():
                return Literal(at, node.data)
            case nodes.Name():
                return Name(at, node.name)
            case nodes.Getattr():
                return Part(at + 1, self.read(node.node, depth + 1), Literal(at + 1, node.attr))
            case nodes.Getitem():
                return self._part(node, at, depth)
            case nodes.List() | nodes.Tuple():
                return ListOf(at, self._all(node.items, depth))
            case nodes.Dict():
                pairs = ((self.read(pair.key, depth + 1), self.read(pair.value, depth + 1)) for pair in node.items)
                return ObjectOf(at, tuple(pairs))
            case nodes.Concat():
                return Joined(at, self._all(node.nodes, depth))
            case nodes.CondExpr():
                otherwise = None if node.expr2 is None else self.read(node.expr2, depth + 1)
                return Choice(at, self.read(node.test, depth + 1), self.read(node.expr1, depth + 1), otherwise)
            case _:
                return self._operation(node, at, depth)

    def _operation(self, node: nodes.Node, at: int, depth: int) -> Expression:
        match node:
            case nodes.Compare():
                others = tuple((_ORDERS[other.op], self.read(other.expr, depth + 1)) for other in node.ops)
                return Comparison(at, self.read(node.expr, depth + 1), others)
            case nodes.Filter() | nodes.Call():
                return self._call(node, at, depth)
            case nodes.Test():
                return self._test(node, at, depth)
            case nodes.BinExpr() if type(node) in _SIGNS:
                left, right = self.read(node.left, depth + 1), self.read(node.right, depth + 1)
                return Binary(at, _SIGNS[type(node)], left, right)
            case nodes.UnaryExpr():
                return Unary(at, _UNARY[type(node)], self.read(node.node, depth + 1))
            case nodes.Pow():
                fix = say("Multiply instead: n * n.")
                raise unreadable(self._source, at, say("powers are not supported"), fix)
        raise unreadable(self._source, at, say('it is not valid from "{part}"', part=self._source[at : at + 30]))

    def _all(self, items: Iterable[nodes.Node], depth: int) -> tuple[Expression, ...]:
        return tuple(self.read(item, depth + 1) for item in items)

    def _part(self, node: nodes.Getitem, at: int, depth: int) -> Expression:
        of = self.read(node.node, depth + 1)
        if not isinstance(node.arg, nodes.Slice):
            return Part(at, of, self.read(node.arg, depth + 1))
        start, stop, step = (
            None if bound is None else self.read(bound, depth + 1)
            for bound in (node.arg.start, node.arg.stop, node.arg.step)
        )
        return Slice(at, of, (start, stop, step))

    def _call(self, node: nodes.Filter | nodes.Call, at: int, depth: int) -> Expression:
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            raise unreadable(self._source, at, say("* and ** are not allowed before an argument"))
        arguments = self._all(node.args, depth)
        named = tuple((str(pair.key), self.read(pair.value, depth + 1)) for pair in node.kwargs)
        if isinstance(node, nodes.Filter):
            return Call(at, node.name, (self.read(node.node, depth + 1), *arguments), named, is_filter=True)
        if isinstance(node.node, nodes.Name):
            return Call(node.node.lineno - 1, node.node.name, arguments, named)
        fix = None
        if isinstance(node.node, nodes.Getattr):
            fix = written_here(node.node.attr, ()) or say("Write functions as filters, such as value|upper.")
        raise unreadable(self._source, at, say("only functions can be called"), fix)

    def _test(self, node: nodes.Test, at: int, depth: int) -> Expression:
        of, arguments = self.read(node.node, depth + 1), self._all(node.args or (), depth)
        if node.name in _ORDERS and len(arguments) == 1 and node.name != "in":
            return Comparison(at, of, ((_ORDERS[node.name], arguments[0]),))
        if node.name not in TESTS or TESTS[node.name] != len(arguments) or node.kwargs:
            what = say('unknown test "{name}"', name=node.name)
            fix = nearest(node.name, TESTS) or say("Available tests: {names}.", names=", ".join(TESTS))
            raise unreadable(self._source, at, what, fix)
        if node.name == "in":
            return Comparison(at, of, (("in", arguments[0]),))
        return Test(at, of, node.name, arguments)
