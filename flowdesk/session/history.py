"""The runs of earlier days, read from their folders, and the pictures of any run."""

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from flowdesk.aio import in_thread
from flowdesk.model.errors import RequestInvalid
from flowdesk.model.sentence import say
from flowdesk.protocol.messages import GetPast, GetPicture, ListRuns
from flowdesk.session.looking import Handler
from flowdesk.session.peer import Peer
from flowdesk.session.plainfiles import read_plain_file
from flowdesk.session.records import MOST_ABOUT
from flowdesk.session.replaying import past_run

PICTURES = frozenset({".png", ".jpg", ".jpeg", ".webp"})
MOST_PICTURES = 60
LARGEST_PICTURE = 16 * 1024 * 1024


def history_handlers(runs: Path, listing: Callable[[int], list[dict[str, Any]]]) -> dict[str, Handler]:
    """Return the handlers of the requests that ask for runs.

    Args:
        runs: The folder of the runs' folders.
        listing: Returns the runs that this process knows, at most so many finished ones.
    """

    async def listed(peer: Peer, payload: ListRuns, workflow_id: str, message_id: str) -> dict[str, Any]:
        live = listing(payload.limit)
        earlier = await in_thread(lambda: read_history(runs), "flowdesk.history") if payload.earlier else []
        return {"runs": merged(live, earlier)[: max(payload.limit, len(live))] if payload.earlier else live}

    async def picture(peer: Peer, payload: GetPicture, workflow_id: str, message_id: str) -> dict[str, Any]:
        return await in_thread(lambda: _picture(runs, payload), "flowdesk.history")

    async def past(peer: Peer, payload: GetPast, workflow_id: str, message_id: str) -> dict[str, Any]:
        return await in_thread(lambda: past_run(runs, payload.run_id, payload.moment), "flowdesk.history")

    return {"workflow.list": listed, "execution.picture": picture, "execution.past": past}


def read_history(runs: Path) -> list[dict[str, Any]]:
    """Return the runs whose records lie under a folder, in the shape of ``workflow.list``, the newest first."""
    found = []
    for file in runs.glob("*/run.json") if runs.is_dir() else ():
        try:
            about = json.loads(read_plain_file(file, MOST_ABOUT))
            found.append(_listed(about, file.parent))
        except (OSError, ValueError, KeyError, TypeError):
            continue  # a record that is damaged or just being removed is no run to show
    return sorted(found, key=lambda run: -float(run["started"]))


def merged(live: Iterable[Mapping[str, Any]], earlier: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return all runs, the newest first; what the session tells wins over what lies on disk."""
    runs = {run["run_id"]: dict(run) for run in earlier}
    for run in live:
        before = runs.get(run["run_id"], {})
        runs[run["run_id"]] = {**before, **{key: value for key, value in run.items() if value is not None}}
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


def _listed(about: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    outcome = about.get("outcome") or {}
    started, ended = float(about["started"]), about.get("ended")
    error = outcome.get("error")
    message = error.get("message", "") if isinstance(error, dict) else error or outcome.get("message") or ""
    return {
        "run_id": str(about["run_id"]),
        "workflow_id": str(about["workflow_id"]),
        "name": str(about.get("name") or ""),
        "status": str(about["status"]),
        "started": started,
        "duration": float(ended) - started if ended is not None else None,
        "node_id": outcome.get("node_id") or about.get("node_id"),
        "message": str(message),
        "folder": str(about.get("folder") or folder),
        "started_by": str(about.get("started_by") or ""),
        **({"trigger": str(about["trigger"])} if about.get("trigger") else {}),
        **({"rehearsal": True} if about.get("is_rehearsal") else {}),
    }


def _picture(runs: Path, payload: GetPicture) -> dict[str, Any]:
    run = next((run for run in read_history(runs) if run["run_id"] == payload.run_id), None)
    if run is None:
        raise RequestInvalid(
            say('No record of the run "{id}" was found.', id=payload.run_id),
            say("Send workflow.list with earlier to list the runs."),
            field="run_id",
        )
    folder = Path(run["folder"])
    names = {path.relative_to(folder).as_posix(): path for path in pictures_of(run["folder"])}
    if payload.name is None:
        return {"names": list(names)}
    path = names.get(payload.name)
    if path is None or path.stat().st_size > LARGEST_PICTURE:
        raise RequestInvalid(
            say('Image "{name}" not found.', name=payload.name), say("Request the list without a name."), field="name"
        )
    return {"name": payload.name, "data": base64.b64encode(read_plain_file(path, LARGEST_PICTURE)).decode()}
