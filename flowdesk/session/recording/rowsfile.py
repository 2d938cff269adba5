"""The data of a recording as a table beside its flow: CSV that spreadsheets open as it is."""

import csv
from pathlib import Path

from flowdesk.model.errors import FileUnwritable
from flowdesk.model.sentence import say
from flowdesk.session.names import stem_of
from flowdesk.session.recording.repeats import Repeat

_MOST_NAMES = 1000


def write_table(flow: Path, repeat: Repeat) -> str:
    """Write the rows to a new file in the folder of a flow, and return its name. Blocks.

    Raises:
        FileUnwritable: If that cannot be written.
    """
    stem = stem_of(flow.name)
    names = (f"{stem}.csv", *(f"{stem} {number}.csv" for number in range(2, _MOST_NAMES)))
    for name in names:
        try:
            with (flow.parent / name).open("x", encoding="utf-8-sig", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(repeat.columns)
                writer.writerows(repeat.rows)
        except FileExistsError:
            continue
        except OSError as error:
            raise FileUnwritable(
                say("The table {name} cannot be written: {reason}", name=name, reason=error.strerror or str(error)),
                say("Check the folder of the flow, then try again."),
            ) from error
        return name
    raise FileUnwritable(
        say("The folder of the flow has too many tables of this name."), say("Delete those that nobody needs.")
    )
