"""What a node was given and what came of it at one visit of a run, read from the run's record.

The record holds the variables that each visit found (``variables.jsonl``) and what every node gave (``messages.jsonl``), both
without secrets. What it does not hold is said to be missing and never made up: no value of another moment stands for it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from flowdesk.engine.filling import value_of
from flowdesk.engine.lookup import Values
from flowdesk.engine.texts import as_text
from flowdesk.model.config import literal_keys, read_keys
from flowdesk.model.errors import FlowdeskError, ValueUnusable
from flowdesk.model.flow import Node
from flowdesk.model.nodetype import NodeType
from flowdesk.model.sentence import say
from flowdesk.model.syntax import calls_in, names_in
from flowdesk.model.templates import MARK, Fault, Reference, pieces, texts_in
from flowdesk.protocol.replies import VisitRead
from flowdesk.session.recordfiles import about_of, lines_of, message_of, passes_of
from flowdesk.session.records import ABOUT, MOST_MESSAGE_BYTES
from flowdesk.session.secrets import MASK
from flowdesk.session.variablelines import Known, lines_in
from flowdesk.session.visits import MOST_CHARS

MOST_ITEMS, MOST_PARTS, LONGEST, DEEPEST = 200, 100, 4000, 6
"""Items of a list, parts of an object, characters of a text and levels that are told of a value."""
_ENDS = {"node.success": "success", "node.error": "error", "node.skipped": "skipped"}
_NOT_KEPT = say("Run the flow again with a breakpoint at the node to see the value.")
_OF_THE_MOMENT = frozenset({"now", "today"})


@dataclass(slots=True)
class _Found:
    """What the messages tell of one visit."""

    number: int = 0
    iteration: list[int] = field(default_factory=list)
    results: dict[str, Any] = field(default_factory=dict)
    under_way: set[str] = field(default_factory=set)
    """Nodes around it that had begun and not ended: loops, whose results of the moment are not told."""
    end: Mapping[str, Any] | None = None
    status: str = "running"


@dataclass(frozen=True, slots=True)
class PastRun:
    """The last run of a workflow as its record on the disk has it: another process may have been the one that ran it."""

    folder: Path
    run_id: str
    node: Node | None
    """The node that is asked about as that run had it, ``None`` if the run did not come to it."""
    is_whole: bool
    """Whether it began with nothing known, so that no result of an earlier run can have been read."""


def past_on_disk(runs: Path, workflow_id: str, node_id: str, run_id: str | None = None) -> PastRun | None:
    """Return a run of a workflow by its record, the last where none is named; ``None`` where there is none. Blocks while it reads.

    Args:
        runs: The folder of the runs' folders.
        workflow_id: The workflow.
        node_id: The node that is asked about, as it was called then.
        run_id: Which run.
    """
    about = last_about(runs, workflow_id, run_id)
    if about is None:
        return None
    folder = Path(about["folder"])
    wanted = f'"id":{json.dumps(node_id)}'.encode()
    for line in lines_of(folder / "nodes.jsonl"):
        if wanted in line.replace(b'": ', b'":'):
            try:
                node = Node.model_validate_json(line)
            except ValueError:
                continue  # the last line of a process that was killed
            if node.id == node_id:
                return PastRun(folder, str(about["run_id"]), node, about.get("is_part") is False)
    return PastRun(folder, str(about["run_id"]), None, about.get("is_part") is False)


def last_about(runs: Path, workflow_id: str, run_id: str | None = None) -> dict[str, Any] | None:
    """Return what a record says of itself: that of a run, or of the last run of a workflow; ``None`` where there is none."""
    return max(
        (
            each
            for each in _abouts(runs)
            if (
                each.get("run_id") == run_id
                if run_id
                else each.get("workflow_id") == workflow_id and each.get("started")
            )
        ),
        key=lambda each: float(each["started"]),
        default=None,
    )


def _abouts(runs: Path) -> Iterator[dict[str, Any]]:
    for file in runs.glob(f"*/{ABOUT}") if runs.is_dir() else ():
        try:
            about = about_of(file)
            yield {**about, "started": float(about["started"])}
        except (OSError, ValueError, KeyError, TypeError):
            continue  # damaged, or just being removed


def read_visit(
    folder: Path, node: Node, node_type: NodeType, number: int | None, known: Mapping[str, Any] | None
) -> VisitRead:
    """Return one visit of a node as JSON values. Blocks while it reads.

    Args:
        folder: The run's folder.
        node: The node as the run had it.
        node_type: Its type.
        number: Which visit, from 1; ``None`` for the last.
        known: The results that the run began with, or that nothing changed since: of nodes that the messages do not tell of.
            ``None`` where nobody knows them any more.
    """
    names = {node.id, *_names(node.config)}
    found, count = _search(folder / "messages.jsonl", node.id, names, number, known or {})
    told: VisitRead = {
        "visits": count, "visit": found.number, "iteration": found.iteration, "status": found.status,
        "input": {}, "wrong": {}, "output": None, "error": "", "changed": {}, "is_cut": False, "picture": None,
    }  # fmt: skip
    if not found.number:
        return told
    given, changed, is_kept = variables_at(folder / "variables.jsonl", node.id, found.number)
    cut = dict.fromkeys(given.get("cut", ()), "variable")
    values = Values({name: value for name, value in given.get("in", {}).items() if name not in cut}, found.results)
    missing = {**cut, **dict.fromkeys(found.under_way, "result")}
    if known is None:
        missing |= dict.fromkeys(names - {node.id} - found.results.keys() - cut.keys(), "result")
    keys, literal = read_keys(node_type.config), literal_keys(node_type.config)
    bounding = _Bounding()
    for key, value in node.config.items():
        try:
            if MARK in repr(value) and key in keys and key not in literal:
                if not is_kept:
                    raise ValueUnusable(say("The run record was full at that time."), _NOT_KEPT)
                value = _filled(value, values, missing)
            told["input"][key] = bounding.bound(value)
        except FlowdeskError as error:
            told["wrong"][key] = error.message
    payload = found.end or {}
    told["output"] = bounding.bound(payload.get("result"))
    told["error"] = payload.get("error") or ""
    told["picture"] = _name_of((payload.get("error_details") or {}).get("picture"), folder)
    told["changed"] = bounding.bound(changed)
    told["is_cut"] = bounding.is_cut
    return told


def _name_of(path: Any, folder: Path) -> str | None:
    """Return what a picture of the run is called in its folder, ``None`` if there is none."""
    place = Path(path) if isinstance(path, str) and path else None
    if place is None or not place.is_relative_to(folder) or not place.is_file():
        return None
    return place.relative_to(folder).as_posix()


def _names(config: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the settings of a node may read: ids of nodes are among it."""
    for text in texts_in(dict(config)):
        for piece in pieces(text):
            yield from _names_of(piece)


