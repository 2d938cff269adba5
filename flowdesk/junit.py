"""Verdicts as JUnit XML: what test runners write and continuous integration reads.

The form is that of https://github.com/testmoapp/junitxml, which Jenkins, GitLab, GitHub's reporters and others read: one suite
for each flow, one case for each verdict and for each node that failed. A suite has failures or errors exactly where its run
did not succeed.
"""

import socket
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from flowdesk.i18n import tr
from flowdesk.model.causes import system_cause
from flowdesk.model.errors import FileUnwritable
from flowdesk.model.flow import Flow
from flowdesk.model.sentence import say
from flowdesk.session.peer import Message
from flowdesk.session.storage import write_atomically

MOST_CASES = 10_000
"""Cases of a suite that passed, and as many that did not: one in an endless loop must not fill the memory."""
MOST_LINES = 5_000
"""Lines of the log of a suite; the last ones."""
LONGEST_LINE = 4_000
ASSERT = "assert"


@dataclass
class Case:
    """One test case."""

    name: str
    seconds: float = 0.0
    outcome: Literal["passed", "failure", "error", "skipped"] = "passed"
    message: str = ""
    kind: str = ""
    details: list[str] = field(default_factory=list)
    output: list[str] = field(default_factory=list)


class Suite:
    """Hears a run and keeps what its test report holds."""

    def __init__(self, file: str) -> None:
        """Begin the suite of a flow file."""
        self.file = file
        self.name = Path(file).name.removesuffix(".json").removesuffix(".flow")
        self.began = datetime.now(UTC)
        self.seconds = 0.0
        self.cases: list[Case] = []
        self.lines: list[str] = []
        self._counts: dict[bool, int] = {}
        self._asserts: dict[str, str] = {}
        """Labels of the ``assert`` nodes that did not judge yet, by id."""
        self._labels: dict[str, str] = {}
        self._is_told = False
        self._since: list[str] = []

    def know(self, flow: Flow) -> None:
        """Take the labels of the flow that is run."""
        self.name = flow.name or self.name
        self._labels = {node.id: node.label for node in flow.nodes}
        self._asserts = {node.id: node.label for node in flow.nodes if node.type == ASSERT}

    def hear(self, message: Message) -> None:
        """Take a message of the run."""
        payload = message["payload"]
        match message["type"]:
            case "execution.verdict":
                self._verdict(payload)
            case "execution.log":
                self._log(payload)
            case "node.error" if payload.get("error_details", {}).get("code") != "verdict.failed":
                self._failed_node(payload)
            case "execution.complete" | "execution.error":
                self._end(payload)
            case _:
                pass

    def break_off(self, message: str, fix: str) -> None:
        """The run did not begin, or could not be carried out: say so as an error."""
        if not self._is_told:
            self._is_told = True
            details = [tr(fix)] if fix else []
            self._add(Case(self.name, outcome="error", message=tr(message), kind="run", details=details))

    def count(self, outcome: str) -> int:
        """How many cases ended so."""
        return sum(1 for case in self.cases if case.outcome == outcome)

    def untold(self) -> int:
        """How many cases are more than a report holds."""
        return sum(max(0, count - MOST_CASES) for count in self._counts.values())

    def _verdict(self, payload: dict[str, Any]) -> None:
        if not payload.get("within"):
            self._asserts.pop(payload["node_id"], None)
        case = Case(_case_name(payload), payload["duration"], output=self._since)
        self._since = []
        if not payload["passed"]:
            case.outcome, case.kind, case.message = "failure", "assert", tr(payload["message"])
            if payload.get("found"):
                case.details.append(tr(say("Actual: {found}", found=payload["found"])))
            _add_picture(case, payload.get("picture"))
        else:
            case.output.append(tr(payload["message"]))
        self._add(case)

    def _failed_node(self, payload: dict[str, Any]) -> None:
        """A node failed. Whether the flow took it well shows at the run's end: until then it is no error."""
        self._asserts.pop(payload["node_id"], None)  # it was reached
        details = payload.get("error_details") or {}
        name = _case_name({**payload, "label": self._labels.get(payload["node_id"], payload["node_id"])})
        case = Case(name, payload.get("duration") or 0.0, kind=str(details.get("code", "")), output=self._since)
        self._since = []
        case.output.append(tr(say("failed: {reason}", reason=tr(payload.get("error") or ""))))
        case.message = tr(payload.get("error") or "")
        if details.get("fix"):
            case.details.append(tr(details["fix"]))
        _add_picture(case, details.get("picture"))
        self._add(case)

    def _end(self, payload: dict[str, Any]) -> None:
        self.seconds, self._is_told = payload["duration"], True
        if payload["status"] != "succeeded":
            self._blame(payload)
        for label in self._asserts.values():
            self._add(Case(label, outcome="skipped", message=tr(say("The run did not reach this node."))))
        if not self.cases:
            self._add(Case(self.name, self.seconds))

    def _blame(self, payload: dict[str, Any]) -> None:
        """Make the node that ended the run an error, else the run itself."""
        if payload.get("code") == "verdict.failed" and self.count("failure"):
            return
        message = tr(payload.get("error") or payload["message"])
        for case in reversed(self.cases):
            if case.outcome == "passed" and case.kind == payload.get("code") and case.message == message:
                case.outcome = "error"
                return
        details = [tr(payload["fix"])] if payload.get("fix") else []
        kind = str(payload.get("code") or payload["status"])
        self._add(Case(self.name, self.seconds, "error", message, kind, details))

    def _log(self, payload: dict[str, Any]) -> None:
        if payload["level"] == "debug":
            return
        label = self._labels.get(payload.get("node_id") or "", "")
        line = f"{payload['level']}: {f'{label}: ' if label else ''}{tr(payload['message'])}"[:LONGEST_LINE]
        for lines in (self.lines, self._since):
            lines.append(line)
            del lines[:-MOST_LINES]

    def _add(self, case: Case) -> None:
        kind = case.outcome == "passed"
        self._counts[kind] = self._counts.get(kind, 0) + 1
        if self._counts[kind] <= MOST_CASES:
            self.cases.append(case)


