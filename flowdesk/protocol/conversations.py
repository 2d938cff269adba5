"""Whole conversations of a client with the server: the reference shows them, and a test replays them on a real server."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Sends:
    """The client sends a request. ``{name}`` stands for what was kept of an earlier message."""

    id: str
    type: str
    payload: dict[str, Any] = field(default_factory=dict)
    workflow_id: str = ""


@dataclass(frozen=True)
class Hears:
    """The server sends a message that holds at least this; others may come before it."""

    type: str
    payload: dict[str, Any] = field(default_factory=dict)
    reply_to: str | None = None
    keep: tuple[str, ...] = ()
    """Keys of the payload that later messages name."""


@dataclass(frozen=True)
class Conversation:
    """Messages in their order, on one connection to ``/ws/{client_id}``."""

    title: str
    text: str
    messages: tuple[Sends | Hears, ...]


_RUN = {
    "nodes": [
        {"id": "start", "type": "start", "position": {"x": 0, "y": 0}, "data": {"config": {}}},
        {"id": "set", "type": "setVariable", "position": {"x": 240, "y": 0}, "data": {"config": {"name": "n", "value": 1}}},
    ],
    "edges": [{"id": "e1", "source": "start", "target": "set"}],
}  # fmt: skip
_ASKS = {
    "nodes": [
        {"id": "start", "type": "start", "position": {"x": 0, "y": 0}, "data": {"config": {}}},
        {"id": "ask", "type": "prompt", "position": {"x": 240, "y": 0}, "data": {"config": {"message": "Which month?"}}},
    ],
    "edges": [{"id": "e1", "source": "start", "target": "ask"}],
}  # fmt: skip

CONVERSATIONS: tuple[Conversation, ...] = (
    Conversation(
        "Run a flow and see how it ends",
        "`workflow.start` brings the flow along and subscribes to its events. Events are told by `seq`, replies by `reply_to`.",
        (
            Sends("1", "workflow.start", _RUN, "greeting"),
            Hears("workflow.start", {"workflow_id": "greeting"}, reply_to="1", keep=("run_id",)),
            Hears("node.running", {"node_id": "start"}),
            Hears("node.success", {"node_id": "set"}),
            Hears("execution.complete", {"status": "succeeded"}),
        ),
    ),
    Conversation(
        "Edit a flow that is open",
        "The first reply holds the whole document. Every edit is told to everyone as `flow.changed` with its `revision`; an"
        " edit that names the revision it was made on is refused where somebody else set the same field since.",
        (
            Sends("1", "flow.open", {"flow": {"name": "Greeting", **_RUN}}, "greeting"),
            Hears("flow.open", {"workflow_id": "greeting"}, reply_to="1", keep=("revision",)),
            Sends(
                "2", "flow.edit",
                {
                    "changes": [{"op": "setNode", "id": "set", "path": ["data", "config", "value"], "value": 2}],
                    "base_revision": "{revision}", "label": "Set the value",
                },
                "greeting",
            ),
            Hears("flow.changed", {"label": "Set the value"}),
            Hears("flow.edit", {"undo": "Set the value"}, reply_to="2"),
            Sends("3", "flow.edit", {"action": "undo"}, "greeting"),
            Hears("flow.edit", {"undo": None}, reply_to="3"),
            Sends("4", "flow.close", {}, "greeting"),
            Hears("flow.close", {}, reply_to="4"),
        ),
    ),
    Conversation(
        "Answer what a run asks",
        "A run that needs a person sends `help.needed` to everyone with the role run; the first answer counts.",
        (
            Sends("1", "workflow.start", _ASKS, "month"),
            Hears("workflow.start", {}, reply_to="1"),
            Hears("help.needed", {"message": "Which month?"}, keep=("help_id",)),
            Sends("2", "help.answer", {"help_id": "{help_id}", "action": "answer", "value": "May"}, "month"),
            Hears("help.answer", {}, reply_to="2"),
            Hears("execution.complete", {"status": "succeeded"}),
        ),
    ),
)  # fmt: skip
