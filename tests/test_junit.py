"""`flowdesk run --junit`: a report that continuous integration reads, and that agrees with the exit code."""

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
import xmlschema

from flowdesk.exitcodes import FAILED, INVALID, SUCCEEDED
from flowdesk.junit import MOST_CASES, Suite, Suites
from flowdesk.session.journal import envelope

SCHEMA = xmlschema.XMLSchema(str(Path(__file__).parent / "data" / "junit.xsd"))


def flow(folder: Path, name: str, *steps: tuple[str, str, dict[str, Any]]) -> Path:
    """Write a flow of a row of nodes: id, type, config."""
    nodes = [{"id": "start", "type": "start", "data": {"config": {}}}]
    nodes += [
        {"id": key, "type": kind, "data": {"label": key.title(), "config": config}} for key, kind, config in steps
    ]
    ids = ["start", *(key for key, _, _ in steps)]
    edges = [{"id": f"e{n}", "source": ids[n], "target": ids[n + 1]} for n in range(len(steps))]
    path = folder / f"{name}.flow.json"
    path.write_text(json.dumps({"nodes": nodes, "edges": edges}), "utf-8")
    return path


def equal(left: Any, right: Any, **more: Any) -> dict[str, Any]:
    return {"left": left, "operator": "eq", "right": right, **more}


