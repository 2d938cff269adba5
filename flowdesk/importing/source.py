"""Python of any age as a syntax tree: what Python 2 wrote otherwise is written anew, what is no Python at all is left out."""

import ast
import re
import warnings
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from parso.grammar import load_grammar

MOST_FAULTS = 200
UNREADABLE = "this_line_is_no_python"
"""A condition that nobody can know stands for the head of a block that is no Python: what is in it is kept, and asked about."""
LARGEST = 2_000_000
"""Characters of a script that is read."""

_PRINT_PAREN = re.compile(r"^(\s*)print[ \t]+\(")
_EXCEPT = re.compile(r"^(\s*except\s+)([\w.]+|\([^)]*\))\s*,\s*(\w+)\s*:")
_RAISE = re.compile(r"^(\s*)raise\s+([\w.]+)\s*,\s*(.+)$")
_EXEC = re.compile(r"^(\s*)exec\s+(?!\()(.+)$")
_OLD = re.compile(r"^[ \t]*(?:print[ \t]+[^\s(=.,)]|except[^:\n(]*,[ \t]*\w+[ \t]*:|exec[ \t]+[^\s(=])", re.MULTILINE)
"""Statements that only Python 2 has."""
_ESCAPE = re.compile(r"(?<!\\)\\(?=[UN]|u(?![0-9a-fA-F]{4})|x(?![0-9a-fA-F]{2}))")
"""A backslash in a path, such as C:\\Users, that Python 3 reads as the beginning of a letter's number."""
_TEXTS = re.compile(r"""("[^"]*"|'[^']*')""")
_OCTAL = re.compile(r"(?<![\w.\"'])0([0-7]+)\b(?!\.)")


@dataclass(frozen=True)
class Source:
    """A script that was read."""

    tree: ast.Module
    lines: tuple[str, ...]
    faults: tuple[tuple[int, str], ...]
    """Lines that are no Python, from 1 on, with what they hold."""

    is_old: bool = False
    """Whether it is Python 2, by the words that only that has."""

    @cached_property
    def calls(self) -> Counter[str]:
        """How often a function of each name is called, whatever stands before the dot."""
        found: Counter[str] = Counter()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                found[node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)] += 1
        return found

    @cached_property
    def is_new(self) -> bool:
        """Whether it says itself that `/` divides whole numbers as Python 3 does."""
        return any(
            isinstance(node, ast.ImportFrom)
            and node.module == "__future__"
            and any(alias.name == "division" for alias in node.names)
            for node in self.tree.body
        )

    @property
    def divides_whole(self) -> bool:
        """Whether `/` of whole numbers leaves out the rest, as in Python 2."""
        return self.is_old and not self.is_new

    def segment(self, node: ast.AST) -> str:
        """Return the text of a statement; of one with a body, its head."""
        first = int(getattr(node, "lineno", 1))
        last = int(getattr(node, "end_lineno", first))
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and not isinstance(node, ast.Module):
            last = max(first, int(body[0].lineno) - 1)
        return "\n".join(self.lines[first - 1 : last]).strip()


def read_source(text: str) -> Source:
    """Read a script. Never raises: lines that are no Python are left out and named."""
    text = text[:LARGEST].replace("\r\n", "\n").replace("\r", "\n").replace("\f", "").lstrip("\ufeff").replace("\0", "")
    original = tuple(text.split("\n"))
    tree = _parsed(text)
    if tree is not None:
        return Source(tree, original, ())
    lines = [_nested_quotes(_modern(line.expandtabs(8))) for line in original]
    is_old = bool(_OLD.search(text))
    faults: dict[int, str] = {}
    for _ in range(MOST_FAULTS):
        tree = _parsed("\n".join(lines))
        if tree is not None:
            return Source(tree, original, tuple(sorted(faults.items())), is_old)
        for number in _faulty(lines, faults):
            faults[number] = original[number - 1].strip()
            indent = len(lines[number - 1]) - len(lines[number - 1].lstrip())
            opens = lines[number - 1].rstrip().endswith(":") and not faults[number].startswith(("class ", "def "))
            lines[number - 1] = " " * indent + (f"if {UNREADABLE}:" if opens else "pass")
    nothing = tuple((number, line.strip()) for number, line in enumerate(original, 1) if line.strip())
    return Source(ast.Module([], []), original, nothing)


