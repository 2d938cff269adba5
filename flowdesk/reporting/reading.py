"""What a report tells, read from the folder of a run: its outcome, its steps, its log and its pictures.

Only what is told is kept in memory, so a run of a million steps takes no more than one of ``MOST_STEPS``.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flowdesk.model.errors import FlowdeskError, RequestInvalid
from flowdesk.model.flow import Node
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.sentence import say
from flowdesk.session.history import pictures_of
from flowdesk.session.pastvisits import read_visit
from flowdesk.session.recordfiles import about_of, lines_of, message_of, passes_of, seconds_of
from flowdesk.session.records import ABOUT, is_interrupted

FIRST_STEPS = 200
MOST_STEPS = 1000
"""Steps that are told: the first ``FIRST_STEPS``, and the last up to this number."""
MOST_LINES = 2000
"""Lines of the log that are told: the last."""
MOST_FILLED = 200
"""Steps whose settings are told as the node had them; each of them reads the record once more."""
MOST_READ = 4 * 1024 * 1024
"""Bytes of a record beyond which settings are told as they are written in the flow."""


@dataclass(slots=True)
class Step:
    """One visit of a node."""

    node_id: str
    started: float
    """Seconds since 1970."""
    number: int
    """From 1, among the steps of the run."""
    visit: int
    """From 1, among the visits of the node."""
    iteration: tuple[int, ...] = ()
    status: str = "running"
    duration: float | None = None
    message: str = ""
    result: Any = None
    error: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    changed: Mapping[str, Any] = field(default_factory=dict)
    picture: str = ""
    """Its name in the folder."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the log."""

    at: float
    level: str
    message: str
    node_id: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an *Assert* node found."""

    label: str
    is_passed: bool
    message: str
    found: str


@dataclass(slots=True)
class Report:
    """What is told of a run."""

    folder: Path
    about: Mapping[str, Any]
    """What ``run.json`` holds."""
    nodes: dict[str, Node] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    left_out: int = 0
    """Steps between the first and the last that are not told."""
    skipped: list[str] = field(default_factory=list)
    """Ids of nodes that were not run."""
    lines: list[Line] = field(default_factory=list)
    lines_left_out: int = 0
    verdicts: list[Verdict] = field(default_factory=list)
    pictures: list[Path] = field(default_factory=list)

    @property
    def outcome(self) -> Mapping[str, Any]:
        """How the run ended; empty where it did not."""
        outcome = self.about.get("outcome")
        return outcome if isinstance(outcome, dict) else {}

    @property
    def status(self) -> str:
        """``succeeded``, ``failed``, ``stopped``, ``interrupted``, or what it does now."""
        return "interrupted" if is_interrupted(self.about) else str(self.about.get("status") or "")

    @property
    def node_id(self) -> str:
        """The node at which it failed or was interrupted."""
        found = self.outcome.get("node_id") or self.about.get("node_id")
        if not found and self.status == "interrupted":
            found = next((step.node_id for step in reversed(self.steps) if step.status == "running"), "")
        return str(found or "")

    def label(self, node_id: str) -> str:
        """Return what people call a node."""
        node = self.nodes.get(node_id)
        return node.label if node is not None else node_id


def read_report(folder: Path, catalogue: Catalogue) -> Report:
    """Read a run's folder. Blocks while it reads.

    Raises:
        RequestInvalid: If the folder is not a run's.
    """
    try:
        about = about_of(folder / ABOUT)
        if "run_id" not in about:
            raise ValueError
    except (OSError, ValueError) as error:
        raise RequestInvalid(
            say("{path} is not the folder of a run.", path=folder),
            say("Give a folder that holds run.json, or the ID of a run: flowdesk runs."),
            field="folder",
        ) from error
    report = Report(folder, about, _read_nodes(folder / "nodes.jsonl"))
    report.pictures = pictures_of(str(folder))
    _Reading(report).read(folder / "messages.jsonl")
    _add_settings(report, catalogue)
    return report


def _read_nodes(file: Path) -> dict[str, Node]:
    nodes: dict[str, Node] = {}
    for line in lines_of(file):  # a run that came to no node has none
        try:
            node = Node.model_validate_json(line)
        except ValueError:
            continue  # the last line of a process that was killed
        nodes[node.id] = node
    return nodes


class _Reading:
    """Takes the messages of a run in."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._first: list[Step] = []
        self._last: deque[Step] = deque(maxlen=MOST_STEPS - FIRST_STEPS)
        self._lines: deque[Line] = deque(maxlen=MOST_LINES)
        self._open: dict[tuple[str, tuple[int, ...]], Step] = {}
        self._visits: dict[str, int] = {}
        self._count = self._line_count = 0
        self._names = {path.name: path.relative_to(report.folder).as_posix() for path in report.pictures}

    def read(self, file: Path) -> None:
        """Read the file, and put what it tells into the report."""
        for line in lines_of(file):  # the record may be removed: what run.json tells is told
            try:
                self._take(*message_of(line))
            except (ValueError, KeyError, TypeError, AttributeError):
                continue  # the last line of a process that was killed
        report = self._report
        report.steps = [*self._first, *self._last]
        report.left_out = self._count - len(report.steps)
        report.lines, report.lines_left_out = list(self._lines), self._line_count - len(self._lines)

    def _take(self, kind: str, payload: Mapping[str, Any], at: float) -> None:
        if kind == "execution.log":
            self._line_count += 1
            self._lines.append(
                Line(at, str(payload["level"]), str(payload["message"]), str(payload.get("node_id") or ""))
            )
        elif kind == "execution.verdict":
            told = (str(payload["label"]), bool(payload["passed"]), str(payload["message"]))
            self._report.verdicts.append(Verdict(*told, str(payload.get("found") or "")))
            del self._report.verdicts[:-MOST_LINES]
        elif kind == "node.running":
            self._begin(payload, at)
        elif kind in {"node.success", "node.error", "node.skipped"}:
            self._end(kind, payload)

    def _begin(self, payload: Mapping[str, Any], at: float) -> None:
        node_id, iteration = str(payload["node_id"]), passes_of(payload)
        self._count += 1
        visit = self._visits[node_id] = self._visits.get(node_id, 0) + 1
        step = Step(node_id, at, self._count, visit, iteration)
        self._open[node_id, iteration] = step
        (self._first if len(self._first) < FIRST_STEPS else self._last).append(step)

    def _end(self, kind: str, payload: Mapping[str, Any]) -> None:
        node_id, iteration = str(payload["node_id"]), passes_of(payload)
        step = self._open.pop((node_id, iteration), None)
        if step is None:
            if kind == "node.skipped" and node_id not in self._report.skipped:
                self._report.skipped.append(node_id)
            return
        step.status, step.duration = str(payload["status"]), seconds_of(payload.get("duration"))
        step.message, step.result = str(payload.get("message") or ""), payload.get("result")
        step.error = details if isinstance(details := payload.get("error_details"), dict) else {}
        result = step.result if isinstance(step.result, dict) else {}
        named = step.error.get("picture") or result.get("path")
        step.picture = self._names.get(Path(str(named)).name, "") if named else ""


def _add_settings(report: Report, catalogue: Catalogue) -> None:
    """Tell the settings of the steps: as the node had them where that is cheap, else as the flow has them."""
    messages = report.folder / "messages.jsonl"
    is_small = messages.is_file() and messages.stat().st_size <= MOST_READ
    chosen = [*report.steps[:MOST_FILLED], *(step for step in report.steps[MOST_FILLED:] if step.error)][
        : 2 * MOST_FILLED
    ]
    known: Mapping[str, Any] | None = {} if report.about.get("is_part") is False else None
    filled = {step.number for step in chosen} if is_small else set()
    for step in report.steps:
        node = report.nodes.get(step.node_id)
        node_type = catalogue.get(node.type) if node is not None else None
        if node is None:
            continue
        step.settings = node.config
        if node_type is not None and step.number in filled:
            try:
                visit = read_visit(report.folder, node, node_type, step.visit, known)
            except (FlowdeskError, OSError):
                continue
            step.settings = {**node.config, **visit["input"]}
            step.changed = {name: value for name, value in visit["changed"].items() if name != "lastError"}
