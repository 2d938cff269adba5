"""The windows in sway's tree, with what lies over what. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flowdesk.model.geometry import Box, Point

SCRATCHPAD = "__i3_scratch"


@dataclass(frozen=True, slots=True)
class Facts:
    """A window as sway tells it."""

    id: int
    title: str
    app: str
    pid: int
    box: Box
    """Its frame, with the title bar that sway draws."""
    content: Point
    """Where the corner of what its program draws lies, shadows included: from there its elements are measured."""
    inner: Box
    """What its program calls the window, without shadows."""
    is_shown: bool
    is_active: bool
    is_floating: bool
    is_x11: bool
    """Whether it is a window of an X program, shown through Xwayland."""
    is_fullscreen: bool


def windows_of(tree: dict[str, Any]) -> list[Facts]:
    """Return the windows, uppermost first; those that are not shown (another workspace, a hidden tab, the scratchpad) at the end."""
    found = [facts for workspace in _workspaces(tree) for facts in _of_workspace(workspace)]
    return sorted(found, key=lambda facts: not facts.is_shown)


def has_focus(tree: dict[str, Any]) -> bool:
    """Whether a window or a workspace has the keyboard: always one does, but while a screen locker or a launcher keeps it to itself."""
    inner = (*tree.get("nodes", ()), *tree.get("floating_nodes", ()))
    return bool(tree.get("focused")) or any(has_focus(node) for node in inner)


def _workspaces(tree: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for output in tree.get("nodes", ()):
        yield from output.get("nodes", ())


def _of_workspace(workspace: dict[str, Any]) -> list[Facts]:
    is_scratch = workspace.get("name") == SCRATCHPAD
    floating = [
        facts
        for node in reversed(workspace.get("floating_nodes", ()))
        for facts in _leaves(node, is_floating=True, is_hidden=is_scratch)
    ]
    tiled = [
        facts for node in workspace.get("nodes", ()) for facts in _leaves(node, is_floating=False, is_hidden=is_scratch)
    ]
    # What has the whole screen lies over all; tiles do not overlap.
    return sorted([*floating, *tiled], key=lambda facts: not facts.is_fullscreen)


def _leaves(node: dict[str, Any], *, is_floating: bool, is_hidden: bool) -> Iterator[Facts]:
    inner = [*node.get("floating_nodes", ()), *node.get("nodes", ())]
    if not inner and node.get("pid"):
        yield _facts(node, is_floating=is_floating, is_hidden=is_hidden)
    for child in inner:
        yield from _leaves(child, is_floating=is_floating, is_hidden=is_hidden)


def _facts(node: dict[str, Any], *, is_floating: bool, is_hidden: bool) -> Facts:
    rect, within, geometry = node["rect"], node["window_rect"], node["geometry"]
    bar = int(node.get("deco_rect", {}).get("height", 0))
    properties = node.get("window_properties") or {}
    left, top = rect["x"] + within["x"], rect["y"] + within["y"]
    return Facts(
        id=int(node["id"]),
        title=str(node.get("name") or ""),
        app=str(node.get("app_id") or properties.get("class") or ""),
        pid=int(node["pid"]),
        box=Box(rect["x"], rect["y"] - bar, rect["width"], rect["height"] + bar),
        content=Point(left - geometry["x"], top - geometry["y"]),
        inner=Box(left, top, within["width"], within["height"]),
        is_shown=bool(node.get("visible")) and not is_hidden,
        is_active=bool(node.get("focused")),
        is_floating=is_floating,
        is_x11=node.get("shell") == "xwayland",
        is_fullscreen=bool(node.get("fullscreen_mode")),
    )
