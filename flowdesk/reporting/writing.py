"""What draws reports for a session. Nothing of it is loaded before the first report."""

from pathlib import Path
from typing import TYPE_CHECKING

from flowdesk.session.history import WriteReport

if TYPE_CHECKING:
    from flowdesk.model.nodetype import Catalogue


def report_writer(catalogue: "Catalogue") -> WriteReport:
    """Return what draws the folder of a run as one page."""

    def write(folder: Path, language: str, most_picture_bytes: int) -> str:
        from flowdesk.reporting.page import Page
        from flowdesk.reporting.reading import read_report

        return Page(read_report(folder, catalogue), catalogue, language, most_picture_bytes).html()

    return write
