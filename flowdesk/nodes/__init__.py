"""The node types: one file each, and the explicit ordered tuple of them (a frozen app cannot scan directories)."""

import logging
from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any

from flowdesk.model.nodetype import Catalogue, NodeType
from flowdesk.nodes.click import click
from flowdesk.nodes.clipboard import clipboard
from flowdesk.nodes.command import command
from flowdesk.nodes.condition import condition
from flowdesk.nodes.drag import drag
from flowdesk.nodes.end import end
from flowdesk.nodes.file import file
from flowdesk.nodes.http import http
from flowdesk.nodes.input import type_text
from flowdesk.nodes.keys import keys
from flowdesk.nodes.launch import launch
from flowdesk.nodes.leave_loop import break_loop, continue_loop
from flowdesk.nodes.log import log
from flowdesk.nodes.loop import loop
from flowdesk.nodes.move import move
from flowdesk.nodes.parallel import parallel
from flowdesk.nodes.prompt import prompt
from flowdesk.nodes.read_table import read_table
from flowdesk.nodes.read_text import read_text
from flowdesk.nodes.screenshot import screenshot
from flowdesk.nodes.scroll import scroll
from flowdesk.nodes.set_variable import set_variable
from flowdesk.nodes.start import start
from flowdesk.nodes.subflow import subflow
from flowdesk.nodes.switch import switch
from flowdesk.nodes.wait import wait
from flowdesk.nodes.window import window
from flowdesk.nodes.write_table import write_table

logger = logging.getLogger(__name__)

ENTRY_POINTS = "flowdesk.nodes"
"""Group of entry points by which other packages add node types."""

FUNCTIONS: tuple[Callable[..., Any], ...] = (
    start,
    end,
    condition,
    switch,
    loop,
    break_loop,
    continue_loop,
    parallel,
    subflow,
    wait,
    click,
    move,
    drag,
    scroll,
    type_text,
    keys,
    screenshot,
    read_text,
    window,
    launch,
    set_variable,
    clipboard,
    log,
    read_table,
    write_table,
    file,
    command,
    http,
    prompt,
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
