"""What a session is given and few use: each loads what it needs when it is called. A part of the composition root."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flowdesk.engine.observing import Observer
    from flowdesk.model.nodetype import Catalogue


def observer() -> "Observer":
    """Return what hears the person at this desktop, for recordings."""
    from flowdesk.drivers.observing.observer import RealObserver

    return RealObserver()


def write_report(catalogue: "Catalogue", folder: Path, language: str, most_picture_bytes: int) -> str:
    """Draw the folder of a run as one HTML page, in a language, with at most so many bytes of pictures."""
    from flowdesk.reporting.writing import report_writer

    return report_writer(catalogue)(folder, language, most_picture_bytes)


def bring(sources: Sequence[Path], folder: Path, catalogue: "Catalogue") -> Any:
    """Make flows of scripts of other tools."""
    from flowdesk.importing.bringing import bring

    return bring(sources, folder, catalogue)
