r"""Texts with ``{{references}}`` in them, cut into what is written and what is filled in. Pure.

Between the braces stands a **path** as it always was (``name``, ``node_id.field``, ``rows[0].Status``), an **expression**
(``model.expressions``), or ``secret:name``. A path may hold what no expression could (``item.Unit price``): a name that
exists exactly as written wins, and only the run knows which names do.

``\{{`` stands for the braces themselves, unless the backslash goes on from a name: then it is the one of a path
(``C:\Reports\{{name}}.pdf``, ``\\{{server}}\share``) and what follows is filled in (decision 45).
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from flowdesk.model.errors import ValueUnusable
from flowdesk.model.expressions import (
    KEYWORDS,
    LONGEST_EXPRESSION,
    SHORTER,
    ExpressionUnreadable,
)
from flowdesk.model.function import Function
from flowdesk.model.sentence import Sentence, say

if TYPE_CHECKING:
    from flowdesk.model.syntax import Expression

MARK = "{{"
SECRET_PREFIX = "secret:"
LONGEST_CACHED = 10_000
"""Characters of a text whose pieces are remembered."""

_STRICT = re.compile(r"[^\W\d]\w*(?:\.\w+|\[-?\d+\])*")
"""What can be nothing but a path."""
_LOOSE = re.compile(r"[^\W\d][\w-]*(?:\[-?\d+\])*\.[^{}\"'|()~=<>!*+,:;]*[^{}\"'|()~=<>!*+,:;.\s]")
"""``item.Unit price``: a name, a dot, and words with spaces, as the column of a table."""
_PATH = re.compile(r"[\w.)\]}%$~\\-]|(?<!\w)[A-Za-z]:")
"""What may stand before the backslash of a path: the end of a name, a drive, another backslash."""
_INDEX = re.compile(r"\[(-?\d+)\]")
LONGEST_BODY = LONGEST_EXPRESSION + 100
"""Characters within which a reference must be closed."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One ``{{…}}`` of a text."""

    start: int
    """Where its braces begin in the text."""
    end: int
    """Where its braces have ended."""
    at: int
    """Where its body begins."""
    body: str
    """What stands between the braces, without the white space around it."""
    kind: Literal["path", "expression", "secret"]
    expression: "Expression | None" = None
    """How it reads as an expression; ``None`` where it can be only a path."""
    head: str = ""
    """The first name of the path."""
    parts: tuple[str, ...] = ()
    """What follows it."""

    @property
    def is_strict(self) -> bool:
        """Whether it can be nothing but a path."""
        return self.kind == "path" and self.expression is None


@dataclass(frozen=True, slots=True)
class Fault:
    """A ``{{`` that is not closed, or whose body cannot be read."""

    at: int
    error: ValueUnusable
    body: str = ""
    """What stands between the braces: it may be the name of a variable, exactly as written."""


Piece = str | Reference | Fault


def pieces(text: str) -> tuple[Piece, ...]:
    """Cut a text into what is written and what is filled in, in order. Nothing is left out; an escape is unescaped."""
    return _remembered(text) if len(text) <= LONGEST_CACHED else tuple(_pieces(text))


@lru_cache(maxsize=2048)
def _remembered(text: str) -> tuple[Piece, ...]:
    return tuple(_pieces(text))


def problems_in(
    value: Any, functions: Mapping[str, Function] = MappingProxyType({}), names: Collection[str] = ()
) -> Iterator[ValueUnusable]:
    """Yield what is wrong with the references of a config value, however deep.

    Args:
        value: A value as the flow holds it.
        functions: The functions and filters that exist; empty: they are not looked at.
        names: Names of variables that no expression could be, such as ``Unit price``.
    """
    for text in texts_in(value):
        for piece in pieces(text):
            if isinstance(piece, Fault) and piece.body not in names:
                yield piece.error
            elif isinstance(piece, Reference) and piece.expression is not None and functions:
                from flowdesk.model.syntax import check_calls

                try:
                    check_calls(piece.body, piece.expression, functions)
                except ExpressionUnreadable as error:
                    yield error


def backslash_problems(value: Any, *, is_pattern: bool) -> Iterator[tuple[Sentence, Sentence]]:
    """Yield what may not be meant about backslashes before braces in a config value, however deep, and what to do.

    Args:
        value: A value as the flow holds it.
        is_pattern: Whether it is a regular expression.
    """
    for text in texts_in(value):
        for reference in escaped_references(text):
            yield (
                say("\"{reference}\" is not replaced, because of the backslash before it.", reference=reference[:80]),
                say("Remove the backslash, or write {braces} for literal braces.", braces='{{ "{{" }}'),
            )  # fmt: skip
        for reference in backslashed(text) if is_pattern else ():
            yield (
                say("The backslash before \"{reference}\" changes the meaning of the value in a regular expression.", reference=reference[:80]),
                say("Write two backslashes for one, or remove it."),
            )  # fmt: skip


def is_plain_name(name: str) -> bool:
    """Whether a name can be read in any expression."""
    return name.isidentifier() and name not in KEYWORDS


def secrets_in(value: Any) -> Iterator[str]:
    """Yield the name of each secret that a value asks for, however deep."""
    for text in texts_in(value):
        for piece in pieces(text):
            if isinstance(piece, Reference) and piece.kind == "secret":
                yield piece.body.removeprefix(SECRET_PREFIX).strip()


