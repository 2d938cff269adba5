"""Runs that a process which is gone left unfinished, as people are told of them."""

from typing import Any

from flowdesk.model.sentence import say
from flowdesk.protocol.events import ListedRun


def interruption(about: dict[str, Any]) -> str:
    """Return the sentence that says where a run was interrupted."""
    if about.get("node_id") is None:
        return say("Interrupted: flowdesk closed during the run. It does not resume.")
    return say(
        'Interrupted at node "{node}": flowdesk closed during the run. It does not resume.', node=about["node_id"]
    )


def interrupted_payload(about: dict[str, Any]) -> ListedRun:
    """Return an interrupted run in the shape of ``workflow.list``."""
    listed: ListedRun = {
        "run_id": about.get("run_id", ""),
        "workflow_id": about.get("workflow_id", ""),
        "name": about.get("name", ""),
        "status": "interrupted",
        "started": about.get("started", 0.0),
        "duration": None,
        "node_id": about.get("node_id"),
        "message": interruption(about),
        "folder": about.get("folder"),
        "started_by": about.get("started_by", ""),
        "desktop": about.get("desktop", "this"),
        "path": about.get("path"),
    }
    if about.get("trigger"):
        listed["trigger"] = about["trigger"]
    return listed
