"""What a run needs of the desktop, told before it begins."""

from typing import Any

import pytest

from flowdesk.drivers.abilities import FUNCTIONS
from flowdesk.engine.needs import desktop_needs
from flowdesk.engine.plan import Plan
from flowdesk.model.flow import Flow
from flowdesk.model.nodetype import MEANS
from flowdesk.nodes import builtin_catalogue


def _needs(kind: str, config: dict[str, Any], *, is_dry: bool = False) -> set[str]:
    flow = Flow.model_validate(
        {
            "nodes": [
                {"id": "start", "type": "start", "position": {"x": 0, "y": 0}, "data": {}},
                {"id": "it", "type": kind, "position": {"x": 0, "y": 0}, "data": {"label": "It", "config": config}},
            ],
            "edges": [{"id": "e", "source": "start", "target": "it"}],
        }
    )
    found = desktop_needs(Plan(flow, builtin_catalogue()), builtin_catalogue(), is_dry=is_dry)
    assert set(found.values()) <= {"It"}
    return set(found)


@pytest.mark.parametrize(
    ("kind", "config", "means"),
    [
        ("click", {"selector": "button"}, {"input", "screen", "mouse"}),
        ("click", {"selector": "button", "method": "element"}, {"input", "screen"}),
        ("click", {"selector": "image=a.png", "method": "element"}, {"input", "screen", "picture"}),
        ("click", {"selector": ["image=a.png", "button"], "method": "element"}, {"input", "screen"}),
        ("click", {"selector": "100,200", "method": "element"}, {"input", "screen", "mouse"}),
        ("click", {"selector": "{{where}}", "method": "element"}, {"input", "screen"}),
        ("input", {"text": "a"}, {"input", "screen", "keys"}),
        ("keys", {"keys": ["a"]}, {"input", "screen", "keys"}),
        ("window", {"action": "close", "selector": "window=A"}, {"input", "screen", "front"}),
        ("window", {"action": "move", "x": 1, "selector": "window=A"}, {"input", "screen", "geometry"}),
        ("screenshot", {}, {"screen", "picture"}),
        ("readText", {"selector": "text_field"}, {"screen"}),
        ("readText", {"selector": "text_field", "method": "ocr"}, {"screen", "picture"}),
        ("clipboard", {"operation": "get"}, {"input", "screen", "clipboard"}),
        ("wait", {"duration": 1}, set()),
        ("wait", {"selector": "text=Done"}, {"screen"}),
        ("wait", {"until": "stable"}, {"screen", "picture"}),
        ("condition", {"selector": "color=#123456", "operator": "exists"}, {"screen", "picture"}),
        ("log", {"message": "a"}, set()),
    ],
)
def test_a_node_needs_what_it_acts_and_looks_by(kind: str, config: dict[str, Any], means: set[str]) -> None:
    assert _needs(kind, config) == means


def test_a_dry_run_needs_only_to_look() -> None:
    assert _needs("click", {"selector": "image=a.png"}, is_dry=True) == {"screen", "picture"}


def test_all_means_are_functions_of_desktops() -> None:
    assert FUNCTIONS.keys() >= MEANS
