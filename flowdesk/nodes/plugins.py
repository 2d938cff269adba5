"""What installed packages add: node types, and ways of finding. A package that fails is warned of and left out."""

import logging
from collections.abc import Collection, Iterator
from dataclasses import replace
from importlib.metadata import EntryPoint, EntryPoints, entry_points
from typing import Any, Protocol

from flowdesk.model.engines import ENGINES, Engine, add
from flowdesk.model.nodetype import NodeType
from flowdesk.model.selector import RELATIONS
from flowdesk.model.sentence import say
from flowdesk.nodes.belongings import add_translations, drawing_of, package_of
from flowdesk.resource import is_packaged

logger = logging.getLogger(__name__)

NODES = "flowdesk.nodes"
"""Group of entry points by which packages add node types: each names a function under ``@node``."""
ENGINES_GROUP = "flowdesk.engines"
"""Group of entry points by which packages add ways of finding: each names an ``Engine``."""
REFUSED = say(
    "The packaged application does not load node packages. Install flowdesk and the package with pip, in one environment."
)
"""Why the application that brings its own Python takes none: nothing could be installed into it whole."""


class Offered(Protocol):
    """What the installed packages offer, as ``importlib.metadata.entry_points`` returns it."""

    def select(self, *, group: str) -> EntryPoints:
        """Return what is offered in a group."""


def _loaded(group: str, kind: str, offered: Offered | None) -> Iterator[tuple[Any, EntryPoint]]:
    found = offered.select(group=group) if offered is not None else entry_points(group=group)
    if found and is_packaged():
        logger.warning("%s", REFUSED)
        return
    for entry in found:
        try:
            yield entry.load(), entry
        except Exception as error:  # noqa: BLE001 - another package's code may raise anything
            logger.warning("the %s %r of %s cannot be loaded: %s", kind, entry.name, entry.value, error)


def node_types(known: Collection[str], offered: Offered | None = None) -> tuple[NodeType, ...]:
    """Return the node types of installed packages whose ids are not taken. Their translations are taken, too.

    ``offered`` is what the packages offer, where it has been read already: reading it is slow.
    """
    added: list[NodeType] = []
    modules: set[str] = set()
    for function, entry in _loaded(NODES, "node type", offered):
        declared = getattr(function, "node_type", None)
        if not isinstance(declared, NodeType):
            logger.warning("%s is not declared by @node and is left out", entry.value)
        elif declared.id in known or any(declared.id == other.id for other in added):
            logger.warning("the node type %r of %s exists already and is left out", declared.id, entry.value)
        else:
            added.append(_with_origin(declared, entry))
            modules.add(entry.module.partition(".")[0])
    for module in sorted(modules):
        add_translations(module)
    return tuple(added)


def _with_origin(declared: NodeType, entry: EntryPoint) -> NodeType:
    """Say of a node type where it comes from, with its own drawing."""
    if entry.dist is None:
        return declared
    package, drawing = package_of(entry.dist), drawing_of(entry.module, declared.icon)
    icon = f"{package.name}-{declared.icon}".replace(".", "-").replace("_", "-") if drawing else declared.icon
    return replace(declared, package=package, icon=icon, drawing=drawing)


def load_engines(offered: Offered | None = None) -> None:
    """Add the ways of finding of installed packages to those that there are."""
    for engine, entry in _loaded(ENGINES_GROUP, "way of finding", offered):
        if not isinstance(engine, Engine):
            logger.warning("%s is not an Engine and is left out", entry.value)
            continue
        if ENGINES.get(engine.name) is engine:
            continue
        try:
            add(engine, RELATIONS)
        except ValueError as error:
            logger.warning("the way of finding %r of %s is left out: %s", engine.name, entry.value, error)
