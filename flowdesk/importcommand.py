"""`flowdesk import`: scripts of other tools become flows, with a report of what was not taken."""

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path

from flowdesk.exitcodes import INVALID, SUCCEEDED
from flowdesk.i18n import tr
from flowdesk.importing.bringing import read_all
from flowdesk.importing.foreign import SUFFIXES
from flowdesk.importing.reading import files_of, write
from flowdesk.importing.report import Report
from flowdesk.model.errors import FileExists, FileUnwritable, FlowdeskError
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.sentence import say
from flowdesk.terminal import printable

LINES = 20
"""Statements that were not taken of one script that are printed; the others are counted, and ``--json`` has them all."""


def import_files(options: argparse.Namespace, catalogue: Catalogue, tell: Callable[[FlowdeskError], int]) -> int:
    """Import scripts, and those that they run. Returns the exit code: 2 where one cannot be read or written."""
    folder = Path(options.out)
    if folder.exists() and not folder.is_dir():
        raise FileUnwritable(say("{path} is a file, not a folder.", path=folder), say("Choose a folder with --out."))
    if not folder.is_dir():
        raise FileUnwritable(
            say("There is no folder {folder}.", folder=folder), say("Create it, or choose another one.")
        )
    worst, reports = SUCCEEDED, []
    written: set[Path] = set()
    sources = [script for name in options.files for script in _scripts(Path(name))]
    for one in read_all(sources, catalogue):
        try:
            if isinstance(one, FlowdeskError):
                raise one
            wanted = set(files_of(one, folder))
            if twice := sorted(wanted & written):
                raise FileExists(
                    say("Another of these scripts became {path} already.", path=twice[0]),
                    say("Rename one of the two, or import it into another folder."),
                )
            written |= wanted
            write(one, folder, force=options.force)
        except FlowdeskError as error:
            tell(error)
            worst = INVALID
            continue
        reports.append(one.report)
        if not options.json:
            _print(one.report)
    if options.json:
        print(json.dumps([report.payload() for report in reports], ensure_ascii=False, indent=2))
    elif len(reports) > 1:
        total = sum(len(report.statements) for report in reports)
        taken = sum(report.taken for report in reports)
        print(
            tr(
                say(
                    "{count} scripts: {taken} of {total} statements taken.",
                    count=len(reports),
                    taken=taken,
                    total=total,
                )
            )
        )
    return worst


def _scripts(path: Path) -> Iterator[Path]:
    """Yield the scripts that a name means: itself, or those in a folder that is no script."""
    if not path.is_dir() or path.suffix == ".sikuli":
        yield path
        return
    others = (
        each
        for each in sorted(path.iterdir())
        if each.suffix.lower() in SUFFIXES and not each.name.endswith(".flow.json")
    )
    found = [*sorted(path.glob("**/*.sikuli")), *sorted(path.glob("*.py")), *others]
    yield from found or [path]


def _print(report: Report) -> None:
    name, total = printable(report.source), len(report.statements)
    print(tr(say("{file}: {taken} of {total} statements taken.", file=name, taken=report.taken, total=total)))
    if report.encoding:
        print(f"  {tr(say('Its encoding was guessed: {encoding}.', encoding=report.encoding))}")
    for path in report.flows:
        print(f"  → {printable(path)}")
    if report.has_triggers:
        print(f"  {tr(say('Its triggers start nothing before you enable them: flowdesk triggers enable FILE'))}")
    for kind, count in list(report.kinds().items())[:LINES]:
        print(f"  {count} × {printable(kind)}")
    left = [each for _, each in sorted(report.left.items())]
    for each in left[:LINES]:
        first = printable(each.original.split("\n")[0])[:100]
        print(f"  {printable(each.file)}:{each.line}: {first} — {printable(tr(each.reason))}")
    if len(left) > LINES:
        print(tr(say("  and {count} more: see the notes on the canvas, or --json", count=len(left) - LINES)))
    for picture in sorted(report.missing)[:LINES]:
        print(tr(say("  The picture {name} is not there.", name=printable(picture))))
