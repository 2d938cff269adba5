"""Which names of a script change while it runs."""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator

_CHANGING = frozenset(
    {"append", "extend", "insert", "remove", "pop", "sort", "reverse", "update", "clear", "setdefault", "add", "popitem"}
)  # fmt: skip


def changing_names(body: Iterable[ast.stmt], parameters: Iterable[str] = ()) -> frozenset[str]:
    """Return the names that are given more than one value, or one in a loop or a branch, or whose value is changed in place."""
    counts: Counter[str] = Counter(parameters)
    loose: set[str] = set()
    for statement in body:
        _count(statement, counts, loose, is_loose=False)
    return frozenset({name for name, count in counts.items() if count > 1} | loose)


def global_names(body: Iterable[ast.stmt]) -> frozenset[str]:
    """Return the names that a function declares global."""
    return frozenset(
        name
        for statement in body
        for node in ast.walk(statement)
        if isinstance(node, ast.Global)
        for name in node.names
    )


def _count(node: ast.AST, counts: "Counter[str]", loose: set[str], *, is_loose: bool) -> None:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
        for inner in ast.walk(node):
            if isinstance(inner, ast.Global):
                loose.update(inner.names)
        return
    loose.update(changed_in_place(node))
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        loose.add(node.target.id)
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
        counts[node.id] += 1
        if is_loose:
            loose.add(node.id)
    is_loose = is_loose or isinstance(node, ast.If | ast.While | ast.For | ast.Try)
    for child in ast.iter_child_nodes(node):
        _count(child, counts, loose, is_loose=is_loose)


def changed_in_place(node: ast.AST) -> Iterator[str]:
    """Yield the name whose list or object a node changes."""
    owner: ast.expr | None = None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGING:
        owner = node.func.value
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
        owner = node.value
    while isinstance(owner, ast.Subscript):  # d["k"].append(1) changes d
        owner = owner.value
    if isinstance(owner, ast.Name):
        yield owner.id
