"""Finding node types by what people call them, for the palette and the quick add."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flowdesk.model.nodetype import NodeType
from flowdesk.model.searching import Entry, rank
from flowdesk.pinyin import readings


@dataclass(frozen=True, slots=True)
class FoundTypes:
    """Node types that fit what was typed, the best first."""

    types: tuple[NodeType, ...]
    is_nearest: bool = False
    """Nothing fits; these are the nearest."""


def find_types(
    catalogue: Iterable[NodeType],
    query: str,
    *,
    translate: Callable[[str], str] = str,
    is_after_node: bool = False,
    has_start: bool = False,
) -> FoundTypes:
    """Return the node types that match a query, best first; all of them, in palette order, if it is empty.

    Args:
        catalogue: The node types.
        query: What was typed.
        translate: From English into the language shown.
        is_after_node: Leave out what nothing can lead into.
        has_start: Leave out the start node: a flow has one.
    """
    types = {
        declared.id: declared for declared in catalogue if declared.kind != "start" or not (is_after_node or has_start)
    }
    found = rank(query, [entry_of(declared, translate) for declared in types.values()], readings())
    return FoundTypes(tuple(types[key] for key in found.keys), found.is_nearest)


def entry_of(declared: NodeType, translate: Callable[[str], str]) -> Entry:
    """Return a node type as something that can be found, in the language shown and in English."""
    return Entry(
        declared.id,
        (translate(declared.title), declared.title, declared.id),
        declared.words,
        (
            translate(declared.category.capitalize()),
            declared.category,
            translate(declared.first_line),
            declared.first_line,
        ),
    )
