"""Stepping in the window: each step makes way for its target, and the window has the keyboard again for the next step."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from flowdesk.model.flow import Flow, new_edge, new_node
from flowdesk.model.reading import write_flow
from tests.journeys.conftest import Start
from tests.journeys.test_window import ENDS, watching
from tests.ports import free_port
from tests.rig import PATIENCE, Apps, Rig, until

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(240)]


def test_a_step_makes_way_and_the_window_comes_back(
    flowdesk: Start, clean_desktop: Rig, apps: Apps, tmp_path: Path
) -> None:
    entry = apps.zenity("--entry", "--title", "Who", "--text", "Name")
    steps = [
        new_node("start", {}, id="start"),
        new_node("keys", {"keys": ["a"]}, id="first"),
        new_node("keys", {"keys": ["b"]}, id="second"),
        new_node("keys", {"keys": ["Return"]}, id="third"),
    ]
    edges = tuple(new_edge(one.id, other.id) for one, other in pairwise(steps))
    path = tmp_path / "steps.flow.json"
    path.write_text(write_flow(Flow(nodes=tuple(steps), edges=edges)), "utf-8")
    port = free_port()
    window = flowdesk(str(path), "--port", str(port), "--insecure-no-token", QT_QPA_PLATFORM="xcb")
    main = clean_desktop.wait_window(window.process, "flowdesk")
    with watching(port) as client:

        def step() -> None:
            """Press the key of a step with the window in front, and wait until the run is held again or over."""
            until(lambda: clean_desktop.active() == main, "the window to have the keyboard")
            clean_desktop.xdotool("key", "F10")
            while True:
                message = json.loads(client.recv(timeout=PATIENCE))
                if message["type"] in ENDS or message["payload"].get("status") == "paused":
                    return

        clean_desktop.xdotool("windowactivate", "--sync", str(main))
        for _ in range(5):  # the first starts the run, the second passes its start
            step()
    assert entry.finish() == "ab\n"
    assert json.loads(path.read_text("utf-8"))
    window.process.terminate()
    window.ends()
