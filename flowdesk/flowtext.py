"""Flow files on the command line: `flowdesk validate` finds faults, `flowdesk diff` says what changed, `flowdesk format` writes canonically."""

import argparse
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from flowdesk.exitcodes import FAILED, INVALID, SUCCEEDED
from flowdesk.i18n import tr
from flowdesk.model.differences import differences
from flowdesk.model.errors import FlowdeskError, RequestInvalid
from flowdesk.model.flow import Flow
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.sentence import say
from flowdesk.nodes.words import WORDS
from flowdesk.session.arming import passed
from flowdesk.session.canonical import canonical, format_file
from flowdesk.session.lacking import problems_at
from flowdesk.session.storage import LARGEST_FILE, flow_in, open_flow, read_content
from flowdesk.session.triggering import local_zone
from flowdesk.terminal import printable, problem_line

STANDARD_INPUT = "-"


def diff(options: argparse.Namespace, catalogue: Catalogue) -> int:
    """Print what changed from one flow file to another, and return the exit code: 0 the same, 1 different.

    With one file, print all that it holds and return 0: git's ``textconv`` takes nothing else for success.

    Raises:
        FlowdeskError: If a file cannot be read.
    """
    if options.before == options.after == STANDARD_INPUT:
        raise RequestInvalid(
            say("Only one of the two can be the standard input."), say("Use a file for one of the two.")
        )
    is_listing = options.after is None
    before = Flow() if is_listing else _read(options.before)
    after = _read(options.before if is_listing else options.after)
    found = differences(before, after, catalogue, WORDS)
    if not options.moved:
        found = [one for one in found if one.kind != "moved"]
    if options.json:
        print(json.dumps([one.payload() for one in found], ensure_ascii=False, indent=2))
    else:
        for one in found:
            print(printable(tr(one.sentence)))
            for line in one.details:
                print("  " + printable(tr(line)))
    return FAILED if found and not is_listing else SUCCEEDED


def _read(name: str) -> Flow:
    """Read a flow. An empty file, such as ``/dev/null`` that git gives for one that was not there, is an empty flow."""
    path = Path(name)
    if name == STANDARD_INPUT:
        content = sys.stdin.buffer.read(LARGEST_FILE)
    elif path.is_fifo() or path.is_char_device():  # what a shell gives for <(git show …), and /dev/null
        with path.open("rb") as pipe:
            content = pipe.read(LARGEST_FILE)
    else:
        content = read_content(path)
    return flow_in(content, path.name) if content.strip() else Flow()


def format_files(options: argparse.Namespace, tell: Callable[[FlowdeskError], int]) -> int:
    """Write flow files canonically. Returns the exit code: 0 all are so now, with ``--check`` 1 if one is not, 2 if one cannot be read or written."""
    worst = SUCCEEDED
    for name in options.files:
        try:
            if name == STANDARD_INPUT:
                content = sys.stdin.buffer.read()
                written = canonical(content, "-")
                is_other = written != content
                if not options.check:
                    sys.stdout.buffer.write(written)
                    sys.stdout.buffer.flush()
                    continue
            else:
                is_other = format_file(Path(name), writes=not options.check)
        except FlowdeskError as error:
            tell(error)
            worst = INVALID
            continue
        if is_other:
            if options.check:
                worst = max(worst, FAILED)
                print(tr(say("{file}: not in the standard format", file=name)))
            else:
                print(tr(say("{file}: written", file=name)))
    return worst


def validate_files(options: argparse.Namespace, catalogue: Catalogue, tell: Callable[[FlowdeskError], int]) -> int:
    """Print every fault of flow files, and return the exit code: 2 where one cannot run or cannot be read."""
    worst = SUCCEEDED
    report = []
    for file in options.files:
        try:
            flow = open_flow(Path(file)).flow
            problems = [*problems_at(flow, Path(file), catalogue), *passed(flow, datetime.now(UTC), local_zone())]
        except FlowdeskError as error:
            worst = INVALID
            report.append(
                {
                    "file": file,
                    "valid": False,
                    "problems": error.details.get("problems") or [{"level": "error", **error.payload()}],
                }
            )
            if not options.json:
                tell(error)
            continue
        is_valid = not any(problem.is_error for problem in problems)
        worst = worst if is_valid else INVALID
        report.append({"file": file, "valid": is_valid, "problems": [problem.payload() for problem in problems]})
        if not options.json:
            for problem in problems:
                print(f"{file}: {problem_line(problem)}")
            if not problems:
                print(tr(say("{file}: no problems", file=file)))
    if options.json:
        print(json.dumps(report, ensure_ascii=False, indent=2))
    return worst
