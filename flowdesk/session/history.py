"""The runs of earlier days, read from their folders, and the pictures of any run."""

import base64
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, cast

from flowdesk.aio import in_thread
from flowdesk.model.causes import system_cause
from flowdesk.model.errors import FileUnwritable, RequestInvalid
from flowdesk.model.sentence import say
from flowdesk.protocol.events import ListedRun
from flowdesk.protocol.messages import GetPast, GetPicture, ListRuns
from flowdesk.protocol.replies import PastRun, RunKept, RunPicture, RunReport, Runs
from flowdesk.protocol.runmessages import GetReport, KeepRun
from flowdesk.session.peer import Handler, Peer
from flowdesk.session.plainfiles import read_plain_file
from flowdesk.session.recordfiles import about_of
from flowdesk.session.records import ABOUT, KEPT
from flowdesk.session.replaying import folder_of_run, past_run
from flowdesk.session.runsearch import RunQuery, chosen, keep

PICTURES = frozenset({".png", ".jpg", ".jpeg", ".webp"})
MOST_PICTURES = 60
MOST_SEARCHED = 10_000
LARGEST_PICTURE = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class RunReportFile:
    """A report, and what its file may be called."""

    name: str
    html: str


WriteReport = Callable[[Path, str, int], str]
"""Draws the folder of a run as one HTML page, in a language, with at most so many bytes of pictures."""
MOST_REPORT_PICTURES = 12 * 1024 * 1024
"""Bytes of pictures in a report that goes over the wire."""


def history_handlers(
    runs: Path, listing: Callable[[int], list[ListedRun]], write_report: WriteReport | None = None
) -> dict[str, Handler]:
    """Return the handlers of the requests that ask for runs.

    Args:
        runs: The folder of the runs' folders.
        listing: Returns the runs that this process knows, at most so many finished ones.
        write_report: Draws the report of a run; without it reports are refused.
    """

    async def listed(peer: Peer, payload: ListRuns, workflow_id: str, message_id: str) -> Runs:
        query = RunQuery(
            payload.flow, payload.trigger, payload.since, payload.until, payload.outcome, payload.text, payload.kept
        )
        live = listing(payload.limit if query.is_empty else MOST_SEARCHED)
        if not payload.earlier and query.is_empty:
            return {"runs": live}

        def found() -> list[ListedRun]:
            known = merged(live, read_history(runs)) if payload.earlier else live
            if query.is_empty:
                return known[: max(payload.limit, len(live))]
            return [run.copy() for run in islice(chosen(known, query), payload.limit)]

        return {"runs": await in_thread(found, "flowdesk.history")}

    async def picture(peer: Peer, payload: GetPicture, workflow_id: str, message_id: str) -> RunPicture:
        return await in_thread(lambda: _picture(runs, payload), "flowdesk.history")

    async def past(peer: Peer, payload: GetPast, workflow_id: str, message_id: str) -> PastRun:
        return await in_thread(lambda: past_run(runs, payload.run_id, payload.moment), "flowdesk.history")

    asked: dict[str, Handler] = {"workflow.list": listed, "execution.picture": picture, "execution.past": past}
    return {**asked, **_record_handlers(runs, write_report)}


def _record_handlers(runs: Path, write_report: WriteReport | None) -> dict[str, Handler]:
    async def kept(peer: Peer, payload: KeepRun, workflow_id: str, message_id: str) -> RunKept:
        await in_thread(lambda: keep_run(runs, payload.run_id, is_kept=payload.kept), "flowdesk.history")
        return {"run_id": payload.run_id, "kept": payload.kept}

    async def report(peer: Peer, payload: GetReport, workflow_id: str, message_id: str) -> RunReport:
        if write_report is None:
            raise RequestInvalid(
                say("This flowdesk cannot write reports."), say("Use flowdesk report on the command line.")
            )

        def written() -> RunReport:
            folder, about = folder_of_run(runs, payload.run_id)
            return {"name": report_name(about), "html": write_report(folder, payload.language, MOST_REPORT_PICTURES)}

        return await in_thread(written, "flowdesk.report")

    return {"execution.keep": kept, "execution.report": report}


