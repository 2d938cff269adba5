"""The node types: one file each, and the explicit ordered tuple of them (a frozen app cannot scan directories)."""

import logging
from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any

from flowdesk.model.nodetype import Catalogue, NodeType
from flowdesk.nodes.click import click
from flowdesk.nodes.condition import condition
from flowdesk.nodes.input import type_text
from flowdesk.nodes.loop import loop
from flowdesk.nodes.screenshot import screenshot
from flowdesk.nodes.start import start
from flowdesk.nodes.wait import wait

logger = logging.getLogger(__name__)

ENTRY_POINTS = "flowdesk.nodes"
"""Group of entry points by which other packages add node types."""

FUNCTIONS: tuple[Callable[..., Any], ...] = (
    start,
    click,
    type_text,
    wait,
    condition,
    loop,
    screenshot,
)


def declared(function: Callable[..., Any]) -> NodeType:
    """Return the node type that ``@node`` attached to a function."""
    declaration: NodeType = function.node_type  # type: ignore[attr-defined]
    return declaration


BUILTIN: tuple[NodeType, ...] = tuple(declared(function) for function in FUNCTIONS)
"""flowdesk's own node types in palette order."""


def builtin_catalogue() -> Catalogue:
    """Return flowdesk's own node types."""
    return Catalogue(BUILTIN)


def catalogue_with_plugins() -> Catalogue:
    """Return flowdesk's own node types and those of installed packages. A package that fails is warned of and left out."""
    types = list(BUILTIN)
    for entry in entry_points(group=ENTRY_POINTS):
        try:
            added = declared(entry.load())
        except Exception as error:  # noqa: BLE001 - another package's code may raise anything
            logger.warning("the node type %r of %s cannot be loaded: %s", entry.name, entry.value, error)
            continue
        if any(added.id == known.id for known in types):
            logger.warning("the node type %r of %s exists already and is left out", added.id, entry.value)
            continue
        types.append(added)
    return Catalogue(tuple(types))
