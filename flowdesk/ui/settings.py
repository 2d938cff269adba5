"""What the window remembers between two starts: one JSON file."""

import json
import logging
import os
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

logger = logging.getLogger(__name__)

RECENT = 12
"""How many files are remembered."""


class Settings(BaseModel):
    """The settings of the window."""

    model_config = ConfigDict(extra="ignore", validate_assignment=True, defer_build=True)

    language: str = "system"
    theme: Literal["system", "light", "dark"] = "system"
    while_running: Literal["hide", "keep"] = "hide"
    """Whether the window makes way while a run acts on the desktop."""
    on_missing_target: Literal["ask", "fail"] = "ask"
    """What a run does that cannot find a target."""
    habits: str = "flowdesk"
    """Whose keys and buttons the canvas has; see ``canvas.habits``."""
    left_drag: Literal["", "select", "pan"] = ""
    """What the left button does on the empty canvas; empty is as the habits say."""
    wheel: Literal["", "zoom", "pan"] = ""
    """What the wheel of the mouse does; empty is as the habits say."""
    run_delay: int = Field(0, ge=0, le=60_000)
    """Milliseconds between nodes, to watch a run."""
    serves: bool = True
    """Whether browsers and scripts can connect."""
    port: int = Field(8000, ge=1, le=65_535)
    """Port of the server, where the command line names none."""
    kept_runs: int = Field(200, ge=1, le=10_000)
    """How many runs keep their folders."""
    kept_days: int = Field(90, ge=0, le=3650)
    """After how many days the folder of a run is removed; 0 is never."""
    has_seen_tour: bool = False
    recent: list[str] = []
    open_files: list[str] = []
    geometry: str = ""
    """Place and size, as Qt writes it, in base64."""
    layout: str = ""
    """Docks and tool bars, as Qt writes them, in base64."""


class SettingsFile:
    """The settings and the file that they lie in."""

    def __init__(self, path: Path | None = None) -> None:
        """Read the file; one that cannot be read counts as absent."""
        self.path = path or settings_path()
        self.values = _read(self.path)

    def change(self, **values: Any) -> None:
        """Set values and write the file."""
        for name, value in values.items():
            setattr(self.values, name, value)
        self.save()

    def remember(self, path: str) -> None:
        """Put a file first among the recent ones."""
        recent = [path, *(known for known in self.values.recent if known != path)]
        self.change(recent=recent[:RECENT])

    def save(self) -> None:
        """Write the file whole, then put it in place. A full disk must not keep the window from working."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            fresh = self.path.with_suffix(".new")
            fresh.write_text(self.values.model_dump_json(indent=2), encoding="utf-8")
            fresh.replace(self.path)
        except OSError as error:
            logger.warning("the settings %s cannot be written: %s", self.path, error)


def settings_path() -> Path:
    """Where the settings lie: ``$FLOWDESK_STATE_DIR``, else the platform's place for settings."""
    import platformdirs

    folder = os.environ.get("FLOWDESK_STATE_DIR")
    return Path(folder or platformdirs.user_config_path("flowdesk", appauthor=False)) / "window.json"


def _read(path: Path) -> Settings:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        return _valid(values)
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError, ValidationError) as error:
        logger.warning("the settings %s cannot be read: %s", path, error)
        return Settings()


def _valid(values: Any) -> Settings:
    """Take what is right; one value that is not must not cost all the others."""
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        wrong = {str(fault["loc"][0]) for fault in error.errors() if fault["loc"]}
        if not isinstance(values, dict) or not wrong:
            raise
        logger.warning("these settings are not understood and stand as they were made: %s", ", ".join(sorted(wrong)))
        return Settings.model_validate({key: value for key, value in values.items() if key not in wrong})
