"""Which modules of the package import each other in a circle, imports for types included."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

LEFT = (
    ("flowdesk.engine.calling", "flowdesk.engine.runner"),
    ("flowdesk.session.session", "flowdesk.session.triggering"),
    ("flowdesk.importing.scripts", "flowdesk.importing.state"),
)
"""Circles that are left, each by two of its modules: none may be added, and one that is gone is taken out here."""


def imports_of(files: Mapping[str, str]) -> dict[str, set[str]]:
    """Return which modules each imports where it is loaded or for types, by the modules' names. ``files`` are their texts."""
    return {
        name: {each for each in _named(ast.parse(text).body, files) if each != name} for name, text in files.items()
    }


def _named(body: list[ast.stmt], known: Mapping[str, str]) -> Iterator[str]:
    for statement in body:
        if isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names if alias.name in known)
        elif isinstance(statement, ast.ImportFrom) and statement.module is not None:
            for alias in statement.names:
                inner = f"{statement.module}.{alias.name}"
                found = inner if inner in known else statement.module
                if found in known:
                    yield found
        elif isinstance(statement, ast.If):
            yield from _named([*statement.body, *statement.orelse], known)
        elif isinstance(statement, ast.Try):
            yield from _named([*statement.body, *statement.orelse, *statement.finalbody], known)


def circles(imports: Mapping[str, set[str]]) -> list[list[str]]:
    """Return the groups of modules of which each leads to every other by imports."""
    reached = {name: _reached(name, imports) for name in imports}
    groups = {
        frozenset({name, *(other for other in reached[name] if name in reached[other])})
        for name in imports
        if name in reached[name]
    }
    return sorted(map(sorted, groups))


def _reached(name: str, imports: Mapping[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        for other in imports.get(waiting.pop(), ()):
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return seen


def circle_breaches(root: Path) -> Iterator[str]:
    """Yield a sentence for each circle that is not declared, and for each declaration of one that is gone."""
    files = {
        _name(path.relative_to(root)): path.read_text("utf-8") for path in sorted((root / "flowdesk").rglob("*.py"))
    }
    found = circles(imports_of(files))
    for circle in found:
        if not any(set(pair) <= set(circle) for pair in LEFT):
            yield f"{', '.join(circle)}: import each other; let one say by a protocol what it needs (tools/circles.py)"
    for pair in LEFT:
        if not any(set(pair) <= set(circle) for circle in found):
            yield f"tools/circles.py: {' and '.join(pair)} import each other no more; take the pair out"


def _name(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")
