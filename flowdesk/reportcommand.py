"""`flowdesk runs` and `flowdesk report`: what runs left behind, found again and written as a page."""

import argparse
import json
import re
import time
from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from flowdesk.exitcodes import SUCCEEDED
from flowdesk.i18n import language, retold, tr
from flowdesk.model.causes import system_cause
from flowdesk.model.errors import FileUnwritable, RequestInvalid
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.sentence import say
from flowdesk.protocol.events import ListedRun
from flowdesk.reporting.page import STATUSES, Page
from flowdesk.reporting.reading import read_report
from flowdesk.session.history import keep_run, read_history
from flowdesk.session.recordfiles import about_of
from flowdesk.session.records import ABOUT, is_interrupted
from flowdesk.session.replaying import folder_of_run
from flowdesk.session.runsearch import RunQuery, chosen
from flowdesk.session.storage import write_atomically
from flowdesk.terminal import printable

REPORT = "report.html"
SHORT = 8
"""Letters of a run's id that are shown."""
_AGE = re.compile(r"(\d+)([mhdw])")
_SECONDS = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def runs(options: argparse.Namespace, folder: Path) -> int:
    """List runs, or mark some. Returns the exit code."""
    if options.action != "list":
        return _mark(options, folder)
    if options.runs:
        raise RequestInvalid(
            say('"{word}" is not expected here.', word=options.runs[0]), say("Use --flow or --text to search.")
        )
    now = time.time()
    query = RunQuery(
        options.flow, options.trigger, read_moment(options.since, now, "since"), read_moment(options.until, now, "until"),
        options.outcome, options.text, True if options.kept else None,
    )  # fmt: skip
    found = list(islice(chosen(map(_as_it_is, read_history(folder)), query), options.limit))
    if options.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return SUCCEEDED
    for run in found:
        print(_line(run))
    if not found:
        print(tr(say("There are no such runs.")))
    return SUCCEEDED


def _as_it_is(run: ListedRun) -> ListedRun:
    """Return a run with what became of it: its process may be gone."""
    if run["status"] != "running":
        return run
    try:
        about = about_of(Path(run["folder"] or "") / ABOUT)
    except (OSError, ValueError):
        return run
    return {**run, "status": "interrupted"} if is_interrupted(about) else run


def _mark(options: argparse.Namespace, folder: Path) -> int:
    if not options.runs:
        raise RequestInvalid(say("No run is named."), say("Name runs by their IDs: flowdesk runs lists them."))
    known, is_kept = read_history(folder), options.action == "keep"
    marked = [_find(known, wanted) for wanted in options.runs]
    for run in marked:
        keep_run(folder, run["run_id"], is_kept=is_kept)
    if options.json:
        print(json.dumps([{"run_id": run["run_id"], "kept": is_kept} for run in marked], indent=2))
        return SUCCEEDED
    for run in marked:
        told = (
            say('Run {id} of "{name}" is kept.', id=run["run_id"][:SHORT], name=run["name"])
            if is_kept
            else say('Run {id} of "{name}" may be removed when it is old.', id=run["run_id"][:SHORT], name=run["name"])
        )
        print(tr(told))
    return SUCCEEDED


def _find(known: list[ListedRun], wanted: str) -> ListedRun:
    found = [run for run in known if wanted and run["run_id"].startswith(wanted.lower())]
    if len(found) == 1:
        return found[0]
    if found:
        raise RequestInvalid(
            say('{count} runs begin with "{id}".', count=len(found), id=wanted),
            say("Give more letters of the ID."),
            field="run",
        )
    raise RequestInvalid(
        say('No record of the run "{id}" was found.', id=wanted), say("List the runs: flowdesk runs."), field="run"
    )


def read_moment(text: str, now: float, field: str) -> float | None:
    """Return a moment that a person wrote, in seconds since 1970: a date, a time, or an age such as ``12h``.

    Raises:
        RequestInvalid: If it is none of these.
    """
    if not text:
        return None
    age = _AGE.fullmatch(text.strip())
    if age is not None:
        return now - int(age[1]) * _SECONDS[age[2]]
    try:
        return datetime.fromisoformat(text.strip()).astimezone().timestamp()
    except (ValueError, OverflowError, OSError):
        raise RequestInvalid(
            say('"{text}" is not a time.', text=text),
            say("Write a date such as 2026-11-30, a time such as 2026-11-30T08:30, or an age such as 12h or 7d."),
            field=field,
        ) from None


def _line(run: Mapping[str, Any]) -> str:
    began = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(run["started"]))
    status = tr(STATUSES.get(run["status"], say("Running")))
    took = f"  {run['duration']:.1f} s" if run["duration"] is not None else ""
    by = f"  {printable(retold(run['started_by'], language()))}" if run["started_by"] else ""
    kept = f"  {tr(say('kept'))}" if run["kept"] else ""
    told = (
        f"\n          {printable(retold(run['message'], language()))}"
        if run["message"] and run["status"] == "failed"
        else ""
    )
    return f"{run['run_id'][:SHORT]}  {began}  {status}  {printable(run['name'])}{took}{by}{kept}{told}"


def report(options: argparse.Namespace, folder: Path, catalogue: Catalogue) -> int:
    """Write the report of a run. Returns the exit code."""
    place = Path(options.run)
    if not (place / ABOUT).is_file():
        is_name = re.fullmatch(r"[0-9a-fA-F]{4,32}", options.run) is not None and not place.exists()
        if is_name:
            place, _ = folder_of_run(folder, _find(read_history(folder), options.run)["run_id"])
    found = read_report(place, catalogue)
    target = Path(options.out) if options.out else place / REPORT
    if options.out and target.is_dir():
        target /= REPORT
    html = Page(found, catalogue, options.language or language()).html()
    try:
        write_atomically(target, html.encode())
    except OSError as error:
        raise FileUnwritable(
            say("{path} cannot be written: {reason}.", path=target, reason=system_cause(error)),
            say("Write it elsewhere with --out FILE."),
        ) from error
    print(tr(say("The report is in {path}.", path=target)))
    return SUCCEEDED