def _names_of(piece: str | Reference | Fault) -> Iterator[str]:
    if isinstance(piece, Fault):
        yield piece.body
    elif isinstance(piece, Reference):
        yield from (piece.body, piece.head)
        if piece.expression is not None:
            yield from (name.name for name in names_in(piece.expression))


def _search(
    file: Path, node_id: str, names: set[str], number: int | None, known: Mapping[str, Any]
) -> tuple[_Found, int]:
    """Return the visit, and how many there are; every result as it was when the visit began."""
    wanted = [json.dumps(name).encode() for name in names if name]
    results: dict[str, Any] = {}
    succeeded: set[str] = set()
    begun: set[str] = set()
    found, count = _Found(), 0
    for line in lines_of(file):
        if b'"node.' not in line or not any(name in line for name in wanted):
            continue
        try:
            kind, payload, _ = message_of(line)
            of = payload["node_id"]
        except (ValueError, KeyError, TypeError):
            continue  # the last line of a process that was killed
        iteration = list(passes_of(payload))
        if of == node_id and kind == "node.running":
            count += 1
            if number in (None, count):
                found = _Found(count, iteration, dict(results), begun - {node_id})
        elif of == node_id and found.number and found.end is None and kind in _ENDS and iteration == found.iteration:
            found.end, found.status = payload, str(payload.get("status") or _ENDS[kind])
        if of in names and kind == "node.running":
            begun.add(of)
        elif of in names and kind in _ENDS:
            begun.discard(of)
            if kind == "node.success":
                succeeded.add(of)
                results[of] = payload.get("result")
    if file.exists() and file.stat().st_size < MOST_MESSAGE_BYTES:
        found.results = {**{key: value for key, value in known.items() if key not in succeeded}, **found.results}
    return found, count


def variables_at(file: Path, node_id: str, number: int) -> tuple[dict[str, Any], dict[str, Any], bool]:
    """Return what a visit found, what it changed, and whether that was kept."""
    given: dict[str, Any] = {}
    changed: dict[str, Any] = {}
    known = Known()
    for line in lines_in(file):
        told = known.take(line)
        if line.get("node_id") != node_id or line.get("visit") != number:
            continue
        if "out" in line:
            changed = told
            break
        given = {"in": known.now(), "cut": sorted(known.cut)}
    return given, changed, bool(given) or not file.exists() or file.stat().st_size < MOST_CHARS


def _filled(value: Any, values: Values, missing: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {as_text(_filled(key, values, missing)): _filled(item, values, missing) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_filled(item, values, missing) for item in value]
    if not isinstance(value, str) or MARK not in value:
        return value
    whole = pieces(value.strip())
    if len(whole) == 1:
        return _value(whole[0], values, missing)
    return "".join(as_text(_value(piece, values, missing)) for piece in pieces(value))


def _value(piece: str | Reference | Fault, values: Values, missing: Mapping[str, str]) -> Any:
    if isinstance(piece, str):
        return piece
    if isinstance(piece, Reference) and piece.kind == "secret":
        return MASK
    for name in _names_of(piece):
        if missing.get(name) == "variable":
            raise ValueUnusable(say('"{name}" is long, so only its beginning was saved.', name=name), _NOT_KEPT)
        if missing.get(name) == "result" and name not in values.variables:
            raise ValueUnusable(say('The value of "{name}" at that moment was not saved.', name=name), _NOT_KEPT)
    if isinstance(piece, Reference) and piece.expression is not None:
        for call in calls_in(piece.expression):
            if call.name in _OF_THE_MOMENT:
                raise ValueUnusable(
                    say('The value of "{name}" at that moment was not saved.', name=f"{call.name}()"), _NOT_KEPT
                )
    return value_of(piece, values)


class _Bounding:
    """Cuts values to what can be shown, and knows whether it did."""

    def __init__(self) -> None:
        self.is_cut = False

    def bound(self, value: Any, depth: int = 0) -> Any:
        """Return a value, or its beginning."""
        if isinstance(value, str):
            self.is_cut = self.is_cut or len(value) > LONGEST
            return value if len(value) <= LONGEST else value[:LONGEST] + "…"
        if not isinstance(value, Mapping | list | tuple):
            return value
        if depth >= DEEPEST:
            self.is_cut = True
            return "…"
        if isinstance(value, Mapping):
            self.is_cut = self.is_cut or len(value) > MOST_PARTS
            return {str(key): self.bound(item, depth + 1) for key, item in islice(value.items(), MOST_PARTS)}
        self.is_cut = self.is_cut or len(value) > MOST_ITEMS
        return [self.bound(item, depth + 1) for item in value[:MOST_ITEMS]]
