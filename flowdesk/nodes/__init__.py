"""The node types: one file each, and the explicit ordered table of them (a frozen app cannot scan directories).

A type is loaded when it is first asked for: a run loads those of its flow, an editor all of them.
"""

import importlib
from collections.abc import Callable
from functools import partial
from importlib.metadata import entry_points
from typing import Any

from flowdesk.engine.functions import FUNCTIONS
from flowdesk.model.nodetype import Catalogue, NodeType
from flowdesk.nodes.plugins import load_engines, node_types

PLACES: dict[str, str] = {
    "start": "start.start",
    "end": "end.end",
    "condition": "condition.condition",
    "assert": "assertion.assert_that",
    "switch": "switch.switch",
    "loop": "loop.loop",
    "break": "leave_loop.break_loop",
    "continue": "leave_loop.continue_loop",
    "parallel": "parallel.parallel",
    "try": "attempt.attempt",
    "function": "function.function",
    "call": "call.call",
    "subflow": "subflow.subflow",
    "handle": "handle.handle",
    "wait": "wait.wait",
    "click": "click.click",
    "check": "check.check",
    "choose": "choose.choose",
    "menu": "menu.menu",
    "move": "move.move",
    "drag": "drag.drag",
    "scroll": "scroll.scroll",
    "input": "input.type_text",
    "keys": "keys.keys",
    "screenshot": "screenshot.screenshot",
    "readText": "read_text.read_text",
    "find": "find.find",
    "window": "window.window",
    "launch": "launch.launch",
    "setVariable": "set_variable.set_variable",
    "script": "script.script",
    "clipboard": "clipboard.clipboard",
    "log": "log.log",
    "readTable": "read_table.read_table",
    "writeTable": "write_table.write_table",
    "file": "file.file",
    "command": "command.command",
    "http": "http.http",
    "prompt": "prompt.prompt",
    "notify": "notify.notify",
}
"""Where the function of each of flowdesk's own node types stands, in palette order: its module and its name."""


def declared(function: Callable[..., Any]) -> NodeType:
    """Return the node type that ``@node`` attached to a function."""
    declaration: NodeType = function.node_type  # type: ignore[attr-defined]
    return declaration


def _load(place: str) -> NodeType:
    module, _, name = place.partition(".")
    return declared(getattr(importlib.import_module(f"flowdesk.nodes.{module}"), name))


def _own() -> dict[str, Callable[[], NodeType]]:
    return {name: partial(_load, place) for name, place in PLACES.items()}


def builtin() -> tuple[NodeType, ...]:
    """Return flowdesk's own node types in palette order."""
    return tuple(builtin_catalogue())


def builtin_catalogue() -> Catalogue:
    """Return flowdesk's own node types."""
    return Catalogue((), FUNCTIONS, _own())


def catalogue_with_plugins() -> Catalogue:
    """Return flowdesk's own node types and those of installed packages, whose ways of finding are added, too."""
    offered = entry_points()
    load_engines(offered)
    return Catalogue(node_types(PLACES, offered), FUNCTIONS, _own())
