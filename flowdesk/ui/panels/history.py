"""The runs of earlier days, read from their folders."""

import json
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

PICTURES = frozenset({".png", ".jpg", ".jpeg", ".webp"})
MOST_PICTURES = 60


def read_history(runs: Path) -> list[dict[str, Any]]:
    """Return the runs whose records lie under a folder, in the shape of ``workflow.list``, the newest first."""
    found = []
    for file in runs.glob("*/run.json") if runs.is_dir() else ():
        try:
            about = json.loads(file.read_text(encoding="utf-8"))
            found.append(_listed(about, file.parent))
        except (OSError, ValueError, KeyError, TypeError):
            continue  # a record that is damaged or just being removed is no run to show
    return sorted(found, key=lambda run: -float(run["started"]))


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
    }


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
    found = [path for path in Path(folder).rglob("*") if path.suffix.lower() in PICTURES and path.is_file()]
    return sorted(found, key=lambda path: path.stat().st_mtime)[-MOST_PICTURES:]


def began(started: float) -> str:
    """Return when a run began: the time today, else with its day."""
    at = time.localtime(started)
    today = time.strftime("%Y-%m-%d") == time.strftime("%Y-%m-%d", at)
    return time.strftime("%H:%M:%S" if today else "%Y-%m-%d %H:%M", at)


def took(seconds: float | None) -> str:
    """Return a duration for people."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d} min" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02d} h"
