"""What installed packages add: node types, and ways of finding. A package that fails is warned of and left out."""

import logging
from collections.abc import Iterator
from importlib.metadata import entry_points
from typing import Any

from flowdesk.model.engines import ENGINES, Engine, add
from flowdesk.model.nodetype import NodeType
from flowdesk.model.selector import RELATIONS

logger = logging.getLogger(__name__)

NODES = "flowdesk.nodes"
"""Group of entry points by which packages add node types: each names a function under ``@node``."""
ENGINES_GROUP = "flowdesk.engines"
"""Group of entry points by which packages add ways of finding: each names an ``Engine``."""


def _loaded(group: str, kind: str) -> Iterator[tuple[Any, str]]:
    for entry in entry_points(group=group):
        try:
            yield entry.load(), entry.value
        except Exception as error:  # noqa: BLE001 - another package's code may raise anything
            logger.warning("the %s %r of %s cannot be loaded: %s", kind, entry.name, entry.value, error)


def node_types(known: tuple[NodeType, ...]) -> tuple[NodeType, ...]:
    """Return the node types of installed packages whose ids are not taken."""
    added: list[NodeType] = []
    for function, source in _loaded(NODES, "node type"):
        declared = getattr(function, "node_type", None)
        if not isinstance(declared, NodeType):
            logger.warning("%s is not declared by @node and is left out", source)
        elif any(declared.id == other.id for other in (*known, *added)):
            logger.warning("the node type %r of %s exists already and is left out", declared.id, source)
        else:
            added.append(declared)
    return tuple(added)


def load_engines() -> None:
    """Add the ways of finding of installed packages to those that there are."""
    for engine, source in _loaded(ENGINES_GROUP, "way of finding"):
        if not isinstance(engine, Engine):
            logger.warning("%s is not an Engine and is left out", source)
            continue
        if ENGINES.get(engine.name) is engine:
            continue
        try:
            add(engine, RELATIONS)
        except ValueError as error:
            logger.warning("the way of finding %r of %s is left out: %s", engine.name, source, error)
