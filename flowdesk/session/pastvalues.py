"""What the last run of a workflow knew at its end, read from its record: a process that was started since remembers no run.

The record holds the variables that each visit found and changed, and what every node gave, both without secrets. A value of
which it holds only the beginning is left out: a part must not be taken for the whole.
"""

from pathlib import Path
from typing import Any

from flowdesk.engine.lookup import Values
from flowdesk.session.pastvisits import last_about
from flowdesk.session.recordfiles import lines_of, objects_of
from flowdesk.session.variablelines import Known, lines_in

LONGEST_LINE = 4_000_000
"""Bytes of a line of the record that is read: a result that is longer is not shown."""


def values_on_disk(runs: Path, workflow_id: str) -> Values:
    """Return the variables and results of the last run of a workflow by its record; empty where there is none. Blocks while it reads.

    Args:
        runs: The folder of the runs' folders.
        workflow_id: The workflow.
    """
    about = last_about(runs, workflow_id)
    if about is None:
        return Values({}, {})
    folder = Path(about["folder"])
    return Values(_variables(folder / "variables.jsonl"), _results(folder / "messages.jsonl"))


def _variables(file: Path) -> dict[str, Any]:
    known = Known()
    for line in lines_in(file):
        known.take(line)
    return {name: value for name, value in known.variables.items() if name not in known.cut}


def _results(file: Path) -> dict[str, Any]:
    known: dict[str, Any] = {}
    told = (line for line in lines_of(file) if len(line) <= LONGEST_LINE and b'"type":"node.success"' in line)
    for message in objects_of(told):
        payload = message.get("payload", {})
        if payload.get("node_id"):
            known[payload["node_id"]] = payload.get("result")
    return known
