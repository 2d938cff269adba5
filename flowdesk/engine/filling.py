"""``{{references}}`` in configs: read once, filled at each visit. Pure."""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from flowdesk.engine.budget import Budget
from flowdesk.engine.lookup import MISSING, Values
from flowdesk.engine.texts import as_text
from flowdesk.model.errors import NodeError, ValueUnusable
from flowdesk.model.sentence import say
from flowdesk.model.templates import MARK, SECRET_PREFIX, Fault, Piece, Reference, pieces, secrets_in

Filler = Callable[[Values], Any]
_SECRET = re.compile(r"\{\{\s*secret:([^{}]+)\}\}")


def fill(value: Any, values: Values) -> Any:
    r"""Replace every ``{{reference}}`` in a value, however deep.

    A text that is one whole reference becomes the value itself and keeps its type; inside other text a value is written
    as people read it (lists and objects as JSON). ``\{{`` stands for a literal ``{{`` unless its backslash is that of a
    path (``model.templates``). ``{{secret:…}}`` is left for ``reveal``.

    Raises:
        ValueUnusable: If a reference stands for nothing, or an expression fails.
    """
    filler = prepare(value)
    return value if filler is None else filler(values)


def prepare(value: Any) -> Filler | None:
    """Read a value once; return what fills it, ``None`` where there is nothing to fill."""
    if isinstance(value, str):
        return _prepare_text(value) if MARK in value else None
    if isinstance(value, Mapping):
        return _prepare_object(value)
    if isinstance(value, list | tuple):
        listed = [(prepare(item), item) for item in value]
        if all(filler is None for filler, _ in listed):
            return None
        return lambda values: [item if filler is None else filler(values) for filler, item in listed]
    return None


def _prepare_object(value: Mapping[Any, Any]) -> Filler | None:
    keyed = {key: (prepare(item), item) for key, item in value.items()}
    named = {key: prepare(key) for key in value if isinstance(key, str) and MARK in key}
    if not named and all(filler is None for filler, _ in keyed.values()):
        return None

    def filled(values: Values) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for key, (filler, item) in keyed.items():
            name = named.get(key)
            written = key if name is None else as_text(name(values))
            if written in found:
                raise ValueUnusable(
                    say('Two fields have the same name, "{name}".', name=written[:200]),
                    say("Give each a different name."),
                )
            found[written] = item if filler is None else filler(values)
        return found

    return filled


def value_of(piece: Reference | Fault, values: Values, budget: Budget | None = None) -> Any:
    """Return what a reference stands for; ``budget`` is what an expression may cost.

    Raises:
        ValueUnusable: If it stands for nothing, or cannot be read.
    """
    if isinstance(piece, Fault):
        found = values.whole(piece.body) if piece.body else MISSING
        if found is MISSING:
            raise piece.error
        return found
    if piece.expression is None:
        return values.look_up(piece.body)
    # A name that exists exactly as it is written means that: `{{item.Order-No}}` always read the column.
    found = values.find(piece.body, piece.head, piece.parts)
    if found is not MISSING:
        return found
    from flowdesk.engine.expressions import evaluate  # loaded with the first expression: most flows have paths only

    return evaluate(piece.body, values, budget)


def _prepare_text(text: str) -> Filler:
    parts = pieces(text.strip())
    if len(parts) == 1 and not isinstance(parts[0], str) and not _is_secret(parts[0]):
        whole = parts[0]
        return (
            _prepare_path(whole)
            if isinstance(whole, Reference) and whole.is_strict
            else lambda values: value_of(whole, values)
        )
    every = pieces(text)
    return lambda values: "".join([_written(piece, text, values) for piece in every])


def _prepare_path(reference: Reference) -> Filler:
    body, head, parts = reference.body, reference.head, reference.parts

    def path(values: Values) -> Any:
        found = values.find(body, head, parts)
        return values.look_up(body) if found is MISSING else found

    return path


def _is_secret(piece: Piece) -> bool:
    return isinstance(piece, Reference) and piece.kind == "secret"


def _written(piece: Piece, text: str, values: Values) -> str:
    if isinstance(piece, str):
        return piece
    if isinstance(piece, Reference) and piece.kind == "secret":
        return text[piece.start : piece.end]
    return as_text(value_of(piece, values))


def secret_names(value: Any) -> frozenset[str]:
    """Return the names of the secrets that a flow itself asks for, however deep in its settings."""
    return frozenset(secrets_in(value))


def reveal(text: str, secret: Callable[[str], str] | None, names: Collection[str] | None = None) -> str:
    """Fill ``{{secret:name}}`` in a text, right before it is typed.

    Args:
        text: A text in which references were filled: part of it may be data, from a table or the network.
        secret: Reads a secret.
        names: The secrets that the flow itself asks for; what asks for another is data and stays as it is. ``None``: any.

    Raises:
        NodeError: If a secret is asked for and there is no key store, or no such secret.
    """

    def put(match: re.Match[str]) -> str:
        name = match.group(1).strip()
        if names is not None and name not in names:
            return match.group(0)
        if secret is None:
            raise NodeError(
                say("There is no key store for secrets."),
                say("Run the flow in the window or on the command line."),
            )
        return secret(name)

    return _SECRET.sub(put, text) if SECRET_PREFIX in text else text