def texts_in(value: Any) -> Iterator[str]:
    """Yield each text of a value, however deep, that may hold a reference."""
    if isinstance(value, str):
        if MARK in value:
            yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from texts_in(key)
            yield from texts_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts_in(item)


def cut_path(name: str) -> tuple[str, tuple[str, ...]]:
    """Cut a path into its first name and its parts: ``rows[0].Status`` is ``rows`` and ``0``, ``Status``."""
    head, *parts = _INDEX.sub(r".\1", name).split(".")
    return head, tuple(parts)


def _pieces(text: str) -> Iterator[Piece]:
    begin = position = 0
    while (found := text.find(MARK, position)) >= 0:
        if _is_escaped(text, found):
            yield text[begin : found - 1] + MARK
            begin = position = found + 2
            continue
        piece, end = _reference(text, found)
        if found > begin:
            yield text[begin:found]
        yield piece
        begin = position = end
    if begin < len(text):
        yield text[begin:]


def _is_escaped(text: str, mark: int) -> bool:
    """Whether the braces at ``mark`` stand for themselves: a backslash is before them that is none of a path."""
    if mark == 0 or text[mark - 1] != "\\":
        return False
    return not (mark > 1 and (_PATH.match(text, mark - 2) or (mark > 2 and _PATH.fullmatch(text, mark - 3, mark - 1))))


def escaped_references(text: str) -> Iterator[str]:
    """Yield what would be filled in if the backslash before it did not make it stay as it is."""
    position = 0
    while (found := text.find(MARK, position)) >= 0:
        piece, end = _reference(text, found)
        if not _is_escaped(text, found):
            position = end
            continue
        if isinstance(piece, Reference):
            yield text[found:end]
        position = found + len(MARK)


def backslashed(text: str) -> Iterator[str]:
    """Yield the references before which stands a backslash that is no half of two: a pattern reads it with the value."""
    for piece in pieces(text):
        if isinstance(piece, Reference):
            before = text[: piece.start]
            if (len(before) - len(before.rstrip("\\"))) % 2:
                yield text[piece.start : piece.end]


def _reference(text: str, start: int) -> tuple[Reference | Fault, int]:
    """Read what begins with ``{{`` at ``start``, and where it ends.

    The first ``}}`` ends it unless a quote or a brace is still open there; where that leads nowhere, it does after all.
    """
    begin = start + 2
    first = text.find("}}", begin, begin + LONGEST_BODY)
    if first >= 0 and "{" not in (body := text[begin:first]) and "}" not in body:
        narrow = _read(text, start, first)
        if _scan(body, 0, is_whole=True) or isinstance(narrow[0], Reference):
            return narrow
    else:
        narrow = None
    last = _scan(text, begin)
    if last is None:
        return narrow or (_unclosed(text, start), len(text))
    wide = _read(text, start, last)
    return wide if narrow is None or isinstance(wide[0], Reference) else narrow


def _unclosed(text: str, start: int) -> Fault:
    shown = text[start : start + 40]
    if text.find("}}", start + LONGEST_BODY) >= 0:
        return Fault(
            start,
            ValueUnusable(
                say('The expression "{text}…" is longer than {most} characters.', text=shown, most=LONGEST_EXPRESSION),
                SHORTER,
                position=start,
            ),
        )
    return Fault(
        start,
        ValueUnusable(
            say('A reference has no closing braces: "{text}" (character {place}).', text=shown, place=start + 1),
            say("Add }}, or put \\ before {{ for literal braces."),
            position=start,
        ),
    )


def _parse(body: str) -> "Expression":
    from flowdesk.model.jinja import parse  # loaded with the first expression: most flows have paths only

    return parse(body)


def _read(text: str, start: int, close: int) -> tuple[Reference | Fault, int]:
    inner = text[start + 2 : close]
    body, at, end = inner.strip(), start + 2 + len(inner) - len(inner.lstrip()), close + 2
    if body.startswith(SECRET_PREFIX):
        return Reference(start, end, at, body, "secret"), end
    head, parts = cut_path(body)
    if _STRICT.fullmatch(body):
        return Reference(start, end, at, body, "path", None, head, parts), end
    try:
        expression = _parse(body)
    except ExpressionUnreadable as error:
        if len(body) <= LONGEST_EXPRESSION and _LOOSE.fullmatch(body):
            return Reference(start, end, at, body, "path", None, head, parts), end
        return Fault(at, error, body), end
    return Reference(start, end, at, body, "expression", expression, head, parts), end


def _scan(text: str, begin: int, *, is_whole: bool = False) -> int | None:
    """Return where the ``}}`` stands that closes what begins at ``begin``; braces and texts inside are passed over.

    With ``is_whole``, return the length of a text in which every quote is closed. ``None`` if there is no such thing.
    """
    depth, place, quote = 0, begin, ""
    limit = min(len(text), begin + LONGEST_BODY)
    while place < limit:
        character = text[place]
        if quote:
            if character == "\\":
                place += 1
            elif character == quote:
                quote = ""
        elif character in "\"'":
            quote = character
        elif character == "{":
            depth += 1
        elif character == "}":
            if depth == 0 and not is_whole and text.startswith("}}", place):
                return place
            depth = max(0, depth - 1)
        place += 1
    return len(text) if is_whole and not quote else None