def keep_run(runs: Path, run_id: str, *, is_kept: bool) -> None:
    """Mark the record of a run, so that it is kept however old it gets, or take the mark away.

    Raises:
        RequestInvalid: If there is no record of it.
        FileUnwritable: If the mark cannot be written.
    """
    folder_of_run(runs, run_id)
    place = next((folder for folder, about in records_in(runs) if about.get("run_id") == run_id), None)
    if place is None:
        return
    try:
        keep(place, is_kept=is_kept)
    except OSError as error:
        raise FileUnwritable(
            say("{path} cannot be written: {reason}.", path=place, reason=system_cause(error)),
            say("Check the disk and the folder's permissions."),
        ) from error


def report_name(about: Mapping[str, Any]) -> str:
    """Return what the file of a report is called."""
    plain = re.sub(r"[^\w\-]+", "-", str(about.get("name") or "")).strip("-")[:40] or "run"
    return f"{plain}-{str(about.get('run_id'))[:6]}.html"


def records_in(runs: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield the records under a folder: where each lies, and what its ``run.json`` holds."""
    for file in runs.glob(f"*/{ABOUT}") if runs.is_dir() else ():
        try:
            about = about_of(file)
        except (OSError, ValueError):
            continue  # a record that is damaged or just being removed is no run to show
        yield file.parent, about


def read_history(runs: Path) -> list[ListedRun]:
    """Return the runs whose records lie under a folder, in the shape of ``workflow.list``, the newest first."""
    found = []
    for place, about in records_in(runs):
        try:
            found.append(_listed(about, place))
        except (ValueError, KeyError, TypeError):
            continue
    return sorted(found, key=lambda run: -float(run["started"]))


def merged(live: Iterable[ListedRun], earlier: Iterable[ListedRun]) -> list[ListedRun]:
    """Return all runs, the newest first; what the session tells wins over what lies on disk."""
    runs = {run["run_id"]: run for run in earlier}
    for run in live:
        before = runs.get(run["run_id"], run)
        known = {key: value for key, value in run.items() if value is not None}
        runs[run["run_id"]] = cast("ListedRun", {**run, **before, **known})
    return sorted(runs.values(), key=lambda run: -float(run["started"]))


def pictures_of(folder: str | None) -> list[Path]:
    """Return the pictures in a run's folder, the oldest first."""
    if not folder:
        return []
    found = [path for path in Path(folder).rglob("*") if path.suffix.lower() in PICTURES and _is_plain(path)]
    return sorted(found, key=lambda path: path.stat().st_mtime)[-MOST_PICTURES:]


def _is_plain(path: Path) -> bool:
    """Whether a path is a file and no link: one may have been planted in a folder that somebody named for a report."""
    return path.is_file() and not path.is_symlink()


def _listed(about: Mapping[str, Any], folder: Path) -> ListedRun:
    outcome = about.get("outcome") or {}
    started, ended = float(about["started"]), about.get("ended")
    error = outcome.get("error")
    message = error.get("message", "") if isinstance(error, dict) else error or outcome.get("message") or ""
    listed: ListedRun = {
        "run_id": str(about["run_id"]),
        "workflow_id": str(about["workflow_id"]),
        "name": str(about.get("name") or ""),
        "status": about["status"],
        "started": started,
        "duration": float(ended) - started if ended is not None else None,
        "node_id": outcome.get("node_id") or about.get("node_id"),
        "message": str(message),
        "folder": str(about["folder"]),
        "started_by": str(about.get("started_by") or ""),
        "desktop": "private" if about.get("desktop") == "private" else "this",
        "path": about.get("path"),
        "kept": (folder / KEPT).exists(),
    }
    if about.get("trigger"):
        listed["trigger"] = str(about["trigger"])
    if about.get("is_rehearsal"):
        listed["rehearsal"] = True
    return listed


def _picture(runs: Path, payload: GetPicture) -> RunPicture:
    run = next((run for run in read_history(runs) if run["run_id"] == payload.run_id), None)
    if run is None:
        raise RequestInvalid(
            say('No record of the run "{id}" was found.', id=payload.run_id),
            say("Send workflow.list with earlier to list the runs."),
            field="run_id",
        )
    folder = Path(run["folder"] or "")
    names = {path.relative_to(folder).as_posix(): path for path in pictures_of(run["folder"])}
    if payload.name is None:
        return {"names": list(names)}
    path = names.get(payload.name)
    if path is None or path.stat().st_size > LARGEST_PICTURE:
        raise RequestInvalid(
            say('Image "{name}" not found.', name=payload.name), say("Request the list without a name."), field="name"
        )
    return {"name": payload.name, "data": base64.b64encode(read_plain_file(path, LARGEST_PICTURE)).decode()}
