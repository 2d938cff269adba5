"""The windows of a tree as sway 1.7 tells it."""

from typing import Any

from flowdesk.drivers.wayland.tree import has_focus, windows_of
from flowdesk.model.geometry import Box, Point


def _node(number: int, **changes: Any) -> dict[str, Any]:
    rect = {"x": 100 * number, "y": 50, "width": 300, "height": 200}
    return {
        "id": number, "name": f"window {number}", "pid": 1000 + number, "app_id": f"app{number}", "visible": True, "focused": False,
        "shell": "xdg_shell", "fullscreen_mode": 0, "rect": rect, "window_rect": {"x": 2, "y": 0, "width": 296, "height": 198},
        "deco_rect": {"x": 0, "y": 0, "width": 300, "height": 25}, "geometry": {"x": 26, "y": 23, "width": 296, "height": 198},
        "nodes": [], "floating_nodes": [], **changes,
    }  # fmt: skip


def _tree(*workspaces: dict[str, Any]) -> dict[str, Any]:
    return {"nodes": [{"name": "HEADLESS-1", "nodes": list(workspaces)}]}


def _workspace(name: str, tiled: list[dict[str, Any]], floating: list[dict[str, Any]]) -> dict[str, Any]:
    return {"name": name, "nodes": tiled, "floating_nodes": floating}


def test_what_lies_over_what() -> None:
    hidden = _node(5, visible=False)
    split = {"id": 90, "nodes": [_node(1), _node(2, focused=True)], "floating_nodes": []}
    found = windows_of(_tree(_workspace("2", [hidden], []), _workspace("1", [split], [_node(3), _node(4)])))
    assert [facts.id for facts in found] == [4, 3, 1, 2, 5]
    assert [facts.is_shown for facts in found] == [True, True, True, True, False]
    assert [facts.id for facts in found if facts.is_active] == [2]
    assert [facts.is_floating for facts in found] == [True, True, False, False, False]


def test_a_window_that_has_the_whole_screen_is_uppermost() -> None:
    found = windows_of(_tree(_workspace("1", [_node(1, fullscreen_mode=1)], [_node(2)])))
    assert [facts.id for facts in found] == [1, 2]


def test_the_scratchpad_shows_nothing() -> None:
    found = windows_of({"nodes": [{"name": "__i3", "nodes": [_workspace("__i3_scratch", [], [_node(1)])]}]})
    assert [facts.is_shown for facts in found] == [False]


def test_places_of_the_frame_and_of_what_the_program_draws() -> None:
    (facts,) = windows_of(_tree(_workspace("1", [], [_node(1)])))
    assert facts.box == Box(100, 25, 300, 225)
    assert facts.inner == Box(102, 50, 296, 198)
    assert facts.content == Point(76, 27)


def test_a_program_for_x11_is_told() -> None:
    old = _node(1, shell="xwayland", app_id=None, window_properties={"class": "XTerm"})
    (facts,) = windows_of(_tree(_workspace("1", [old], [])))
    assert facts.is_x11
    assert facts.app == "XTerm"


def test_what_is_focused_is_told_at_any_depth() -> None:
    inner = {"focused": False, "nodes": [], "floating_nodes": [{"focused": True}]}
    assert has_focus({"focused": False, "nodes": [{"nodes": [inner]}]})
    assert not has_focus({"focused": False, "nodes": [{"focused": False, "nodes": []}]})
