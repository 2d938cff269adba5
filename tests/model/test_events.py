"""Events that are sent as messages are the same events on the other side, under the run that it is there."""

from dataclasses import replace

import pytest

from flowdesk.model.events import (
    NodeChanged,
    RunChanged,
    RunEvent,
    RunFinished,
    RunLog,
    RunProgress,
    RunVerdict,
    event_of,
)
from flowdesk.model.run import NodeState, RunState

EVENTS = [
    NodeChanged("there", "a", NodeState.RUNNING),
    NodeChanged("there", "a", NodeState.PENDING, "waits", iteration=(0, 2)),
    NodeChanged("there", "a", NodeState.SUCCESS, "fine", 0.5, {"x": [1, None]}, None, (1,), {"e1": 3}),
    NodeChanged("there", "a", NodeState.ERROR, "", 0.1, None, {"code": "c", "message": "m", "fix": "f", "score": 1}),
    NodeChanged("there", "a", NodeState.CANCELLED),
    RunChanged("there", RunState.PAUSED),
    RunProgress("there", 1, 2, 50.0, "a", (3,)),
    RunLog("there", "warn", "line", "a"),
    RunVerdict("there", "a", "Total", False, "is 3", "2", 0.5, (1,), ("Sub",), "/picture.png"),
    RunVerdict("there", "a", "Total", True, "is 3", duration=0.5),
    RunFinished(
        "there",
        RunState.SUCCEEDED,
        1.5,
        "The end",
        {"r": 1},
        None,
        {"success": 2},
        "/folder",
        {"passed": 1, "failed": 0, "failures": []},
    ),
    RunFinished(
        "there",
        RunState.FAILED,
        1.5,
        "The end",
        None,
        {"code": "c", "node_id": "a", "fix": "f", "message": "m"},
        {},
        None,
    ),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_is_read_as_it_was_told(event: RunEvent) -> None:
    assert event_of(event.wire, event.payload(), "here") == replace(event, run_id="here")


def test_what_is_no_event_of_a_run_is_none() -> None:
    assert event_of("desktop.frame", {}, "here") is None
