"""The values that a visit of an earlier run found, for a run that begins where that visit did."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from flowdesk.engine.options import RunOptions
from flowdesk.model.errors import RequestInvalid
from flowdesk.model.sentence import say
from flowdesk.protocol.messages import Start
from flowdesk.session.pastvisits import variables_at
from flowdesk.session.recordfiles import lines_of, message_of
from flowdesk.session.replaying import folder_of_run
from flowdesk.session.secrets import MASK


def as_of(runs: Path, start: Start, options: RunOptions) -> RunOptions:
    """Return how a run is started with the values of a visit. Blocks while it reads.

    Raises:
        RequestInvalid: If the record does not hold them, or the visit was in a loop.
    """
    if start.as_of is None:
        return options
    if start.from_node is None:
        raise RequestInvalid(
            say("The values of a visit belong to the node that the run starts at."),
            say("Send from_node, too."),
            field="as_of",
        )
    folder, _ = folder_of_run(runs, start.as_of.run_id)
    node_id, visit = start.from_node, start.as_of.visit
    results = _results_before(folder / "messages.jsonl", node_id, visit)
    given, _, is_kept = variables_at(folder / "variables.jsonl", node_id, visit)
    if given.get("in") and MASK in json.dumps(given["in"], ensure_ascii=False):
        raise _lost("secret")
    if given.get("cut") or not is_kept:
        raise _lost(next(iter(given.get("cut", ())), node_id))
    variables = {**given.get("in", {}), **options.variables}
    return replace(options, variables=variables, results=results)


def _results_before(file: Path, node_id: str, visit: int) -> dict[str, Any]:
    """Return what the nodes gave until a visit began."""
    results: dict[str, Any] = {}
    count = 0
    for line in lines_of(file):
        if b'"node.' not in line:
            continue
        try:
            kind, payload, _ = message_of(line)
        except ValueError:
            continue  # the last line of a process that was killed
        if kind == "node.running" and payload.get("node_id") == node_id:
            count += 1
            if count == visit:
                return _outside_loops(payload, results)
        elif kind == "node.success":
            results[str(payload.get("node_id"))] = payload.get("result")
    raise RequestInvalid(
        say("There is no record of this visit any more."), say("Run from here with the last values."), field="as_of"
    )


def _outside_loops(payload: Mapping[str, Any], results: dict[str, Any]) -> dict[str, Any]:
    if payload.get("iteration"):
        raise RequestInvalid(
            say("A run cannot begin inside a loop with the values of one iteration."),
            say("Choose the loop, or a node before it."),
            field="as_of",
        )
    return results


def _lost(name: str) -> RequestInvalid:
    return RequestInvalid(
        say('The value of "{name}" at that moment was not saved.', name=name),
        say("Run from here with the last values."),
        field="as_of",
    )