def run(folder: Path, *arguments: object) -> tuple[subprocess.CompletedProcess[str], ET.Element]:
    report = folder / "report.xml"
    done = subprocess.run(
        [sys.executable, "-m", "flowdesk", "run", "--junit", str(report), *map(str, arguments)],
        env={**os.environ, "FLOWDESK_STATE_DIR": str(folder / "state"), "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip
    SCHEMA.validate(str(report))
    return done, ET.parse(report).getroot()


def cases(root: ET.Element) -> dict[str, str]:
    """What each case came to."""
    return {
        str(case.get("name")): next(
            (kind for kind in ("failure", "error", "skipped") if case.find(kind) is not None), "ok"
        )
        for case in root.iter("testcase")
    }


def test_each_verdict_is_a_case_and_a_failed_one_that_goes_on_fails_the_run(tmp_path: Path) -> None:
    path = flow(
        tmp_path, "sums",
        ("one", "assert", equal(1, 1)),
        ("two", "assert", equal("a", "b", otherwise="continue", message="The total is wrong <&>\x00")),
        ("three", "assert", equal(3, 3)),
    )  # fmt: skip
    done, root = run(tmp_path, path)
    assert done.returncode == FAILED
    assert cases(root) == {"One": "ok", "Two": "failure", "Three": "ok"}
    failure = root.find(".//failure")
    assert failure is not None
    assert failure.get("message") == "The total is wrong <&>\ufffd"
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("3", "1", "0")
    assert "The total is wrong" in done.stdout


def test_one_that_stops_leaves_the_rest_as_skipped(tmp_path: Path) -> None:
    path = flow(tmp_path, "stops", ("one", "assert", equal(1, 2)), ("two", "assert", equal(1, 1)))
    done, root = run(tmp_path, path)
    assert done.returncode == FAILED
    assert cases(root) == {"One": "failure", "Two": "skipped"}


def test_a_node_that_ends_the_run_is_an_error_and_one_that_is_handled_is_none(tmp_path: Path) -> None:
    missing = {"path": "not-there.txt", "operation": "read"}
    handled = flow(
        tmp_path, "handled", ("read", "file", {**missing, "onError": "continue"}), ("is", "assert", equal(1, 1))
    )
    done, root = run(tmp_path, handled)
    assert done.returncode == SUCCEEDED, done.stdout + done.stderr
    assert cases(root) == {"Read": "ok", "Is": "ok"}
    ended = flow(tmp_path, "ended", ("read", "file", missing), ("is", "assert", equal(1, 1)))
    done, root = run(tmp_path, ended)
    assert done.returncode == FAILED
    assert cases(root) == {"Read": "error", "Is": "skipped"}


def test_a_verdict_that_cannot_be_given_is_one_case(tmp_path: Path) -> None:
    path = flow(tmp_path, "unknown", ("odd", "assert", equal("{{ nothere }}", 1)), ("later", "assert", equal(1, 1)))
    done, root = run(tmp_path, path)
    assert done.returncode == FAILED
    assert [(case.get("name"), [part.tag for part in case][:1]) for case in root.iter("testcase")] == [
        ("Odd", ["error"]), ("Later", ["skipped"]),
    ]  # fmt: skip


def test_several_flows_are_several_suites_and_one_that_cannot_run_is_an_error(tmp_path: Path) -> None:
    good = flow(tmp_path, "good", ("say", "log", {"message": "hello"}))
    bad = flow(tmp_path, "bad", ("what", "no such type", {}))
    last = flow(tmp_path, "last", ("is", "assert", equal(1, 1)))
    done, root = run(tmp_path, good, bad, tmp_path / "none.flow.json", last)
    assert done.returncode == INVALID
    assert [suite.get("name") for suite in root] == ["good", "bad", "none", "last"]
    assert [suite.get("errors") for suite in root] == ["0", "1", "1", "0"]
    assert cases(root)["good"] == "ok"
    assert "hello" in (root[0].findtext("system-out") or "")


def test_the_verdicts_of_a_flow_that_is_called_count(tmp_path: Path) -> None:
    inner = flow(tmp_path, "inner", ("is", "assert", equal("{{n}}", 2, otherwise="continue")))
    outer = flow(
        tmp_path, "outer",
        ("first", "subflow", {"flow": inner.name, "inputs": {"n": 2}}), ("then", "subflow", {"flow": inner.name, "inputs": {"n": 3}}),
    )  # fmt: skip
    done, root = run(tmp_path, outer)
    assert done.returncode == FAILED
    assert cases(root) == {"First › Is": "ok", "Then › Is": "failure"}


def test_a_report_that_cannot_be_written_is_said_before_anything_runs(tmp_path: Path) -> None:
    path = flow(tmp_path, "one", ("touch", "file", {"operation": "write", "path": "touched.txt", "content": "x"}))
    done = subprocess.run(
        [sys.executable, "-m", "flowdesk", "run", "--junit", str(tmp_path / "no" / "report.xml"), str(path)],
        env={**os.environ, "FLOWDESK_STATE_DIR": str(tmp_path / "state"), "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == INVALID
    assert "There is no folder" in done.stderr
    assert not (tmp_path / "touched.txt").exists()


def test_pictures_are_named_for_people_and_for_servers(tmp_path: Path) -> None:
    suites = Suites(tmp_path / "report.xml")
    suite = suites.begin("a.flow.json")
    verdict = {
        "node_id": "a", "label": "A", "passed": False, "message": "no", "duration": 1.5, "run_id": "r",
        "iteration": [0, 2], "found": "maybe", "picture": "/shots/a.png",
    }  # fmt: skip
    suite.hear(envelope("execution.verdict", "w", verdict))
    end = {"status": "failed", "duration": 2.0, "message": "no", "code": "verdict.failed", "run_id": "r", "counts": {}}
    suite.hear(envelope("execution.error", "w", end))
    suites.write()
    SCHEMA.validate(str(tmp_path / "report.xml"))
    case = ET.parse(tmp_path / "report.xml").getroot().find(".//testcase")
    assert case is not None
    assert case.get("name") == "A[1][3]"
    assert case.get("time") == "1.500"
    assert "Actual: maybe" in (case.findtext("failure") or "")
    assert "/shots/a.png" in (case.findtext("failure") or "")
    assert case.findtext("system-out") == "[[ATTACHMENT|/shots/a.png]]"


@pytest.mark.parametrize("is_passed", [True, False])
def test_verdicts_without_end_do_not_fill_the_memory(is_passed: bool) -> None:
    suite = Suite("a.flow.json")
    for _ in range(MOST_CASES + 5):
        payload = {"node_id": "a", "label": "A", "passed": is_passed, "message": "m", "duration": 0.0, "run_id": "r"}
        suite.hear(envelope("execution.verdict", "w", payload))
    assert len(suite.cases) == MOST_CASES
    assert suite.untold() == 5