def _parsed(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _faulty(lines: list[str], known: dict[int, str]) -> list[int]:
    """Return lines that keep a text from being Python: those of parso's first error, else that of Python's own."""
    text = "\n".join(lines)
    grammar = load_grammar()
    try:
        found = sorted({error.start_pos[0] for error in grammar.iter_errors(grammar.parse(text))})
    except RecursionError:
        found = []
    fresh = [number for number in found if number not in known and number <= len(lines) and lines[number - 1].strip()]
    if fresh:
        return fresh[:1]
    try:
        ast.parse(text)
    except SyntaxError as error:
        number = min(max(1, error.lineno or 1), len(lines))
        while number in known and number < len(lines):
            number += 1
        return [number]
    except (ValueError, RecursionError, MemoryError):
        pass
    # No parser says where it is too deep: the longest line is the likeliest.
    return sorted(
        (number for number in range(1, len(lines) + 1) if number not in known), key=lambda n: -len(lines[n - 1])
    )[:1]


def _modern(line: str) -> str:
    """Write a line of Python 2 as Python 3 writes it."""
    if match := _EXCEPT.match(line):
        line = f"{match[1]}{match[2]} as {match[3]}:{line[match.end() :]}"
    if match := _RAISE.match(line):
        line = f"{match[1]}raise {match[2]}({match[3]})"
    if match := _EXEC.match(line):
        line = f"{match[1]}exec({match[2]})"
    stripped = line.lstrip()
    if re.match(r"print\b", stripped) and (_PRINT_PAREN.match(line) or not re.match(r"print\s*\(", stripped)):
        line = _printed(line)
    else:
        inline = re.match(r"^(\s*(?:if|elif|else|for|while|try|finally|except)\b.*?:\s*)(print\b\s*(?!\().*)$", line)
        if inline:
            line = inline[1] + _printed(inline[2])
    line = _ESCAPE.sub(r"\\\\", line)
    if "<>" in line:
        line = "".join(part if place % 2 else part.replace("<>", "!=") for place, part in enumerate(_TEXTS.split(line)))
    line = re.sub(r"\b[uU][rR](?=[\"'])", "r", line)
    return _OCTAL.sub(r"0o\1", line) if re.search(r"(?<![\w.])0[0-7]+\b", line) else line


_FORMATTED = re.compile(r"\b([rR]?[fF][rR]?)([\"'])(?!\2\2)")


def _nested_quotes(line: str) -> str:
    """Write quotes inside the braces of a formatted text, which Python takes from 3.12 on, as others than those around it."""
    found = _FORMATTED.search(line)
    place = 0
    while found is not None:
        quote, other, depth = found[2], "'" if found[2] == '"' else '"', 0
        letters = list(line)
        place = found.end()
        while place < len(letters) and not (letters[place] == quote and depth == 0):
            if letters[place] == "\\":
                place += 1
            elif letters[place] == "{":
                depth += 1
            elif letters[place] == "}":
                depth = max(0, depth - 1)
            elif letters[place] == quote:
                letters[place] = other
            place += 1
        line = "".join(letters)
        found = _FORMATTED.search(line, place + 1)
    return line


def _printed(line: str) -> str:
    indent, rest = re.match(r"^(\s*)print\b[ \t]*(.*)$", line).groups()  # type: ignore[union-attr]
    code, comment = _without_comment(rest)
    code = code.rstrip()
    if code.startswith(">>"):
        return f"{indent}print(){comment}"
    return f"{indent}print({code.rstrip(',').rstrip()}){comment}"


def _without_comment(text: str) -> tuple[str, str]:
    quote = ""
    for place, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote and text[place - 1] != "\\" else quote
        elif letter in "\"'":
            quote = letter
        elif letter == "#":
            return text[:place], "  " + text[place:]
    return text, ""
