"""The node types: one file each, and the explicit ordered tuple of them (a frozen app cannot scan directories)."""

from collections.abc import Callable
from typing import Any

from flowdesk.engine.functions import FUNCTIONS as EXPRESSION_FUNCTIONS
from flowdesk.model.nodetype import Catalogue, NodeType
from flowdesk.nodes.assertion import assert_that
from flowdesk.nodes.attempt import attempt
from flowdesk.nodes.call import call
from flowdesk.nodes.check import check
from flowdesk.nodes.choose import choose
from flowdesk.nodes.click import click
from flowdesk.nodes.clipboard import clipboard
from flowdesk.nodes.command import command
from flowdesk.nodes.condition import condition
from flowdesk.nodes.drag import drag
from flowdesk.nodes.end import end
from flowdesk.nodes.file import file
from flowdesk.nodes.find import find
from flowdesk.nodes.function import function
from flowdesk.nodes.handle import handle
from flowdesk.nodes.http import http
from flowdesk.nodes.input import type_text
from flowdesk.nodes.keys import keys
from flowdesk.nodes.launch import launch
from flowdesk.nodes.leave_loop import break_loop, continue_loop
from flowdesk.nodes.log import log
from flowdesk.nodes.loop import loop
from flowdesk.nodes.menu import menu
from flowdesk.nodes.move import move
from flowdesk.nodes.notify import notify
from flowdesk.nodes.parallel import parallel
from flowdesk.nodes.plugins import load_engines, node_types
from flowdesk.nodes.prompt import prompt
from flowdesk.nodes.read_table import read_table
from flowdesk.nodes.read_text import read_text
from flowdesk.nodes.screenshot import screenshot
from flowdesk.nodes.script import script
from flowdesk.nodes.scroll import scroll
from flowdesk.nodes.set_variable import set_variable
from flowdesk.nodes.start import start
from flowdesk.nodes.subflow import subflow
from flowdesk.nodes.switch import switch
from flowdesk.nodes.wait import wait
from flowdesk.nodes.window import window
from flowdesk.nodes.write_table import write_table

FUNCTIONS: tuple[Callable[..., Any], ...] = (
    start,
    end,
    condition,
    assert_that,
    switch,
    loop,
    break_loop,
    continue_loop,
    parallel,
    attempt,
    function,
    call,
    subflow,
    handle,
    wait,
    click,
    check,
    choose,
    menu,
    move,
    drag,
    scroll,
    type_text,
    keys,
    screenshot,
    read_text,
    find,
    window,
    launch,
    set_variable,
    script,
    clipboard,
    log,
    read_table,
    write_table,
    file,
    command,
    http,
    prompt,
    notify,
)


def declared(function: Callable[..., Any]) -> NodeType:
    """Return the node type that ``@node`` attached to a function."""
    declaration: NodeType = function.node_type  # type: ignore[attr-defined]
    return declaration


BUILTIN: tuple[NodeType, ...] = tuple(declared(each) for each in FUNCTIONS)
"""flowdesk's own node types in palette order."""


def builtin_catalogue() -> Catalogue:
    """Return flowdesk's own node types."""
    return Catalogue(BUILTIN, EXPRESSION_FUNCTIONS)


def catalogue_with_plugins() -> Catalogue:
    """Return flowdesk's own node types and those of installed packages, whose ways of finding are added, too."""
    load_engines()
    return Catalogue((*BUILTIN, *node_types(BUILTIN)), EXPRESSION_FUNCTIONS)
