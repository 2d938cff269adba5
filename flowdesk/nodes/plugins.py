"""What installed packages add: node types, and ways of finding. A package that fails is warned of and left out."""

import contextlib
import logging
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint, EntryPoints, entry_points
from typing import Any, Protocol

from flowdesk.model.engines import ENGINES, Engine, add
from flowdesk.model.nodetype import NodeType
from flowdesk.model.selector import RELATIONS
from flowdesk.model.sentence import Sentence, say
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
_NOT_PACKAGED = say("The packaged application does not load node packages.")
_BY_PIP = say("Install flowdesk and the package with pip, in one environment.")


class Offered(Protocol):
    """What the installed packages offer, as ``importlib.metadata.entry_points`` returns it."""

    def select(self, *, group: str) -> EntryPoints:
        """Return what is offered in a group."""


@dataclass(frozen=True)
class LeftOut:
    """Something of an installed package that flowdesk could not take."""

    package: str
    reason: Sentence
    fix: Sentence


_left_out: dict[tuple[str, str], LeftOut] = {}
"""By the group and the name of the entry point."""


def left_out() -> tuple[LeftOut, ...]:
    """Return what could not be taken of installed packages when they were loaded last."""
    return tuple(_left_out.values())


def _leave(entry: EntryPoint, reason: Sentence, fix: Sentence | None = None) -> None:
    package = entry.dist.name if entry.dist is not None else entry.module.partition(".")[0]
    fix = fix or say("Tell the author of {package}, or remove it: pip uninstall {package}", package=package)
    _left_out[entry.group, entry.name] = LeftOut(package, reason, fix)
    if reason is not _NOT_PACKAGED:
        logger.warning("%s", reason)


def _loaded(group: str, offered: Offered | None) -> Iterator[tuple[Any, EntryPoint]]:
    found = offered.select(group=group) if offered is not None else entry_points(group=group)
    for key in [key for key in _left_out if key[0] == group]:
        del _left_out[key]
    if found and is_packaged():
        logger.warning("%s", REFUSED)
        for entry in found:
            _leave(entry, _NOT_PACKAGED, _BY_PIP)
        return
    for entry in found:
        try:
            with contextlib.redirect_stdout(sys.stderr):  # standard output belongs to commands and protocols
                loaded = entry.load()
        except (Exception, SystemExit) as error:  # noqa: BLE001 - another package's code may raise anything
            _leave(entry, say("{name} cannot be loaded: {reason}", name=entry.name, reason=f"{type(error).__name__}: {error}"), _fix(error))  # fmt: skip
            continue
        yield loaded, entry


def _fix(error: BaseException) -> Sentence | None:
    """Return what mends a package that lacks a library; ``None`` for any other failure."""
    lacking = error.name if isinstance(error, ModuleNotFoundError) else None
    return say("Run: pip install {package}", package=lacking.partition(".")[0]) if lacking else None


def node_types(known: Collection[str], offered: Offered | None = None) -> tuple[NodeType, ...]:
    """Return the node types of installed packages whose ids are not taken. Their translations are taken, too.

    ``offered`` is what the packages offer, where it has been read already: reading it is slow.
    """
    added: list[NodeType] = []
    modules: set[str] = set()
    for function, entry in _loaded(NODES, offered):
        declared = getattr(function, "node_type", None)
        if not isinstance(declared, NodeType):
            _leave(entry, say("{name} is not a node type: its function is not under @node.", name=entry.name))
        elif declared.id in known or any(declared.id == other.id for other in added):
            _leave(entry, say('There is another node type "{type}".', type=declared.id))
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
    for engine, entry in _loaded(ENGINES_GROUP, offered):
        if not isinstance(engine, Engine):
            _leave(entry, say("{name} is not a way of finding: it is not an Engine.", name=entry.name))
            continue
        if ENGINES.get(engine.name) is engine:
            continue
        try:
            add(engine, RELATIONS)
        except ValueError as error:
            _leave(entry, say("{name} cannot be loaded: {reason}", name=entry.name, reason=str(error)))