class Suites:
    """The report of one call of `flowdesk run`."""

    def __init__(self, path: Path) -> None:
        """Write it to ``path``, once, at the end.

        Raises:
            FileUnwritable: If nothing can be written there: better said before an hour of runs than after it.
        """
        self.path = path
        self.suites: list[Suite] = []
        if not path.parent.is_dir():
            raise FileUnwritable(
                say("There is no folder {folder}.", folder=path.parent), say("Create it, or choose another file.")
            )
        if path.is_dir():
            raise FileUnwritable(say("{path} is a folder.", path=path), say("Enter a file in this folder."))

    def begin(self, file: str) -> Suite:
        """Begin the suite of the next flow."""
        self.suites.append(Suite(file))
        return self.suites[-1]

    def write(self) -> None:
        """Write the report, whole or not at all.

        Raises:
            FileUnwritable: If it cannot be written.
        """
        root = ET.Element("testsuites", _counts(self.suites, name="flowdesk"))
        for number, suite in enumerate(self.suites):
            root.append(_suite_element(suite, number))
        ET.indent(root)
        content = ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"
        try:
            write_atomically(self.path, content)
        except OSError as error:
            raise FileUnwritable(
                say("{path} cannot be written: {reason}.", path=self.path, reason=system_cause(error)),
                say("Choose a file in a folder that you can write to."),
            ) from error


def _suite_element(suite: Suite, number: int) -> ET.Element:
    element = ET.Element(
        "testsuite",
        {
            **_counts([suite], name=suite.name),
            "skipped": str(suite.count("skipped")),
            "timestamp": suite.began.strftime("%Y-%m-%dT%H:%M:%S"),
            "hostname": _clean(socket.gethostname()),
            "id": str(number),
            "file": _clean(suite.file),
        },
    )
    properties = ET.SubElement(element, "properties")
    ET.SubElement(properties, "property", {"name": "flow", "value": _clean(suite.file)})
    for case in suite.cases:
        _case_element(element, suite, case)
    untold = suite.untold()
    lines = [*suite.lines, tr(say("{count} more cases are omitted.", count=untold))] if untold else suite.lines
    ET.SubElement(element, "system-out").text = _clean("\n".join(lines))
    ET.SubElement(element, "system-err")
    return element


def _case_element(parent: ET.Element, suite: Suite, case: Case) -> None:
    known = {
        "name": _clean(case.name),
        "classname": _clean(suite.name.replace(".", "_")),
        "time": f"{case.seconds:.3f}",
    }
    element = ET.SubElement(parent, "testcase", known)
    if case.outcome == "skipped":
        ET.SubElement(element, "skipped", {"message": _clean(case.message)})
    elif case.outcome != "passed":
        what = ET.SubElement(element, case.outcome, {"message": _clean(case.message), "type": _clean(case.kind)})
        what.text = _clean("\n".join([case.message, *case.details]))
    if case.output:
        ET.SubElement(element, "system-out").text = _clean("\n".join(case.output))


def _counts(suites: Iterable[Suite], name: str) -> dict[str, str]:
    known = tuple(suites)
    return {
        "name": _clean(name),
        "tests": str(sum(len(suite.cases) for suite in known)),
        "failures": str(sum(suite.count("failure") for suite in known)),
        "errors": str(sum(suite.count("error") for suite in known)),
        "time": f"{sum(suite.seconds for suite in known):.3f}",
    }


def _case_name(payload: dict[str, Any]) -> str:
    """Return what a case is called: the node's label, the flows around it, and its pass of the loops."""
    passes = "".join(f"[{index + 1}]" for index in payload.get("iteration", ()))
    return " › ".join([*payload.get("within", ()), f"{payload['label']}{passes}"])


def _add_picture(case: Case, path: str | None) -> None:
    """Name a picture as people read it, and as Jenkins and GitLab show it."""
    if path:
        case.details.append(tr(say("Screenshot: {path}", path=path)))
        case.output.append(f"[[ATTACHMENT|{path}]]")


def _clean(text: str) -> str:
    """Return a text without what XML 1.0 cannot hold."""
    return "".join(letter if _is_allowed(ord(letter)) else "\ufffd" for letter in text)


def _is_allowed(code: int) -> bool:
    return code in (0x9, 0xA, 0xD) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
